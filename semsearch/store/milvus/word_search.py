"""Searches words in the catalog's database, for engines that find candidates by vectors alone.

Full text, or Milvus where it has BM25, proposes articles, and each is scored as BM25 as the
embedded index scores it: the sum of weight times saturation, lengths kept in one byte as there. So
answers are the same whoever proposes, but for which articles are looked at where very many hold a
word. Places of words are not kept: words of a question's term that stand one after the other, as
"u s" of U.S., are taken to stand so as often as the rarest of them stands.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from semsearch.errors import DamagedIndexError, EngineUnavailableError
from semsearch.model.article import Field
from semsearch.model.filters import Condition
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.search_schema import Counted, documents, set_aside, statistics
from semsearch.store.milvus.client import MOST, SETTLED_SECONDS, Milvus
from semsearch.store.milvus.documents import (
    FREQUENCIES,
    WORD,
    code,
    seen_in_milvus,
    seen_in_sql,
    term_codes,
    texts_of,
)
from semsearch.store.milvus.row_cache import RowCache
from semsearch.store.milvus.rows import ROWS_PER_ARTICLE
from semsearch.store.milvus.search_tables import holders
from semsearch.store.protocols import LEXICAL_FIELDS, WordHits
from semsearch.text.tokens import forms_of, stand_in

MILVUS_BM25 = "Milvus BM25, scored anew as BM25"
"""What searches words where Milvus proposes articles, for people."""

_K1, _B = 1.2, 0.75
_MOST_CANDIDATES = 5_000  # that are scored for a question; those with the weightiest terms
_MOST_HOLDERS = 20_000  # articles with all words of a phrase that are read for it


def _kept_lengths() -> NDArray[np.int64]:
    """The lengths that one byte can say: exact up to 40 words, then in steps that double."""
    steps = [1] * 40 + [2 << place // 8 for place in range(215)]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(steps, dtype=np.int64)])


_KEPT = _kept_lengths()


def full_text(database: Database) -> str:
    """What searches words where the catalog's database proposes articles, for people."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.dialect]
    return f"{name} full text, scored as BM25"


def counted(database: Database, sequence: int, kind: Counted) -> dict[str, int]:
    """Every value of a kind with its number, as it was at a sequence number."""
    number = func.sum(statistics.c.number)
    query = (
        select(func.min(statistics.c.value), number)
        .where(statistics.c.kind == int(kind), statistics.c.seq <= sequence)
        .group_by(statistics.c.key)
        .having(number > 0)
    )
    with database.read() as connection:
        return {str(value): int(count) for value, count in connection.execute(query)}


class TermTable:
    """Terms of some articles, as one table: a row for each term of each article."""

    def __init__(self, articles: Mapping[int, tuple[bytes, bytes]]) -> None:
        lengths = [lengths for lengths, _ in articles.values()]
        words = [words for _, words in articles.values()]
        self.pks = np.array(list(articles), np.int64)
        self.words: NDArray[Any] = np.frombuffer(b"".join(words), WORD)
        counts = np.array([len(terms) // WORD.itemsize for terms in words], np.int64)
        self.owners = np.repeat(np.arange(len(self.pks)), counts)
        shape = (len(self.pks), len(LEXICAL_FIELDS))
        self.lengths = np.frombuffer(b"".join(lengths), np.int32).reshape(shape)

    def scores(
        self, field: Field, weights: Mapping[str, float], mean: float
    ) -> NDArray[np.float64]:
        """For each article the sum of weight times saturation in a field, shape (articles,)."""
        several = {term: weight for term, weight in weights.items() if len(forms_of(term)) > 1}
        weights = {term: weight for term, weight in weights.items() if term not in several}
        scores = self._sums(field, weights, mean)
        for term, weight in several.items():
            scores += np.max(
                [
                    np.min([self._sums(field, {one: weight}, mean) for one in form], axis=0)
                    for form in forms_of(term)
                ],
                axis=0,
            )
        return scores

    def holders(self, term: str) -> set[int]:
        """The articles in which a term stands."""
        of_forms = [
            set[int].intersection(*(self._with(one) for one in form)) for form in forms_of(term)
        ]
        return set[int]().union(*of_forms)

    def _with(self, term: str) -> set[int]:
        return set(self.pks[self.owners[self.words["term"] == code(term)]].tolist())

    def _sums(self, field: Field, weights: Mapping[str, float], mean: float) -> NDArray[np.float64]:
        scores = np.zeros(len(self.pks))
        codes = {code(term): weight for term, weight in weights.items() if weight > 0}
        if not codes:
            return scores
        known = np.array(sorted(codes), np.int64)
        rows = np.flatnonzero(np.isin(self.words["term"], known) & (self.words[field.value] > 0))
        owners = self.owners[rows]
        times = self.words[field.value][rows].astype(np.float64)
        length = self.lengths[owners, LEXICAL_FIELDS.index(field)]
        kept = _KEPT[np.searchsorted(_KEPT, length, side="right") - 1]
        weight = np.array([codes[int(term)] for term in known])
        given = weight[np.searchsorted(known, self.words["term"][rows])]
        norm = _K1 * (1 - _B + _B * kept / max(mean, 1e-9))
        np.add.at(scores, owners, given * times / (times + norm))
        return scores


@dataclass(frozen=True, slots=True)
class MilvusProposer:
    """Proposes articles by the words that Milvus holds beside a collection of passages.

    Attributes:
        collection: Of the words.
        sequence: Which versions are seen.
        published_at: Seconds since 1970 at which the generation was shown first.
    """

    milvus: Milvus
    collection: str
    sequence: int
    published_at: float

    def propose(self, terms: Sequence[str], condition: Condition, most: int) -> list[int]:
        """Articles that hold any of some terms, those that Milvus thinks best, ascending.

        Raises:
            EngineUnavailableError: It does not answer at once.
            DamagedIndexError: It has no such collection.
        """
        if not terms:
            return []
        rows = self.milvus.best(
            self.collection,
            " ".join(term_codes(terms)),
            min(most, MOST),
            seen_in_milvus(self.sequence, condition),
            strong=time.time() < self.published_at + SETTLED_SECONDS,
        )
        return sorted({row // ROWS_PER_ARTICLE for row in rows})


@dataclass(frozen=True, eq=False)
class CatalogWords:
    """Words as they were at a sequence number; see ``WordIndex`` for what the methods promise.

    Attributes:
        catalog: Whose database is searched.
        sequence: Which versions are seen.
        cache: Gives lengths and terms of articles.
        proposer: Proposes articles; None: full text does.
    """

    catalog: Catalog
    sequence: int
    cache: RowCache
    proposer: MilvusProposer | None = None

    @cached_property
    def _frequency(self) -> Callable[[str], tuple[int, ...]]:
        return lru_cache(100_000)(self._read_frequency)

    @property
    def engine(self) -> str:
        """What finds phrases, and words where Milvus does not."""
        return full_text(self.catalog.database)

    def search(
        self, weights: Mapping[Field, Mapping[str, float]], k: int, condition: Condition
    ) -> WordHits:
        """The ``k`` best articles by words.

        Of the articles with common words alone, only some are looked at where there are many.
        """
        heaviest = dict[str, float]()
        for field, by_term in weights.items():
            for term, weight in by_term.items():
                for one in {one for form in forms_of(term) for one in form}:
                    if weight > 0 and self._frequency(one)[LEXICAL_FIELDS.index(field)]:
                        heaviest[one] = max(weight, heaviest.get(one, 0.0))
        terms = sorted(heaviest, key=lambda term: (-heaviest[term], term))
        pks, engine = self._proposed(terms, condition)
        if k <= 0 or not pks:
            return WordHits([], engine)
        table = TermTable(self.cache.words(pks))
        total = sum(
            (table.scores(name, by_term, self._mean(name)) for name, by_term in weights.items()),
            start=np.zeros(len(table.pks)),
        )
        order = np.lexsort((table.pks, -total))
        best = order[total[order] > 0][:k]
        hits = list(zip(table.pks[best].tolist(), total[best].tolist(), strict=True))
        return WordHits(hits, engine)

    def scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The weighted saturation of terms in a field."""
        if not pks or not weights:
            return {}
        table = TermTable(self.cache.words(pks))
        scores = table.scores(field, weights, self._mean(field))
        some = np.flatnonzero(scores)
        return dict(zip(table.pks[some].tolist(), scores[some].tolist(), strict=True))

    def containing(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each term those of the articles in which it stands."""
        table = TermTable(self.cache.words(pks))
        return {term: table.holders(term) for term in terms}

    def phrase(
        self,
        terms: Sequence[str],
        k: int,
        condition: Condition,
        fields: Sequence[Field] = LEXICAL_FIELDS,
    ) -> list[int]:
        """Articles in which terms stand one after the other, read from their texts."""
        if not terms:
            return []
        hits: list[int] = []
        pks = sorted(self._holders(set(terms), condition, _MOST_HOLDERS, every=True))
        for chunk in chunks(pks):
            for pk, article in sorted(self.catalog.by_pk(chunk).items()):
                texts = texts_of(article)
                if len(hits) < k and any(stand_in(terms, texts[field]) for field in fields):
                    hits.append(pk)
        return hits

    def document_frequency(self, term: str) -> int:
        """In how many articles a term stands."""
        return max(min(max(self._frequency(term)) for term in form) for form in forms_of(term))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word with the number of articles it stands in; read on first use."""
        return counted(self.catalog.database, self.sequence, Counted.SPELLING)

    @cached_property
    def _totals(self) -> dict[str, int]:
        kinds = (Counted.TOTAL, Counted.LENGTH)
        tables = [counted(self.catalog.database, self.sequence, kind) for kind in kinds]
        return {name: number for table in tables for name, number in table.items()}

    def _mean(self, field: Field) -> float:
        articles = self._totals.get("articles", 0) + self._totals.get("stubs", 0)
        return self._totals.get(field.value, 0) / max(articles, 1)

    def _read_frequency(self, term: str) -> tuple[int, ...]:
        """In how many articles a term stands, by field."""
        query = (
            select(statistics.c.kind, func.sum(statistics.c.number))
            .where(statistics.c.kind.in_([int(kind) for kind in FREQUENCIES.values()]))
            .where(statistics.c.key == code(term), statistics.c.seq <= self.sequence)
            .group_by(statistics.c.kind)
        )
        with self.catalog.database.read() as connection:
            counts = {int(kind): int(number) for kind, number in connection.execute(query)}
        return tuple(counts.get(int(FREQUENCIES[field]), 0) for field in LEXICAL_FIELDS)

    def _proposed(self, terms: Sequence[str], condition: Condition) -> tuple[list[int], str]:
        """Articles with any of the terms, and what proposed them."""
        if self.proposer is not None:
            # Where it does not answer, words are found all the same.
            with suppress(EngineUnavailableError, DamagedIndexError):
                pks = self.proposer.propose(terms, condition, _MOST_CANDIDATES)
                refused = self._set_aside(condition) if terms else []
                return sorted({*pks, *refused}), MILVUS_BM25
        return self._candidates(terms, condition), self.engine

    def _set_aside(self, condition: Condition) -> list[int]:
        """Articles that the engine does not hold, for it refused them."""
        query = (
            select(documents.c.article_pk)
            .join(set_aside, set_aside.c.article_pk == documents.c.article_pk)
            .where(seen_in_sql(self.sequence, condition))
        )
        with self.catalog.database.read() as connection:
            return list(connection.scalars(query))

    def _candidates(self, terms: Sequence[str], condition: Condition) -> list[int]:
        """Articles with any of the terms; with the weightiest ones where there are too many."""
        weightiest: list[str] = []
        room = _MOST_CANDIDATES
        for term in terms:
            if weightiest and room <= 0:
                break
            weightiest.append(term)
            room -= max(self._frequency(term))
        return self._holders(weightiest, condition, _MOST_CANDIDATES, every=False)

    def _holders(
        self, terms: Collection[str], condition: Condition, most: int, *, every: bool
    ) -> list[int]:
        if not terms:
            return []
        with self.catalog.database.read() as connection:
            matching = holders(connection, sorted(set(terms)), every=every)
            query = (
                select(documents.c.article_pk)
                .where(documents.c.article_pk.in_(matching))
                .where(seen_in_sql(self.sequence, condition))
                .order_by(documents.c.article_pk.desc())
                .limit(most)
            )
            return list(connection.scalars(query))
