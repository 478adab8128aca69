"""Which files are read, and their bytes as text."""

import gzip
import io
import lzma
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from semsearch.errors import UnreadableError
from semsearch.model.report import Skipped

MAX_FILE_BYTES = 64 * 2**20
_LEAST_LINE = 256  # what a line counts for: empty ones take their time, too
MAX_EXPANSION = 200
"""Texts rarely shrink to less than a fiftieth; a bomb to less than a thousandth."""
TEXT_SUFFIXES = (".md", ".markdown", ".txt")
JSONL_SUFFIXES = (".jsonl", ".jsonl.gz", ".jsonl.xz", ".ndjson", ".ndjson.gz", ".ndjson.xz")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read; ``path`` is absolute, ``shown`` is how the user named it."""

    path: Path
    shown: str

    @property
    def is_json_lines(self) -> bool:
        """Whether it holds one JSON record a line."""
        return self.path.name.lower().endswith(JSONL_SUFFIXES)


def find_files(paths: Sequence[Path]) -> Iterator[SourceFile | Skipped]:
    """All readable files under the paths, each once, in a stable order.

    Folders are walked recursively in name order without following links to folders (so a loop
    ends) or links to files outside the folder. Hidden files and unknown endings inside a
    folder are passed over; a file that is named itself must have a known ending.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _walk(path) if os.path.isdir(path) else _named(path):  # noqa: PTH112
            if isinstance(found, Skipped):
                yield found
            elif found.path not in seen:
                seen.add(found.path)
                yield found


def _named(path: Path) -> Iterator[SourceFile | Skipped]:
    if not os.path.exists(path):  # noqa: PTH110
        yield Skipped(_shown(path), None, "no such file or folder")
    elif path.is_file() and not path.name.lower().endswith((*TEXT_SUFFIXES, *JSONL_SUFFIXES)):
        yield Skipped(_shown(path), None, f"unknown ending: {path.suffix or 'none'}")
    else:
        yield _source(path)


def _walk(folder: Path) -> Iterator[SourceFile | Skipped]:
    root = _target(folder)
    errors: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=errors.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith((*TEXT_SUFFIXES, *JSONL_SUFFIXES)):
                continue
            path = Path(parent, name)
            if _target(path).is_relative_to(root):
                yield _source(path)
            else:
                yield Skipped(_shown(path), None, "a link to a file outside the folder")
    for error in errors:
        yield Skipped(_shown(Path(error.filename)), None, f"cannot be listed: {error.strerror}")


def _source(path: Path) -> SourceFile | Skipped:
    shown, target = _shown(path), _target(path)
    if not target.is_file():
        return Skipped(shown, None, "not a regular file")
    if (shown, _shown(target)) != (str(path), str(target)):
        return Skipped(shown, None, "its name is not valid UTF-8")
    return SourceFile(target, shown)


def _target(path: Path) -> Path:
    """Where the path leads; unlike ``Path.resolve`` it does not fail on links in a circle."""
    return Path(os.path.realpath(path))


def _shown(path: Path) -> str:
    r"""The path as text that can be printed and stored: bytes that are not UTF-8 as ``\xff``."""
    return str(path).encode(errors="surrogateescape").decode(errors="backslashreplace")


def read_text(path: Path) -> str:
    """A text file's characters. Byte order marks of UTF-8 and UTF-16 are honoured.

    Raises:
        UnreadableError: Not readable, larger than 64 MiB, or not valid in its encoding.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"not valid {encoding.upper()[:6].strip('-')}", line) from None


def open_lines(path: Path) -> BinaryIO:
    """A JSON Lines file, decompressed as it is read.

    Raises:
        OSError: It cannot be opened, or, while it is read, expands beyond what texts do.
    """
    name = path.name.lower()
    if name.endswith(".gz"):
        return _Expanding(gzip.open(path, "rb"), path.stat().st_size)
    if name.endswith(".xz"):
        return _Expanding(lzma.open(path, "rb"), path.stat().st_size)
    return path.open("rb")


class _Expanding(io.BufferedReader):
    """A decompressed file that ends with an error where it turns out to be a bomb.

    Args:
        stream: The file as it is decompressed.
        size: Bytes of the compressed file.
    """

    def __init__(self, stream: gzip.GzipFile | lzma.LZMAFile, size: int) -> None:
        super().__init__(cast("io.RawIOBase", stream))
        self._left = max(MAX_FILE_BYTES, size * MAX_EXPANSION)

    def readline(self, size: int | None = -1, /) -> bytes:
        """The next line, or as much of it.

        Raises:
            OSError: There is more than a text of this size can have been.
        """
        line = super().readline(size)
        self._left -= max(len(line), _LEAST_LINE)
        if self._left < 0:
            raise OSError(f"it expands to more than {MAX_EXPANSION} times its size")
        return line
