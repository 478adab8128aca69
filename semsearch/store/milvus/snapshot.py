"""A published state of an index in Milvus.

Milvus finds candidates by vectors; words, filters of what is known by key, and exact scores come
from the catalog's database, which holds the vectors, too. Nothing of a state ever changes: rows
say from which sequence number until which they are seen.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy import func, select

from semsearch.model.article import EMBEDDED, Field, Passage, Provider
from semsearch.model.filters import Condition
from semsearch.store.backend import LEXICAL_FIELDS, UNDATED, Candidates, Vector
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.rows import published_seconds
from semsearch.store.catalog.search_schema import OPEN, Counted, documents
from semsearch.store.milvus.client import MOST, SETTLED_SECONDS, Milvus
from semsearch.store.milvus.conditions import as_milvus
from semsearch.store.milvus.documents import coded, texts_of
from semsearch.store.milvus.row_cache import Caches
from semsearch.store.milvus.word_search import Held, WordSearch, words_by
from semsearch.store.milvus.words import MilvusWords
from semsearch.store.whitening import Whitening

_PASSAGES_PER_ARTICLE = 2  # the first guess at how many to ask for
_VECTORS_AT_ONCE = 16
_DECIMALS = 6
_LEAD = EMBEDDED.index(Field.LEAD)


@dataclass(frozen=True, eq=False)
class MilvusSnapshot:
    """A state; see ``Snapshot`` for what the methods promise.

    Attributes:
        collection: Where its passages are.
        published_at: Seconds since 1970 at which it was shown first.
        words: What proposes articles by words; None: full text of the catalog's database.
    """

    generation: int
    sequence: int
    collection: str
    published_at: float
    milvus: Milvus
    catalog: Catalog
    whitening: Whitening
    caches: Caches
    words: MilvusWords | None = None

    @cached_property
    def _words(self) -> WordSearch:
        return WordSearch(
            self.catalog.database, self.sequence, self._fetch, self._texts, self.words
        )

    def _fetch(self, pks: Sequence[int]) -> Held:
        held = self.caches.words.get(pks)
        columns = zip(*held.values(), strict=True) if held else ((), ())
        lengths, words = (list(column) for column in columns)
        return Held(list(held), lengths, words)

    def _texts(self, pks: Sequence[int]) -> dict[int, dict[Field, str]]:
        return {pk: texts_of(article) for pk, article in self.catalog.by_pk(pks).items()}

    @cached_property
    def _totals(self) -> dict[str, int]:
        return dict(self._words.counted(Counted.TOTAL))

    @property
    def words_by(self) -> str:
        """What finds phrases, and words where Milvus does not."""
        return words_by(self.catalog.database)

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        return self._totals.get("articles", 0) + self._totals.get("stubs", 0)

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        query = select(func.count()).select_from(documents).where(self._words.visible(condition))
        with self.catalog.database.read() as connection:
            return connection.scalar(query) or 0

    # --- by vectors -----------------------------------------------------------------------

    def dense(self, vector: Vector, k: int, condition: Condition) -> list[tuple[int, float]]:
        """The ``k`` articles with the nearest passages."""
        (found,) = self._nearest(vector[np.newaxis], k, self._expression(condition))
        return found

    def nearest_leads(
        self, vectors: Vector, k: int, condition: Condition
    ) -> list[list[tuple[int, float]]]:
        """For each of many vectors the ``k`` articles with the nearest leads."""
        expression = f"field == {_LEAD} and {self._expression(condition)}"
        return [
            found
            for start in range(0, len(vectors), _VECTORS_AT_ONCE)
            for found in self._nearest(vectors[start : start + _VECTORS_AT_ONCE], k, expression)
        ]

    def _nearest(self, vectors: Vector, k: int, expression: str) -> list[list[tuple[int, float]]]:
        """The nearest articles of each vector; asks for passages until they are certain.

        They are when the last passage is farther away than the last article: which of equal
        passages Milvus gives is its own affair.
        """
        strong = time.time() < self.published_at + SETTLED_SECONDS
        best: list[list[tuple[int, float]]] = [[] for _ in vectors]
        waiting = np.arange(len(vectors)) if k > 0 else np.empty(0, np.int64)
        number = min(MOST, k * _PASSAGES_PER_ARTICLE)
        while len(waiting):
            found = self.milvus.nearest(
                self.collection, vectors[waiting], number, expression, strong=strong
            )
            unsure = []
            for place, passages in zip(waiting.tolist(), found, strict=True):
                best[place] = _articles(passages)
                last = round(passages[-1][1], _DECIMALS) if passages else 0.0
                sure = len(best[place]) >= k and best[place][k - 1][1] > last
                if not sure and len(passages) == number < MOST:
                    unsure.append(place)
            waiting = np.array(unsure, np.int64)
            number = min(MOST, number * 4)
        return [articles[:k] for articles in best]

    def _expression(self, condition: Condition) -> str:
        seen = f"added <= {self.sequence} and ended > {self.sequence}"
        return f"{seen} and ({as_milvus(coded(condition))})"

    # --- by words -------------------------------------------------------------------------

    def lexical(
        self,
        weights: Mapping[Field, Mapping[str, float]],
        k: int,
        condition: Condition,
        told: Callable[[str], None] = lambda _: None,
    ) -> list[tuple[int, float]]:
        """The ``k`` best articles by words."""
        return self._words.search(weights, k, condition, told)

    def lexical_scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The weighted saturation of terms in a field."""
        return self._words.scores(field, weights, pks)

    def holding(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each term those of the articles in which it stands."""
        return self._words.holding(terms, pks)

    def phrase(
        self,
        terms: Sequence[str],
        k: int,
        condition: Condition,
        fields: Sequence[Field] = LEXICAL_FIELDS,
    ) -> list[int]:
        """Articles in which terms stand one after the other."""
        return self._words.phrase(terms, k, condition, fields)

    def document_frequency(self, term: str) -> int:
        """In how many articles an index term stands."""
        return self._words.document_frequency(term)

    def vocabulary(self) -> Mapping[str, int]:
        """Every word with the number of articles it stands in; read on first use."""
        return self._words.vocabulary

    # --- exact ----------------------------------------------------------------------------

    def candidates(self, pks: Sequence[int], vector: Vector | None) -> Candidates:
        """Exact scores and attributes of some articles."""
        rows = list(self.caches.rows.get(pks).values())
        counts = [len(row.passages) for row in rows]
        passages = [passage for row in rows for passage in row.passages]
        cosine = similarity = np.zeros(len(passages), np.float32)
        if vector is not None and passages:
            lengths = self.caches.lengths.get(row.pk for row in rows)
            probes = self.whitening.probes(vector)
            matrix = np.concatenate([row.vectors for row in rows]).astype(np.float32)
            products = np.einsum("ij,kj->ki", matrix, probes)
            cosine = products[0]
            similarity = self.whitening.similarities(
                probes, products, np.concatenate([lengths[row.pk] for row in rows])
            )
        seconds = [published_seconds(row.article) for row in rows]
        return Candidates(
            pks=np.array([row.pk for row in rows], np.int64),
            published=np.array([UNDATED if one is None else one for one in seconds], np.int64),
            content=np.array([row.content for row in rows], np.int64),
            first=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)]),
            field=np.array([EMBEDDED.index(passage.field) for passage in passages], np.int8),
            start=np.array([passage.start for passage in passages], np.int32),
            end=np.array([passage.end for passage in passages], np.int32),
            cosine=cosine,
            similarity=similarity,
        )

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        rows = self.caches.rows.get(pks)
        return {pk for pk, row in rows.items() if condition.matches(row.article)}

    def standardised(self, vector: Vector, cosine: float) -> float:
        """How many standard deviations a lead's cosine stands above the average lead's."""
        return self.whitening.standardised(vector, cosine)

    def vectors_of(self, pk: int) -> tuple[list[Passage], Vector]:
        """An article's passages and their unit vectors."""
        row = self.caches.rows.get([pk]).get(pk)
        if row is None:
            return [], np.empty((0, 0), np.float32)
        return list(row.passages), row.vectors.astype(np.float32)

    # --- as a whole -----------------------------------------------------------------------

    @cached_property
    def _span(self) -> tuple[int, int] | None:
        dated = documents.c.published != -OPEN
        query = select(func.min(documents.c.published), func.max(documents.c.published))
        with self.catalog.database.read() as connection:
            first, last = connection.execute(query.where(self._words.visible(), dated)).one()
        return None if first is None else (int(first), int(last))

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds."""
        return self._span

    @cached_property
    def _providers(self) -> list[tuple[Provider, int]]:
        counts = [
            (Provider(*value.split("\x1f")), number)
            for value, number in self._words.counted(Counted.PROVIDER)
        ]
        return sorted(counts, key=lambda row: (-row[1], row[0].domain, row[0].name))

    def providers(self) -> list[tuple[Provider, int]]:
        """Every provider with its number of articles, most articles first."""
        return self._providers

    @cached_property
    def _topics(self) -> list[tuple[str, int]]:
        return sorted(self._words.counted(Counted.TOPIC), key=lambda row: (-row[1], row[0]))

    def topics(self) -> list[tuple[str, int]]:
        """Every topic with its number of articles, most articles first."""
        return self._topics


def _articles(passages: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Each article once with its nearest passage; of equal vectors products may differ a little."""
    best = dict[int, float]()
    for pk, cosine in passages:
        best[pk] = max(round(cosine, _DECIMALS), best.get(pk, -2.0))
    return sorted(best.items(), key=lambda hit: (-hit[1], hit[0]))
