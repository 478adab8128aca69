"""Keep the sentences of articles with their vectors, so that comparing encodes nothing."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from sqlalchemy import delete, insert, select

from semsearch.model.article import Passage
from semsearch.store.catalog.catalog import insert_vectors
from semsearch.store.catalog.checksums import ChecksumKind, write_checksums
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.rows import (
    Float16Array,
    StoredPassage,
    passage_from_row,
    span_values,
    spans_with_vectors,
)
from semsearch.store.catalog.schema import sentences


def text_hash(text: str) -> bytes:
    """What the vector of a text is held under, 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


class SentenceStore:
    """The part of the catalog that holds sentences, by the key of an article's version.

    A version never changes and neither do its sentences; they go when it is removed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def lacking(self, pks: Iterable[int]) -> list[int]:
        """Those of some versions without sentences, ascending."""
        wanted = set(pks)
        query = select(sentences.c.article_pk).distinct()
        rows = self._database.select_in(query, sentences.c.article_pk, wanted)
        return sorted(wanted - {row.article_pk for row in rows})

    def of(self, pks: Iterable[int]) -> dict[int, tuple[tuple[Passage, ...], Float16Array]]:
        """Sentences in order with their vectors, of those versions that have them.

        The vectors are float16 of shape (sentences, dimension).
        """
        with self._database.read() as connection:
            return {
                pk: (
                    tuple(passage_from_row(row) for row in rows),
                    np.frombuffer(b"".join(row.vector for row in rows), np.float16).reshape(
                        len(rows), -1
                    ),
                )
                for pk, rows in spans_with_vectors(connection, sentences, pks)
            }

    def write(
        self, spans: Mapping[int, Sequence[StoredPassage]], missing: Mapping[bytes, Float16Array]
    ) -> None:
        """Write the sentences of some versions in one transaction.

        Args:
            spans: The sentences of each, in order.
            missing: Vectors of those texts that the catalog lacks.
        """
        rows = [row for pk, cut in spans.items() for row in span_values(pk, cut)]
        with self._database.write() as connection:
            for chunk in chunks(spans):
                connection.execute(delete(sentences).where(sentences.c.article_pk.in_(chunk)))
            insert_vectors(connection, missing)
            if rows:
                connection.execute(insert(sentences), rows)
            write_checksums(connection, list(spans), ChecksumKind.SENTENCES)
