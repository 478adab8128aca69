"""Keep sketches of articles, and what pairs of articles are to each other.

Relations hold as long as both articles are current; readers see those that their generation had.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
)

from semsearch.model.filters import timestamp
from semsearch.store.catalog.database import Database, chunks, keyed, pages, select_in, select_keyed
from semsearch.store.catalog.schema import (
    articles,
    relations,
    sketched,
    sketches,
)
from semsearch.store.catalog.statements import (
    delete_pairs,
    read_setting,
)

SECONDS_A_DAY = 86_400
_PAIRS = select(
    relations.c.low_pk, relations.c.high_pk, relations.c.p_duplicate, relations.c.p_story
).where(relations.c.added_seq <= bindparam("at"))
_PAIRS_BELOW = keyed(_PAIRS, relations.c.low_pk)
_PAIRS_ABOVE = keyed(_PAIRS, relations.c.high_pk)
_MOMENTS = keyed(
    select(articles.c.pk, articles.c.added_seq, articles.c.ended_seq, articles.c.published),
    articles.c.pk,
)
COMMON = 100
"""A sketch key that so many articles hold says nothing. No more are kept, so that looking a key
up costs the same in an archive of any size."""


@dataclass(frozen=True, slots=True)
class Edge:
    """Two current versions, ``low < high``, and what they probably are, 0-1.

    Attributes:
        p_duplicate: That both are one text.
        p_story: That both report one event; at least ``p_duplicate``.
        first: The one that the other was made from, where that is known.
    """

    low: int
    high: int
    p_duplicate: float
    p_story: float
    first: int | None = None


class DatedPair(NamedTuple):
    """Two current versions, what they probably are (see ``Edge``), and how far apart in days.

    ``days`` is None where one has no date.
    """

    low: int
    high: int
    p_duplicate: float
    p_story: float
    days: float | None


class RelationStore:
    """Sketches of articles, and what pairs of them are; ``at`` is as ``Coverage`` has it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sharing(self, keys: Iterable[int], at: int | None = None) -> dict[int, list[int]]:
        """Versions by the sketch keys that they hold, in order of key; see ``COMMON``."""
        holders: dict[int, list[int]] = {}
        query = select(sketches).order_by(sketches.c.article_pk)
        with self._database.read() as connection:
            for key, pk in select_in(connection, query, sketches.c.key, keys):
                holders.setdefault(key, []).append(pk)
            rare = {key: pks for key, pks in holders.items() if len(pks) < COMMON}
            current = _current(connection, {pk for pks in rare.values() for pk in pks}, at)
        return {key: [pk for pk in pks if pk in current] for key, pks in rare.items()}

    def edges_of(
        self, pks: Iterable[int], at: int | None = None, *, p_duplicate: float = 0.0
    ) -> list[Edge]:
        """Relations of some versions with others, both current at a sequence number (None: now).

        In order of their keys, each once.
        """
        pks = list(pks)
        query = select(relations).where(relations.c.p_duplicate >= p_duplicate)
        if at is not None:
            query = query.where(relations.c.added_seq <= at)
        with self._database.read() as connection:
            edges = {
                (row.low_pk, row.high_pk): edge_from_row(row)
                for side in (relations.c.low_pk, relations.c.high_pk)
                for row in select_in(connection, query, side, pks)
            }
            current = _current(connection, {pk for pair in edges for pk in pair}, at)
        return [edges[pair] for pair in sorted(edges) if current.issuperset(pair)]

    def dated_pairs_of(self, pks: Iterable[int], at: int) -> list[DatedPair]:
        """What some versions and others probably are to each other, all current at a generation."""
        pks = list(pks)
        with self._database.read() as connection:
            pairs = {
                (low, high): (p_duplicate, p_story)
                for statement in (_PAIRS_BELOW, _PAIRS_ABOVE)
                for low, high, p_duplicate, p_story in select_keyed(
                    connection, statement, pks, at=at
                )
            }
            both = {pk for pair in pairs for pk in pair}
            moments = {
                pk: None if published is None else timestamp(datetime.fromisoformat(published))
                for pk, added, ended, published in select_keyed(connection, _MOMENTS, both)
                if added <= at and (ended is None or ended > at)
            }
        return [
            DatedPair(low, high, *probable, _days_apart(moments[low], moments[high]))
            for (low, high), probable in pairs.items()
            if low in moments and high in moments
        ]

    def write_sketches(self, keys_of: Mapping[int, Sequence[int]]) -> None:
        """Write the sketches of some versions, of common keys no more than tell that they are."""
        holders: dict[int, list[int]] = {}
        for pk, keys in keys_of.items():
            for key in dict.fromkeys(keys):
                holders.setdefault(key, []).append(pk)
        with self._database.write() as connection:
            delete_sketches(connection, keys_of)
            query = select(sketches.c.key, func.count().label("number")).group_by(sketches.c.key)
            stored = select_in(connection, query, sketches.c.key, holders)
            counts = {row.key: row.number for row in stored}
            rows = [
                (key, pk)
                for key, pks in holders.items()
                for pk in pks[: COMMON - counts.get(key, 0)]
            ]
            insert_sketches(connection, rows)

    def write_relations(self, edges: Iterable[Edge], pks: Iterable[int]) -> None:
        """Write what new versions are to others, in place of what was written about them."""
        with self._database.write() as connection:
            for chunk in chunks(pks):
                connection.execute(
                    delete(relations).where(
                        or_(relations.c.low_pk.in_(chunk), relations.c.high_pk.in_(chunk))
                    )
                )
            sequence = int(read_setting(connection, "sequence") or 0) + 1
            rows = [edge_values(edge, sequence) for edge in edges]
            if rows:
                connection.execute(insert(relations), rows)


def forget_relations(connection: Connection) -> None:
    """Remove all sketches and relations."""
    for table in (sketches, sketched, relations):
        connection.execute(delete(table))


def collect_relations(connection: Connection, pks: Sequence[int]) -> None:
    """Remove sketches and relations of versions that are removed themselves."""
    delete_sketches(connection, pks)
    for side in (relations.c.low_pk, relations.c.high_pk):
        connection.execute(delete(relations).where(side.in_(pks)))


def _days_apart(a: int | None, b: int | None) -> float | None:
    return None if a is None or b is None else abs(a - b) / SECONDS_A_DAY


def _current(connection: Connection, pks: Iterable[int], at: int | None) -> set[int]:
    """Those of some versions that are current.

    They are looked up by key alone: given more to go by, or joined with articles, a database may
    look through all that are current instead.
    """
    query = select(articles.c.pk, articles.c.added_seq, articles.c.ended_seq)
    return {
        row.pk
        for row in select_in(connection, query, articles.c.pk, pks)
        if (
            row.ended_seq is None
            if at is None
            else row.added_seq <= at and (row.ended_seq is None or row.ended_seq > at)
        )
    }


def edge_values(edge: Edge, sequence: int) -> dict[str, object]:
    """Column values of a relation found at a sequence number."""
    return {
        "low_pk": edge.low,
        "high_pk": edge.high,
        "added_seq": sequence,
        "p_duplicate": edge.p_duplicate,
        "p_story": edge.p_story,
        "first_pk": edge.first,
    }


def edge_from_row(row: Any) -> Edge:
    """A relation from a row."""
    return Edge(row.low_pk, row.high_pk, row.p_duplicate, row.p_story, row.first_pk)


# --- rows of sketches: by key, to be looked up; of a version together, to be removed with it ------


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
        held = {(key, pk) for pk, packed in rows for key in _unpacked_keys(packed)}
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
        {"article_pk": pk, "keys": _packed_keys([key for _, key in group])}
        for pk, group in groupby(sorted(rows), itemgetter(0))
    ]
    if held:
        connection.execute(insert(sketched), held)


def _packed_keys(keys: list[int]) -> bytes:
    """As many bytes for each key as the largest needs, and before them that number."""
    width = max(1, (max(keys).bit_length() + 7) // 8)
    return bytes([width]) + b"".join(key.to_bytes(width, "little") for key in keys)


def _unpacked_keys(packed: bytes) -> Iterator[int]:
    width = packed[0]
    for start in range(1, len(packed), width):
        yield int.from_bytes(packed[start : start + width], "little")
