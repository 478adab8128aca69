import gzip
import json

import pytest

from semsearch.errors import InvalidArticleError
from semsearch.ingest.records import article_from_fields
from semsearch.web.add import read_upload

MARKDOWN = b"""---
title: Ferry aground
secured: c2VjcmV0
originalUrl: https://gazette.example/ferry
---
The ferry sat on a bank.
"""


def test_a_file_is_read_as_one_of_a_folder_is() -> None:
    (record,) = read_upload("Notice.MD", MARKDOWN).records
    assert record["title"] == "Ferry aground"
    assert "secured" not in json.dumps(record)
    again = article_from_fields(record, fallback_id="other")
    assert again.id == record["id"]


def test_lines_that_cannot_be_read_are_told() -> None:
    lines = b'{"title": "A", "id": "a"}\nnot json\n{"id": "b", "removed": true}\n'
    found = read_upload("a.jsonl.gz", gzip.compress(lines))
    assert [record["id"] for record in found.records] == ["a", "b"]
    assert found.records[1]["removed"] is True
    (skipped,) = found.skipped
    assert (skipped.path, skipped.line) == ("a.jsonl.gz", 2)


def test_a_text_that_says_nothing_of_itself_is_known_by_its_name() -> None:
    first, again, other = (
        read_upload(name, b"Quiet night\n\nNothing happened.\n").records[0]["id"]
        for name in ("a.txt", "a.txt", "b.txt")
    )
    assert first == again != other


@pytest.mark.parametrize("name", ["a.exe", "md", "../../etc/passwd", "a.md/", ""])
def test_unknown_endings_are_refused(name: str) -> None:
    with pytest.raises(InvalidArticleError, match="unknown ending"):
        read_upload(name, b"x")


def test_a_path_in_a_name_leads_nowhere() -> None:
    assert len(read_upload("../../../a.txt", b"Quiet night\n\nNothing.\n").records) == 1


def test_more_records_than_a_page_should_take_are_refused() -> None:
    lines = b"".join(b'{"title": "A", "id": "%d"}\n' % number for number in range(5_001))
    with pytest.raises(InvalidArticleError, match="more than 5,000"):
        read_upload("a.jsonl", lines)
