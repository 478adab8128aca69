"""Expressions of time and the days that each stands for: "15 April 2023", "Q3 2021", "last week".

``expression_at`` reads the one that begins at a place of a text, by a table of forms. What stands
before it ("since", "not in") and what joins two of them is read in ``phrases``. The libraries that
were looked at give a moment for each expression (dateparser, timefhuman), where a question means a
span of days.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from semsearch.ask.times.dates import (
    day_month,
    days_month,
    decade_named,
    half_year,
    iso_day,
    iso_month,
    iso_week,
    month_day,
    month_days,
    month_year,
    numeric_day,
    quarter,
    season_year,
    season_years,
    short_years,
    year_alone,
    year_quarter,
)
from semsearch.ask.times.relative import (
    ago,
    back_from_today,
    month_alone,
    near_day,
    recently,
    season_alone,
    this_unit,
    weekday,
)
from semsearch.ask.times.spans import (
    _DAY,
    DECADES,
    IN_YEAR,
    MONTH,
    NUMBER,
    ORDINALS,
    SEASON,
    SPAN_UNIT,
    TO,
    UNIT,
    UNITS,
    WEEKDAY,
    YEAR,
    Asked,
    Expression,
    Span,
    Unit,
    back,
    count_of,
    fixed,
    half,
    third,
    unit_of,
)

_BEGINS = re.compile(
    rf"[\d'hq]|the\b|{MONTH}|{WEEKDAY}|{SEASON}|{NUMBER}|week\b|weekend\b|year\b|day\b|month\b|yesterday|to"
    r"|last|past|previous|recent|lately|this|current|early|mid|late|beginning|start|end|final|first|second|third"
    r"|fourth"
)


def expression_at(asked: Asked, place: int, *, led: bool) -> Expression | None:
    """The longest expression of time that begins at a place.

    Args:
        asked: The text.
        place: An offset into it.
        led: Whether a word such as "in", "since" or "on" stands before it.
    """
    if not _BEGINS.match(asked.text, place):
        return None
    asked = replace(asked, led=led)
    for pattern, read in _TABLE:
        match = pattern.match(asked.text, place)
        if match is None:
            continue
        try:
            expression = read(match, asked)
        except (ValueError, OverflowError):  # 31 February
            continue
        if expression is not None:
            return expression
    return None


def _weekday_and_day(match: re.Match[str], asked: Asked) -> Expression | None:
    """Monday, 15 April 2023: the date counts."""
    inner = expression_at(asked, match.end(), led=asked.led)
    if inner is None or inner.span(asked.today)[0] != inner.span(asked.today)[1]:
        return None
    return inner


def _week_of(match: re.Match[str], asked: Asked) -> Expression | None:
    """The week of 5 March 2021: from its Monday to its Sunday."""
    inner = expression_at(asked, match.end(), led=True)
    if inner is None:
        return None
    first, last = inner.span(asked.today)
    if first != last:
        return None
    week = fixed(inner.end, unit_of(first, Unit.WEEK), counted=inner.counted)
    return replace(week, notes=inner.notes)


def _inner(match: re.Match[str], asked: Asked, cut: Callable[[Span], Span]) -> Expression | None:
    """A part of the expression that follows: "early", "the first half of"."""
    whole = expression_at(asked, match.end(), led=True)
    if whole is None:
        return None
    build = whole.build
    return replace(whole, build=lambda year: cut(build(year)), bare=False, may_name_event=False)


def _half_of(match: re.Match[str], asked: Asked) -> Expression | None:
    part = 0 if match[1] in ("first", "1st") else 1
    return _inner(match, asked, lambda span: half(span, part))


def _part_of(match: re.Match[str], asked: Asked) -> Expression | None:
    part = {"early": 0, "beginning": 0, "start": 0, "late": 2, "end": 2}.get(match[1], 1)
    return _inner(match, asked, lambda span: third(span, part))


def _some_of(match: re.Match[str], asked: Asked) -> Expression | None:
    """The first three months of 2021, the last week of May, the second week of March 2021."""
    place, number, unit = ORDINALS[match[1]], count_of(match[2]), UNITS[match[3]]
    if match[2] is not None and place not in (1, -1):
        return None

    def cut(span: Span) -> Span:
        first, last = span
        if place < 0:
            start = back(last + timedelta(1), number, unit)
            return max(start, first), last
        skipped = back(first, -(place - 1), unit)
        end = back(skipped, -number, unit) - timedelta(1)
        if skipped > last:
            raise ValueError
        return skipped, min(end, last)

    return _inner(match, asked, cut)


Read = Callable[[re.Match[str], Asked], Expression | None]
# The first that matches and can be read counts, so longer forms stand before their beginnings.
_TABLE: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"({YEAR})([-/.])(\d{{1,2}})\2(\d{{1,2}})\b", iso_day),
        (rf"({YEAR})-?w(\d\d?)\b", iso_week),
        (rf"(?:the )?week (\d\d?)(?:,| of| in)? ({YEAR})\b", iso_week),
        (r"(?:the )?week (?:of|beginning|starting)(?: on)?(?: the)? ", _week_of),
        (rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2({YEAR}|\d\d)\b(?![./-]\d)", numeric_day),
        (rf"({YEAR})[-/](0[1-9]|1[0-2])\b(?![-/.]\d)", iso_month),
        (rf"({YEAR})([-–—/])(\d\d)\b(?![-/.]\d)", short_years),
        (rf"({YEAR})[ -/]?q([1-4])\b", year_quarter),
        (
            (
                rf"(?:q([1-4])|(first|second|third|fourth|last|1st|2nd|3rd|4th) quarter)\b"
                rf"(?:(?:\s+of|\s+in|,|/|-)?\s*{IN_YEAR})?"
            ),
            quarter,
        ),
        (rf"h([12])(?:\s+of|/|-)?\s*{IN_YEAR}|({YEAR})[ -/]?h([12])\b", half_year),
        (r"(first|second|1st|2nd|last) half of (?:the year )?(?:the )?", _half_of),
        (
            (
                rf"(first|second|third|fourth|last|final) (?:({NUMBER}) )?{SPAN_UNIT}s? of "
                r"(?:the year )?"
            ),
            _some_of,
        ),
        (
            r"(early|mid|middle|late|beginning|start|end)(?: of | in |-| )(?:the (?:year )?)?",
            _part_of,
        ),
        (rf"{WEEKDAY},? (?:the )?(?=\d|{MONTH})", _weekday_and_day),
        (rf"{_DAY}{TO}{_DAY}(?: of)? ({MONTH})(?:,? (?:of )?{IN_YEAR})?", days_month),
        (rf"({MONTH}) {_DAY}{TO}{_DAY}\b(?:,? {IN_YEAR})?", month_days),
        (rf"{_DAY}(?: of)? ({MONTH})(?:,? (?:of )?{IN_YEAR})?", day_month),
        (rf"({MONTH}) {_DAY}\b(?:,? (?:of )?{IN_YEAR})?", month_day),
        (rf"({SEASON})( of)?,? {IN_YEAR}", season_year),
        (rf"(winter|summer)(?: of)? ({YEAR})[-–/](\d{{4}}|\d\d)\b", season_years),
        (rf"(?:(last|past|previous|this) )?({SEASON})\b", season_alone),
        (rf"(?:the month of )?({MONTH})(?: of|,)? {IN_YEAR}", month_year),
        (rf"(?:(last|past|previous|this) )?({MONTH})(?!\s*\d)", month_alone),
        (
            rf"(?:the )?((?:19|20)\d)0'?s\b|(the )?(?:'?([2-9])0'?s|({'|'.join(DECADES)}))\b",
            decade_named,
        ),
        (
            rf"(?:(the) )?(last|past|previous|recent) (?:({NUMBER}) )?((?:hour|{UNIT})s?)\b",
            back_from_today,
        ),
        (rf"(?:(this|current|the) )?({UNIT})\b", this_unit),
        (rf"({NUMBER}) ((?:{UNIT})s?) ago\b", ago),
        (r"(?:recently|lately)\b", recently),
        (
            rf"(?:(last|past|previous|this) )?({WEEKDAY})\b(?: (?:morning|evening|night))?",
            weekday,
        ),
        (
            (
                r"(?:the )?day before yesterday\b|yesterday\b|today\b|tonight\b|last night\b"
                r"|this (?:morning|afternoon|evening)\b"
            ),
            near_day,
        ),
        (rf"((?:the )?year )?({YEAR})\b(?![./]\d)", year_alone),
    )
)
