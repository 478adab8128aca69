"""Times that a question names: "in March 2021", "Q1 2021", "last autumn", "this week"."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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
_MONTHS = {name: i for i, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_MONTH = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"((?:19|20)\d\d)"
_ORDINALS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11)}
_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12)}
_LENGTHS = {"week": 7, "month": 31, "year": 366}
_ALWAYS = date(9999, 12, 31)
_NEVER = date(1, 1, 1)
# "the March 2021 outage": the time is the event's.
_ARTICLE_BEFORE = re.compile(r"\b(?:the|that|this|a)\s+$")
_NOUN_AFTER = re.compile(r"\s+(?!(?:to|and|for|on|about|by|in|at|with)\b)[a-z]")
_LEADING_WORD = re.compile(
    r"\b(?:in|during|from|of|since|throughout|on)\s+(?:the\s+)?$", re.IGNORECASE
)
# "Windows 2019", "by 2030": a version or a goal, not a time of reporting.
_NOT_A_TIME = re.compile(r"\b(?:by|until|before|windows|server|office|studio|dynamics)\s+$")


@dataclass(frozen=True, slots=True)
class Window:
    """Days from ``first`` to ``last`` that the question names.

    ``event``: the time is that of the event ("the March 2021 outage"), not of the report, so
    later reports count, too.
    """

    first: date
    last: date
    event: bool

    def note(self) -> str:
        """What it does to the answer, in a sentence."""
        if self.first == date.min:
            span = f"until {self.last}"
        elif self.last == date.max:
            span = f"since {self.first}"
        else:
            span = f"from {self.first} to {self.last}"
        if self.event:
            return f"Articles {span}, or later about that time, come first."
        return f"Articles {span} come first."


@dataclass(frozen=True, slots=True)
class DatedText:
    """A window and what is left of the question without the words that name it."""

    window: Window
    text: str


def read_dates(text: str, today: date | None) -> DatedText | None:
    """The time that a question names, if any.

    Args:
        text: The question.
        today: What "this week" counts from; None: relative times are not read.
    """
    lowered = "".join(map(_lower, text))
    for pattern, build, event in _PATTERNS:
        match = pattern.search(lowered)
        if match is None:
            continue
        try:
            span = build(match, lowered)
        except ValueError:  # 31 February
            continue
        if span is not None:
            return _dated(text, match, span, event=event)
    if today is not None:
        for pattern, relative in _RELATIVE:
            match = pattern.search(lowered)
            if match is not None and (span := relative(match, today)) is not None:
                return _dated(text, match, span, event=False)
    return None


def _dated(
    text: str, match: re.Match[str], span: tuple[date, date], *, event: bool | None
) -> DatedText:
    before, after = text[: match.start()], text[match.end() :]
    if event is None:
        event = bool(_ARTICLE_BEFORE.search(before.lower()) and _NOUN_AFTER.match(after.lower()))
    left = text
    if not event:
        left = f"{_LEADING_WORD.sub('', before)} {after}"
        left = re.sub(r"\s+([?,.])", r"\1", " ".join(left.split())).strip(" ,")
    return DatedText(Window(*span, event=event), left or text)


Span = tuple[date, date]


def _lower(character: str) -> str:
    """In lower case if that is one character, too, so that offsets stay."""
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _month(name: str) -> int:
    return _MONTHS[name.rstrip(".")]


def _months(year: int, first: int, last: int) -> Span:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _around(day: date, before: int, after: int) -> Span:
    first = max(day.toordinal() - before, _NEVER.toordinal())
    last = min(day.toordinal() + after, _ALWAYS.toordinal())
    return date.fromordinal(first), date.fromordinal(last)


def _month_day_year(match: re.Match[str], _: str) -> Span:
    return _around(date(int(match[3]), _month(match[1]), int(match[2])), 1, 3)


def _day_month_year(match: re.Match[str], text: str) -> Span:
    week = re.search(r"week of (?:the )?$", text[: match.start()])
    return _around(date(int(match[3]), _month(match[2]), int(match[1])), 1, 7 if week else 3)


def _between(match: re.Match[str], _: str) -> Span:
    last = int(match[4])
    return _months(int(match[2] or last), _month(match[1]), 12)[0], _months(
        last, 1, _month(match[3])
    )[1]


def _iso_day(match: re.Match[str], _: str) -> Span:
    day = date(int(match[1]), int(match[2]), int(match[3]))
    return _around(day, 1, 3)


def _some_months(match: re.Match[str], _: str) -> Span:
    count, year = _ORDINALS[match[2]], int(match[3])
    return _months(year, 1, count) if match[1] == "first" else _months(year, 13 - count, 12)


def _quarter(match: re.Match[str], _: str) -> Span:
    number = int(match[1]) if match[1] else _QUARTERS[match[2]]
    return _months(int(match[3]), 3 * number - 2, 3 * number)


def _half(match: re.Match[str], _: str) -> Span:
    return _months(int(match[2]), *((1, 6) if match[1] == "first" else (7, 12)))


def _season(match: re.Match[str], _: str) -> Span:
    return _months(int(match[2]), *_SEASONS[match[1]])


def _winter(match: re.Match[str], _: str) -> Span:
    year = int(match[1])
    first = year if "/" in match[0] else year - 1
    return date(first, 12, 1), _months(first + 1, 1, 2)[1]


def _part(match: re.Match[str], _: str) -> Span:
    return _months(int(match[2]), *_PARTS[match[1]])


def _month_year(match: re.Match[str], _: str) -> Span:
    first, last = _months(int(match[3]), _month(match[2]), _month(match[2]))
    match match[1]:
        case "since" | "after":
            return first, _ALWAYS
        case "before":
            return _NEVER, first - timedelta(1)
        case "until" | "by":
            return _NEVER, last
        case _:
            return first, last


def _year(match: re.Match[str], _: str) -> Span:
    first, last = _months(int(match[2]), 1, 12)
    return first, _ALWAYS if match[1] == "since" else last


def _bare_year(match: re.Match[str], text: str) -> Span | None:
    if _NOT_A_TIME.search(text[: match.start()]):
        return None
    return _months(int(match[1]), 1, 12)


def _relative(match: re.Match[str], today: date) -> Span:
    if match[3]:
        return _around(today, 31 if match[3] == "recently" else 3, 0)
    days = _LENGTHS[match[2]]
    return _around(today, 2 * days if match[1] == "last" else days + 3, 0)


def _recent_month(match: re.Match[str], today: date) -> Span | None:
    if match[1] == "may":
        return None
    number = _month(match[1])
    year = today.year if number <= today.month else today.year - 1
    return _months(max(year, 1), number, number)


def _last_season(match: re.Match[str], today: date) -> Span:
    first, last = _SEASONS[match[1]]
    year = today.year if last < today.month else today.year - 1
    return _months(max(year, 1), first, last)


Build = Callable[[re.Match[str], str], Span | None]
# The event flag: True or False where the wording settles it, None where the words around do.
_PATTERNS: tuple[tuple[re.Pattern[str], Build, bool | None], ...] = tuple(
    (re.compile(pattern), build, event)
    for pattern, build, event in (
        (rf"\b{_YEAR}-(\d\d)-(\d\d)\b", _iso_day, None),
        (rf"\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}", _month_day_year, None),
        (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH}),?\s+{_YEAR}", _day_month_year, None),
        (rf"\bbetween\s+({_MONTH})(?:\s+{_YEAR})?\s+and\s+({_MONTH})\s+{_YEAR}", _between, None),
        (rf"\b(first|last) (two|three|four|six) months of {_YEAR}", _some_months, None),
        (
            rf"\b(?:q([1-4])|(first|second|third|fourth) quarter)(?: of)?[ ,]+{_YEAR}",
            _quarter,
            None,
        ),
        (rf"\b(first|second) half of {_YEAR}", _half, None),
        (rf"\b(spring|summer|autumn|fall)(?: of)? {_YEAR}", _season, None),
        (rf"\bwinter(?: of)? {_YEAR}(?:[/-]\d\d)?", _winter, None),
        (rf"\b(early|mid|late)[ -]{_YEAR}", _part, None),
        (
            rf"\b(?:(since|after|before|until|by)\s+)?({_MONTH})(?: of)?,?\s+{_YEAR}",
            _month_year,
            None,
        ),
        (rf"\b(in|during|since|of|throughout)\s+(?:the year\s+)?{_YEAR}\b(?![-–])", _year, None),
        (rf"\b{_YEAR}\b(?![-–]\d)", _bare_year, True),
    )
)
_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Span | None]], ...] = (
    (
        re.compile(r"\b(this|last|past) (week|month|year)\b|\b(today|yesterday|recently)\b"),
        _relative,
    ),
    (re.compile(rf"\b(?:in|last|this)\s+({_MONTH})\b(?!\s*\d)"), _recent_month),
    (re.compile(r"\blast (spring|summer|autumn|fall)\b"), _last_season),
)
