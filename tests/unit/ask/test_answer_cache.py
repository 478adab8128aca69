"""Questions that are asked again are answered from memory, with the same answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from semsearch.ask.search import AnswerCache, size_of
from semsearch.index import Index
from semsearch.model.filters import Filters
from semsearch.model.search import Mode, Query, SearchResults
from tests.support.answers import timeless
from tests.support.articles import WORDS, make_article
from tests.support.indexes import filled_index

MARCH = datetime(2024, 3, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def filled() -> Iterator[Index]:
    with filled_index(
        make_article(f"a{n}", f"Notice {WORDS[n]}", published=MARCH) for n in range(12)
    ) as opened:
        yield opened


@pytest.fixture
def index(filled: Index) -> Index:
    """One that was asked nothing."""
    filled._components.searcher.answers.clear()
    return filled


def test_a_question_asked_again_has_the_same_answer(index: Index) -> None:
    query = Query("otter notice")
    first = index.search(query)
    again = index.search(query)
    assert len(index._components.searcher.answers) == 1
    assert again.hits is first.hits
    index._components.searcher.answers.clear()
    assert timeless(index.search(query)) == timeless(first)


def test_the_time_it_took_is_that_of_the_second_answer(index: Index) -> None:
    first = index.search(Query("otter notice"))
    again = [index.search(Query("otter notice")).took_ms for _ in range(10)]
    assert 0 <= min(again) < first.took_ms


@pytest.mark.parametrize(
    "other",
    [
        Query("notice otter"),
        Query("otter notice", k=3),
        Query("otter notice", mode=Mode.LEXICAL),
        Query("otter notice", asked_at=MARCH),
        Query("otter notice", explain=True),
        Query("otter notice", steps=()),
        Query("otter notice", filters=Filters(topic=("sea",))),
    ],
)
def test_another_question_has_an_answer_of_its_own(index: Index, other: Query) -> None:
    index.search(Query("otter notice"))
    found = timeless(index.search(other))
    index._components.searcher.answers.clear()
    assert found == timeless(index.search(other))


def test_a_write_is_seen_by_the_next_question(index: Index) -> None:
    query = Query("a walrus", k=1)
    before = index.search(query)
    index.add([make_article("new", "A walrus in the harbour")])
    after = index.search(query)
    assert after.generation > before.generation
    assert after.hits[0].article.id == "new"


def answer(hits: int, index: Index) -> SearchResults:
    found = index.search(Query("otter notice", k=1))
    return replace(found, generation=1, hits=found.hits * hits)


def test_no_more_bytes_are_held_than_allowed(index: Index) -> None:
    results = answer(3, index)
    size = size_of(Query("a"), results)
    cached = AnswerCache(max_bytes=4 * size)
    for name in "abcde":
        cached.put(Query(name), results)
    assert len(cached) == 4
    assert cached.get(1, Query("a")) is None
    assert cached.get(1, Query("b")) is not None
    cached.put(Query("f"), results)
    assert cached.get(1, Query("c")) is None  # b was asked for since
    assert cached.get(1, Query("b")) is not None
    cached.put(Query("b"), results)  # in place of the one that is held
    assert len(cached) == 4
    cached.clear()
    assert len(cached) == 0


def test_what_is_large_is_not_held_and_drives_nothing_out(index: Index) -> None:
    results = answer(1, index)
    cached = AnswerCache(max_bytes=5 * size_of(Query("a"), results))
    cached.put(Query("a"), results)
    cached.put(Query("b"), answer(20, index))
    many = Query("c", filters=Filters(topic=tuple(f"topic {n}" for n in range(1_000))))
    cached.put(many, results)
    assert len(cached) == 1
    assert cached.get(1, Query("a")) is not None
