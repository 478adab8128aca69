"""JSON Lines: one record a line, from a file or a request."""

import json
import lzma
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Never

from semsearch.errors import UnreadableError

MAX_LINE_BYTES = 16 * 2**20
_SHOWN_CHARS = 80


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its 1-based number and its record, or why it could not be read."""

    number: int
    fields: dict[str, object] | UnreadableError


RawLine = tuple[int, bytes | UnreadableError]


def read_json_lines(stream: BinaryIO) -> Iterator[Line]:
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
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
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


def parse_line(line: RawLine) -> Line:
    """The record of a line, or why it could not be read."""
    number, data = line
    return Line(number, _parse(data, number) if isinstance(data, bytes) else data)


def _parse(data: bytes, number: int) -> dict[str, object] | UnreadableError:
    try:
        record = parse_json(data)
    except UnreadableError as error:
        return UnreadableError(error.reason, number)
    if not isinstance(record, dict):
        return UnreadableError("not a JSON object", number)
    return record


def parse_json(data: bytes) -> object:
    """Strict JSON: no NaN or Infinity, and no key twice.

    Raises:
        UnreadableError: Not UTF-8, not JSON, or nested too deep.
    """
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


def _with_unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held = dict(pairs)
    if len(held) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice[:_SHOWN_CHARS]!r} stands twice")
    return held


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")
