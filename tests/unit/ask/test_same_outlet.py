"""An outlet that is known by its name here and by its domain there is one."""

from collections.abc import Iterator

import pytest

from semsearch.ask.outlets import SameOutlets
from semsearch.ask.search import Searcher
from semsearch.components import Components
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.filters import AllOf, AnyOf, Attribute, Filters, Not, OneOf
from semsearch.model.search import Collapse, Query, SearchResults
from tests.support.articles import make_article
from tests.support.coverage import report
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, filled_index, open_index

COURIER = Provider("Vale Courier", "valecourier.example")
BY_NAME, BY_DOMAIN = Provider("vale courier", ""), Provider("", "www.valecourier.example")
TIMES = [Provider("The Times", "times.example"), Provider("The Times", "times.test")]


def test_a_name_stands_for_the_one_domain_that_records_give_with_it() -> None:
    same = SameOutlets([COURIER, BY_NAME, BY_DOMAIN, *TIMES, Provider("The Times")])
    assert {same.key(one) for one in (COURIER, BY_NAME, BY_DOMAIN)} == {"valecourier.example"}
    # Two outlets of one name stay two, and the name alone is neither.
    assert len({same.key(one) for one in (*TIMES, Provider("The Times"))}) == 3
    assert same.key(Provider()) == ""
    told = SameOutlets(TIMES, {"times.test": "times.example", "The Times": "times.example"})
    assert {told.key(one) for one in (*TIMES, Provider("the times"))} == {"times.example"}


def test_a_filter_holds_for_all_ways_in_which_an_outlet_is_known() -> None:
    same = SameOutlets([COURIER, BY_NAME, BY_DOMAIN, *TIMES])
    every = OneOf(Attribute.PROVIDER, ("vale courier", "valecourier.example"))
    for value in every.values:
        assert same.expand(OneOf(Attribute.PROVIDER, (value,))) == every
    one = OneOf(Attribute.PROVIDER, ("vale courier",))
    topic = OneOf(Attribute.TOPIC, ("vale courier",))
    tree = AllOf((Not(one), AnyOf((one, topic))))
    assert same.expand(tree) == AllOf((Not(every), AnyOf((every, topic))))
    assert same.expand(OneOf(Attribute.PROVIDER, ("nobody",))).matches(make_article("a")) is False


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(
        [
            make_article("a", "Otter one", provider=COURIER),
            make_article("b", "Otter two", provider=BY_NAME),
            make_article("c", "Otter three", provider=Provider("", "valecourier.example")),
            make_article("d", "Otter four", provider=TIMES[0]),
            make_article("e", "Otter five", provider=TIMES[1]),
        ]
    ) as opened:
        yield opened


def outlets(results: SearchResults) -> list[tuple[str, str, int]]:
    return sorted((row.name, row.domain, row.hits) for row in results.providers)


def test_one_outlet_is_one_row_one_count_and_one_filter(index: Index) -> None:
    results = index.search(Query("otter", k=10, facets=True))
    rows = outlets(results)
    assert [hits for _, _, hits in rows] == [1, 1, 3]
    assert rows[2] == ("Vale Courier", "valecourier.example", 3)
    assert results.facets is not None
    assert sorted(one.articles for one in results.facets.providers) == [1, 1, 3]
    for name in ("Vale Courier", "valecourier.example", "www.valecourier.example"):
        found = index.search("otter", provider=[name])
        assert {hit.article.id for hit in found.hits} == {"a", "b", "c"}
    without = index.search(Query("otter -site:valecourier.example"))
    assert {hit.article.id for hit in without.hits} == {"d", "e"}
    assert index.search(Query("otter in the Vale Courier")).hits[0].article.id in {"a", "b", "c"}


def test_status_lists_an_outlet_once_under_its_fullest_name(index: Index) -> None:
    listed = index.providers().providers
    assert [(one.provider, one.articles) for one in listed] == [
        (COURIER, 3),
        (TIMES[0], 1),
        (TIMES[1], 1),
    ]
    assert index.status().providers == 3
    outlets = {"times.test": "times.example"}
    told = Index(Components(index.library, outlets=outlets)).providers().providers
    assert [one.articles for one in told] == [3, 2]


def test_settings_tell_what_records_do_not(index: Index) -> None:
    searcher = Searcher(index.library, outlets={"times.test": "times.example"})
    assert [hits for _, _, hits in outlets(searcher.search(Query("otter")))] == [2, 3]


def test_lags_count_from_the_first_article_of_the_answered_story() -> None:
    with fast_folder() as folder, open_index(folder / "index", HashingEncoder()) as index:
        reports = [report(name, "flood", name) for name in ("x", "y", "z")]
        index.add([*reports, report("old", "fire")])
        results = index.search(Query(reports[0].body[:80], k=10, collapse=Collapse.NONE))
        best = results.hits[0]
        assert best.story is not None
        told = {hit.article.id for hit in results.hits if hit.story == best.story}
        first = min(one.published for one in reports if one.id in told and one.published)
        for row in results.providers:
            if row.framing.article in told and row.framing.published:
                hours = (row.framing.published - first).total_seconds() / 3600
                assert row.framing.lag_hours == pytest.approx(hours, abs=0.01)
            else:
                assert row.framing.lag_hours is None
        assert any(row.framing.article not in told for row in results.providers)


@pytest.mark.parametrize(
    "written",
    [
        "valecourier.example",
        "www.valecourier.example",
        "VALECOURIER.example",
        "https://www.valecourier.example/news?x=1",
        "valecourier.example:443",
        "Vale Courier",
    ],
)
def test_a_filter_may_be_an_address(index: Index, written: str) -> None:
    found = index.search(Query("otter", filters=Filters(provider=(written,))))
    assert {hit.article.id for hit in found.hits} == {"a", "b", "c"}
    assert not [note for note in found.query.interpreted.notes if "no outlet" in note]
    near = index.similar("e", filters=Filters(provider=(written,)))
    assert {hit.article.id for hit in near.hits} == {"a", "b", "c"}


def test_an_outlet_may_be_asked_for_in_either_form_of_its_host() -> None:
    for held in ("bücher.example", "xn--bcher-kva.example"):
        same = SameOutlets([Provider("Bücherblatt", held)])
        for asked in ("bücher.example", "xn--bcher-kva.example", "https://BÜCHER.example/"):
            condition = same.expand(OneOf(Attribute.PROVIDER, (asked.casefold(),)))
            assert condition.matches(make_article("a", provider=Provider("Bücherblatt", held)))


def test_a_filter_that_nothing_satisfies_is_said(index: Index) -> None:
    filters = Filters(provider=("nobody.example", "The Times"), topic=("Chess",))
    notes = index.search(Query("otter", filters=filters)).query.interpreted.notes
    assert notes[:2] == (
        'There is no outlet "nobody.example" in this index.',
        'There is no topic "Chess" in this index: no article has one.',
    )
