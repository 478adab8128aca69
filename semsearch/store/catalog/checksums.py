"""Verify the catalog: its structure, and checksums of what it holds of an article.

A database checks its structure and not the values in it. The checksum of each version is written
in the transaction that writes it, over its passages and their vectors, too, and that of its
sentences with theirs when they come.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Table, delete, exc, func, insert, select, text

from semsearch.store.catalog.database import Database, chunks, pages, select_in
from semsearch.store.catalog.rows import mentioned, spans_with_vectors
from semsearch.store.catalog.schema import articles, checksums, passages, sentences, vectors
from semsearch.store.catalog.statements import read_setting

_UNCHECKED = "ended_seq"  # written later; an index repeats it
_MAX_FAULTS = 20


class ChecksumKind(IntEnum):
    """What a checksum is of."""

    VERSION = 0  # the article with its passages and their vectors
    SENTENCES = 1


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A version of which something no longer has its checksum."""

    pk: int
    kind: ChecksumKind


@dataclass(frozen=True, slots=True)
class Verification:
    """What comparing everything with its checksums gave.

    Attributes:
        versions: How many versions of articles there are.
        unchecked: How many of them have no checksum: they were written before there were any.
        mismatches: What changed since it was written.
    """

    versions: int
    unchecked: int
    mismatches: tuple[Mismatch, ...]


def write_checksums(connection: Connection, pks: Sequence[int], kind: ChecksumKind) -> None:
    """Write the checksums of what a transaction has just written about some versions."""
    for chunk in chunks(pks):
        delete_checksums(connection, chunk, kind)
        rows = [
            {"article_pk": pk, "part": kind.value, "checksum": checksum}
            for pk, checksum in _computed(connection, chunk, kind).items()
        ]
        if rows:
            connection.execute(insert(checksums), rows)


def delete_checksums(
    connection: Connection, pks: Sequence[int], kind: ChecksumKind | None = None
) -> None:
    """Remove the checksums of versions that are removed themselves, or written anew."""
    gone = delete(checksums).where(checksums.c.article_pk.in_(pks))
    connection.execute(gone if kind is None else gone.where(checksums.c.part == kind.value))


def intact(connection: Connection, pks: Sequence[int]) -> list[int]:
    """Those of some versions that have their checksums."""
    query = select(checksums).where(checksums.c.part == ChecksumKind.VERSION.value)
    rows = select_in(connection, query, checksums.c.article_pk, pks)
    stored = {row.article_pk: row.checksum for row in rows}
    return [
        pk
        for chunk in chunks(pks)
        for pk, checksum in _computed_readable(connection, chunk, ChecksumKind.VERSION).items()
        if stored.get(pk) == checksum
    ]


def verify_checksums(database: Database) -> Verification:
    """Compare everything with its checksums, as it is at one moment; reads the whole catalog."""
    mismatches: list[Mismatch] = []
    versions = unchecked = 0
    with database.read_snapshot() as connection:
        stored = _stored(connection)
        for kind in ChecksumKind:
            for pks in _pages(connection, kind):
                computed = _computed_readable(connection, pks, kind)
                for pk in pks:
                    checksum = stored.pop((pk, kind), None)
                    versions += kind is ChecksumKind.VERSION
                    unchecked += kind is ChecksumKind.VERSION and checksum is None
                    if checksum is not None and checksum != computed.get(pk):
                        mismatches.append(Mismatch(pk, kind))
    mismatches += [Mismatch(pk, kind) for pk, kind in sorted(stored)]  # what they are of is gone
    return Verification(versions, unchecked, tuple(mismatches))


def structure_faults(database: Database) -> list[str]:
    """What the database finds wrong with its own file, at most 20 lines.

    A server looks after its files itself.

    Raises:
        DamagedIndexError, StorageError: It cannot even look.
    """
    if database.dialect != "sqlite":
        return []
    with database.read() as connection:
        lines = connection.scalars(text(f"PRAGMA integrity_check({_MAX_FAULTS})"))
        return [line for line in lines if line != "ok"]


def content_faults(database: Database) -> list[str]:
    """What cannot be, whatever was written."""
    faults = []
    with database.read() as connection:
        added, ended = connection.execute(
            select(func.max(articles.c.added_seq), func.max(articles.c.ended_seq))
        ).one()
        highest, last = max(added or 0, ended or 0), int(read_setting(connection, "sequence") or 0)
        if highest > last:
            faults.append(f"write {highest} is there, but the last is said to be {last}")
        bare = connection.scalar(
            select(func.count())
            .select_from(passages)
            .outerjoin(vectors, vectors.c.text_hash == passages.c.text_hash)
            .where(vectors.c.text_hash.is_(None))
        )
        if bare:
            faults.append(f"{bare} passages have no vector")
    return faults


def _stored(connection: Connection) -> dict[tuple[int, ChecksumKind], bytes]:
    return {
        (row.article_pk, ChecksumKind(row.part)): row.checksum
        for row in connection.execute(select(checksums))
        if row.part in list(ChecksumKind)
    }


def _pages(connection: Connection, kind: ChecksumKind) -> Iterator[list[int]]:
    """Keys of everything of a kind, ascending."""
    column = articles.c.pk if kind is ChecksumKind.VERSION else sentences.c.article_pk
    return pages(connection, column)


def _computed_readable(
    connection: Connection, pks: Sequence[int], kind: ChecksumKind
) -> dict[int, bytes]:
    """Checksums of those versions whose values can be read at all."""
    try:
        return _computed(connection, pks, kind)
    except (ValueError, exc.OperationalError):  # no JSON, no UTF-8
        if len(pks) == 1:
            return {}
        readable: dict[int, bytes] = {}
        for pk in pks:
            readable |= _computed_readable(connection, [pk], kind)
        return readable


def _computed(connection: Connection, pks: Sequence[int], kind: ChecksumKind) -> dict[int, bytes]:
    """Checksums, 16 bytes each, of those of some versions that are there."""
    texts: Mapping[int, bytes] = {}
    if kind is ChecksumKind.VERSION:
        query = select(articles).where(articles.c.pk.in_(pks))
        rows = connection.execute(query).mappings().all()
        said = mentioned(connection, (row["related"] for row in rows))
        texts = {row["pk"]: _text_bytes(row, said) for row in rows}
    spans = _span_bytes(connection, passages if kind is ChecksumKind.VERSION else sentences, pks)
    present: Collection[int] = texts if kind is ChecksumKind.VERSION else spans
    return {
        pk: hashlib.blake2b(texts.get(pk, b"") + spans.get(pk, b""), digest_size=16).digest()
        for pk in present
    }


def _text_bytes(row: Mapping[Any, Any], said: Mapping[int, Mapping[str, Any]]) -> bytes:
    """An article with what it says of others, the same however that is kept."""
    values = {name: value for name, value in row.items() if name != _UNCHECKED}
    values["related"] = [
        said.get(one) if isinstance(one, int) else one for one in values["related"]
    ]
    return json.dumps(values, sort_keys=True).encode() + b"\0"


def _span_bytes(connection: Connection, table: Table, pks: Sequence[int]) -> dict[int, bytes]:
    """Passages or sentences with their vectors as bytes, by version."""
    return {
        pk: b"".join(
            repr((row.position, row.field, row.start, row.end, len(row.vector or b""))).encode()
            + row.text_hash
            + (row.vector or b"")
            for row in rows
        )
        for pk, rows in spans_with_vectors(connection, table, pks, all_rows=True)
    }
