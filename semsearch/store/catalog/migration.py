"""Copy a catalog from one database into another, table by table.

Rows are copied in order of their keys, a page in each transaction, so a copy that was interrupted
goes on behind the last page. The settings come last: until they are there, the copy cannot be
opened. Both are then compared by the checksums of their rows.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.schema import (
    PAGE_SECRET,
    alert_reports,
    alerts,
    deliveries,
    feed_entries,
    feeds,
    files,
    meta,
    metadata,
    tombstones,
    watches,
)
from semsearch.store.catalog.statements import read_setting, write_setting
from semsearch.store.catalog.watches import JUDGED_UNTIL, REVISION

_PAGE = 1_000
_WATCHING = (watches, alerts, alert_reports, deliveries)
_COPYING = "copying"  # the setting of a copy that is not complete: what is copied
# Settings that are of one place, and are not copied.
_LOCAL_SETTINGS = (_COPYING, "collection", "replaced", "words")


@dataclass(frozen=True, slots=True)
class TableChecksum:
    """Rows of a table and the SHA-256 of all of them."""

    rows: int
    sha256: str


def copy_catalog(
    source: Database, target: Database, watch: Callable[[str, int, int], None]
) -> dict[str, TableChecksum]:
    """Copy what the target lacks, and compare everything.

    Nobody may write to either meanwhile.

    Returns:
        The checksum of every table.

    Raises:
        ConflictError: The target holds another catalog.
        DamagedIndexError: What was copied differs from the source.
    """
    settings = _settings(source)
    _begin(target, hashlib.sha256(json.dumps(settings).encode()).hexdigest())
    checksums: dict[str, TableChecksum] = {}
    for table in _tables(source):
        checksums[table.name] = checksum(source, table)
        _copy(source, target, table, watch, checksums[table.name].rows)
        if checksum(target, table) != checksums[table.name]:
            with target.write() as connection:
                connection.execute(delete(table))  # a part is of an older state: once more
            _copy(source, target, table, watch, checksums[table.name].rows)
            if checksum(target, table) != checksums[table.name]:
                raise DamagedIndexError(
                    f"What was copied of the table {table.name} differs.",
                    "Is anybody writing? Run it again.",
                )
    with target.write() as connection:
        if target.dialect == "postgresql":
            _continue_numbering(connection)
        for key, value in settings.items():
            if key not in _LOCAL_SETTINGS:
                write_setting(connection, key, value)
    return checksums


def copy_history(source: Database, target: Database) -> None:
    """Copy feeds, watches and alerts, what was deleted, read and skipped, and what signs tokens.

    It is what a new catalog with the same articles lacks, in one transaction. Its next write gets
    a larger number than any write of the old one.
    """
    old = _settings(source)
    with source.read() as reading, target.write() as writing:
        for table in (tombstones, files, feeds, feed_entries, *_WATCHING):
            if not inspect(reading).has_table(table.name):
                continue  # the catalog is older than it
            writing.execute(delete(table))
            for rows in chunks(reading.execute(select(table)).mappings()):
                writing.execute(insert(table), [dict(row) for row in rows])
        if target.dialect == "postgresql":
            _continue_numbering(writing)
        for key in ("skipped", PAGE_SECRET, REVISION):
            if key in old:
                write_setting(writing, key, old[key])
        last = max(int(old.get("sequence", 0)), int(read_setting(writing, "sequence") or 0))
        write_setting(writing, "sequence", str(last + 1))
        write_setting(writing, JUDGED_UNTIL, str(last + 1))  # the old index has judged them


def checksum(database: Database, table: Table) -> TableChecksum:
    """Rows in order of their keys, in a form that is the same in every database."""
    digest, rows = hashlib.sha256(), 0
    for page in _pages(database, table, None):
        for row in page:
            digest.update(
                json.dumps([_plain(value) for value in row.values()], sort_keys=True).encode()
            )
        rows += len(page)
    return TableChecksum(rows, digest.hexdigest())


def _tables(source: Database) -> list[Table]:
    """The tables that the source has, but for the settings."""
    with source.read() as connection:
        names = set(inspect(connection).get_table_names())
    return [table for table in metadata.sorted_tables if table.name in names and table is not meta]


def _settings(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.key: row.value for row in connection.execute(select(meta))}


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
            write_setting(connection, _COPYING, state)


def _copy(
    source: Database,
    target: Database,
    table: Table,
    watch: Callable[[str, int, int], None],
    total: int,
) -> None:
    key = list(table.primary_key.columns)
    with target.read() as connection:
        last = connection.execute(
            select(*key).order_by(*(column.desc() for column in key)).limit(1)
        ).first()
        done = connection.scalar(select(func.count()).select_from(table)) or 0
    for page in _pages(source, table, last):
        with target.write() as connection:
            connection.execute(insert(table), [dict(row) for row in page])
        done += len(page)
        watch(table.name, done, total)


def _pages(database: Database, table: Table, after: Row[Any] | None) -> Iterator[list[RowMapping]]:
    """The rows behind a key (None: all) in order of their keys, a page at a time."""
    key = list(table.primary_key.columns)
    last: tuple[Any, ...] | None = None if after is None else tuple(after)
    while True:
        query = select(table).order_by(*key).limit(_PAGE)
        if last is not None:
            query = query.where(tuple_(*key) > tuple_(*last, types=[column.type for column in key]))
        with database.read() as connection:
            page = list(connection.execute(query).mappings())
        if page:
            yield page
            last = tuple(page[-1][column.name] for column in key)
        if len(page) < _PAGE:
            return


def _continue_numbering(connection: Connection) -> None:
    """Let numbering go on behind the copied keys."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and column.name == "pk":
            newest = connection.scalar(select(func.max(column))) or 0
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, 'pk'), :next, false)"),
                {"table": table.name, "next": newest + 1},
            )


def _plain(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value
