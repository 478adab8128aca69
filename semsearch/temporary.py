"""Temporary folders that hold texts: named and locked, so that what is left of the dead is cleared.

The lock on a folder belongs to the operating system and goes with its process, however that ends.
So who finds a folder of this name unlocked may remove it, and another process's stays.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

_PREFIX = "semsearch-temporary-"
MEMORY = Path("/dev/shm")  # noqa: S108 - folders in it have names that nobody knows
"""A file system in memory, where there is one."""
_NAME = re.compile(rf"{_PREFIX}[a-z0-9_]{{8}}")


@contextmanager
def temporary_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder that only this user can read, and that is gone when the block ends.

    ``parent`` is ``MEMORY``, or None for where temporary files lie.

    Raises:
        OSError: There is no room or no right to make one.
    """
    while True:
        folder = Path(mkdtemp(prefix=_PREFIX, dir=parent))
        lock = _lock(folder)
        # One that clears may have come between; on a file system without locks nobody clears.
        if lock is not None or folder.is_dir():
            break
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Say of a folder that it is being worked on; it may get another name meanwhile."""
    lock = _lock(folder)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def clear_temporary_folders() -> int:
    """Remove what killed processes of this user left in the folder for temporary files.

    Returns:
        How many folders that were.
    """
    cleared = 0
    for parent in {Path(gettempdir()), MEMORY}:
        with suppress(OSError):
            paths = [path for path in parent.iterdir() if _NAME.fullmatch(path.name)]
            cleared += sum(remove_unless_locked(path) for path in paths)
    return cleared


def remove_unless_locked(folder: Path) -> bool:
    """Remove a folder of this user unless somebody works on it; whether it is gone."""
    try:
        status = folder.lstat()
        if status.st_uid != os.geteuid():
            return False
        lock = _lock(folder)
    except OSError:  # removed meanwhile
        return False
    if lock is None:
        return False
    try:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)
    return not folder.exists()


def _lock(folder: Path) -> int | None:
    """The lock on a folder that is still there; None where it is gone or cannot be locked."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(lock), folder.lstat()):
            return lock
    except OSError:
        pass
    os.close(lock)
    return None
