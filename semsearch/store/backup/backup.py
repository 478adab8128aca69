"""Snapshots of an index: a folder that is itself an index, never written to, with checksums.

``snapshot.json`` lists every file with its checksum. The catalog in it is a copy that the database
made at one moment; the generation is one that was published before that moment and shares its
files with the index by hard links, where both lie on one disk. ``store.backup.restore`` puts one in
the place of an index.
"""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from semsearch.errors import (
    ConfigurationError,
    DamagedIndexError,
    FormatMismatchError,
    StorageError,
)
from semsearch.store.catalog.database import connect_for_reading
from semsearch.store.files import (
    dump_json,
    files_of,
    is_writable,
    link_tree,
    make_folder,
    rename_durably,
    replace_file,
    sha256_of,
    sync,
    sync_tree,
    write_durably,
)
from semsearch.store.generations import MANIFEST, FileRecord, Manifest
from semsearch.store.local.generations import CURRENT, GENERATIONS, current_line
from semsearch.temporary import locked, remove_unless_locked

CATALOG = "catalog.db"
INVENTORY = "snapshot.json"
FOLDER = "snapshots"
_FORMAT = 1
_HINT = "Use another snapshot: semsearch snapshot list"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a snapshot says about itself.

    Attributes:
        created: ISO 8601 in UTC.
        sequence: Last write that can be searched in it.
        files: Every file but ``snapshot.json``, by path within the snapshot.
    """

    name: str
    created: str
    generation: int
    sequence: int
    articles: int
    stubs: int
    model: str
    files: dict[str, FileRecord]
    format: int = _FORMAT

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(record.bytes for record in self.files.values())

    def to_json(self) -> bytes:
        """The file's bytes."""
        values = asdict(self)
        checksum = hashlib.sha256(dump_json(values)).hexdigest()
        return dump_json({**values, "checksum": checksum})


def is_snapshot(folder: Path) -> bool:
    """Whether a folder is a snapshot, which is read and never written to."""
    return (folder / INVENTORY).is_file()


def create_backup(folder: Path, manifest: Manifest, target: Path, name: str) -> Backup:
    """Make a snapshot of an index while others read and write it.

    Raises:
        StorageError: The operating system refused; nothing is left.
    """
    if target.exists():
        raise StorageError(f"{target} is there already.", "Choose another name.")
    make_folder(target.parent)
    draft = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    stack = ExitStack()
    try:
        make_folder(draft)
        stack.enter_context(locked(draft))
        _copy_catalog(folder / CATALOG, draft / CATALOG)
        place_generation(folder, manifest, draft, manifest)
        replace_file(draft / CURRENT, current_line(manifest))
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
                (file := str(path.relative_to(draft))): verified.get(file)
                or FileRecord(path.stat().st_size, sha256_of(path))
                for path in files_of(draft)
            },
        )
        write_durably(draft / INVENTORY, backup.to_json())
        sync_tree(draft)
        rename_durably(draft, target)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror}.", "Check free space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        stack.close()
    return backup


def clear_drafts(folder: Path) -> None:
    """Remove copies of an index's catalog that killed processes left when they made a snapshot."""
    for draft in (folder / FOLDER).glob(".*.tmp"):
        remove_unless_locked(draft)


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


def read_backup(folder: Path) -> Backup:
    """What a snapshot's folder says about itself.

    Raises:
        ConfigurationError: It is a file.
        DamagedIndexError: It is no snapshot, or its list is damaged.
        FormatMismatchError: It is of another format.
    """
    if folder.is_file():
        raise ConfigurationError(
            f"{folder} is a file; a snapshot is a folder.", "Unpack a tar first: tar -xf FILE"
        )
    try:
        data = (folder / INVENTORY).read_bytes()
    except OSError as error:
        raise DamagedIndexError(
            f"{folder} is no snapshot: there is no {INVENTORY}.", _HINT
        ) from error
    try:
        values: dict[str, Any] = json.loads(data)
        if values.get("format") != _FORMAT:
            raise FormatMismatchError(
                f"The snapshot {folder} has format {values.get('format')}; "
                f"this version of semsearch reads {_FORMAT}.",
                "Use the version of semsearch that made it.",
            )
        del values["checksum"]  # compared below, with everything else
        records = {
            _inside(path): FileRecord(**record) for path, record in values.pop("files").items()
        }
        backup = Backup(**values, files=records)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise DamagedIndexError(f"{INVENTORY} of {folder} is damaged.", _HINT) from error
    if data != backup.to_json():
        raise DamagedIndexError(f"{INVENTORY} of {folder} is damaged.", _HINT)
    return backup


def knows(catalog: Path, ids: Sequence[str]) -> bool:
    """Whether a copy of a catalog holds one of some articles or, of a deleted one, may."""
    address = f"file:{quote(str(catalog.resolve()))}?mode=ro&immutable=1"
    marks = ",".join("?" * len(ids))
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return any(
                connection.execute(
                    f"SELECT 1 FROM {table} WHERE id IN ({marks}) LIMIT 1",  # noqa: S608 - marks
                    list(ids),
                ).fetchone()
                for table in ("articles", "tombstones")
            )
    except sqlite3.Error:
        return True  # what cannot be looked at may hold it


def list_backups(folder: Path) -> list[Backup]:
    """The snapshots in a folder, oldest first; those whose list is damaged are left out."""
    backups = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if not path.name.startswith(".") and is_snapshot(path):
            with suppress(DamagedIndexError, FormatMismatchError):
                backups.append(read_backup(path))
    return sorted(backups, key=lambda backup: (backup.created, backup.name))


def verify_backup(folder: Path) -> Backup:
    """What a snapshot's folder says about itself, every file of which is what was written.

    Raises:
        DamagedIndexError: One is not, or is missing; the message names it.
        ConfigurationError, FormatMismatchError: As ``read_backup``.
    """
    backup = read_backup(folder)
    for name, record in backup.files.items():
        verify_file(folder / name, record, name, folder)
    return backup


def verify_file(path: Path, record: FileRecord, name: str, where: Path) -> None:
    """Return if a file of a snapshot is what was written.

    Raises:
        DamagedIndexError: It is not, or is missing; the message names it.
    """
    try:
        sound = path.stat().st_size == record.bytes and sha256_of(path) == record.sha256
    except OSError as error:
        raise DamagedIndexError(f"{name} of {where} is missing or unreadable.", _HINT) from error
    if not sound:
        raise DamagedIndexError(f"{name} of {where} is damaged.", _HINT)


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(name)
    return name


def _copy_catalog(source: Path, target: Path) -> None:
    """A copy as of one moment, whatever is written meanwhile, that needs no write-ahead log."""
    try:
        with (
            closing(_opened_for_copying(source)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError(
            f"The catalog cannot be copied: {error}.", "Check free space."
        ) from error
    sync(target)


def _opened_for_copying(source: Path) -> sqlite3.Connection:
    if not is_writable(source.parent):
        return connect_for_reading(source)
    return sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
