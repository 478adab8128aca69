"""Web archives."""

import gzip
import io
import sys
from pathlib import Path

import pytest
from fastwarc.warc import WarcRecord, WarcRecordType

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, blocks_of, records_of
from semsearch.ingest.records import Placed
from semsearch.model.article import Article
from semsearch.model.status import Note, Skipped
from tests.unit.ingest.formats.test_webpage import OPEN_GRAPH, TEXT, page
from tests.unit.ingest.samples import read_bytes


def record(
    url: str,
    body: bytes,
    head: str = "HTTP/1.1 200 OK",
    kind: str = "text/html",
    *,
    length: int | None = None,
    truncated: str = "",
) -> bytes:
    made = WarcRecord()
    made.init_headers(WarcRecordType.response)
    made.headers["WARC-Target-URI"] = url
    made.headers["Content-Type"] = "application/http; msgtype=response"
    if truncated:
        made.headers["WARC-Truncated"] = truncated
    length = len(body) if length is None else length
    http = f"{head}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
    made.set_bytes_content(http + body)
    sink = io.BytesIO()
    made.write(sink)
    return sink.getvalue()


HTML = page(OPEN_GRAPH).replace('<link rel="canonical" href="https://ledger.example/1">', "")
PAGES = (
    record("https://ledger.example/1", HTML.encode()),
    record("https://ledger.example/2", b"gone", "HTTP/1.1 404 Not Found"),
    record("https://ledger.example/3.png", b"\x89PNG", kind="image/png"),
    record("https://ledger.example/4", HTML.replace("Brackwater", "Zürich").encode("cp1252"),
           kind="text/html; charset=windows-1252"),
)  # fmt: skip

CUT = "a page breaks off: the end of its text may be missing"
LATIN = HTML.replace("Brackwater", "Zürich").encode("cp1252")
GUESS = "not UTF-8: read as cp1252 (if that is wrong, name it with --encoding)"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.warc", b"".join(PAGES), id="plain"),
        pytest.param("a.warc.gz", b"".join(map(gzip.compress, PAGES)), id="a gzip member each"),
        pytest.param("crawl", b"".join(PAGES), id="by content"),
    ],
)
def test_pages_that_were_found_are_articles_under_their_address(
    tmp_path: Path, name: str, data: bytes
) -> None:
    first, second = read_bytes(tmp_path / name, data)
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.title, first.url) == ("Port reopens", "https://ledger.example/1")
    assert TEXT[0] in first.body
    assert second.url == "https://ledger.example/4"
    assert "Zürich" in second.body


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"WARC/1.0\r\n\r\n", "a web archive without HTML pages", id="nothing"),
        pytest.param(PAGES[1], "a web archive without HTML pages", id="no page"),
    ],
)
def test_an_archive_without_pages_is_one_plain_line(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (found,) = read_bytes(tmp_path / "a.warc", data)
    assert isinstance(found, Skipped)
    assert found.reason == reason


def test_an_archive_that_breaks_off_is_read_so_far(tmp_path: Path) -> None:
    found = read_bytes(tmp_path / "a.warc.gz", b"".join(map(gzip.compress, PAGES))[:-300])
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], Skipped)


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        pytest.param(PAGES[0], [], id="whole"),
        pytest.param(record("https://l.example/1", HTML.encode(), truncated="length"), [CUT],
                     id="by the crawler"),
        pytest.param(record("https://l.example/1", HTML.encode(), length=10**6), [CUT],
                     id="by the server"),
        pytest.param(PAGES[0][:-30], [CUT], id="by the end of the file"),
        pytest.param(record("https://l.example/1", HTML.encode(), length=10**30), [],
                     id="a length that is none"),
        pytest.param(record("https://l.example/1", HTML.encode(), length=3), [],
                     id="longer than announced"),
        pytest.param(record("https://l.example/1", LATIN, truncated="length"), [f"{CUT}; {GUESS}"],
                     id="and is of an encoding that is guessed"),
    ],
)  # fmt: skip
def test_how_a_page_was_read_is_said(tmp_path: Path, data: bytes, notes: list[str]) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(data)
    file = SourceFile(path, "a.warc")
    found = [one for block in blocks_of(file) for one in records_of(block, ReadOptions())]
    assert [one.text for one in found if isinstance(one, Note)] == notes
    assert [one.record.title for one in found if isinstance(one, Placed)] == ["Port reopens"]  # type: ignore[union-attr]


def test_without_fastwarc_the_report_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    (found,) = read_bytes(tmp_path / "a.warc", PAGES[0])
    assert isinstance(found, Skipped)
    assert found.reason == "web archives are read by fastwarc: pip install 'semsearch[warc]'"
