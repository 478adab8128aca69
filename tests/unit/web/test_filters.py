"""What stands in the address of a list becomes a query, or a refusal in words."""

from datetime import UTC, datetime

import pytest

from semsearch.errors import InvalidRequestError
from semsearch.model.coverage import CoverageOrder, CoverageQuery
from semsearch.web.filters import SORTS, ListFilters


def test_what_is_left_blank_filters_nothing() -> None:
    assert ListFilters().query() == CoverageQuery()
    assert not ListFilters(sort="recent").in_use
    assert str(ListFilters().link("/stories")) == "/stories"


def test_every_filter_is_read() -> None:
    given = ListFilters("Lisk Gazette", "2024-03-01", "2024-03-31", "5", "origins", "token")
    assert given.query() == CoverageQuery(
        order=CoverageOrder.ORIGINS,
        provider="Lisk Gazette",
        since=datetime(2024, 3, 1, tzinfo=UTC),
        until=datetime(2024, 4, 1, tzinfo=UTC),
        min_size=5,
        page_token="token",  # noqa: S106
    )
    assert given.in_use
    link = str(given.link("/stories"))
    assert link == (
        "/stories?provider=Lisk+Gazette&from=2024-03-01&to=2024-03-31&size=5&sort=origins"
    )


def test_a_size_below_two_is_two() -> None:
    assert ListFilters(size="0").query().min_size == 2


@pytest.mark.parametrize(
    "given",
    [
        {"since": "soon"},
        {"until": "2024-13-01"},
        {"size": "many"},
        {"size": "-3"},
        {"size": "1" * 30},
        {"size": "²"},
        {"sort": "beauty"},
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError):
        ListFilters(**given).query()


def test_every_order_has_words() -> None:
    assert set(SORTS) == set(CoverageOrder)
