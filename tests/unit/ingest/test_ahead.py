"""What is parsed ahead comes as if it were parsed when it is asked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, active_count

import pytest

from semsearch.ingest import parsing
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.parsing import parse_ahead, parse_here
from semsearch.ingest.reading import Block, ReadOptions, blocks_of

OPTIONS = ReadOptions()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[SourceFile]:
    """Several groups of several formats, and files that cannot be read."""
    monkeypatch.setattr(parsing, "_GROUP_BYTES", 100)
    monkeypatch.setattr(parsing, "_AHEAD_BYTES", 300)
    for number in range(40):
        (tmp_path / f"{number:02}.md").write_text(f"---\ntitle: Ferry {number}\n---\nIt sailed.\n")
    lines = [json.dumps({"title": f"Tram {number}", "body": "It ran."}) for number in range(30)]
    (tmp_path / "lines.jsonl").write_text("\n".join([*lines, "{broken"]))
    (tmp_path / "broken.md").write_text("---\ntitle: [\n---\n")
    return [one for one in find_files([tmp_path]) if isinstance(one, SourceFile)]


def blocks(files: list[SourceFile]) -> Iterator[Block]:
    return (block for file in files for block in blocks_of(file, OPTIONS))


def test_records_are_the_same_in_the_same_order(files: list[SourceFile]) -> None:
    expected = list(parse_here(blocks(files), OPTIONS))
    assert len(expected) > 40
    assert list(parse_ahead(blocks(files), OPTIONS)) == expected
    assert list(parse_ahead([], OPTIONS)) == []


def test_no_more_is_read_than_may_wait(files: list[SourceFile]) -> None:
    opened: list[str] = []

    def noted() -> Iterator[Block]:
        for block in blocks(files):
            opened.append(block.shown)
            yield block

    parsed = parse_ahead(noted(), OPTIONS)
    next(parsed)
    assert len(set(opened)) < len(files) / 2
    parsed.close()  # type: ignore[attr-defined]  # a generator


def test_of_large_files_fewer_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_GROUP_BYTES", 100)
    monkeypatch.setattr(parsing, "_AHEAD_BYTES", 300)
    for number in range(10):
        (tmp_path / f"{number}.txt").write_text(f"Ferry {number}\n\n{'It sailed. ' * 25}")
    opened: list[str] = []

    def noted() -> Iterator[Block]:
        for one in find_files([tmp_path]):
            assert isinstance(one, SourceFile)
            opened.append(one.shown)
            yield from blocks_of(one, OPTIONS)

    parsed = parse_ahead(noted(), OPTIONS)
    for number in range(8):
        next(parsed)
        assert len(opened) <= number + 2
    parsed.close()  # type: ignore[attr-defined]  # a generator


def test_a_fault_of_the_program_is_raised_and_no_thread_stays(
    files: list[SourceFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, reached = active_count(), Event()

    def fail(*_: object) -> Iterator[object]:
        reached.set()
        raise ZeroDivisionError

    monkeypatch.setattr(parsing, "records_of", fail)
    with pytest.raises(ZeroDivisionError):
        list(parse_ahead(blocks(files), OPTIONS))
    assert reached.is_set()
    assert active_count() == threads
