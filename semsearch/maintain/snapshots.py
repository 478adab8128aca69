"""Snapshots of an index: made while it is read and written, listed, checked, restored."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from semsearch.config import Settings, place_of
from semsearch.errors import ConfigurationError, NoSuchIndexError
from semsearch.library import Library
from semsearch.store.backup.backup import (
    FOLDER,
    Backup,
    clear_drafts,
    create_backup,
    list_backups,
    verify_backup,
)
from semsearch.store.backup.restore import clear_draft, restore_backup

_ARCHIVES = {".tar", ".tgz", ".zip", ".gz", ".xz", ".bz2", ".zst", ".7z"}


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """A snapshot as it is listed.

    Attributes:
        created: ISO 8601 in UTC.
        sequence: Last write that can be searched in it.
        size: Bytes; files that the index still has are shared with it on the same disk.
        path: Where it lies; as an index folder it can be searched.
    """

    name: str
    created: str
    generation: int
    sequence: int
    articles: int
    stubs: int
    model: str
    size: int
    path: str


def folder_of(settings: Settings) -> Path:
    """The folder of an index that lies in one, with its snapshots.

    Raises:
        ConfigurationError: It is, or a part of it, in a server.
    """
    place = place_of(settings)
    if place.catalog or place.milvus:
        raise ConfigurationError(
            "Snapshots are made of an index in a folder, and this one is in a server.",
            "Make them with the database's own tools; the rest is derived by: semsearch rebuild",
        )
    return place.folder


def create(library: Library, name: str | None = None, target: Path | None = None) -> SnapshotInfo:
    """Make a snapshot of what can be searched now, with all that is durable.

    See ``Index.snapshot``.
    """
    name = name or datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    if name.startswith(".") or "/" in name or "\0" in name:
        raise ConfigurationError(
            f"A snapshot cannot be called {name!r}: that is a place, not a name.",
            f"To write it there: semsearch snapshot create --to {name}",
        )
    if target is not None and target.suffix in _ARCHIVES:
        raise ConfigurationError(
            f"A snapshot is a folder, not {target.suffix}.",
            "Pack its folder afterwards: tar -czf FILE FOLDER",
        )
    newest = library.snapshot()  # as long as it is open its files stay
    manifest = library.generations.manifest(newest.generation)
    path = target or library.folder / FOLDER / name
    return _info(create_backup(library.folder, manifest, path, name), path)


def list_snapshots(folder: Path) -> list[SnapshotInfo]:
    """The snapshots in an index folder, oldest first."""
    root = folder / FOLDER
    return [_info(backup, root / backup.name) for backup in list_backups(root)]


def verify(folder: Path, name: str) -> SnapshotInfo:
    """Read every file of a snapshot of an index, or of one somewhere else.

    Raises:
        NoSuchIndexError: There is none.
        DamagedIndexError: A file is not what was written; the message names it.
    """
    source = find(folder, name)
    return _info(verify_backup(source), source)


def restore(folder: Path, name: str) -> SnapshotInfo:
    """Make an index what a snapshot holds, in one step.

    Raises:
        NoSuchIndexError: There is no such snapshot.
        DamagedIndexError: It is damaged; nothing was changed.
        IndexLockedError: Somebody reads or writes the index; nothing was changed.
        StorageError: The operating system refused.
    """
    source = find(folder, name)
    return _info(restore_backup(source, folder), source)


def clear_leftovers(folder: Path) -> None:
    """Remove what killed processes left in an index when they made or restored a snapshot."""
    clear_drafts(folder)
    clear_draft(folder)


def find(folder: Path, name: str) -> Path:
    """A snapshot by its name in an index folder, or by its path.

    Raises:
        NoSuchIndexError: There is neither.
    """
    for path in (folder / FOLDER / name, Path(name)):
        if path.exists():
            return path
    raise NoSuchIndexError(f"There is no snapshot {name}.", "See: semsearch snapshot list")


def _info(backup: Backup, path: Path) -> SnapshotInfo:
    return SnapshotInfo(
        name=backup.name,
        created=backup.created,
        generation=backup.generation,
        sequence=backup.sequence,
        articles=backup.articles,
        stubs=backup.stubs,
        model=backup.model,
        size=backup.size,
        path=str(path),
    )
