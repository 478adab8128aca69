"""An index that version 0.1.0 made opens: it answers, is sound, grows and can be rebuilt."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from semsearch.index import Index
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

# Twelve articles of the sample, indexed by 0.1.0 with the tests' encoder.
MADE_BY_0_1_0 = Path(__file__).parent / "index-0.1.0.tar.xz"
QUESTION = "Why did the dockers walk out?"
FIRST_THREE = ["7f0d5dbae9d3fb58c171", "a6b08eb225225339e811", "d349f135cecebe89becd"]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Index]:
    with tarfile.open(MADE_BY_0_1_0) as files:
        files.extractall(tmp_path / "old", filter="data")
    with open_index(tmp_path / "old", HashingEncoder()) as index:
        yield index


def found(index: Index) -> list[str]:
    return [hit.article.id for hit in index.search(QUESTION, k=3).hits]


def test_it_answers_as_it_did(old: Index) -> None:
    assert found(old) == FIRST_THREE
    assert old.status().articles == 12
    assert old.status().generation == 2


def test_it_knows_who_reports_the_same(old: Index) -> None:
    stories = old.stories()
    assert stories.total > 0
    assert old.compare(story=stories.stories[0].id).articles
    assert old.groups().total > 0


def test_it_is_sound(old: Index) -> None:
    assert not old.diagnose().findings


def test_it_grows_and_can_be_rebuilt(old: Index) -> None:
    old.add([{"id": "new", "title": "Why the dockers walked out", "body": "They walked out."}])
    assert old.search(QUESTION, k=1, mode="lexical").hits
    before = found(old)
    old.rebuild()
    assert found(old) == before
    old.delete(["new"])
    assert found(old) == FIRST_THREE
