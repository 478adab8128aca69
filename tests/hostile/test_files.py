"""Hostile files: each is read or skipped as its entry says, and the run goes on."""

import gzip
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from semsearch.model.article import Article
from semsearch.model.status import IndexReport
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

ENTRIES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("files.yaml").read_text("utf-8")
)
_GIGABYTE = 2**30
_BOMB = 200 * 2**20
_LINE = b'{"title": "Harbour"}\n'


def _sparse_gigabyte(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(_GIGABYTE)


def _nested_json(path: Path) -> None:
    path.write_text('{"title": "x", "y": ' + "[" * 500 + "]" * 500 + "}\n", "utf-8")


def _bomb(opened: Callable[[Path, str], Any], unit: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with opened(path, "wb") as stream:
            for _ in range(_BOMB // len(unit)):
                stream.write(unit)

    return make


def _open_xz(path: Path, mode: str) -> Any:
    return lzma.open(path, mode, preset=0)


def _cut_gzip(path: Path) -> None:
    lines = b"".join(b'{"title": "Notice %d"}\n' % number for number in range(3))
    path.write_bytes(gzip.compress(lines)[:-8])  # all the text, and not its checksum


def _damaged_xz(path: Path) -> None:
    data = bytearray(lzma.compress(_LINE * 1000))
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


def _link_outside(path: Path) -> None:
    outside = path.parent.parent / "outside.md"
    outside.write_text("---\ntitle: Outside\n---\n", "utf-8")
    path.symlink_to(outside)


def _link_circle(path: Path) -> None:
    other = path.with_name("circle.other")
    other.symlink_to(path)
    path.symlink_to(other)


MAKERS: Mapping[str, Callable[[Path], None]] = {
    "sparse_gigabyte": _sparse_gigabyte,
    "nested_json": _nested_json,
    "gzip_bomb": _bomb(gzip.open, b"a" * 2**20),
    "xz_bomb": _bomb(_open_xz, b"a" * 2**20),
    "blank_bomb": _bomb(gzip.open, b"\n" * 2**20),
    "cut_gzip": _cut_gzip,
    "damaged_xz": _damaged_xz,
    "link_outside": _link_outside,
    "link_device": lambda path: path.symlink_to("/dev/zero"),
    "link_circle": _link_circle,
    "pipe": os.mkfifo,
    "folder_loop": lambda path: path.symlink_to(path.parent, target_is_directory=True),
    "empty_folder": Path.mkdir,
    "odd_name": lambda path: Path(os.fsdecode(os.fsencode(path) + b"\xff.md")).touch(),
}


def made(folder: Path) -> None:
    """Every hostile file, in a folder."""
    folder.mkdir()
    for entry in ENTRIES:
        path = folder / entry["file"]
        if "make" in entry:
            MAKERS[entry["make"]](path)
        elif "bytes" in entry:
            path.write_bytes(bytes.fromhex(entry["bytes"]))
        elif "repeat" in entry:
            before, what, times, after = entry["repeat"]
            path.write_text(before + what * times + after, "utf-8")
        else:
            path.write_text(entry["text"], "utf-8")


@dataclass(frozen=True)
class Outcome:
    """What the run came to."""

    folder: Path
    report: IndexReport
    articles: Mapping[str, list[Article]]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run over all of them."""
    base = tmp_path_factory.mktemp("hostile")
    made(base / "files")
    index = open_index(base / "index", HashingEncoder())
    report = index.add_files(base / "files")
    by_id = {a.id: a for a in index.library.catalog.all_articles() if not a.stub}
    sources = index.library.catalog.sources()
    articles = {
        Path(source).name: [by_id[one] for one in ids if one in by_id]
        for source, ids in sources.items()
    }
    index.close()
    return Outcome(base / "files", report, articles)


def test_there_are_enough() -> None:
    names = [entry["name"] for entry in ENTRIES]
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_hostile_file_comes_to_what_it_should(entry: dict[str, Any], outcome: Outcome) -> None:
    shown = str(outcome.folder / entry["file"])
    skipped = [one.reason for one in outcome.report.skipped if one.path.startswith(shown)]
    articles = outcome.articles.get(entry["file"], [])
    assert len(articles) == entry["articles"], skipped
    if "skipped" in entry:
        assert skipped
        assert any(entry["skipped"] in one or entry["skipped"] == "." for one in skipped), skipped
    else:
        assert not skipped
    if "holds" in entry:
        assert [article.title for article in articles] == [entry["holds"]]


def test_nothing_of_what_is_sealed_is_kept(outcome: Outcome) -> None:
    assert "TOPSECRETBLOB" not in repr(outcome.articles)
    assert "TOPSECRETBLOB" not in repr(outcome.report)


@pytest.mark.model
def test_the_command_reads_them_all_and_ends_well(tmp_path: Path, outcome: Outcome) -> None:
    made(tmp_path / "files")
    done = subprocess.run(
        [sys.executable, "-m", "semsearch", "index", "files", "--index", "index", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    report = json.loads(done.stdout)
    assert report["added"] == outcome.report.added
    assert len(report["skipped"]) == len(outcome.report.skipped)
    assert not Path("/tmp/owned").exists()  # noqa: S108 - what one of them tries to make
