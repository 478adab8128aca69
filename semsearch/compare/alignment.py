"""Which sentence of another article reports the same, for all articles of a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from semsearch.compare.scorer import Scorer
from semsearch.compare.signals import Matrix, is_short, signals
from semsearch.compare.texts import Sentences


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences of one article looked up in another.

    Attributes:
        logits: Log-odds that sentences i and j report the same, shape ``(len(a), len(b))``.
        best: The most likely sentence for each, the first of equals.
    """

    logits: Matrix
    best: NDArray[np.intp]

    @property
    def top(self) -> Matrix:
        """Log-odds of the best sentence of each."""
        highest: Matrix = self.logits.max(1)
        return highest


def align(a: Sentences, b: Sentences, scorer: Scorer) -> tuple[Alignment, Alignment]:
    """``a`` looked up in ``b``, and ``b`` in ``a``; both have at least one sentence."""
    logits = scorer.logits(signals(a, b), short=is_short(a, b))
    return _alignment(logits), _alignment(logits.T)


def align_all(texts: Sequence[Sentences], scorer: Scorer) -> dict[tuple[int, int], Alignment]:
    """Every text looked up in every other, by their places."""
    found: dict[tuple[int, int], Alignment] = {}
    for a, b in combinations(range(len(texts)), 2):
        found[a, b], found[b, a] = align(texts[a], texts[b], scorer)
    return found


def _alignment(logits: Matrix) -> Alignment:
    return Alignment(logits, logits.argmax(1))
