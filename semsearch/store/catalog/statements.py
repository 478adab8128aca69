"""Statements that more than one part of the catalog needs, within a transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Text, cast, delete, insert, select, update

from semsearch.store.catalog.schema import meta


def read_setting(connection: Connection, key: str) -> str | None:
    """A setting kept with the index."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def keep_setting(connection: Connection, key: str, value: str) -> None:
    """Keep a setting with the index."""
    changed = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(meta).values(key=key, value=value))


def next_sequence(connection: Connection) -> int:
    """Number this write; every later one has a larger number.

    Counting up comes first and locks the number until the transaction ends, so numbers are in
    the order of the commits, whoever else writes.
    """
    mine = meta.c.key == "sequence"
    number = cast(cast(meta.c.value, BigInteger) + 1, Text)
    connection.execute(update(meta).where(mine).values(value=number))
    return int(read_setting(connection, "sequence") or 0)


def replace_rows(
    connection: Connection, table: Any, key: str, rows: Sequence[dict[str, Any]]
) -> None:
    """Insert rows in place of those with the same keys."""
    for row in rows:
        connection.execute(delete(table).where(table.c[key] == row[key]))
    if rows:
        connection.execute(insert(table), list(rows))
