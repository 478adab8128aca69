"""A generation that is not synced is shown like any other, until a power loss takes it away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.model.filters import EVERYTHING
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.generations import Keep
from semsearch.store.local import generations as module
from semsearch.store.local.generations import CURRENT, RECENT, LocalGenerations
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, ids, open_catalog, open_index
from tests.support.store import settings_of, write

ENCODER = HashingEncoder()
SETTINGS = settings_of(ENCODER)
OTHER_BOOT = "01234567-89ab-cdef-0123-456789abcdef"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


def put(catalog: Catalog, *names: str) -> None:
    write(catalog, ENCODER, [make_article(one, f"Notice {one}") for one in names])


def shown(folder: Path) -> int:
    """How many articles another process finds."""
    generations = LocalGenerations(folder)
    number = generations.current_number()
    assert number is not None
    snapshot = generations.open(number)
    return len(snapshot.vectors.nearest(ENCODER.encode_query("notice"), 100, EVERYTHING))


def lose_power(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not synced is gone; the machine starts once more."""
    monkeypatch.setattr(module, "_this_boot", lambda: OTHER_BOOT)
    recent = (folder / RECENT).read_text().split()[0]
    for path in (folder / "generations" / recent).rglob("*"):
        if path.is_file() and path.stat().st_nlink == 1:
            path.write_bytes(b"")


def test_it_is_shown_to_every_reader_and_nothing_of_it_is_synced(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = LocalGenerations(tmp_path)
    put(catalog, "a", "b", "c")
    generations.publish(catalog, SETTINGS)
    current = (tmp_path / CURRENT).read_bytes()

    def refuse(_: int) -> None:
        raise AssertionError

    with monkeypatch.context() as patch:
        put(catalog, "d")
        patch.setattr(os, "fsync", refuse)
        assert generations.publish(catalog, SETTINGS, durable=False).articles == 4
        assert not generations.is_durable()
    assert shown(tmp_path) == 4
    assert (tmp_path / CURRENT).read_bytes() == current
    generations.check(2)


def test_one_upon_the_other_and_then_a_durable_one(catalog: Catalog, tmp_path: Path) -> None:
    generations = LocalGenerations(tmp_path)
    put(catalog, "a", "b", "c")
    generations.publish(catalog, SETTINGS)
    for name in "defg":
        put(catalog, name)
        generations.publish(catalog, SETTINGS, durable=False)
    write(catalog, ENCODER, delete=["a"])
    assert generations.publish(catalog, SETTINGS, durable=False).articles == 6
    assert (generations.current_number(), shown(tmp_path)) == (6, 6)
    assert generations.publish(catalog, SETTINGS).generation == 6  # the same, synced
    assert generations.is_durable()
    assert not (tmp_path / RECENT).exists()
    put(catalog, "h")
    assert generations.publish(catalog, SETTINGS).articles == 7
    assert shown(tmp_path) == 7


def test_the_first_generation_is_durable(catalog: Catalog, tmp_path: Path) -> None:
    put(catalog, "a")
    generations = LocalGenerations(tmp_path)
    generations.publish(catalog, SETTINGS, durable=False)
    assert generations.is_durable()


def test_where_nothing_tells_one_start_from_another_every_generation_is_durable(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_this_boot", lambda: "")
    generations = LocalGenerations(tmp_path)
    for name in "ab":
        put(catalog, name)
        generations.publish(catalog, SETTINGS, durable=False)
        assert generations.is_durable()


def test_a_power_loss_takes_it_from_sight_and_the_next_is_made_of_the_catalog(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generations = LocalGenerations(tmp_path)
    put(catalog, "a", "b", "c")
    generations.publish(catalog, SETTINGS)
    put(catalog, "d")
    generations.publish(catalog, SETTINGS, durable=False)
    lose_power(tmp_path, monkeypatch)
    after = LocalGenerations(tmp_path)
    assert (after.current_number(), after.is_interrupted()) == (1, True)
    assert shown(tmp_path) == 3
    assert after.publish(catalog, SETTINGS).generation == 3
    assert (after.is_interrupted(), shown(tmp_path)) == (False, 4)


@pytest.mark.parametrize("content", [b"", b"7\n", b"\xff", b"2 x\n"])
def test_a_senseless_note_of_it_is_passed_over(
    catalog: Catalog, tmp_path: Path, content: bytes
) -> None:
    put(catalog, "a")
    LocalGenerations(tmp_path).publish(catalog, SETTINGS)
    (tmp_path / RECENT).write_bytes(content)
    assert LocalGenerations(tmp_path).current_number() == 1


def test_the_generation_that_a_power_loss_leaves_is_kept(catalog: Catalog, tmp_path: Path) -> None:
    generations = LocalGenerations(tmp_path, keep=Keep(newest=1, seconds=0))
    put(catalog, "a")
    generations.publish(catalog, SETTINGS)
    for name in "bcd":
        put(catalog, name)
        generations.publish(catalog, SETTINGS, durable=False)
    assert 1 in generations.numbers()
    generations.secure(catalog)
    assert generations.numbers() == [4]


def test_who_opens_an_index_after_a_power_loss_finds_every_acknowledged_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    index = open_index(folder, ENCODER)
    index.add([make_article("a", "Notice a")])
    index._components.indexer.finish_later(lambda: None)
    index.add([make_article("b", "Notice b")])
    assert sorted(ids(ask(index, "notice"))) == ["a", "b"]
    index.close()
    lose_power(folder, monkeypatch)
    again = open_index(folder, ENCODER)
    assert sorted(ids(ask(again, "notice"))) == ["a", "b"]
    again.close()
