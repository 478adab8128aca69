import gzip
import json
import lzma
import time
from collections.abc import Callable

import pytest

from semsearch.deadline import Budget, within
from semsearch.errors import InvalidArticleError, InvalidRequestError, TimeLimitError
from semsearch.ingest.records import article_from_fields
from semsearch.web.add import FileRead, read_form, read_upload

MARKDOWN = b"""---
title: Ferry aground
secured: c2VjcmV0
originalUrl: https://gazette.example/ferry
---
The ferry sat on a bank.
"""


def upload(name: str, data: bytes, max_bytes: int = 10**6) -> FileRead:
    return read_upload(name, data, max_bytes)


def test_a_file_is_read_as_one_of_a_folder_is() -> None:
    (record,) = upload("Notice.MD", MARKDOWN).records
    assert record["title"] == "Ferry aground"
    assert "secured" not in json.dumps(record)
    again = article_from_fields(record, fallback_id="other")
    assert again.id == record["id"]


def test_lines_that_cannot_be_read_are_told() -> None:
    lines = b'{"title": "A", "id": "a"}\nnot json\n{"id": "b", "removed": true}\n'
    found = upload("a.jsonl.gz", gzip.compress(lines))
    assert [record["id"] for record in found.records] == ["a", "b"]
    assert found.records[1]["removed"] is True
    (skipped,) = found.skipped
    assert (skipped.path, skipped.line) == ("a.jsonl.gz", 2)


def test_a_text_that_says_nothing_of_itself_is_known_by_its_name() -> None:
    first, again, other = (
        upload(name, b"Quiet night\n\nNothing happened.\n").records[0]["id"]
        for name in ("a.txt", "a.txt", "b.txt")
    )
    assert first == again != other


@pytest.mark.parametrize("name", ["a.exe", "md", "../../etc/passwd", "a.md/", ""])
def test_unknown_endings_are_refused(name: str) -> None:
    with pytest.raises(InvalidArticleError, match="unknown ending"):
        upload(name, b"x")


def test_a_path_in_a_name_leads_nowhere() -> None:
    assert len(upload("../../../a.txt", b"Quiet night\n\nNothing.\n").records) == 1


def test_more_records_than_a_page_should_take_are_refused() -> None:
    lines = b"".join(b'{"title": "A", "id": "%d"}\n' % number for number in range(5_001))
    with pytest.raises(InvalidArticleError, match="more than 5,000"):
        upload("a.jsonl", lines)


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("xz", lzma.compress)])
@pytest.mark.parametrize("line", [b"\n", b'{"title": "A", "x": "%s"}\n' % (b"a" * 1_000)])
def test_a_file_that_expands_to_more_than_it_may_is_refused(
    ending: str, pack: Callable[[bytes], bytes], line: bytes
) -> None:
    packed = pack(line * (20_000_000 // len(line)))
    started = time.thread_time()
    with pytest.raises(InvalidArticleError, match="expands to more than 1,000,000 bytes"):
        upload(f"a.jsonl.{ending}", packed)
    assert time.thread_time() - started < 1
    assert upload(f"a.jsonl.{ending}", pack(line * 10)).skipped == ()


def test_expanding_counts_against_the_time_of_the_request() -> None:
    packed = lzma.compress(b" " * 50_000_000)
    with within(Budget(0.0)), pytest.raises(TimeLimitError):
        upload("a.jsonl.xz", packed, 10**9)


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"text=a+b%20c", "a b c"),
        (b"text=%C3%A4%c3%b6", "\u00e4\u00f6"),
        (b"text=%zz%4&title=x", "%zz%4"),
        (b"text=%ff", "\ufffd"),
        (b"text=a&text=b", "a"),
        (b"text=a=b", "a=b"),
        (b"text", ""),
        (b"", None),
        (b"text=" + b"%C3%A4" * 50_000, "\u00e4" * 50_000),
    ],
)
def test_a_form_is_read_as_browsers_send_it(sent: bytes, text: str | None) -> None:
    assert read_form(sent).get("text") == text


def test_a_form_of_many_fields_is_refused() -> None:
    assert read_form(b"&".join([b"a=b"] * 10)) == {"a": "b"}
    with pytest.raises(InvalidRequestError, match="more than 10 fields"):
        read_form(b"&".join([b"a=b"] * 11))


def test_a_form_that_is_longer_than_a_text_is_refused() -> None:
    assert read_form(b"text=" + b"a" * 2_000_000)["text"] == "a" * 2_000_000
    with pytest.raises(InvalidRequestError, match="longer than 2,097,152 bytes"):
        read_form(b"text=" + b"%41" * 700_000)
