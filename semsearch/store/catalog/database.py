"""Connect to the catalog's database, read some keys at a time, and translate its errors.

SQLite and PostgreSQL are spoken to in the same statements. What they disagree on is settled here,
in ``schema`` and in ``packing``: errors, durability, and how one writer at a time is kept.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple
from urllib.parse import quote

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    Table,
    bindparam,
    create_engine,
    event,
    exc,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.pool import NullPool

from semsearch.errors import (
    ClosedIndexError,
    ConfigurationError,
    DamagedIndexError,
    EngineUnavailableError,
    IndexLockedError,
    SemsearchError,
    StorageError,
)
from semsearch.store.catalog.packing import UnpackError
from semsearch.store.files import is_writable

_CHUNK = 500  # keys of one statement: SQLite takes 32,766 parameters, others fewer
_KEYS = "keys"
_WRITER = 736_701  # the advisory lock of the one writer; a number that others hardly use
_RETRY_SECONDS = 0.1  # between two attempts to get it
_CONNECT_SECONDS = 5
_FREE_SHARE = 0.25  # of a file from which on it is written anew
_BUSY = ("53300", "40P01", "55P03")  # too many connections, deadlock, a lock not given in time
_RESTORE = "Restore it from a snapshot or a backup."

T = TypeVar("T")
Columns = TypeVarTuple("Columns")


class Database:
    """A relational database by its SQLAlchemy URL; safe to use from several threads.

    Raises:
        ConfigurationError: The URL cannot be read, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._writer: Connection | None = None  # the connection that holds the writer's lock
        self._using_writer = Lock()
        self._closed = False
        self._tables = set[str]()  # that were seen; none goes again

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @property
    def place(self) -> str:
        """Its URL without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    def has(self, table: str) -> bool:
        """Whether there is a table of that name: a catalog of an older version lacks some."""
        if table not in self._tables:
            with self.read() as connection:
                if not inspect(connection).has_table(table):
                    return False
            self._tables.add(table)
        return True

    def close(self) -> None:
        """Give back all connections; one that is asked for is made anew."""
        self._engine.dispose()

    def end(self) -> None:
        """Give no connection from now on."""
        self._closed = True

    def check_open(self) -> None:
        """Return if it was not closed.

        Raises:
            ClosedIndexError: It was.
        """
        if self._closed:
            raise ClosedIndexError("The index is closed.")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        self.check_open()
        with _translated_errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def read_snapshot(self) -> Iterator[Connection]:
        """A connection for reading that sees one moment, whatever is written meanwhile."""
        self.check_open()
        with _translated_errors(), self._engine.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")  # the driver begins with the first write
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self, *, secure: bool = False) -> Iterator[Connection]:
        """A transaction: durable when the block ends, undone when it fails.

        ``secure`` overwrites what is deleted with zeros, where the file is SQLite's.

        Raises:
            EngineUnavailableError: The writer's lock that this process held is lost.
        """
        self.check_open()
        with _translated_errors(), self._engine.begin() as connection:
            self._check_lock()
            if secure and self.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON")
            yield connection

    def overwrite_freed(self, tables: Iterable[Table], timeout: float = 10.0) -> str:
        """Let nothing that was deleted stay in the database's files, as far as that can be done.

        SQLite writes the whole file anew and empties its log; PostgreSQL frees the rows' places.

        Args:
            tables: Those that something was deleted from.
            timeout: Seconds to wait for readers of the log.

        Returns:
            What stays where until when, in words; empty where nothing does.

        Raises:
            StorageError: There is no room to write the file anew.
        """
        with _translated_errors(), self._engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
                for table in tables:
                    connection.exec_driver_sql(f'VACUUM "{table.name}"')
                return (
                    "in freed space of its tables until that is written over (VACUUM FULL does), "
                    "in its log, its replicas and its backups"
                )
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            connection.exec_driver_sql("VACUUM")
            until = time.monotonic() + timeout
            while connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
                if time.monotonic() > until:
                    return "in catalog.db-wal until a process that reads it ends and another writes"
                time.sleep(_RETRY_SECONDS)
        return ""

    def give_back_room(self) -> None:
        """Write SQLite's file anew where a quarter of it is free; a server looks after its own.

        Raises:
            StorageError: There is no room to write the file anew; it is as it was.
        """
        if self.dialect != "sqlite":
            return
        with _translated_errors(), self._engine.connect() as connection:
            free, pages = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("freelist_count", "page_count")
            )
            if free >= _FREE_SHARE * pages:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def select_in(
        self, query: Select[*Columns], column: ColumnElement[Any], values: Iterable[object]
    ) -> Iterator[Row[*Columns]]:
        """The rows of a query in which a column has one of some values, a chunk at a time."""
        with self.read() as connection:
            yield from select_in(connection, query, column, values)

    def select_keyed(
        self, statement: Select[*Columns], keys: Iterable[object]
    ) -> Iterator[Row[*Columns]]:
        """The rows of a statement that ``keyed`` built, a chunk of keys at a time."""
        with self.read() as connection:
            yield from select_keyed(connection, statement, keys)

    def _check_lock(self) -> None:
        """A server that restarted has forgotten who may write; another process may do so now."""
        with self._using_writer:
            writer = self._writer
            if writer is not None and not writer.invalidated:
                writer.scalar(select(1))
            if writer is not None and writer.invalidated:
                raise EngineUnavailableError("The catalog was restarted while it was written to.")

    def shared_lock(self, number: int) -> "SharedLock":
        """A lock among all machines that use a server; see there."""
        return SharedLock(self._engine, number)

    @contextmanager
    def writer(self, timeout: float = 10.0) -> Iterator[None]:
        """Hold the writer's lock among all machines that use a server.

        The lock belongs to the connection: it is free again as soon as its holder is gone. A
        SQLite file has one machine, whose processes ``store.lock`` keeps apart.

        Raises:
            IndexLockedError: Another process is still writing.
        """
        if self.dialect == "sqlite":
            yield
            return
        with _translated_errors():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with _translated_errors():
                _acquire(connection, timeout, self.place)
            self._writer = connection
            yield
        finally:
            with self._using_writer:  # other threads may write, such as what became of an alert
                self._writer = None
                connection.invalidate()  # closing it frees the lock, whatever state it is in
                connection.close()


class SharedLock:
    """A lock that one connection to a server holds; a SQLite file needs none."""

    def __init__(self, engine: Engine, number: int) -> None:
        self._engine = engine
        self._number = number
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Whether this process holds it, from now on or still: a server that restarted forgot it.

        Raises:
            EngineUnavailableError: The server does not answer.
        """
        if self._engine.dialect.name == "sqlite":
            return True
        try:
            with _translated_errors():
                if self._connection is not None:
                    self._connection.scalar(select(1))
                    return True
                opened = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                self._connection = opened
                schema = func.hashtext(func.current_schema())
                if opened.scalar(select(func.pg_try_advisory_lock(self._number, schema))):
                    return True
        except SemsearchError:
            self.release()
            raise
        self.release()
        return False

    def release(self) -> None:
        """Let others take it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def select_in(
    connection: Connection,
    query: Select[*Columns],
    column: ColumnElement[Any],
    values: Iterable[object],
) -> Iterator[Row[*Columns]]:
    """The rows of a query in which a column has one of some values, a chunk at a time."""
    for chunk in chunks(values):
        yield from connection.execute(query.where(column.in_(chunk))).all()


def keyed(query: Select[*Columns], column: ColumnElement[Any]) -> Select[*Columns]:
    """The query for rows in which a column has one of some values, for ``select_keyed``.

    To build a statement takes longer than to run it, so what every question asks is built once.
    """
    return query.where(column.in_(bindparam(_KEYS, expanding=True)))


def select_keyed(
    connection: Connection,
    statement: Select[*Columns],
    keys: Iterable[object],
    **parameters: object,
) -> Iterator[Row[*Columns]]:
    """The rows of a statement that ``keyed`` built, a chunk of keys at a time."""
    for chunk in chunks(keys):
        yield from connection.execute(statement, {_KEYS: chunk, **parameters}).all()


def pages(connection: Connection, column: ColumnElement[int]) -> Iterator[list[int]]:
    """The distinct numbers in a column, ascending, in lists that fit one statement."""
    last = -1
    query = select(column).distinct().order_by(column).limit(_CHUNK)
    while keys := list(connection.scalars(query.where(column > last))):
        yield keys
        last = keys[-1]


def _acquire(connection: Connection, timeout: float, place: str) -> None:
    until = time.monotonic() + timeout
    # One for each schema: a database may hold several catalogs.
    attempt = select(func.pg_try_advisory_lock(_WRITER, func.hashtext(func.current_schema())))
    while not connection.scalar(attempt):
        if time.monotonic() > until:
            raise IndexLockedError(f"{place} is being written to by another process.")
        time.sleep(_RETRY_SECONDS)


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Raise SQLAlchemy's errors as ours."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise DamagedIndexError(f"The catalog holds what is no JSON: {error}", _RESTORE) from error
    except UnpackError as error:
        raise DamagedIndexError(f"A text of the catalog is damaged: {error}", _RESTORE) from error
    except exc.DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        if "no such table" in reason or type(error.orig).__name__ == "UndefinedTable":
            # SQLite takes an empty file for a database.
            raise DamagedIndexError("The catalog is no catalog of semsearch.", _RESTORE) from error
        if error.connection_invalidated or _unreachable(error):
            raise EngineUnavailableError(f"The catalog does not answer: {reason}") from error
        if isinstance(error, exc.OperationalError) and "not decode" not in reason:
            raise StorageError(
                f"The catalog cannot be used: {reason}",
                "Check free space, permissions and whether another program holds the file.",
            ) from error
        raise DamagedIndexError(f"The catalog cannot be read: {reason}", _RESTORE) from error


def _unreachable(error: exc.DBAPIError) -> bool:
    """Whether a server was not reached, is starting, stopping, out of connections or locked."""
    if not isinstance(error, exc.OperationalError) or type(error.orig).__module__ == "sqlite3":
        return False
    code = getattr(error.orig, "sqlstate", None)  # none: it did not come to an answer
    return code is None or code[:2] in {"08", "57"} or code in _BUSY


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise ConfigurationError("Setting catalog: it is no database URL.") from None
    kind = parsed.get_backend_name()
    if kind not in {"sqlite", "postgresql"}:
        raise ConfigurationError(f"Setting catalog: {kind} is neither sqlite nor postgresql.")
    if kind == "postgresql":
        return _postgresql(url)
    file = Path(parsed.database or "")
    if parsed.database and not parsed.query and file.is_file() and not is_writable(file.parent):
        return create_engine(url, creator=partial(connect_for_reading, file), poolclass=NullPool)
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # a commit survives power loss
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    return engine


def connect_for_reading(file: Path) -> sqlite3.Connection:
    """A connection to a catalog beside which no file can be made.

    SQLite wants to make one to share the write-ahead log with others. Where there is no log, the
    file is all there is. Each connection looks anew: another user may write meanwhile.
    """
    log = file.with_name(f"{file.name}-wal")
    has_log = log.exists() and log.stat().st_size > 0
    options = "mode=ro" if has_log else "mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(file.resolve()))}?{options}", uri=True, check_same_thread=False
        )
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError as error:
        if not has_log:
            raise
        raise StorageError(
            f"{file} cannot be read without its log, which needs a file beside it: {error}.",
            "Make the folder writable once and run: semsearch doctor. Or copy the whole folder.",
        ) from error
    return connection


def _postgresql(url: str) -> Engine:
    try:
        return create_engine(
            url,
            pool_pre_ping=True,  # a connection that a restarted server closed is replaced
            connect_args={"connect_timeout": _CONNECT_SECONDS},
        )
    except (ImportError, exc.NoSuchModuleError) as error:
        raise ConfigurationError(
            f"A catalog in PostgreSQL needs a driver: {error}.",
            "Install semsearch[postgres] and write the URL as postgresql+psycopg://...",
        ) from None
