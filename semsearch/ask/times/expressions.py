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
    century_named,
    day_month,
    days_month,
    decade_named,
    digits_day,
    digits_month,
    half_year,
    iso_day,
    iso_month,
    iso_week,
    month_day,
    month_days,
    month_year,
    numeric_day,
    ordinal_day,
    quarter,
    season_year,
    season_years,
    short_year,
    short_years,
    unspaced_day,
    year_alone,
    year_quarter,
)
from semsearch.ask.times.relative import (
    ago,
    back_from_today,
    before_last,
    day_of_this_month,
    half_a_year,
    month_alone,
    near_day,
    recently,
    same_last_year,
    season_alone,
    short_back,
    the_unit,
    this_unit,
    to_date,
    weekday,
    weekday_of_week,
)
from semsearch.ask.times.spans import (
    _DAY,
    CLOSES,
    DECADES,
    IN_YEAR,
    MONTH,
    NUMBER,
    ORDINAL_DAYS,
    ORDINALS,
    SEASON,
    SPAN_UNIT,
    TO,
    UNIT,
    UNITS,
    WEEKDAY,
    YEAR,
    Context,
    Expression,
    Span,
    back,
    count_of,
    fixed,
    half,
    third,
    unit_of,
)

_WORDS = (
    *ORDINAL_DAYS,
    *DECADES,
    *(
        "half ytd fortnight century calendar so week weekend year day month yesterday today tonight"
        " last past previous recent recently lately this current same early mid middle late"
        " beginning start end final year-end yearend 1st 2nd 3rd 4th"
    ).split(),
)
_BEGINS = re.compile(
    rf"(?:the )?(?:[\d'’]|[hq][1-4]|(?:wk|cw|kw|w) ?\d|(?:{MONTH}|(?:{WEEKDAY}|{SEASON}|{NUMBER}"
    rf"|{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b))"
)
_MAX_DEPTH = 8  # "early early early ..." would go as deep as it is long


def expression_at(context: Context, place: int, *, led: bool) -> Expression | None:
    """The longest expression of time that begins at a place.

    ``led``: whether a word such as "in", "since" or "on" stands before it.
    """
    if context.depth == _MAX_DEPTH or not _BEGINS.match(context.text, place):
        return None
    context = replace(context, led=led, depth=context.depth + 1)
    for pattern, read in _TABLE:
        match = pattern.match(context.text, place)
        if match is None:
            continue
        try:
            expression = read(match, context)
        except (ValueError, OverflowError):  # 31 February
            continue
        if expression is not None:
            return expression
    return None


def _weekday_and_day(match: re.Match[str], context: Context) -> Expression | None:
    """Monday, 15 April 2023: the date counts."""
    inner = expression_at(context, match.end(), led=context.led)
    if inner is None or inner.span(context.today)[0] != inner.span(context.today)[1]:
        return None
    return inner


def _week_of(match: re.Match[str], context: Context) -> Expression | None:
    """The week of 5 March 2021: from its Monday to its Sunday."""
    inner = expression_at(context, match.end(), led=True)
    if inner is None:
        return None
    first, last = inner.span(context.today)
    if first != last:
        return None
    days = unit_of(first, UNITS[match[1]])
    if match[2] == "ending":
        days = (last - timedelta(6), last)
    week = fixed(inner.end, days, counted=inner.counted)
    return replace(week, notes=inner.notes)


def _beside(match: re.Match[str], context: Context) -> Expression | None:
    """The day after 3 May 2021, two weeks before 3 May 2021: the days on that side of it."""
    inner = expression_at(context, match.end(), led=True)
    if inner is None or not CLOSES.match(context.text, inner.end):
        return None
    first, last = inner.span(context.today)
    number, unit = count_of(match[1]), UNITS[match[2]]
    if match[3] in ("before", "preceding"):
        days = back(first, number, unit), first - timedelta(1)
    else:
        days = last + timedelta(1), back(last, -number, unit)
    return replace(fixed(inner.end, days, counted=inner.counted), notes=inner.notes)


def _inner(
    match: re.Match[str], context: Context, cut: Callable[[Span], Span]
) -> Expression | None:
    """A part of the expression that follows: "early", "the first half of"."""
    whole = expression_at(context, match.end(), led=True)
    if whole is None and (unit := _UNIT_OF.match(context.text, match.end())):
        whole = the_unit(unit, context)
    if whole is None:
        return None
    build = whole.build
    return replace(whole, build=lambda year: cut(build(year)), bare=False, may_name_event=False)


def _half_of(match: re.Match[str], context: Context) -> Expression | None:
    part = 0 if match[1] in ("first", "1st") else 1
    return _inner(match, context, lambda span: half(span, part))


def _part_of(match: re.Match[str], context: Context) -> Expression | None:
    parts = {"early": 0, "beginning": 0, "start": 0, "late": 2, "end": 2}
    part = parts.get(match[1].removeprefix("year").removeprefix("-"), 1)
    return _inner(match, context, lambda span: third(span, part))


def _some_of(match: re.Match[str], context: Context) -> Expression | None:
    """The first three months of 2021, the last week of May, the second week of March 2021."""
    place, unit = ORDINALS[match[1]], UNITS[match[3]]
    several = match[2] is None and match[0].rstrip().removesuffix(" of").endswith("s")
    number = count_of("few" if several else match[2])
    if number > 1 and place not in (1, -1):
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

    return _inner(match, context, cut)


_UNIT_OF = re.compile(r"the (week|month|quarter|year|decade|century)\b")
_THE = r"(?:the (?!(?:week|month|quarter|year|decade|century)\b(?! \d))(?:year )?)?"
_WEEK = r"(?:calendar )?(?:week|wk|cw|kw|w)"
_CLOCK = r"t\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?"
Read = Callable[[re.Match[str], Context], Expression | None]
# The first that matches and can be read counts, so longer forms stand before their beginnings.
_TABLE: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"({YEAR})([-/.])(\d{{1,2}})\2(\d{{1,2}})(?:{_CLOCK}|\b)", iso_day),
        (rf"({YEAR})-?w(\d\d?)\b", iso_week),
        (rf"(?:the )?{_WEEK} ?(\d\d?)(?:,| of| in|/)? ?({YEAR})\b", iso_week),
        (rf"({YEAR}),? {_WEEK} ?(\d\d?)\b", iso_week),
        (
            (
                r"(?:the )?(week|weekend) (of|beginning|commencing|starting|ending)(?: on)?"
                r"(?: the)? (?=\S)"
            ),
            _week_of,
        ),
        (
            (
                rf"(?:the )?(?:({NUMBER}) )?(day|week|month|year)s? "
                r"(before|after|following|preceding) (?:the )?(?=\S)"
            ),
            _beside,
        ),
        (rf"({YEAR})年(?:(\d{{1,2}})月(?:(\d{{1,2}})日)?)?", unspaced_day),
        (
            (
                rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2({YEAR}|\d\d)\b(?![./]\d)"
                r"(?!-\d+(?![\d./]))"
            ),
            numeric_day,
        ),
        (rf"({YEAR})(0[1-9]|1[0-2])([0-2]\d|3[01])\b", digits_day),
        (rf"(0?[1-9]|1[0-2])[/-]({YEAR})\b(?![./-]\d)", digits_month),
        (rf"({YEAR})[-/](0[1-9]|1[0-2])\b(?![-/.]\d)", iso_month),
        (rf"({YEAR})([-–—/])(\d\d)\b(?![-/.]\d)", short_years),
        (rf"({YEAR})[ -/]?q([1-4])\b", year_quarter),
        (
            (
                r"(?:q([1-4])|([1-4])q(?=\s?(?:(?:19|20)\d\d|['’]\d))"
                r"|(first|second|third|fourth|last|1st|2nd|3rd|4th)[ -]quarter)(?:\b|(?=\d))"
                rf"(?:(?:\s+of|\s+in|,|/|-)?\s*{IN_YEAR})?"
            ),
            quarter,
        ),
        (rf"(?:h([12])|([12])h)(?:\s+of|/|-)?\s*{IN_YEAR}|({YEAR})[ -/]?h([12])\b", half_year),
        (r"half a year ago\b|(?:the )?(last|past) half[ -]year\b", half_a_year),
        (
            rf"(?:the )?(first|second|1st|2nd|last)[ -]half (?:of )?{_THE}",
            _half_of,
        ),
        (
            (
                r"(?:the )?(first|second|third|fourth|last|final) "
                rf"(?:({NUMBER}) )?{SPAN_UNIT}s? of {_THE}"
            ),
            _some_of,
        ),
        (
            (
                r"(?:the )?(early|mid|middle|late|beginning|start|end|year-?end)(?: of | in |-| )"
                rf"{_THE}"
            ),
            _part_of,
        ),
        (rf"{WEEKDAY},? (?:the )?(?=\d|{MONTH})", _weekday_and_day),
        (rf"(?:the )?{_DAY} of (this|last) month\b", day_of_this_month),
        (
            (
                rf"(?:the )?({'|'.join(sorted(ORDINAL_DAYS, key=len, reverse=True))})(?: day)? of "
                rf"({MONTH})(?:,? (?:of )?{IN_YEAR})?"
            ),
            ordinal_day,
        ),
        (rf"{_DAY}{TO}{_DAY}(?: of)? ({MONTH})(?:,? (?:of )?{IN_YEAR})?", days_month),
        (rf"({MONTH}) {_DAY}{TO}{_DAY}\b(?:,? {IN_YEAR})?", month_days),
        (
            rf"{_DAY}(?: of |\. ?|[ -])({MONTH})(?:(?:-|,? (?:of )?){IN_YEAR}|(?!-\d))",
            day_month,
        ),
        (rf"({MONTH}) (?:the )?{_DAY}\b(?:,? (?:of )?{IN_YEAR})?", month_day),
        (rf"({SEASON})( of)?,? {IN_YEAR}", season_year),
        (rf"(winter|summer)(?: of)? ({YEAR})[-–/](\d{{4}}|\d\d)\b", season_years),
        (rf"(?:(last|past|previous|this) )?({SEASON})\b", season_alone),
        (rf"(?:the month of )?({MONTH})(?:(?: of|,)? |[-/]|(?=['’])){IN_YEAR}", month_year),
        (rf"(?:(last|past|previous|this) )?({MONTH})(?!\s*\d)", month_alone),
        (
            r"(?:the )?(?:(20|21)(?:st|th)|(twentieth|twenty-first))[ -]century\b",
            century_named,
        ),
        (
            rf"(?:the )?((?:19|20)\d)0'?s\b|(the )?(?:['’]?([2-9])0'?s|({'|'.join(DECADES)}))\b",
            decade_named,
        ),
        (r"(?:the )?(?:last|past) (\d{1,3}) ?(h|hrs|d)\b", short_back),
        (rf"(?:the )?({UNIT}) before last\b", before_last),
        (r"(?:this|the same|same) (day|time|week|month) last year\b", same_last_year),
        (rf"(?:the )?(\d\d?)(?:st|nd|rd|th) week of ({YEAR})\b", iso_week),
        (
            (
                rf"({WEEKDAY})(?: of)? (last|this|previous) week\b"
                rf"|(last|this|previous) week['’]?s? ({WEEKDAY})\b"
            ),
            weekday_of_week,
        ),
        (
            (
                r"(?:the )?(week|month|quarter|year) (?:to date|so far)\b|ytd\b"
                r"|so far this (week|month|quarter|year)\b"
            ),
            to_date,
        ),
        (
            rf"(?:(the) )?(last|past|previous|recent) (?:({NUMBER}) )?((?:hour|{UNIT})s?)\b",
            back_from_today,
        ),
        (rf"(?:(this|current|the) )?({UNIT})\b", this_unit),
        (
            (
                rf"({NUMBER}) ((?:hour|{UNIT})s?|centuries) (?:ago|back(?=\s*(?:$|[?.,])))\b"
                r"(?: (today|this (week|month))\b)?"
            ),
            ago,
        ),
        (r"(?:recently|lately)\b(?! as\b)", recently),
        (
            rf"(?:(last|past|previous|this) )?({WEEKDAY})\b(?: (?:morning|evening|night))?",
            weekday,
        ),
        (
            (
                r"(?:the )?day before yesterday\b|today\b|tonight\b"
                r"|yesterday(?: (?:morning|afternoon|evening))?\b|last (?:night|evening)\b"
                r"|this (?:morning|afternoon|evening)\b"
            ),
            near_day,
        ),
        (r"['’](\d\d)\b", short_year),
        (rf"((?:the )?year )?({YEAR})\b(?![./]\d)", year_alone),
    )
)
