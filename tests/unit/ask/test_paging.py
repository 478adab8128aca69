"""Going on through pages gives what one large page gives, to its end."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.ask import search
from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.filters import Filters
from semsearch.model.search import Collapse, Confidence, Mode, Query, SearchResults
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import filled_index, open_index

ARTICLES = 160
OUTLETS = 3


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(
        make_article(
            f"a{n:03}",
            f"{WORDS[n % 20]} {WORDS[(n * 3) % 20]} {n}",
            # Every tenth repeats the text of the one before, so that there is what to fold.
            body=f"{WORDS[(n - n % 10 // 9) * 7 % 20]} the harbour {WORDS[n % 11]}",
            topics=(f"Topic {n % OUTLETS}",),
        )
        for n in range(ARTICLES)
    ) as opened:
        yield opened


@pytest.fixture(params=[(1_000, 200, 100), (10, 20, 10), (10, 7, 15)], ids=str)
def depths(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, index: Index) -> None:
    """The archive ranked whole, and as a large one: few candidates first, then all others."""
    whole, near, settled = request.param
    monkeypatch.setattr(search, "_WHOLE", whole)
    monkeypatch.setattr(search, "_NEAR", near)
    monkeypatch.setattr(search, "_SETTLED", settled)
    index._components.searcher.answers.clear()


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
    index._components.searcher.answers.clear()
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
    index._components.searcher.answers.clear()


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


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL])
@pytest.mark.parametrize("least", Confidence)
@pytest.mark.parametrize("question", ["harbour otter", "zebra quark", "the lowest of lodges"])
def test_what_is_not_sure_enough_shows_nothing(
    index: Index, question: str, least: Confidence, mode: Mode
) -> None:
    query = Query(question, k=7, mode=mode, facets=True)
    plain = index.search(query)
    cut = index.search(replace(query, min_confidence=least))
    assert cut.answer_confidence == plain.answer_confidence
    if plain.answer_confidence.reaches(least):
        assert (cut.hits, cut.total) == (plain.hits, plain.total)
        return
    assert (cut.hits, cut.providers, cut.total, cut.next_page_token) == ((), (), 0, None)
    assert not cut.truncated
    assert f"at least {least} is asked for" in cut.query.interpreted.notes[-1]


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_lowest_score_is_a_number(index: Index, score: float) -> None:
    with pytest.raises(InvalidQueryError, match="min_score"):
        index.search(Query("harbour", min_score=score))


def poor(index: Index, query: Query) -> list[str]:
    notes = index.search(query).query.interpreted.notes
    return [note for note in notes if "match" in note]


def test_filters_that_leave_poor_matches_say_so(tmp_path: Path) -> None:
    small = open_index(tmp_path / "index", HashingEncoder())
    with small:
        small.add(
            make_article(
                f"a{n}",
                f"Otters return to harbour {n}" if n < 9 else f"Bread prices rise again {n}",
                excerpt="Otters swim in the harbour." if n < 9 else "Bakers ask more for bread.",
                topics=("Wildlife" if n in range(6) else "Trade",),
                provider=HERALD if n % 2 else GAZETTE,
            )
            for n in range(20)
        )
        asked = Query("otters in the harbour", k=8)
        assert poor(small, asked) == []
        assert poor(small, replace(asked, filters=Filters(topic=("wildlife",)))) == []
        said = poor(small, replace(asked, filters=Filters(topic=("trade",))))
        assert len(said) == 1
        assert said[0].startswith("3 of these 8 answer;")
        assert poor(small, Query("topic:Trade otters in the harbour", k=8)) == said
        one = replace(asked, filters=Filters(topic=("trade",), provider=("gazette.example",)))
        (first,) = poor(small, one)
        page = small.search(one)
        assert first.startswith(f"{sum('Otters' in h.article.title for h in page.hits)} of these")
        # What is excluded is no answer that the filters leave out, and later pages repeat nothing.
        assert poor(small, Query("otters in the harbour -otters", k=8)) == []
        filtered = replace(asked, k=3, filters=Filters(topic=("trade",)))
        token = small.search(filtered).next_page_token
        assert poor(small, replace(filtered, page_token=token)) == []
