"""The two seams of the store: what finds articles by vectors, and what finds them by words.

A new engine implements one of the two protocols; ``store.snapshot.Snapshot`` is made of one of
each. Articles are named by the key of their version in the catalog. Hits are best first, equal
scores in order of key. Implementations never change what they answer and are safe to use from
several threads.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import Field, Provider
from semsearch.model.filters import Attribute, Condition

Vector = NDArray[np.float32]
Hits = list[tuple[int, float]]
"""Keys of articles with their scores."""

MAX_HITS = 50_000
"""An engine gives no more articles at once, whatever it is asked for."""
UNDATED = np.iinfo(np.int64).min
LEXICAL_FIELDS = (Field.TITLE, Field.LEAD, Field.BODY)


@dataclass(frozen=True, slots=True, eq=False)
class ArticleColumns:
    """Some articles as columns, with their passages in order of article.

    Attributes:
        pks: Keys, ascending, shape (n,).
        published: Seconds since 1970-01-01 UTC, ``UNDATED`` where unknown, shape (n,).
        content: Equal for articles with equal texts, shape (n,).
        counts: How many passages each article has, shape (n,).
        field: Place of each passage's field in ``EMBEDDED``, shape (m,).
        start: Character offsets, shape (m,); ``end`` likewise.
        vectors: Unit vectors, shape (m, dimension); None if they were not asked for.
        lengths: Of the vectors after whitening, shape (m,); None as ``vectors``.
    """

    pks: NDArray[np.int64]
    published: NDArray[np.int64]
    content: NDArray[np.int64]
    counts: NDArray[np.int64]
    field: NDArray[np.int8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    vectors: Vector | None
    lengths: Vector | None


class VectorIndex(Protocol):
    """The passages of one generation as vectors, with the attributes that filters ask for."""

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        ...

    def nearest(self, vector: Vector, k: int, condition: Condition) -> Hits:
        """The ``k`` articles with the nearest passages among those that satisfy the condition.

        ``k`` is at most ``MAX_HITS``; what is asked for beyond is not given.

        Returns:
            Keys and cosines of the nearest passage of each.
        """
        ...

    def nearest_leads(self, vectors: Vector, k: int, condition: Condition) -> list[Hits]:
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

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        ...

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        ...

    def columns(self, pks: Sequence[int], *, vectors: bool) -> Iterator[ArticleColumns]:
        """Some articles in one or more blocks, with their exact vectors if asked for."""
        ...

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds since 1970; None where no article has a date."""
        ...

    def providers(self) -> Mapping[Provider, int]:
        """Every provider with its number of articles."""
        ...

    def topics(self) -> Mapping[str, int]:
        """Every topic with its number of articles."""
        ...

    def values(self, attribute: Attribute) -> set[str]:
        """Every category, type or language that an article has, as it is written."""
        ...


@dataclass(frozen=True, slots=True)
class WordHits:
    """What a search by words found.

    Attributes:
        engine: What proposed the articles, as an answer's explanation says it.
    """

    hits: Hits
    engine: str


class WordIndex(Protocol):
    """The words of the articles of one generation.

    A term that is searched, scored or counted may stand for several forms, of which the best
    counts; see ``text.tokens.forms_of``.
    """

    @property
    def engine(self) -> str:
        """What finds phrases and, where ``search`` names nothing else, words; for people."""
        ...

    def search(
        self, weights: Mapping[Field, Mapping[str, float]], k: int, condition: Condition
    ) -> WordHits:
        """The ``k`` best articles by words among those that satisfy the condition.

        Args:
            weights: For each field the weight of each index term; see ``scores``.
            k: At most so many, up to ``MAX_HITS``.
            condition: What they must satisfy.
        """
        ...

    def scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The sum of ``weight * saturation`` over a field's terms, of those articles with any.

        The saturation of a term that stands ``tf`` times is ``tf / (tf + K)`` with BM25's
        ``K = 1.2 (0.25 + 0.75 length / mean length)``, so it lies in [0, 1).
        """
        ...

    def containing(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
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

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Every word as written but in lower case, with the number of articles it stands in."""
        ...
