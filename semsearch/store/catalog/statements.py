"""Statements that tables share: rows by number or by a key of two columns, and settings."""

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    select,
    text,
    update,
)

from semsearch.store.catalog.schema import meta


def insert_row(connection: Connection, table: Table, values: dict[str, object]) -> int:
    """Insert a row into a table that numbers its rows; its key."""
    # Values that stand beside the statement are not looked through to tell it from others.
    key = connection.execute(insert(table), values).inserted_primary_key
    return int(key[0]) if key is not None else 0


def delete_pairs(connection: Connection, table: Table, pairs: Iterable[tuple[int, int]]) -> None:
    """Delete rows of a table whose key has two columns, each by its whole key."""
    first, second = table.primary_key.columns
    mine = (first == bindparam("first"), second == bindparam("second"))
    rows = [{"first": one, "second": other} for one, other in sorted(pairs)]
    if rows:
        connection.execute(delete(table).where(*mine), rows)


def read_setting(connection: Connection, key: str) -> str | None:
    """A setting kept with the index."""
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def write_setting(connection: Connection, key: str, value: str) -> None:
    """Keep a setting with the index."""
    changed = connection.execute(update(meta).where(meta.c.key == key).values(value=value))
    if not changed.rowcount:
        connection.execute(insert(meta).values(key=key, value=value))


def make_setting(connection: Connection, key: str, value: str) -> str:
    """Keep a setting unless there is one; what is kept, whoever was first."""
    connection.execute(
        text("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING"),
        {"key": key, "value": value},
    )
    return read_setting(connection, key) or value


def next_sequence(connection: Connection) -> int:
    """Number this write; every later one has a larger number.

    Counting up comes first and locks the number until the transaction ends, so numbers are in
    the order of the commits, whoever else writes.
    """
    number = cast(cast(meta.c.value, BigInteger) + 1, Text)
    connection.execute(update(meta).where(meta.c.key == "sequence").values(value=number))
    return int(read_setting(connection, "sequence") or 0)
