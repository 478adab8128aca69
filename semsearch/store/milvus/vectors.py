"""Searches the passages of a generation in Milvus; attributes come from the catalog's database.

Milvus finds candidates by vectors. Attributes by key and exact vectors come from the catalog,
which holds the vectors, too. Nothing that a generation sees ever changes: rows say from which
sequence number until which they are seen.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import func, select

from semsearch.model.article import EMBEDDED, Field, Provider
from semsearch.model.filters import Attribute, Condition, attribute_number
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.schema import articles, current_at
from semsearch.store.catalog.search_schema import OPEN, Counted, documents
from semsearch.store.milvus.client import MOST, SETTLED_SECONDS, Milvus
from semsearch.store.milvus.documents import seen_in_milvus, seen_in_sql
from semsearch.store.milvus.row_cache import RowCache
from semsearch.store.milvus.word_search import counted
from semsearch.store.protocols import MAX_HITS, UNDATED, ArticleColumns, Hits, Vector

_PASSAGES_PER_ARTICLE = 2  # the first guess at how many to ask for
_VECTORS_AT_ONCE = 16
_DECIMALS = 6
_LEAD = EMBEDDED.index(Field.LEAD)


@dataclass(frozen=True, eq=False)
class MilvusVectors:
    """The passages of a generation; see ``VectorIndex`` for what the methods promise.

    Attributes:
        collection: Where its passages are.
        sequence: Which versions are seen.
        published_at: Seconds since 1970 at which it was shown first.
        whitening: The number of that by which vectors have lengths.
    """

    milvus: Milvus
    collection: str
    sequence: int
    published_at: float
    database: Database
    cache: RowCache
    whitening: int

    @cached_property
    def _size(self) -> int:
        totals = counted(self.database, self.sequence, Counted.TOTAL)
        return totals.get("articles", 0) + totals.get("stubs", 0)

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        return self._size

    def nearest(self, vector: Vector, k: int, condition: Condition) -> Hits:
        """The ``k`` articles with the nearest passages."""
        expression = seen_in_milvus(self.sequence, condition)
        (hits,) = self._nearest(vector[np.newaxis], k, expression)
        return hits

    def nearest_leads(self, vectors: Vector, k: int, condition: Condition) -> list[Hits]:
        """For each of many vectors the ``k`` articles with the nearest leads."""
        expression = f"field == {_LEAD} and {seen_in_milvus(self.sequence, condition)}"
        return [
            hits
            for start in range(0, len(vectors), _VECTORS_AT_ONCE)
            for hits in self._nearest(vectors[start : start + _VECTORS_AT_ONCE], k, expression)
        ]

    def _nearest(self, vectors: Vector, k: int, expression: str) -> list[Hits]:
        """The nearest articles of each vector; asks for passages until they are certain.

        They are when the last passage is farther away than the last article: which of equal
        passages Milvus gives is its own affair.
        """
        k = min(k, MAX_HITS)
        strong = time.time() < self.published_at + SETTLED_SECONDS
        best: list[Hits] = [[] for _ in vectors]
        unsure = list(range(len(vectors))) if k > 0 else []
        number = min(MOST, k * _PASSAGES_PER_ARTICLE)
        while unsure:
            answers = self.milvus.nearest(
                self.collection, vectors[unsure], number, expression, strong=strong
            )
            rows, unsure = unsure, []
            for row, passages in zip(rows, answers, strict=True):
                best[row] = _articles(passages)
                last = round(passages[-1][1], _DECIMALS) if passages else 0.0
                sure = len(best[row]) >= k and best[row][k - 1][1] > last
                if not sure and len(passages) == number < MOST:
                    unsure.append(row)
            number = min(MOST, number * 4)
        return [articles[:k] for articles in best]

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        rows = self.cache.rows(pks)
        return {pk for pk, row in rows.items() if condition.matches(row.article)}

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        query = select(func.count()).where(seen_in_sql(self.sequence, condition))
        with self.database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def columns(self, pks: Sequence[int], *, vectors: bool) -> Iterator[ArticleColumns]:
        """Some articles, in one block."""
        rows = list(self.cache.rows(pks).values())
        if not rows:
            return
        passages = [passage for row in rows for passage in row.passages]
        dates = [attribute_number(row.article, Attribute.PUBLISHED) for row in rows]
        lengths = self.cache.lengths(self.whitening, pks) if vectors else {}
        yield ArticleColumns(
            pks=np.array([row.pk for row in rows], np.int64),
            published=np.array([UNDATED if date is None else date for date in dates], np.int64),
            content=np.array([row.content for row in rows], np.int64),
            counts=np.array([len(row.passages) for row in rows], np.int64),
            field=np.array([EMBEDDED.index(passage.field) for passage in passages], np.int8),
            start=np.array([passage.start for passage in passages], np.int32),
            end=np.array([passage.end for passage in passages], np.int32),
            vectors=np.concatenate([row.vectors for row in rows]).astype(np.float32)
            if vectors
            else None,
            lengths=np.concatenate([lengths[row.pk] for row in rows]) if vectors else None,
        )

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds."""
        query = select(func.min(documents.c.published), func.max(documents.c.published)).where(
            seen_in_sql(self.sequence), documents.c.published != -OPEN
        )
        with self.database.read() as connection:
            first, last = connection.execute(query).one()
        return None if first is None else (int(first), int(last))

    def providers(self) -> dict[Provider, int]:
        """Every provider with its number of articles."""
        counts = counted(self.database, self.sequence, Counted.PROVIDER)
        return {Provider(*value.split("\x1f")): number for value, number in counts.items()}

    def topics(self) -> dict[str, int]:
        """Every topic with its number of articles."""
        return counted(self.database, self.sequence, Counted.TOPIC)

    def values(self, attribute: Attribute) -> set[str]:
        """Every category, type or language that an article has."""
        column = articles.c[attribute.value]
        query = select(column).distinct().where(current_at(articles, self.sequence), column != "")
        with self.database.read() as connection:
            return set(connection.scalars(query))


def _articles(passages: Hits) -> Hits:
    """Each article once with its nearest passage; of equal vectors products may differ a little."""
    best = dict[int, float]()
    for pk, cosine in passages:
        best[pk] = max(round(cosine, _DECIMALS), best.get(pk, -2.0))
    return sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))
