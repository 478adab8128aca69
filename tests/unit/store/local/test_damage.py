"""Damage of any derived file is noticed by name and mended from the catalog."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semsearch.errors import DamagedIndexError, NoSuchIndexError
from semsearch.index import Index
from semsearch.library import Repair
from semsearch.model.search import Mode, SearchResults
from semsearch.store.local.generations import LocalGenerations
from tests.support.answers import timeless
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index

Harm = Callable[[Path], None]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def delete(path: Path) -> None:
    path.unlink()


HARMS: list[Harm] = [flip, truncate, empty, delete]


def fill(index: Index) -> None:
    """Three publications of articles with topics, so that every file holds something."""
    for first in (0, 12, 18):
        index.add(
            make_article(
                f"a{n}", f"Notice {WORDS[n % 20]}", topics=(WORDS[n % 3],), body="cod " * n
            )
            for n in range(first, first + 8)
        )


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine") / "index"
    index = open_index(folder, HashingEncoder())
    fill(index)
    index.close()
    return folder


@pytest.fixture
def repairs() -> list[Repair]:
    return []


@pytest.fixture
def damaged(
    pristine: Path, folder: Path, encoder: HashingEncoder, repairs: list[Repair]
) -> Iterator[Index]:
    """A copy of the index that no process has looked at yet."""
    shutil.copytree(pristine, folder)
    opened = open_index(folder, encoder, repairs.append)
    yield opened
    opened.close()


def answer(index: Index) -> tuple[SearchResults, set[str]]:
    results = timeless(ask(index, "cod harbour notice"))
    return results, set(ids(ask(index, "cod tram", Mode.LEXICAL)))


def files(folder: Path) -> list[str]:
    number = LocalGenerations(folder).current_number()
    assert number is not None
    manifest = LocalGenerations(folder).manifest(number)
    names = [*manifest.files, "manifest.json"]
    assert any(name.endswith("vectors.faiss") for name in names)
    assert any(name.endswith("lengths.npy") for name in names)
    assert any(name.startswith("lexical/") for name in names)
    assert "geometry.npz" in names
    return names


@pytest.mark.parametrize("harm", HARMS)
def test_every_damaged_file_is_named(pristine: Path, tmp_path: Path, harm: Harm) -> None:
    number = LocalGenerations(pristine).current_number()
    assert number is not None
    for name in files(pristine):
        folder = tmp_path / name.replace("/", "_")
        shutil.copytree(
            pristine / "generations" / str(number), folder / "generations" / str(number)
        )
        path = folder / "generations" / str(number) / name
        if not path.stat().st_size:
            continue
        harm(path)
        with pytest.raises(DamagedIndexError, match=name):
            LocalGenerations(folder).open(number)
        shutil.rmtree(folder)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize(
    "kind",
    [
        "vectors.faiss",
        "lengths.npy",
        "geometry.npz",
        "articles.npy",
        "removed.npy",
        "meta.json",
        ".store",
        "manifest.json",
    ],
)
def test_a_damaged_file_is_mended_without_encoding(
    damaged: Index,
    folder: Path,
    encoder: HashingEncoder,
    repairs: list[Repair],
    kind: str,
    harm: Harm,
) -> None:
    names = [name for name in files(folder) if name.endswith(kind)]
    number = LocalGenerations(folder).current_number()
    harm(folder / "generations" / str(number) / names[0])
    expected = {article.id for article in held(damaged).values()}
    results, worded = answer(damaged)
    assert encoder.encoded == 0
    assert len(repairs) == 1
    assert names[0] in repairs[0].damage
    assert repairs[0].generation == results.generation
    assert set(ids(results)) == expected
    assert worded
    assert LocalGenerations(folder).current_number() == results.generation
    assert answer(damaged) == (results, worded)


@pytest.mark.parametrize(
    "kind",
    [
        "vectors.faiss",
        "lengths.npy",
        "geometry.npz",
        "articles.npy",
        "removed.npy",
        ".store",
        "terms.json",
    ],
)
@pytest.mark.parametrize("harm", HARMS)
def test_a_write_does_not_build_on_damage(
    damaged: Index, folder: Path, encoder: HashingEncoder, kind: str, harm: Harm
) -> None:
    number = LocalGenerations(folder).current_number()
    for name in files(folder):
        if name.endswith(kind):
            harm(folder / "generations" / str(number) / name)
    damaged.add([make_article("new", "Notice of the otter")])
    assert encoder.encoded == 2  # its title and its lead
    results, _ = answer(damaged)
    assert set(ids(results)) == set(held(damaged))
    assert "new" in ids(ask(damaged, "otter", Mode.LEXICAL))
    snapshot = damaged.library.snapshot()
    assert dict(snapshot.topics).keys() == set(WORDS[:3])


def test_repaired_answers_are_those_from_before(
    pristine: Path, damaged: Index, folder: Path, repairs: list[Repair]
) -> None:
    sound = open_index(pristine, HashingEncoder())
    expected, worded = answer(sound)
    sound.close()
    flip(next((folder / "generations").rglob("vectors.faiss")))
    shutil.rmtree(folder / "generations" / str(expected.generation) / "lexical")
    results, found = answer(damaged)
    assert len(repairs) == 1
    assert [(hit.article.id, hit.score) for hit in results.hits] == [
        (hit.article.id, hit.score) for hit in expected.hits
    ]
    assert found == worded


SENSELESS = [
    b"",
    b"x",
    b"-1\n",
    "١".encode(),
    b"\xff",
    b"12 13",
    b"999\n",
    b"3\n",
    b"6 " + b"0" * 64 + b"\n",
]


@pytest.mark.parametrize("content", SENSELESS)
def test_a_senseless_current_is_mended(
    damaged: Index, folder: Path, repairs: list[Repair], content: bytes
) -> None:
    (folder / "CURRENT").write_bytes(content)
    results, _ = answer(damaged)
    assert set(ids(results)) == set(held(damaged))
    assert len(repairs) == 1
    assert LocalGenerations(folder).current_number() == results.generation


def test_every_flipped_bit_of_current_is_noticed(pristine: Path, tmp_path: Path) -> None:
    data = (pristine / "CURRENT").read_bytes()
    shutil.copytree(pristine / "generations", tmp_path / "generations")
    for place in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        (tmp_path / "CURRENT").write_bytes(flipped)
        generations = LocalGenerations(tmp_path)
        with pytest.raises((DamagedIndexError, NoSuchIndexError)):
            generations.open(generations.current_number() or 0)


def test_files_exchanged_between_generations_are_noticed(pristine: Path, tmp_path: Path) -> None:
    newest = LocalGenerations(pristine).current_number()
    assert newest is not None
    others = [name for name in LocalGenerations(pristine).numbers() if name != newest]
    exchanged = 0
    for name in files(pristine):
        path = Path("generations") / str(newest) / name
        for other in others:
            replacement = pristine / "generations" / str(other) / name
            if not replacement.is_file() or (
                replacement.read_bytes() == (pristine / path).read_bytes()
            ):
                continue
            folder = tmp_path / f"{other}-{name.replace('/', '_')}"
            shutil.copytree(
                pristine / "generations" / str(newest), (folder / path.parts[0] / str(newest))
            )
            shutil.copy(replacement, folder / path)
            with pytest.raises(DamagedIndexError, match=name):
                LocalGenerations(folder).open(newest)
            exchanged += 1
            shutil.rmtree(folder)
    assert exchanged > 3


def test_an_exchanged_generation_is_noticed(damaged: Index, folder: Path) -> None:
    generations = LocalGenerations(folder)
    newest = generations.current_number()
    assert newest is not None
    older = folder / "generations" / str(newest - 1)
    shutil.rmtree(folder / "generations" / str(newest))
    older.rename(older.with_name(str(newest)))
    with pytest.raises(DamagedIndexError, match=f"belongs to generation {newest - 1}"):
        generations.open(newest)
    assert set(ids(answer(damaged)[0])) == set(held(damaged))


def test_a_missing_current_is_published_anew(damaged: Index, folder: Path) -> None:
    (folder / "CURRENT").unlink()
    results, _ = answer(damaged)
    assert set(ids(results)) == set(held(damaged))
    assert results.generation > 3


@pytest.mark.parametrize("lost", ["generation", "generations"])
def test_a_lost_generation_is_derived_anew(
    damaged: Index, folder: Path, encoder: HashingEncoder, repairs: list[Repair], lost: str
) -> None:
    current = folder / "generations" / (folder / "CURRENT").read_text().split()[0]
    shutil.rmtree(current if lost == "generation" else current.parent)
    results, _ = answer(damaged)
    assert set(ids(results)) == set(held(damaged))
    assert (encoder.encoded, len(repairs)) == (0, 1)


def test_damage_of_an_older_generation_does_not_stop_a_write(damaged: Index, folder: Path) -> None:
    current = int((folder / "CURRENT").read_text().split()[0])
    older = folder / "generations" / str(current - 1)
    (older / "manifest.json").write_text("{")
    damaged.add([make_article("new")])
    assert set(ids(answer(damaged)[0])) == set(held(damaged))
