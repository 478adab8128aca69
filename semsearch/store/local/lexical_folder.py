"""The folder of a word index as tantivy can work in it: in memory, or where it can only be read."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from semsearch.store.files import entries, is_writable
from semsearch.temporary import MEMORY, temporary_folder

HEAP_BYTES = 64 * 2**20
_REPLACED = ("meta.json", ".managed.json")  # other files are never changed
_ROOM = 2  # times the size of an index
_META_LOCK = ".tantivy-meta.lock"


@contextmanager
def folder_in_memory(folder: Path) -> Iterator[Path]:
    """A folder in memory with links to the files of another, which gets what is new and goes."""
    if not _fits_in_memory(folder):
        yield folder
        return
    with temporary_folder(MEMORY) as links:
        place = folder.resolve()
        for entry in entries(place):
            if entry.name in _REPLACED:
                shutil.copyfile(entry.path, links / entry.name)
            elif not is_lock(entry.name):
                (links / entry.name).symlink_to(entry.path)
        yield links
        held = {entry.name: entry.is_symlink() for entry in entries(links)}
        for entry in entries(place):
            if entry.name not in held or entry.name in _REPLACED:
                Path(entry.path).unlink()
        for name, is_old in held.items():
            if not is_old and not is_lock(name):
                shutil.copyfile(links / name, folder / name)


def _fits_in_memory(folder: Path) -> bool:
    """Whether there is a file system in memory with room for all segments merged."""
    if not MEMORY.is_dir() or not is_writable(MEMORY):
        return False
    size = sum(entry.stat().st_size for entry in entries(folder))
    return shutil.disk_usage(MEMORY).free > _ROOM * size + HEAP_BYTES


def is_lock(name: str) -> bool:
    """Whether a file is a lock of tantivy and holds nothing."""
    return name.endswith(".lock")


@contextmanager
def lockable_folder(folder: Path) -> Iterator[Path]:
    """The folder, or where it can only be read one of links to its files: tantivy makes a lock.

    It opens all files at once and keeps them open, so the links need not stay.
    """
    if is_writable(folder):
        yield folder
        return
    with temporary_folder() as links:
        for path in folder.iterdir():
            (links / path.name).symlink_to(path.resolve())
        (links / _META_LOCK).unlink(missing_ok=True)
        yield links
