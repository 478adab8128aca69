"""One index in every engine: written, read, changed, reopened and moved, with the same answers."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.errors import NoSuchIndexError
from semsearch.index import Index
from semsearch.maintain import status as describing
from semsearch.model.article import Article
from semsearch.model.filters import Attribute, Filters, OneOf
from semsearch.model.search import Mode, Query
from tests.contract.backends import SERVER
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.encoder import HashingEncoder
from tests.support.postgres import Postgres

ENGINES = ("files", "files, catalog in PostgreSQL", "milvus-lite", "milvus")
HOSTILE = ('"] or 1 == 1 or a in ["', "a' OR 'x'='x", "100%\\", "né 地震 🚋", "x" * 3_000)


def settings_of(name: str, folder: Path, request: pytest.FixtureRequest) -> Settings:
    if name == "files":
        return Settings(index=folder)
    if name == "milvus-lite":
        pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
        return Settings(index=f"milvus+file:{folder / 'milvus.db'}")
    if name == "milvus" and SERVER not in os.environ:
        pytest.skip("no Milvus server: scripts/test_cluster.py starts one")
    server: Postgres = request.getfixturevalue("postgres")
    index = os.environ[SERVER] if name == "milvus" else folder
    return Settings(index=index, catalog=server.new_catalog())


@dataclass
class World:
    settings: Settings
    index: Index

    def reopen(self) -> None:
        self.index.close()
        self.index = open_index(self.settings, encoder=HashingEncoder())

    def titles(self, text: str, k: int = 50, **asked: object) -> list[str]:
        query = replace(Query(text, k=k), **asked)  # type: ignore[arg-type]
        return [hit.article.title for hit in self.index.search(query).hits]


@pytest.fixture(params=ENGINES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    settings = settings_of(request.param, tmp_path / "index", request)
    made = World(settings, open_index(settings, create=True, encoder=HashingEncoder()))
    yield made
    drop = getattr(made.index.library.generations, "drop", None)
    if drop is not None:
        drop()
    made.index.close()


def archive() -> list[Article]:
    return [
        make_article(
            f"a{number}",
            f"Notice {number} of the harbour",
            body=f"The ferry {number} waits. " + "The storm passed the bank. " * (number % 4),
            provider=(GAZETTE, HERALD)[number % 2],
            published=datetime(2024, 3, 1 + number % 28, tzinfo=UTC),
            topics=("Sea",) if number % 20 == 0 else (HOSTILE[number % 5],),
            quality=number,
        )
        for number in range(60)
    ]


def test_what_is_written_is_read_at_once_and_after_a_restart(world: World) -> None:
    with pytest.raises(NoSuchIndexError):
        world.index.library.snapshot()
    written = world.index.add(archive())
    assert len(written.added) == 60
    assert written.sequence == world.index.library.catalog.sequence
    assert len(world.titles("ferry storm")) == 50
    world.index.add([make_article("a7", "Zeppelin over the harbour")])
    assert world.titles("zeppelin")[0] == "Zeppelin over the harbour"
    assert "Notice 7 of the harbour" not in world.titles("harbour notice", k=60)
    world.index.delete(["a8"])
    assert "Notice 8 of the harbour" not in world.titles("harbour notice", k=60)
    before = world.titles("harbour notice", k=60)
    world.reopen()
    assert world.titles("harbour notice", k=60) == before
    status = describing.status(world.index.library)
    assert (status.articles, status.lag.writes, status.lag.set_aside) == (59, 0, 0)
    number = world.index.library.generations.current_number() or 0
    world.index.library.generations.check(number)


def test_of_records_with_one_id_the_last_wins(world: World) -> None:
    world.index.add([make_article("a", "First"), make_article("a", "Second")])
    assert world.titles("first second") == ["Second"]


def test_filters_leave_what_they_say_whatever_the_text(world: World) -> None:
    world.index.add(archive())
    for number, topic in enumerate(HOSTILE):
        tree = OneOf(Attribute.TOPIC, (topic.casefold(),))
        expected = {n for n in range(60) if n % 20 and n % 5 == number}
        for mode in Mode:
            found = world.titles("harbour notice", k=60, filters=Filters(tree=tree), mode=mode)
            assert found
            assert {int(title.split()[1]) for title in found} == expected


def test_a_page_goes_on_in_the_generation_of_the_first(world: World) -> None:
    world.index.add(archive())
    first = world.index.search(Query("harbour notice", k=5))
    world.index.delete([first.hits[0].article.id])
    token = first.next_page_token
    second = world.index.search(Query("harbour notice", k=5, page_token=token))
    assert second.generation == first.generation
    assert len({hit.article.id for hit in (*first.hits, *second.hits)}) == 10


def test_a_rebuilt_index_answers_as_before(world: World) -> None:
    world.index.add(archive())
    world.index.delete(["a3"])
    before = world.titles("harbour storm", k=60)
    old = world.index.library.generations.current_number() or 0
    with world.index.library.writing():
        manifest = world.index.library.rebuild()
    assert manifest.generation > old
    assert world.titles("harbour storm", k=60) == before


def test_an_explanation_says_what_searched_the_words(world: World) -> None:
    world.index.add(archive())
    hit = world.index.search(Query("ferry", explain=True)).hits[0]
    assert hit.explanation is not None
    assert hit.explanation["words_by"] == describing.status(world.index.library).engine["words"]
