"""Rows of sketches: by key, to be looked up, and of a version together, to be removed with it."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, delete, insert, select, text

from semsearch.store.catalog.database import chunks, pages, select_in
from semsearch.store.catalog.schema import articles, sketched, sketches
from semsearch.store.catalog.statements import delete_pairs


def insert_sketches(connection: Connection, rows: Iterable[tuple[int, int]]) -> None:
    """Write keys of sketches, each with its version, in the order in which they lie on the disk."""
    ordered = sorted(rows)
    if ordered:
        values = [{"key": key, "article_pk": pk} for key, pk in ordered]
        connection.execute(insert(sketches), values)
    _insert_keys(connection, ((pk, key) for key, pk in ordered))


def delete_sketches(connection: Connection, pks: Iterable[int]) -> None:
    """Remove the sketches of some versions."""
    for chunk in chunks(pks):
        rows = select_in(connection, select(sketched), sketched.c.article_pk, chunk)
        held = {(key, pk) for pk, packed in rows for key in _keys(packed)}
        delete_pairs(connection, sketches, held)
        connection.execute(delete(sketched).where(sketched.c.article_pk.in_(chunk)))


def rewrite_sketches(connection: Connection) -> None:
    """Write for a catalog of an older format, which has an index instead, what this one has."""
    query = select(sketches.c.article_pk, sketches.c.key)
    for pks in pages(connection, articles.c.pk):
        rows = select_in(connection, query, sketches.c.article_pk, pks)
        _insert_keys(connection, ((pk, key) for pk, key in rows))
    connection.execute(text("DROP INDEX IF EXISTS sketches_article"))


def _insert_keys(connection: Connection, rows: Iterable[tuple[int, int]]) -> None:
    """Write the keys of versions, given as pairs of version and key."""
    held = [
        {"article_pk": pk, "keys": _packed([key for _, key in group])}
        for pk, group in groupby(sorted(rows), itemgetter(0))
    ]
    if held:
        connection.execute(insert(sketched), held)


def _packed(keys: list[int]) -> bytes:
    """As many bytes for each key as the largest needs, and before them that number."""
    width = max(1, (max(keys).bit_length() + 7) // 8)
    return bytes([width]) + b"".join(key.to_bytes(width, "little") for key in keys)


def _keys(packed: bytes) -> Iterator[int]:
    width = packed[0]
    for start in range(1, len(packed), width):
        yield int.from_bytes(packed[start : start + width], "little")
