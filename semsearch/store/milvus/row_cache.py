"""Row cache: what a process has read of the articles of an index in Milvus.

Versions of articles never change, so nothing that is kept is ever out of date. When another index
takes the place of one, with another model, keys mean other articles: it gets a cache of its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

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
        read: Gives the values of keys that are not cached; those that do not exist are missing.
        most: So many are kept.
    """

    def __init__(self, read: Callable[[list[int]], Mapping[int, T]], most: int) -> None:
        self._read = read
        self._most = most
        self._cached: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def get(self, pks: Iterable[int]) -> dict[int, T]:
        """The values of those that exist, in order of key."""
        keys = sorted(set(pks))
        with self._lock:
            values = {pk: self._cached[pk] for pk in keys if pk in self._cached}
        missing = [pk for pk in keys if pk not in values]
        if missing:
            values |= self._read(missing)
        with self._lock:
            for pk, value in values.items():
                self._cached[pk] = value
                self._cached.move_to_end(pk)
            while len(self._cached) > self._most:
                self._cached.popitem(last=False)
        return {pk: values[pk] for pk in keys if pk in values}


class RowCache:
    """Articles and whitenings of one index.

    Attributes:
        rows: Articles with their passages and vectors.
        words: Lengths of the fields of articles, and their terms, as ``documents`` holds them.
    """

    def __init__(self, catalog: Catalog, name: str, dimension: int) -> None:
        self.name = name
        self.rows = ArticleCache[SegmentRow](
            lambda pks: {row.pk: row for row in catalog.segment_rows(pks, dimension)},
            _CACHED_ARTICLES,
        )
        self.words = ArticleCache(self._read_words, _CACHED_ARTICLES)
        self._database = catalog.database
        self._whitenings: OrderedDict[int, tuple[Whitening, ArticleCache[NDArray[np.float32]]]]
        self._whitenings = OrderedDict()
        self._lock = Lock()

    def whitening(self, number: int) -> tuple[Whitening, ArticleCache[NDArray[np.float32]]]:
        """One of its whitenings, and the lengths that it gives the vectors of articles.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        with self._lock:
            cached = self._whitenings.get(number)
        if cached is None:
            query = select(geometries.c.data).where(geometries.c.number == number)
            with self._database.read() as connection:
                data = connection.scalar(query)
            if data is None:
                raise NoSuchIndexError("That generation is not kept.")
            whitening = Whitening.from_bytes(data)
            read = partial(self._read_lengths, whitening)
            cached = whitening, ArticleCache(read, _CACHED_ARTICLES)
        with self._lock:
            self._whitenings[number] = cached
            if len(self._whitenings) > _OPEN_WHITENINGS:
                self._whitenings.popitem(last=False)
        return cached

    def _read_words(self, pks: list[int]) -> dict[int, tuple[bytes, bytes]]:
        columns = (documents.c.article_pk, documents.c.lengths, documents.c.words)
        with self._database.read() as connection:
            return {
                row.article_pk: (row.lengths, row.words)
                for chunk in chunks(pks)
                for row in connection.execute(
                    select(*columns).where(documents.c.article_pk.in_(chunk))
                )
            }

    def _read_lengths(self, whitening: Whitening, pks: list[int]) -> dict[int, NDArray[np.float32]]:
        return {pk: whitening.lengths(row.vectors) for pk, row in self.rows.get(pks).items()}
