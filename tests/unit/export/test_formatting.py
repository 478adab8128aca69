from datetime import UTC, datetime

import pytest

from semsearch.export.formatting import lag, moment, name_sides
from semsearch.model.article import DatePrecision

DAY, TIME = DatePrecision.DAY, DatePrecision.TIME


@pytest.mark.parametrize(
    ("hours", "precision", "shown"),
    [
        *((0.0, TIME, "first"), (2.5, TIME, "+2.5 h"), (None, TIME, "date unknown")),
        *((0.0, DAY, "same day"), (24.0, DAY, "+1 d"), (-48.0, DAY, "-2 d")),
    ],
)
def test_nobody_is_first_on_a_day(
    hours: float | None, precision: DatePrecision, shown: str
) -> None:
    assert lag(hours, precision) == shown


def test_a_day_is_shown_without_a_time() -> None:
    at = datetime(2024, 3, 5, tzinfo=UTC)
    assert (moment(at, DAY), moment(at, TIME)) == ("2024-03-05", "2024-03-05 00:00")


def test_reasons_call_articles_by_name() -> None:
    reasons = ("b credits AP, whose article a is", "a holds 98% of the words of b")
    assert name_sides(reasons, "Wire", "Daily Bab") == (
        "Daily Bab credits AP, whose article Wire is; Wire holds 98% of the words of Daily Bab"
    )
    assert name_sides((), "x", "y") == ""
