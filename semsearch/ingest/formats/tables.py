"""Tables: CSV, TSV, Parquet and Arrow files, read by pyarrow a piece at a time.

The first line of a CSV or TSV file names the columns. Its values are texts as they are written:
nothing is taken for a number or a date.
"""

import io
import math
import shutil
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.compression import MAX_EXPANSION
from semsearch.ingest.formats.encodings import as_utf8
from semsearch.ingest.formats.headings import Quotes, are_known, columns_of, heading_of
from semsearch.ingest.formats.reader import (
    MAX_FILE_BYTES,
    TEXT_ENDINGS,
    Head,
    RawRecord,
    Reader,
    Source,
)
from semsearch.temporary import temporary_folder

if TYPE_CHECKING:
    import pyarrow as pa

MAX_ROW_BYTES = 16 * 2**20
_MAX_HEADING = 2_000  # characters of the first line of a text that may be a table
MAX_STREAM_BYTES = 2**32
_ROWS = 1_000
_UNNAMED_INDEX = "__index_level_0__"  # of a data frame of pandas: no field
_NULLS = ("\\N", "NULL", "NaN", "nan", "NaT", "<NA>")  # of MySQL and pandas
_CHUNK = 2**20
_HEADED_AGAIN = "the names of the columns stand within the table again: that line was left out"

Rows = tuple[tuple[int, dict[str, object] | UnreadableError], ...]
"""Rows with their line, or with their place in a file that has no lines."""


class Table(Reader):
    """A table whose rows are records."""

    def size(self, block: Rows) -> int:
        """Characters of its texts."""
        return sum(
            len(value)
            for _, fields in block
            if isinstance(fields, dict)
            for value in fields.values()
            if isinstance(value, str)
        )

    def records(self, block: Rows) -> Iterator[RawRecord]:
        """A record for each row."""
        return (RawRecord(fields, line) for line, fields in block)


class Csv(Table):
    """Values parted by commas, semicolons, tabs or bars; the first line names them."""

    endings = (".csv", ".tsv", ".tab")

    def recognises(self, head: Head) -> bool:
        """Whether the first line of a text names columns, a title or a text among them."""
        first, _, rest = head.start.partition("\n")
        if not head.name.endswith(TEXT_ENDINGS) or len(first) > _MAX_HEADING:
            return False
        names, delimiter = columns_of(first, "")
        return (
            len(names) == first.count(delimiter) + 1
            and are_known(names)
            and rest.count(delimiter) >= len(names) - 1
        )

    def blocks(self, source: Source) -> Iterator[Rows]:
        """Some rows at a time."""
        stream, recoded = as_utf8(source.stream, source.encoding_of_lines())
        is_tabbed = source.name.lower().endswith((".tsv", ".tab"))
        yield from _csv_rows(stream, "\t" if is_tabbed else "", source.notes)
        source.notes += [recoded.note] if recoded.note else []


class Parquet(Table):
    """Parquet."""

    endings = (".parquet", ".pq")

    def recognises(self, head: Head) -> bool:
        """Whether it begins as such."""
        return head.data.startswith(b"PAR1")

    def blocks(self, source: Source) -> Iterator[Rows]:
        """Some rows at a time."""
        from pyarrow import parquet  # noqa: PLC0415 - takes half a second

        with _ours(), _seekable(source.stream) as (stream, size):
            yield from _rows_of(parquet.ParquetFile(stream).iter_batches(_ROWS), size)


class Arrow(Table):
    """Arrow: a file (also known as Feather) or a stream."""

    endings = (".arrow", ".feather", ".arrows", ".ipc")

    def recognises(self, head: Head) -> bool:
        """Whether it begins as such a file."""
        return head.data.startswith(b"ARROW1\0\0")

    def blocks(self, source: Source) -> Iterator[Rows]:
        """Some rows at a time."""
        from pyarrow import ipc  # noqa: PLC0415 - takes half a second

        if source.head().data.startswith(b"ARROW1"):
            with _ours(), _seekable(source.stream) as (stream, size):
                file = ipc.open_file(stream)
                yield from _rows_of(map(file.get_batch, range(file.num_record_batches)), size)
        else:
            with _ours():
                yield from _rows_of(ipc.open_stream(source.stream), MAX_STREAM_BYTES)


def zstandard_stream(stream: BinaryIO) -> BinaryIO:
    """A stream that is compressed with Zstandard, decompressed as it is read."""
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    file = pa.PythonFile(stream, mode="r")
    return cast("BinaryIO", pa.CompressedInputStream(file, "zstd"))


def is_arrow(value: object) -> bool:
    """Whether something hands over its data as Arrow does: tables, data frames, query results."""
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__")


def rows_of_arrow(value: Any) -> Iterator[dict[str, object]]:
    """The rows of a table, a data frame, a record batch or a stream of batches.

    Raises:
        UnreadableError: It cannot be read, such as a column of values of several types.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    with _ours():
        batches = (
            pa.RecordBatchReader.from_stream(value)
            if hasattr(value, "__arrow_c_stream__")
            else [pa.record_batch(value)]
        )
        for rows in _rows_of(batches, MAX_STREAM_BYTES):
            yield from (fields for _, fields in rows if isinstance(fields, dict))


def _csv_rows(stream: io.BufferedReader, delimiter: str, notes: list[str]) -> Iterator[Rows]:
    import pyarrow as pa  # noqa: PLC0415 - takes half a second
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    heading = heading_of(stream, delimiter, notes)
    names, first_line = heading.names, heading.line
    quotes = Quotes(stream, escaped=heading.escaped)
    broken: deque[Any] = deque()

    def refuse(row: Any) -> str:
        broken.append(row)
        return "skip"

    with _ours():
        batches = arrow_csv.open_csv(
            quotes,
            arrow_csv.ReadOptions(use_threads=False, block_size=MAX_ROW_BYTES, column_names=names),
            arrow_csv.ParseOptions(
                delimiter=heading.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=["", *_NULLS],
                strings_can_be_null=True,
            ),
        )
        place, line, last, is_lined = 0, first_line, 1, False
        for batch in batches:
            for part in range(0, batch.num_rows, _ROWS):
                rows = list[tuple[int, dict[str, object] | UnreadableError]]()
                for row in batch.slice(part, _ROWS).to_pylist():
                    place += 1
                    while broken and broken[0].number == place:
                        rows += _refused(broken[0], line)
                        line, place = line + 1 + broken.popleft().text.count("\n"), place + 1
                    if place > 1 and _is_record(row, names, notes):
                        rows.append((line, row))
                        last = line
                        is_lined = any("\n" in value for value in row.values() if value)
                    line += 1 + sum(value.count("\n") for value in row.values() if value)
                yield tuple(rows)
        yield tuple(one for n, row in enumerate(broken) for one in _refused(row, line + n))
    if quotes.number % 2 and is_lined:  # else it is a sign, as in 5" of rain
        raise UnreadableError(
            "a quotation mark in it is never closed: all that follows it is one value", last
        )


def _is_record(row: dict[str, object], names: list[str], notes: list[str]) -> bool:
    """Whether a row is one; none is empty, or the names that a crawler wrote with every run."""
    if list(row.values()) == names:
        notes += [_HEADED_AGAIN] if _HEADED_AGAIN not in notes else []
        return False
    return any(value is not None for value in row.values())


def _refused(row: Any, line: int) -> Rows:
    """What is said of a row of too many or too few values; nothing of that of the names."""
    if row.number == 1:
        return ()
    reason = f"{row.actual_columns} values, but the first line names {row.expected_columns}"
    return ((line, UnreadableError(reason, line)),)


def _rows_of(batches: Iterable["pa.RecordBatch"], size: int) -> Iterator[Rows]:
    """The rows of batches with their places.

    What it may expand to is reckoned from the ``size`` of the file.
    """
    place, left = 0, max(MAX_FILE_BYTES, size * MAX_EXPANSION)
    for batch in batches:
        left -= batch.nbytes
        if left < 0:
            raise UnreadableError(f"it expands to more than {MAX_EXPANSION} times its size")
        for part in range(0, batch.num_rows, _ROWS):
            rows = _plainly_typed(batch.slice(part, _ROWS)).to_pylist()
            first, place = place + 1, place + len(rows)
            yield tuple(
                (number, {name: _plain(row[name]) for name in row if name != _UNNAMED_INDEX})
                for number, row in enumerate(rows, first)
            )


def _plainly_typed(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Times in microseconds, as Python has them."""
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)


def _plain(value: object) -> object:
    """A value as records of other formats have it."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case bytes():
            return _text_in(value)
        case Decimal() | time() | timedelta():
            return str(value)
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
    return value


def _text_in(data: bytes) -> str | None:
    """The text that bytes are, as of columns that do not say so; None: they are a picture, say."""
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None


@contextmanager
def _seekable(stream: io.BufferedReader) -> Iterator[tuple[BinaryIO, int]]:
    """A stream in which one can go to and fro, and its size."""
    if stream.seekable():
        begin = stream.tell()
        size = stream.seek(0, io.SEEK_END)
        stream.seek(begin)
        yield stream, size
        return
    with temporary_folder() as folder, (folder / "table").open("w+b") as copy:
        shutil.copyfileobj(stream, copy, _CHUNK)
        size = copy.tell()
        copy.seek(0)
        yield copy, size


@contextmanager
def _ours() -> Iterator[None]:
    """Errors of pyarrow as ours."""
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        if "invalid UTF8" in first:
            raise UnreadableError(
                "not valid UTF-8, and no other encoding is likely: name it with --encoding"
            ) from None
        raise UnreadableError(f"not a table that can be read: {first}") from None
