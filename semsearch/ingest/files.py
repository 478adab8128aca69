"""The files to read under some paths."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.ingest.formats import can_read, instead_of
from semsearch.model.status import PassedOver, Skipped

_INDEX = {"catalog.db", "generations"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read; ``path`` is absolute, ``shown`` is how the user named it."""

    path: Path
    shown: str


def find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped | PassedOver]:
    """All readable files under the paths, each once, in a stable order.

    Folders are walked recursively in name order without following links to folders (so a loop
    ends) or links to files outside the folder. Unknown endings inside a folder are passed over,
    hidden files are not looked at; a file that is named itself must have a known ending.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _walk(path) if os.path.isdir(path) else _named(path):  # noqa: PTH112
            if not isinstance(found, SourceFile):
                yield found
            elif found.path not in seen:
                seen.add(found.path)
                yield found


def _named(path: Path) -> Iterator[SourceFile | Skipped]:
    if not os.path.exists(path):  # noqa: PTH110
        yield Skipped(printable(path), None, "no such file or folder")
    elif path.is_file() and not can_read(path.name):
        advice = instead_of(path.suffix)
        reason = f"unknown ending: {path.suffix or 'none'}{advice and '; '}{advice}"
        yield Skipped(printable(path), None, reason)
    else:
        yield _source(path)


def _walk(folder: Path) -> Iterator[SourceFile | Skipped | PassedOver]:
    root = _target(folder)
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if {*folders, *names} >= _INDEX:  # of semsearch itself, which may lie within an archive
            folders.clear()
            continue
        for name in sorted(names):
            if name.startswith("."):
                continue
            path = Path(parent, name)
            if not can_read(name):
                yield PassedOver(printable(path))
            elif _target(path).is_relative_to(root):
                yield _source(path)
            else:
                yield Skipped(printable(path), None, "a link to a file outside the folder")
    for error in errors:
        yield Skipped(printable(Path(error.filename)), None, f"cannot be listed: {error.strerror}")


def _source(path: Path) -> SourceFile | Skipped:
    shown, target = printable(path), _target(path)
    if not target.is_file():
        return Skipped(shown, None, "not a regular file")
    if (shown, printable(target)) != (str(path), str(target)):
        return Skipped(shown, None, "its name is not valid UTF-8")
    return SourceFile(target, shown)


def _target(path: Path) -> Path:
    """Where the path leads; unlike ``Path.resolve`` it does not fail on links in a circle."""
    return Path(os.path.realpath(path))


def printable(path: Path) -> str:
    r"""The path as text that can be printed and stored: bytes that are not UTF-8 as ``\xff``."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")
