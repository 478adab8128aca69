from pathlib import Path

from semsearch.index import Index
from semsearch.indexing.files import last_skipped, remember_skipped
from semsearch.model.status import Skipped


def test_nothing_was_skipped_at_first(index: Index) -> None:
    assert last_skipped(index.library.catalog).total == 0


def test_the_last_run_over_files_is_remembered(index: Index, tmp_path: Path) -> None:
    source = tmp_path / "news"
    source.mkdir()
    (source / "good.txt").write_text("Ferry aground\n\nIt sat on a bank.\n")
    (source / "bad.md").write_bytes(b"---\ntitle: \xff\n---\n")
    report = index.add_files(source)
    assert last_skipped(index.library.catalog).first == report.skipped
    (source / "bad.md").unlink()
    index.add_files(source)
    assert last_skipped(index.library.catalog).total == 0


def test_a_dry_run_remembers_nothing(index: Index, tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_bytes(b"---\ntitle: \xff\n---\n")
    index.add_files(tmp_path / "bad.md", dry_run=True)
    assert last_skipped(index.library.catalog).total == 0


def test_a_long_list_is_cut_and_counted(index: Index) -> None:
    lines = [Skipped("a.jsonl", number, "not JSON") for number in range(1_500)]
    remember_skipped(index.library.catalog, lines)
    found = last_skipped(index.library.catalog)
    assert found.total == 1_500
    assert found.first == tuple(lines[:1_000])


def test_the_same_again_writes_nothing(index: Index, folder: Path) -> None:
    lines = [Skipped("a\udc80.md", None, "half a character")]
    remember_skipped(index.library.catalog, [])
    remember_skipped(index.library.catalog, lines)
    before = (folder / "catalog.db-wal").read_bytes()
    remember_skipped(index.library.catalog, lines)
    assert (folder / "catalog.db-wal").read_bytes() == before
