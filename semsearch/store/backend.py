"""The seam between ranking and whatever finds candidates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semsearch.articles.article import Field, Passage, Provider
from semsearch.articles.filters import Condition


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage and its cosine with the question."""

    passage: Passage
    cosine: float


class Snapshot(Protocol):
    """One generation, opened for searching: immutable, safe to use from several threads.

    Articles are named by the key of their version in the catalog. Cosines lie in [-1, 1]; all
    lists are best first, equal scores in order of key.
    """

    @property
    def generation(self) -> int:
        """Its number; larger is newer."""
        ...

    @property
    def sequence(self) -> int:
        """Sequence number of the last write that it contains."""
        ...

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        ...

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        ...

    def dense(
        self, vector: NDArray[np.float32], k: int, condition: Condition
    ) -> list[tuple[int, float]]:
        """The ``k`` articles with the nearest passages among those that satisfy the condition."""
        ...

    def lexical(
        self, terms: Sequence[str], boosts: dict[Field, float], k: int, condition: Condition
    ) -> list[tuple[int, float]]:
        """The ``k`` best articles by BM25 among those that satisfy the condition."""
        ...

    def passages(
        self, pks: Sequence[int], vector: NDArray[np.float32] | None
    ) -> dict[int, list[ScoredPassage]]:
        """All passages of some articles with exact cosines (0 without a vector), in text order."""
        ...

    def vectors_of(self, pk: int) -> tuple[list[Passage], NDArray[np.float32]]:
        """An article's passages and their unit vectors, shape (passages, dimension)."""
        ...

    def document_frequency(self, term: str) -> int:
        """In how many articles an index term stands."""
        ...

    def providers(self) -> list[tuple[Provider, int]]:
        """Every provider with its number of articles, most articles first."""
        ...

    def topics(self) -> list[tuple[str, int]]:
        """Every topic with its number of articles, most articles first."""
        ...
