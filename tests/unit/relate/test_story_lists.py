"""Stories and groups are listed, shown and found as one generation has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from semsearch.errors import (
    InvalidPageTokenError,
    InvalidQueryError,
    NoSuchArticleError,
    NoSuchStoryError,
    StaleGenerationError,
)
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.coverage import CoverageOrder, CoverageQuery
from semsearch.model.relation import RelationKind
from semsearch.relate import candidates, duplicates
from semsearch.relate.relate import ArticleOrId
from semsearch.store.catalog.clusters import ClusterFilter, ClusterKind, CoverageBatch, NewCluster
from tests.support.articles import make_article
from tests.support.coverage import report, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    opened = open_index(folder, HashingEncoder(dimension=512))
    yield opened
    opened.close()


def told(index: Index, *changed: NewCluster, ended: str = "", event: str = "") -> None:
    """Write stories and what happened to them, and publish."""
    gone = [(ClusterKind.STORY, one) for one in ended]
    events = [(event, one, "t") for one in ended]
    index.library.coverage.write(CoverageBatch(changed, gone, events))
    with index.library.writing():
        index.library.publish()


def story(identity: str, *members: int) -> NewCluster:
    return NewCluster(ClusterKind.STORY, identity, members[0], "A title", 1, 1, None, None, members)


def pks(index: Index, *ids: str) -> Sequence[int]:
    index.add(make_article(i, f"Notice {i}", provider=Provider()) for i in ids)
    return [known.pk for known in index.library.catalog.known(ids).values()]


def test_days_before_1970_are_counted_as_they_were(index: Index) -> None:
    eve = datetime(1969, 12, 31, 23, tzinfo=UTC)
    index.add(replace(report(one, "strike"), published=eve) for one in ("a", "b", "c"))
    coverage, at = index.library.coverage, index.library.catalog.sequence
    assert coverage.days(ClusterKind.GROUP, at, ClusterFilter()) == [(-1, 1)]


# --- stories ------------------------------------------------------------------------------------


def test_a_story_that_was_merged_names_the_one_it_is_in(index: Index) -> None:
    a, b, c = pks(index, "a", "b", "c")
    told(index, story("s", a, b))
    assert index.story("s").events == ()
    told(index, story("t", a, b, c), ended="s", event="merged")
    with pytest.raises(NoSuchStoryError) as caught:
        index.story("s")
    assert "merged into t" in caught.value.hint
    (event,) = index.story("t").events
    assert (event.event, event.story, event.other) == ("merged", "s", "t")


def test_a_story_that_was_split_off_and_ended_names_no_heir(index: Index) -> None:
    a, b = pks(index, "a", "b")
    told(index, story("s", a, b))
    told(index, ended="s", event="split")
    with pytest.raises(NoSuchStoryError) as caught:
        index.story("s")
    assert "merged" not in caught.value.hint


def test_articles_and_outlets_without_a_date_or_a_name_come_last(index: Index) -> None:
    index.add(
        [
            make_article("a", published=None, provider=Provider()),
            make_article("b"),
            make_article("c", published=None, provider=Provider("The C")),
        ]
    )
    keys = [known.pk for known in index.library.catalog.known("abc").values()]
    told(index, story("s", *keys))
    shown = index.story("s")
    assert [member.article.id for member in shown.members] == ["b", "a", "c"]
    assert [(row.articles, row.lag_hours) for row in shown.providers] == [
        (("b",), 0.0),
        (("a",), None),
        (("c",), None),
    ]


# --- lists --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", CoverageOrder)
def test_the_pages_together_are_the_list(index: Index, order: CoverageOrder) -> None:
    index.add(report(f"{event}{n}", event) for event in "abcdefg" for n in range(2))
    listings: dict[str, Callable[[CoverageQuery], Any]] = {
        "groups": index.groups,
        "stories": index.stories,
    }
    for name, given in listings.items():
        whole = given(CoverageQuery(order))
        assert (whole.total, whole.next_page_token) == (7, None)
        for k in (1, 3, 7):
            found: list[object] = []
            query: CoverageQuery | None = CoverageQuery(order, k=k)
            while query is not None:
                page = given(query)
                found += getattr(page, name)
                token = page.next_page_token
                query = None if token is None else replace(query, page_token=token)
            assert tuple(found) == getattr(whole, name)


@pytest.mark.parametrize("k", [0, -1, 1_001])
def test_a_page_of_no_size_is_refused(index: Index, k: int) -> None:
    with pytest.raises(InvalidQueryError, match=r"k m(ust|ay) be"):
        index.stories(CoverageQuery(k=k))


def test_a_token_of_a_lost_generation_is_stale(index: Index) -> None:
    index.add(report(f"{event}{n}", event) for event in "ab" for n in range(2))
    token = index.stories(CoverageQuery(k=1)).next_page_token
    with pytest.raises(InvalidPageTokenError):
        index.groups(CoverageQuery(k=1, page_token=token))
    with index.library.writing():
        index.library.rebuild()
    with pytest.raises(StaleGenerationError):
        index.stories(CoverageQuery(k=1, page_token=token))


@pytest.mark.parametrize("wanted", ["straße heute", "STRASSE HEUTE", " Straße Heute "])
def test_an_outlet_is_found_however_it_is_written(index: Index, wanted: str) -> None:
    outlet = Provider("Straße Heute")
    index.add([report("a", "strike", provider=outlet), report("b", "strike")])
    index.add([report("c", "ferry"), report("d", "ferry")])
    (found,) = index.groups(CoverageQuery(provider=wanted)).groups
    assert {member.article.id for member in found.members} == {"a", "b"}


# --- duplicates ---------------------------------------------------------------------------------


def test_what_is_not_in_the_index_is_not_found(index: Index) -> None:
    index.add([report("a", "strike")])
    with pytest.raises(NoSuchArticleError, match="nope"):
        index.duplicates("nope")
    with pytest.raises(NoSuchArticleError, match="nope"):
        index.relate_pairs([("a", "nope")])


@pytest.mark.parametrize("given", [-0.1, 1.1, float("nan")])
def test_a_probability_out_of_range_is_refused(index: Index, given: float) -> None:
    index.add([report("a", "strike")])
    with pytest.raises(InvalidQueryError, match="min_probability"):
        index.duplicates("a", min_probability=given)
    with pytest.raises(InvalidQueryError, match="min_probability"):
        index.duplicates(report("b", "strike"), min_probability=given)


def test_a_lower_probability_shows_more(index: Index) -> None:
    index.add([report("a", "strike"), *(report(i, "strike", i) for i in "bc")])
    asked = report("x", "strike")
    assert len(index.duplicates(asked).duplicates) == 1
    every = index.duplicates(asked, min_probability=0.0)
    assert len(every.duplicates) == every.compared == 3


def test_texts_are_answered_in_their_order_whatever_the_batches(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_BATCH_SIZE", 2)
    events = ["strike", "ferry", "otter", "glacier", "tram"]
    index.add(report(event, event) for event in events[:3])
    found = list(index.duplicates_of_each(report("x", event) for event in events))
    ids = [[one.article.id for one in answer.duplicates] for answer in found]
    assert ids == [["strike"], ["ferry"], ["otter"], [], []]
    assert list(index.duplicates_of_each([])) == []


def test_a_text_too_short_is_called_undecidable(index: Index) -> None:
    index.add([make_article("a", "The ferry is late", published=None)])
    found = index.duplicates(make_article("x", "The ferry is late"), min_probability=0.0)
    assert found.duplicates == ()
    assert found.reason


def test_articles_with_nothing_but_a_headline_are_no_group(index: Index) -> None:
    index.add(make_article(i, "The ferry is late again today") for i in "abc")
    assert index.groups().total == 0


def test_a_reader_sees_no_article_of_a_later_generation(index: Index) -> None:
    index.add([report("a", "strike"), report("b", "strike")])
    held = index.library.snapshot()
    index.add([report("b", "otter"), report("c", "strike")])
    index.library.snapshot = lambda: held  # type: ignore[method-assign]
    found = index.duplicates(report("x", "strike"), min_probability=0.0)
    assert {one.article.id for one in found.duplicates} == {"a", "b"}
    assert found.generation == held.generation


def test_of_many_copies_those_that_share_most_are_compared(index: Index) -> None:
    index.add(report(f"a{n:03}", "strike") for n in range(120))
    (group,) = index.groups().groups
    assert (group.size, group.original) == (120, min_original(group.size))
    compared = index.duplicates(report("x", "strike")).compared
    assert compared <= candidates._MAX_BY_WORDS + candidates._MAX_BY_MEANING
    index.add([report("late", "strike")])
    assert index.groups().groups[0].size == 121


def min_original(size: int) -> str:
    """The earliest of so many reports."""
    return min(
        (report(f"a{n:03}", "strike") for n in range(size)),
        key=lambda one: (one.published, one.id),
    ).id


# --- relations ----------------------------------------------------------------------------------


def test_ids_and_articles_are_related_in_any_mixture(index: Index) -> None:
    index.add([report("a", "strike"), report("b", "otter")])
    given = report("x", "strike")
    pairs: list[tuple[ArticleOrId, ArticleOrId]] = [
        ("a", given),
        (given, "a"),
        ("a", "b"),
        (given, given),
        ("a", "a"),
    ]
    found = index.relate_pairs(pairs).relations
    duplicate = [one.relation.is_duplicate for one in found]
    assert duplicate == [True, True, False, True, True]
    assert found[0].p_duplicate == pytest.approx(found[1].p_duplicate)
    assert index.relate_pairs([]).relations == ()


def test_more_than_a_thousand_pairs_are_refused(index: Index) -> None:
    with pytest.raises(InvalidQueryError, match="1,000"):
        index.relate_pairs([("a", "b")] * 1_001)


def test_a_text_that_is_nothing_is_undecidable_not_an_error(index: Index) -> None:
    empty = make_article("x", "The ferry is late")
    (found,) = index.relate_pairs([(empty, make_article("y", body=text_of("strike")))]).relations
    assert found.relation in (RelationKind.UNDECIDABLE, RelationKind.UNRELATED)
