from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.indexing.files import last_skipped, remember_skipped
from semsearch.indexing.findings import KEPT
from semsearch.ingest.identity import address_id
from semsearch.model.status import Skipped
from tests.support.articles import write_json_lines


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


URL = "https://ledger.example/1"
IDENTITY = address_id(URL)
FULL: dict[str, object] = {"title": "Dockers walk out", "url": URL, "body": "Cranes stood still."}
BARE: dict[str, object] = {"title": "Dockers", "url": URL, "topics": ["saved"]}


@pytest.mark.parametrize(("full", "bare"), [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_list_of_addresses_takes_no_text_from_an_article(
    index: Index, tmp_path: Path, full: str, bare: str, *, at_once: bool
) -> None:
    with_text = write_json_lines(tmp_path / f"{full}.jsonl", [FULL])
    if not at_once:
        index.add_files(with_text)
    write_json_lines(tmp_path / f"{bare}.jsonl", [BARE])
    report = index.add_files(tmp_path)
    assert index.get(IDENTITY).body == "Cranes stood still."
    comes_last = not at_once or bare == "b"
    assert [note.text for note in report.notes] == [KEPT] * comes_last
    assert len(report.collisions) == (not comes_last)  # else the later counts, as it does always


def test_a_text_that_left_its_own_file_leaves_the_index(index: Index, tmp_path: Path) -> None:
    index.add_files(write_json_lines(tmp_path / "a.jsonl", [FULL]))
    report = index.add_files(write_json_lines(tmp_path / "a.jsonl", [BARE]))
    assert (index.get(IDENTITY).body, report.notes) == ("", ())
    index.add_files(write_json_lines(tmp_path / "a.jsonl", [FULL]))
    (tmp_path / "a.jsonl").unlink()  # moved, and cut
    index.add_files(write_json_lines(tmp_path / "b.jsonl", [BARE]))
    assert index.get(IDENTITY).body == ""
