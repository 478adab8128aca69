"""Parse a question: phrases, topics, outlets, times, spelling and acronyms, one after the other."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from semsearch.ask.exclusions import read_exclusions, read_minus, spread_groups
from semsearch.ask.outlets import NamedOutlets, Outlets, same_outlets
from semsearch.ask.terms import Acronyms, Speller, forms
from semsearch.ask.times.reading import Now, Times, read_times
from semsearch.ask.times.spans import Span, Window, during
from semsearch.ask.unknown_values import KnownValues
from semsearch.ask.wording import (
    Held,
    Topics,
    Wish,
    hold_phrases,
    phrase_groups,
    read_fields,
    says_something,
    unread_marks,
    unread_operators,
)
from semsearch.model.article import Field
from semsearch.model.filters import (
    EVERYTHING,
    AllOf,
    Attribute,
    Condition,
    Filters,
    Not,
    OneOf,
    normal_text,
)
from semsearch.model.search import Interpreted, ParseStep
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import is_pointed, is_unspaced, visible, words

_LOOSE_ENDS = re.compile(
    r"^(?:(?:and|or|but)\b|[,;:])\s*|(?:\s*(?:[,;:]|\b(?:and|or|but)))+$", re.IGNORECASE
)
_DOTTED = ("tr", "az")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_TOKEN = re.compile(r"[^\s,;?!()]+")
# "A recent survey" and "in recent years" say of what they speak, not which articles are wanted.
_NEWEST = re.compile(
    r"\b(?:latest|newest|most\s+recent)\b|^recent\b|\brecent\s+(?:\w+\s+)?(?:news|articles?|reports?"
    r"|reporting|coverage|stories|headlines|developments|updates?)\b",
    re.IGNORECASE,
)
_ACRONYM_TEXTS = 60
_RARE = 3
_MIN_WORD_CHARS = 4
_NO_DATES = "No article of this index has a date; the time in the question is searched as words."
_MONTH_FIRST = frozenset({"", "en", "en-us", "en_us"})


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A question as it was parsed.

    Attributes:
        text: Without the words that name outlets and times, mended: what words are taken from.
        encoded: What the encoder gets: ``text`` with acronyms spelled out.
        wanted: Providers (keys) whose articles are asked for; ``only``, ``excluded``, ``mentioned``
            likewise.
        unknown_provider: An outlet that is asked for and is not in the index.
        topics: Topics named as such, of which every answer must be; ``not_topics``: of which none
            may be.
        phrases: Quoted phrases; those that "or" joins are together, and one of them is enough.
        left_out: Words that no answer may hold.
        windows: The days that are asked for; several are alternatives.
        not_during: Days that are not wanted.
        variety: Whether several outlets are asked for.
        newest: Whether the newest of the answers shall come first.
        expansions: Acronyms of the question and what they stand for in this index.
        notes: What was read, in sentences; ``steps``: the step that each comes from.
    """

    text: str
    encoded: str
    wanted: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    unknown_provider: str = ""
    topics: tuple[str, ...] = ()
    not_topics: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[Wish, ...] = ()
    windows: tuple[Window, ...] = ()
    not_during: tuple[Span, ...] = ()
    variety: bool = False
    newest: bool = False
    expansions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    steps: tuple[ParseStep, ...] = ()

    def provider_condition(self) -> Condition | None:
        """What articles by the wanted outlets satisfy; None where the question limits none."""
        return OneOf(Attribute.PROVIDER, tuple(sorted(self.wanted))) if self.wanted else None

    @property
    def required(self) -> Condition:
        """What every answer must satisfy."""
        return _all_of([*self._unwanted(), *self._named()])

    @property
    def allowed(self) -> Condition:
        """What every answer must satisfy whatever topics and outlets are asked for."""
        return _all_of(self._unwanted())

    def _named(self) -> list[Condition]:
        both = ((Attribute.TOPIC, self.topics), (Attribute.PROVIDER, sorted(self.only)))
        return [_one_of(attribute, values) for attribute, values in both if values]

    def _unwanted(self) -> list[Condition]:
        both = ((Attribute.TOPIC, self.not_topics), (Attribute.PROVIDER, sorted(self.excluded)))
        unwanted = [_one_of(attribute, values) for attribute, values in both if values]
        return [Not(each) for each in (*map(during, self.not_during), *unwanted)]

    def interpreted(self, notes: Sequence[str] = ()) -> Interpreted:
        """The question as it is shown in an answer, with further notes."""
        first = min((window.first for window in self.windows), default=date.min)
        last = max((window.last for window in self.windows), default=date.max)
        filters: dict[str, object] = {
            "provider": sorted(self.wanted | self.only),
            "provider_not": sorted(self.excluded),
            "topic": list(self.topics),
            "topic_not": list(self.not_topics),
            "from": None if first == date.min else first.isoformat(),
            "to": None if last == date.max else last.isoformat(),
            "sort": "newest" if self.newest else "",
            "not_during": [[str(first), str(last)] for first, last in self.not_during],
            "phrase": [" or ".join(group) for group in self.phrases],
            "without": [wish.words for wish in self.left_out],
        }
        return Interpreted(
            text=self.encoded,
            filters={name: value for name, value in filters.items() if value},
            notes=(*self.notes, *notes),
            steps=tuple(step.value for step in self.steps),
        )


class QuestionParser:
    """Parses questions against what one generation of an index holds.

    Args:
        snapshot: The generation.
        leads: Gives the leads of articles by their keys.
        is_word: Whether the encoder knows a text as one word.
        same: Names and domains of outlets that are one; see ``ask.outlets``.
        language: Gives the language of most articles, in lower case, empty where it is unknown.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        leads: Callable[[Sequence[int]], list[str]],
        is_word: Callable[[str], bool],
        language: Callable[[], str] = str,
        same: Mapping[str, str] | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._leads = leads
        self._is_word = is_word
        self._read_language = language
        self.same = same_outlets(snapshot.providers, same)
        self._outlets = Outlets(snapshot.providers, len(snapshot))
        self._acronyms = Acronyms()
        self._newsmakers: dict[tuple[str, int], int] = {}  # no more than there are outlets
        self._topics = Topics([topic for topic, _ in snapshot.topics])

    @cached_property
    def _language(self) -> str:
        """The language of most articles; to look it up takes as long as an answer."""
        return self._read_language()

    @property
    def _day_first(self) -> bool:
        """Whether 4/5/2023 is a day of May: everywhere but in English as the US write it."""
        return self._language not in _MONTH_FIRST

    @cached_property
    def lacks_unspaced(self) -> bool:
        """Whether words of scripts without blanks were indexed before 0.2, whole lines as one."""
        vocabulary = self._snapshot.words.vocabulary
        return any(is_unspaced(word) and len(words(word)) > 1 for word in vocabulary)

    @cached_property
    def lacks_pointed(self) -> bool:
        """Whether words of Hebrew and Arabic were indexed before 0.2, with points and forms."""
        return any(
            is_pointed(word) and visible(word).text != word
            for word in self._snapshot.words.vocabulary
        )

    @cached_property
    def _speller(self) -> Speller:
        return Speller(self._snapshot.words.vocabulary, self._is_word)

    def unknown(self, filters: Filters) -> tuple[str, ...]:
        """Why filters leave nothing: values that no article has, or a time that is none."""
        return () if filters.condition() == EVERYTHING else self._known.unknown(filters)

    @cached_property
    def _known(self) -> KnownValues:
        return KnownValues(self._snapshot, self.same)

    def parse(self, text: str, now: Now, steps: Sequence[str]) -> ParsedQuery:
        """Parse a normalised question, step by step.

        Args:
            text: The question.
            now: What "this week" counts from.
            steps: Which steps to take; see ``ParseStep``.
        """
        read = _Reading(steps)
        held = hold_phrases(text)
        left = held.text
        if ParseStep.EXCLUSION in steps:
            held, left = spread_groups(held, left)
        left = self._read_topics(held, left, read)
        left = self._read_fields(held, left, read)
        left_out: list[Wish] = []
        if ParseStep.EXCLUSION in steps:
            left, left_out = self._read_minus(held, left, read)
        asked = left
        outlets = NamedOutlets(left)
        if ParseStep.PROVIDER in steps:
            outlets = self._outlets.read(
                left, frequency=self._frequency, headlines_about=self._headlines_about
            )
            left = outlets.text
            read.say(ParseStep.PROVIDER, *self._outlet_notes(outlets))
        times = self._read_times(left, now, steps)
        left = times.text
        read.say(ParseStep.DATE, *times.notes)
        read.say(ParseStep.NOW, *times.counted)
        if times.counted and now.note:
            read.say(ParseStep.NOW, now.note)
        if ParseStep.EXCLUSION in steps:
            left, more = self._read_exclusions(held, left, read)
            left_out += more
        left = _tidied(left, held.text)
        phrases: list[list[str]] = []
        if ParseStep.PHRASE in steps:
            phrases, said = phrase_groups(held, left)
            read.say(
                ParseStep.PHRASE, *said, *unread_marks(held.text), *unread_operators(held, left)
            )
        left = next(filter(says_something, (left, asked, held.text)), held.text)
        newest = _NEWEST.search(left) if ParseStep.NEWEST in steps else None
        if newest is not None:
            note = f'The newest of the articles that answer come first ("{newest[0]}").'
            read.say(ParseStep.NEWEST, note)
        left, expansions = self._spelled(left, read)
        left = text if left == held.text else held.quoted(left)
        return ParsedQuery(
            text=left,
            encoded=_spelled_out(left, expansions),
            wanted=outlets.wanted,
            only=frozenset(read.outlets),
            excluded=outlets.excluded | read.not_outlets,
            mentioned=outlets.mentioned,
            unknown_provider=outlets.unknown,
            variety=outlets.variety,
            topics=tuple(read.topics),
            not_topics=tuple(read.not_topics),
            phrases=tuple(map(tuple, phrases)),
            left_out=tuple(dict.fromkeys(left_out)),
            windows=times.windows,
            newest=newest is not None,
            not_during=times.excluded,
            expansions=expansions,
            notes=tuple(note for _, note in dict.fromkeys(read.notes)),
            steps=tuple(step for step, _ in dict.fromkeys(read.notes)),
        )

    def _read_topics(self, held: Held, text: str, read: "_Reading") -> str:
        if ParseStep.TOPIC not in read.steps:
            return text
        text, topics, not_topics, said = self._topics.read(held, text)
        read.topics += topics
        read.not_topics += not_topics
        read.say(ParseStep.TOPIC, *said)
        return text

    def _spelled(self, text: str, read: "_Reading") -> tuple[str, dict[str, str]]:
        """The text with misspelt words mended, and what its acronyms stand for."""
        if ParseStep.SPELLING in read.steps and (
            any(map(self._is_suspect, _plain_words(text)))
            or any(map(self._may_have_marks, _LETTERS.findall(text)))
        ):
            text, mended = self._speller.mend(text)
            read.say(
                ParseStep.SPELLING, *(f'Read "{old}" as "{new}".' for old, new in mended.items())
            )
        if ParseStep.ACRONYM not in read.steps:
            return text, {}
        expansions = self._acronyms.expand(text, self._leads_with)
        taken = (f"{short} is taken as {long}." for short, long in expansions.items())
        read.say(ParseStep.ACRONYM, *taken)
        return text, expansions

    def _read_minus(self, held: Held, text: str, read: "_Reading") -> tuple[str, list[Wish]]:
        """Words and outlets that signs leave out; a phrase that names an outlet leaves out both."""
        left, wishes, not_by, said = read_minus(held, text, self._outlets.name_at)
        read.say(ParseStep.EXCLUSION, *said)
        not_by += [one.words for one in wishes if one.exact and " " in one.words]
        self._leave_out_outlets(not_by, read)
        return left, [one for one in wishes if not self._is_only_an_outlet(one)]

    def _read_exclusions(self, held: Held, text: str, read: "_Reading") -> tuple[str, list[Wish]]:
        """Words that the question says shall be left out, and outlets that no article speaks of."""
        left, wishes, said = read_exclusions(held, text, self._stands_or_is_one)
        outlets = [one for one in wishes if self._is_only_an_outlet(one)]
        self._leave_out_outlets([one.words for one in outlets], read)
        wishes = [one for one in wishes if one not in outlets]
        read.say(ParseStep.EXCLUSION, *said, *self._topic_advice(wishes))
        return left, wishes

    def _leave_out_outlets(self, names: Sequence[str], read: "_Reading") -> None:
        keys = {key for name in names for key in self._outlets.named(name)} - read.not_outlets
        read.not_outlets |= keys
        if keys:
            left_out = self._names(frozenset(keys))
            read.say(ParseStep.EXCLUSION, f"Articles by {left_out} are left out.")

    def _is_only_an_outlet(self, wish: Wish) -> bool:
        """Whether what is left out is the name of an outlet that no article speaks of."""
        written_as_name = wish.exact or not wish.words.islower()
        return (
            written_as_name
            and bool(self._outlets.named(wish.words))
            and not self._stands(wish.words)
        )

    def _topic_advice(self, left_out: Sequence[Wish]) -> list[str]:
        """What is said where words that no article holds are the name of a topic."""
        return [
            f'To leave out articles on the topic {topic}, write -topic:"{topic}".'
            for wish in left_out
            if (topic := self._topics.named(wish.words)) and not self._stands(wish.words)
        ]

    def _read_fields(self, held: Held, text: str, read: "_Reading") -> str:
        """Fields as search engines have them: "topic:Ports", "-site:example.org"."""
        left, fields = read_fields(held, text, self._name_length(held))
        shown: dict[tuple[ParseStep, bool], list[str]] = {}  # values of one field are alternatives
        for one in fields:
            step = ParseStep.TOPIC if one.field == "topic" else ParseStep.PROVIDER
            if step not in read.steps:
                return text
            if step is ParseStep.TOPIC:
                topic = self._topics.named(one.value)
                keys = {topic} if topic else set()
                name = topic
                (read.not_topics if one.excluded else read.topics).extend(keys)
            else:
                keys = self._outlets.named(one.value)
                name = self._names(frozenset(keys))
                (read.not_outlets if one.excluded else read.outlets).update(keys)
            if keys:
                shown.setdefault((step, one.excluded), []).append(name)
            else:
                kind = Attribute.TOPIC if step is ParseStep.TOPIC else Attribute.PROVIDER
                read.say(step, self._known.not_here(kind, one.value))
        for (step, excluded), names in shown.items():
            those = "on the topic " if step is ParseStep.TOPIC else "by "
            those += " or ".join(dict.fromkeys(names))
            said = f"Articles {those} are left out." if excluded else f"Only articles {those}."
            read.say(step, said)
        return left

    def _name_length(self, held: Held) -> Callable[[str, str], int]:
        def length(name: str, text: str) -> int:
            if name == "topic":
                return self._topics.at(held, text)[1]
            if text[:1] and held.plain(text[0]) != text[0]:
                return 1
            token = _TOKEN.match(text)
            known = token.end() if token and self._outlets.named(token[0].rstrip(".")) else 0
            return max(known, self._outlets.name_at(text, 0))

        return length

    def _read_times(self, text: str, now: Now, steps: Sequence[str]) -> Times:
        today = now.day if ParseStep.NOW in steps else None
        written = ParseStep.DATE in steps
        if not written and today is None:
            return Times(text)
        # The language is looked up only where there are figures that it may turn about.
        day_first = any(map(str.isdigit, text)) and self._day_first
        times = read_times(text, today, day_first=day_first, written=written)
        if self._snapshot.span is None and (times.windows or times.excluded):
            return Times(text, notes=(_NO_DATES,))
        return times

    def _frequency(self, word: str) -> int:
        """In how many articles a word stands."""
        terms = words(word)
        return self._snapshot.words.document_frequency(terms[0].term) if terms else 0

    def _stands(self, phrase: str) -> bool:
        """Whether some words stand one after the other in any article, in any of their forms."""
        index = self._snapshot.words
        return any(
            index.phrase([word.term for word in words(form)], 1, EVERYTHING)
            for form in forms(phrase, index)
        )

    def _stands_or_is_one(self, words_: str) -> bool:
        """The same, or whether several words are the name of an outlet."""
        return self._stands(words_) or (" " in words_ and bool(self._outlets.named(words_)))

    def _headlines_about(self, name: str, key: str, enough: int) -> int:
        """How many headlines of others hold an outlet's name; counting stops at ``enough``."""
        number = self._newsmakers.get((key, enough))
        if number is None:
            terms = [word.term for word in words(name)]
            by_others = Not(OneOf(Attribute.PROVIDER, (key,)))
            number = len(self._snapshot.words.phrase(terms, enough, by_others, (Field.TITLE,)))
            self._newsmakers[key, enough] = number
        return number

    def _is_suspect(self, word: str) -> bool:
        """Whether a word may be misspelt: rare in the index and not a word of the encoder."""
        return self._frequency(word) <= _RARE and not self._is_word(word.lower())

    def _may_have_marks(self, word: str) -> bool:
        """Whether the index may hold a word with other marks only: "istanbul" of İstanbul."""
        marked = not word.isascii() or self._language[:2] in _DOTTED
        return marked and not is_unspaced(word) and not self._frequency(word)

    def _leads_with(self, word: str) -> list[str]:
        """Leads of some articles that hold a word in it."""
        terms = [one.term for one in words(word)]
        return self._leads(
            self._snapshot.words.phrase(terms, _ACRONYM_TEXTS, EVERYTHING, (Field.LEAD,))
        )

    def _outlet_notes(self, outlets: NamedOutlets) -> list[str]:
        notes = []
        if outlets.wanted:
            notes.append(f"Articles by {self._names(outlets.wanted)} come first.")
        if outlets.excluded:
            notes.append(f"Articles by {self._names(outlets.excluded)} are left out.")
        if outlets.unknown:
            notes.append(self._known.not_here(Attribute.PROVIDER, outlets.unknown))
        if outlets.variety:
            notes.append("Different outlets come before more of the same.")
        return notes

    def _names(self, keys: frozenset[str]) -> str:
        return ", ".join(sorted({self._outlets.name(key) for key in keys}))


@dataclass(slots=True)
class _Reading:
    """What a question was read as so far: topics and keys of outlets that it names as such.

    Attributes:
        steps: Which are taken.
        notes: What was read, in sentences, each with its step.
    """

    steps: Sequence[str]
    topics: list[str] = field(default_factory=list)
    not_topics: list[str] = field(default_factory=list)
    outlets: set[str] = field(default_factory=set)
    not_outlets: set[str] = field(default_factory=set)
    notes: list[tuple[ParseStep, str]] = field(default_factory=list)

    def say(self, step: ParseStep, *notes: str) -> None:
        """Note what a step read."""
        self.notes += [(step, note) for note in notes]


def _all_of(parts: Sequence[Condition]) -> Condition:
    return AllOf(tuple(parts)) if parts else EVERYTHING


def _one_of(attribute: Attribute, values: Sequence[str]) -> Condition:
    return OneOf(attribute, tuple(normal_text(attribute, value) for value in values))


def _tidied(text: str, whole: str) -> str:
    """A text without what stood between words that were taken out of the whole one."""
    text = " ".join(text.split()).strip(" ,")
    return text if text == whole else _LOOSE_ENDS.sub("", text)


def _spelled_out(text: str, expansions: Mapping[str, str]) -> str:
    for short, long in expansions.items():
        text = re.sub(rf"\b{short}\b", f"{short} ({long})", text, count=1)
    return text


def _plain_words(text: str) -> list[str]:
    written = [text[word.start : word.end] for word in words(text)]
    return [word for word in written if word.isalpha() and len(word) >= _MIN_WORD_CHARS]
