"""Names, figures, months and regions in a text, by light rules that need no model.

They tell apart texts that share a mould: a notice about another product, an item about another
company, the figures of another month. Case gives names away; where a text has lost its case
(all capitals or none), only figures, months and regions are found.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from semsearch.relate.places import regions

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_QUARTERS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}

_NUMBER = re.compile(
    r"(?<![\w.,])[$€£]?(\d[\d,]*(?:\.\d+)*(?:-\d+/\d+|/\d+)?)(?:st|nd|rd|th|bn|m|k|pc|s)?(?!\w)"
)
_SPELLED = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(?=[ -](?:hundred|thousand|million|billion|trillion|percent|per cent|pct)\b)",
    re.IGNORECASE,
)
_DIGITS = {
    word: str(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
}
# Dates are looked for in lower case, so that they are found where case is lost.
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?")
_AMBIGUOUS = {"may", "march", "mar", "jan", "sep", "dec"}
_BESIDE_DATE = re.compile(r"\s*\d")
_AFTER_PREPOSITION = re.compile(r"(?:\d|\b(?:in|last|next|of|by|since|until|late|early|mid))\W*$")
_QUARTER = re.compile(r"\b(first|second|third|fourth)[ -]quarter|\bq([1-4])\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

_CAPITALISED = re.compile(r"[^\W\d_a-z][\w&’'-]*(?:\.(?:js|NET|io|com))?|[a-z]+[A-Z]\w*")
_OF = r"(?:(?:of|de|van|von|for|al|bin)[ ])?"
_NAME = re.compile(rf"(?:{_CAPITALISED.pattern})(?:[ ]{_OF}(?:{_CAPITALISED.pattern}))*")
_POSSESSIVE = re.compile(r"[’']s$")
_PART = re.compile(r"[^\W_]+")
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?:;…\n“”\"'‘(\[—–|-])\s*$")
_LOST_BELOW, _LOST_ABOVE = 0.005, 0.6
_NO_NAMES = frozenset(
    """a an the this that these those he she it they we you i his her its their our your my but and
    or nor so yet if as at by for from in into of off on onto out over to up with when while where
    who whom whose which what why how not no yes is are was were be been has have had do does did
    will would can could should may might must there here after before since until although though
    because however meanwhile also still then than now only just even both each all some many most
    more other another such one two three four five six seven eight nine ten first last new mr mrs
    ms dr sir monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow
    about under during between among through despite according unlike like per via
    photo photos image images video read watch reuters ap afp getty copyright""".split()
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text names. ``names`` are as written; everything else is normalised.

    Attributes:
        names: People, places, organisations and products, each as one run of words.
        numbers: In digits, without separators of thousands; years left out.
        months: Months, quarters ("q1") and years.
        regions: Countries, states and compass regions.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()


def facts_of(text: str) -> Facts:
    """The facts of a text."""
    return Facts(
        names=frozenset(_names(text)),
        numbers=numbers(text) - frozenset(_YEAR.findall(text)),
        months=frozenset(_months(text)),
        regions=regions(text),
    )


def numbers(text: str) -> frozenset[str]:
    """The figures of a text in digits, years among them."""
    written = {match[1].replace(",", "") for match in _NUMBER.finditer(text)}
    return frozenset(written | {_DIGITS[word.casefold()] for word in _SPELLED.findall(text)})


def figures(text: str, title: str = "") -> frozenset[str]:
    """The figures, months, quarters and years of a text and of its title."""
    whole = f"{title}\n{text}"
    return numbers(whole) | frozenset(_months(whole))


def name_words(text: str, title: str = "") -> frozenset[str]:
    """The words of the names in a text.

    Of a title only the regions count, as nearly all of its words may be capitalised and no two
    outlets choose the same ones.
    """
    found = (*_names(text), *regions(title))
    return frozenset(word for name in found for word in parts(name))


def parts(fact: str) -> list[str]:
    """The words of a fact that carry it, in lower case."""
    return [word for word in _PART.findall(fact.casefold()) if word not in _NO_NAMES]


def _months(text: str) -> Iterable[str]:
    text = text.lower()
    for match in _MONTH.finditer(text):
        word = match[1]
        if word in _AMBIGUOUS and not (
            _BESIDE_DATE.match(text, match.end())
            or _AFTER_PREPOSITION.search(text, max(match.start() - 8, 0), match.start())
        ):
            continue
        yield next(month for month in _MONTHS if month.startswith(word[:3]))
    for match in _QUARTER.finditer(text):
        yield "q" + (match[2] or _QUARTERS[match[1]])
    yield from _YEAR.findall(text)


def _names(text: str) -> Iterable[str]:
    words = re.findall(r"[^\W\d_]+", text[:4000])
    if not words:
        return
    share = sum(word[0].isupper() for word in words) / len(words)
    if share < _LOST_BELOW or share > _LOST_ABOVE:
        return
    found: list[str] = []
    opening: list[str] = []
    for match in _NAME.finditer(text):
        run = match[0].split()
        first = _OPENS_SENTENCE.search(text, max(match.start() - 4, 0), match.start())
        while run and _POSSESSIVE.sub("", run[0].casefold()) in _NO_NAMES:
            run, first = run[1:], None
        name = _POSSESSIVE.sub("", " ".join(run))
        if len(name) <= 1:
            continue
        (opening if first and len(run) == 1 and not name.isupper() else found).append(name)
    seen = {word for name in found for word in parts(name)}
    yield from found
    # The first word of a sentence is a name where it is one elsewhere.
    yield from (name for name in opening if set(parts(name)) & seen)
