"""LocalGenerations are published whole, share what did not change, and are retired."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.errors import DamagedIndexError, FormatMismatchError, NoSuchIndexError, StorageError
from semsearch.model.article import Field
from semsearch.model.filters import EVERYTHING
from semsearch.store import files
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.files import dump_json
from semsearch.store.generations import Keep, Manifest, read_manifest
from semsearch.store.local import generation_writer as drafting
from semsearch.store.local import generations as module
from semsearch.store.local.generations import LocalGenerations
from semsearch.store.local.segments import SegmentVectors
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import words
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_catalog, tree
from tests.support.store import current_pks, settings_of, write

ENCODER = HashingEncoder()
WIDE = HashingEncoder(dimension=1024)  # no two words share a place
SETTINGS = settings_of(ENCODER)
NONE_KEPT = Keep(newest=1, seconds=0)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def generations(tmp_path: Path) -> LocalGenerations:
    return LocalGenerations(tmp_path)


def put(catalog: Catalog, *ids: str, word: str = "") -> None:
    write(catalog, ENCODER, [make_article(one, f"Notice {one} {word}") for one in ids])


def shown(generations: LocalGenerations, number: int, catalog: Catalog) -> set[str]:
    """The ids that a generation finds, by vectors."""
    found = generations.open(number).vectors.nearest(
        ENCODER.encode_query("notice"), 1_000, EVERYTHING
    )
    return {article.id for article in catalog.by_pk([pk for pk, _ in found]).values()}


def test_there_is_no_generation_before_the_first(generations: LocalGenerations) -> None:
    assert generations.current_number() is None
    assert generations.numbers() == []
    with pytest.raises(NoSuchIndexError):
        generations.open(1)


def test_the_manifest_says_what_the_generation_holds(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    put(catalog, "a", "b")
    write(catalog, ENCODER, [make_article("s", stub=True)])
    manifest = generations.publish(catalog, SETTINGS)
    assert (manifest.generation, manifest.sequence) == (1, 2)
    assert (manifest.articles, manifest.stubs, manifest.passages) == (2, 1, 6)
    assert manifest.encoder == SETTINGS
    assert manifest.vectors == "auto"
    assert generations.manifest(1) == manifest
    assert generations.current_number() == 1
    on_disk = {name for name in tree(tmp_path / "generations" / "1") if not name.endswith(".lock")}
    assert set(manifest.files) | {"manifest.json"} == on_disk


def test_an_empty_catalog_can_be_published(generations: LocalGenerations, catalog: Catalog) -> None:
    manifest = generations.publish(catalog, SETTINGS)
    assert len(generations.open(manifest.generation)) == 0
    put(catalog, "a")
    assert shown(generations, generations.publish(catalog, SETTINGS).generation, catalog) == {"a"}


def test_publishing_without_a_change_keeps_the_generation(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    put(catalog, "a")
    first = generations.publish(catalog, SETTINGS)
    before = tree(tmp_path / "generations")
    assert generations.publish(catalog, SETTINGS) == first
    assert tree(tmp_path / "generations") == before


@pytest.fixture
def fast() -> Iterator[tuple[LocalGenerations, Catalog]]:
    with fast_folder() as folder:
        catalog = open_catalog(folder)
        yield LocalGenerations(folder), catalog
        catalog.close()


def test_eighty_single_writes_leave_few_segments_and_right_results(
    fast: tuple[LocalGenerations, Catalog],
) -> None:
    generations, catalog = fast
    expected: dict[str, str] = {}
    for number in range(80):
        identity = f"a{number % 60}"  # the last twenty are updates
        expected[identity] = WORDS[(number * 7) % len(WORDS)]
        write(catalog, WIDE, [make_article(identity, expected[identity])])
        manifest = generations.publish(catalog, settings_of(WIDE))
        assert len(manifest.segments) <= math.log2(number + 2) + 1
    assert manifest.generation == 80
    snapshot = generations.open(80)
    assert len(snapshot) == 60
    pks = current_pks(catalog, expected)
    for word in WORDS:
        wanted = {pks[key] for key, held in expected.items() if held == word}
        term = words(word)[0].term
        worded = snapshot.words.search({Field.TITLE: {term: 1.0}}, 1_000, EVERYTHING).hits
        assert snapshot.words.document_frequency(term) == len(wanted)
        near = snapshot.vectors.nearest(WIDE.encode_query(word), len(wanted), EVERYTHING)
        assert {pk for pk, _ in worded} == wanted
        assert {pk for pk, _ in near} == wanted


def vectors_of(snapshot: Snapshot) -> SegmentVectors:
    assert isinstance(snapshot.vectors, SegmentVectors)
    return snapshot.vectors


def test_deleted_articles_leave_the_segments_in_the_end(
    generations: LocalGenerations, catalog: Catalog
) -> None:
    put(catalog, *(f"a{number}" for number in range(20)))
    generations.publish(catalog, SETTINGS)
    write(catalog, ENCODER, delete=["a0", "a1"])
    few = generations.open(generations.publish(catalog, SETTINGS).generation)
    assert (len(few), len(vectors_of(few).removed)) == (18, 2)
    assert [len(segment) for segment in vectors_of(few).segments] == [20]
    write(catalog, ENCODER, delete=[f"a{number}" for number in range(2, 10)])
    many = generations.open(generations.publish(catalog, SETTINGS).generation)
    assert (len(many), len(vectors_of(many).removed)) == (10, 0)
    assert [len(segment) for segment in vectors_of(many).segments] == [10]
    write(catalog, ENCODER, delete=[f"a{number}" for number in range(10, 20)])
    none = generations.open(generations.publish(catalog, SETTINGS).generation)
    assert (len(none), vectors_of(none).segments) == (0, ())
    assert none.vectors.nearest(ENCODER.encode_query("notice"), 5, EVERYTHING) == []


def test_unchanged_segments_are_shared_with_the_generation_before(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    put(catalog, *(f"a{number}" for number in range(8)))
    first = generations.publish(catalog, SETTINGS)
    put(catalog, "b")
    second = generations.publish(catalog, SETTINGS)
    assert second.segments[0] == first.segments[0]
    name = f"segments/{first.segments[0]}/vectors.faiss"
    folder = tmp_path / "generations"
    assert (folder / "1" / name).samefile(folder / "2" / name)
    assert second.files[name] == first.files[name]


def test_an_older_generation_shows_its_own_time(
    generations: LocalGenerations, catalog: Catalog
) -> None:
    put(catalog, "a", "b")
    generations.publish(catalog, SETTINGS)
    write(catalog, ENCODER, [make_article("c", "Notice c")], delete=["a"])
    generations.publish(catalog, SETTINGS)
    assert shown(generations, 1, catalog) == {"a", "b"}
    assert shown(generations, 2, catalog) == {"b", "c"}


def test_retired_generations_take_their_rows_with_them_and_no_others(
    catalog: Catalog, tmp_path: Path
) -> None:
    generations = LocalGenerations(tmp_path, keep=Keep(newest=2, seconds=0))
    pks = []
    for number in range(5):
        put(catalog, "a", word=WORDS[number])
        pks.append(current_pks(catalog, ["a"])["a"])
        generations.publish(catalog, SETTINGS)
    assert generations.numbers() == [4, 5]
    assert set(catalog.by_pk(pks)) == set(pks[3:])
    assert shown(generations, 4, catalog) == shown(generations, 5, catalog) == {"a"}


def test_young_generations_are_kept_up_to_a_limit(catalog: Catalog, tmp_path: Path) -> None:
    generations = LocalGenerations(tmp_path, keep=Keep(newest=1, seconds=600, at_most=3))
    for number in range(6):
        put(catalog, "a", word=WORDS[number])
        generations.publish(catalog, SETTINGS)
    assert len(generations.numbers()) == 3
    assert max(generations.numbers()) == 6


def test_rebuilding_gives_the_same_answers_and_drops_the_others(
    generations: LocalGenerations, catalog: Catalog
) -> None:
    for number in range(9):
        put(catalog, f"a{number}", f"a{number + 1}", word=WORDS[number])
        generations.publish(catalog, SETTINGS)
    query = ENCODER.encode_query("notice harbour tram")
    before = generations.open(9).vectors.nearest(query, 100, EVERYTHING)
    manifest = generations.rebuild(catalog, SETTINGS)
    assert manifest.generation == 10
    assert generations.numbers() == [10]
    assert len(manifest.segments) == 1
    assert generations.open(10).vectors.nearest(query, 100, EVERYTHING) == before


def test_numbers_grow_even_when_all_generations_are_lost(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    for number in range(3):
        put(catalog, f"a{number}")
        generations.publish(catalog, SETTINGS)
    shutil.rmtree(tmp_path / "generations")
    assert generations.rebuild(catalog, SETTINGS).generation == 4


def test_a_failed_publication_leaves_the_current_generation(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(catalog, "a")
    generations.publish(catalog, SETTINGS)
    put(catalog, "b")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(drafting, "update_lexical", refuse)
        with pytest.raises(StorageError, match="No space left"):
            generations.publish(catalog, SETTINGS)
    assert generations.current_number() == 1
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["1"]
    assert shown(generations, 1, catalog) == {"a"}
    assert generations.publish(catalog, SETTINGS).generation == 2


def test_drafts_of_a_killed_writer_are_removed(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    leftover = tmp_path / "generations" / ".7.4711.tmp" / "segments"
    leftover.mkdir(parents=True)
    put(catalog, "a")
    generations.publish(catalog, SETTINGS)
    assert [path.name for path in (tmp_path / "generations").iterdir()] == ["1"]


def test_a_generation_of_another_format_is_refused_and_can_be_rebuilt(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path
) -> None:
    put(catalog, "a")
    generations.publish(catalog, SETTINGS)
    path = tmp_path / "generations" / "1" / "manifest.json"
    path.write_text(path.read_text().replace('"format": 2', '"format": 77'))
    with pytest.raises(FormatMismatchError, match="format 77"):
        generations.open(1)
    assert generations.rebuild(catalog, SETTINGS).generation == 2
    assert shown(generations, 2, catalog) == {"a"}


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    manifest = Manifest(3, 9, {"model": "ü"}, "SQfp16", 1, 2, 3, ("1-2-3",), {})
    folder = tmp_path / "3"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(manifest.to_json())
    assert read_manifest(folder) == manifest
    values = json.loads(manifest.to_json())
    assert manifest.to_json() == dump_json(values)
    assert values["checksum"] == manifest.checksum


def test_every_flipped_bit_of_a_manifest_is_noticed(tmp_path: Path) -> None:
    data = Manifest(3, 9, {"dimension": 64}, "SQfp16", 1, 2, 3, ("1-2",), {}).to_json()
    folder = tmp_path / "3"
    folder.mkdir()
    for place in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        (folder / "manifest.json").write_bytes(flipped)
        with pytest.raises((DamagedIndexError, FormatMismatchError)):
            read_manifest(folder)


def test_a_generation_stays_while_it_is_read(catalog: Catalog, tmp_path: Path) -> None:
    generations = LocalGenerations(tmp_path, keep=NONE_KEPT)
    put(catalog, "a", word="tram")
    generations.publish(catalog, SETTINGS)
    reader = LocalGenerations(tmp_path).open(1)
    pk = current_pks(catalog, ["a"])["a"]
    for word in ("cod", "otter"):
        put(catalog, "a", word=word)
        generations.publish(catalog, SETTINGS)
    assert generations.numbers() == [1, 3]
    assert catalog.by_pk([pk])[pk].title == "Notice a tram"
    assert [
        hit[0] for hit in reader.vectors.nearest(ENCODER.encode_query("tram"), 5, EVERYTHING)
    ] == [pk]
    del reader
    put(catalog, "a", word="salt")
    generations.publish(catalog, SETTINGS)
    assert generations.numbers() == [4]
    assert catalog.by_pk([pk]) == {}


def test_everything_is_on_disk_before_current_names_it(
    generations: LocalGenerations, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power loss may take away is what has not been synced."""
    synced: set[int] = set()
    at_the_switch: set[int] = set()
    real_sync, real_replace = os.fsync, files.replace_file

    def note(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_ino)
        real_sync(descriptor)

    def switch(path: Path, data: bytes) -> None:
        at_the_switch.update(synced)
        real_replace(path, data)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(module, "replace_file", switch)
    for number in range(3):
        put(catalog, *(f"a{number}{n}" for n in range(9)))
        synced.clear()
        at_the_switch.clear()
        manifest = generations.publish(catalog, SETTINGS)
        folder = tmp_path / "generations" / str(manifest.generation)
        written = [folder.parent, folder, *folder.rglob("*")]
        assert {path.stat().st_ino for path in written} <= at_the_switch
