"""Read locks: as long as anybody reads a generation, its files stay.

A reader holds a shared lock of the operating system on the generation's manifest. The lock goes
with the process, however that ends, so nothing is kept for the dead.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from semsearch.store.generations import MANIFEST

_NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS}  # some file systems have none


def take_read_lock(folder: Path) -> int:
    """Keep a generation's folder from being removed until the descriptor is closed.

    Raises:
        OSError: It is gone, or going.
    """
    descriptor = os.open(folder / MANIFEST, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(descriptor, fcntl.LOCK_SH)
        if not os.path.samestat(os.fstat(descriptor), (folder / MANIFEST).stat()):
            raise FileNotFoundError(errno.ENOENT, "replaced meanwhile", str(folder))
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def unread(folder: Path) -> Iterator[bool]:
    """Whether nobody reads a generation; within the block nobody begins to."""
    try:
        descriptor = os.open(folder / MANIFEST, os.O_RDONLY | os.O_CLOEXEC)
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
