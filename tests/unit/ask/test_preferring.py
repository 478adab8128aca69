"""What is asked for beyond the question itself: reranking, quality, variety."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.fusion import Ranking, diversity_part, quality_part
from semsearch.ask.outlets import asks_for_variety
from semsearch.ask.rerank import Reranker, Reranking
from semsearch.ask.search import Searcher
from semsearch.errors import InvalidPageTokenError, ModelUnavailableError
from semsearch.index import Index
from semsearch.model.article import Article, Provider
from semsearch.model.search import Collapse, Mode, Query, SearchResults
from tests.support.answers import check_answer, timeless
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.indexes import filled_index, ids
from tests.support.reranker import BATCH, OverlapReranker

QUESTION = "otter salt"


def archive() -> list[Article]:
    """Forty articles by three outlets; every fifth tells of otters."""
    outlets = (GAZETTE, HERALD, Provider("", ""))
    return [
        make_article(
            f"a{n:02}",
            f"Notice {WORDS[n % 20]}" if n % 5 else f"Notice otter {n % 10}",
            body=" ".join(WORDS[(n * 3 + m) % 20] for m in range(12)),
            provider=outlets[n % 3],
            published=datetime(2024, 3, 1 + n % 20, tzinfo=UTC),
            quality=None if n % 4 == 0 else n * 2,
        )
        for n in range(40)
    ]


ARTICLES = {article.id: article for article in archive()}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index(archive()) as opened:
        yield opened


def reranking(index: Index, top: int, budget_ms: float = 1e9) -> tuple[Searcher, OverlapReranker]:
    reranker = OverlapReranker(1.0)
    held = Reranking(lambda: reranker, top, budget_ms, reranker.clock)
    return Searcher(index.library, reranking=held), reranker


def parts(results: SearchResults, name: str) -> Mapping[str, float]:
    return {hit.article.id: hit.score_parts[name] for hit in results.hits}


# --- reranking --------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_the_first_are_read_again_and_stay_first(index: Index, mode: Mode) -> None:
    query = Query(QUESTION, k=40, mode=mode)
    plain = index.search(query)
    searcher, reranker = reranking(index, top=6)
    found = searcher.search(query)
    check_answer(found, ARTICLES)
    assert set(ids(found)[:6]) == set(ids(plain)[:6])
    assert ids(found)[6:] == ids(plain)[6:]
    assert all(value == 0 for value in list(parts(found, "rerank").values())[6:])
    read = reranker.read[-6:]
    for identity, text in zip(ids(plain), read, strict=False):
        assert text.startswith(ARTICLES[identity].headline)
    assert found.query.interpreted.notes == ("The first 6 articles were reranked by overlap.",)
    assert found.answer_confidence == plain.answer_confidence
    assert found.confidence_evidence == plain.confidence_evidence


def test_what_the_budget_leaves_out_keeps_its_order_and_is_told(index: Index) -> None:
    query = Query(QUESTION, k=40)
    searcher, _ = reranking(index, top=10, budget_ms=1_500)
    found = searcher.search(query)
    assert ids(found)[BATCH:] == ids(index.search(query))[BATCH:]
    (note,) = found.query.interpreted.notes
    assert note.endswith("the time budget leaves out the other 6 of 10.")


def test_the_answer_does_not_depend_on_how_busy_the_machine_is(index: Index) -> None:
    searcher, reranker = reranking(index, top=10, budget_ms=2_500)
    before = timeless(searcher.search(Query(QUESTION)))
    reranker._seconds = 60.0
    searcher.search(Query("tram"))
    assert timeless(searcher.search(Query(QUESTION))) == before


@pytest.mark.parametrize("collapse", [Collapse.NONE, Collapse.DUPLICATES])
def test_pages_of_a_reranked_answer_are_parts_of_one_order(
    index: Index, collapse: Collapse
) -> None:
    searcher, _ = reranking(index, top=10)
    query = Query(QUESTION, k=7, collapse=collapse, diversity=True, prefer_quality=True)
    pages = [searcher.search(query)]
    while pages[-1].next_page_token:
        pages.append(searcher.search(replace(query, page_token=pages[-1].next_page_token)))
    hits = [hit for page in pages for hit in page.hits]
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    shown = [identity for hit in hits for identity in (hit.article.id, *hit.folded)]
    assert sorted(shown) == sorted(ARTICLES)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)


def test_nothing_is_loaded_before_a_question_and_a_missing_model_is_told(index: Index) -> None:
    def load() -> Reranker:
        raise ModelUnavailableError("There is no reranker.")

    searcher = Searcher(index.library, reranking=Reranking(load, 10, 100))
    with pytest.raises(ModelUnavailableError, match="no reranker"):
        searcher.search(Query(QUESTION))


# --- quality and variety ----------------------------------------------------------------------


def test_nothing_is_preferred_unless_asked_for(index: Index) -> None:
    for hit in index.search(Query(QUESTION, k=40)).hits:
        assert set(hit.score_parts).isdisjoint({"quality", "diversity", "rerank"})


def test_quality_is_a_part_of_its_own(index: Index) -> None:
    found = index.search(Query(QUESTION, k=40, prefer_quality=True))
    check_answer(found, ARTICLES)
    for identity, part in parts(found, "quality").items():
        assert part == pytest.approx(0.05 * (ARTICLES[identity].quality or 0) / 100, abs=1e-6)


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        (Query(QUESTION, k=40, diversity=True), 0),
        (Query("how do outlets write about otter salt", k=40), 1),
    ],
)
def test_more_of_one_outlet_counts_less(index: Index, query: Query, notes: int) -> None:
    found = index.search(query)
    check_answer(found, ARTICLES)
    assert len(found.query.interpreted.notes) == notes
    seen: dict[str, list[float]] = {}
    for hit in found.hits:
        key = ARTICLES[hit.article.id].provider.key
        seen.setdefault(key, []).append(hit.score_parts["diversity"])
    assert set(seen.pop("")) == {0.0}
    for penalties in seen.values():
        assert penalties == pytest.approx([-0.05 * n for n in range(len(penalties))], abs=1e-6)


def test_variety_read_from_the_question_goes_with_its_step(index: Index) -> None:
    query = Query("how do outlets write about otter salt", steps=("date",))
    for hit in index.search(query).hits:
        assert "diversity" not in hit.score_parts


def test_a_token_belongs_to_what_was_preferred(index: Index) -> None:
    token = index.search(Query(QUESTION, k=3)).next_page_token
    with pytest.raises(InvalidPageTokenError):
        index.search(Query(QUESTION, k=3, diversity=True, page_token=token))


PENALTY = 0.05


@pytest.mark.parametrize(
    "question",
    [
        "How did the press explain the outage?",
        "How do outlets describe the tram fares?",
        "The tunnel closure from different outlets",
        "Tram fares across newspapers",
        "what do various news outlets say about the dam",
    ],
)
def test_a_question_may_ask_for_several_outlets(question: str) -> None:
    assert asks_for_variety(question)


@pytest.mark.parametrize(
    "question",
    [
        "Why did the dockers walk out?",
        "How does the printing press work?",
        "What did the Lisk Gazette write about different ferries?",
        "Which media company was sold?",
        "the press conference on the tunnel",
    ],
)
def test_most_do_not(question: str) -> None:
    assert not asks_for_variety(question)


def test_quality_adds_a_little_and_an_unknown_one_nothing() -> None:
    assert quality_part([0, 50, 100, None]).tolist() == [0, 0.025, 0.05, 0]
    assert quality_part([]).tolist() == []


def test_each_further_article_of_a_provider_loses_a_little_more() -> None:
    part = diversity_part(["a", "b", "a", "a", ""], np.array([3, 4, 1, 0, 2]))
    assert part == pytest.approx([-PENALTY, 0, -2 * PENALTY, 0, 0])


def test_an_unknown_provider_is_never_the_same_as_another() -> None:
    assert not diversity_part(["", "", ""], np.array([2, 1, 0])).any()


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b", "c", ""]), st.floats(0, 1)), max_size=12),
)
def test_it_is_what_choosing_one_after_the_other_gives(given_: list[tuple[str, float]]) -> None:
    providers = [provider for provider, _ in given_]
    ranking = Ranking.of(np.arange(len(given_)), {"x": np.array([v for _, v in given_])})
    ranked = ranking.adding("diversity", diversity_part(providers, ranking.rows))
    left = list(ranking)
    chosen: list[int] = []
    while left:

        def worth(place: int) -> float:
            provider = providers[left[place].row]
            before = sum(bool(provider) and providers[one] == provider for one in chosen)
            return round(left[place].score - PENALTY * before, 6)

        best = max(range(len(left)), key=lambda place: (worth(place), -place))
        assert ranked.scores[left[best].row] == pytest.approx(worth(best), abs=1e-9)
        chosen.append(left.pop(best).row)
    assert sorted(ranked.scores.tolist(), reverse=True) == [one.score for one in ranked]
