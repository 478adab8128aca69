"""Going on through pages gives what one large page gives, to its end."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from semsearch.ask import search
from semsearch.index import Index
from semsearch.model.filters import Filters
from semsearch.model.search import Collapse, Mode, Query, SearchResults
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_index

ARTICLES = 160
OUTLETS = 3


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        opened.add(
            make_article(
                f"a{n:03}",
                f"{WORDS[n % 20]} {WORDS[(n * 3) % 20]} {n}",
                # Every tenth repeats the text of the one before, so that there is what to fold.
                body=f"{WORDS[(n - n % 10 // 9) * 7 % 20]} the harbour {WORDS[n % 11]}",
                topics=(f"Topic {n % OUTLETS}",),
            )
            for n in range(ARTICLES)
        )
        yield opened
        opened.close()


@pytest.fixture(params=[(1_000, 200, 100), (10, 20, 10), (10, 7, 15)], ids=str)
def depths(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, index: Index) -> None:
    """The archive ranked whole, and as a large one: few candidates first, then all others."""
    whole, near, settled = request.param
    monkeypatch.setattr(search, "_WHOLE", whole)
    monkeypatch.setattr(search, "_NEAR", near)
    monkeypatch.setattr(search, "_SETTLED", settled)
    index._searcher.answers.clear()


def pages(index: Index, query: Query) -> list[SearchResults]:
    found = [index.search(query)]
    while found[-1].next_page_token is not None:
        found.append(index.search(replace(query, page_token=found[-1].next_page_token)))
    return found


def listed(found: Sequence[SearchResults]) -> list[tuple[int, str, float, tuple[str, ...]]]:
    return [
        (hit.rank, hit.article.id, hit.score, hit.folded) for page in found for hit in page.hits
    ]


@pytest.mark.usefixtures("depths")
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "query",
    [
        Query("harbour otter", k=7),
        Query("harbour otter", k=9, collapse=Collapse.DUPLICATES),
        Query("harbour otter", k=9, diversity=True),
        Query("harbour otter", k=6, prefer_quality=True, filters=Filters(topic=("topic 1",))),
        Query('"the harbour"', k=25),
        Query("otter", k=11, min_score=0.2),
    ],
    ids=["plain", "folded", "diverse", "filtered", "phrase", "cut"],
)
def test_pages_of_any_size_are_one_list(index: Index, query: Query, mode: Mode) -> None:
    query = replace(query, mode=mode)
    whole = index.search(replace(query, k=1_000))
    assert whole.next_page_token is None
    found = pages(index, query)
    assert listed(found) == listed([whole])
    assert {page.total for page in found} == {whole.total}
    assert whole.total >= len(whole.hits)
    assert not any(page.truncated for page in [*found, whole])
    if query.collapse is Collapse.NONE:
        assert whole.total == len(whole.hits)


@pytest.mark.usefixtures("depths")
def test_all_that_satisfies_the_filters_is_listed(index: Index) -> None:
    assert index.search(Query("harbour")).total == ARTICLES
    filtered = pages(index, Query("harbour", filters=Filters(topic=("topic 2",))))
    ids = [hit.article.id for page in filtered for hit in page.hits]
    assert sorted(ids) == [f"a{n:03}" for n in range(ARTICLES) if n % OUTLETS == 2]


@pytest.mark.usefixtures("depths")
@pytest.mark.parametrize("mode", Mode)
def test_a_filter_never_raises_a_count(index: Index, mode: Mode) -> None:
    query = Query("harbour otter", mode=mode, facets=True)
    unfiltered = index.search(query).facets
    assert unfiltered is not None
    topics = {one.topic: one.articles for one in unfiltered.topics}
    for topic, number in topics.items():
        filtered = index.search(replace(query, filters=Filters(topic=(topic,)))).facets
        assert filtered is not None
        assert {one.topic: one.articles for one in filtered.topics} == {topic: number}
        assert filtered.articles == number


def test_a_list_that_is_cut_says_so(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    index._searcher.answers.clear()
    monkeypatch.setattr("semsearch.ask.search._WHOLE", 10)
    monkeypatch.setattr("semsearch.ask.search._NEAR", 20)
    monkeypatch.setattr("semsearch.ask.search._SETTLED", 10)
    monkeypatch.setattr("semsearch.ask.search.REACH", 60)
    monkeypatch.setattr("semsearch.ask.retrieval.REACH", 60)
    for mode in Mode:
        query = Query("harbour", k=7, mode=mode)
        found = pages(index, query)
        assert [page.total for page in found] == [60] * len(found)
        assert all(page.truncated for page in found)
        assert sum(len(page.hits) for page in found) == 60
        assert listed(found) == listed([index.search(replace(query, k=1_000))])
    index._searcher.answers.clear()


@pytest.mark.usefixtures("depths")
def test_a_lowest_score_cuts_the_list(index: Index) -> None:
    whole = index.search(Query("harbour otter", k=1_000)).hits
    limit = whole[40].score
    cut = index.search(Query("harbour otter", k=1_000, min_score=limit))
    assert [hit.article.id for hit in cut.hits] == [
        hit.article.id for hit in whole if hit.score >= limit
    ]
    assert cut.total == len(cut.hits)
    nothing = index.search(Query("harbour otter", min_score=1_000.0))
    assert (nothing.hits, nothing.total, nothing.next_page_token) == ((), 0, None)
