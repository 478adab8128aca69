"""One writer at a time."""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from semsearch.errors import IndexLockedError, StorageError


@contextmanager
def writer_lock(folder: Path, patience: float = 10.0) -> Iterator[None]:
    """Hold the right to write to an index folder.

    The lock belongs to the operating system: it is free again as soon as its holder is gone,
    however that ended, so a stale lock cannot block. Who holds it stands in ``writer.json``.

    Args:
        folder: The index folder.
        patience: Seconds to wait for another writer.

    Raises:
        IndexLockedError: Another process is still writing; the message names it.
        StorageError: The folder cannot be written to.
    """
    lock = FileLock(folder / "writer.lock", thread_local=False)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise IndexLockedError(f"{folder} is being written to by {_holder(folder)}.") from None
    except OSError as error:
        raise StorageError(f"{folder} cannot be written to: {error.strerror}") from error
    try:
        who = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
        with suppress(OSError):
            (folder / "writer.json").write_text(json.dumps(who), "utf-8")
        yield
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    try:
        who = json.loads((folder / "writer.json").read_text("utf-8"))
        return f"process {who['pid']} on {who['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
