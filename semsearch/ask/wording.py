"""What a question says exactly: phrases in quotation marks, fields, and what shall be left out.

Only the text is read here; what the index holds of it is looked up in ``ask.retrieval``. A quoted
phrase is replaced by one character of the private use area while the rest of the question is read,
so that nothing in it is taken for an outlet or a time, or mended.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from semsearch.ask.terms import STOP_WORDS
from semsearch.errors import InvalidQueryError, QuestionTooLongError
from semsearch.model.search import ALL_STEPS

MAX_CHARS = 4_000

_MARKS = (
    '"{}"',
    "“{}”",
    "„{}“",
    "„{}”",
    "”{}”",
    "«{}»",
    "»{}«",
    "‹{}›",
    "›{}‹",
    "「{}」",
    "『{}』",
    "《{}》",
    "〈{}〉",
)
_MAX_PHRASE = 200
# Single marks are apostrophes, too: those within words and at the ends of plurals are no marks.
_QUOTED = re.compile(
    "|".join(
        re.escape(opening)
        + rf"([^{re.escape(opening + closing)}]{{1,{_MAX_PHRASE}}})"
        + re.escape(closing)
        for opening, closing in (mark.split("{}") for mark in _MARKS)
    )
    + rf"|(?<!\w)[‘‚]((?:[^‘’‚]|’(?=\w)){{2,{_MAX_PHRASE}}})[’‘](?!\w)"
    + rf"|(?<!\w)'((?:[^']|'(?=\w)){{2,{_MAX_PHRASE}}})'(?!\w)"
)
_FIRST = 0xE000
_HELD = re.compile("[\ue000-\ue0ff]")
_VALUE = r"(?:[\ue000-\ue0ff]|[^\s,;?!()]+)"
_FIELD = re.compile(
    rf"(?P<no>(?<!\S)-|\bNOT\s+)?\b(?P<field>topic|site|provider):\s*(?P<value>{_VALUE})"
)
_LEFT_OUT = re.compile(
    r"(?:(?<!\S)[-−]|\bNOT\s+(?!NOT\b))(?P<word>[\ue000-\ue0ff]|[^\W\d_][\w'’.&-]*\w|[^\W\d_])"
)
_MINUS_NUMBER = re.compile(r"(?<!\S)[-−]\d[\w.,]*")
_OR = re.compile(r"\s*(?:,\s*)?\b(?:or|OR)\b\s*|\s*\|\s*")
_SHOUTED = re.compile(r"[a-z]")

_AUXILIARY = (
    r"(?:is|are|was|were|be|been|being|am|do|does|did|has|have|had|will|would|can|could|should|may"
    r"|might|must|shall|isn['’]t|why|left|go|goes|went|gone|live|lives|lived|living|stay|stayed|remain"
    r"|remained|manage|managed|get|gets|got|survive|survived|die|died|work|works|worked|spend|spent)"
)
_ABOUT = r"(?:about|on|at|in|from|by|of|near|involving|including|concerning|regarding|mentioning)"
_NATURAL = re.compile(
    r"(?:,\s*)?\b(?P<cue>"
    rf"(?:but\s+|and\s+)?not\s+(?:articles\s+|news\s+|anything\s+|those\s+|reports\s+)?(?P<about>{_ABOUT})"
    r"|but\s+not|(?<=,\s)not"
    r"|(?:everything|anything|all)\s+(?:but|except)(?:\s+(?:about|on))?"
    r"|except(?:ing)?(?:\s+(?:for|those|articles|news))?(?:\s+(?:about|on|at|in|from))?"
    r"|excluding|omitting|ignoring|leaving\s+out|with\s+the\s+exception\s+of"
    r"|other\s+than|apart\s+from|aside\s+from|without)\s+(?P<the>the\s+)?",
    re.IGNORECASE,
)
_UNREAD = re.compile(
    r"\b(?:outside(?:\s+of)?|rather\s+than|instead\s+of|minus|no\s+mention\s+of|not\s+mentioning|never"
    r"\s+about)\s+(?:the\s+)?(?P<word>[\ue000-\ue0ff]|[^\W\d_][\w-]+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\ue000-\ue0ff]|[^\W_][\w'’&.-]*")
_ENDS = re.compile(
    r"[,;:?!()]|\.(?:\s|$)|\b(?:in|on|at|for|from|to|by|with|about|but|that|which|who|whose|during|since"
    r"|before|after|over|under|until|is|are|was|were|do|does|did|has|have|had|will|would|can|could"
    r"|should|may|not|as|than|because|when|where|how|why|what|please|this|last|next|past|yesterday"
    r"|today)\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s*(?:,\s*)?\b(?:and|or|nor)\b\s+(?:the\s+)?", re.IGNORECASE)
_NO_THING = re.compile(
    r"(?:a|an|any|being|having|me|us|it|them|him|her)\b|\w+ing\b(?!\s)", re.IGNORECASE
)
_MAX_WORDS = 5
_RETIRED_STEP = "needs"


def normalised(text: str, max_chars: int = MAX_CHARS) -> str:
    """The question in one line.

    Raises:
        InvalidQueryError: Empty, too long, or broken Unicode.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidQueryError("The question holds broken Unicode.") from None
    line = " ".join(unicodedata.normalize("NFC", text.replace("\0", " ")).split())
    if not line:
        raise InvalidQueryError("The question is empty.", "Ask something, in any words.")
    length = max(len(text), len(line))
    if length > max_chars:
        raise QuestionTooLongError(
            f"The question has {length:,} characters; {max_chars:,} are the limit."
        )
    return line


def check_steps(names: Sequence[str]) -> tuple[str, ...]:
    """Check names of steps of parsing; one that is gone is accepted and does nothing.

    Returns:
        What to say about them, in sentences.

    Raises:
        InvalidQueryError: There is no such step.
    """
    unknown = sorted(set(names) - {*ALL_STEPS, _RETIRED_STEP})
    if unknown:
        raise InvalidQueryError(
            f"There is no step of reading called {unknown[0]!r}.",
            f"The steps are {', '.join(ALL_STEPS)}; none stands alone.",
        )
    if _RETIRED_STEP in names:
        return (f'The step "{_RETIRED_STEP}" is gone and does nothing.',)
    return ()


@dataclass(frozen=True, slots=True)
class Wish:
    """Words that articles shall hold or not.

    ``exact``: as they are written; else in any form.
    """

    words: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A text in which each quoted phrase is one character, and the phrases."""

    text: str
    phrases: tuple[str, ...]

    def phrase(self, character: str) -> str:
        """The phrase that a character stands for."""
        return self.phrases[ord(character) - _FIRST]

    def plain(self, text: str) -> str:
        """A part of the text with its phrases, without marks."""
        return _HELD.sub(lambda one: self.phrase(one[0]), text)

    def quoted(self, text: str) -> str:
        """A part of the text with its phrases in marks."""
        return _HELD.sub(lambda one: f'"{self.phrase(one[0])}"', text)


def hold_phrases(text: str) -> Held:
    """Replace each phrase in quotation marks, of at most 256, by one character."""
    phrases: list[str] = []

    def held(match: re.Match[str]) -> str:
        phrase = next(group for group in match.groups() if group is not None).strip(" ,.;:!?")
        if len(phrases) > _MAX_PHRASE or not any(map(str.isalnum, phrase)):
            return match[0]
        phrases.append(phrase)
        return chr(_FIRST + len(phrases) - 1)

    return Held(_QUOTED.sub(held, _HELD.sub(" ", text)), tuple(phrases))


@dataclass(frozen=True, slots=True)
class FieldValue:
    """``topic:Ports`` or ``-site:example.org``."""

    field: str
    value: str
    excluded: bool


def read_fields(held: Held, text: str) -> tuple[str, list[FieldValue]]:
    """Fields that are written as such, and the text without them."""
    found: list[FieldValue] = []

    def taken(match: re.Match[str]) -> str:
        value = held.plain(match["value"]).strip(" .\"'")
        if not value:
            return match[0]
        found.append(FieldValue(match["field"].lower(), value, match["no"] is not None))
        return " "

    return _FIELD.sub(taken, text), found


def read_minus(
    held: Held, text: str, outlet_at: Callable[[str, int], int]
) -> tuple[str, list[Wish], list[str], list[str]]:
    """What "-word", '-"a phrase"' and "NOT word" leave out.

    Args:
        held: The phrases.
        text: The question.
        outlet_at: Where the name of an outlet that begins at a place ends; the place if none does.

    Returns:
        The text without it, words, names of outlets, and what cannot be read, in sentences.
    """
    wishes: list[Wish] = []
    outlets: list[str] = []
    shouted = not _SHOUTED.search(text)  # NOT is a word where all is in capitals
    place, left = 0, ""
    for match in _LEFT_OUT.finditer(text):
        if match.start() < place or (shouted and match[0].startswith("NOT")):
            continue
        start = match.start("word")
        end = outlet_at(text, start)
        if end > start:
            outlets.append(text[start:end])
        word = match["word"]
        if end <= match.end("word"):
            end = match.end("word")
            exact = bool(_HELD.fullmatch(word))
            wishes.append(Wish(held.phrase(word) if exact else word, exact))
        left += text[place : match.start()] + " "
        place = end
    left += text[place:]
    notes = [
        f'"{number[0]}" is searched as a number; to leave it out write -"{number[0][1:]}".'
        for number in _MINUS_NUMBER.finditer(left)
    ]
    return left, wishes, outlets, notes


def read_exclusions(
    held: Held, text: str, stands: Callable[[str], bool]
) -> tuple[str, list[Wish], list[str]]:
    """What "without X", "except X", "not about X" leave out.

    Args:
        held: The phrases.
        text: The question.
        stands: Whether words stand one after the other in any article: where articles themselves
            say "without phones", the question tells of that.

    Returns:
        The text without it, the words, and what was not read as an exclusion, in sentences.
    """
    wishes: list[Wish] = []
    notes: list[str] = []
    place, left = 0, ""
    for match in _NATURAL.finditer(text):
        if match.start() < place:
            continue
        things, end = _things(held, text, match.end())
        told = things and match["cue"].lower() == "without" and stands(f"without {things[0].words}")
        if not things or told or _is_said_of_something(text, match, things):
            if things:
                words = held.quoted(text[match.start() : end]).strip(" ,")
                notes.append(_not_read(words, things[0]))
            continue
        wishes += things
        left += text[place : match.start()] + " "
        place = end
    left += text[place:]
    for match in _UNREAD.finditer(left):
        thing = Wish(held.plain(match["word"]), bool(_HELD.fullmatch(match["word"])))
        notes.append(_not_read(held.quoted(match[0]), thing))
    return left, wishes, notes


def _not_read(words: str, thing: Wish) -> str:
    minus = f'-"{thing.words}"' if thing.exact or " " in thing.words else f"-{thing.words}"
    return f"{words!r} is searched as words; to leave articles out that hold it, write {minus}."


def _is_said_of_something(text: str, match: re.Match[str], things: Sequence[Wish]) -> bool:
    """Whether the words tell of what happened: "a town without water", "is not about money"."""
    before = text[: match.start()].rstrip().lower()
    cue = match["cue"].lower()
    if re.search(rf"\b{_AUXILIARY}(?:\s+\w+){{0,3}}$", before) and (
        cue == "without" or cue.startswith("not ")
    ):
        return True
    if cue == "without":
        return bool(_NO_THING.match(things[0].words))
    about = match["about"]
    if about and about.lower() not in (
        "about",
        "involving",
        "including",
        "concerning",
        "regarding",
        "mentioning",
    ):
        return not (things[0].exact or things[0].words[:1].isupper())
    return False


def _things(held: Held, text: str, start: int) -> tuple[list[Wish], int]:
    """The things that are named from here on: "hydrogen", "the hydrogen plant or wind"."""
    things: list[Wish] = []
    place = end = start
    while True:
        thing, after = _thing(held, text, place)
        if thing is None:
            return things, end
        things.append(thing)
        end = after
        more = _MORE.match(text, end)
        if more is None:
            return things, end
        place = more.end()


def _thing(held: Held, text: str, start: int) -> tuple[Wish | None, int]:
    first = _WORD.match(text, start)
    if first is None or _ENDS.match(text, start):
        return None, start
    if _HELD.fullmatch(first[0]):
        return Wish(held.phrase(first[0]), exact=True), first.end()
    words: list[str] = []
    place = end = start
    while len(words) < _MAX_WORDS:
        word = _WORD.match(text, place)
        if word is None or _ENDS.match(text, place) or _MORE.match(text, place):
            break
        if _HELD.fullmatch(word[0]):
            break
        words.append(word[0].rstrip(".'’"))
        end = place + len(word[0].rstrip(".'’"))
        place = end
        gap = re.match(r"[ ]+", text[place:])
        if gap is None:
            break
        place += len(gap[0])
    if not any(word.lower() not in STOP_WORDS for word in words):
        return None, start
    return Wish(" ".join(words), exact=False), end


def phrase_groups(held: Held, text: str) -> list[list[str]]:
    """The phrases that stand in a text; those that "or" joins are alternatives."""
    groups: list[list[str]] = []
    end = -1
    for match in _HELD.finditer(text):
        phrase = held.phrase(match[0])
        if end >= 0 and _OR.fullmatch(text[end : match.start()]):
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        end = match.end()
    return groups
