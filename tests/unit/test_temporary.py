"""What killed processes leave in temporary folders is cleared; what others work on stays."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.temporary import (
    clear_temporary_folders,
    locked,
    remove_unless_locked,
    temporary_folder,
)

HOLDER = """
import sys, time
from semsearch.temporary import temporary_folder
with temporary_folder() as folder:
    (folder / "upload.md").write_text("sealed")
    print(folder, flush=True)
    time.sleep(600)
"""
WRITER = """
import sys, time
from pathlib import Path
from semsearch.store.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


@contextmanager
def running(code: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of Python, and the first line that it prints; killed when the block ends."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_folder_goes_with_its_block(temporary: Path) -> None:
    with temporary_folder() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
        assert clear_temporary_folders() == 0
        (folder / "a").write_text("a")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_cleared_and_what_a_running_one_holds_stays() -> None:
    with running(HOLDER) as (killed, left), running(HOLDER) as (_, held):
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert Path(left, "upload.md").is_file()
        assert clear_temporary_folders() == 1
        assert not Path(left).exists()
        assert Path(held, "upload.md").is_file()


@pytest.mark.parametrize(
    "name",
    [
        "semsearch-temporary-",
        "semsearch-temporary-notes",
        "semsearch-temporary-ABCDEFGH",
        "semsearch-abcdefgh",
        "my-semsearch-temporary-abcdefgh",
    ],
)
def test_a_folder_that_only_looks_alike_stays(temporary: Path, name: str) -> None:
    (temporary / name).mkdir()
    assert clear_temporary_folders() == 0
    assert (temporary / name).is_dir()


def test_neither_a_link_nor_a_file_is_followed_or_removed(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (temporary / "semsearch-temporary-abcdefgh").symlink_to(tmp_path / "precious")
    (temporary / "semsearch-temporary-abcdefgi").write_text("a file")
    assert clear_temporary_folders() == 0
    assert (tmp_path / "precious").is_dir()
    assert len(list(temporary.iterdir())) == 2


def test_a_folder_of_another_user_stays(temporary: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    folder = temporary / "semsearch-temporary-abcdefgh"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    assert clear_temporary_folders() == 0
    assert folder.is_dir()


def test_without_a_folder_for_temporary_files_nothing_is_cleared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert clear_temporary_folders() == 0


def test_drafts_of_snapshots_and_of_restoring_are_cleared_unless_somebody_makes_them(
    index: Index, folder: Path
) -> None:
    drafts = [folder / "snapshots" / f".{name}.tmp" for name in ("left", "made")]
    for draft in drafts:
        draft.mkdir(parents=True)
        (draft / "catalog.db").write_text("a catalog")
    restored = folder / ".catalog.db.restored.tmp"
    restored.write_text("a catalog")
    with locked(drafts[1]):
        index.clear_leftovers()
        assert [draft.exists() for draft in drafts] == [False, True]
        assert not restored.exists()
    assert not remove_unless_locked(folder / "snapshots" / ".nothing.tmp")


def test_a_draft_of_restoring_stays_while_somebody_writes(index: Index, folder: Path) -> None:
    restored = folder / ".catalog.db.restored.tmp"
    restored.write_text("a catalog")
    with running(WRITER, str(folder)) as (_, line):
        assert line == "locked"
        started = time.monotonic()
        index.clear_leftovers()
        assert time.monotonic() - started < 5
        assert restored.exists()
