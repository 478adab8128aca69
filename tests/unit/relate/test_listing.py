"""Groups whole, lists without members, and when stories began."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.errors import InvalidQueryError, NoSuchGroupError
from semsearch.index import Index
from semsearch.model.coverage import CoverageQuery
from semsearch.model.relation import LineageKind
from tests.support.coverage import report, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

START = datetime(2024, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    opened = open_index(folder, HashingEncoder(dimension=512))
    yield opened
    opened.close()


def versions() -> Iterator[object]:
    """A text, a copy of it, one that adds to it, and a copy of that."""
    longer = f"{text_of('strike')} {text_of('bridge')}"
    for number, (identity, body) in enumerate(
        {"o": text_of("strike"), "c": text_of("strike"), "l": longer, "k": longer}.items()
    ):
        yield report(identity, "strike", body=body, published=START + timedelta(hours=number))


def test_a_group_tells_who_has_the_text_from_whom(index: Index) -> None:
    index.add(versions())  # type: ignore[arg-type]
    (listed,) = index.groups().groups
    view = index.group(listed.id)
    assert view.group == listed
    assert view.group.original == "o"
    assert view.story == index.stories().stories[0].id
    assert {one.article: one.parent for one in view.descent} == {"c": "o", "l": "o", "k": "l"}
    for one in view.descent:
        assert one.relation.is_duplicate
        assert one.lineage in (LineageKind.COPY_OF, LineageKind.EDITED_FROM)
        assert one.reasons
        assert one.agencies == ()


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
