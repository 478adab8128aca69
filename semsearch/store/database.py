"""Connections to the catalog's database, and its errors as ours."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, exc

from semsearch.errors import DamagedIndexError, StorageError

_CHUNK = 500  # keys of one statement: SQLite takes 32,766 parameters, others fewer

_RESTORE = "Restore it from a snapshot or a backup."

T = TypeVar("T")


class Database:
    """A relational database by its SQLAlchemy URL; safe to use from several threads."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        with _ours(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: durable when the block ends, undone when it fails."""
        with _ours(), self._engine.begin() as connection:
            yield connection


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk


@contextmanager
def _ours() -> Iterator[None]:
    """SQLAlchemy's errors as ours."""
    try:
        yield
    except exc.OperationalError as error:
        if "no such table" in str(error.orig):  # SQLite takes an empty file for a database
            raise DamagedIndexError("The catalog is no catalog of semsearch.", _RESTORE) from error
        raise StorageError(
            f"The catalog cannot be used: {error.orig}",
            "Check free space, permissions and whether another program holds the file.",
        ) from error
    except exc.DatabaseError as error:
        raise DamagedIndexError(f"The catalog cannot be read: {error.orig}", _RESTORE) from error


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")  # a commit survives power loss
            cursor.execute("PRAGMA busy_timeout=10000")
            cursor.close()

    return engine
