"""Whatever is damaged is found and named, and mended from the catalog without encoding."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from semsearch.assembly import open_index as assemble
from semsearch.config import Settings
from semsearch.errors import LostWritesError
from semsearch.index import Index
from semsearch.maintain.doctor import Diagnosis, diagnose, repair
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine") / "index"
    index = open_index(folder, HashingEncoder())
    for first in (0, 12):
        index.add(
            make_article(
                f"a{n}", f"Notice {WORDS[n % 20]}", topics=(WORDS[n % 3],), body=f"{n} cod " * n
            )
            for n in range(first, first + 14)
        )
    index.close()
    return folder


@pytest.fixture
def copy(pristine: Path, folder: Path) -> Path:
    shutil.copytree(pristine, folder)
    return folder


def opened(folder: Path, encoder: HashingEncoder) -> Index:
    return assemble(Settings(index=folder), encoder=encoder, check=False)


def examine(folder: Path, how: Callable[..., Diagnosis] = diagnose) -> Diagnosis:
    encoder = HashingEncoder()
    index = opened(folder, encoder)
    try:
        return how(index.library)
    finally:
        index.close()
        assert encoder.encoded == 0


def newest(folder: Path) -> Path:
    return folder / "generations" / str(LocalGenerations(folder).current_number())


def derived_files(folder: Path) -> Iterator[Path]:
    for path in sorted((folder / "generations").rglob("*")):
        if path.is_file() and path.stat().st_size and not path.name.endswith(".lock"):
            yield path
    yield folder / "CURRENT"


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) * 2 // 3] ^= 4
    path.unlink()  # not through hard links
    path.write_bytes(data)


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1])


def remove(path: Path) -> None:
    path.unlink()


def test_a_sound_index_is_sound_and_nothing_is_changed(copy: Path) -> None:
    found = examine(copy)
    assert (found.sound, found.findings, found.notes) == (True, (), ())
    assert found.versions == 26
    assert found.generations == len(LocalGenerations(copy).numbers())
    assert found.files > 20


@pytest.mark.parametrize("harm", [flip, cut, remove])
def test_every_damaged_derived_file_is_named_and_mended(
    pristine: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    names = [path.relative_to(pristine) for path in derived_files(pristine)]
    assert len(names) > 20
    for place, name in enumerate(names):
        folder = tmp_path / str(place)
        shutil.copytree(pristine, folder)
        harm(folder / name)
        found = examine(folder)
        assert not found.sound, name
        if name.name != "CURRENT" or harm is not remove:
            assert any(name.name in one.what for one in found.findings)
        assert all("doctor --repair" in one.command for one in found.findings)
        if place % 5 == 0:
            assert examine(folder, repair).sound
        shutil.rmtree(folder)


def test_what_was_mended_answers_as_before(copy: Path) -> None:
    flip(next(newest(copy).rglob("vectors.faiss")))
    (copy / "CURRENT").write_text("1\n")
    assert not examine(copy).sound
    mended = examine(copy, repair)
    assert mended.sound
    encoder = HashingEncoder()
    index = opened(copy, encoder)
    assert set(ids(ask(index, "cod notice"))) == set(held(index))
    index.close()


def test_a_lost_and_an_exchanged_generation_are_found(copy: Path) -> None:
    path = newest(copy)
    older = path.with_name(str(int(path.name) - 1))
    shutil.rmtree(path)
    assert f"Generation {path.name}, the newest, is missing" in examine(copy).findings[0].what
    older.rename(path)
    assert "belongs to generation" in examine(copy).findings[0].what
    assert examine(copy, repair).sound


def run(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "catalog.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE articles SET title = title || '.' WHERE id = 'a3'", "article a3"),
        ("UPDATE passages SET field = 0 WHERE article_pk = 5", "article a4"),
        ("UPDATE vectors SET vector = zeroblob(128)", "more are not what was written"),
        ("DELETE FROM vectors", "passages have no vector"),
        ("UPDATE meta SET value = '1' WHERE key = 'sequence'", "the last is said to be 1"),
        ("UPDATE meta SET value = '77' WHERE key = 'format'", "format 77"),
        ("DROP TABLE passages", "no catalog"),
    ],
)
def test_a_damaged_catalog_is_found_and_never_rebuilt_from(
    copy: Path, statement: str, named: str
) -> None:
    before = LocalGenerations(copy).current_number()
    run(copy, statement)
    found = examine(copy, repair)
    assert any(named in one.what for one in found.findings)
    assert not any("--repair" in one.command for one in found.findings)
    assert LocalGenerations(copy).current_number() == before


def test_flipped_bits_of_the_catalog_file_are_found(copy: Path, tmp_path: Path) -> None:
    """Of every page one bit where it holds something; free space may change unnoticed."""
    data = (copy / "catalog.db").read_bytes()
    found = tried = 0
    for page in range(0, len(data), 4096):
        places = [n for n in range(page + 2048, page + 4096) if data[n]]
        if not places:
            continue
        damaged = bytearray(data)
        damaged[places[len(places) // 2]] ^= 16
        folder = tmp_path / f"page-{page}"
        folder.mkdir()
        (folder / "catalog.db").write_bytes(damaged)
        shutil.copy(copy / "CURRENT", folder)
        shutil.copytree(copy / "generations", folder / "generations")
        tried += 1
        found += not examine(folder).sound
        shutil.rmtree(folder)
    assert tried > 10
    assert found > tried * 0.6  # the rest is relations and sketches, which are derived


def copy_without(folder: Path, tmp_path: Path, lose: Callable[[Path], None]) -> None:
    """The index as a copy of it that lost some of ``catalog.db-wal`` with the last writes."""
    index = open_index(folder, HashingEncoder())
    with closing(sqlite3.connect(folder / "catalog.db")) as reader:
        # A reader of the state before keeps the log from being written into the file.
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM meta").fetchall()
        index.add([make_article("new"), make_article("newer")])
        index.delete(["a3"])
        shutil.copytree(folder, tmp_path / "copied")
    index.close()
    lose(tmp_path / "copied" / "catalog.db-wal")
    (tmp_path / "copied" / "catalog.db-shm").unlink(missing_ok=True)
    shutil.rmtree(folder)
    (tmp_path / "copied").rename(folder)


def without_the_log(folder: Path, tmp_path: Path) -> None:
    copy_without(folder, tmp_path, Path.unlink)


def with_half_of_the_log(folder: Path, tmp_path: Path) -> None:
    copy_without(folder, tmp_path, lambda log: os.truncate(log, log.stat().st_size // 2))


def an_older_file(folder: Path, tmp_path: Path) -> None:
    """``catalog.db`` as it was before the last writes."""
    shutil.copy(folder / "catalog.db", tmp_path / "before.db")
    index = open_index(folder, HashingEncoder())
    index.add([make_article("new")])
    index.close()
    shutil.copy(tmp_path / "before.db", folder / "catalog.db")


@pytest.mark.parametrize("lose", [without_the_log, with_half_of_the_log, an_older_file])
def test_lost_writes_are_found_refused_and_mended(
    copy: Path, tmp_path: Path, lose: Callable[[Path, Path], None]
) -> None:
    lose(copy, tmp_path)
    (finding,) = examine(copy).findings
    assert "the catalog ends at" in finding.what
    assert "are lost unless catalog.db-wal is put back" in finding.consequence
    assert finding.command.startswith("semsearch doctor --repair")

    index = opened(copy, HashingEncoder())
    there = held(index)
    attempts: list[Callable[[], object]] = [
        lambda: index.search("cod"),
        index.readiness,
        index.status,
        lambda: index.add([make_article("b")]),
        lambda: index.delete(["a1"]),
    ]
    for attempt in attempts:
        with pytest.raises(LostWritesError, match="are lost") as refused:
            attempt()
        assert "doctor --repair" in refused.value.hint
    assert held(index) == there
    index.close()

    assert examine(copy, repair).sound
    assert examine(copy).sound
    index = open_index(copy, HashingEncoder())
    assert held(index) == there
    assert set(ids(ask(index, "cod"))) == there.keys()
    index.add([make_article("later", "Notice lamprey", body="lamprey")])
    assert ids(ask(index, "lamprey"))[0] == "later"
    index.close()
    assert examine(copy).sound


def test_rebuilding_mends_lost_writes_as_well(copy: Path, tmp_path: Path) -> None:
    without_the_log(copy, tmp_path)
    index = opened(copy, HashingEncoder())
    index.rebuild()
    assert set(ids(ask(index, "cod"))) == held(index).keys()
    index.close()
    assert examine(copy).sound


def test_writes_that_are_not_yet_published_are_told_and_harm_nothing(copy: Path) -> None:
    index = open_index(copy, HashingEncoder())
    index.library.catalog.write_setting("sequence", str(index.library.catalog.sequence + 1))
    found = diagnose(index.library)
    index.close()
    assert found.sound
    assert "can be searched with the next" in found.notes[0]
