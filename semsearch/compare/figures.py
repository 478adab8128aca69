"""Find the figures of a sentence: numbers, sums and percentages, dates, years and times of day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from semsearch.text.numerals import MONTH_NUMBERS, NUMBERS, TENS, UNITS

_SCALE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
# Words of other languages that no language has for another number.
_SCALE |= {
    word: amount
    for amount, some in (
        (1e5, "lakh lakhs"),
        (1e7, "crore crores"),
        (1e3, "tausend tsd"),
        (
            1e6,
            "millionen mio millón millones millions milyon milione milioni miljoen milhão milhões",
        ),
        (1e9, "milliarde milliarden mrd milliard milliards milyar miliardo miliardi miljard"),
        (1e9, "bilhão bilhões"),
        (1e12, "billionen billones trilyon"),
    )
    for word in some.split()
}
_SCALE["mil millones"] = 1e9
_SHORT_SCALE = {"k": 1e3, "m": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
_MONTH_NAME = rf"(?P<month>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\.?"

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
# "Since 2009" dates what is said; "his 2016 campaign" does not.
_YEAR = re.compile(
    rf"(?i:\b(?:in|since|until|from|by|during)\s+(?:(?:early|late|{_MONTH_NAME})\s+)?)"
    r"(?P<year>1[6-9]\d\d|20\d\d)\b(?![\d,.]*\d|\s*(?:%|percent)|\s*-)"
)
# By thousands: 1,850,000 and 1'850'000; by lakhs, as in India: 18,50,000.
_GROUPS = (
    r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d\d)+,\d{3}|\d{1,3}(?:['’\u00a0\u2009\u202f]\d{3})+"
    r"|\d{1,3}(?:\ \d{3}){2,})(?!\d)"
)
_AMOUNT = re.compile(
    r"(?P<sign>[$€£])?\s?(?<![\w.-])(?<!\d, )(?<!\d / )"
    rf"(?P<digits>{_GROUPS}(?:\.\d+)?|\d{{1,3}}(?:\.\d{{3}})+,\d{{1,2}}|\d{{1,3}}(?:\.\d{{3}}){{2,}}"
    r"|(?<!\d,)\d+,\d{1,2}(?!,\d)|\d+(?:\.\d+)?)(?P<short>k|m|bn|b|tn)?"
    r"(?![\w:]|-\d|, \d{3}\b| / \d)"
    rf"|\b(?P<written>(?:{'|'.join(TENS)})(?:-(?:{'|'.join(list(UNITS)[:9])}))?"
    rf"|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"\s*-?\s*(?P<scale>{'|'.join(sorted(_SCALE, key=len, reverse=True))})\b", re.IGNORECASE
)
_PERCENT = re.compile(
    r"\s*(?:%|(?:percent|per cent|percentage points?|prozent|procent|por ciento|pour cent|por cento"
    r"|per cento)\b)",
    re.IGNORECASE,
)
_GROUPED = re.compile(rf"{_GROUPS}(?:\.\d+)?")
# What a comma parts behind these are two numbers: "pages 12,13".
_NUMBERED = re.compile(
    r"\b(?:pages|pp|paragraphs|sections|chapters|articles|clauses|verses|lines|rows|rooms|gates|items"
    r"|points|volumes|numbers|nos|grades|ages|aged|days|weeks|routes|lots|plots|floors|seats|wards"
    r"|districts|exhibits|seiten|kapitel|nummern|nrn)\.?\s*$",
    re.IGNORECASE,
)
_TWO = re.compile(r"(?P<first>\d+),(?P<second>\d{1,2})")


class FigureKind(StrEnum):
    """What kinds of figures are compared with each other."""

    NUMBER = "number"
    QUANTITY = "quantity"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a sentence.

    Attributes:
        kind: A percentage or a sum of money is a ``QUANTITY``.
        amount: A count, a year, 100 times the month and the day, or minutes of a day.
        start: Where it begins.
        end: Where it ends.
    """

    kind: FigureKind
    amount: float
    start: int
    end: int


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a sentence, in order; none overlaps another."""
    found: list[Figure] = []
    for some in (_times(text), _dates(text), _years(text), _amounts(text)):
        taken = list(found)
        found += [
            one for one in some if all(one.end <= t.start or t.end <= one.start for t in taken)
        ]
    return tuple(sorted(found, key=lambda one: one.start))


def _times(text: str) -> Iterator[Figure]:
    for match in _CLOCK.finditer(text):
        hour = int(match["hour"] or match["hour2"])
        half = (match["half"] or match["half2"] or "").lower()
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        yield Figure(FigureKind.TIME, 60.0 * hour + int(match["minute"] or 0), *match.span())


def _dates(text: str) -> Iterator[Figure]:
    for match in _DATE.finditer(text):
        month = MONTH_NUMBERS[(match["month"] or match["month2"]).lower()]
        day = int(match["day"] or match["day2"])
        yield Figure(FigureKind.DATE, 100.0 * month + day, *match.span())


def _years(text: str) -> Iterator[Figure]:
    for match in _YEAR.finditer(text):
        yield Figure(FigureKind.DATE, float(match["year"]), *match.span("year"))


def _amounts(text: str) -> Iterator[Figure]:
    for match in _AMOUNT.finditer(text):
        if match["written"]:
            amount = float(sum(NUMBERS[part] for part in match["written"].lower().split("-")))
        else:
            amount = _number(match["digits"])
            amount *= _SHORT_SCALE.get((match["short"] or "").lower(), 1.0)
        start, end = match.span()
        start += len(match[0]) - len(match[0].lstrip())
        if (two := _TWO.fullmatch(match[0].strip())) and _NUMBERED.search(
            text, max(start - 20, 0), start
        ):
            comma = start + len(two["first"])
            yield Figure(FigureKind.NUMBER, float(two["first"]), start, comma)
            yield Figure(FigureKind.NUMBER, float(two["second"]), comma + 1, end)
            continue
        kind = FigureKind.QUANTITY if match["sign"] else FigureKind.NUMBER
        while scale := _AFTER.match(text, end):
            amount *= _SCALE[scale["scale"].lower()]
            end = scale.end()
        if percent := _PERCENT.match(text, end):
            kind, end = FigureKind.QUANTITY, percent.end()
        yield Figure(kind, amount, start, end)


def _number(digits: str) -> float:
    """What digits say in English, or else with a decimal comma: 1,850 and 1.5; 1,5 and 1.850,50."""
    if _GROUPED.fullmatch(digits):
        return float(re.sub(r"[^\d.]", "", digits))
    if "," in digits or digits.count(".") > 1:
        digits = digits.replace(".", "").replace(",", ".")
    return float(digits)
