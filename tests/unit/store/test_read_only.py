"""An index on a disk that can only be read is read like any other, and is not changed."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.api.keys import KeyRing, Scope
from semsearch.assembly import open_index as assemble
from semsearch.config import Settings
from semsearch.errors import StorageError
from semsearch.index import Index
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import held, open_index, tree


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder that ``protect`` makes one that can only be read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid():
        yield disk
        subprocess.run(["chmod", "-R", "u+w", str(disk)], check=True)
        return
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("root may write everywhere, and cannot mount a disk here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def protect(disk: Path) -> None:
    if os.geteuid():
        subprocess.run(["chmod", "-R", "a-w", str(disk)], check=True)
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def fill(folder: Path) -> None:
    index = open_index(folder, HashingEncoder())
    index.add([make_article(f"a{n}", body="The cod is landed. " * n) for n in range(5)])
    index.add([make_article("b", body="The cod is landed. " * 3)])
    index.delete(["a4"])
    index.snapshot("kept")
    index.close()


def opened(folder: Path) -> Index:
    return assemble(Settings(index=folder), encoder=HashingEncoder())


def test_a_snapshot_of_it_can_be_made_elsewhere(disk: Path, tmp_path: Path) -> None:
    fill(disk / "index")
    protect(disk)
    with opened(disk / "index") as index:
        index.snapshot(target=tmp_path / "kept elsewhere")
        with opened(tmp_path / "kept elsewhere") as copy:
            assert held(copy) == held(index)


def test_keys_that_cannot_be_written_name_their_file(disk: Path) -> None:
    fill(disk / "index")
    protect(disk)
    ring = KeyRing(disk / "index" / "keys.json")
    with pytest.raises(StorageError, match=r"keys\.json cannot be written"):
        ring.create("newsroom", [Scope.READ], datetime(2026, 3, 5, tzinfo=UTC))


def test_everything_that_only_reads_works(disk: Path) -> None:
    fill(disk / "index")
    before = tree(disk)
    protect(disk)
    for folder in (disk / "index", disk / "index" / "snapshots" / "kept"):
        with opened(folder) as index:
            assert {hit.article.id for hit in index.search("cod").hits} == held(index).keys()
            assert index.search("cod", mode="lexical").hits[0].article.id in held(index)
            assert index.get("b").title
            assert len(list(index.records())) == 5
            assert index.compare("a2", "b").articles
            assert index.duplicates("b").article == "b"
            assert index.stories().total >= 0
            assert index.status().articles == 5
            assert index.readiness().status == "ok"
            diagnosis = index.diagnose()
            assert (diagnosis.sound, diagnosis.versions > 0) == (True, True)
            index.clear_leftovers()
    assert tree(disk) == before


def test_writing_is_refused_in_one_line(disk: Path) -> None:
    fill(disk / "index")
    protect(disk)
    with opened(disk / "index") as index:
        writes: list[Callable[[], object]] = [
            lambda: index.add([make_article("c")]),
            lambda: index.delete(["b"]),
            index.rebuild,
            index.repair,
        ]
        for write in writes[:3]:
            with pytest.raises(StorageError, match="cannot be written to"):
                write()
        assert writes[3]()
        assert "b" in held(index)


@pytest.mark.parametrize("log", ["empty", "none"])
def test_an_empty_log_is_no_log(disk: Path, log: str) -> None:
    fill(disk / "index")
    if log == "empty":
        (disk / "index" / "catalog.db-wal").touch()
    protect(disk)
    with opened(disk / "index") as index:
        assert len(held(index)) == 5


def test_a_log_that_a_killed_writer_left_is_read_or_told(disk: Path, tmp_path: Path) -> None:
    """SQLite reads it where the file through which processes share it is there, too."""
    fill(tmp_path / "index")
    index = open_index(tmp_path / "index", HashingEncoder())
    with closing(sqlite3.connect(tmp_path / "index" / "catalog.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM meta").fetchall()
        index.add([make_article("c")])
        shutil.copytree(tmp_path / "index", disk / "with")
        shutil.copytree(tmp_path / "index", disk / "without")
    index.close()
    (disk / "without" / "catalog.db-shm").unlink()
    protect(disk)
    with opened(disk / "with") as index:
        assert "c" in held(index)
    with pytest.raises(StorageError, match="without its log") as refused:
        opened(disk / "without")
    assert "Make the folder writable once" in refused.value.hint
