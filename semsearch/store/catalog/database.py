"""Connections to the catalog's database, and its errors as ours.

SQLite and PostgreSQL are spoken to in the same statements. What they disagree on is settled here
and in ``store.schema``: errors, durability, and how one writer at a time is kept.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    exc,
    func,
    inspect,
    make_url,
    select,
)

from semsearch.errors import (
    ConfigurationError,
    DamagedIndexError,
    EngineUnavailableError,
    IndexLockedError,
    StorageError,
)

_CHUNK = 500  # keys of one statement: SQLite takes 32,766 parameters, others fewer
_WRITER = 736_701  # the advisory lock of the one writer; a number that others hardly use
_WAIT = 0.1  # seconds between two attempts to get it
_CONNECT_SECONDS = 5
_BUSY = ("53300", "40P01", "55P03")  # too many connections, deadlock, a lock not given in time

_RESTORE = "Restore it from a snapshot or a backup."

T = TypeVar("T")


class Database:
    """A relational database by its SQLAlchemy URL; safe to use from several threads.

    Raises:
        ConfigurationError: The URL cannot be read, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._right: Connection | None = None  # the connection to which the right to write belongs

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    @property
    def place(self) -> str:
        """Its URL without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    def has(self, table: str) -> bool:
        """Whether there is a table of that name."""
        with self.read() as connection:
            return inspect(connection).has_table(table)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        with _ours(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def read_at_once(self) -> Iterator[Connection]:
        """A connection for reading that sees one moment, whatever is written meanwhile."""
        with _ours(), self._engine.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")  # the driver begins with the first write
            else:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: durable when the block ends, undone when it fails.

        Raises:
            EngineUnavailableError: The right to write that this process held is lost.
        """
        with _ours(), self._engine.begin() as connection:
            self._check_right()
            yield connection

    def _check_right(self) -> None:
        """A server that restarted has forgotten who may write; another process may do so now."""
        right = self._right
        if right is not None and not right.invalidated:
            right.scalar(select(1))
        if right is not None and right.invalidated:
            raise EngineUnavailableError("The catalog was restarted while it was written to.")

    @contextmanager
    def writer(self, patience: float = 10.0) -> Iterator[None]:
        """Hold the right to write among all machines that use a server.

        The lock belongs to the connection: it is free again as soon as its holder is gone. A
        SQLite file has one machine, whose processes ``store.lock`` keeps apart.

        Args:
            patience: Seconds to wait for another writer.

        Raises:
            IndexLockedError: Another process is still writing.
        """
        if self.dialect == "sqlite":
            yield
            return
        with _ours():
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            with _ours():
                _acquire(connection, patience, self.place)
            self._right = connection
            yield
        finally:
            self._right = None
            connection.invalidate()  # closing it frees the lock, whatever state it is in
            connection.close()


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


def _acquire(connection: Connection, patience: float, place: str) -> None:
    until = time.monotonic() + patience
    # One for each schema: a database may hold several catalogs.
    attempt = select(func.pg_try_advisory_lock(_WRITER, func.hashtext(func.current_schema())))
    while not connection.scalar(attempt):
        if time.monotonic() > until:
            raise IndexLockedError(f"{place} is being written to by another process.")
        time.sleep(_WAIT)


@contextmanager
def _ours() -> Iterator[None]:
    """SQLAlchemy's errors as ours."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise DamagedIndexError(f"The catalog holds what is no JSON: {error}", _RESTORE) from error
    except exc.DBAPIError as error:
        told = str(error.orig).strip().partition("\n")[0]
        if "no such table" in told or type(error.orig).__name__ == "UndefinedTable":
            # SQLite takes an empty file for a database.
            raise DamagedIndexError("The catalog is no catalog of semsearch.", _RESTORE) from error
        if error.connection_invalidated or _unreachable(error):
            raise EngineUnavailableError(f"The catalog does not answer: {told}") from error
        if isinstance(error, exc.OperationalError) and "not decode" not in told:
            raise StorageError(
                f"The catalog cannot be used: {told}",
                "Check free space, permissions and whether another program holds the file.",
            ) from error
        raise DamagedIndexError(f"The catalog cannot be read: {told}", _RESTORE) from error


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
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")  # a commit survives power loss
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.close()

    return engine


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
