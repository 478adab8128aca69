"""What a process has read of the articles of an index in Milvus, for as long as it is that index.

Versions of articles never change, so nothing that is kept is ever out of date. When another index
takes the place of one, with another model, keys mean other articles: it gets a cache of its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from semsearch.errors import NoSuchIndexError
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.catalog.search_schema import documents, geometries
from semsearch.store.whitening import Whitening

T = TypeVar("T")

_CACHED_ARTICLES = 20_000
_OPEN_WHITENINGS = 2


class ArticleCache(Generic[T]):
    """Values by the keys of articles, the most recently asked ones; safe to use from threads.

    Args:
        read: Gives the values of keys that are not held; those that do not exist are missing.
        most: So many are kept.
    """

    def __init__(self, read: Callable[[list[int]], Mapping[int, T]], most: int) -> None:
        self._read = read
        self._most = most
        self._held: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def get(self, pks: Iterable[int]) -> dict[int, T]:
        """The values of those that exist, in order of key."""
        wanted = sorted(set(pks))
        with self._lock:
            found = {pk: self._held[pk] for pk in wanted if pk in self._held}
        missing = [pk for pk in wanted if pk not in found]
        if missing:
            found |= self._read(missing)
        with self._lock:
            for pk, value in found.items():
                self._held[pk] = value
                self._held.move_to_end(pk)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return {pk: found[pk] for pk in wanted if pk in found}


@dataclass(frozen=True, slots=True)
class Caches:
    """What is known of articles across generations; ``lengths`` belongs to one whitening."""

    rows: ArticleCache[SegmentRow]
    words: ArticleCache[tuple[bytes, bytes]]
    lengths: ArticleCache[NDArray[np.float32]]


class RowCache:
    """Articles and geometries of one index.

    Args:
        catalog: Where they are read.
        name: Of the index among all in its Milvus.
        dimension: Of its vectors.
    """

    def __init__(self, catalog: Catalog, name: str, dimension: int) -> None:
        self.name = name
        self._catalog = catalog
        self._rows = ArticleCache[SegmentRow](
            lambda pks: {row.pk: row for row in catalog.segment_rows(pks, dimension)},
            _CACHED_ARTICLES,
        )
        self._words = ArticleCache(self._read_words, _CACHED_ARTICLES)
        self._whitenings: OrderedDict[int, tuple[Whitening, ArticleCache[NDArray[np.float32]]]]
        self._whitenings = OrderedDict()
        self._lock = Lock()

    def whitening(self, number: int) -> Whitening:
        """One of its geometries.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        return self._whitening(number)[0]

    def caches(self, number: int) -> Caches:
        """What a state with a certain whitening reads articles through."""
        return Caches(self._rows, self._words, self._whitening(number)[1])

    def _whitening(self, number: int) -> tuple[Whitening, ArticleCache[NDArray[np.float32]]]:
        with self._lock:
            held = self._whitenings.get(number)
        if held is None:
            with self._catalog.database.read() as connection:
                data = connection.scalar(
                    select(geometries.c.data).where(geometries.c.number == number)
                )
            if data is None:
                raise NoSuchIndexError("That generation is not kept.")
            whitening = Whitening.from_bytes(data)
            read = partial(_lengths, whitening, self._rows)
            held = whitening, ArticleCache(read, _CACHED_ARTICLES)
        with self._lock:
            self._whitenings[number] = held
            if len(self._whitenings) > _OPEN_WHITENINGS:
                self._whitenings.popitem(last=False)
        return held

    def _read_words(self, pks: list[int]) -> Mapping[int, tuple[bytes, bytes]]:
        columns = (documents.c.article_pk, documents.c.lengths, documents.c.words)
        with self._catalog.database.read() as connection:
            return {
                row.article_pk: (row.lengths, row.words)
                for chunk in chunks(pks)
                for row in connection.execute(
                    select(*columns).where(documents.c.article_pk.in_(chunk))
                )
            }


def _lengths(
    whitening: Whitening, rows: ArticleCache[Any], pks: list[int]
) -> dict[int, NDArray[np.float32]]:
    return {pk: whitening.lengths(row.vectors) for pk, row in rows.get(pks).items()}
