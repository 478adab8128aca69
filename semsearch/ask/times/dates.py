"""Dates as they are written: days, weeks, months, quarters, seasons, years, decades."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from semsearch.ask.times.spans import (
    CLOSES,
    DECADES,
    ORDINAL_DAYS,
    ORDINALS,
    SEASONS,
    SOUTH,
    Context,
    Expression,
    Span,
    century,
    decade,
    fixed,
    half,
    is_written_as_name,
    month_number,
    months,
    year_of_two_digits,
    yearly,
)
from semsearch.text.numerals import MONTHS

_CENTURIES = {"twentieth": 20, "twenty-first": 21}


def iso_day(match: re.Match[str], _: Context) -> Expression:
    """2023-04-15."""
    day = date(int(match[1]), int(match[3]), int(match[4]))
    return fixed(match.end(), (day, day), named=True)


def numeric_day(match: re.Match[str], context: Context) -> Expression | None:
    """15/04/2023, 15.04.2023, 4/15/2023: with dots the day is first, else as the index writes."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == 2:  # noqa: PLR2004 - digits of a year
        if match[2] == "-" or (match[2] == "." and not context.led):  # a version
            return None
        year = year_of_two_digits(match[4])
    day_first = match[2] == "." or context.day_first
    if first > 12 or second > 12:  # noqa: PLR2004 - months
        day_first = first > 12  # noqa: PLR2004
    day, month = (first, second) if day_first else (second, first)
    read = date(year, month, day)
    notes: tuple[str, ...] = ()
    if max(first, second) <= 12 and first != second and match[2] != ".":  # noqa: PLR2004
        other = date(year, day, month)
        notes = (f'"{match[0]}" is read as {read}; it may also be {other}: write it like this.',)
    return replace(fixed(match.end(), (read, read), named=True), notes=notes)


def _day_of_month(day: int, month: int) -> Callable[[int], Span]:
    return lambda year: (date(year, month, day), date(year, month, day))


def day_month(match: re.Match[str], context: Context) -> Expression:
    """15 April, 15 April 2023."""
    build = _day_of_month(int(match[1]), month_number(match[2]))
    return yearly(match.end(), context, match[3], build)


def month_day(match: re.Match[str], context: Context) -> Expression | None:
    """April 15, 2023."""
    if match[3] is None and not is_written_as_name(context, match.start()):
        return None
    build = _day_of_month(int(match[2]), month_number(match[1]))
    return yearly(match.end(), context, match[3], build)


def ordinal_day(match: re.Match[str], context: Context) -> Expression | None:
    """The third of May 2021; without a year only where no noun follows: "Fourth of July parade"."""
    led = context.led or match[0].startswith("the ")
    if match[3] is None and not (led and CLOSES.match(context.text, match.end())):
        return None
    build = _day_of_month(ORDINAL_DAYS[match[1]], month_number(match[2]))
    return yearly(match.end(), context, match[3], build)


def digits_day(match: re.Match[str], context: Context) -> Expression | None:
    """20210503."""
    if not context.led:
        return None
    day = date(int(match[1]), int(match[2]), int(match[3]))
    return fixed(match.end(), (day, day))


def digits_month(match: re.Match[str], context: Context) -> Expression | None:
    """05/2021."""
    if not context.led and match[1][0] != "0":
        return None
    return fixed(match.end(), months(int(match[2]), int(match[1]), int(match[1])))


def unspaced_day(match: re.Match[str], _: Context) -> Expression:
    """2021年, 2021年5月, 2021年5月3日."""
    year = int(match[1])
    if match[2] is None:
        return fixed(match.end(), months(year, 1, 12))
    if match[3] is None:
        return fixed(match.end(), months(year, int(match[2]), int(match[2])))
    day = date(year, int(match[2]), int(match[3]))
    return fixed(match.end(), (day, day))


def _days_of_month(first: int, last: int, month: int) -> Callable[[int], Span]:
    if first > last:
        raise ValueError
    return lambda year: (date(year, month, first), date(year, month, last))


def days_month(match: re.Match[str], context: Context) -> Expression:
    """5 to 10 March 2021."""
    build = _days_of_month(int(match[1]), int(match[2]), month_number(match[3]))
    return yearly(match.end(), context, match[4], build)


def month_days(match: re.Match[str], context: Context) -> Expression:
    """March 5-10, 2021."""
    build = _days_of_month(int(match[2]), int(match[3]), month_number(match[1]))
    return yearly(match.end(), context, match[4], build)


def iso_week(match: re.Match[str], _: Context) -> Expression:
    """2021-W12, week 12 of 2021."""
    year, week = (match[1], match[2]) if len(match[1]) == 4 else (match[2], match[1])  # noqa: PLR2004
    first = date.fromisocalendar(int(year), int(week), 1)
    return fixed(match.end(), (first, first + timedelta(6)))


def iso_month(match: re.Match[str], _: Context) -> Expression:
    """2023-04."""
    month = int(match[2])
    return fixed(match.end(), months(int(match[1]), month, month), named=True)


def month_year(match: re.Match[str], context: Context) -> Expression:
    """April 2023."""
    month = month_number(match[1])
    return yearly(match.end(), context, match[2], lambda year: months(year, month, month))


def quarter(match: re.Match[str], context: Context) -> Expression | None:
    """Q3 2021, the third quarter of 2021."""
    number = match[1] or match[2] or match[3]
    if match[4] is None and (number == "last" or "-" in match[0]):
        return None  # the one before this; "third-quarter earnings"
    quarter = int(number) if number.isdigit() else ORDINALS[number]
    if quarter < 0:
        quarter = 4
    build = lambda year: months(year, 3 * quarter - 2, 3 * quarter)  # noqa: E731 - a span by year
    return yearly(match.end(), context, match[4], build, named=match[3] is None)


def year_quarter(match: re.Match[str], _: Context) -> Expression:
    """2021 Q3."""
    quarter = int(match[2])
    span = months(int(match[1]), 3 * quarter - 2, 3 * quarter)
    return replace(fixed(match.end(), span, named=True), bare=True)


def half_year(match: re.Match[str], context: Context) -> Expression:
    """H1 2021."""
    number, year = (match[1] or match[2], match[3]) if match[3] else (match[5], match[4])
    part = int(number) - 1
    build = lambda year: half(months(year, 1, 12), part)  # noqa: E731 - a span by year
    return yearly(match.end(), context, year, build)


def season_span(name: str) -> Callable[[int], Span]:
    """The days of a season in a year; a winter is that of the year in which it ends."""
    if name == "winter":
        return lambda year: months(year - 1, 12, 14)
    first, last = SEASONS[name]
    return lambda year: months(year, first, last)


def hemisphere_note(name: str) -> tuple[str, ...]:
    """What season is meant, for it is another one in the south."""
    first = SEASONS.get(name, (12, 14))[0]
    north, south = (
        f"{MONTHS[month - 1].title()} to {MONTHS[(month + 1) % 12].title()}"
        for month in (first, SOUTH[name])
    )
    return (f"{name.title()} is taken as {north}, as in the north; in the south it is {south}.",)


def season_year(match: re.Match[str], context: Context) -> Expression:
    """Summer 2021."""
    build = season_span(match[1])
    season = yearly(match.end(), context, match[3], build, named=match[2] is None)
    return replace(season, notes=hemisphere_note(match[1]))


def season_years(match: re.Match[str], _: Context) -> Expression | None:
    """Winter 2019/20; a summer of two years is one of the south."""
    first = int(match[2])
    if (first + 1) % 100 != int(match[3]) % 100:
        return None
    season = fixed(match.end(), months(first, 12, 14), named=True)
    where = "north" if match[1] == "winter" else "south"
    note = f"{match[1].title()} of two years is taken as December to February, in the {where}."
    return replace(season, notes=(note,))


def short_years(match: re.Match[str], _: Context) -> Expression | None:
    """2019/20, 2019-20."""
    first = int(match[1])
    last = first // 100 * 100 + int(match[3])
    if last <= first:
        return None
    return fixed(match.end(), (date(first, 1, 1), date(last, 12, 31)), named=True)


def decade_named(match: re.Match[str], context: Context) -> Expression | None:
    """The 1990s, the nineties."""
    if match[1]:
        return fixed(match.end(), decade(int(match[1]) * 10))
    ends = match[0][0] in "'’" and CLOSES.match(context.text, match.end())
    if match[2] is None and not ends and not context.led:
        return None
    tens = int(match[3]) if match[3] else DECADES[match[4]]
    first = 1900 + 10 * tens
    if first + 100 <= (context.today or date.max).year and tens < 3:  # noqa: PLR2004 - "the 20s"
        first += 100
    return fixed(match.end(), decade(first))


def century_named(match: re.Match[str], context: Context) -> Expression | None:
    """The 20th century."""
    if not context.led or not CLOSES.match(context.text, match.end()):
        return None
    number = int(match[1]) if match[1] else _CENTURIES[match[2]]
    return fixed(match.end(), century(100 * (number - 1)))


def short_year(match: re.Match[str], context: Context) -> Expression | None:
    """In '99."""
    if not context.led or not CLOSES.match(context.text, match.end()):
        return None  # "on '60 Minutes'"
    return fixed(match.end(), months(year_of_two_digits(match[1]), 1, 12))


def year_alone(match: re.Match[str], _: Context) -> Expression:
    """2021, the year 2021."""
    year = int(match[2])
    return replace(
        fixed(match.end(), months(year, 1, 12), named=match[1] is None), bare=match[1] is None
    )
