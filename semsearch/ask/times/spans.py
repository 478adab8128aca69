"""Spans of days and expressions of time: calendar units, their parts, words that name them."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto

from semsearch.model.filters import Attribute, Between, timestamp
from semsearch.text.numerals import MONTH_NUMBERS, MONTHS, NUMBERS, TENS, WEEKDAYS

Span = tuple[date, date]
"""First and last day, both included."""

_CENTURY_DAYS = 36_500
_DECADE_DAYS = 3_650
_YEAR_DAYS = 365
_QUARTER_DAYS = 88  # the shortest season, December to February, has 90
_MONTH_DAYS = 28


class Unit(Enum):
    """A unit of the calendar."""

    DAY = auto()
    WEEK = auto()
    WEEKEND = auto()
    FORTNIGHT = auto()
    MONTH = auto()
    QUARTER = auto()
    YEAR = auto()
    DECADE = auto()
    CENTURY = auto()


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` to ``last`` that the question asks for.

    ``date.min`` and ``date.max`` leave an end open. ``event``: the time is that of the event ("the
    March 2021 outage"), not of the report, so later reports count, too.
    """

    first: date
    last: date
    event: bool

    def days(self) -> str:
        """Its days in words."""
        if self.first == self.last:
            return f"of {self.first}"
        if self.first == date.min:
            return f"until {self.last}"
        if self.last == date.max:
            return f"since {self.first}"
        return f"from {self.first} to {self.last}"


def during(span: Span) -> Between:
    """Published on one of some days."""
    start = datetime.combine(span[0], datetime.min.time(), UTC)
    end = datetime.combine(span[1], datetime.max.time(), UTC)
    return Between(Attribute.PUBLISHED, timestamp(start), timestamp(end) + 1)


def months(year: int, first: int, last: int) -> Span:
    """From the first day of one month to the last of another; ``last`` may go beyond 12."""
    end = year + (last - 1) // 12
    month = (last - 1) % 12 + 1
    return date(year, first, 1), date(end, month, monthrange(end, month)[1])


def shifted(day: date, months_later: int) -> date:
    """The same day some months later, or the last of that month if it has none such.

    Raises:
        ValueError: It lies outside the calendar.
    """
    number = day.year * 12 + day.month - 1 + months_later
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def back(day: date, number: int, unit: Unit) -> date:
    """The day some units earlier.

    Raises:
        ValueError, OverflowError: It lies outside the calendar.
    """
    match unit:
        case Unit.DAY:
            return day - timedelta(number)
        case Unit.WEEK | Unit.WEEKEND:
            return day - timedelta(7 * number)
        case Unit.FORTNIGHT:
            return day - timedelta(14 * number)
        case _:
            each = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
            each |= {Unit.DECADE: 120, Unit.CENTURY: 1200}
            return shifted(day, -number * each[unit])


def unit_of(day: date, unit: Unit) -> Span:
    """The unit of the calendar that holds a day; weeks go from Monday to Sunday.

    The weekend of a day is the one of its week, its fortnight that week.
    """
    match unit:
        case Unit.DAY:
            return day, day
        case Unit.WEEK | Unit.FORTNIGHT:
            first = day - timedelta(day.weekday())
            return first, first + timedelta(6)
        case Unit.WEEKEND:
            saturday = day + timedelta(5 - day.weekday())
            return saturday, saturday + timedelta(1)
        case Unit.MONTH:
            return months(day.year, day.month, day.month)
        case Unit.QUARTER:
            first_month = (day.month - 1) // 3 * 3 + 1
            return months(day.year, first_month, first_month + 2)
        case Unit.YEAR:
            return months(day.year, 1, 12)
        case Unit.DECADE:
            return decade(day.year // 10 * 10)
        case Unit.CENTURY:
            return century(day.year // 100 * 100)


def decade(year: int) -> Span:
    """Ten years from one on."""
    return date(year, 1, 1), date(year + 9, 12, 31)


def century(year: int) -> Span:
    """A hundred years from one on."""
    return date(year, 1, 1), date(year + 99, 12, 31)


def third(span: Span, part: int) -> Span:
    """The first (0), middle (1) or last (2) third of a span, in units that people count in.

    A century has years 0-32, 33-66, 67-99; a decade 0-3, 4-6, 7-9; a year four months each; a
    season or quarter one month each; a month days 1-10, 11-20 and the rest. Anything shorter is
    not divided.
    """
    first, last = span
    days = (last - first).days
    if days >= _CENTURY_DAYS:
        start, end = ((0, 32), (33, 66), (67, 99))[part]
        return date(first.year + start, 1, 1), date(first.year + end, 12, 31)
    if days >= _DECADE_DAYS:
        start, end = ((0, 3), (4, 6), (7, 9))[part]
        return date(first.year + start, 1, 1), date(first.year + end, 12, 31)
    if days >= _YEAR_DAYS - 1:
        return months(first.year, 4 * part + 1, 4 * part + 4)
    if days >= _QUARTER_DAYS:
        return unit_of(shifted(first, part), Unit.MONTH)
    if days >= _MONTH_DAYS - 1:
        start, end = ((1, 10), (11, 20), (21, last.day))[part]
        return first.replace(day=start), first.replace(day=end)
    return span


def half(span: Span, part: int) -> Span:
    """The first (0) or second (1) half of a span: of a year six months, of a month 15 days."""
    first, last = span
    days = (last - first).days
    if days >= _DECADE_DAYS:
        years = 50 if days >= _CENTURY_DAYS else 5
        start = first.year + years * part
        return date(start, 1, 1), date(start + years - 1, 12, 31)
    if days >= _YEAR_DAYS - 1:
        return months(first.year, 6 * part + 1, 6 * part + 6)
    if _MONTH_DAYS - 1 <= days <= _MONTH_DAYS + 2:
        return (first, first.replace(day=15)) if part == 0 else (first.replace(day=16), last)
    middle = first + timedelta(days // 2)
    return (first, middle) if part == 0 else (middle + timedelta(1), last)


def newest(build: Callable[[int], Span], today: date) -> Span:
    """What comes every year, in the newest year in which it has begun by a day.

    Raises:
        ValueError: There is none, such as for 30 February.
    """
    for year in range(today.year, max(today.year - 9, 0), -1):  # 29 February skips eight years
        try:
            span = build(year)
        except ValueError:
            continue
        if span[0] <= today:
            return span
    raise ValueError


SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
SOUTH = {"spring": 9, "summer": 12, "autumn": 3, "fall": 3, "winter": 6}
_COUNTS = {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 5}
_COUNTS |= NUMBERS
ORDINAL_DAYS = {
    name: number
    for number, name in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
            " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
            " twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth"
            " twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
        ).split(),
        1,
    )
}
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4}
ORDINALS |= {"4th": 4, "last": -1, "final": -1}
DECADES = {f"{name[:-1]}ies": number // 10 for name, number in TENS.items()}
UNITS = {unit.name.lower(): unit for unit in Unit}

MONTH = (
    r"(?:(?:" + "|".join(MONTHS) + r")\b|(?:"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
WEEKDAY = r"(?:" + "|".join(WEEKDAYS) + r")"
SEASON = r"(?:spring|summer|autumn|fall|winter)"
NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + r")"
YEAR = r"(?:19|20)\d\d"
IN_YEAR = rf"({YEAR}\b(?![-–/]\d)|['’]\d\d\b|(?:last|this) year\b)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
UNIT = r"day|week|weekend|fortnight|month|quarter|year|decade|century"
SPAN_UNIT = r"(day|week|month|quarter)"
TO = r"\s*(?:-|–|—|\bto\b|\band\b|\bthrough\b|\buntil\b)\s*"
# A month or a season without a year is one only where no noun follows: "May resigned".
CLOSES = re.compile(
    r"\s*(?:$|[?.,;:!)\-–—\"”&]|/(?=[a-z]+ \d{4})"
    r"|(?:up\s+to|in|at|of|on|and|or|about|the|for|with|by"
    r"|to|from|did|do|does|was|were|is|are|has|have|had|who|what|how|why|when|where|which|that|there"
    r"|a|an|as|until|till|before|after"
    r"|not|but|onwards?|through)\b)"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What expressions are read against.

    Attributes:
        written: The text.
        text: In lower case, character by character, so that offsets stay.
        today: What "this week" counts from; None: nothing that counts from a day is read.
        day_first: Whether 4/5/2023 is a day of May rather than of April.
        led: Whether a word such as "in", "since" or "on" stands before the expression.
        depth: How many expressions it is in: the 3 May of "early in the week of 3 May" is in two.
    """

    written: str
    text: str
    today: date | None
    day_first: bool
    led: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression of time.

    Attributes:
        end: Where it ends in the text.
        build: Its days in a given year; the same in all where it names its own.
        year: The year that it names; None: the newest in which it has begun.
        counted: Whether it counts from the day of asking.
        recurring: Whether it comes again and again, as Fridays and Mays do.
        bare: A year, or a quarter behind its year, and nothing else.
        may_name_event: Whether it may stand before what happened then: "the March 2021 outage".
        notes: What was assumed, in sentences.
    """

    end: int
    build: Callable[[int], Span]
    year: int | None
    counted: bool = False
    recurring: bool = False
    bare: bool = False
    may_name_event: bool = True
    notes: tuple[str, ...] = ()

    def span(self, today: date | None) -> Span:
        """Its days.

        Raises:
            ValueError: There are no such days, or there is no day to count from.
        """
        if self.year is not None:
            return self.build(self.year)
        if today is None:
            raise ValueError
        return newest(self.build, today)


def fixed(end: int, span: Span, *, counted: bool = False, named: bool = False) -> Expression:
    """An expression of certain days."""
    return Expression(end, lambda _: span, span[0].year, counted=counted, may_name_event=named)


def counting(context: Context) -> date:
    """The day that times count from.

    Raises:
        ValueError: There is none.
    """
    if context.today is None:
        raise ValueError
    return context.today


def month_number(name: str) -> int:
    """1 to 12."""
    return MONTH_NUMBERS[name.rstrip(".")]


def count_of(name: str | None) -> int:
    """The number that a word or digits name; 1 where there is none."""
    if name is None:
        return 1
    return int(name) if name.isdigit() else _COUNTS[name]


def yearly(
    end: int,
    context: Context,
    year: str | None,
    build: Callable[[int], Span],
    *,
    named: bool = True,
) -> Expression:
    """Something in a year that is written, in this or the last one, or in none."""
    if year is None:
        return Expression(end, build, None, counted=True, recurring=True, may_name_event=named)
    if year[0] in "'’":
        year = str(year_of_two_digits(year[1:]))
    if year.isdigit():
        build(int(year))
        return Expression(end, build, int(year), may_name_event=named)
    number = counting(context).year - (1 if year.startswith("last") else 0)
    return Expression(end, build, number, counted=True, may_name_event=named)


def year_of_two_digits(digits: str) -> int:
    """The year of '21 and '99, as POSIX reads them."""
    number = int(digits)
    return number + (1900 if number > 68 else 2000)  # noqa: PLR2004


def is_written_as_name(context: Context, place: int) -> bool:
    """Whether a word is a name by its capital letter or the word before it."""
    return context.led or context.written[place : place + 1].isupper()
