"""How CSV and its like begin: names of columns and what parts them; and their quotation marks."""

import csv
import io
import re
from dataclasses import dataclass

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import field_of
from semsearch.ingest.formats.reader import HEAD_BYTES

MAX_COLUMNS = 1_000
_DELIMITERS = (",", ";", "\t", "|")
_SEP = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_ESCAPED = re.compile(r"""(?<!\\)\\"[^\s",;|]""")  # as MySQL and Spark write a quotation mark
_SIGNS = {b'"': b'""', b"\\": b"\\", b"\n": b"\n", b"": b"\\"}
_SIGN = re.compile(rb'\\(["\\\n]|)')
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_MOST_ABOVE = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """What the beginning of a table says of it.

    Attributes:
        names: Of its columns.
        line: On which they stand, 1-based.
        escaped: Whether quotation marks are written with a sign before them.
    """

    names: list[str]
    delimiter: str
    line: int
    escaped: bool


def heading_of(stream: io.BufferedReader, delimiter: str, notes: list[str]) -> Heading:
    """The heading of a table; what stands above it is left out of the stream."""
    head = stream.peek(HEAD_BYTES).decode("utf-8-sig", "replace")
    hint = _SEP.match(head)
    if hint:  # as Excel takes it
        stream.readline()
        head, delimiter = head[hint.end() :], hint[1]
    first_line = 1 + bool(hint)
    while head.startswith(("\n", "\r\n")):
        stream.readline()
        head, first_line = head.partition("\n")[2], first_line + 1
    if above := _above_names(head, delimiter):
        notes.append(f"{above} lines above the names of the columns were left out")
        for _ in range(above):
            stream.readline()
        head, first_line = head.split("\n", above)[above], first_line + above
    names, delimiter = columns_of(head, delimiter)
    return Heading(names, delimiter, first_line, _ESCAPED.search(head) is not None)


def columns_of(head: str, delimiter: str) -> tuple[list[str], str]:
    """The names of the columns, and what parts them."""
    bare = _QUOTED.sub("", head).partition("\n")[0]
    delimiter = delimiter or max(_DELIMITERS, key=bare.count)
    try:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        given, second = next(rows, []), next(rows, [])
    except csv.Error as error:
        raise UnreadableError(f"not a table: {error}", 1) from None
    if len(given) > MAX_COLUMNS:
        raise UnreadableError(f"more than {MAX_COLUMNS:,} columns", 1)
    names = list[str]()
    for place, text in enumerate(given, 1):
        name = text.strip() or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    # What parts columns may stand behind the last of them, in the rows or above them alone.
    if len(second) == len(names) + 1 and not second[-1].strip():
        names.append(f"column {len(second)}")
    elif len(second) == len(names) - 1 and given and not given[-1].strip():
        names.pop()
    return names, delimiter


def are_known(names: list[str]) -> bool:
    """Whether names are those of fields, a title or a text among them."""
    known = [field for name in names if (field := field_of(name))]
    return len(known) > 1 and bool({"title", "body"} & set(known))


def _above_names(head: str, delimiter: str) -> int:
    """How many lines stand above the names of the columns, such as the title of a report."""
    for number, line in enumerate(head.split("\n", _MOST_ABOVE)[:_MOST_ABOVE]):
        try:
            if are_known(columns_of(line, delimiter)[0]):
                return number
        except UnreadableError:
            return 0
    return 0


class Quotes(io.RawIOBase):
    """Passes a stream on and counts its quotation marks; escaped ones are doubled.

    pyarrow would leave out the escaping signs of all that is escaped, such as line breaks.
    """

    def __init__(self, stream: io.BufferedReader, *, escaped: bool) -> None:
        self.number = 0
        self._stream = stream
        self._escaped = escaped

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        data = self._stream.read(size)
        if self._escaped:
            while data.endswith(b"\\") and (more := self._stream.read(1)):
                data += more
            data = _SIGN.sub(lambda found: _SIGNS[found[1]], data)
        self.number += data.count(b'"')
        return data
