"""The command that checks a draft, as a user runs it."""

from pathlib import Path

import pytest

from semsearch.model.check import DraftCheck
from tests.support.commands import answer, run

pytestmark = pytest.mark.model

DRAFT = (
    "“We want to come home at night and we want to know there is a post in the morning,” said "
    "Bettina Rusk."
)


def test_a_file_and_stdin_are_checked(sample_index: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text(DRAFT, "utf-8")
    found = answer("check", draft, "--index", sample_index, kind=DraftCheck)
    (quotation,) = found["quotations"]
    assert quotation["status"] == "altered"
    assert [(one["was"], one["is"]) for one in quotation["changes"]] == [("job", "post")]
    piped = answer("check", "-", "--index", sample_index, stdin=DRAFT)
    assert piped["quotations"] == found["quotations"]


def test_the_table_names_change_and_source(sample_index: Path) -> None:
    shown = run("check", "-", "--index", sample_index, stdin=DRAFT).stdout
    assert "“job” → “post”" in shown
    assert "Harbour Ledger" in shown


def test_a_file_that_is_not_there_is_named(sample_index: Path, tmp_path: Path) -> None:
    done = run("check", tmp_path / "nothing.txt", "--index", sample_index)
    assert done.returncode == 2
    assert "nothing.txt" in done.stderr


def test_how_a_draft_is_read_that_is_not_utf8_is_said(sample_index: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_bytes(DRAFT.encode("cp1252"))
    done = run("check", draft, "--index", sample_index)
    assert "“job” → “post”" in done.stdout
    assert "The draft is not UTF-8: read as cp1252. If that is wrong, save it" in done.stderr


def test_markdown_and_html_stand_alone(sample_index: Path) -> None:
    asked = ("check", "-", "--index", sample_index)
    document = run(*asked, "--format", "md", stdin=DRAFT).stdout
    assert "altered (word “job” → “post”)" in document
    hostile = f"<script>alert(1)</script> {DRAFT}"
    page = run(*asked, "--format", "html", stdin=hostile).stdout
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert "<script" not in page
    assert "job" in page.partition("<del>")[2].partition("</del>")[0]


def test_what_is_piped_is_read_as_a_file_is(sample_index: Path) -> None:
    western = run(
        "check", "-", "--index", sample_index, stdin=DRAFT.replace("a", "ä").encode("1252")
    )
    assert (western.returncode, "read as cp1252" in western.stderr) == (0, True)
    office = run("check", "-", "--index", sample_index, stdin=b"PK\x03\x04\xff\xfe")
    assert "a file of an office program" in office.stderr
    similar = run("similar", "-", "--index", sample_index, stdin=b"PK\x03\x04\xff\xfe")
    assert "The text on stdin is not valid UTF-8." in similar.stderr
