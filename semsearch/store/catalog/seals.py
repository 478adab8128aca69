"""Checksums of what the catalog holds of an article, so that a flipped bit there is noticed.

A database checks its structure and not the values in it. Each version is sealed in the transaction
that writes it, with its passages and their vectors, and its sentences with theirs when they come.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Table, delete, exc, insert, select

from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.schema import articles, passages, seals, sentences, vectors

_CHANGES = "ended_seq"  # written later; an index repeats it
_PAGE = 500


class Part(IntEnum):
    """What a seal is of."""

    VERSION = 0  # the article with its passages and their vectors
    SENTENCES = 1


@dataclass(frozen=True, slots=True)
class Breach:
    """What a seal no longer fits."""

    pk: int
    part: Part


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking the seals found.

    Attributes:
        versions: How many versions of articles there are.
        unsealed: How many of them were written before there were seals.
        breaches: What changed since it was written.
    """

    versions: int
    unsealed: int
    breaches: tuple[Breach, ...]


def seal(connection: Connection, pks: Sequence[int], part: Part) -> None:
    """Seal what a transaction has just written about some versions."""
    for chunk in chunks(pks):
        unseal(connection, chunk, part)
        rows = [
            {"article_pk": pk, "part": part.value, "checksum": checksum}
            for pk, checksum in _checksums(connection, chunk, part).items()
        ]
        if rows:
            connection.execute(insert(seals), rows)


def sound(connection: Connection, pks: Sequence[int]) -> list[int]:
    """Those of some versions that fit their seals."""
    found: list[int] = []
    for chunk in chunks(pks):
        held = select(seals).where(
            seals.c.article_pk.in_(chunk), seals.c.part == Part.VERSION.value
        )
        sealed = {row.article_pk: row.checksum for row in connection.execute(held)}
        now = _readable_checksums(connection, chunk, Part.VERSION)
        found += [pk for pk in chunk if pk in sealed and sealed[pk] == now.get(pk)]
    return found


def unseal(connection: Connection, pks: Sequence[int], part: Part | None = None) -> None:
    """Remove seals of versions that are removed themselves, or sealed anew."""
    gone = delete(seals).where(seals.c.article_pk.in_(pks))
    connection.execute(gone if part is None else gone.where(seals.c.part == part.value))


def seal_all(connection: Connection) -> None:
    """Seal everything that is not, as it is now: for a catalog from before there were seals."""
    sealed = _sealed(connection)
    for part in Part:
        for pks in _pages(connection, part):
            seal(connection, [pk for pk in pks if (pk, part) not in sealed], part)


def check_seals(database: Database) -> Checked:
    """Compare everything with its seals, as it is at one moment; reads the whole catalog."""
    breaches: list[Breach] = []
    versions = unsealed = 0
    with database.read_at_once() as connection:
        sealed = _sealed(connection)
        for part in Part:
            for pks in _pages(connection, part):
                found = _readable_checksums(connection, pks, part)
                for pk in pks:
                    held = sealed.pop((pk, part), None)
                    versions += part is Part.VERSION
                    unsealed += part is Part.VERSION and held is None
                    if held is not None and held != found.get(pk):
                        breaches.append(Breach(pk, part))
    breaches += [Breach(pk, part) for pk, part in sorted(sealed)]  # sealed, and gone
    return Checked(versions, unsealed, tuple(breaches))


def _sealed(connection: Connection) -> dict[tuple[int, Part], bytes]:
    return {
        (row.article_pk, Part(row.part)): row.checksum
        for row in connection.execute(select(seals))
        if row.part in list(Part)
    }


def _pages(connection: Connection, part: Part) -> Iterator[list[int]]:
    """Keys of everything of a kind, ascending."""
    column = articles.c.pk if part is Part.VERSION else sentences.c.article_pk
    last = -1
    while True:
        query = select(column).where(column > last).distinct().order_by(column).limit(_PAGE)
        pks = list(connection.scalars(query))
        if not pks:
            return
        yield pks
        last = pks[-1]


def _readable_checksums(connection: Connection, pks: Sequence[int], part: Part) -> dict[int, bytes]:
    """Checksums of those versions whose values can be read at all."""
    try:
        return _checksums(connection, pks, part)
    except (ValueError, exc.OperationalError):  # no JSON, no UTF-8
        if len(pks) == 1:
            return {}
        return {
            pk: checksum
            for one in pks
            for pk, checksum in _readable_checksums(connection, [one], part).items()
        }


def _checksums(connection: Connection, pks: Sequence[int], part: Part) -> dict[int, bytes]:
    """Checksums, 16 bytes each, of those of some versions that are there."""
    texts: Mapping[int, bytes] = {}
    if part is Part.VERSION:
        rows = connection.execute(select(articles).where(articles.c.pk.in_(pks))).mappings()
        texts = {row["pk"]: _told(row) for row in rows}
    cut = _cut(connection, passages if part is Part.VERSION else sentences, pks)
    wanted: Collection[int] = texts if part is Part.VERSION else cut
    return {
        pk: hashlib.blake2b(texts.get(pk, b"") + cut.get(pk, b""), digest_size=16).digest()
        for pk in wanted
    }


def _told(row: Mapping[Any, Any]) -> bytes:
    values = {name: value for name, value in row.items() if name != _CHANGES}
    return json.dumps(values, sort_keys=True).encode() + b"\0"


def _cut(connection: Connection, table: Table, pks: Sequence[int]) -> dict[int, bytes]:
    """Passages or sentences with their vectors as bytes, by version."""
    query = (
        select(table, vectors.c.vector)
        .outerjoin(vectors, vectors.c.text_hash == table.c.text_hash)
        .where(table.c.article_pk.in_(pks))
        .order_by(table.c.article_pk, table.c.position)
    )
    found: dict[int, bytes] = {}
    for pk, group in groupby(connection.execute(query), lambda row: int(row.article_pk)):
        found[pk] = b"".join(
            repr((row.position, row.field, row.start, row.end, len(row.vector or b""))).encode()
            + row.text_hash
            + (row.vector or b"")
            for row in group
        )
    return found
