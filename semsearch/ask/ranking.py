"""Candidates in order of a sum of parts, kept as columns until one of them is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's score and its parts, which sum to it exactly as rounded.

    ``row`` is its place among the candidates; ``folded`` are the keys of lower ranked articles
    that this one stands for.
    """

    pk: int
    row: int
    score: float
    parts: Mapping[str, float]
    folded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ranking(Sequence[Ranked]):
    """Candidates, best first.

    Attributes:
        pks: Keys of all candidates, shape (n,).
        parts: Each part of the score for all candidates, rounded, shape (n,).
        scores: Their sums, rounded, shape (n,).
        rows: Places of the ranked ones among the candidates, best first.
        folded: By row, the keys of those that a candidate stands for.
    """

    pks: NDArray[np.int64]
    parts: Mapping[str, Column]
    scores: Column
    rows: NDArray[np.intp]
    folded: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, pks: NDArray[np.int64], parts: Mapping[str, Column]) -> "Ranking":
        """All candidates by the sum of their parts; equal scores in order of key."""
        rounded = {name: np.round(column, DIGITS) for name, column in parts.items()}
        scores = np.round(sum(rounded.values(), np.zeros(len(pks))), DIGITS)
        return cls(pks, rounded, scores, np.lexsort((pks, -scores)))

    def adding(self, name: str, part: Column) -> "Ranking":
        """With a further part, shape (n,), in its new order; equal scores stay as they were."""
        parts = {**self.parts, name: np.round(part, DIGITS)}
        scores = np.round(sum(parts.values(), np.zeros(len(self.pks))), DIGITS)
        order = np.argsort(-scores[self.rows], kind="stable")
        return replace(self, parts=parts, scores=scores, rows=self.rows[order])

    def among(self, keep: NDArray[np.bool_]) -> "Ranking":
        """Only those candidates for which ``keep``, shape (n,), is true."""
        return replace(self, rows=self.rows[keep[self.rows]])

    def fold(self, homes: NDArray[np.int64]) -> "Ranking":
        """Only the best ranked of candidates with an equal ``homes``, shape (n,).

        Each names those it stands for.
        """
        home = homes[self.rows]
        _, first, group = np.unique(home, return_index=True, return_inverse=True)
        folded: dict[int, tuple[int, ...]] = {}
        for place in np.flatnonzero(first[group] != np.arange(len(home))):
            best = int(self.rows[first[group[place]]])
            folded[best] = (*folded.get(best, ()), int(self.pks[self.rows[place]]))
        return replace(self, rows=self.rows[np.sort(first)], folded=folded)

    def __len__(self) -> int:
        """How many are ranked."""
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Ranked: ...
    @overload
    def __getitem__(self, place: slice) -> list[Ranked]: ...
    def __getitem__(self, place: int | slice) -> Ranked | list[Ranked]:
        """One of them, or some, best first."""
        if isinstance(place, slice):
            return [self._ranked(int(row)) for row in self.rows[place]]
        return self._ranked(int(self.rows[place]))

    def _ranked(self, row: int) -> Ranked:
        return Ranked(
            pk=int(self.pks[row]),
            row=row,
            score=float(self.scores[row]),
            parts={name: float(column[row]) for name, column in self.parts.items()},
            folded=self.folded.get(row, ()),
        )
