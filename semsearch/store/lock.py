"""Locks: one writer at a time for an index folder, and readers that keep a generation's files."""

import errno
import fcntl
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from semsearch.errors import IndexLockedError, StorageError

_LOCK = "writer.lock"
_NOTE = "writer.json"
_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}  # some file systems have none


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes to an index. ``since`` is a moment in UTC, as ISO 8601."""

    pid: int
    host: str
    command: str
    since: str

    def __str__(self) -> str:
        """In words."""
        return f"process {self.pid} on {self.host} ({self.command}), since {self.since}"


@contextmanager
def writer_lock(folder: Path, timeout: float = 10.0) -> Iterator[Writer | None]:
    """Hold the right to write to an index folder.

    The lock belongs to the operating system: it is free again as soon as its holder is gone,
    however that ended, so a stale lock cannot block. Who holds it stands in ``writer.json``; one
    that lies there while the lock is free was left by a writer that was killed.

    Yields:
        The writer that ended without releasing the lock, if the last one did.

    Raises:
        IndexLockedError: Another process is still writing; the message names it.
        StorageError: The folder cannot be written to.
    """
    lock = FileLock(folder / _LOCK, thread_local=False)
    try:
        lock.acquire(timeout=timeout)
    except Timeout:
        who = recorded_writer(folder) or "another process"
        raise IndexLockedError(f"{folder} is being written to by {who}.") from None
    except OSError as error:
        raise StorageError(f"{folder} cannot be written to: {error.strerror}") from error
    note = folder / _NOTE
    try:
        killed = recorded_writer(folder)
        with suppress(OSError):
            note.write_text(json.dumps(asdict(_this_process())), "utf-8")
        yield killed
    finally:
        with suppress(OSError):
            note.unlink()
        lock.release()


def recorded_writer(folder: Path) -> Writer | None:
    """Who holds the lock or, where it is free, was killed holding it; None: nobody is recorded."""
    try:
        return Writer(**json.loads((folder / _NOTE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_locked(folder: Path) -> bool:
    """Whether somebody writes to an index right now."""
    try:
        with FileLock(folder / _LOCK, thread_local=False, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that can only be read has no writer
        return False


def take_read_lock(manifest: Path) -> int:
    """Keep a generation's folder from being removed until the descriptor is closed.

    A reader holds a shared lock of the operating system on the generation's manifest. The lock goes
    with the process, however that ends, so nothing is kept for the dead.

    Raises:
        OSError: It is gone, or going.
    """
    descriptor = os.open(manifest, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(descriptor, fcntl.LOCK_SH)
        if not os.path.samestat(os.fstat(descriptor), manifest.stat()):
            raise FileNotFoundError(errno.ENOENT, "replaced meanwhile", str(manifest))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def unread(manifest: Path) -> Iterator[bool]:
    """Whether nobody reads a generation; within the block nobody begins to."""
    try:
        descriptor = os.open(manifest, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield True  # without a manifest it cannot be opened
        return
    try:
        free = True
        try:
            _lock(descriptor, fcntl.LOCK_EX)
        except BlockingIOError:
            free = False
        yield free
    finally:
        with suppress(OSError):
            os.close(descriptor)


def _lock(descriptor: int, kind: int) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise


def _this_process() -> Writer:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return Writer(os.getpid(), socket.gethostname(), _command(), since)


def _command() -> str:
    """The program and its command, without arguments: those are nobody else's business."""
    program = Path(sys.argv[0])
    name = program.parent.name if program.name == "__main__.py" else program.name
    return " ".join([name or "python", *(word for word in sys.argv[1:2] if word.isalpha())])
