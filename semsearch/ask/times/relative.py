"""Times that count from the day of asking: "yesterday", "last month", "two weeks ago"."""

import re
from dataclasses import replace
from datetime import date, timedelta

from semsearch.ask.times.dates import hemisphere_note, season_span
from semsearch.ask.times.spans import (
    CLOSES,
    UNITS,
    Context,
    Expression,
    Unit,
    back,
    count_of,
    counting,
    fixed,
    month_number,
    months,
    newest,
    unit_of,
    yearly,
)
from semsearch.text.numerals import WEEKDAYS


def weekday(match: re.Match[str], context: Context) -> Expression | None:
    """Last Monday, on Friday."""
    today = counting(context)
    if match[1] is None and not context.led:
        return None
    number = WEEKDAYS.index(match[2])
    ago = (today.weekday() - number) % 7
    if match[1] in ("last", "past", "previous") and ago == 0:
        ago = 7
    day = today - timedelta(ago)
    one = fixed(match.end(), (day, day), counted=True)
    return replace(one, recurring=match[1] is None)


def near_day(match: re.Match[str], context: Context) -> Expression | None:
    """Today, yesterday, last night; a capital letter within a text names something else."""
    if match.start() > 0 and context.written[match.start()].isupper():
        return None
    today = counting(context)
    words = match[0]
    if words in ("last night", "last evening"):
        if context.text[: match.start()].endswith("the "):
            return None  # "the last night shift"
        return fixed(match.end(), (today - timedelta(1), today), counted=True)
    ago = 2 if "before" in words else 1 if words.startswith("yesterday") else 0
    day = today - timedelta(ago)
    return fixed(match.end(), (day, day), counted=True)


def month_alone(match: re.Match[str], context: Context) -> Expression | None:
    """March, this March, last March; without a word before it none, for many are words, too."""
    if match[1] is None and (not context.led or not CLOSES.match(context.text, match.end())):
        return None
    month = month_number(match[2])
    if match[1] in ("last", "past", "previous"):
        before = (
            months(counting(context).year, context.today.month, 1)[0] if context.today else date.min
        )
        span = newest(lambda year: months(year, month, month), before - timedelta(1))
        return fixed(match.end(), span, counted=True)
    return yearly(match.end(), context, None, lambda year: months(year, month, month), named=False)


def season_alone(match: re.Match[str], context: Context) -> Expression | None:
    """Last winter, in summer."""
    if match[1] is None and (not context.led or not CLOSES.match(context.text, match.end())):
        return None
    today = counting(context)
    build = season_span(match[2])
    span = (
        newest(build, date(today.year + 1, 1, 1)) if match[2] == "winter" else newest(build, today)
    )
    while span[0] > today or (match[1] in ("last", "past", "previous") and span[1] >= today):
        span = build(span[1].year - 1)
    season = fixed(match.end(), span, counted=True)
    return replace(season, recurring=match[1] is None, notes=hemisphere_note(match[2]))


def back_from_today(match: re.Match[str], context: Context) -> Expression | None:
    """Last month is the calendar's; the last month and the last two are counted back from today."""
    today = counting(context)
    the, name, number, unit_name = match[1], match[2], match[3], _singular(match[4])
    if unit_name == "hour":
        days = -(-count_of(number) // 24)
        return fixed(match.end(), (today - timedelta(days), today), counted=True)
    unit = UNITS[unit_name]
    plural = match[4].endswith("s")
    if unit is Unit.WEEKEND:
        return _weekend(match.end(), today, name) if number is None else None
    of_calendar = name == "previous" or (name == "last" and not the)
    if number is None and not plural and of_calendar and unit is not Unit.FORTNIGHT:
        last = unit_of(back(unit_of(today, unit)[0], 1, unit), unit)
        return fixed(match.end(), last, counted=True)
    if name == "recent" and not plural:
        return None
    if number is None and plural:
        if name != "recent":
            return None
        number = "few"
    return fixed(match.end(), (back(today, count_of(number), unit), today), counted=True)


def _weekend(end: int, today: date, name: str) -> Expression | None:
    first, last = unit_of(today, Unit.WEEKEND)
    if name == "this":
        return fixed(end, (first, last), counted=True) if first <= today else None
    if first > today or (name in ("last", "past", "previous") and last >= today):
        first, last = first - timedelta(7), last - timedelta(7)
    return replace(fixed(end, (first, last), counted=True), recurring=name == "the")


def this_unit(match: re.Match[str], context: Context) -> Expression | None:
    """This week, up to today."""
    today, unit = counting(context), UNITS[match[2]]
    if unit is Unit.WEEKEND and (match[1] or context.led):
        return _weekend(match.end(), today, match[1] or "the")
    if match[1] not in ("this", "current"):
        return None
    return fixed(match.end(), (unit_of(today, unit)[0], today), counted=True)


def recently(match: re.Match[str], context: Context) -> Expression:
    """Recently, lately: within a month."""
    today = counting(context)
    return fixed(match.end(), (back(today, 1, Unit.MONTH), today), counted=True)


def ago(match: re.Match[str], context: Context) -> Expression | None:
    """Two weeks ago: the week that holds that day; hours ago: since the day before."""
    today, number = counting(context), count_of(match[1])
    if match[2].startswith("hour"):
        return fixed(match.end(), (today - timedelta(-(-number // 24)), today), counted=True)
    unit = UNITS[_singular(match[2])]
    shown = unit if match[3] is None else Unit.DAY if match[3] == "today" else UNITS[match[4]]
    return fixed(match.end(), unit_of(back(today, number, unit), shown), counted=True)


def _singular(unit: str) -> str:
    return "century" if unit == "centuries" else unit.removesuffix("s")


def half_a_year(match: re.Match[str], context: Context) -> Expression:
    """Half a year ago: the month that holds that day; the last half year: back from today."""
    today = counting(context)
    day = back(today, 6, Unit.MONTH)
    return fixed(
        match.end(), unit_of(day, Unit.MONTH) if match[1] is None else (day, today), counted=True
    )


def short_back(match: re.Match[str], context: Context) -> Expression:
    """The last 48h, past 7d."""
    today, number = counting(context), int(match[1])
    days = number if match[2] == "d" else -(-number // 24)
    return fixed(match.end(), (today - timedelta(days), today), counted=True)


def same_last_year(match: re.Match[str], context: Context) -> Expression:
    """This day last year, the same month last year; this time last year is that month."""
    unit = Unit.MONTH if match[1] == "time" else UNITS[match[1]]
    day = back(counting(context), 1, Unit.YEAR)
    return fixed(match.end(), unit_of(day, unit), counted=True)


def before_last(match: re.Match[str], context: Context) -> Expression:
    """The year before last."""
    unit = UNITS[match[1]]
    return fixed(match.end(), unit_of(back(counting(context), 2, unit), unit), counted=True)


def weekday_of_week(match: re.Match[str], context: Context) -> Expression:
    """Monday last week, last week's Monday."""
    today = counting(context)
    number = WEEKDAYS.index(match[1] or match[4])
    weeks = 0 if (match[2] or match[3]) == "this" else 1
    day = unit_of(today, Unit.WEEK)[0] + timedelta(number - 7 * weeks)
    if day > today:
        raise ValueError
    return fixed(match.end(), (day, day), counted=True)


def day_of_this_month(match: re.Match[str], context: Context) -> Expression:
    """The 3rd of this month."""
    today = counting(context)
    month = today if match[2] == "this" else back(today.replace(day=1), 1, Unit.MONTH)
    day = month.replace(day=int(match[1]))
    return fixed(match.end(), (day, day), counted=True)


def to_date(match: re.Match[str], context: Context) -> Expression:
    """Year to date, the month so far."""
    today = counting(context)
    unit = UNITS[match[1] or match[2] or "year"]
    return fixed(match.end(), (unit_of(today, unit)[0], today), counted=True)


def the_unit(match: re.Match[str], context: Context) -> Expression:
    """The year, of which a part is meant: the beginning of the year."""
    return fixed(match.end(), unit_of(counting(context), UNITS[match[1]]), counted=True)
