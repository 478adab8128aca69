"""A catalog, copied from one database into another, table by table.

Rows are copied in order of their keys, a page in each transaction, so a copy that was interrupted
goes on behind the last page. The settings come last: until they are there, the copy cannot be
opened. Both are then compared by the checksums of their rows.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    RowMapping,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    tuple_,
)

from semsearch.errors import ConflictError, DamagedIndexError
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.schema import meta, metadata
from semsearch.store.catalog.statements import keep_setting, read_setting

_PAGE = 1_000
_COPYING = "copying"  # the setting of a copy that is not complete: what is copied
# Settings that are of one place, and are not copied.
_OWN = (_COPYING, "collection", "replaced", "words")

Watch = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows of a table and the SHA-256 of all of them."""

    rows: int
    sha256: str


def copy_catalog(source: Database, target: Database, watch: Watch) -> dict[str, Sum]:
    """Copy what the target lacks, and compare everything.

    Nobody may write to either meanwhile.

    Args:
        source: A whole catalog.
        target: An empty database, or one with a copy that was interrupted.
        watch: Told the table, rows done and all rows.

    Returns:
        The checksum of every table.

    Raises:
        ConflictError: The target holds another catalog.
        DamagedIndexError: What was copied differs from the source.
    """
    with source.read() as connection:
        state = json.dumps({row.key: row.value for row in connection.execute(select(meta))})
    _begin(target, hashlib.sha256(state.encode()).hexdigest())
    sums: dict[str, Sum] = {}
    for table in _tables(source):
        told = partial(_tell, watch, table.name, _count(source, table))
        _copy(source, target, table, told)
        sums[table.name] = checksum(source, table)
        if checksum(target, table) != sums[table.name]:
            with target.write() as connection:
                connection.execute(delete(table))  # a part is of an older state: once more
            _copy(source, target, table, told)
            if checksum(target, table) != sums[table.name]:
                raise DamagedIndexError(
                    f"What was copied of the table {table.name} differs.",
                    "Is anybody writing? Run it again.",
                )
    _finish(source, target)
    return sums


def checksum(database: Database, table: Table) -> Sum:
    """Rows in order of their keys, in a form that is the same in every database."""
    digest, rows = hashlib.sha256(), 0
    for page in _pages(database, table, None):
        for row in page:
            digest.update(
                json.dumps([_plain(value) for value in row.values()], sort_keys=True).encode()
            )
        rows += len(page)
    return Sum(rows, digest.hexdigest())


def _tables(source: Database) -> list[Table]:
    """The tables that the source has, but for the settings."""
    with source.read() as connection:
        held = set(inspect(connection).get_table_names())
    return [table for table in metadata.sorted_tables if table.name in held and table is not meta]


def _begin(target: Database, state: str) -> None:
    with target.write() as connection:
        metadata.create_all(connection)
        if read_setting(connection, "format") is not None:
            if read_setting(connection, _COPYING) == state:
                return  # complete; compared once more
            raise ConflictError(
                f"There is a catalog in {target.place} already.", "Name an empty place."
            )
        if read_setting(connection, _COPYING) != state:  # of another state, or nothing yet
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            keep_setting(connection, _COPYING, state)


def _copy(source: Database, target: Database, table: Table, watch: Callable[[int], None]) -> None:
    key = list(table.primary_key.columns)
    with target.read() as connection:
        last = connection.execute(
            select(*key).order_by(*(column.desc() for column in key)).limit(1)
        ).first()
    done = _count(target, table)
    for page in _pages(source, table, last):
        with target.write() as connection:
            connection.execute(insert(table), [dict(row) for row in page])
        done += len(page)
        watch(done)


def _pages(database: Database, table: Table, after: Row[Any] | None) -> Iterator[list[RowMapping]]:
    """The rows behind a key (None: all) in order of their keys, a page at a time."""
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None if after is None else tuple(after)
    while True:
        query = select(table).order_by(*key).limit(_PAGE)
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last, types=[one.type for one in key]))
        with database.read() as connection:
            page = list(connection.execute(query).mappings())
        if page:
            yield page
            last = tuple(page[-1][column.name] for column in key)
        if len(page) < _PAGE:
            return


def _count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def _finish(source: Database, target: Database) -> None:
    """Let numbering go on behind the copied keys, then the settings."""
    with source.read() as connection:
        settings = {row.key: row.value for row in connection.execute(select(meta))}
    with target.write() as connection:
        if target.dialect == "postgresql":
            _number_on(connection)
        for key, value in settings.items():
            if key not in _OWN:
                keep_setting(connection, key, value)


def _number_on(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and column.name == "pk":
            newest = connection.scalar(select(func.max(column))) or 0
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, 'pk'), :next, false)"),
                {"table": table.name, "next": newest + 1},
            )


def _tell(watch: Watch, table: str, total: int, done: int) -> None:
    watch(table, done, total)


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
