"""Snapshots of an index: a folder that is itself an index, never written to, with checksums.

``snapshot.json`` lists every file with its checksum. The catalog in it is a copy that the database
made at one moment; the generation is one that was published before that moment and shares its
files with the index by hard links, where both lie on one disk.
"""

import hashlib
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from semsearch.errors import (
    DamagedIndexError,
    FormatMismatchError,
    IndexLockedError,
    StorageError,
)
from semsearch.store.files import (
    dump_json,
    files_of,
    link_tree,
    make_folder,
    remove_tree,
    rename_durably,
    replace_durably,
    sha256_of,
    sync_file,
    sync_folder,
    sync_tree,
    write_durably,
)
from semsearch.store.generations import Generations, current_line
from semsearch.store.leases import unread
from semsearch.store.lock import writer_lock
from semsearch.store.manifest import NAME as MANIFEST
from semsearch.store.manifest import FileRecord, Manifest, read_manifest

CATALOG = "catalog.db"
NOTE = "snapshot.json"
FOLDER = "snapshots"
_FORMAT = 1
_GENERATIONS = "generations"
_CURRENT = "CURRENT"
_REPLACED = "catalog.db.replaced"
_TARS = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz"}
_MOST_NOTE_BYTES = 64 * 2**20


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
        return dump_json({**values, "checksum": _checksum(values)})


def is_snapshot(folder: Path) -> bool:
    """Whether a folder is a snapshot, which is read and never written to."""
    return (folder / NOTE).is_file()


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
        _place_generation(folder, manifest, inside, manifest)
        replace_durably(inside / _CURRENT, current_line(manifest))
        verified = {
            f"{_GENERATIONS}/{manifest.generation}/{path}": record
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
        if _tar_mode(target) is None:
            rename_durably(inside, target)
        else:
            _pack(inside, draft / target.name, _tar_mode(target) or "w")
            rename_durably(draft / target.name, target)
    except OSError as error:
        raise StorageError(f"{target}: {error.strerror}.", "Check free space.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return backup


def read_backup(folder: Path) -> Backup:
    """What a snapshot's folder says about itself.

    Raises:
        DamagedIndexError: It is no snapshot, or its list is damaged.
        FormatMismatchError: It is of another format.
    """
    try:
        return _read_note((folder / NOTE).read_bytes(), str(folder))
    except OSError as error:
        raise DamagedIndexError(f"{folder} is no snapshot: there is no {NOTE}.", _OTHER) from error


def list_backups(folder: Path) -> list[Backup]:
    """The snapshots in a folder, oldest first; those whose list is damaged are left out."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(".") and is_snapshot(path):
            with suppress(DamagedIndexError, FormatMismatchError):
                found.append(read_backup(path))
    return sorted(found, key=lambda one: one.created)


@contextmanager
def verified(source: Path) -> Iterator[tuple[Path, Backup]]:
    """A snapshot of which every file is what was written: its folder, unpacked if it is a tar.

    Raises:
        DamagedIndexError: One is not, or is missing; the message names it.
        StorageError: The tar cannot be unpacked.
    """
    with ExitStack() as stack:
        folder = source
        if source.is_file():
            temporary = stack.enter_context(_beside(source))
            folder = _unpack(source, Path(temporary))
        backup = read_backup(folder)
        for name, record in backup.files.items():
            _verify(folder / name, record, name, source)
        yield folder, backup


def restore_backup(source: Path, folder: Path) -> Backup:
    """Make an index what a snapshot holds, in one step.

    Everything is copied and checked first. Then the old state goes: an index whose ``CURRENT`` is
    missing derives its generation from its catalog, so one that is stopped at any point shows
    wholly what it held before, or wholly what was restored. The catalog that was there stays as
    ``catalog.db.replaced``.

    Args:
        source: A snapshot, as a folder or a tar.
        folder: The index; made if it is not there.

    Raises:
        DamagedIndexError: The snapshot is damaged; nothing was changed.
        IndexLockedError: Somebody reads or writes the index; nothing was changed.
        StorageError: The operating system refused.
    """
    with verified(source) as (held, backup):
        make_folder(folder)
        with writer_lock(folder):
            replace_index(held, backup, folder)
    return backup


def replace_index(source: Path, backup: Backup, folder: Path) -> None:
    """Put what a snapshot's folder holds in place of what an index holds, by the lock's holder.

    Raises:
        As ``restore_backup``.
    """
    with ExitStack() as stack:
        generations = Generations(folder)
        _refuse_readers(folder, generations, stack)
        manifest = read_manifest(source / _GENERATIONS / str(backup.generation))
        moved = replace(manifest, generation=generations.next_number())
        draft = folder / f".{CATALOG}.restored.tmp"
        try:
            shutil.copyfile(source / CATALOG, draft)
            sync_file(draft)
            _verify(draft, backup.files[CATALOG], CATALOG, source)
            _place_generation(source, manifest, folder, moved)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageError(f"{folder}: {error.strerror}.", "Check free space.") from error
        (folder / _CURRENT).unlink(missing_ok=True)
        sync_folder(folder)
        for number in generations.numbers():
            if number != moved.generation:
                remove_tree(folder / _GENERATIONS / str(number))
        _set_aside(folder)
        rename_durably(draft, folder / CATALOG)
        replace_durably(folder / _CURRENT, current_line(moved))


_OTHER = "Use another snapshot: semsearch snapshot list"


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
    sync_file(target)


def _place_generation(source: Path, manifest: Manifest, target: Path, moved: Manifest) -> None:
    """Give a generation's files a second home, under the number that ``moved`` says."""
    old = source / _GENERATIONS / str(manifest.generation)
    new = target / _GENERATIONS / str(moved.generation)
    draft = new.with_name(f".{new.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    link_tree(old, draft)
    # Who reads a generation locks its manifest, so this one file is not shared.
    (draft / MANIFEST).unlink()
    write_durably(draft / MANIFEST, moved.to_json())
    for name, record in moved.files.items():
        _verify(draft / name, record, name, old)
    sync_tree(draft)
    rename_durably(draft, new)


def _refuse_readers(folder: Path, generations: Generations, stack: ExitStack) -> None:
    for number in generations.numbers():
        if not stack.enter_context(unread(folder / _GENERATIONS / str(number))):
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
    sync_folder(folder)


def _verify(path: Path, record: FileRecord, name: str, where: Path) -> None:
    try:
        sound = path.stat().st_size == record.bytes and sha256_of(path) == record.sha256
    except OSError as error:
        raise DamagedIndexError(f"{name} of {where} is missing or unreadable.", _OTHER) from error
    if not sound:
        raise DamagedIndexError(f"{name} of {where} is damaged.", _OTHER)


def _read_note(data: bytes, where: str) -> Backup:
    try:
        values: dict[str, Any] = json.loads(data)
        if values.get("format") != _FORMAT:
            raise FormatMismatchError(
                f"The snapshot {where} has format {values.get('format')}; "
                f"this version of semsearch reads {_FORMAT}.",
                "Use the version of semsearch that made it.",
            )
        sound = values.pop("checksum") == _checksum(values)
        records = {_inside(path): FileRecord(**one) for path, one in values.pop("files").items()}
        backup = Backup(**values, files=records)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise DamagedIndexError(f"{NOTE} of {where} is damaged.", _OTHER) from error
    if not sound or data != backup.to_json():
        raise DamagedIndexError(f"{NOTE} of {where} is damaged.", _OTHER)
    return backup


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(name)
    return name


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(dump_json(values)).hexdigest()


# --- tars ---------------------------------------------------------------------------------------


def _tar_mode(target: Path) -> str | None:
    """How a tar of that name is written; None: it is a folder."""
    return next((mode for end, mode in _TARS.items() if target.name.endswith(end)), None)


def _pack(folder: Path, target: Path, mode: str) -> None:
    with tarfile.open(target, mode) as tar:  # type: ignore[call-overload]
        for path in (folder / NOTE, *(p for p in files_of(folder) if p.name != NOTE)):
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False)
    sync_file(target)


def _unpack(source: Path, target: Path) -> Path:
    """Unpack a snapshot: the files that it lists, each with the size it lists, and no others."""
    try:
        with tarfile.open(source, "r:*") as tar:
            first = tar.next()
            stream = None if first is None else tar.extractfile(first)
            if first is None or stream is None or Path(first.name).name != NOTE:
                raise DamagedIndexError(f"{source} is no snapshot: it does not begin with {NOTE}.")
            note = stream.read(_MOST_NOTE_BYTES)
            backup = _read_note(note, str(source))
            folder = Path(first.name).parent
            for member in tar:
                if member.offset == first.offset:
                    continue
                name = str(Path(member.name).relative_to(folder)) if member.isreg() else ""
                listed = backup.files.get(name)
                if listed is None or listed.bytes != member.size:
                    raise DamagedIndexError(f"{source} holds {member.name!r}, which it must not.")
                tar.extract(member, target, filter="data")
            (target / folder).mkdir(parents=True, exist_ok=True)
            (target / folder / NOTE).write_bytes(note)
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise DamagedIndexError(f"{source} cannot be unpacked: {error}.", _OTHER) from error
    return target / folder


def _beside(source: Path) -> TemporaryDirectory[str]:
    try:
        return TemporaryDirectory(prefix=".unpacked-", dir=source.parent)
    except OSError:  # beside it may be no room or right to write
        return TemporaryDirectory()
