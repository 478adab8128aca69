"""JSON that is not one record a line: one record, a list, an envelope, or one after another.

A list, also that of a large envelope, is cut into its records as it is read, so it may be of any
size. A streaming parser such as ijson would not do: it refuses NaN, takes of two values of one key
the last, and does not know lines.
"""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.compression import DAMAGE
from semsearch.ingest.formats.encodings import as_utf8
from semsearch.ingest.formats.envelopes import is_envelope_name, records_in
from semsearch.ingest.formats.jsonlines import MAX_LINE_BYTES, RawLine, blocks_of_lines, parse_line
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.formats.reader import (
    MAX_FILE_BYTES,
    TEXT_ENDINGS,
    Head,
    RawRecord,
    Reader,
    Source,
)

MAX_DOCUMENT_VALUES = 2_000_000
"""Values of a document that is parsed as a whole."""
LARGE = MAX_LINE_BYTES
"""Bytes of an envelope from which it is not held as a whole."""
_ENVELOPE_BYTES = 2**20
_CHUNK = 2**18
_LIST = re.compile(r"\[\s*(?:\{|\]\s*\Z)")
_OBJECT = re.compile(r"\{\s*[\"}]")
_IN_TEXT = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"\s*:?|[\[\]{}]', re.DOTALL)
_STRUCTURE = re.compile(rb'["\[\]{}]')


class JsonDocument(Reader):
    """A JSON value that holds records."""

    endings = (".json", ".ninjs", ".jsonld")

    def recognises(self, head: Head) -> bool:
        """Whether it is an object, or a list of objects, with no text behind it."""
        start = head.start
        if start.startswith("["):
            return head.name.endswith(self.endings) or _LIST.match(start) is not None
        if not _OBJECT.match(start):
            return False
        return not head.name.endswith(TEXT_ENDINGS) or text_behind(start) is None

    def blocks(self, source: Source) -> Iterator[tuple[RawLine, ...]]:
        """Some records at a time, as they stand."""
        stream, recoded = as_utf8(source.stream, source.encoding_of_lines())
        cutter = _Cutter()
        yield from blocks_of_lines(raw_values(stream, cutter))
        source.notes += [recoded.note] if recoded.note else []
        source.notes += [cutter.note] if cutter.note else []

    def size(self, block: tuple[RawLine, ...]) -> int:
        """Bytes."""
        return sum(len(data) for _, data in block if isinstance(data, bytes))

    def records(self, block: tuple[RawLine, ...]) -> Iterator[RawRecord]:
        """The records of each value: itself, or those that it is an envelope of."""
        for value in block:
            yield from parse_line(value, MAX_DOCUMENT_VALUES)


def text_behind(text: str) -> str | None:
    """What follows the object that a text begins with, where that is no JSON: JSON front matter.

    None where nothing follows, another object does, or the object is broken or does not end.
    """
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    rest = text[end:].lstrip()
    return rest if rest and rest[0] not in "{," else None


def raw_values(stream: BinaryIO, cutter: "_Cutter | None" = None) -> Iterator[RawLine]:
    """The objects of a list, or those that stand one after another, each with its first line.

    Those of the list of a large envelope are given each in an envelope of its own. Damage and what
    is no object are lines that could not be read; the first damage ends the file.
    """
    cutter = cutter or _Cutter()
    while True:
        try:
            chunk = stream.read(_CHUNK)
        except DAMAGE as error:
            yield cutter.line, UnreadableError(f"damaged file: {error}", cutter.line)
            return
        try:
            yield from cutter.take(chunk)
            if not chunk:
                cutter.end()
                return
        except UnreadableError as error:
            yield error.line or cutter.line, error
            return


def envelope_of(head: bytes) -> tuple[bytes, bytes] | None:
    """What stands before and behind each record of an envelope, brackets alone behind.

    Returns:
        None where it is none, or does not say so early enough.
    """
    closing, name = list[tuple[bytes, bool]](), ""
    for sign in _TOKEN.finditer(head):
        what = sign[0][:1]
        if what == b'"':
            name = sign[0].rstrip(b": \t\r\n")[1:-1].decode(errors="replace")
        elif what in b"{[":
            holds = not closing or (closing[-1][1] and is_envelope_name(name))
            closing.append((b"}" if what == b"{" else b"]", holds and what == b"{"))
            behind = b"".join(bracket for bracket, _ in reversed(closing))
            if what == b"[" and holds and _holds_records(head, sign.end(), behind):
                return head[: sign.end()], behind
        elif closing:
            closing.pop()
    return None


def _holds_records(head: bytes, begin: int, behind: bytes) -> bool:
    """Whether the list that begins there is that of the records of an envelope."""
    try:
        text = head[begin:].decode(errors="replace").lstrip()
        _, end = json.JSONDecoder().raw_decode(text)
        whole = parse_json(head[:begin] + text[:end].encode() + behind)
    except (ValueError, RecursionError, UnreadableError):
        return False
    return isinstance(whole, dict) and next(records_in(whole)) is not whole


class _Cutter:
    """Cuts a stream of JSON into objects without parsing it.

    Attributes:
        line: Where it is.
        note: What is to be said about how it was read.
    """

    def __init__(self) -> None:
        self.line = 1
        self.note = ""
        self._envelope = (b"", b"")  # what stands around each object of a large one's list
        self._buffer = bytearray()
        self._counted = self._lines = 0  # lines until there
        self._place = 0  # looked at until here
        self._gap = 0  # what stands between objects begins here
        self._start: int | None = None  # of the object that is open
        self._depth = 0
        self._base = 0  # 1: within a list
        self._in_text = False
        self._begun = False
        self._over = False
        self._behind = False  # of the list of an envelope
        self._tried = False  # whether the object that is open is an envelope

    def take(self, chunk: bytes) -> Iterator[RawLine]:
        """The objects that end within the next piece."""
        self._buffer += chunk
        if not self._begun:
            self._begin()
        while self._advance() or self._enter():
            if self._start is not None and self._depth == self._base:
                first = self._line_at(self._start)
                value = bytes(self._buffer[self._start : self._place])
                yield first, value.join(self._envelope)
                self._start, self._gap = None, self._place
        self._forget()

    def end(self) -> None:
        """Return if the stream may end here.

        Raises:
            UnreadableError: Within an object, a list or a text.
        """
        self._between(len(self._buffer))
        if self._start is not None or self._depth:
            raise UnreadableError("not JSON: it breaks off", self.line)

    def _begin(self) -> None:
        begin = len(self._buffer) - len(self._buffer.lstrip(b"\xef\xbb\xbf \t\r\n"))
        if begin == len(self._buffer):
            return
        self._begun = True
        if self._buffer[begin : begin + 1] == b"[":
            self._base = self._depth = 1
            begin += 1
        self._place = self._gap = begin

    def _advance(self) -> bool:
        """Go on to the next bracket; False where more is needed."""
        while self._begun:
            if self._in_text and not self._end_text():
                return False
            sign = _STRUCTURE.search(self._buffer, self._place)
            if sign is None:
                self._place = len(self._buffer)
                return False
            begin, self._place = sign.start(), sign.end()
            what = self._buffer[begin]
            if what == ord('"'):
                self._in_text = True
            elif what in b"[{":
                self._open(begin)
                return True
            else:
                self._close(begin)
                return True
        return False

    def _end_text(self) -> bool:
        """Go on to the end of the text that is open; False where more is needed."""
        found = _IN_TEXT.match(self._buffer, self._place)
        self._place = found.end() if found else self._place
        if self._place >= len(self._buffer) or self._buffer[self._place] != ord('"'):
            return False
        self._place += 1
        self._in_text = False
        return True

    def _open(self, begin: int) -> None:
        if self._over and self._buffer[begin : begin + 1] == b"[" and self._is_blank_until(begin):
            self._over = False  # the list of another run, which a crawler appended to its file
            self._base = self._depth = 1
            self._gap = self._place
            return
        if self._over:
            raise UnreadableError("text behind the end of the list", self._line_at(begin))
        if self._depth == self._base:
            self._between(begin)
            self._start, self._tried = begin, False
        self._depth += 1

    def _close(self, begin: int) -> None:
        self._depth -= 1
        if self._depth < self._base:
            self._between(begin)
            self._over = self._base == 1
            self._behind = not self._over
            self._envelope, self._base, self._gap = (b"", b""), 0, self._place
        if self._behind and not self._depth:
            self._say_behind(begin)
            self._behind, self._gap = False, self._place
        if self._depth < 0:
            raise UnreadableError("not JSON: a bracket too many", self._line_at(begin))

    def _between(self, end: int) -> None:
        """Return if nothing but commas stands before the next object.

        Raises:
            UnreadableError: Something does.
        """
        if self._behind:
            self._say_behind(end)
        elif self._start is None and not self._is_blank_until(end):
            what = "text behind the end of the list" if self._over else "not a JSON object"
            raise UnreadableError(what, self._line_at(self._gap))

    def _is_blank_until(self, end: int) -> bool:
        return not self._buffer[self._gap : end].strip(b" \t\r\n,")

    def _forget(self) -> None:
        """Drop what was passed on; what is open is kept, within limits."""
        if self._start is None and not self._in_text:
            self._between(self._place)
            self._gap = self._place
        keep = self._gap if self._start is None else self._start
        self.line, self._counted, self._lines = self._line_at(keep), 0, 0
        del self._buffer[:keep]
        self._place -= keep
        self._gap -= keep
        self._start = None if self._start is None else 0
        limit = MAX_LINE_BYTES if self._base else MAX_FILE_BYTES
        if len(self._buffer) > limit:
            raise UnreadableError(f"a record longer than {limit // 2**20} MiB", self.line)

    def _enter(self) -> bool:
        """Go on within the list of an envelope that is large; False where there is none."""
        begin = self._start
        if begin is None or self._base or self._tried or len(self._buffer) - begin < LARGE:
            return False
        self._tried = True
        head = bytes(self._buffer[begin : begin + _ENVELOPE_BYTES])
        found = envelope_of(head)
        if found is None:
            return False
        self._envelope = found
        self._base = self._depth = len(found[1])
        self._place = self._gap = begin + len(found[0])
        self._start, self._in_text = None, False
        return True

    def _say_behind(self, end: int) -> None:
        if self._buffer[self._gap : end].strip(b" \t\r\n}]"):
            self.note = "fields that stand behind the list of records of a large file were not read"

    def _line_at(self, place: int) -> int:
        if place < self._counted:
            self._counted = self._lines = 0
        self._lines += self._buffer.count(b"\n", self._counted, place)
        self._counted = place
        return self.line + self._lines
