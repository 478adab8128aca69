import io
import json
import tracemalloc
from typing import BinaryIO

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.jsonlines import MAX_LINE_BYTES, read_json_lines
from semsearch.ingest.formats.jsonvalues import parse_json


def lines_of(data: bytes | BinaryIO) -> list[tuple[int | None, object]]:
    """Line numbers with the record or the reason why there is none."""
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    found: list[tuple[int | None, object]] = []
    for line in read_json_lines(stream):
        if isinstance(line.fields, UnreadableError):
            assert line.fields.line == line.line
            found.append((line.line, line.fields.reason))
        else:
            found.append((line.line, line.fields))
    return found


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b'{"a": 1}\n{"a": 2}\n', [(1, {"a": 1}), (2, {"a": 2})], id="two"),
        pytest.param(b'{"a": 1}', [(1, {"a": 1})], id="no-last-line-break"),
        pytest.param(b'\n \t\r\n{"a": 1}\r\n\n', [(3, {"a": 1})], id="blank-lines"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}\n', [(1, {"a": 1})], id="byte-order-mark"),
        pytest.param('{"é": "\u2028"}\n'.encode(), [(1, {"é": "\u2028"})], id="line-separator"),
        pytest.param(rb'{"a": "\ud83d\ude00"}', [(1, {"a": "😀"})], id="surrogate-pair"),
        pytest.param(b"[1]\n", [(1, "not a JSON object")], id="list"),
        pytest.param(b'"text"\n', [(1, "not a JSON object")], id="text"),
        pytest.param(b"null\n", [(1, "not a JSON object")], id="null"),
        pytest.param(b'{"a": NaN}\n', [(1, {"a": None})], id="nan"),
        pytest.param(b'{"a": -Infinity}', [(1, {"a": None})], id="infinity"),
        pytest.param(b'{"a": "\xff"}\n', [(1, "not valid UTF-8")], id="not-utf-8"),
        pytest.param(b'{"a": ' + b"[" * 10**5, [(1, "nested too deep")], id="deep"),
    ],
)
def test_every_line_is_a_record_or_a_reason(
    data: bytes, lines: list[tuple[int | None, object]]
) -> None:
    assert lines_of(data) == lines


def test_a_broken_line_does_not_end_the_file() -> None:
    first, second, third = lines_of(b'{"a": 1}\n{"a": \n{"a": 3}\n')
    assert first == (1, {"a": 1})
    assert second == (2, "not JSON: Expecting value: line 2 column 1 (char 7)")
    assert third == (3, {"a": 3})


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    ((_, reason),) = lines_of(b'{"a": ' + b"9" * 10_000 + b"}")
    assert str(reason).startswith("not JSON: ")


class Endless(io.RawIOBase):
    """A line of so many letters, then a record; never held as a whole."""

    def __init__(self, letters: int, rest: bytes) -> None:
        self._left = letters
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        size = min(len(buffer), self._left)
        data = b"x" * size if size else self._rest[: len(buffer)]
        self._left -= size
        self._rest = self._rest if size else self._rest[len(data) :]
        buffer[: len(data)] = data
        return len(data)


def test_a_line_over_16_mib_is_skipped_and_the_next_is_read() -> None:
    stream = io.BufferedReader(Endless(MAX_LINE_BYTES + 2**20, b'\n{"a": 1}\n'))
    assert lines_of(stream) == [(1, "line longer than 16 MiB"), (2, {"a": 1})]


def test_a_line_over_16_mib_that_ends_the_file_is_reported() -> None:
    stream = io.BufferedReader(Endless(MAX_LINE_BYTES + 2**20, b""))
    assert lines_of(stream) == [(1, "line longer than 16 MiB")]


def test_a_line_of_16_mib_is_read() -> None:
    start, end = b'{"a": "', b'"}'
    data = start + b"x" * (MAX_LINE_BYTES - len(start) - len(end)) + end
    ((number, record),) = lines_of(data)
    assert number == 1
    assert isinstance(record, dict)


def test_a_long_line_is_not_held_in_memory() -> None:
    stream = io.BufferedReader(Endless(12 * MAX_LINE_BYTES, b"\n"))
    tracemalloc.start()
    try:
        assert lines_of(stream) == [(1, "line longer than 16 MiB")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5 * MAX_LINE_BYTES


@pytest.mark.parametrize(
    ("data", "value"),
    [(b"[1, 2.5, null]", [1, 2.5, None]), (b' "x" ', "x"), (b"\xef\xbb\xbf{}", {})],
    ids=["list", "text", "byte-order-mark"],
)
def test_any_json_is_read(data: bytes, value: object) -> None:
    assert parse_json(data) == value


@pytest.mark.parametrize("data", [b"", b"{", b"{'a': 1}", b"{} {}", b"\xff", b"nan", b"[1,]"])
def test_what_is_not_json_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        parse_json(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[" + b"[]," * 1_000 + b"[]]",
        b'{"a": [' + b"1," * 1_000 + b"1]}",
        b'{"a": "' + rb"\\" + b'", "b": [' + b'"\\"",' * 1_000 + b"1]}",
        b'{"a": [' + b'{"b": 1},' * 1_000 + b"1]}",
        b'["' + b'","' * 1_000 + b'"]',
    ],
)
def test_more_values_than_allowed_are_refused_before_they_are_parsed(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="more than 1,000 values"):
        parse_json(data, 1_000)


@pytest.mark.parametrize(
    "text", ["," * 5_000, "[{" * 5_000, '\\",' * 5_000, '"[' * 5_000, "\\" * 4_999, "\\," * 5_000]
)
def test_what_stands_in_a_text_is_no_value(text: str) -> None:
    value = {"a": text, "b\\": [text, 1]}
    assert parse_json(json.dumps(value).encode(), 10) == value
    assert parse_json(json.dumps(text).encode(), 10) == text


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_limit(opened: str, closed: str) -> None:
    inner = "1" if opened != "[" else ""
    assert parse_json(f"{opened * 64}{inner}{closed * 64}".encode())
    for depth in (65, 500, 5_000, 100_000):
        with pytest.raises(UnreadableError, match="nested too deep"):
            parse_json(f"{opened * depth}{inner}{closed * depth}".encode())
