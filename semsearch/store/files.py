"""Make bytes durable: write, fsync, rename, fsync the folder. No other module does.

What the operating system refuses is a ``StorageError``; a file that was to be replaced is there.
"""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from semsearch.errors import StorageError

_HINTS = {
    errno.ENOSPC: "Make room on the disk and try again.",
    errno.EACCES: "Check the permissions and try again.",
    errno.EPERM: "Check the permissions and try again.",
    errno.EROFS: "The disk can only be read.",
    errno.EEXIST: "A folder is needed there.",
    errno.ENOTDIR: "A folder is needed there.",
}


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file so that it is whole after a power loss."""
    with _storage_errors(path), path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def replace_file(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Replace a file in one step: readers see the old bytes or the new, never a mixture.

    Without ``durable`` a power loss may lose it.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _storage_errors(path):
            if durable:
                write_durably(draft, data)
            else:
                draft.write_bytes(data)
            draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    if durable:
        sync(path.parent)


def sync(path: Path) -> None:
    """Make a file that a library wrote, or the names in a folder, durable."""
    with _storage_errors(path):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make everything below a folder durable: bytes and names."""
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, durably."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    with _storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync(path.parent)


def rename_durably(source: Path, target: Path) -> None:
    """Give a file or folder its final name, in one step."""
    with _storage_errors(target):
        source.rename(target)
    sync(target.parent)


def remove_tree(folder: Path) -> None:
    """Remove a folder; its name is free at once, however long removing takes or if it stops.

    What is left after a crash has a name that ends in ``.tmp``.
    """
    gone = folder.with_name(f".{folder.name}.gone.tmp")
    shutil.rmtree(gone, ignore_errors=True)
    with suppress(OSError):
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def link_tree(source: Path, target: Path) -> None:
    """Give the files of a folder a second home: hard links where possible, else copies.

    Only for files that are never written in place. Durable after ``sync_tree``.
    """
    with _storage_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        for entry in entries(source):
            if entry.is_dir():
                link_tree(Path(entry.path), target / entry.name)
            else:
                link(entry.path, f"{target}/{entry.name}")


def entries(folder: Path) -> list["os.DirEntry[str]"]:
    """What lies in a folder, with what the operating system says of it at once.

    Raises:
        OSError: It cannot be looked into.
    """
    with os.scandir(folder) as found:
        return list(found)


def link(source: str | Path, target: str | Path) -> None:
    """Give a file that is never written in place a second name, or where that cannot be a copy.

    Raises:
        OSError: The operating system refused.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def files_of(folder: Path) -> Iterator[Path]:
    """All files below a folder, in name order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder: not on a disk that can only be read."""
    return os.access(folder, os.W_OK | os.X_OK)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def dump_json(value: object) -> bytes:
    """JSON as it is kept on disk."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    """Raise what the operating system refuses as a ``StorageError`` with what to do."""
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "Check the disk.")
        raise StorageError(f"{path}: {error.strerror or error}.", hint) from error
