"""Words that times are written with, and what an expression of time is."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from semsearch.ask.times.spans import Span, Unit, newest

_MONTH_NAMES = (
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sept sep",
    "october oct",
    "november nov",
    "december dec",
)
MONTHS = {name: i for i, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
SOUTH = {"spring": 9, "summer": 12, "autumn": 3, "fall": 3, "winter": 6}
NAMES_OF_MONTHS = [names.split()[0].title() for names in _MONTH_NAMES]
_COUNTS = {"a": 1, "an": 1, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3, "several": 5}
_COUNTS |= {
    name: number
    for number, name in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), 1
    )
}
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4}
ORDINALS |= {"4th": 4, "last": -1, "final": -1}
DECADES = dict(
    zip(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(),
        range(2, 10),
        strict=True,
    )
)
UNITS = {unit.name.lower(): unit for unit in Unit}

MONTH = (
    r"(?:(?:" + "|".join(names.split()[0] for names in _MONTH_NAMES) + r")\b|(?:"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
)
WEEKDAY = r"(?:" + "|".join(WEEKDAYS) + r")"
SEASON = r"(?:spring|summer|autumn|fall|winter)"
NUMBER = r"(?:\d{1,3}|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + r")"
YEAR = r"(?:19|20)\d\d"
IN_YEAR = rf"({YEAR}\b(?![-–/]\d)|(?:last|this) year\b)"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
UNIT = r"day|week|weekend|month|quarter|year|decade"
SPAN_UNIT = r"(day|week|month)"
TO = r"\s*(?:-|–|—|\bto\b|\band\b|\bthrough\b|\buntil\b)\s*"
# A month or a season without a year is one only where no noun follows: "May resigned".
CLOSES = re.compile(
    r"\s*(?:$|[?.,;:!)\-–—\"”]|(?:in|at|of|on|and|or|about|the|for|with|by|to|from|did|do|does|was"
    r"|were|is|are|has|have|had|who|what|how|why|when|where|which|that|there|a|an|as|until|till"
    r"|not|but|onwards?|through)\b)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What expressions are read against.

    Attributes:
        written: The text.
        text: In lower case, character by character, so that offsets stay.
        today: What "this week" counts from; None: nothing that counts from a day is read.
        day_first: Whether 4/5/2023 is a day of May rather than of April.
        led: Whether a word such as "in", "since" or "on" stands before the expression.
    """

    written: str
    text: str
    today: date | None
    day_first: bool
    led: bool = False


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


def counting(asked: Asked) -> date:
    """The day that times count from.

    Raises:
        ValueError: There is none.
    """
    if asked.today is None:
        raise ValueError
    return asked.today


def month_number(name: str) -> int:
    """1 to 12."""
    return MONTHS[name.rstrip(".")]


def count_of(name: str | None) -> int:
    """The number that a word or digits name; 1 where there is none."""
    if name is None:
        return 1
    return int(name) if name.isdigit() else _COUNTS[name]


def yearly(
    end: int, asked: Asked, year: str | None, build: Callable[[int], Span], *, named: bool = True
) -> Expression:
    """Something in a year that is written, in this or the last one, or in none."""
    if year is None:
        return Expression(end, build, None, counted=True, recurring=True, may_name_event=named)
    if year.isdigit():
        build(int(year))
        return Expression(end, build, int(year), may_name_event=named)
    number = counting(asked).year - (1 if year.startswith("last") else 0)
    return Expression(end, build, number, counted=True, may_name_event=named)


def is_written_as_name(asked: Asked, place: int) -> bool:
    """Whether a word is a name by its capital letter or the word before it."""
    return asked.led or asked.written[place : place + 1].isupper()
