"""Reading the question: outlets, times, topics, phrases, spelling, acronyms and needs."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property

from semsearch.ask.acronyms import ACRONYM, long_form
from semsearch.ask.dates import read_dates
from semsearch.ask.needs import split_needs
from semsearch.ask.outlets import Asked, Outlets
from semsearch.ask.reading import Reading, Step, Window
from semsearch.ask.spelling import Speller
from semsearch.errors import InvalidQueryError, QuestionTooLongError
from semsearch.library.limits import MAX_QUESTION_CHARS
from semsearch.model.article import Field
from semsearch.model.filters import (
    EVERYTHING,
    AllOf,
    Attribute,
    Condition,
    Not,
    OneOf,
    normal_text,
)
from semsearch.model.search import Interpreted
from semsearch.store.backend import Snapshot
from semsearch.text.tokens import words

_QUOTED = re.compile(r"[\"“”]([^\"“”]{3,200})[\"“”]")
_TOPIC = re.compile(r"\b(?:on|in|under|about)?\s*(?:the\s+)?topics?(?:\s+of)?:?\s+", re.IGNORECASE)
_ACRONYM_TEXTS = 60
_KEPT_FORMS = 1_024


def normalised(text: str) -> str:
    """The question in one line.

    Raises:
        InvalidQueryError: Empty, longer than 4,000 characters, or broken Unicode.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidQueryError("The question holds broken Unicode.") from None
    read = " ".join(unicodedata.normalize("NFC", text.replace("\0", " ")).split())
    if not read:
        raise InvalidQueryError("The question is empty.", "Ask something, in any words.")
    if len(read) > MAX_QUESTION_CHARS:
        raise QuestionTooLongError(
            f"The question has {len(read):,} characters; {MAX_QUESTION_CHARS:,} are the limit."
        )
    return read


class Interpreter:
    """Reads questions against what one generation of an index holds.

    Args:
        snapshot: The generation.
        leads: Gives the leads of articles by their keys.
        is_word: Whether the encoder knows a text as one word.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        leads: Callable[[Sequence[int]], list[str]],
        is_word: Callable[[str], bool],
    ) -> None:
        self._snapshot = snapshot
        self._leads = leads
        self._is_word = is_word
        self._outlets = Outlets(snapshot.providers(), len(snapshot))
        self._forms: dict[str, str] = {}
        self._topics = {normal_text(Attribute.TOPIC, t): t for t, _ in snapshot.topics()}

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._snapshot.vocabulary(), self._is_word)

    def read(self, text: str, asked_at: datetime | None, steps: Sequence[str]) -> Reading:
        """Read a normalised question, step by step.

        Args:
            text: The question.
            asked_at: What "this week" counts from; None: relative times are not read.
            steps: Which steps to take; see ``Step``.
        """
        notes: list[tuple[Step, str]] = []
        phrases: tuple[str, ...] = ()
        if Step.PHRASE in steps:
            phrases, told = self._read_phrases(text)
            notes += [(Step.PHRASE, note) for note in told]
        required: Condition = EVERYTHING
        topics: tuple[str, ...] = ()
        left = text
        if Step.TOPIC in steps:
            left, topics = self._read_topic(left)
            if topics:
                required = OneOf(Attribute.TOPIC, tuple(t.casefold() for t in topics))
                notes.append((Step.TOPIC, f"Only articles on the topic {', '.join(topics)}."))
        sources = Asked(left)
        if Step.PROVIDER in steps:
            sources = self._outlets.read(
                left, frequency=self._frequency, headlines_about=self._headlines_about
            )
            left = sources.text
            notes += [(Step.PROVIDER, note) for note in self._provider_notes(sources)]
        window: Window | None = None
        if Step.DATE in steps:
            dated = read_dates(left, None if asked_at is None else asked_at.astimezone(UTC).date())
            if dated is not None:
                left, window = dated.text, dated.window
                notes.append((Step.DATE, _window_note(window)))
        if Step.SPELLING in steps and any(self._is_unheard(w) for w in _plain_words(left)):
            left, mended = self._speller.mend(left)
            notes += [(Step.SPELLING, f'Read "{old}" as "{new}".') for old, new in mended.items()]
        expansions: dict[str, str] = {}
        if Step.ACRONYM in steps:
            expansions = self._expand(left)
            notes += [
                (Step.ACRONYM, f"{short} is taken as {form}.") for short, form in expansions.items()
            ]
        needs: tuple[str, ...] = ()
        if Step.NEEDS in steps:
            needs = split_needs(left, text)
            notes += [(Step.NEEDS, note) for note in _needs_notes(needs)]
        return Reading(
            text=left,
            encoded=_spelled_out(left, expansions),
            wanted=sources.wanted,
            excluded=sources.excluded,
            mentioned=sources.mentioned,
            unknown_provider=sources.unknown,
            variety=sources.variety,
            required=required,
            topics=topics,
            phrases=phrases,
            window=window,
            needs=needs,
            expansions=expansions,
            notes=tuple(note for _, note in notes),
            steps=tuple(step for step, _ in notes),
        )

    def _read_phrases(self, text: str) -> tuple[tuple[str, ...], list[str]]:
        """Quoted phrases; one that stands nowhere is read as plain words, and that is said."""
        held, notes = [], []
        for match in _QUOTED.finditer(text):
            phrase = match[1].strip()
            terms = [word.term for word in words(phrase)]
            if terms and self._snapshot.phrase(terms, 1, EVERYTHING):
                held.append(phrase)
                notes.append(f'Every answer holds "{phrase}".')
            elif terms:
                notes.append(f'No article holds "{phrase}"; its words are searched one by one.')
        return tuple(held), notes

    def _read_topic(self, text: str) -> tuple[str, tuple[str, ...]]:
        """A topic of the index that is named as such: "on the topic of Ports"."""
        match = _TOPIC.search(text)
        if match is None:
            return text, ()
        rest = text[match.end() :].strip("\"'“”")
        for size in range(min(len(rest), 60), 0, -1):
            name = rest[:size].strip(" ?.,:;!\"'“”")
            if (size == len(rest) or not rest[size].isalnum()) and name.casefold() in self._topics:
                left = " ".join(f"{text[: match.start()]} {rest[size:]}".split()).strip(" ?.,:;")
                return left or name, (self._topics[name.casefold()],)
        return text, ()

    def _frequency(self, word: str) -> int:
        found = words(word)
        return self._snapshot.document_frequency(found[0].term) if found else 0

    def _headlines_about(self, name: str, key: str, enough: int) -> int:
        terms = [word.term for word in words(name)]
        by_others = Not(OneOf(Attribute.PROVIDER, (key,)))
        return len(self._snapshot.phrase(terms, enough, by_others, (Field.TITLE,)))

    def _is_unheard(self, word: str) -> bool:
        return self._frequency(word) <= 3 and not self._is_word(word.lower())  # noqa: PLR2004

    def _expand(self, text: str) -> dict[str, str]:
        expansions = {}
        for short in dict.fromkeys(ACRONYM.findall(text)):
            form = self._form_of(short)
            if form and form.casefold() not in text.casefold():
                expansions[short] = form
        return expansions

    def _form_of(self, short: str) -> str:
        """What an acronym stands for in the archive; empty where it does not say."""
        if short not in self._forms:
            terms = [word.term for word in words(short)]
            pks = self._snapshot.phrase(terms, _ACRONYM_TEXTS, EVERYTHING, (Field.LEAD,))
            if len(self._forms) >= _KEPT_FORMS:
                self._forms.clear()
            self._forms[short] = long_form(short, self._leads(pks)) if pks else ""
        return self._forms[short]

    def _provider_notes(self, sources: Asked) -> list[str]:
        notes = []
        if sources.wanted:
            notes.append(f"Articles by {self._named(sources.wanted)} come first.")
        if sources.excluded:
            notes.append(f"Articles by {self._named(sources.excluded)} come last.")
        if sources.unknown:
            notes.append(f"There is no outlet {sources.unknown} in this index.")
        if sources.variety:
            notes.append("Different outlets come before more of the same.")
        return notes

    def _named(self, keys: frozenset[str]) -> str:
        return ", ".join(sorted(self._outlets.name(key) for key in keys))


def _spelled_out(text: str, expansions: Mapping[str, str]) -> str:
    for short, form in expansions.items():
        text = re.sub(rf"\b{short}\b", f"{short} ({form})", text, count=1)
    return text


def condition_of(reading: Reading) -> Condition | None:
    """What the wanted articles satisfy; None where the question limits nothing."""
    parts: list[Condition] = []
    if reading.wanted:
        parts.append(OneOf(Attribute.PROVIDER, tuple(sorted(reading.wanted))))
    if reading.excluded:
        parts.append(Not(OneOf(Attribute.PROVIDER, tuple(sorted(reading.excluded)))))
    return AllOf(tuple(parts)) if parts else None


def interpreted(reading: Reading, notes: Sequence[str] = ()) -> Interpreted:
    """The reading as it is shown in an answer, with further notes."""
    filters: dict[str, object] = {}
    if reading.wanted:
        filters["provider"] = sorted(reading.wanted)
    if reading.excluded:
        filters["provider_not"] = sorted(reading.excluded)
    if reading.topics:
        filters["topic"] = list(reading.topics)
    if reading.window is not None:
        if reading.window.first != date.min:
            filters["from"] = reading.window.first.isoformat()
        if reading.window.last != date.max:
            filters["to"] = reading.window.last.isoformat()
    if reading.phrases:
        filters["phrase"] = list(reading.phrases)
    return Interpreted(
        text=reading.encoded,
        filters=filters,
        notes=(*reading.notes, *notes),
        steps=tuple(step.value for step in reading.steps),
    )


def _plain_words(text: str) -> list[str]:
    return [
        text[word.start : word.end]
        for word in words(text)
        if text[word.start : word.end].isalpha() and word.end - word.start > 3  # noqa: PLR2004
    ]


def _needs_notes(needs: Sequence[str]) -> list[str]:
    shown = " and ".join(f'"{need}"' for need in needs)
    return [f"The best articles on {shown} are among the first."] if needs else []


def _window_note(window: Window) -> str:
    if window.first == date.min:
        span = f"until {window.last}"
    elif window.last == date.max:
        span = f"since {window.first}"
    else:
        span = f"from {window.first} to {window.last}"
    if window.event:
        return f"Articles {span}, or later about that time, come first."
    return f"Articles {span} come first."
