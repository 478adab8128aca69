"""What stands in the address of a list becomes a query, or a refusal in words."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import InvalidRequestError
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.web.addresses import SORTS, Link, ListFilters


def test_what_is_left_blank_filters_nothing() -> None:
    assert ListFilters().query() == CoverageQuery()
    assert not ListFilters(sort="recent").in_use
    assert str(ListFilters().link_to("/stories")) == "/stories"


def test_every_filter_is_read() -> None:
    given = ListFilters.model_validate(
        {
            "provider": " Lisk Gazette ",
            "from": "2024-03-01",
            "to": "2024-03-31",
            "size": "5",
            "sort": "origins",
            "page": "token",
        }
    )
    assert given.query() == CoverageQuery(
        order=CoverageOrder.ORIGINS,
        provider="Lisk Gazette",
        since=datetime(2024, 3, 1, tzinfo=UTC),
        until=datetime(2024, 4, 1, tzinfo=UTC),
        min_size=5,
        page_token="token",  # noqa: S106
    )
    assert given.in_use
    link = str(given.link_to("/stories"))
    assert link == (
        "/stories?provider=Lisk+Gazette&from=2024-03-01&to=2024-03-31&size=5&sort=origins"
    )


def test_a_size_below_two_is_two() -> None:
    assert ListFilters(size="0").query().min_size == 2


@pytest.mark.parametrize(
    "given",
    [
        {"from": "soon"},
        {"to": "2024-13-01"},
        {"size": "many"},
        {"size": "-3"},
        {"size": "1" * 30},
        {"size": "²"},
        {"sort": "beauty"},
    ],
)
def test_what_cannot_be_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError):
        ListFilters.model_validate(given).query()


def test_every_order_has_words() -> None:
    assert set(SORTS) == set(CoverageOrder)


PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=8)), max_size=5)


@given(PAIRS)
def test_an_address_says_what_it_is_made_of(pairs: list[tuple[str, str]]) -> None:
    address = str(Link("/", tuple(pairs)))
    assert parse_qsl(urlsplit(address).query, keep_blank_values=True) == pairs
    assert not set(address) & set("<>\"' \n")


@given(PAIRS, st.text(max_size=8))
def test_what_is_put_in_can_be_taken_out(pairs: list[tuple[str, str]], value: str) -> None:
    link = Link("/", tuple(pairs))
    assert link.with_("d", value).without("d") == link
    assert link.with_("d", value).without("d", value) == link
    assert link.with_("d", value).without("d", value + "x") == link.with_("d", value)


def test_half_a_character_does_not_break_an_address() -> None:
    assert str(Link("/", (("q", "\ud800"),))) == "/?q=%3F"
