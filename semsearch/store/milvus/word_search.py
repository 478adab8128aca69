"""Word search over the catalog's database, for engines that find candidates by vectors alone.

Full text, or Milvus where it has BM25, proposes articles, and each is scored as BM25 as the
embedded index scores it: the sum of weight times saturation, lengths kept in one byte as there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select

from semsearch.errors import DamagedIndexError, EngineUnavailableError
from semsearch.model.article import Field
from semsearch.model.filters import Condition
from semsearch.store.backend import LEXICAL_FIELDS
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.search_schema import Counted, documents, set_aside, statistics
from semsearch.store.milvus.conditions import as_sql
from semsearch.store.milvus.documents import WORD, code, coded
from semsearch.store.milvus.fulltext import holders
from semsearch.store.milvus.words import WORDS_BY, MilvusWords
from semsearch.text.tokens import words

_K1, _B = 1.2, 0.75
_MOST_CANDIDATES = 5_000  # that are scored for a question; those with the weightiest terms
_MOST_HOLDERS = 20_000  # articles with all words of a phrase that are read for it
_FREQUENCIES = (Counted.TITLE, Counted.LEAD, Counted.BODY)
_FIELD_OF = dict(zip(LEXICAL_FIELDS, _FREQUENCIES, strict=True))


def _kept_lengths() -> NDArray[np.int64]:
    """The lengths that one byte can say: exact up to 40 words, then in steps that double."""
    steps = [1] * 40 + [2 << place // 8 for place in range(215)]
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(steps, dtype=np.int64)])


_KEPT = _kept_lengths()


def words_by(database: Database) -> str:
    """What searches words, for people."""
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database.dialect]
    return f"{name} full text, scored as BM25"


class Held:
    """Terms of some articles, as one table: a row for each term of each article."""

    def __init__(self, pks: Sequence[int], lengths: Sequence[bytes], held: Sequence[bytes]) -> None:
        self.pks = np.array(pks, np.int64)
        self.words: NDArray[Any] = np.frombuffer(b"".join(held), WORD)
        counts = np.array([len(one) // WORD.itemsize for one in held], np.int64)
        self.owners = np.repeat(np.arange(len(self.pks)), counts)
        shape = (len(self.pks), len(LEXICAL_FIELDS))
        self.lengths = np.frombuffer(b"".join(lengths), np.int32).reshape(shape)

    def scores(
        self, field: Field, weights: Mapping[str, float], mean: float
    ) -> NDArray[np.float64]:
        """For each article the sum of weight times saturation in a field, shape (articles,)."""
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


class WordSearch:
    """Words as they were at a sequence number.

    Args:
        database: That of the catalog.
        sequence: Which versions are seen.
        fetch: Gives the terms of articles by their keys.
        texts: Gives the texts of an article by field, by their keys.
        engine: Proposes articles; None: full text does.
    """

    def __init__(
        self,
        database: Database,
        sequence: int,
        fetch: Callable[[Sequence[int]], Held],
        texts: Callable[[Sequence[int]], Mapping[int, Mapping[Field, str]]],
        engine: MilvusWords | None = None,
    ) -> None:
        self._database = database
        self._sequence = sequence
        self._fetch = fetch
        self._texts = texts
        self._engine = engine
        self._frequency = lru_cache(100_000)(self._counted)

    def visible(self, condition: Condition | None = None) -> ColumnElement[bool]:
        """Whether a document is seen and satisfies a condition."""
        seen = (documents.c.added_seq <= self._sequence) & (documents.c.ended_seq > self._sequence)
        return seen if condition is None else seen & as_sql(coded(condition))

    def search(
        self,
        weights: Mapping[Field, Mapping[str, float]],
        k: int,
        condition: Condition,
        told: Callable[[str], None] = lambda _: None,
    ) -> list[tuple[int, float]]:
        """The ``k`` best by the sum of weight times saturation; tells what proposed them.

        Of the articles with common words alone, only some are looked at where there are many.
        """
        heaviest = dict[str, float]()
        for field, mine in weights.items():
            for term, weight in mine.items():
                if weight > 0 and self._frequency(term)[LEXICAL_FIELDS.index(field)]:
                    heaviest[term] = max(weight, heaviest.get(term, 0.0))
        terms = sorted(heaviest, key=lambda term: (-heaviest[term], term))
        pks = self._proposed(terms, condition, told)
        if k <= 0 or not pks:
            return []
        held = self._fetch(pks)
        total = sum(
            (held.scores(field, mine, self._mean(field)) for field, mine in weights.items()),
            start=np.zeros(len(held.pks)),
        )
        order = np.lexsort((held.pks, -total))
        best = order[total[order] > 0][:k]
        return list(zip(held.pks[best].tolist(), total[best].tolist(), strict=True))

    def scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The weighted saturation of terms in a field, of those articles that hold any."""
        if not pks or not weights:
            return {}
        held = self._fetch(sorted(set(pks)))
        scores = held.scores(field, weights, self._mean(field))
        some = np.flatnonzero(scores)
        return dict(zip(held.pks[some].tolist(), scores[some].tolist(), strict=True))

    def holding(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each term those of the articles in which it stands."""
        if not pks:
            return {term: set() for term in terms}
        held = self._fetch(sorted(set(pks)))
        owners = {term: held.owners[held.words["term"] == code(term)] for term in terms}
        return {term: set(held.pks[rows].tolist()) for term, rows in owners.items()}

    def phrase(
        self, terms: Sequence[str], k: int, condition: Condition, fields: Sequence[Field]
    ) -> list[int]:
        """Articles in which terms stand one after the other, read from their texts."""
        if not terms:
            return []
        found: list[int] = []
        pks = sorted(self._holders(set(terms), condition, _MOST_HOLDERS, every=True))
        for chunk in chunks(pks):
            for pk, texts in sorted(self._texts(chunk).items()):
                if len(found) < k and any(_stand_in(terms, texts[field]) for field in fields):
                    found.append(pk)
        return found

    def document_frequency(self, term: str) -> int:
        """In how many articles a term stands, counted in the field where it does most."""
        return max(self._frequency(term))

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word as it is written with the number of articles it stands in."""
        return dict(self.counted(Counted.SPELLING))

    def counted(self, kind: Counted) -> Iterable[tuple[str, int]]:
        """Every value of a kind with its number."""
        number = func.sum(statistics.c.number)
        query = (
            select(func.min(statistics.c.value), number)
            .where(statistics.c.kind == int(kind), statistics.c.seq <= self._sequence)
            .group_by(statistics.c.key)
            .having(number > 0)
        )
        with self._database.read() as connection:
            return [(str(value), int(held)) for value, held in connection.execute(query)]

    @cached_property
    def _totals(self) -> dict[str, int]:
        return {**dict(self.counted(Counted.TOTAL)), **dict(self.counted(Counted.LENGTH))}

    def _mean(self, field: Field) -> float:
        articles = self._totals.get("articles", 0) + self._totals.get("stubs", 0)
        return self._totals.get(field.value, 0) / max(articles, 1)

    def _counted(self, term: str) -> tuple[int, ...]:
        """In how many articles a term stands, by field."""
        query = (
            select(statistics.c.kind, func.sum(statistics.c.number))
            .where(statistics.c.kind.in_([int(kind) for kind in _FREQUENCIES]))
            .where(statistics.c.key == code(term), statistics.c.seq <= self._sequence)
            .group_by(statistics.c.kind)
        )
        with self._database.read() as connection:
            held = {int(kind): int(number) for kind, number in connection.execute(query)}
        return tuple(held.get(int(_FIELD_OF[field]), 0) for field in LEXICAL_FIELDS)

    def _proposed(
        self, terms: Sequence[str], condition: Condition, told: Callable[[str], None]
    ) -> list[int]:
        """Articles with any of the terms, as the engine or else full text proposes them."""
        if self._engine is not None:
            # Where it does not answer, words are found all the same.
            with suppress(EngineUnavailableError, DamagedIndexError):
                pks = self._engine.propose(terms, condition, _MOST_CANDIDATES)
                told(WORDS_BY)
                return sorted({*pks, *self._set_aside(condition)}) if terms else []
        told(words_by(self._database))
        return self._candidates(terms, condition)

    def _set_aside(self, condition: Condition) -> list[int]:
        """Articles that the engine does not hold, for it refused them."""
        query = (
            select(documents.c.article_pk)
            .join(set_aside, set_aside.c.article_pk == documents.c.article_pk)
            .where(self.visible(condition))
        )
        with self._database.read() as connection:
            return list(connection.scalars(query))

    def _candidates(self, terms: Sequence[str], condition: Condition) -> list[int]:
        """Articles with any of the terms; with the weightiest ones where there are too many."""
        chosen: list[str] = []
        room = _MOST_CANDIDATES
        for term in terms:
            if chosen and room <= 0:
                break
            chosen.append(term)
            room -= max(self._frequency(term))
        return self._holders(chosen, condition, _MOST_CANDIDATES, every=False)

    def _holders(
        self, terms: Iterable[str], condition: Condition, most: int, *, every: bool
    ) -> list[int]:
        asked = sorted(set(terms))
        if not asked:
            return []
        with self._database.read() as connection:
            query = (
                select(documents.c.article_pk)
                .where(documents.c.article_pk.in_(holders(connection, asked, every=every)))
                .where(self.visible(condition))
                .order_by(documents.c.article_pk.desc())
                .limit(most)
            )
            return list(connection.scalars(query))


def _stand_in(terms: Sequence[str], text: str) -> bool:
    """Whether terms stand in a text one after the other."""
    held = [word.term for word in words(text)]
    return any(
        held[place : place + len(terms)] == list(terms)
        for place in range(len(held) - len(terms) + 1)
    )
