"""The newest or oldest of the articles that answer come first where that is asked for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from semsearch.ask.fusion import Ranking
from semsearch.ask.search import Searcher
from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.search import ParseStep, Query, SearchResults, Sort
from semsearch.store.protocols import UNDATED
from tests.support.articles import make_article
from tests.support.indexes import filled_index, ids


def ranked(scores: list[float], days: list[int], share: float = 0.5, **order: bool) -> list[int]:
    ranking = Ranking.of(np.arange(len(scores)), {"title": np.array(scores)})
    published = np.array([UNDATED if day < 0 else day for day in days])
    rows = ranking.by_time(published, newest=order.get("newest", True), share=share).rows
    return [int(row) for row in rows]


def test_what_answers_stands_in_order_of_time_and_before_the_rest() -> None:
    scores = [1.0, 0.5, 0.49, 0.8, 0.1]
    assert ranked(scores, [1, 3, 9, 2, 8]) == [1, 3, 0, 2, 4]
    assert ranked(scores, [1, 3, 9, 2, 8], newest=False) == [0, 3, 1, 2, 4]
    assert ranked(scores, [-1, 3, 9, -1, 8]) == [1, 0, 3, 2, 4]
    assert ranked([-0.1, -0.2], [1, 2]) == [0, 1]
    assert ranked([0.0, 0.0], [1, 2]) == [1, 0]
    assert ranked([], []) == []


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(
        make_article(
            f"a{n:02}",
            f"Otter report {n}" if n % 2 else f"Tram notice {n}",
            body="The otter crossed the salt road." if n % 2 else "A tram came by.",
            published=datetime(2024, 3, 1 + (7 * n) % 20, tzinfo=UTC) if n != 3 else None,
        )
        for n in range(20)
    ) as opened:
        yield opened


def days(results: SearchResults, number: int) -> list[datetime]:
    return [hit.article.published for hit in results.hits[:number] if hit.article.published]


@pytest.mark.parametrize("question", ["otter", "latest otter", "the most recent otter report"])
def test_newer_answers_come_first_when_the_latest_are_asked_for(
    index: Index, question: str
) -> None:
    sort = Sort.NEWEST if question == "otter" else Sort.RELEVANCE
    results = index.search(Query(question, k=20, sort=sort))
    assert set(ids(results)[:10]) == {f"a{n:02}" for n in range(1, 20, 2)}
    assert days(results, 10) == sorted(days(results, 10), reverse=True)
    assert ids(results)[9] == "a03"  # its date is unknown
    assert [hit.rank for hit in results.hits] == list(range(1, 21))


def test_the_oldest_come_first_when_they_are_asked_for(index: Index) -> None:
    results = index.search("otter", k=20, sort="oldest")
    assert days(results, 10) == sorted(days(results, 10))
    with pytest.raises(InvalidQueryError):
        index.search("otter", sort="best")


def test_the_reading_is_said_and_can_be_left_out(index: Index) -> None:
    read = index.search(Query("latest otter news")).query.interpreted
    assert read.notes == ('The newest of the articles that answer come first ("latest").',)
    assert read.steps == (ParseStep.NEWEST,)
    assert read.filters == {"sort": "newest"}
    plain = index.search(Query("latest otter news", steps=("date",)))
    assert plain.query.interpreted.notes == ()
    scores = [hit.score for hit in plain.hits]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("recent otter reports", True),
        ("What are the recent reports on otters?", True),
        ("recent local news on otters", True),
        ("newest otters", True),
        ("According to a recent survey, who walks?", False),
        ("Which otter was recently caught?", False),
        ("otters in recent years", False),
        ("a new otter", False),
    ],
)
def test_recent_asks_for_the_newest_where_it_says_which_articles(
    index: Index, question: str, *, read: bool
) -> None:
    steps = index.search(Query(question, k=1)).query.interpreted.steps
    assert (ParseStep.NEWEST in steps) == read


def test_pages_of_an_order_by_time_are_parts_of_one_list(index: Index) -> None:
    whole = ids(index.search(Query("latest otter", k=20)))
    query = Query("latest otter", k=3)
    pages = [index.search(query)]
    while pages[-1].next_page_token:
        pages.append(index.search(replace(query, page_token=pages[-1].next_page_token)))
    assert [identity for page in pages for identity in ids(page)] == whole


def test_pages_count_from_the_day_of_the_first_one(index: Index) -> None:
    moments = [datetime(2024, 3, 10, 23, 59, tzinfo=UTC), datetime(2024, 3, 11, 0, 1, tzinfo=UTC)]
    searcher = Searcher(index.library, clock=lambda: moments[0])
    query = Query("otter yesterday", k=5)
    first = searcher.search(query)
    moments.pop(0)
    second = searcher.search(replace(query, page_token=first.next_page_token))
    assert second.query.interpreted == first.query.interpreted
    assert searcher.search(query).query.interpreted != first.query.interpreted
    assert not set(ids(first)) & set(ids(second))
