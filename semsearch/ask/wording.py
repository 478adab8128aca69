"""What a question says exactly: phrases in quotation marks, fields, and topics named as such.

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
from semsearch.model.filters import Attribute, normal_text
from semsearch.model.search import ALL_STEPS

MAX_CHARS = 4_000

_MARKS = (
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
    "``{}''",
    "''{}''",
    "`{}`",
)
_DOUBLE = '“”„‟＂〝〞❝❞«»"'
_MAX_PHRASE = 200
_MAX_PHRASES = 256
# Single marks are apostrophes, too: those within words and at the ends of plurals are no marks.
_QUOTED = re.compile(
    "|".join(
        re.escape(opening)
        + rf"([^{re.escape(opening + closing)}]{{1,{_MAX_PHRASE}}})"
        + re.escape(closing)
        for opening, closing in (mark.split("{}") for mark in _MARKS)
    )
    # A straight mark behind a digit is inches, and one within a word is none.
    # Marks that do not belong together, as half-corrected texts have them: “...", „..."
    + rf"|(?<![a-zA-Z0-9])[“„‟＂〝❝«\"]([^{_DOUBLE}]{{1,{_MAX_PHRASE}}})[”“‟＂〞❞»\"](?![a-zA-Z])"
    + rf"|(?<!\w)[‘‚‛]((?:[^‘’‚‛]|’(?=\w)){{2,{_MAX_PHRASE}}})[’‘](?!\w)"
    + rf"|(?<!\w)'((?:[^']|'(?=\w)){{2,{_MAX_PHRASE}}})'(?!\w)"
)
_LONE_MARK = re.compile(rf"(?<!\d)[{_DOUBLE}「」『』](?<![^\W_]\"(?=[^\W_]))")
_AROUND = " ,.;:!?\\*`" + _DOUBLE
_ABBREVIATION = re.compile(r"\w\.\w\.$")
_FIRST = 0xE000
HELD = re.compile("[\ue000-\ue0ff]")
FIELDS = r"(?:topics?|site|provider)"
_VALUE = re.compile(r"[\ue000-\ue0ff]|[^\s,;?!()]+")
_FIELD = re.compile(
    r"(?P<no>(?<![^\s(,])[-−‐‑－]|\bNOT\s+|\b(?:(?:but|and)\s+)?(?:not|without|except(?:\s+for)?"
    rf"|excluding)\s+)?\b(?P<field>{FIELDS})[:=](?P<gap>\s*)",
    re.IGNORECASE,
)
_MORE_VALUES = re.compile(r"\s*[,;]\s*|\s*\|\s*|\s+(?:OR|or)\s+")
_OR_FIELD = re.compile(rf"\s+(?:OR|AND)\s+(?=(?:-|NOT\s+)?{FIELDS}[:=])", re.IGNORECASE)
_OR = re.compile(r"\s*(?:,\s*)?\b(?:or|OR|oder|ou)\b\s*|\s*\|{1,2}\s*")
_OR_WORD = re.compile(r"\s*(?:,\s*)?\b(?:or|OR)\s+[^\W_]")
_DASH_BEFORE = re.compile(r"(?:^|\s)[-−–](?:\s+|[^\W\d_]+:)$")
_WORD_OR = re.compile(r"[^\W_][,.]?\s+(?:or|OR)\s*$")
_OPERATORS = re.compile(
    r"(?<=[^\W_]\s)AND(?=\s+[^\W_])|(?<!\S)\+[^\W\d_]\w+|\b\w{2,}\*|\b\w+\*\w+|\b[^\W\d_]{3,}~\d?(?!\S)"
    r"|(?<!\S)\*[^\W\d_]{2,}|\b[^\W\d_]+\?[a-z]\w*|[\ue000-\ue0ff]~\d+"
    r"|\b(?:NEAR|ADJ)(?:/?\d+)?(?=[\s(])|\b(?:w|W|pre|PRE|near|adj)/\d+\b"
    r"|(?<![-−–])\b(?:(?:all)?in(?:title|text|url)|title|url|body|text|author|lang|language|tag|category|type"
    r"|filetype|source|outlet|publisher|domain|host|related):(?=[^\s/])"
)
_WORD = re.compile(r"[^\W\d_]+")
_MAX_ACRONYM = 4
_TOPIC = re.compile(
    r"\b(?:on|in|under|about)\s+(?:the\s+)?topics?(?:\s+of)?:?\s+"
    r"|(?P<first>^(?:the\s+)?topics?(?:\s+of)?:?\s+)",
    re.IGNORECASE,
)
_NOT_TOPIC = re.compile(
    r"\b(?:(?:(?:everything|anything|all)\s+(?:but|except)|(?:but\s+)?(?:not|nothing)|except(?:\s+for)?"
    r"|other\s+than|apart\s+from|excluding|without|outside(?:\s+of)?|neither)"
    r"\s+(?:(?:articles|news|anything|those|reports)\s+)?"
    r"(?:(?:on|in|under|about)\s+)?(?:the\s+)?topics?(?:\s+of)?:?\s+"
    r"|(?:(?:any|all|every|other)\s+)?topics?\s+(?:but|except(?:\s+for)?|other\s+than|apart\s+from"
    r"|excluding)\s+(?:the\s+)?)",
    re.IGNORECASE,
)
_MORE_TOPICS = re.compile(
    r"\s*(?:,\s*(?:and|or|nor)?|;|\b(?:and|or|nor)\b|&)\s*(?:the\s+)?(?:topics?\s+(?:of\s+)?)?",
    re.IGNORECASE,
)
_MAX_TOPIC_CHARS = 60
_SIGNS = " ?.,:;!\"'“”"
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

    @staticmethod
    def add(phrases: list[str], phrase: str) -> str:
        """Append a phrase; the character that stands for it, or itself where there are too many."""
        if len(phrases) >= _MAX_PHRASES:
            return phrase
        phrases.append(phrase)
        return chr(_FIRST + len(phrases) - 1)

    def plain(self, text: str) -> str:
        """A part of the text with its phrases, without marks."""
        return HELD.sub(lambda one: self.phrase(one[0]), text)

    def quoted(self, text: str) -> str:
        """A part of the text with its phrases in marks."""
        return HELD.sub(lambda one: f'"{self.phrase(one[0])}"', text)


def hold_phrases(text: str) -> Held:
    """Replace each phrase in quotation marks, of at most 256, by one character."""
    phrases: list[str] = []

    def held(match: re.Match[str]) -> str:
        phrase = _trimmed(next(group for group in match.groups() if group is not None))
        if len(phrases) >= _MAX_PHRASES or not any(map(str.isalnum, phrase)):
            return match[0]
        return Held.add(phrases, phrase)

    return Held(_QUOTED.sub(held, HELD.sub(" ", text)), tuple(phrases))


def _trimmed(phrase: str) -> str:
    """A phrase without the signs around it that no text is searched for."""
    trimmed = phrase.strip(_AROUND).lstrip("-−+")
    abbreviation = _ABBREVIATION.search(phrase.rstrip())
    return f"{trimmed}." if abbreviation and not trimmed.endswith(".") else trimmed


def says_something(text: str) -> bool:
    """Whether a text holds a phrase or a word that is no stop word."""
    return bool(HELD.search(text)) or any(
        word.lower() not in STOP_WORDS for word in re.findall(r"[^\W_]+", text)
    )


def is_shouted(held: Held, text: str) -> bool:
    """Whether all is in capitals, so that NOT is a word; acronyms alone are no shouting."""
    plain = re.sub(r"\b(?:AND|OR|NOT)\b", " ", held.plain(text))
    words = _WORD.findall(plain)
    shouts = (len(word) > _MAX_ACRONYM or word.lower() in STOP_WORDS for word in words)
    return bool(words) and all(map(str.isupper, words)) and any(shouts)


def unread_marks(text: str) -> list[str]:
    """Quotation marks without another end, once the phrases are held, in a sentence."""
    if len(_LONE_MARK.findall(text)) % 2 == 0:  # "" marks nothing
        return []
    return ["A quotation mark has no other end, so it marks no phrase; put marks at both ends."]


def unread_operators(held: Held, text: str) -> list[str]:
    """Operators of other search engines that mean nothing here, in a sentence."""
    found = [] if is_shouted(held, text) else [one[0] for one in _OPERATORS.finditer(text)]
    if not found:
        return []
    shown = ", ".join(f'"{held.plain(one)}"' for one in dict.fromkeys(found))
    note = (
        f"Not read as operators: {shown}. All words are searched, and what holds more of them ranks"
        " higher; to require words, put them in quotation marks."
    )
    return [note]


@dataclass(frozen=True, slots=True)
class FieldValue:
    """``topic:Ports`` or ``-site:example.org``."""

    field: str
    value: str
    excluded: bool


def read_fields(
    held: Held, text: str, name_at: Callable[[str, str], int]
) -> tuple[str, list[FieldValue]]:
    """Fields that are written as such, and the text without them.

    Args:
        held: The phrases.
        text: The question.
        name_at: How long the longest name is that the index knows for a field at the beginning of a
            text; 0 where there is none.
    """
    found: list[FieldValue] = []
    place, left = 0, ""
    for match in _FIELD.finditer(text):
        if match.start() < place:
            continue
        name = "topic" if match["field"].lower().startswith("topic") else match["field"].lower()
        excluded = match["no"] is not None
        end = _value_end(name, text, match.end(), name_at, known=bool(match["gap"]))
        if end == match.end():
            continue
        found.append(FieldValue(name, _value(held, text[match.end() : end]), excluded))
        while (more := _MORE_VALUES.match(text, end)) is not None:
            # Behind a comma without a blank stands a value; else only what is known is one.
            after = _value_end(name, text, more.end(), name_at, known=more[0] != ",")
            if after == more.end():
                break
            found.append(FieldValue(name, _value(held, text[more.end() : after]), excluded))
            end = after
        joint = _OR_FIELD.match(text, end)
        left += text[place : match.start()] + " "
        place = joint.end() if joint else end
    return left + text[place:], found


def _value(held: Held, text: str) -> str:
    return held.plain(text).strip(" .\"'")


def _value_end(
    name: str, text: str, start: int, name_at: Callable[[str, str], int], *, known: bool
) -> int:
    """Where the value of a field ends; its start where there is none, or none that is known."""
    size = name_at(name, text[start:])
    if size or known:
        return start + size
    value = _VALUE.match(text, start)
    return start if value is None or not value[0].strip(" .\"'") else value.end()


def phrase_groups(held: Held, text: str) -> tuple[list[list[str]], list[str]]:
    """The phrases that stand in a text; those that "or" joins are alternatives.

    Returns:
        The groups of alternatives, and what is said of phrases that are none, in sentences.
    """
    groups: list[tuple[list[str], bool]] = []
    notes: list[str] = []
    end = -1
    for match in HELD.finditer(text):
        phrase = held.phrase(match[0])
        if dash := _DASH_BEFORE.search(text[: match.start()]):
            end = match.end()
            if not dash[0].endswith(":"):  # that of a field is said where exclusions are read
                notes.append(
                    f'"{phrase}" need not stand in an answer, for a dash stands before it; to leave'
                    f' out what holds it, write -"{phrase}".'
                )
            continue
        loose = bool(_OR_WORD.match(text, match.end()) or _WORD_OR.search(text[: match.start()]))
        if groups and end >= 0 and _OR.fullmatch(text[end : match.start()]):
            groups[-1] = ([*groups[-1][0], phrase], groups[-1][1] or loose)
        else:
            groups.append(([phrase], loose))
        end = match.end()
    notes += [
        f'"{phrase}" need not stand in an answer, for "or" joins it with words without marks.'
        for group, loose in groups
        if loose
        for phrase in group
    ]
    strict = dict.fromkeys(tuple(group) for group, loose in groups if not loose)
    return [list(group) for group in strict], notes


class Topics:
    """The topics of an index by their names."""

    def __init__(self, topics: Sequence[str]) -> None:
        self._plain = {_plain_name(topic): topic for topic in reversed(topics)}
        self._names = {normal_text(Attribute.TOPIC, topic): topic for topic in topics}

    def named(self, name: str) -> str:
        """The topic of a name, else without regard to its signs; may be empty."""
        found = self._names.get(normal_text(Attribute.TOPIC, name))
        return found or self._plain.get(_plain_name(name) or " ", "")

    def at(self, held: Held, text: str) -> tuple[str, int]:
        """The topic with the longest name at the beginning of a text, and how far it goes."""
        if text[:1] and held.plain(text[0]) != text[0]:
            return self.named(held.plain(text[0])), 1
        if text[:1] in _SIGNS:
            return "", 0
        for size in range(min(len(text), _MAX_TOPIC_CHARS), 0, -1):
            ends = size == len(text) or not text[size].isalnum()
            if ends and (topic := self.named(text[:size].strip(_SIGNS))):
                return topic, len(text[:size].rstrip(_SIGNS))
        return "", 0

    def read(self, held: Held, text: str) -> tuple[str, list[str], list[str], list[str]]:
        """Topics that are named as such: "on the topic of Ports", "not on topic X".

        Returns:
            The text without them, those that are asked for, those that are not wanted, and what was
            read, in sentences.
        """
        wanted: list[str] = []
        unwanted: list[str] = []
        notes: list[str] = []
        for pattern, names, said in (
            (_NOT_TOPIC, unwanted, "Articles on the topic {} are left out."),
            (_TOPIC, wanted, "Only articles on the topic {}."),
        ):
            match = pattern.search(text)
            if match is None:
                continue
            begins = bool(match.groupdict().get("first"))
            listed, rest = self._listed(held, match, text[match.end() :])
            if begins and rest.strip(" ?.") and not rest.startswith(":"):
                continue  # "the topic economy dominates the debate"
            if listed:
                names.extend(listed)
                notes.append(said.format(" or ".join(listed)))
                left = " ".join(f"{text[: match.start()]} {rest}".split()).strip(" ?.,:;")
                text = left or " ".join(listed)
            elif pattern is _TOPIC and not begins:
                words_before = match[0].strip(" :")
                notes.append(f'No topic of this index stands after "{words_before}".')
        return text, wanted, unwanted, notes

    def _listed(self, held: Held, match: re.Match[str], rest: str) -> tuple[list[str], str]:
        """The topics at the beginning of a text, and what stands behind them."""
        topic, size = self.at(held, rest)
        several = match.re is _NOT_TOPIC or "topics" in match[0].lower()
        listed: list[str] = []
        while topic:
            listed.append(topic)
            rest = rest[size:]
            more = _MORE_TOPICS.match(rest)
            if more is None or not (several or "or" in more[0].lower()):
                break
            topic, size = self.at(held, rest[more.end() :])
            size += more.end()
        return listed, rest


def _plain_name(name: str) -> str:
    """A name without its signs: "u.s. politics" and "US Politics" are one."""
    name = normal_text(Attribute.TOPIC, name).replace(".", "").replace("&", " and ")
    return " ".join(re.sub(r"[\W_]+", " ", name).split())
