"""Web archives (WARC): the HTML pages in them, read by fastwarc."""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.encodings import declared_in, decoded
from semsearch.ingest.formats.reader import Head, Source
from semsearch.ingest.formats.webpage import MAX_PAGE_CHARS, Page, WebPage

_HTML = ("text/html", "application/xhtml+xml")
_FOUND = 200
_HEAD_BYTES = 4096
_MOST_DIGITS = 19
_CUT_SHORT = "a page breaks off: the end of its text may be missing"


class Warc(WebPage):
    """A web archive; an article for each page that a server answered with."""

    endings = (".warc",)

    def recognises(self, head: Head) -> bool:
        """Whether it begins as such."""
        return head.data.startswith(b"WARC/")

    def blocks(self, source: Source) -> Iterator[Page]:
        """Its pages, each with its address."""
        try:
            from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - an extra
        except ImportError:
            raise UnreadableError(
                "web archives are read by fastwarc: pip install 'semsearch[warc]'"
            ) from None
        others = place = 0
        records = ArchiveIterator(
            cast("BinaryIO", _Read(source.stream)),
            record_types=WarcRecordType.response,
            parse_http=True,
            auto_decode="all",
            stream_detect=False,
            fsspec_args=False,
        )
        for record in _sound(records):
            headers = record.http_headers
            kind = (record.http_content_type or "").lower()
            if headers is None or headers.status_code != _FOUND or kind not in _HTML:
                others += 1
                continue
            place += 1
            yield _page(record, source.encoding, place)
        if others:
            source.notes.append(f"{others:,} answers in it are no HTML pages: not read")
        if not place:
            raise UnreadableError("a web archive without HTML pages")


class _Read:
    """A stream that is only read: fastwarc would go to and fro in one that may not be able to."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._place = 0

    def read(self, size: int) -> bytes:
        """The next bytes."""
        data = self._stream.read1(size)
        self._place += len(data)
        return data

    def tell(self) -> int:
        """How many were read."""
        return self._place


def _sound(records: Iterator[Any]) -> Iterator[Any]:
    """The records up to where the archive is damaged."""
    try:
        yield from records
    except (ValueError, RuntimeError) as error:
        reason = (str(error).strip() or "it cannot be read").splitlines()[0]
        raise UnreadableError(f"a damaged web archive: {reason}") from None


def _page(record: Any, encoding: str, place: int) -> Page:
    url = record.headers.get("WARC-Target-URI", "").strip("<>")
    data = record.reader.read(MAX_PAGE_CHARS + 1)
    declared = record.http_charset or declared_in(data[:_HEAD_BYTES])
    cut_short = _CUT_SHORT if _is_cut_short(record, len(data)) else ""
    try:
        found = decoded(data, encoding, declared)
        note = "; ".join(filter(None, (cut_short, found.note)))
        return Page(found.text, url, place, note=note)
    except UnreadableError as error:
        return Page("", url, place, error.reason)


def _is_cut_short(record: Any, read: int) -> bool:
    """Whether a page breaks off: its crawler says so, or it is shorter than is announced.

    Of a page that was sent compressed, its length is not known.
    """
    if record.headers.get("WARC-Truncated"):
        return True
    headers = record.http_headers
    if headers.get("Content-Encoding") or headers.get("Transfer-Encoding"):
        return False
    announced = (headers.get("Content-Length") or "").strip()
    whole = int(announced) if announced.isdecimal() and len(announced) < _MOST_DIGITS else 0
    return read <= MAX_PAGE_CHARS and read < max(record.content_length, whole)
