"""Restores snapshots: puts what one holds in the place of what an index holds."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from pathlib import Path

from semsearch.errors import IndexLockedError, StorageError
from semsearch.store.backup.backup import (
    CATALOG,
    Backup,
    place_generation,
    verify_backup,
    verify_file,
)
from semsearch.store.files import make_folder, remove_tree, rename_durably, replace_file, sync
from semsearch.store.generations import MANIFEST, Manifest, read_manifest
from semsearch.store.local.generations import (
    CURRENT,
    GENERATIONS,
    RECENT,
    LocalGenerations,
    current_line,
)
from semsearch.store.lock import unread, writer_lock

_REPLACED = "catalog.db.replaced"
_DRAFT = f".{CATALOG}.restored.tmp"


def restore_backup(source: Path, folder: Path) -> Backup:
    """Make an index what a snapshot holds, in one step.

    Everything is copied and checked first. Then the old state goes: an index whose ``CURRENT`` is
    missing derives its generation from its catalog, so one that is stopped at any point shows
    wholly what it held before, or wholly what was restored. The catalog that was there stays as
    ``catalog.db.replaced``.

    Raises:
        DamagedIndexError: The snapshot is damaged; nothing was changed.
        ConfigurationError: It is a file.
        IndexLockedError: Somebody reads or writes the index; nothing was changed.
        StorageError: The operating system refused.
    """
    backup = verify_backup(source)
    make_folder(folder)
    with writer_lock(folder):
        replace_index(source, backup, folder)
    return backup


def clear_draft(folder: Path) -> None:
    """Remove the copy of a catalog that a killed process left when it restored a snapshot."""
    draft = folder / _DRAFT
    if draft.exists():
        with suppress(IndexLockedError, StorageError), writer_lock(folder, timeout=0):
            draft.unlink(missing_ok=True)


def replace_index(source: Path, backup: Backup, folder: Path) -> None:
    """Put what a snapshot's folder holds in place of what an index holds, by the lock's holder."""
    draft = folder / _DRAFT

    def prepare() -> None:
        shutil.copyfile(source / CATALOG, draft)
        sync(draft)
        verify_file(draft, backup.files[CATALOG], CATALOG, source)

    def exchange() -> None:
        _set_aside(folder)
        rename_durably(draft, folder / CATALOG)

    manifest = read_manifest(source / GENERATIONS / str(backup.generation))
    try:
        replace_generations(source, manifest, folder, exchange, prepare)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StorageError(f"{folder}: {error.strerror}.", "Check free space.") from error


def replace_generations(
    source: Path,
    manifest: Manifest,
    folder: Path,
    exchange: Callable[[], None],
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Put a generation in place of all that an index has, and another catalog in its catalog's.

    Args:
        source: The folder of an index that holds the generation.
        manifest: Of it.
        folder: The index; its lock is held.
        exchange: Puts the new catalog in the old one's place, in one step.
        prepare: What must succeed before anything is changed, once nobody reads.

    Raises:
        IndexLockedError: Somebody reads the index; nothing was changed.
        OSError: The operating system refused.
    """
    with ExitStack() as stack:
        generations = LocalGenerations(folder)
        _refuse_readers(folder, generations, stack)
        moved = replace(manifest, generation=generations.next_number())
        prepare()
        place_generation(source, manifest, folder, moved)
        for name in (CURRENT, RECENT):
            (folder / name).unlink(missing_ok=True)
        sync(folder)
        for number in generations.numbers():
            if number != moved.generation:
                remove_tree(folder / GENERATIONS / str(number))
        exchange()
        replace_file(folder / CURRENT, current_line(moved))


def _refuse_readers(folder: Path, generations: LocalGenerations, stack: ExitStack) -> None:
    for number in generations.numbers():
        if not stack.enter_context(unread(folder / GENERATIONS / str(number) / MANIFEST)):
            raise IndexLockedError(
                f"{folder} is being read by another process.",
                "Stop the service first, or restore into a new folder: --index DIR",
            )


def _set_aside(folder: Path) -> None:
    """Keep the catalog that is replaced, whole: with what its write-ahead log holds."""
    catalog = folder / CATALOG
    if not catalog.exists():
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(catalog)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # a damaged one is kept as it is
    aside = folder / _REPLACED
    for suffix in ("", "-wal", "-shm"):
        aside.with_name(aside.name + suffix).unlink(missing_ok=True)
    for suffix in ("-wal", "-shm"):
        log = catalog.with_name(catalog.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    try:
        aside.hardlink_to(catalog)
    except OSError:
        shutil.copyfile(catalog, aside)
    sync(folder)
