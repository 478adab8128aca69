"""Groups and stories are listed and shown as one generation has them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from semsearch.errors import (
    InvalidPageTokenError,
    InvalidQueryError,
    NoSuchGroupError,
    NoSuchStoryError,
    StaleGenerationError,
)
from semsearch.index import Index
from semsearch.model.article import Provider
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.relation import LineageKind
from semsearch.store.catalog.clusters import ClusterFilter, ClusterKind, CoverageBatch, NewCluster
from tests.support.articles import make_article
from tests.support.coverage import report, text_of
from tests.support.indexes import filled_index

START = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(dimension=512) as opened:
        yield opened


def versions() -> Iterator[object]:
    """A text, a copy of it, one that adds to it, and a copy of that."""
    longer = f"{text_of('strike')} {text_of('bridge')}"
    for number, (identity, body) in enumerate(
        {"o": text_of("strike"), "c": text_of("strike"), "l": longer, "k": longer}.items()
    ):
        when = START + timedelta(hours=number)
        yield report(identity, "strike", body=body, published=when, provider=Provider("The Tide"))


def test_a_group_tells_who_has_the_text_from_whom(index: Index) -> None:
    index.add(versions())
    (listed,) = index.groups().groups
    view = index.group(listed.id)
    assert view.group == listed
    assert (view.group.original, view.group.original_known) == ("o", True)
    assert view.story == index.stories().stories[0].id
    assert {one.article: one.parent for one in view.descent} == {"c": "o", "l": "o", "k": "l"}
    for one in view.descent:
        assert one.relation.is_duplicate
        assert one.lineage in (LineageKind.COPY_OF, LineageKind.EDITED_FROM)
        assert one.reasons
        assert one.agencies == ()


def test_dates_of_two_outlets_do_not_tell_who_has_it_from_whom(index: Index) -> None:
    index.add(report(identity, "strike", body=text_of("strike")) for identity in "abc")
    (listed,) = index.groups().groups
    view = index.group(listed.id)
    assert view.group == listed
    assert not listed.original_known
    assert {one.lineage for one in view.descent} == {LineageKind.UNKNOWN}
    for one in view.descent:
        assert "that alone does not tell where the text came from" in one.reasons


def test_an_original_is_known_only_where_every_member_comes_from_it(index: Index) -> None:
    body = text_of("strike")
    index.add([report("w", "strike", body=body, provider=Provider("Reuters"))])
    index.add([report("c", "strike", body=f"PORT (Reuters) - {body}")])
    (listed,) = index.groups().groups
    assert (listed.original, listed.original_known) == ("w", True)
    index.add([report("d", "strike", body=body, published=None)])
    (listed,) = index.groups().groups
    assert (listed.size, listed.original_known) == (3, False)


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("CORRECTED - Dockers walk out", False),
        ("(CORRECTED) - Dockers walk out", False),
        ("Correction: Dockers walk out", False),
        ("UPDATE 2-Dockers walk out", False),
        ("RPT-Dockers walk out", False),
        ("REFILE-Dockers walk out", False),
        ("1st LD-Writethru: Dockers walk out", False),
        ("Corrected figures show that dockers walk out", True),
        ("Update on the dockers who walk out", True),
        ("Lead 2 ferries out, dockers are told", True),
        ("Dockers walk out", True),
    ],
)
def test_what_follows_an_earlier_item_is_no_original(index: Index, title: str, known: bool) -> None:  # noqa: FBT001
    body = text_of("strike")
    first, second = (
        report(identity, "strike", body=body, published=when, provider=Provider("The Tide"))
        for identity, when in (("a", START), ("b", START + timedelta(hours=2)))
    )
    index.add([replace(first, title=title), replace(second, title=title)])
    (listed,) = index.groups().groups
    assert (listed.original, listed.original_known) == ("a", known)
    assert index.group(listed.id).group == listed


def test_agencies_that_are_credited_are_told(index: Index) -> None:
    body = f"PORT (Reuters) - {text_of('strike')}"
    for identity in "ab":
        index.add([report(identity, "strike", body=body)])
    (listed,) = index.groups().groups
    view = index.group(listed.id)
    assert view.agencies == ("Reuters",)
    (one,) = view.descent
    assert (one.lineage, one.source, one.agencies) == (
        LineageKind.COMMON_SOURCE,
        "Reuters",
        ("Reuters",),
    )


def test_a_group_that_is_not_there_is_told(index: Index) -> None:
    index.add([report("a", "strike")])
    with pytest.raises(NoSuchGroupError) as caught:
        index.group("nope")
    assert "semsearch duplicates" in caught.value.hint


def test_a_list_without_members_is_the_same_list(index: Index) -> None:
    index.add(report(f"{event}{n}", event) for event in ("one", "two") for n in range(3))
    whole = index.groups()
    bare = index.groups(members=False)
    assert [one.id for one in bare.groups] == [one.id for one in whole.groups]
    for one, other in zip(bare.groups, whole.groups, strict=True):
        assert one.members == ()
        assert one.outlets == other.outlets
        names = [member.article.provider.name for member in other.members]
        assert list(other.outlets) == names


def test_stories_are_counted_by_the_day_they_began(index: Index) -> None:
    for number, event in enumerate(("one", "two", "three")):
        day = START + timedelta(days=number // 2)
        index.add(report(f"{event}{n}", event, published=day) for n in "ab")
    index.add(report(f"undated{n}", "undated", published=None) for n in "ab")
    assert index.stories().total == 4
    found = index.story_days()
    assert [(one.day, one.stories) for one in found] == [
        (date(2024, 3, 5), 2),
        (date(2024, 3, 6), 1),
    ]
    later = CoverageQuery(since=START + timedelta(days=1))
    assert [one.day for one in index.story_days(later)] == [date(2024, 3, 6)]
    assert index.story_days(CoverageQuery(min_size=9)) == ()


def test_a_period_that_ends_before_it_begins_is_refused(index: Index) -> None:
    index.add([report("a", "strike")])
    for until in (START, START - timedelta(days=1)):
        query = CoverageQuery(since=START, until=until)
        for asked in (index.stories, index.story_days, index.groups):
            with pytest.raises(InvalidQueryError, match="ends before it begins"):
                asked(query)


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
