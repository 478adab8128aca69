"""A thread is what continues a story, time aside; a story of other things is in none of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log
from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.clusters import StoryView
from semsearch.relate import story_views, threads, update
from semsearch.relate.features import Features, features_of
from semsearch.relate.profile import Profile
from semsearch.relate.same_event import event_model
from tests.support.coverage import report
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

START = datetime(2024, 3, 5, 12, tzinfo=UTC)


AFFAIR = {"ab", "cd", "fg"}, {"ac", "ad", "bc", "bd", "ce", "de"}


def judged(a: Profile, b: Profile) -> Features:
    """What is of one event, what would be but for the days between, and what is not."""
    events, steps = AFFAIR
    pair = "".join(sorted((a.article.id, b.article.id)))
    p_event = 0.9 if pair in events else 0.03 if pair in steps else 0.001
    return replace(features_of(a, b), event=log(p_event / (1 - p_event)))


@pytest.fixture
def index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setattr(update, "features_of", judged)
    opened = open_index(folder, HashingEncoder(dimension=512))
    yield opened
    opened.close()


def told(identity: str, event: str, day: int) -> Article:
    return report(identity, event, f"by {identity}", published=START + timedelta(days=day))


# Two events of one affair, a lone article on it, two on something else, and one alone.
ARTICLES = [
    *(told(i, "strike", 0) for i in "ab"),
    *(told(i, "strike", 4) for i in "cd"),
    told("e", "strike", 8),
    *(told(i, "strike", 0) for i in "fg"),
    told("h", "strike", 9),
]


def story_of(index: Index, article: str) -> StoryView:
    found = index.story_of(article)
    assert found is not None
    return index.story(found.id)


def test_stories_that_continue_one_another_are_one_thread(index: Index) -> None:
    index.add(ARTICLES)
    first, second = story_of(index, "a"), story_of(index, "c")
    assert first.story.id != second.story.id
    assert first.thread == second.thread
    assert first.thread is not None
    assert [one.id for one in first.thread.stories] == [first.story.id, second.story.id]
    assert [one.id for one in first.thread.articles] == ["e"]
    assert (first.thread.size, first.thread.cut) == (5, False)
    assert story_of(index, "f").thread is None


@pytest.mark.parametrize("order", [ARTICLES[::-1], ARTICLES[::2] + ARTICLES[1::2]])
def test_the_order_of_arrival_does_not_matter(index: Index, order: list[Article]) -> None:
    for article in order:
        index.add([article])
    thread = story_of(index, "a").thread
    assert thread is not None
    assert [one.size for one in thread.stories] == [2, 2]
    assert [one.id for one in thread.articles] == ["e"]


def test_what_is_gone_is_in_no_thread(index: Index) -> None:
    index.add(ARTICLES)
    index.delete(["c", "d", "e"])
    assert story_of(index, "a").thread is None


def test_a_thread_that_is_cut_says_so(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index.add(ARTICLES)
    with monkeypatch.context() as few:
        few.setattr(threads, "MAX_ARTICLES", 2)
        thread = story_of(index, "a").thread
        assert thread is None or thread.cut
    index._views.clear()  # a story stays as it was shown, as long as the generation does
    with monkeypatch.context() as few:
        few.setattr(story_views, "_MAX_LINKED", 1)
        thread = story_of(index, "a").thread
        assert thread is not None
        assert thread.cut
        assert [one.id for one in thread.stories] == [story_of(index, "a").story.id]


def test_time_is_set_aside_and_nothing_else() -> None:
    at_one_time = event_model().at_one_time
    assert at_one_time(0.3, 0.1, None) == 0.3
    assert at_one_time(0.3, 0.1, 0.0) == pytest.approx(0.3)
    assert at_one_time(0.3, 0.3, 9.0) == 0.3  # one text, or a mould
    later = at_one_time(0.3, 0.1, 2.0)
    odds = later / (1 - later) * (1 - 0.3) / 0.3
    assert odds == pytest.approx(2.718281828 ** (-2 * event_model().weights["apart"]))
    assert at_one_time(1.0, 0.1, 2.0) == 1.0
    assert at_one_time(0.0, 0.0, 2.0) == 0.0
