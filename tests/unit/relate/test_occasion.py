"""The days that a beginning names are those of the calendar; quotations are runs of words."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.relate.occasion import days_named, quoted_runs

TUESDAY = datetime(2024, 3, 5, 9, 30, tzinfo=UTC)


def named(text: str, published: datetime | None = TUESDAY) -> list[date]:
    return [date.fromordinal(day) for day in days_named(text, published)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The board met on Tuesday.", date(2024, 3, 5)),
        ("The board met on Monday.", date(2024, 3, 4)),
        ("The board met last Wednesday.", date(2024, 2, 28)),
        ("The board will meet next Tuesday.", date(2024, 3, 12)),
        ("The board will meet next Friday.", date(2024, 3, 8)),
        ("It happened yesterday.", date(2024, 3, 4)),
        ("It opens tomorrow.", date(2024, 3, 6)),
        ("It opens tonight.", date(2024, 3, 5)),
        ("The vote of Feb. 29 was close.", date(2024, 2, 29)),
        ("The vote of 29 February was close.", date(2024, 2, 29)),
        ("From March 12 on, lorries are banned.", date(2024, 3, 12)),
    ],
)
def test_a_day_is_that_of_the_calendar(text: str, day: date) -> None:
    assert named(text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing was said of when.",
        "The war of September 1 began.",  # half a year off
        "It was Feb. 31, he joked.",
        "She may marry in May.",
        "Sundays are quiet.",
        "x" * 700 + " on Monday",
    ],
)
def test_no_day_is_made_up(text: str) -> None:
    assert named(text) == []


def test_around_the_new_year_the_nearest_day_counts() -> None:
    assert named("The vote of Dec. 30.", datetime(2024, 1, 2, tzinfo=UTC)) == [date(2023, 12, 30)]
    assert named("It opens January 4.", datetime(2023, 12, 30, tzinfo=UTC)) == [date(2024, 1, 4)]


def test_days_come_in_order_and_once() -> None:
    assert named("On Monday and on Friday, and on Monday.") == [date(2024, 3, 4), date(2024, 3, 1)]


def test_without_a_date_no_day_is_known() -> None:
    assert named("It happened on Monday.", None) == []


@given(st.text(max_size=200), st.datetimes(timezones=st.just(UTC)))
def test_any_text_is_read(text: str, moment: datetime) -> None:
    for day in days_named(text, moment):
        assert abs(day - moment.toordinal()) <= 40
    quoted_runs(text)


def test_runs_are_those_between_quotation_marks() -> None:
    said = quoted_runs("She said: “Nobody in this room wants to wait.”")
    assert len(said) == 4
    plain = quoted_runs('Outside quotes: "Nobody in this room wants to wait." More words here.')
    assert plain.tolist() == said.tolist()
    assert len(quoted_runs("Nobody in this room wants to wait.")) == 0
    assert len(quoted_runs("He called it “a sad day”, no more than that.")) == 0


def test_an_apostrophe_parts_no_word() -> None:
    typed = quoted_runs('"We don\'t know what comes next."')
    set_in_type = quoted_runs("“We don’t know what comes next.”")
    assert typed.tolist() == set_in_type.tolist() != []
