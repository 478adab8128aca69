"""Sentences of articles with their vectors, kept so that comparing encodes nothing."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from sqlalchemy import delete, insert, select

from semsearch.model.article import EMBEDDED, Passage
from semsearch.store.catalog.catalog import insert_vectors
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.rows import Half, StoredPassage, passage_from_row
from semsearch.store.catalog.schema import sentences, vectors
from semsearch.store.catalog.seals import Part, seal


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
        with self._database.read() as connection:
            for chunk in chunks(sorted(wanted)):
                held = sentences.c.article_pk.in_(chunk)
                wanted -= set(
                    connection.scalars(select(sentences.c.article_pk).where(held).distinct())
                )
        return sorted(wanted)

    def of(self, pks: Iterable[int]) -> dict[int, tuple[tuple[Passage, ...], Half]]:
        """Sentences in order with their vectors, of those versions that have them.

        The vectors are float16 of shape (sentences, dimension).
        """
        found: dict[int, tuple[tuple[Passage, ...], Half]] = {}
        with self._database.read() as connection:
            for chunk in chunks(pks):
                query = (
                    select(sentences, vectors.c.vector)
                    .join(vectors, vectors.c.text_hash == sentences.c.text_hash)
                    .where(sentences.c.article_pk.in_(chunk))
                    .order_by(sentences.c.article_pk, sentences.c.position)
                )
                for pk, group in groupby(
                    connection.execute(query).mappings(), lambda row: int(row["article_pk"])
                ):
                    rows = list(group)
                    data = b"".join(row["vector"] for row in rows)
                    matrix = np.frombuffer(data, np.float16).reshape(len(rows), -1)
                    found[pk] = tuple(passage_from_row(row) for row in rows), matrix
        return found

    def keep(
        self, held: Mapping[int, Sequence[StoredPassage]], missing: Mapping[bytes, Half]
    ) -> None:
        """Write the sentences of some versions in one transaction.

        Args:
            held: The sentences of each, in order.
            missing: Vectors of those texts that the catalog lacks.
        """
        rows = [
            {
                "article_pk": pk,
                "position": position,
                "field": EMBEDDED.index(stored.passage.field),
                "start": stored.passage.start,
                "end": stored.passage.end,
                "text_hash": stored.text_hash,
            }
            for pk, cut in held.items()
            for position, stored in enumerate(cut)
        ]
        with self._database.write() as connection:
            for chunk in chunks(held):
                connection.execute(delete(sentences).where(sentences.c.article_pk.in_(chunk)))
            insert_vectors(connection, missing)
            if rows:
                connection.execute(insert(sentences), rows)
            seal(connection, list(held), Part.SENTENCES)
