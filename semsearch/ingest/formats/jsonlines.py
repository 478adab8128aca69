"""JSON Lines: one record a line, from a file or a request."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.compression import DAMAGE
from semsearch.ingest.formats.encodings import as_utf8
from semsearch.ingest.formats.envelopes import held_in
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.formats.reader import Head, RawRecord, Reader, Source

MAX_LINE_BYTES = 16 * 2**20
MAX_EMPTY_LINES = 100_000
_BLOCK_BYTES = 64 * 2**10


RawLine = tuple[int, bytes | UnreadableError]
"""The 1-based number of a line, and its bytes or why they could not be read."""


class JsonLines(Reader):
    """One record a line."""

    endings = (".jsonl", ".ndjson", ".jl")

    def recognises(self, head: Head) -> bool:
        """Whether the first two lines that are not blank are objects."""
        if not head.start.startswith("{"):
            return False
        first, _, rest = head.start.partition("\n")
        if head.name.endswith(self.endings):
            return first.strip() != "{"
        return rest.lstrip().startswith("{") and _is_json(first)

    def blocks(self, source: Source) -> Iterator[tuple[RawLine, ...]]:
        """Some lines at a time, as they stand."""
        stream, recoded = as_utf8(source.stream, source.encoding_of_lines())
        yield from blocks_of_lines(raw_lines(stream))
        source.notes += [recoded.note] if recoded.note else []

    def size(self, block: tuple[RawLine, ...]) -> int:
        """Bytes."""
        return sum(len(data) for _, data in block if isinstance(data, bytes))

    def records(self, block: tuple[RawLine, ...]) -> Iterator[RawRecord]:
        """The records of each line, mostly one."""
        for line in block:
            yield from parse_line(line)


def blocks_of_lines(lines: Iterable[RawLine]) -> Iterator[tuple[RawLine, ...]]:
    """Lines, some at a time; one block at least."""
    block, size = list[RawLine](), 0
    for number, data in lines:
        block.append((number, data))
        size += len(data) if isinstance(data, bytes) else 0
        if size >= _BLOCK_BYTES:
            yield tuple(block)
            block, size = [], 0
    yield tuple(block)


def read_json_lines(stream: BinaryIO) -> Iterator[RawRecord]:
    """Every line that is not blank; see ``raw_lines`` for those that are damaged or too long."""
    for line in raw_lines(stream):
        yield from parse_line(line)


def raw_lines(stream: BinaryIO) -> Iterator[RawLine]:
    """Every line that is not blank, with its number, as it stands.

    A line over 16 MiB is skipped without holding it in memory. Damage of the compression, and
    more empty lines than anybody writes, end the file with one last unreadable line.
    """
    number = empty = 0
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
        else:
            empty += 1
            if empty > MAX_EMPTY_LINES:
                reason = f"more than {MAX_EMPTY_LINES:,} empty lines"
                yield number, UnreadableError(reason, number)
                return


def parse_line(line: RawLine, max_values: int | None = None) -> Iterator[RawRecord]:
    """The records of a line, or why there are none: it is one, or an envelope of some."""
    number, data = line
    if not isinstance(data, bytes):
        yield RawRecord(data, number)
        return
    try:
        record = parse_json(data) if max_values is None else parse_json(data, max_values)
    except UnreadableError as error:
        yield RawRecord(UnreadableError(error.reason, number), number)
        return
    if not isinstance(record, dict):
        yield RawRecord(UnreadableError("not a JSON object", number), number)
        return
    held = held_in(record)
    for place, fields in enumerate(held.records):
        yield RawRecord(fields, number, place, (held.note,) if held.note and not place else ())


def _is_json(line: str) -> bool:
    try:
        parse_json(line.encode(errors="replace"))
    except UnreadableError:
        return False
    return True
