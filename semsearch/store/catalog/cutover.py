"""Put a new catalog in the place of another one, in one transaction of the database.

In PostgreSQL the new catalog lies in a schema beside that of the old one, and its tables are
moved; in SQLite it is a file beside, and its rows are copied. Whoever reads sees the old catalog
or the new one, whole, and goes on with the same address.
"""

import time
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import Connection, exc, func, inspect, make_url, select, text

from semsearch.errors import (
    ConfigurationError,
    ConflictError,
    EngineUnavailableError,
    IndexLockedError,
)
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.schema import metadata
from semsearch.store.catalog.search_schema import create_search_tables, search_metadata
from semsearch.store.catalog.statements import write_setting

_SUFFIX = "_next"
_MARK = "A new index of semsearch, until reindex --switch"
_MAX_NAME_BYTES = 63  # PostgreSQL cuts longer ones off
_TIMEOUT = 60.0  # seconds to wait for those who read
_LOCK_MS = 100  # less than PostgreSQL waits before it looks for a deadlock and ends somebody
_PAUSE = 0.05

_TABLES = (
    *(table.name for table in (*metadata.sorted_tables, *search_metadata.sorted_tables)),
    "fulltext",
)


def staging_catalog(url: str) -> str:
    """Where a new catalog is built beside another: in PostgreSQL a schema, made if it is not there.

    Returns:
        Its URL; empty for a catalog that is a file or lies in the index folder: the new one then
        lies in a folder of its own.

    Raises:
        ConfigurationError: The schema's name is too long.
        ConflictError: Somebody else made a schema of that name.
        StorageError: It may not be made.
    """
    if not url or make_url(url).get_backend_name() == "sqlite":
        return ""
    database = Database(url)
    try:
        with database.write() as connection:
            name = f"{_schema(connection)}{_SUFFIX}"
            if len(name.encode()) > _MAX_NAME_BYTES:
                raise ConfigurationError(
                    f"A schema {name} cannot be made beside the catalog: its name is too long.",
                    "Rename the catalog's schema.",
                )
            _make_schema(connection, name)
            path = _quoted(name).replace("\\", "\\\\").replace(" ", "\\ ")
    finally:
        database.close()
    parsed = make_url(url)
    options = parsed.query.get("options", "")
    given = options if isinstance(options, str) else " ".join(options)
    staging = f"{given} -csearch_path={path}".strip()  # of two, the last one counts
    return parsed.update_query_dict({"options": staging}).render_as_string(hide_password=False)


def _make_schema(connection: Connection, name: str) -> None:
    """Make a schema and mark it as ours; one that bears the mark is used again."""
    comment = text(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"
    )
    row = connection.execute(comment, {"name": name}).first()
    quoted = _quoted(name)
    mark = f"COMMENT ON SCHEMA {quoted} IS '{_MARK}'"
    if row is None:
        _run(connection, f"CREATE SCHEMA {quoted}")
        _run(connection, mark)
    elif row[0] != _MARK:
        raise ConflictError(
            f"The schema {name} beside the catalog was not made by semsearch.",
            f"Rename it; if an earlier version began to reindex in it, mark it: {mark}",
        )


def replace_catalog(old: Database, new: Database, settings: Mapping[str, str]) -> None:
    """Put everything that a catalog holds in the place of what another one holds.

    Nobody may write to either. What the old one held is gone afterwards.

    Args:
        old: It keeps its address.
        new: In a schema of the same database or, of SQLite, a file; closed.
        settings: Kept with what it holds from then on.

    Raises:
        IndexLockedError: A transaction that does not end reads the old one; nothing was changed.
        StorageError: The database refused; nothing was changed.
    """
    if old.dialect == "sqlite":
        _copy_rows(old, new, settings)
        return
    with new.read() as connection:
        source = _schema(connection)
    new.close()
    until = time.monotonic() + _TIMEOUT
    while time.monotonic() < until:
        with suppress(EngineUnavailableError):  # somebody reads: nothing was changed
            _move_tables(old, source, settings)
            return
        time.sleep(_PAUSE)
    raise IndexLockedError(
        f"{old.place} is being read by a transaction that does not end.",
        "End it, or run it again later.",
    )


def _move_tables(old: Database, source: str, settings: Mapping[str, str]) -> None:
    with old.write() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_MS}"))
        target = _schema(connection)
        mine, theirs = _quoted(target), _quoted(source)
        tables = ", ".join(f"{mine}.{name}" for name in _our_tables(connection, target))
        _run(connection, f"DROP TABLE {tables}")
        for name in _our_tables(connection, source):
            _run(connection, f"ALTER TABLE {theirs}.{name} SET SCHEMA {mine}")
        with suppress(exc.InternalError), connection.begin_nested():  # kept if it is not empty
            _run(connection, f"DROP SCHEMA {theirs} RESTRICT")
        for key, value in settings.items():
            write_setting(connection, key, value)


def _copy_rows(old: Database, new: Database, settings: Mapping[str, str]) -> None:
    with new.read() as connection:
        path = connection.engine.url.database
        tables = _our_tables(connection, "main")
    new.close()
    with old.write() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ? AS beside", (path,))
        if "documents" in tables:
            create_search_tables(connection)
        for name in tables:
            key = "rowid, " if name == "fulltext" else ""
            columns = key + ", ".join(_columns(connection, name))
            connection.execute(text(f"DELETE FROM main.{name}"))  # noqa: S608 - our own names
            connection.execute(
                text(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM beside.{name}")  # noqa: S608
            )
        for key, value in settings.items():
            write_setting(connection, key, value)
    old.close()  # with the connection goes what it has attached


def _our_tables(connection: Connection, schema: str) -> list[str]:
    names = set(inspect(connection).get_table_names(schema=schema))
    return [name for name in _TABLES if name in names]


def _columns(connection: Connection, name: str) -> list[str]:
    columns = inspect(connection).get_columns(name, schema="main")
    return [f'"{column["name"]}"' for column in columns]


def _schema(connection: Connection) -> str:
    return str(connection.scalar(select(func.current_schema())))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _run(connection: Connection, statement: str) -> None:
    """A statement with names of any characters: nothing in it is a parameter."""
    connection.exec_driver_sql(statement.replace("%", "%%"))
