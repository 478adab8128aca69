"""Reranking: a slower model reads the question together with each of the first articles.

What it finds is one more part of the score, ``rerank``, from 0 to 1 and so never a loss: an article
that was read stays above every one that was not, which had less to begin with. The other parts go
on counting, so that an outlet or a time that is asked for still is (docs/decisions/0009).
"""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

import numpy as np

from semsearch.ask.fusion import Column, Ranking

_TRIALS = 3
# About as much text as a title with its passage.
_SAMPLE = "The harbour master closed the northern quay on Tuesday. The ferry line waits. " * 9


class Reranker(Protocol):
    """Says how well a text answers a question; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The model, as configured."""
        ...

    @property
    def batch(self) -> int:
        """How many texts are read at a time."""
        ...

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, 0 to 1; depends on nothing else.

        Raises:
            ModelUnavailableError: The model fails on them.
        """
        ...


class Reranking:
    """A reranker within its time budget, loaded and timed when it is needed first.

    The clock is looked at then and never again: a question is read against the same number of
    articles however busy the machine is, so its answer stays the same.
    """

    def __init__(
        self,
        load: Callable[[], Reranker],
        top: int,
        budget_ms: float,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._load = load
        self._top = top
        self._budget_ms = budget_ms
        self._clock = clock
        self._lock = Lock()
        self._ready: tuple[Reranker, int] | None = None

    def prepared(self) -> tuple[Reranker, int]:
        """The reranker, and how many articles it reads for each question."""
        with self._lock:
            if self._ready is None:
                reranker = self._load()
                self._ready = reranker, self._affordable(reranker)
            return self._ready

    def _affordable(self, reranker: Reranker) -> int:
        """Whole batches that fit the budget, at most ``top`` articles."""
        texts = [_SAMPLE] * reranker.batch
        reranker.scores(_SAMPLE, texts)  # the first call sets up
        taken = []
        for _ in range(_TRIALS):
            started = self._clock()
            reranker.scores(_SAMPLE, texts)
            taken.append((self._clock() - started) * 1000)
        batches = int(self._budget_ms / max(min(taken), 1e-6))
        return min(self._top, batches * reranker.batch)

    def note(self) -> str:
        """What it did, in a sentence."""
        reranker, number = self.prepared()
        if not number:
            return f"Nothing was reranked: the time budget allows {reranker.name} no article."
        if number == self._top:
            return f"The first {number} articles were reranked by {reranker.name}."
        return (
            f"The first {number} articles were reranked by {reranker.name}; "
            f"the time budget leaves out the other {self._top - number} of {self._top}."
        )


def rerank_part(
    ranking: Ranking, question: str, texts: Sequence[str], reranker: Reranker
) -> Column:
    """Scores of the first articles, shape (n,) as the candidates; 0 for all others.

    ``texts`` are those of the first articles of the ranking.
    """
    part = np.zeros(len(ranking.pks))
    for start in range(0, len(texts), reranker.batch):
        chunk = texts[start : start + reranker.batch]
        part[ranking.rows[start : start + len(chunk)]] = reranker.scores(question, chunk)
    return np.clip(np.nan_to_num(part), 0.0, 1.0)
