"""Numbers, dates and times of a sentence, each with what it counts or dates."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from semsearch.compare.counted import Counted, counted, thing
from semsearch.model.comparison import Conflict, Phrase
from semsearch.text.tokens import FUNCTION_TERMS, words

_UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_UNITS += " sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WRITTEN = {word: float(n) for n, word in enumerate(_UNITS.split(), 1)} | {
    word: 10.0 * n for n, word in enumerate(_TENS.split(), 2)
}
_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SHORT_SCALE = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: n for n, name in enumerate(_MONTHS.split(), 1)}
_MONTH |= {name[:3]: n for name, n in _MONTH.items()} | {"sept": 9}
_MONTH_NAME = rf"(?P<month>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"

_CLOCK = re.compile(
    r"\b(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))\s*(?P<half>[ap]\.?\s?m\b\.?)?"
    r"|\b(?P<hour2>1[0-2]|[1-9])\s*(?P<half2>[ap]\.?\s?m\b\.?)",
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"\b{_MONTH_NAME}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*(?:percent|%))"
    rf"|\b(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?\s+{_MONTH_NAME.replace('month', 'month2')}\b"
    r"(?!\.?\s\d\d?\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:(?P<above>more than|at least|over|above|upwards of|no fewer than)"
    r"|(?P<below>nearly|almost|up to|fewer than|less than|under|as many as|as much as|at most)"
    r"|(?P<about>about|around|roughly|some|approximately|an estimated|close to))\s+[$€£]?$",
    re.IGNORECASE,
)
# "Category 5" and "No. 3" name something; "8 to 15" are two values at once.
_NAMED = re.compile(
    r"\b(?:Nos?\.|(?:Category|Section|Article|Title|Chapter|Resolution|Route|Highway|Interstate"
    r"|Page|Flight|Level|Phase|Tier|Number|Rule|Proposition|Amendment|Block|Unit|Grade))\s+$"
)
_RANGE_AFTER = re.compile(r"\s*(?:[-–]|(?:to|or)\b)[\s-]*[$€£]?\d", re.IGNORECASE)
_RANGE_BEFORE = re.compile(
    r"\d\s*(?:percent|%|[mb]illion)?\s*(?:[-–]|(?:to|or)\b)[\s-]*[$€£]?$", re.IGNORECASE
)
# A date with its year is that of a picture, or of something long ago.
_WITH_YEAR = re.compile(r",?\s*(?:19|20)\d\d\b")
# Times of other zones are not compared.
_ZONE = re.compile(r"\s*(?:[A-Z][SD]T|ET|CT|PT|GMT|UTC|BST|CET|CEST|IST|local time)\b")
# "Since 2009" dates what is said; "his 2016 campaign" does not.
_YEAR = re.compile(
    rf"(?i:\b(?:in|since|until|from|by|during)\s+(?:(?:early|late|{_MONTH_NAME})\s+)?)"
    r"(?P<year>1[6-9]\d\d|20\d\d)\b(?![\d,.]*\d|\s*(?:%|percent)|\s*-)"
)
_AMOUNT = re.compile(
    r"(?P<sign>[$€£])?\s?(?<![\w.-])(?<!\d, )(?<!\d / )"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<short>k|m|bn|b|tn)?"
    r"(?![\w:]|-\d|, \d{3}\b| / \d)"
    rf"|\b(?P<written>(?:{'|'.join(_TENS.split())})(?:-(?:{'|'.join(_UNITS.split()[:9])}))?"
    rf"|{'|'.join(sorted(_WRITTEN, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*-?\s*(?P<scale>hundred|thousand|million|billion|trillion)\b", re.IGNORECASE
)
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b|percentage points?\b)", re.IGNORECASE)
_HEDGE_CHARS = 24
_NEAR = 7  # words on either side


class Bound(StrEnum):
    """How a value is hedged."""

    NONE = ""
    ABOVE = "above"
    BELOW = "below"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a sentence.

    Attributes:
        amount: What can be compared: a count, minutes of a day, a day of a year, a year.
        of: What it counts: things, ``percent``, a currency sign; ``date``, ``calendar year``,
            ``clock``.
        near: Content terms around it, what it counts left out.
        names: Those of them that are capitalised within the sentence.
        bound: How it is hedged.
    """

    kind: Conflict
    amount: float
    of: Counted
    near: frozenset[str]
    names: frozenset[str]
    bound: Bound
    phrase: Phrase


def values(text: str) -> tuple[Value, ...]:
    """Times, dates, years and amounts, in order; none overlaps another."""
    found: list[Value] = []
    for match in _CLOCK.finditer(text):
        of = _one("" if _ZONE.match(text, match.end()) else "clock")
        found.append(_value(Conflict.TIME, _minutes(match), text, *match.span(), of=of))
    for match in _DATE.finditer(text):
        day = int(match["day"] or match["day2"])
        month = _MONTH[(match["month"] or match["month2"]).lower()]
        of = _one("" if _WITH_YEAR.match(text, match.end()) else "date")
        found.append(_value(Conflict.DATE, month * 100 + day, text, *match.span(), of=of))
    found += _fresh(
        found,
        [
            _value(Conflict.DATE, float(m["year"]), text, *m.span("year"), of=_one("calendar year"))
            for m in _YEAR.finditer(text)
        ],
    )
    found += _fresh(found, [_amount(text, match) for match in _AMOUNT.finditer(text)])
    return tuple(sorted(found, key=lambda value: value.phrase.start))


def _fresh(held: list[Value], more: list[Value]) -> list[Value]:
    taken = [(value.phrase.start, value.phrase.end) for value in held]
    return [
        value
        for value in more
        if all(value.phrase.end <= start or end <= value.phrase.start for start, end in taken)
    ]


def _minutes(match: re.Match[str]) -> float:
    hour = int(match["hour"] or match["hour2"])
    half = (match["half"] or match["half2"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return 60.0 * hour + int(match["minute"] or 0)


def _amount(text: str, match: re.Match[str]) -> Value:
    if match["written"]:
        amount = sum(_WRITTEN[part] for part in match["written"].lower().split("-"))
    else:
        amount = float(match["digits"].replace(",", ""))
        amount *= _SHORT_SCALE.get((match["short"] or "").lower(), 1.0)
    start, end = match.span()
    start += len(match[0]) - len(match[0].lstrip())
    kind = Conflict.QUANTITY if match["sign"] else Conflict.NUMBER
    while scale := _AFTER.match(text, end):
        amount *= _SCALE[scale["scale"].lower()]
        end = scale.end()
    if percent := _PERCENT.match(text, end):
        kind, end, of = Conflict.QUANTITY, percent.end(), _one("percent")
    elif match["sign"]:
        of = replace(counted(text, start, end), things=frozenset({match["sign"]}))
    else:
        of = counted(text, start, end)
    if (
        _NAMED.search(text[:start])
        or _RANGE_AFTER.match(text, end)
        or _RANGE_BEFORE.search(text[:start])
    ):
        of = _one("")
    return _value(kind, amount, text, start, end, of=of)


def _one(thing: str) -> Counted:
    return Counted(frozenset({thing} if thing else ()))


def _bound(before: str) -> Bound:
    found = _HEDGE.search(before[-_HEDGE_CHARS:])
    return Bound(found.lastgroup) if found and found.lastgroup else Bound.NONE


def _value(kind: Conflict, amount: float, text: str, start: int, end: int, of: Counted) -> Value:
    stripped = text[start:end].rstrip()
    end = start + len(stripped)
    held = words(text)
    before = [word for word in held if word.end <= start][-_NEAR:]
    after = [word for word in held if word.start >= end][:_NEAR]
    around = [
        word
        for word in (*before, *after)
        if word.term not in FUNCTION_TERMS and not word.term[0].isdigit()
    ]
    return Value(
        kind=kind,
        amount=amount,
        of=of,
        near=frozenset(word.term for word in around if thing(word.term) not in of.things),
        names=frozenset(word.term for word in around if word.start and text[word.start].isupper()),
        bound=_bound(text[:start]),
        phrase=Phrase(start, end, stripped),
    )
