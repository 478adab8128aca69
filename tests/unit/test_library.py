"""A library opens generations, checks the encoder and serves readers while it is written to."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from semsearch.assembly import open_index as assemble
from semsearch.config import PassagesSettings, Settings
from semsearch.errors import (
    DamagedIndexError,
    ModelMismatchError,
    NoSuchIndexError,
    StaleGenerationError,
    StorageError,
)
from semsearch.index import Index
from semsearch.library import Repair
from semsearch.model.filters import EVERYTHING
from semsearch.model.search import Mode
from semsearch.store.generations import Keep, Manifest
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, open_index


def test_an_index_without_articles_says_so(index: Index) -> None:
    with pytest.raises(NoSuchIndexError, match="empty"):
        index.library.snapshot()


def test_a_folder_without_an_index_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(NoSuchIndexError):
        assemble(Settings(index=tmp_path / "none"), encoder=HashingEncoder())
    assert list(tmp_path.iterdir()) == []


def test_another_model_is_refused_and_both_are_named(index: Index, folder: Path) -> None:
    index.add([make_article("a")])
    other = open_index(folder, HashingEncoder("another-model"))
    for attempt in (
        lambda: ask(other, "harbour"),
        lambda: other.add([make_article("b")]),
    ):
        with pytest.raises(ModelMismatchError, match=r"hashing.*another-model") as caught:
            attempt()
        assert "model.name to hashing" in caught.value.hint
    assert ask(other, "notice", Mode.LEXICAL).hits  # words need no model
    other.close()


@pytest.mark.parametrize("configured", [HashingEncoder(dimension=32), HashingEncoder(budget=50)])
def test_a_model_that_differs_in_anything_is_refused(
    index: Index, folder: Path, configured: HashingEncoder
) -> None:
    index.add([make_article("a")])
    other = open_index(folder, configured)
    with pytest.raises(ModelMismatchError):
        ask(other, "harbour")
    other.close()


@pytest.mark.parametrize(
    ("passages", "setting"),
    [
        (PassagesSettings(max_tokens=12), "passages.max_tokens to 40"),
        (PassagesSettings(overlap=0), "passages.overlap to 1"),
    ],
)
def test_other_passages_are_refused_and_the_setting_is_named(
    index: Index, folder: Path, passages: PassagesSettings, setting: str
) -> None:
    index.add([make_article("a")])
    other = assemble(Settings(index=folder, passages=passages), encoder=HashingEncoder())
    with pytest.raises(ModelMismatchError) as caught:
        other.add([make_article("b")])
    assert setting in caught.value.hint
    other.close()


def test_older_generations_stay_open_to_those_who_name_them(index: Index) -> None:
    numbers = [index.add([make_article(f"a{n}")]).generation for n in range(12)]
    for place in (11, 0, 10, 1, 9, 2, 0, 11):
        snapshot = index.library.snapshot_at(numbers[place])
        assert (snapshot.generation, len(snapshot)) == (numbers[place], place + 1)
    assert index.library.snapshot().generation == numbers[-1]


def test_a_retired_generation_is_stale(index: Index) -> None:
    index.add([make_article("a")])
    for number in (0, 2, 10**9):
        with pytest.raises(StaleGenerationError, match=str(number)):
            index.library.snapshot_at(number)
    with index.library.writing():
        index.library.rebuild()
    with pytest.raises(StaleGenerationError):
        index.library.snapshot_at(1)


def test_readers_see_whole_generations_while_articles_are_written(
    index: Index, folder: Path
) -> None:
    """Every write changes both articles to one word, so an answer with two words is torn."""

    index.add([make_article(key, "Notice salt", body="salt") for key in ("a", "b")])
    reader = open_index(folder, HashingEncoder())
    done = Event()
    answered = [Event() for _ in range(4)]

    def read(services: Index, has_answered: Event) -> list[int]:
        generations = []
        while not done.is_set():
            results = ask(services, "notice", Mode.HYBRID)
            assert len(results.hits) == 2
            assert len({hit.article.title for hit in results.hits}) == 1
            assert {hit.passage.text for hit in results.hits} == {
                results.hits[0].article.title.removeprefix("Notice ")
            }
            generations.append(results.generation)
            has_answered.set()
        return generations

    with ThreadPoolExecutor(4) as pool:
        readers = list(map(pool.submit, [read] * 4, (index, index, reader, reader), answered))
        try:
            for word in WORDS[:10]:
                for one in answered:  # however busy the machine is
                    one.clear()
                    one.wait(timeout=60)
                index.add([make_article(key, f"Notice {word}", body=word) for key in ("a", "b")])
        finally:
            done.set()
        seen = [one.result() for one in readers]
    for generations in seen:
        assert len(generations) >= 10
        assert generations == sorted(generations)
    reader.close()


def test_threads_that_meet_damage_mend_it_once(folder: Path) -> None:
    index = open_index(folder, HashingEncoder())
    index.add([make_article("a"), make_article("b")])
    newest = index.library.snapshot().generation
    index.close()
    (folder / "generations" / str(newest) / "removed.npy").write_bytes(b"")
    repairs: list[Repair] = []
    mended = open_index(folder, HashingEncoder(), repairs.append)
    with ThreadPoolExecutor(4) as pool:
        snapshots = list(pool.map(lambda _: mended.library.snapshot(), range(8)))
    assert {snapshot.generation for snapshot in snapshots} == {newest + 1}
    assert [repair.generation for repair in repairs] == [newest + 1]
    mended.close()


def test_a_snapshot_outlives_the_removal_of_its_files(index: Index, folder: Path) -> None:
    index.add([make_article("a", "Harbour")])
    index.library.generations = LocalGenerations(folder, keep=Keep(newest=1, seconds=0))
    old = index.library.snapshot()
    index.add([make_article("b", "Ferry")])
    shutil.rmtree(folder / "generations" / "1")  # by hand: it stays as long as it is read
    query = HashingEncoder().encode_query("harbour")
    assert len(old.vectors.nearest(query, 9, EVERYTHING)) == 1
    assert ask(index, "harbour").generation == 2


def test_a_repair_that_failed_in_the_background_is_told_and_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = open_index(folder, HashingEncoder())
    index.add([make_article("a")])
    newest = index.generations()[-1]
    index.close()
    (folder / "generations" / str(newest) / "removed.npy").write_bytes(b"")
    reader = open_index(folder, HashingEncoder())
    reader.repair_in_background()
    rebuild = reader.library.rebuild
    results: list[Exception | None] = [StorageError("The disk is full."), None]

    def failing_once() -> Manifest:
        error = results.pop(0)
        if error is not None:
            raise error
        return rebuild()

    monkeypatch.setattr(reader.library, "rebuild", failing_once)
    for expected in (DamagedIndexError, StorageError):
        with pytest.raises(expected):
            reader.library.snapshot()
        for thread in enumerate_threads():
            if thread.name == "repair":
                thread.join(10)
    assert reader.library.snapshot().generation == newest + 1
    reader.close()
