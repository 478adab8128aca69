"""JSON values, parsed strictly and within limits."""

import json
from collections import Counter

import numpy as np

from semsearch.errors import UnreadableError
from semsearch.ingest.secured import quoted

MAX_VALUES = 200_000
"""Values of one record or body, each member of a list or object counted."""
MAX_NESTING = 64
_QUOTE = ord('"')
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def parse_json(data: bytes, max_values: int = MAX_VALUES, *, lenient: bool = False) -> object:
    """Strict JSON: no key twice. NaN and Infinity, which it does not have, are null.

    Its values are counted before it is parsed. Lenient is how pages have it: texts may hold line
    breaks, and of a key that stands twice the last counts.

    Raises:
        UnreadableError: Not UTF-8, not JSON, nested too deep, or too many values.
    """
    _check_shape(data, max_values)
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            parse_constant=_none,
            strict=not lenient,
            object_pairs_hook=dict if lenient else _with_unique_keys,
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
    # No quote is left within a text. Each call holds up other threads, so none is made in vain.
    if b"\\" in data:
        data = data.replace(rb"\\", b"").replace(rb"\"", b"")
    bare = np.frombuffer(data, np.uint8)
    in_text = np.bitwise_xor.accumulate(bare == _QUOTE)
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


def _none(name: str) -> None:
    del name
