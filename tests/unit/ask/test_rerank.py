"""A reranker adds a part within its budget, and what it read stays above what it did not."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.fusion import Ranking
from semsearch.ask.rerank import Reranker, Reranking, rerank_part
from tests.support.reranker import BATCH, OverlapReranker


def reranking(top: int, budget_ms: float, seconds: float = 1.0) -> Reranking:
    reranker = OverlapReranker(seconds)
    return Reranking(lambda: reranker, top, budget_ms, reranker.clock)


@pytest.mark.parametrize(
    ("top", "budget_ms", "number"),
    [
        (50, 999, 0),
        (50, 1_000, BATCH),
        (50, 2_999, 2 * BATCH),
        (6, 2_000, 6),
        (6, 60_000, 6),
        (1, 1_000, 1),
    ],
)
def test_whole_batches_are_read_within_the_budget(top: int, budget_ms: float, number: int) -> None:
    assert reranking(top, budget_ms).prepared()[1] == number


def test_a_reranker_that_takes_no_time_reads_all() -> None:
    assert reranking(50, 1, seconds=0.0).prepared()[1] == 50


def test_what_is_left_out_is_said() -> None:
    assert reranking(6, 2_000).note() == "The first 6 articles were reranked by overlap."
    assert reranking(6, 999).note().startswith("Nothing was reranked")
    assert reranking(10, 2_000).note() == (
        "The first 8 articles were reranked by overlap; "
        "the time budget leaves out the other 2 of 10."
    )


def test_it_is_loaded_and_timed_once() -> None:
    loaded = []

    def load() -> Reranker:
        loaded.append(OverlapReranker(1.0))
        return loaded[-1]

    held = Reranking(load, 50, 2_000, lambda: loaded[-1].clock() if loaded else 0.0)
    assert not loaded
    first = held.prepared()
    loaded[0]._seconds = 60.0  # a busy machine
    assert held.prepared() == first
    assert len(loaded) == 1


class Constant:
    """Gives scores that a model should not."""

    name = "constant"
    batch = 2

    def __init__(self, values: Callable[[int], float]) -> None:
        self._values = values

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        del question
        return [self._values(i) for i in range(len(texts))]


@pytest.mark.parametrize("value", [float("nan"), -3.0, 0.0])
def test_a_score_below_zero_or_none_at_all_adds_nothing(value: float) -> None:
    ranking = Ranking.of(np.arange(3), {"x": np.array([0.1, 0.2, 0.3])})
    part = rerank_part(ranking, "otter", ["a", "b", "c"], Constant(lambda _: value))
    assert part.tolist() == [0, 0, 0]


def test_texts_are_those_of_the_first_in_order() -> None:
    ranking = Ranking.of(np.arange(6), {"x": np.array([0.1, 0.6, 0.3, 0.5, 0.2, 0.4])})
    texts = ["cod", "otter", "otter cod", "tram", "otter"]
    part = rerank_part(ranking, "otter cod", texts, OverlapReranker())
    assert part[[1, 3, 5, 2, 4, 0]].tolist() == [0.5, 0.5, 1.0, 0, 0.5, 0]


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=20),
    st.lists(st.floats(0, 1), max_size=20),
)
def test_what_was_read_stays_above_what_was_not(scores: list[float], found: list[float]) -> None:
    ranking = Ranking.of(np.arange(len(scores)), {"x": np.array(scores)})
    read = found[: len(scores)]
    values = iter(read)
    part = rerank_part(ranking, "otter", ["x"] * len(read), Constant(lambda _: next(values)))
    reranked = ranking.adding("rerank", part)
    first = {one.row for one in ranking[: len(read)]}
    assert {one.row for one in reranked[: len(read)]} == first
    assert [o.row for o in reranked[len(read) :]] == [o.row for o in ranking[len(read) :]]
    for one in reranked:
        assert sum(one.parts.values()) == pytest.approx(one.score, abs=1e-9)
