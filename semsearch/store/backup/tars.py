"""Snapshots as tars."""

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from semsearch.errors import DamagedIndexError
from semsearch.store.backup.backups import NOTE, OTHER, read_note
from semsearch.store.files import files_of, sync

_MODES = {".tar": "w", ".tar.gz": "w:gz", ".tgz": "w:gz"}
_MOST_NOTE_BYTES = 64 * 2**20


def tar_mode(target: Path) -> str | None:
    """How a tar of that name is written; None: it is a folder."""
    return next((mode for end, mode in _MODES.items() if target.name.endswith(end)), None)


def pack(folder: Path, target: Path, mode: str) -> None:
    """Write a snapshot's folder as a tar, its list first."""
    with tarfile.open(target, mode) as tar:  # type: ignore[call-overload]
        for path in (folder / NOTE, *(p for p in files_of(folder) if p.name != NOTE)):
            tar.add(path, f"{folder.name}/{path.relative_to(folder)}", recursive=False)
    sync(target)


def unpack(source: Path, target: Path) -> Path:
    """Unpack a snapshot: the files that it lists, each with the size it lists, and no others.

    Returns:
        Its folder, in ``target``.

    Raises:
        DamagedIndexError: It is no snapshot, or holds something else.
    """
    try:
        with tarfile.open(source, "r:*") as tar:
            first = tar.next()
            stream = None if first is None else tar.extractfile(first)
            if first is None or stream is None or Path(first.name).name != NOTE:
                raise DamagedIndexError(f"{source} is no snapshot: it does not begin with {NOTE}.")
            note = stream.read(_MOST_NOTE_BYTES)
            backup = read_note(note, str(source))
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
        raise DamagedIndexError(f"{source} cannot be unpacked: {error}.", OTHER) from error
    return target / folder


def room_beside(source: Path) -> TemporaryDirectory[str]:
    """A temporary folder on the disk of a tar, if that can be written to."""
    try:
        return TemporaryDirectory(prefix=".unpacked-", dir=source.parent)
    except OSError:  # beside it may be no room or right to write
        return TemporaryDirectory()
