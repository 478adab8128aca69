from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from semsearch.model.search import DayCount
from semsearch.web.plots import HEIGHT, histogram


def counts(*days: str) -> list[DayCount]:
    return [DayCount(date.fromisoformat(day), 1) for day in days]


@given(st.dictionaries(st.dates(), st.integers(1, 9), min_size=1, max_size=30))
def test_every_day_is_in_one_period(held: dict[date, int]) -> None:
    found = histogram([DayCount(day, held[day]) for day in sorted(held)])
    assert found is not None
    assert 1 <= len(found.periods) <= 61
    assert sum(period.articles for period in found.periods) == sum(held.values())
    for period in found.periods:
        within = [number for day, number in held.items() if period.first <= day <= period.last]
        assert sum(within) == period.articles
        assert 0 <= period.height <= HEIGHT
    for one, other in zip(found.periods, found.periods[1:], strict=False):
        assert one.last + timedelta(1) == other.first
    assert max(period.height for period in found.periods) == HEIGHT


def test_days_months_and_years_by_how_long_it_is() -> None:
    days = histogram(counts("2024-03-01", "2024-03-05"))
    months = histogram(counts("2024-01-31", "2024-05-02"))
    years = histogram(counts("1999-12-31", "2024-05-02"))
    assert days is not None
    assert months is not None
    assert years is not None
    assert [days.unit, months.unit, years.unit] == ["day", "month", "year"]
    assert len(days.periods) == 5
    assert [period.name for period in months.periods][:2] == ["2024-01", "2024-02"]
    assert months.periods[1].last == date(2024, 2, 29)
    assert years.periods[-1].last == date(2024, 12, 31)
    assert years.label == "Articles per year from 1999 to 2024; most in 1999: 1"


def test_nothing_dated_has_no_histogram() -> None:
    assert histogram([]) is None
