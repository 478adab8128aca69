import gzip
import lzma
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.files import (
    MAX_FILE_BYTES,
    SourceFile,
    find_files,
    open_lines,
    read_text,
)
from semsearch.model.report import Skipped


def found(*paths: Path) -> tuple[list[str], list[Skipped]]:
    """The files as they are shown, relative to the first path, and what was skipped."""
    files, skipped = [], []
    for item in find_files(paths):
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            assert item.path.is_absolute()
            files.append(os.path.relpath(item.shown, paths[0]))
    return files, skipped


def make(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Ferry returns\n")


def test_a_folder_is_walked_in_name_order_files_before_folders(tmp_path: Path) -> None:
    make(tmp_path, ["b/2.md", "b/1.txt", "a/x/y.markdown", "z.md", "c.jsonl", "a.jsonl.gz"])
    files, skipped = found(tmp_path)
    assert files == ["a.jsonl.gz", "c.jsonl", "z.md", "a/x/y.markdown", "b/1.txt", "b/2.md"]
    assert skipped == []


def test_hidden_files_and_unknown_endings_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, [".hidden.md", ".git/a.md", "a.html", "noending", "a.gz", "A.MD", "b.NDJSON.XZ"])
    assert found(tmp_path) == (["A.MD", "b.NDJSON.XZ"], [])


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, ["x.md/inside.md"])
    assert found(tmp_path) == (["x.md/inside.md"], [])
    assert found(tmp_path / "x.md") == (["inside.md"], [])


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    assert found(tmp_path) == ([], [])


def test_a_file_is_read_once_however_often_it_is_named(tmp_path: Path) -> None:
    make(tmp_path, ["a/x.md"])
    (tmp_path / "a" / "y.md").symlink_to(tmp_path / "a" / "x.md")
    files, skipped = found(tmp_path, tmp_path / "a", tmp_path / "a" / "x.md")
    assert (files, skipped) == (["a/x.md"], [])


def test_a_link_back_to_the_folder_ends(tmp_path: Path) -> None:
    make(tmp_path, ["a/x.md"])
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert found(tmp_path) == (["a/x.md"], [])


def test_links_in_a_circle_are_skipped(tmp_path: Path) -> None:
    make(tmp_path, ["x.md"])
    (tmp_path / "a.md").symlink_to(tmp_path / "b.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "a.md")
    files, skipped = found(tmp_path)
    assert files == ["x.md"]
    assert skipped == [
        Skipped(str(tmp_path / name), None, "not a regular file") for name in ("a.md", "b.md")
    ]


def test_a_link_out_of_the_folder_is_skipped(tmp_path: Path) -> None:
    make(tmp_path, ["archive/x.md", "private/y.md"])
    link = tmp_path / "archive" / "y.md"
    link.symlink_to(tmp_path / "private" / "y.md")
    reason = "a link to a file outside the folder"
    assert found(tmp_path / "archive") == (["x.md"], [Skipped(str(link), None, reason)])
    assert found(link) == (["."], [])


def test_a_linked_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    make(tmp_path, ["archive/x.md"])
    (tmp_path / "link").symlink_to(tmp_path / "archive", target_is_directory=True)
    assert found(tmp_path / "link") == (["x.md"], [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("a.html", "unknown ending: .html", id="ending"),
        pytest.param("a.json", "unknown ending: .json", id="json"),
        pytest.param("noending", "unknown ending: none", id="no-ending"),
    ],
)
def test_a_named_file_with_an_unknown_ending_is_skipped(
    tmp_path: Path, name: str, reason: str
) -> None:
    make(tmp_path, [name])
    assert found(tmp_path / name) == ([], [Skipped(str(tmp_path / name), None, reason)])


@pytest.mark.parametrize("name", ["missing.md", "x" * 5_000 + ".md", "nul\0.md"])
def test_a_missing_path_is_skipped(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert found(path) == ([], [Skipped(str(path), None, "no such file or folder")])


def test_a_link_to_nothing_and_a_pipe_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "gone.md")
    os.mkfifo(tmp_path / "b.md")
    reasons = [Skipped(str(tmp_path / n), None, "not a regular file") for n in ("a.md", "b.md")]
    assert found(tmp_path) == ([], reasons)
    assert found(tmp_path / "b.md") == ([], reasons[1:])


def test_a_name_that_is_not_unicode_is_skipped_and_can_be_printed(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("Ferry\n")
    except OSError:
        pytest.skip("the file system takes no such name")
    shown = str(tmp_path) + r"/caf\xe9.md"
    assert found(tmp_path) == ([], [Skipped(shown, None, "its name is not valid UTF-8")])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_or_file_that_may_not_be_read_is_said_so(tmp_path: Path) -> None:
    make(tmp_path, ["closed/x.md", "y.md"])
    (tmp_path / "closed").chmod(0)
    (tmp_path / "y.md").chmod(0)
    try:
        reason = "cannot be listed: Permission denied"
        assert found(tmp_path) == (["y.md"], [Skipped(str(tmp_path / "closed"), None, reason)])
        with pytest.raises(UnreadableError, match="cannot be read: Permission denied"):
            read_text(tmp_path / "y.md")
    finally:
        (tmp_path / "closed").chmod(0o700)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param("Fähre\r\n".encode(), "Fähre\r\n", id="utf-8"),
        pytest.param(b"\xef\xbb\xbfFerry", "Ferry", id="utf-8-mark"),
        pytest.param("Fähre".encode("utf-16"), "Fähre", id="utf-16"),
        pytest.param("\ufeffFähre".encode("utf-16-be"), "Fähre", id="utf-16-be"),
    ],
)
def test_a_text_is_decoded(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "a.md").write_bytes(data)
    assert read_text(tmp_path / "a.md") == text


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        pytest.param(b"one\ntwo\nthr\xffee\n", "not valid UTF-8", 3, id="third-line"),
        pytest.param(b"caf\xe9", "not valid UTF-8", 1, id="latin-1"),
        pytest.param(b"\xed\xa0\x80", "not valid UTF-8", 1, id="surrogate"),
        pytest.param("a\nb".encode("utf-16")[:-1], "not valid UTF-16", 2, id="half-a-character"),
    ],
)
def test_bytes_that_are_no_text_are_unreadable(
    tmp_path: Path, data: bytes, reason: str, line: int
) -> None:
    (tmp_path / "a.md").write_bytes(data)
    with pytest.raises(UnreadableError) as caught:
        read_text(tmp_path / "a.md")
    assert (caught.value.reason, caught.value.line) == (reason, line)


def test_a_huge_or_missing_file_is_unreadable(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableError, match="larger than 64 MiB"):
        read_text(tmp_path / "a.md")
    with pytest.raises(UnreadableError, match="cannot be read: No such file or directory"):
        read_text(tmp_path / "b.md")
    with pytest.raises(UnreadableError, match="cannot be read: Is a directory"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.jsonl", b"{}\n", id="plain"),
        pytest.param("a.JSONL.GZ", gzip.compress(b"{}\n"), id="gz"),
        pytest.param("a.ndjson.xz", lzma.compress(b"{}\n"), id="xz"),
    ],
)
def test_json_lines_are_decompressed(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert SourceFile(path, name).is_json_lines
    with open_lines(path) as stream:
        assert stream.read() == b"{}\n"


def test_a_text_file_is_not_json_lines(tmp_path: Path) -> None:
    assert not SourceFile(tmp_path / "a.jsonl.md", "a.jsonl.md").is_json_lines
