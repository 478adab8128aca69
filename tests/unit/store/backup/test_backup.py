"""Snapshots hold what was there, notice damage, and are restored whole or not at all."""

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from semsearch.assembly import open_index as assemble
from semsearch.config import Settings
from semsearch.errors import (
    ConfigurationError,
    DamagedIndexError,
    IndexLockedError,
    NoSuchIndexError,
    SemsearchError,
    StorageError,
)
from semsearch.index import Index
from semsearch.maintain import snapshots
from semsearch.store.backup import backup
from semsearch.store.local.generations import RECENT
from tests.support.answers import timeless
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, tree


def fill(index: Index, *words: str) -> None:
    index.add(make_article(word, f"Notice {word}", body=f"{word} " * 9) for word in words)


def read(folder: Path) -> Index:
    return assemble(Settings(index=folder), encoder=HashingEncoder())


@pytest.fixture(params=["inside", "elsewhere"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return None if request.param == "inside" else tmp_path / "kept"


def test_a_snapshot_is_an_index_as_it_was(index: Index, folder: Path) -> None:
    fill(index, "tram", "cod")
    before = timeless(ask(index, "tram notice"))
    made = snapshots.create(index.library, "first")
    fill(index, "otter")
    index.delete(["cod"])
    path = folder / "snapshots" / "first"
    bytes_before = tree(path)
    then = read(path)
    assert timeless(ask(then, "tram notice")) == before
    assert set(held(then)) == {"tram", "cod"}
    with pytest.raises(IndexLockedError, match="is a snapshot"):
        fill(then, "salt")
    then.close()
    assert tree(path) == bytes_before
    assert snapshots.list_snapshots(folder) == [made]
    assert snapshots.verify(folder, "first") == made
    assert (made.articles, made.generation) == (2, before.generation)


def test_a_restored_index_holds_what_the_snapshot_held(
    index: Index, folder: Path, target: Path | None
) -> None:
    fill(index, "tram", "cod")
    before = ask(index, "tram notice")
    snapshots.create(index.library, "first", target)
    index.delete(["cod"])
    fill(index, "otter", "salt")
    newest = index.library.snapshot().generation
    index.close()
    source = "first" if target is None else str(target)
    restored = snapshots.restore(folder, source)
    assert restored.articles == 2
    again = read(folder)
    results = ask(again, "tram notice")
    assert [(hit.article, hit.score) for hit in results.hits] == [
        (hit.article, hit.score) for hit in before.hits
    ]
    assert results.generation > newest
    assert set(held(again)) == {"tram", "cod"}
    fill(again, "dam")
    assert set(ids(ask(again, "notice"))) == {"tram", "cod", "dam"}
    again.close()
    if target is None:
        assert snapshots.verify(folder, "first").articles == 2  # it is still what it was
    replaced = sqlite3.connect(folder / "catalog.db.replaced")
    query = "SELECT id FROM articles WHERE ended_seq IS NULL"
    assert {row[0] for row in replaced.execute(query)} == {"tram", "otter", "salt"}
    replaced.close()


def test_a_snapshot_can_be_restored_where_nothing_is(index: Index, tmp_path: Path) -> None:
    fill(index, "tram")
    snapshots.create(index.library, "first", tmp_path / "kept")
    elsewhere = tmp_path / "elsewhere" / "index"
    snapshots.restore(elsewhere, str(tmp_path / "kept"))
    there = read(elsewhere)
    assert ids(ask(there, "notice")) == ["tram"]
    there.close()


def test_nothing_names_a_generation_that_was_not_synced_after_a_restore(
    index: Index, folder: Path
) -> None:
    fill(index, "tram")
    snapshots.create(index.library, "first")
    index._components.indexer.finish_later(lambda: None)
    fill(index, "otter")
    assert (folder / RECENT).exists()
    index.close()
    snapshots.restore(folder, "first")
    assert not (folder / RECENT).exists()
    restored = read(folder)
    assert set(held(restored)) == {"tram"}
    restored.close()


def test_a_damaged_catalog_is_refused_and_restored(index: Index, folder: Path) -> None:
    fill(index, *WORDS)
    snapshots.create(index.library, "first")
    index.close()
    data = bytearray((folder / "catalog.db").read_bytes())
    data[:100] = bytes(100)
    (folder / "catalog.db").write_bytes(data)
    with pytest.raises(DamagedIndexError) as caught:
        read(folder)
    assert "snapshot" in caught.value.hint
    snapshots.restore(folder, "first")
    again = read(folder)
    assert set(ids(ask(again, "notice"))) == set(WORDS)
    again.close()


def test_snapshots_made_while_articles_are_written_are_whole(index: Index, folder: Path) -> None:
    """Both articles always hold the same word."""
    for key in ("a", "b"):
        index.add([make_article(key, "Notice salt")])
    done = Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            word = f"{WORDS[number % 20]}{number}"
            index.add([make_article(key, f"Notice {word}") for key in ("a", "b")])

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(write)
        for number in range(5):
            snapshots.create(index.library, f"s{number}")
        done.set()
        writer.result()
    for number in range(5):
        snapshots.verify(folder, f"s{number}")
        then = read(folder / "snapshots" / f"s{number}")
        results = ask(then, "notice")
        assert len({hit.article.title for hit in results.hits}) == 1
        assert set(ids(results)) == {"a", "b"}
        then.close()


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_every_damaged_file_of_a_snapshot_is_named_and_nothing_is_restored(
    index: Index, folder: Path, tmp_path: Path, harm: str
) -> None:
    fill(index, "tram", "cod")
    snapshots.create(index.library, "first", tmp_path / "first")
    index.close()
    before = tree(folder)
    for path in sorted((tmp_path / "first").rglob("*")):
        if not path.is_file() or not path.stat().st_size:
            continue
        data = path.read_bytes()
        path.unlink()
        if harm == "flip":
            path.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        elif harm == "cut":
            path.write_bytes(data[:-1])
        for attempt in (snapshots.verify, snapshots.restore):
            with pytest.raises(DamagedIndexError, match=path.name):
                attempt(folder, str(tmp_path / "first"))
        path.write_bytes(data)
    assert {name: state for name, state in tree(folder).items() if name != "writer.lock"} == {
        name: state for name, state in before.items() if name != "writer.lock"
    }


def test_an_index_that_is_read_or_written_is_not_replaced(index: Index, folder: Path) -> None:
    fill(index, "tram")
    snapshots.create(index.library, "first")
    fill(index, "cod")
    held_open = index.library.snapshot()
    with pytest.raises(IndexLockedError, match="being read"):
        snapshots.restore(folder, "first")
    assert set(ids(ask(index, "notice"))) == {"tram", "cod"}
    del held_open


def test_a_restore_that_stops_anywhere_leaves_the_old_or_the_new(
    index: Index, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stopped before each step that changes a name, as a crash would stop it."""
    fill(index, "tram", "cod")
    snapshots.create(index.library, "first", tmp_path / "first")
    fill(index, "otter")
    index.close()
    real: dict[tuple[object, str], Callable[..., object]] = {}
    left = 0

    class Stop(BaseException):
        pass

    def stopping(holder: object, name: str) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise Stop
            return real[holder, name](*arguments, **named)

        return call

    for holder, name in (
        (Path, "rename"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "hardlink_to"),
        (os, "link"),
        (os, "fsync"),
    ):
        real[holder, name] = getattr(holder, name)
        monkeypatch.setattr(holder, name, stopping(holder, name))
    seen = set()
    for step in range(1, 400):
        copy = tmp_path / f"copy{step}"
        shutil.copytree(folder, copy)
        left = step
        ended = False
        with suppress(Stop):
            snapshots.restore(copy, str(tmp_path / "first"))
            ended = True
        left = 0
        again = read(copy)
        there = frozenset(held(again))
        assert there in ({"tram", "cod", "otter"}, {"tram", "cod"})
        assert set(ids(ask(again, "notice"))) == there
        seen.add(there)
        again.close()
        # The word index of a restore that was stopped may still be putting a file there.
        shutil.rmtree(copy, ignore_errors=True)
        if ended:
            break
    assert ended
    assert len(seen) == 2


def test_names_that_are_taken_or_are_no_names_are_refused(index: Index, folder: Path) -> None:
    fill(index, "tram")
    snapshots.create(index.library, "first")
    with pytest.raises(StorageError, match="there already"):
        snapshots.create(index.library, "first")
    for name in ("../x", ".x", "a/b", "a\0b"):
        with pytest.raises(ConfigurationError):
            snapshots.create(index.library, name)
    with pytest.raises(ConfigurationError, match=r"not \.zip"):
        snapshots.create(index.library, "second", folder.parent / "second.zip")
    with pytest.raises(NoSuchIndexError):
        snapshots.verify(folder, "none")
    assert [one.name for one in snapshots.list_snapshots(folder)] == ["first"]


def test_a_snapshot_that_fails_leaves_nothing(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(index, "tram")

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(StorageError, match="No space"):
            snapshots.create(index.library, "first")
    assert list((folder / "snapshots").iterdir()) == []


def test_a_tar_is_packed_and_unpacked_by_tar(index: Index, folder: Path, tmp_path: Path) -> None:
    fill(index, "tram")
    packed = tmp_path / "first.tar.gz"
    with pytest.raises(ConfigurationError, match=r"is a folder, not \.gz") as refused:
        snapshots.create(index.library, "first", packed)
    assert "tar -czf" in refused.value.hint
    made = snapshots.create(index.library, "first")
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(made.path, "first")
    for attempt in (snapshots.verify, snapshots.restore):
        with pytest.raises(ConfigurationError, match="a snapshot is a folder") as refused:
            attempt(folder, str(packed))
        assert "tar -xf" in refused.value.hint
    with tarfile.open(packed) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    assert snapshots.restore(tmp_path / "new", str(tmp_path / "unpacked" / "first")).articles == 1


def test_a_list_of_another_format_is_refused(index: Index, tmp_path: Path) -> None:
    fill(index, "tram")
    snapshots.create(index.library, "first", tmp_path / "first")
    note = tmp_path / "first" / backup.INVENTORY
    values = json.loads(note.read_text())
    note.write_text(json.dumps({**values, "format": 9}))
    with pytest.raises(SemsearchError, match="format 9"):
        snapshots.verify(tmp_path, str(tmp_path / "first"))
    assert backup.list_backups(tmp_path) == []
