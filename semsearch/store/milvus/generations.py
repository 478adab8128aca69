"""Generations as rows of the catalog's database, with their vectors in Milvus.

A row of ``generations`` says a sequence number and which collection holds everything up to it. It
is written in the transaction that writes the words of what it adds, after Milvus has taken the
vectors; so a reader sees a generation whole or not at all, in any process.
"""

import json
import secrets
import time
from threading import Lock
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from semsearch.errors import DamagedIndexError, EngineUnavailableError, NoSuchIndexError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.search_schema import (
    create_search_tables,
    generations,
    geometries,
    set_aside,
)
from semsearch.store.generations import Generations, Keep, Manifest, learned_whitening
from semsearch.store.milvus.client import Milvus
from semsearch.store.milvus.documents import seen_in_milvus
from semsearch.store.milvus.generation_writer import (
    NAME_KEY,
    WORDS_KEY,
    MilvusWriter,
    index_of,
    keep_whitening,
    pauses,
    retire,
)
from semsearch.store.milvus.row_cache import RowCache
from semsearch.store.milvus.rows import words_collection
from semsearch.store.milvus.search_tables import articles_with_words
from semsearch.store.milvus.vectors import MilvusVectors
from semsearch.store.milvus.word_search import MILVUS_BM25, CatalogWords, MilvusProposer, full_text
from semsearch.store.snapshot import Snapshot
from semsearch.store.whitening import Whitening

_EXACT_UP_TO = 100_000  # passages that are all compared
_LITE_UP_TO = 1_000  # articles whose words Milvus Lite searches: it does so in Python
_TOO_SLOW = f"not used: Milvus Lite is slow beyond {_LITE_UP_TO:,} articles"
_EXACT_KINDS = ("flat", "Flat", "SQfp16")


class MilvusGenerations(Generations):
    """The generations of one index; see ``Generations`` for what the methods promise.

    Args:
        milvus: Where its vectors are.
        catalog: The truth, and where everything else is.
        kind: How vectors are indexed: exactly, or ``auto`` and others: so while there are few.
        keep: Which old generations stay.
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

    # --- reading --------------------------------------------------------------------------

    def current_number(self) -> int | None:
        """Number of the newest generation; None before the first."""
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
        """The generations that are kept, ascending."""
        with self._database.read() as connection:
            query = select(generations.c.number).order_by(generations.c.number)
            return list(connection.scalars(query))

    def published_at(self, number: int) -> float:
        """When a generation was shown first, in seconds since 1970."""
        return float(self._row(number).published_at)

    def capabilities(self) -> dict[str, str]:
        """What the server is, as far as it answers."""
        try:
            version = self.milvus.version()
        except EngineUnavailableError as error:
            version = error.message
        row = self._row(self.current_number() or 0)
        bm25 = "no: the collection was made without; semsearch rebuild tries again"
        if self._holds_words(row.collection):
            bm25 = "yes" if self._fast_enough(row.articles + row.stubs) else _TOO_SLOW
        return {
            "vectors": f"Milvus {version} at {self.milvus.place}, {self._kind}",
            "words": MILVUS_BM25 if bm25 == "yes" else full_text(self._database),
            "bm25": bm25,
        }

    def check(self, number: int) -> Manifest:
        """Count what Milvus holds of a generation."""
        row = self._row(number)
        seen = seen_in_milvus(row.sequence)
        passages = self.milvus.count(row.collection, seen, strong=True)
        if self._holds_words(row.collection):
            words = words_collection(row.collection)
            articles = self.milvus.count(words, f"{seen} and field == 0", strong=True)
            with_words = articles_with_words(self._database, row.sequence)
            if articles != with_words:
                raise DamagedIndexError(
                    f"{self.milvus.place} holds the words of {articles} articles of generation "
                    f"{number}, not {with_words}."
                )
        refused = [
            pk
            for pk, added, ended in self._catalog.lifetimes(self.refused())
            if added <= row.sequence and (ended is None or ended > row.sequence)
        ]
        expected = row.passages - self._catalog.passages_of(refused)
        if passages != expected:
            raise DamagedIndexError(
                f"{self.milvus.place} holds {passages} passages of generation {number}, "
                f"not {expected}."
            )
        return self.manifest(number)

    def manifest(self, number: int) -> Manifest:
        """What a generation says about itself."""
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

    def open(self, number: int) -> Snapshot:
        """A generation, opened for searching."""
        row = self._row(number)
        cache = self._row_cache(index_of(row.collection), json.loads(row.encoder)["dimension"])
        published_at = float(row.published_at)
        proposer = None
        if self._holds_words(row.collection) and self._fast_enough(row.articles + row.stubs):
            words = words_collection(row.collection)
            proposer = MilvusProposer(self.milvus, words, row.sequence, published_at)
        return Snapshot(
            generation=row.number,
            sequence=row.sequence,
            vectors=MilvusVectors(
                milvus=self.milvus,
                collection=row.collection,
                sequence=row.sequence,
                published_at=published_at,
                database=self._database,
                cache=cache,
                whitening=row.geometry,
            ),
            words=CatalogWords(self._catalog, row.sequence, cache, proposer),
            whitening=cache.whitening(row.geometry),
        )

    def _fast_enough(self, articles: int) -> bool:
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

    def _row_cache(self, name: str, dimension: int) -> RowCache:
        """What has been read of the index of that name; another one's is forgotten."""
        with self._lock:
            if self._cache is None or self._cache.name != name:
                self._cache = RowCache(self._catalog, name, dimension)
            return self._cache

    # --- publishing -----------------------------------------------------------------------

    def _publish(
        self, catalog: Catalog, encoder: dict[str, Any], base: Manifest | None, *, durable: bool
    ) -> Manifest:
        """Carry what is new to Milvus, in steps that become visible one by one.

        Where Milvus does not answer, the generation before stays and nothing is lost: the next
        time goes on from there.
        """
        del durable  # it always is
        self.create()
        row = None if base is None else self._row(base.generation)
        try:
            self.milvus.require()
            since = 0 if base is None else base.sequence
            for pause in pauses(catalog, since, catalog.sequence):
                row = self._advance(row, pause, encoder)
        except EngineUnavailableError:
            if row is None:
                raise
        else:
            self.tidy()
        return self.manifest(self.current_number() or 0)

    def rebuild(self, catalog: Catalog, encoder: dict[str, Any]) -> Manifest:
        """Derive everything from the catalog anew, in a collection beside the one that serves."""
        self.create()
        newest = self._advance(None, catalog.sequence, encoder).number
        with self._database.write() as connection:
            connection.execute(delete(generations).where(generations.c.number < newest))
        self.tidy()
        return self.manifest(newest)

    def adopt(self, whitening: Whitening) -> None:
        """Make similarities as another index does; before the first generation is published."""
        self.create()
        with self._database.write() as connection:
            keep_whitening(connection, 1, whitening)

    def succeed(self, number: int) -> None:
        """Keep the newest generation alone, under a number that comes after another index's.

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
        """Remove what no generation sees, such as collections of an index that was replaced."""
        retire(self.milvus, self._catalog, self._keep)

    def _advance(self, base: Row[Any] | None, until: int, encoder: dict[str, Any]) -> Row[Any]:
        """Publish one generation upon another or, without one, everything anew."""
        dimension = int(encoder["dimension"])
        number = (self.current_number() or 0) + 1
        if base is None:
            collection, words = self._new_collection(number, dimension)
        else:
            collection, words = base.collection, self._holds_words(base.collection)
        whitening = self._whitening(base, until, dimension)
        writer = MilvusWriter(self.milvus, self._catalog, collection, words, encoder)
        writer.write(number, base, until, whitening)
        if base is None:
            self.milvus.name(self._alias(), collection)
        return self._row(number)

    def _whitening(
        self, base: Row[Any] | None, until: int, dimension: int
    ) -> tuple[int, Whitening | None]:
        """Number of the whitening of the next generation; with it the whitening, if that is new.

        It is learned anew each time the archive has doubled, and when everything is.
        """
        if base is not None:
            cache = self._row_cache(self._alias(), dimension)
            counts = self._catalog.counts(until)
            if counts[False] + counts[True] < 2 * cache.whitening(base.geometry).leads:
                return int(base.geometry), None
        with self._database.read() as connection:
            newest = connection.scalar(select(func.max(geometries.c.number))) or 0
        if newest and self.current_number() is None:
            return newest, None  # adopted
        pks = self._catalog.pks_added(0, until)
        return newest + 1, learned_whitening(self._catalog, pks, dimension)

    def _alias(self) -> str:
        name = self._catalog.setting(NAME_KEY)
        if name is None:
            name = f"semsearch_{secrets.token_hex(6)}"
            self._catalog.write_setting(NAME_KEY, name)
        return name

    def _new_collection(self, number: int, dimension: int) -> tuple[str, bool]:
        """Make a collection of passages, and one of words beside it if that can be."""
        name = f"{self._alias()}_{number}"
        few = self._catalog.passage_count() <= _EXACT_UP_TO
        exact = self._kind in _EXACT_KINDS or (self._kind == "auto" and few)
        self.milvus.create(name, dimension, exact=exact)
        articles = len(self._catalog.pks_added(0, self._catalog.sequence))
        return name, self._fast_enough(articles) and self.milvus.create_words(
            words_collection(name)
        )
