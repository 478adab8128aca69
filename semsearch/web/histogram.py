"""Articles over time: counts per day, month or year, to look at and to choose a time from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from semsearch.model.search import DayCount

_MOST_DAYS = 45
_MOST_MONTHS = 48
_MOST_BARS = 60
_DECEMBER = 12
HEIGHT = 40.0


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a month or some years, and its articles; ``height`` is 0 to 40."""

    name: str
    first: date
    last: date
    articles: int
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """All periods from the first article to the last, empty ones too; ``unit`` names them."""

    unit: str
    periods: tuple[Period, ...]

    @property
    def label(self) -> str:
        """The same in words."""
        most = max(self.periods, key=lambda period: period.articles)
        return (
            f"Articles per {self.unit} from {self.periods[0].name} to {self.periods[-1].name}; "
            f"most in {most.name}: {most.articles}"
        )


def histogram(days: Sequence[DayCount]) -> Histogram | None:
    """The counts in at most 60 periods; None where there is no date."""
    if not days:
        return None
    first, last = days[0].day, days[-1].day
    months = (last.year - first.year) * _DECEMBER + last.month - first.month
    if (last - first).days < _MOST_DAYS:
        unit, starts = "day", [first + timedelta(n) for n in range((last - first).days + 1)]
    elif months < _MOST_MONTHS:
        unit, starts = "month", [_month(first, n) for n in range(months + 1)]
    else:
        years = -(-(last.year - first.year + 1) // _MOST_BARS)
        unit = "year" if years == 1 else f"{years} years"
        starts = [date(year, 1, 1) for year in range(first.year, last.year + 1, years)]
    counts = [0] * len(starts)
    place = 0
    for one in days:
        while place + 1 < len(starts) and starts[place + 1] <= one.day:
            place += 1
        counts[place] += one.articles
    ends = [start - timedelta(1) for start in starts[1:]] + [_end(unit, starts[-1], last)]
    most = max(counts)
    return Histogram(
        unit,
        tuple(
            Period(_name(unit, start), start, end, count, round(HEIGHT * count / most, 1))
            for start, end, count in zip(starts, ends, counts, strict=True)
        ),
    )


def _month(first: date, later: int) -> date:
    years, month = divmod(first.month - 1 + later, _DECEMBER)
    return date(first.year + years, month + 1, 1)


def _end(unit: str, start: date, last: date) -> date:
    """Where the last period ends: whole months and years, so that its address is a plain one."""
    if unit == "day":
        return start
    if unit == "month":
        return date.max if start.year == date.max.year else _month(start, 1) - timedelta(1)
    return date(last.year, _DECEMBER, 31)


def _name(unit: str, start: date) -> str:
    if unit == "day":
        return start.isoformat()
    return f"{start:%Y-%m}" if unit == "month" else f"{start.year:04}"
