"""Snapshots of an index: a folder that is itself an index, never written to, with checksums.

``snapshot.json`` lists every file with its checksum. The catalog in it is a copy that the database
made at one moment; the generation is one that was published before that moment and shares its
files with the index by hard links, where both lie on one disk. ``store.backing_up`` makes them,
``store.restoring`` puts one in the place of an index.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from semsearch.errors import DamagedIndexError, FormatMismatchError
from semsearch.store.files import dump_json, sha256_of
from semsearch.store.generations import FileRecord

CATALOG = "catalog.db"
NOTE = "snapshot.json"
FOLDER = "snapshots"
OTHER = "Use another snapshot: semsearch snapshot list"
_FORMAT = 1


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


def read_backup(folder: Path) -> Backup:
    """What a snapshot's folder says about itself.

    Raises:
        DamagedIndexError: It is no snapshot, or its list is damaged.
        FormatMismatchError: It is of another format.
    """
    try:
        return read_note((folder / NOTE).read_bytes(), str(folder))
    except OSError as error:
        raise DamagedIndexError(f"{folder} is no snapshot: there is no {NOTE}.", OTHER) from error


def list_backups(folder: Path) -> list[Backup]:
    """The snapshots in a folder, oldest first; those whose list is damaged are left out."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not path.name.startswith(".") and is_snapshot(path):
            with suppress(DamagedIndexError, FormatMismatchError):
                found.append(read_backup(path))
    return sorted(found, key=lambda one: one.created)


def read_note(data: bytes, where: str) -> Backup:
    """What ``snapshot.json`` says.

    Raises:
        DamagedIndexError: It is damaged.
        FormatMismatchError: It is of another format.
    """
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
        raise DamagedIndexError(f"{NOTE} of {where} is damaged.", OTHER) from error
    if not sound or data != backup.to_json():
        raise DamagedIndexError(f"{NOTE} of {where} is damaged.", OTHER)
    return backup


def verify_file(path: Path, record: FileRecord, name: str, where: Path) -> None:
    """Return if a file of a snapshot is what was written.

    Raises:
        DamagedIndexError: It is not, or is missing; the message names it.
    """
    try:
        sound = path.stat().st_size == record.bytes and sha256_of(path) == record.sha256
    except OSError as error:
        raise DamagedIndexError(f"{name} of {where} is missing or unreadable.", OTHER) from error
    if not sound:
        raise DamagedIndexError(f"{name} of {where} is damaged.", OTHER)


def _inside(name: str) -> str:
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise ValueError(name)
    return name


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(dump_json(values)).hexdigest()
