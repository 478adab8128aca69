"""A snapshot: one generation, opened for searching, and the exact scores of its articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import EMBEDDED, Field, Passage, Provider
from semsearch.store.protocols import ArticleColumns, Vector, VectorIndex, WordIndex
from semsearch.store.whitening import Whitening

_ARTICLE = {"pks": np.int64, "published": np.int64, "content": np.int64}
_PASSAGE = {"field": np.int8, "start": np.int32, "end": np.int32}


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What ranking needs to know of some articles, as columns.

    Attributes:
        pks: Keys, ascending, shape (n,).
        published: Seconds since 1970-01-01 UTC, ``UNDATED`` where unknown, shape (n,).
        content: Equal for articles with equal texts, shape (n,).
        first: Article ``i`` has the passages ``first[i]:first[i + 1]``, shape (n + 1,).
        field: Place of each passage's field in ``EMBEDDED``, shape (m,).
        start: Character offsets, shape (m,); ``end`` likewise.
        cosine: With the question, in [-1, 1], shape (m,); 0 where there was no vector.
        similarity: Half cosine, half cosine after whitening, in [-1, 1], shape (m,).
    """

    pks: NDArray[np.int64]
    published: NDArray[np.int64]
    content: NDArray[np.int64]
    first: NDArray[np.int64]
    field: NDArray[np.int8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    cosine: Vector
    similarity: Vector

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self.pks)

    def passages(self, row: int) -> list[tuple[Passage, float]]:
        """The passages of an article with their cosines, in text order."""
        return [
            (
                Passage(EMBEDDED[self.field[i]], int(self.start[i]), int(self.end[i])),
                float(self.cosine[i]),
            )
            for i in range(self.first[row], self.first[row + 1])
        ]

    def best(self, field: Field, values: Vector) -> Vector:
        """The largest value among each article's passages of a field, NaN where it has none."""
        in_field = self.field == EMBEDDED.index(field)
        owners = np.repeat(np.arange(len(self)), np.diff(self.first))[in_field]
        best = np.full(len(self), -np.inf, np.float32)
        np.maximum.at(best, owners, values[in_field])
        return np.where(np.isinf(best), np.float32(np.nan), best)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One generation, opened for searching: immutable, safe to use from several threads.

    Attributes:
        generation: Its number; larger is newer.
        sequence: Sequence number of the last write that it contains.
        vectors: What finds its articles by vectors.
        words: What finds them by words.
        whitening: What similarities are made with.
    """

    generation: int
    sequence: int
    vectors: VectorIndex
    words: WordIndex
    whitening: Whitening

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        return len(self.vectors)

    def candidates(self, pks: Sequence[int], vector: Vector | None) -> Candidates:
        """Attributes of some articles, and their exact scores for a question's unit vector."""
        probes = None if vector is None else self.whitening.probes(vector)
        blocks = [
            (block, *self._scores(block, probes))
            for block in self.vectors.columns(pks, vectors=vector is not None)
        ]
        columns: dict[str, NDArray[Any]] = {
            name: np.concatenate(
                [np.empty(0, kind), *(getattr(block, name) for block, _, _ in blocks)]
            )
            for name, kind in {**_ARTICLE, "counts": np.int64, **_PASSAGE}.items()
        }
        nothing = np.empty(0, np.float32)
        columns["cosine"] = np.concatenate([nothing, *(cosine for _, cosine, _ in blocks)])
        columns["similarity"] = np.concatenate([nothing, *(like for _, _, like in blocks)])
        counts = columns.pop("counts")
        order = np.argsort(columns["pks"], kind="stable")  # blocks follow keys, mostly
        if not np.array_equal(order, np.arange(len(order))):
            rows = ranges((np.cumsum(counts) - counts)[order], counts[order])
            columns = {
                name: column[order if name in _ARTICLE else rows]
                for name, column in columns.items()
            }
            counts = counts[order]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Candidates(first=first, **columns)

    def _scores(self, block: ArticleColumns, probes: Vector | None) -> tuple[Vector, Vector]:
        """Cosines and similarities of passages; each is summed by itself, whatever is beside it."""
        if probes is None or block.vectors is None or block.lengths is None:
            nothing = np.zeros(len(block.field), np.float32)
            return nothing, nothing
        products = np.einsum("ij,kj->ki", block.vectors, probes)
        return products[0], self.whitening.similarities(probes, products, block.lengths)

    def vectors_of(self, pk: int) -> tuple[list[Passage], Vector]:
        """An article's passages and their unit vectors, shape (passages, dimension)."""
        for block in self.vectors.columns([pk], vectors=True):
            if len(block.pks) and block.vectors is not None:
                columns = zip(
                    block.field.tolist(), block.start.tolist(), block.end.tolist(), strict=True
                )
                passages = [Passage(EMBEDDED[field], start, end) for field, start, end in columns]
                return passages, block.vectors
        return [], np.empty((0, 0), np.float32)

    @cached_property
    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds since 1970; None where no article has a date."""
        return self.vectors.span()

    @cached_property
    def providers(self) -> list[tuple[Provider, int]]:
        """Every provider with its number of articles, most articles first."""
        counts = self.vectors.providers().items()
        return sorted(counts, key=lambda row: (-row[1], row[0].domain, row[0].name))

    @cached_property
    def topics(self) -> list[tuple[str, int]]:
        """Every topic with its number of articles, most articles first."""
        return sorted(self.vectors.topics().items(), key=lambda row: (-row[1], row[0]))


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``[starts[0], starts[0] + 1, ..., starts[1], ...]``, ``counts`` of each."""
    total = int(counts.sum())
    offsets = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    numbers: NDArray[np.int64] = np.arange(total, dtype=np.int64) + offsets
    return numbers
