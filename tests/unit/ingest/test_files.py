import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from semsearch.errors import UnreadableError
from semsearch.ingest.files import find_files
from semsearch.model.status import PassedOver, Skipped
from tests.unit.ingest.samples import read_text


def found(*paths: Path) -> tuple[list[str], list[Skipped]]:
    """The files as they are shown, relative to the first path, and what was skipped."""
    files: list[str] = []
    skipped: list[Skipped] = []
    for item in find_files(paths):
        if isinstance(item, Skipped):
            skipped.append(item)
        elif not isinstance(item, PassedOver):
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
    make(tmp_path, [".hidden.md", ".git/a.md", "a.pdf", "noending", "a.gz", "A.MD", "b.NDJSON.XZ"])
    assert found(tmp_path) == (["A.MD", "b.NDJSON.XZ"], [])
    passed = [one.path for one in find_files([tmp_path]) if isinstance(one, PassedOver)]
    assert sorted(passed) == [str(tmp_path / name) for name in ("a.gz", "a.pdf", "noending")]


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
        pytest.param(
            "a.docx",
            "unknown ending: .docx; documents are read as text or HTML: save them so",
            id="ending",
        ),
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
