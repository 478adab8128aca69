"""What a process has read of the articles of an index in Milvus, for as long as it is that index.

Versions of articles never change, so nothing that is kept is ever out of date. When another index
takes the place of one, with another model, keys mean other articles: it gets a shelf of its own.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from semsearch.errors import NoSuchIndexError
from semsearch.store.catalog.article_cache import ArticleCache
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.derived import documents, geometries
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.local.geometry import Geometry, geometry_from
from semsearch.store.milvus.snapshot import Caches

_CACHED_ARTICLES = 20_000
_OPEN_GEOMETRIES = 2


class Shelf:
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
        self._geometries: OrderedDict[int, tuple[Geometry, ArticleCache[NDArray[np.float32]]]]
        self._geometries = OrderedDict()
        self._lock = Lock()

    def geometry(self, number: int) -> Geometry:
        """One of its geometries.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        return self._geometry(number)[0]

    def caches(self, number: int) -> Caches:
        """What a state with a certain geometry reads articles through."""
        return Caches(self._rows, self._words, self._geometry(number)[1])

    def _geometry(self, number: int) -> tuple[Geometry, ArticleCache[NDArray[np.float32]]]:
        with self._lock:
            held = self._geometries.get(number)
        if held is None:
            with self._catalog.database.read() as connection:
                data = connection.scalar(
                    select(geometries.c.data).where(geometries.c.number == number)
                )
            if data is None:
                raise NoSuchIndexError("That generation is not kept.")
            geometry = geometry_from(data)
            read = partial(_lengths, geometry, self._rows)
            held = geometry, ArticleCache(read, _CACHED_ARTICLES)
        with self._lock:
            self._geometries[number] = held
            if len(self._geometries) > _OPEN_GEOMETRIES:
                self._geometries.popitem(last=False)
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
    geometry: Geometry, rows: ArticleCache[Any], pks: list[int]
) -> dict[int, NDArray[np.float32]]:
    return {pk: geometry.lengths(row.vectors) for pk, row in rows.get(pks).items()}
