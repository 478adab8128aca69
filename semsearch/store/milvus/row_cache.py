"""Row cache: what a process has read of the articles of an index in Milvus.

Versions of articles never change, so nothing that is kept is ever out of date. When another index
takes the place of one, with another model, keys mean other articles: it gets a cache of its own.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from semsearch.errors import NoSuchIndexError
from semsearch.store.cache import Cache
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.catalog.search_schema import documents, geometries
from semsearch.store.whitening import Whitening

Lengths = NDArray[np.float32]

_CACHED_ARTICLES = 20_000
_OPEN_WHITENINGS = 2


class RowCache:
    """Articles and whitenings of one index; articles are given in order of key.

    ``name`` is that of the index.
    """

    def __init__(self, catalog: Catalog, name: str, dimension: int) -> None:
        self.name = name
        self._catalog = catalog
        self._dimension = dimension
        self._rows = Cache[int, SegmentRow](_CACHED_ARTICLES)
        self._words = Cache[int, tuple[bytes, bytes]](_CACHED_ARTICLES)
        self._lengths = Cache[tuple[int, int], Lengths](_OPEN_WHITENINGS * _CACHED_ARTICLES)
        self._whitenings = Cache[int, Whitening](_OPEN_WHITENINGS)

    def rows(self, pks: Iterable[int]) -> dict[int, SegmentRow]:
        """Articles with their passages and vectors."""

        def read(lacking: list[int]) -> dict[int, SegmentRow]:
            return {row.pk: row for row in self._catalog.segment_rows(lacking, self._dimension)}

        return self._rows.get(sorted(set(pks)), read)

    def words(self, pks: Iterable[int]) -> dict[int, tuple[bytes, bytes]]:
        """Lengths of the fields of articles, and their terms, as ``documents`` holds them."""
        query = select(documents.c.article_pk, documents.c.lengths, documents.c.words)

        def read(lacking: list[int]) -> dict[int, tuple[bytes, bytes]]:
            rows = self._catalog.database.select_in(query, documents.c.article_pk, lacking)
            return {pk: (lengths, words) for pk, lengths, words in rows}

        return self._words.get(sorted(set(pks)), read)

    def whitening(self, number: int) -> Whitening:
        """One of its whitenings.

        Raises:
            NoSuchIndexError: It is not kept.
        """
        return self._whitenings.one(number, lambda: self._read_whitening(number))

    def lengths(self, number: int, pks: Iterable[int]) -> dict[int, Lengths]:
        """The lengths that a whitening gives the vectors of articles."""

        def read(lacking: list[tuple[int, int]]) -> dict[tuple[int, int], Lengths]:
            whitening = self.whitening(number)
            rows = self.rows(pk for _, pk in lacking)
            return {(number, pk): whitening.lengths(row.vectors) for pk, row in rows.items()}

        keys = [(number, pk) for pk in sorted(set(pks))]
        return {pk: lengths for (_, pk), lengths in self._lengths.get(keys, read).items()}

    def _read_whitening(self, number: int) -> Whitening:
        query = select(geometries.c.data).where(geometries.c.number == number)
        with self._catalog.database.read() as connection:
            data = connection.scalar(query)
        if data is None:
            raise NoSuchIndexError("That generation is not kept.")
        return Whitening.from_bytes(data)
