"""JSON Lines: one record a line, from a file or a request."""

import gzip
import io
import json
import lzma
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Never, cast

import numpy as np

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.reader import MAX_FILE_BYTES, RawRecord, Reader
from semsearch.ingest.secured import quoted

DAMAGE = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What reading a damaged compressed file raises."""
MAX_LINE_BYTES = 16 * 2**20
MAX_EXPANSION = 200
"""Texts rarely shrink to less than a fiftieth; a bomb to less than a thousandth."""
MAX_VALUES = 200_000
"""Values of one record or body, each member of a list or object counted."""
MAX_NESTING = 64
_QUOTE = ord('"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LEAST_LINE = 256  # what a line counts for: empty ones take their time, too
_BLOCK_BYTES = 64 * 2**10


RawLine = tuple[int, bytes | UnreadableError]
"""The 1-based number of a line, and its bytes or why they could not be read."""


class JsonLines(Reader):
    """One record a line; the file may be compressed."""

    endings = tuple(
        f".{name}{packed}" for name in ("jsonl", "ndjson") for packed in ("", ".gz", ".xz")
    )

    def blocks(self, path: Path) -> Iterator[tuple[RawLine, ...]]:
        """Some lines at a time, as they stand."""
        try:
            stream = open_lines(path)
        except OSError as error:
            raise UnreadableError(f"cannot be read: {error.strerror}") from None
        with stream:
            lines, size = list[RawLine](), 0
            for number, data in raw_lines(stream):
                lines.append((number, data))
                size += len(data) if isinstance(data, bytes) else 0
                if size >= _BLOCK_BYTES:
                    yield tuple(lines)
                    lines, size = [], 0
            yield tuple(lines)

    def size(self, block: tuple[RawLine, ...]) -> int:
        """Bytes."""
        return sum(len(data) for _, data in block if isinstance(data, bytes))

    def records(self, block: tuple[RawLine, ...]) -> Iterator[RawRecord]:
        """A record for each line."""
        return map(parse_line, block)


def read_json_lines(stream: BinaryIO) -> Iterator[RawRecord]:
    """Every line that is not blank; see ``raw_lines`` for those that are damaged or too long."""
    return map(parse_line, raw_lines(stream))


def raw_lines(stream: BinaryIO) -> Iterator[RawLine]:
    """Every line that is not blank, with its number, as it stands.

    A line over 16 MiB is skipped without holding it in memory. Damage of the compression ends the
    file with one last unreadable line.
    """
    number = 0
    while True:
        try:
            data = stream.readline(MAX_LINE_BYTES + 1)
            whole = len(data) <= MAX_LINE_BYTES
            rest = data
            while not whole and rest and not rest.endswith(b"\n"):
                rest = stream.readline(MAX_LINE_BYTES)
        except DAMAGE as error:
            yield number + 1, UnreadableError(f"damaged file: {error}", number + 1)
            return
        if not data:
            return
        number += 1
        if not whole:
            limit = f"{MAX_LINE_BYTES // 2**20} MiB"
            yield number, UnreadableError(f"line longer than {limit}", number)
        elif data.strip():
            yield number, data


def parse_line(line: RawLine) -> RawRecord:
    """The record of a line, or why it could not be read."""
    number, data = line
    if not isinstance(data, bytes):
        return RawRecord(data, number)
    try:
        record = parse_json(data)
    except UnreadableError as error:
        return RawRecord(UnreadableError(error.reason, number), number)
    if not isinstance(record, dict):
        return RawRecord(UnreadableError("not a JSON object", number), number)
    return RawRecord(record, number)


def parse_json(data: bytes, max_values: int = MAX_VALUES) -> object:
    """Strict JSON: no NaN or Infinity, and no key twice.

    Args:
        data: The text, UTF-8.
        max_values: How many values it may hold; they are counted before it is parsed.

    Raises:
        UnreadableError: Not UTF-8, not JSON, nested too deep, or too many values.
    """
    _check_shape(data, max_values)
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            object_pairs_hook=_with_unique_keys,
        )
    except UnicodeDecodeError:
        raise UnreadableError("not valid UTF-8") from None
    except RecursionError:
        raise UnreadableError("nested too deep") from None
    except ValueError as error:
        raise UnreadableError(f"not JSON: {error}") from None


def _check_shape(data: bytes, max_values: int) -> None:
    """Refuse many or deep values while they are still bytes: parsed they take 50 times as much."""
    opened = data.count(b"[") + data.count(b"{")
    if opened <= MAX_NESTING and opened + data.count(b",") <= max_values:
        return  # even if every one of them stands outside of texts
    bare = np.frombuffer(data.replace(rb"\\", b"").replace(rb"\"", b""), np.uint8)
    in_text = np.bitwise_xor.accumulate(bare == _QUOTE)  # no quote is left within a text
    structure = bare[~in_text].tobytes()
    if sum(map(structure.count, (b"[", b"{", b","))) > max_values:
        raise UnreadableError(f"it holds more than {max_values:,} values")
    depth = 0
    for bracket in structure.translate(None, delete=_NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_NESTING:
            raise UnreadableError("nested too deep")
        if depth < 0:
            return  # no JSON; the parser says where


def _with_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"{quoted(twice)} stands twice")
    return record


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


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
