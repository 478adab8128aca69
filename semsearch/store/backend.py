"""The seam between ranking and whatever finds candidates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import EMBEDDED, Field, Passage, Provider
from semsearch.model.filters import Condition
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.manifest import Manifest
from semsearch.store.whitening import Whitening

Vector = NDArray[np.float32]

UNDATED = np.iinfo(np.int64).min
LEXICAL_FIELDS = (Field.TITLE, Field.LEAD, Field.BODY)


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
        mine = self.field == EMBEDDED.index(field)
        owners = np.repeat(np.arange(len(self)), np.diff(self.first))[mine]
        best = np.full(len(self), -np.inf, np.float32)
        np.maximum.at(best, owners, values[mine])
        return np.where(np.isinf(best), np.float32(np.nan), best)


class Snapshot(Protocol):
    """One generation, opened for searching: immutable, safe to use from several threads.

    Articles are named by the key of their version in the catalog. Lists are best first, equal
    scores in order of key.
    """

    @property
    def generation(self) -> int:
        """Its number; larger is newer."""
        ...

    @property
    def sequence(self) -> int:
        """Sequence number of the last write that it contains."""
        ...

    @property
    def words_by(self) -> str:
        """What finds phrases and, if nothing else is told, words; for people."""
        ...

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        ...

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        ...

    def dense(self, vector: Vector, k: int, condition: Condition) -> list[tuple[int, float]]:
        """The ``k`` articles with the nearest passages among those that satisfy the condition.

        Returns:
            Keys and cosines of the nearest passage of each.
        """
        ...

    def nearest_leads(
        self, vectors: Vector, k: int, condition: Condition
    ) -> list[list[tuple[int, float]]]:
        """For each of many vectors the ``k`` articles with the nearest leads.

        Exact, in a very large archive nearly so; its cost is that of the articles that satisfy the
        condition, where they are very many that of a search by codes.

        Args:
            vectors: Unit vectors, shape (n, dimension).
            k: At most so many for each.
            condition: What they must satisfy.

        Returns:
            For each vector keys and cosines.
        """
        ...

    def lexical(
        self,
        weights: Mapping[Field, Mapping[str, float]],
        k: int,
        condition: Condition,
        told: Callable[[str], None] = lambda _: None,
    ) -> list[tuple[int, float]]:
        """The ``k`` best articles by words among those that satisfy the condition.

        Args:
            weights: For each field the weight of each index term; see ``lexical_scores``.
            k: At most so many.
            condition: What they must satisfy.
            told: Told what proposed them, as an answer's explanation says it.
        """
        ...

    def lexical_scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The sum of ``weight * saturation`` over a field's terms, of those articles with any.

        The saturation of a term that stands ``tf`` times is ``tf / (tf + K)`` with BM25's
        ``K = 1.2 (0.25 + 0.75 length / mean length)``, so it lies in [0, 1).
        """
        ...

    def holding(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each index term those of the articles in which it stands, in whatever field."""
        ...

    def phrase(
        self,
        terms: Sequence[str],
        k: int,
        condition: Condition,
        fields: Sequence[Field] = LEXICAL_FIELDS,
    ) -> list[int]:
        """At most ``k`` articles in which index terms stand one after the other, in key order."""
        ...

    def document_frequency(self, term: str) -> int:
        """In how many articles an index term stands, counted in the field where it does most."""
        ...

    def vocabulary(self) -> Mapping[str, int]:
        """Every word as written but in lower case, with the number of articles it stands in."""
        ...

    def candidates(self, pks: Sequence[int], vector: Vector | None) -> Candidates:
        """Exact scores and attributes of some articles."""
        ...

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        ...

    @property
    def whitening(self) -> Whitening:
        """What similarities are made with."""
        ...

    def standardised(self, vector: Vector, cosine: float) -> float:
        """How many standard deviations a lead's cosine stands above that of the average lead."""
        ...

    def vectors_of(self, pk: int) -> tuple[list[Passage], Vector]:
        """An article's passages and their unit vectors, shape (passages, dimension)."""
        ...

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds; None where no article has a date."""
        ...

    def providers(self) -> list[tuple[Provider, int]]:
        """Every provider with its number of articles, most articles first."""
        ...

    def topics(self) -> list[tuple[str, int]]:
        """Every topic with its number of articles, most articles first."""
        ...


class IndexBackend(Protocol):
    """Where candidates come from: published states that are derived from the catalog."""

    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first.

        Raises:
            DamagedIndexError: It cannot be told.
            EngineUnavailableError: A server does not answer.
        """
        ...

    def place(self) -> str:
        """What tells this index from another one that takes its place; empty where none can.

        Raises:
            EngineUnavailableError: A server does not answer.
        """
        ...

    def numbers(self) -> list[int]:
        """The generations that are kept, ascending."""
        ...

    def manifest(self, number: int) -> Manifest:
        """What a generation says about itself."""
        ...

    def check(self, number: int) -> Manifest:
        """The manifest of a generation all of which is looked at.

        Raises:
            DamagedIndexError: Something is missing or not what was written.
        """
        ...

    def open(self, number: int) -> Snapshot:
        """A generation, opened for searching.

        Raises:
            NoSuchIndexError: It is not kept.
            DamagedIndexError: It cannot be opened.
        """
        ...

    def published_at(self, number: int) -> float:
        """When a generation was published, in seconds since 1970."""
        ...

    def sizes(self, number: int) -> dict[str, int]:
        """Bytes that a generation takes where that can be told, by part."""
        ...

    def capabilities(self) -> dict[str, str]:
        """What it is and can do, as it was probed, in words."""
        ...

    def refused(self) -> dict[int, str]:
        """Articles that the engine does not take, by key, with the reason."""
        ...

    def adopt(self, whitening: Whitening) -> None:
        """Make similarities as another index does; before the first generation is published."""
        ...

    def publish(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Make everything that the catalog holds searchable."""
        ...

    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive a new generation from the catalog alone."""
        ...

    def close(self) -> None:
        """Give back files and connections."""
        ...
