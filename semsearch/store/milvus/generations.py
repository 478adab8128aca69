"""Published states of an index in Milvus, noted in the catalog's database.

A state is a row of ``generations``: a sequence number and the collection that holds everything up
to it. The row is written in the transaction that writes the words of what it adds, after Milvus
has taken the vectors; so a reader sees a state whole or not at all, in any process.
"""

import json
import secrets
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from semsearch.errors import DamagedIndexError, EngineUnavailableError, NoSuchIndexError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import write_setting
from semsearch.store.catalog.search_schema import (
    create_search_tables,
    generations,
    geometries,
    set_aside,
)
from semsearch.store.local.generations import Keep
from semsearch.store.manifest import Manifest
from semsearch.store.milvus import outbox
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.outbox import Step
from semsearch.store.milvus.retiring import NAME_KEY, index_of, retire
from semsearch.store.milvus.row_cache import RowCache
from semsearch.store.milvus.snapshot import MilvusSnapshot
from semsearch.store.milvus.word_search import words_by
from semsearch.store.milvus.words import WORDS_BY, WORDS_KEY, MilvusWords, words_of
from semsearch.store.whitening import MAX_LEADS, Whitening

_STEP = 2_000  # versions that become visible together at most, but for those of one write
_EXACT_UP_TO = 100_000  # passages that are all compared
_LITE_UP_TO = 1_000  # articles whose words Milvus Lite searches: it does so in Python
_TOO_SLOW = f"not used: Milvus Lite is slow beyond {_LITE_UP_TO:,} articles"
_EXACT_KINDS = ("flat", "Flat", "SQfp16")


@dataclass(frozen=True, slots=True)
class _Base:
    """What a step builds upon."""

    number: int
    sequence: int
    collection: str
    geometry: int
    passages: int


_NOTHING = _Base(0, 0, "", 0, 0)


class MilvusGenerations:
    """The states of one index.

    Args:
        milvus: Where its vectors are.
        catalog: The truth, and where everything else is.
        kind: How vectors are indexed: exactly, or ``auto`` and others: so while there are few.
        keep: Which old states stay.
    """

    def __init__(self, milvus: Milvus, catalog: Catalog, kind: str, keep: Keep = Keep()) -> None:
        self.milvus = milvus
        self._catalog = catalog
        self._database = catalog.database
        self._kind = kind
        self._keep = keep
        self._cache: RowCache | None = None
        self._lock = Lock()

    def create(self) -> None:
        """Make the tables where they are missing."""
        with self._database.write() as connection:
            create_search_tables(connection)

    def close(self) -> None:
        """Give back the connection to Milvus."""
        self.milvus.close()

    def drop(self) -> None:
        """Remove all vectors from Milvus; ``rebuild`` makes them again."""
        for name in self.milvus.collections():
            if index_of(name) == self._alias():
                self.milvus.drop(name)

    # --- reading --------------------------------------------------------------------------

    def current_number(self) -> int | None:
        """Number of the newest state; None before the first."""
        try:
            with self._database.read() as connection:
                newest: int | None = connection.scalar(select(func.max(generations.c.number)))
        except DamagedIndexError:
            if self._database.has(generations.name):
                raise
            return None  # the catalog has served files until now
        return newest

    def place(self) -> str:
        """The name of the index in Milvus: another one as soon as another took its place."""
        return self._catalog.setting(NAME_KEY) or ""

    def numbers(self) -> list[int]:
        """The states that are kept, ascending."""
        with self._database.read() as connection:
            query = select(generations.c.number).order_by(generations.c.number)
            return list(connection.scalars(query))

    def published_at(self, number: int) -> float:
        """When a state was shown first, in seconds since 1970."""
        return float(self._row(number).published_at)

    def sizes(self, number: int) -> dict[str, int]:
        """Servers keep that to themselves."""
        del number
        return {}

    def capabilities(self) -> dict[str, str]:
        """What the server is, as far as it answers."""
        try:
            version = self.milvus.version()
        except EngineUnavailableError as error:
            version = error.message
        row = self._row(self.current_number() or 0)
        bm25 = "no: the collection was made without; semsearch rebuild tries again"
        if self._holds_words(row.collection):
            bm25 = "yes" if self._worth(row.articles + row.stubs) else _TOO_SLOW
        return {
            "vectors": f"Milvus {version} at {self.milvus.place}, {self._kind}",
            "words": WORDS_BY if bm25 == "yes" else words_by(self._database),
            "bm25": bm25,
        }

    def check(self, number: int) -> Manifest:
        """Count what Milvus holds of a state.

        Raises:
            DamagedIndexError: It is not as much as was written.
        """
        row = self._row(number)
        seen = f"added <= {row.sequence} and ended > {row.sequence}"
        held = self.milvus.count(row.collection, seen, strong=True)
        self._check_words(row, seen)
        refused = [
            pk
            for pk, added, ended in self._catalog.spans(self.refused())
            if added <= row.sequence and (ended is None or ended > row.sequence)
        ]
        wanted = row.passages - self._catalog.passages_of(refused)
        if held != wanted:
            raise DamagedIndexError(
                f"{self.milvus.place} holds {held} passages of generation {number}, not {wanted}."
            )
        return self.manifest(number)

    def _check_words(self, row: Row[Any], seen: str) -> None:
        """Count the articles whose words Milvus holds, where it does."""
        if not self._holds_words(row.collection):
            return
        held = self.milvus.count(words_of(row.collection), f"{seen} and field == 0", strong=True)
        wanted = outbox.worded(self._database, row.sequence)
        if held != wanted:
            raise DamagedIndexError(
                f"{self.milvus.place} holds the words of {held} articles of generation "
                f"{row.number}, not {wanted}."
            )

    def manifest(self, number: int) -> Manifest:
        """What a state says about itself.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        row = self._row(number)
        return Manifest(
            generation=row.number,
            sequence=row.sequence,
            encoder=json.loads(row.encoder),
            vectors=f"{self.milvus.place} {row.collection}",
            articles=row.articles,
            stubs=row.stubs,
            passages=row.passages,
            segments=(),
            files={},
        )

    def open(self, number: int) -> MilvusSnapshot:
        """A state, opened for searching.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        row = self._row(number)
        dimension = int(json.loads(row.encoder)["dimension"])
        cache = self._cache_of(index_of(row.collection), dimension)
        return MilvusSnapshot(
            generation=row.number,
            sequence=row.sequence,
            collection=row.collection,
            published_at=float(row.published_at),
            milvus=self.milvus,
            catalog=self._catalog,
            whitening=cache.whitening(row.geometry),
            caches=cache.caches(row.geometry),
            words=MilvusWords(self.milvus, row.collection, row.sequence, float(row.published_at))
            if self._holds_words(row.collection) and self._worth(row.articles + row.stubs)
            else None,
        )

    def _worth(self, articles: int) -> bool:
        """Whether BM25 of Milvus is fast enough for so many."""
        return not self.milvus.in_a_file or articles <= _LITE_UP_TO

    def _holds_words(self, collection: str) -> bool:
        """Whether Milvus holds the words of what lies in a collection."""
        return self._catalog.setting(WORDS_KEY) == collection

    def refused(self) -> dict[int, str]:
        """Articles that Milvus does not take, by key, with the reason."""
        with self._database.read() as connection:
            return {row.article_pk: row.reason for row in connection.execute(select(set_aside))}

    def _row(self, number: int) -> Row[Any]:
        with self._database.read() as connection:
            row = connection.execute(
                select(generations).where(generations.c.number == number)
            ).first()
        if row is None:
            raise NoSuchIndexError(f"Generation {number} is not kept.")
        return row

    def _cache_of(self, name: str, dimension: int) -> RowCache:
        """What has been read of the index of that name; another one's is forgotten."""
        with self._lock:
            if self._cache is None or self._cache.name != name:
                self._cache = RowCache(self._catalog, name, dimension)
            return self._cache

    # --- publishing -----------------------------------------------------------------------

    def publish(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Carry what the catalog holds to Milvus, in steps that become visible one by one.

        Where Milvus does not answer, the state before stays and nothing is lost: the next time
        goes on from there.

        Raises:
            EngineUnavailableError: It does not answer, and there is no state before.
        """
        self.create()
        number = self.current_number()
        base = _NOTHING if number is None else self._base(number)
        since, until = base.sequence, catalog.sequence
        if number is not None and since == until:
            return self.manifest(number)
        try:
            self.milvus.require()
            for pause in outbox.steps(catalog, since, until, _STEP):
                base = self._advance(base, pause, encoder)
        except EngineUnavailableError:
            if base.number == 0:
                raise
        else:
            retire(self.milvus, self._catalog, self._keep)
        return self.manifest(base.number)

    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive everything from the catalog anew, in a collection beside the one that serves."""
        self.create()
        before = self.current_number() or 0
        base = self._advance(_Base(before, 0, "", 0, 0), catalog.sequence, encoder)
        with self._database.write() as connection:
            connection.execute(delete(generations).where(generations.c.number < base.number))
        retire(self.milvus, self._catalog, self._keep)
        return self.manifest(base.number)

    def adopt(self, whitening: Whitening) -> None:
        """Make similarities as another index does; before the first state is published."""
        self.create()
        with self._database.write() as connection:
            _keep_whitening(connection, 1, whitening)

    def succeed(self, number: int) -> None:
        """Keep the newest state alone, under a number that comes after another index's.

        Raises:
            NoSuchIndexError: There is none.
        """
        newest = self._row(self.current_number() or 0).number
        with self._database.write() as connection:
            connection.execute(delete(generations).where(generations.c.number != newest))
            connection.execute(
                update(generations).values(number=number + 1, published_at=int(time.time()) + 1)
            )

    def tidy(self) -> None:
        """Remove what no state sees, such as collections of an index that was replaced."""
        retire(self.milvus, self._catalog, self._keep)

    def _base(self, number: int) -> _Base:
        row = self._row(number)
        return _Base(row.number, row.sequence, row.collection, row.geometry, row.passages)

    def _advance(self, base: _Base, until: int, encoder: dict[str, Any]) -> _Base:
        """One step: to Milvus first, then everything else in one transaction."""
        dimension = int(encoder["dimension"])
        added = self._catalog.pks_added(base.sequence, until)
        anew = not base.collection
        ended = [] if anew else self._catalog.pks_ended(base.sequence, until)
        step = Step(base.sequence, until, added, ended)
        if anew:
            collection = self._new_collection(base.number + 1, dimension)
            few = self._worth(len(self._catalog.pks_added(0, self._catalog.sequence)))
            words = few and self.milvus.create_words(words_of(collection))
        else:
            collection, words = base.collection, self._holds_words(base.collection)
        sent = outbox.send(self.milvus, collection, self._catalog, step, dimension, words=words)
        if anew:
            for name in (collection, words_of(collection))[: 1 + words]:
                self.milvus.wait_for_index(name)
        counts = self._catalog.counts(until)
        leads = counts[False] + counts[True]
        number, learned = self._learned(base, leads, until, dimension)
        with self._database.write() as connection:
            if anew:
                outbox.forget_everything(connection)
                write_setting(connection, WORDS_KEY, collection if words else "")
            outbox.keep(connection, self._catalog, step, sent)
            if learned is not None:
                _keep_whitening(connection, number, learned)
            connection.execute(
                insert(generations).values(
                    number=base.number + 1,
                    sequence=until,
                    collection=collection,
                    geometry=number,
                    encoder=json.dumps(encoder),
                    articles=counts[False],
                    stubs=counts[True],
                    passages=base.passages + sent.passages,
                    published_at=int(time.time()) + 1,
                )
            )
        if anew:
            self.milvus.name(self._alias(), collection)
        return self._base(base.number + 1)

    def _learned(
        self, base: _Base, leads: int, until: int, dimension: int
    ) -> tuple[int, Whitening | None]:
        """Number of the whitening of the next state; with it the whitening, if that is new.

        It is learned anew each time the archive has doubled, and when everything is.
        """
        with self._database.read() as connection:
            newest = connection.scalar(select(func.max(geometries.c.number))) or 0
        if base.geometry == 0 and base.number == 0 and newest:
            return newest, None  # adopted
        if base.geometry:
            cache = self._cache_of(self._alias(), dimension)
            if leads < 2 * cache.whitening(base.geometry).leads:
                return base.geometry, None
        pks = self._catalog.pks_added(0, until)
        step = max(1, -(-len(pks) // MAX_LEADS))
        return newest + 1, Whitening.learned(
            self._catalog.lead_vectors(pks[::step], dimension), dimension
        )

    def _alias(self) -> str:
        name = self._catalog.setting(NAME_KEY)
        if name is None:
            name = f"semsearch_{secrets.token_hex(6)}"
            self._catalog.write_setting(NAME_KEY, name)
        return name

    def _new_collection(self, number: int, dimension: int) -> str:
        name = f"{self._alias()}_{number}"
        few = self._catalog.passage_count() <= _EXACT_UP_TO
        exact = self._kind in _EXACT_KINDS or (self._kind == "auto" and few)
        self.milvus.create(name, dimension, exact=exact)
        return name


def _keep_whitening(connection: Connection, number: int, whitening: Whitening) -> None:
    connection.execute(delete(geometries).where(geometries.c.number == number))
    connection.execute(insert(geometries).values(number=number, data=whitening.to_bytes()))
