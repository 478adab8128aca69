"""Making a snapshot of an index while others read and write it."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from semsearch.errors import StorageError
from semsearch.store.backup.backups import CATALOG, NOTE, Backup, verify_file
from semsearch.store.backup.tars import pack, tar_mode
from semsearch.store.files import (
    files_of,
    link_tree,
    make_folder,
    rename_durably,
    replace_durably,
    sha256_of,
    sync,
    sync_tree,
    write_durably,
)
from semsearch.store.generations import MANIFEST, FileRecord, Manifest
from semsearch.store.local.generations import CURRENT, GENERATIONS, current_line


def make_backup(folder: Path, manifest: Manifest, target: Path, name: str) -> Backup:
    """Make a snapshot of an index while others read and write it.

    Args:
        folder: The index.
        manifest: Of a generation that somebody keeps from being removed.
        target: A new folder, or a new file that ends in ``.tar``, ``.tar.gz`` or ``.tgz``.
        name: What it is called.

    Raises:
        StorageError: The operating system refused; nothing is left.
    """
    if target.exists():
        raise StorageError(f"{target} is there already.", "Choose another name.")
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}.tmp")
    inside = draft / name
    shutil.rmtree(draft, ignore_errors=True)
    try:
        make_folder(inside)
        _copy_catalog(folder / CATALOG, inside / CATALOG)
        place_generation(folder, manifest, inside, manifest)
        replace_durably(inside / CURRENT, current_line(manifest))
        verified = {
            f"{GENERATIONS}/{manifest.generation}/{path}": record
            for path, record in manifest.files.items()
        }
        backup = Backup(
            name=name,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            generation=manifest.generation,
            sequence=manifest.sequence,
            articles=manifest.articles,
            stubs=manifest.stubs,
            model=str(manifest.encoder["model"]),
            files={
                (held := str(path.relative_to(inside))): verified.get(held)
                or FileRecord(path.stat().st_size, sha256_of(path))
                for path in files_of(inside)
            },
        )
        write_durably(inside / NOTE, backup.to_json())
        sync_tree(inside)
        if tar_mode(target) is None:
            rename_durably(inside, target)
        else:
            pack(inside, draft / target.name, tar_mode(target) or "w")
            rename_durably(draft / target.name, target)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror}.", "Check free space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return backup


def place_generation(source: Path, manifest: Manifest, target: Path, moved: Manifest) -> None:
    """Give a generation's files a second home, under the number that ``moved`` says."""
    old = source / GENERATIONS / str(manifest.generation)
    new = target / GENERATIONS / str(moved.generation)
    draft = new.with_name(f".{new.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    link_tree(old, draft)
    # Who reads a generation locks its manifest, so this one file is not shared.
    (draft / MANIFEST).unlink()
    write_durably(draft / MANIFEST, moved.to_json())
    for name, record in moved.files.items():
        verify_file(draft / name, record, name, old)
    sync_tree(draft)
    rename_durably(draft, new)


def _copy_catalog(source: Path, target: Path) -> None:
    """A copy as of one moment, whatever is written meanwhile, that needs no write-ahead log."""
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError(
            f"The catalog cannot be copied: {error}.", "Check free space."
        ) from error
    sync(target)
