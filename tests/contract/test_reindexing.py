"""Another model: a new index grows beside the old one and takes its place, while servers go on."""

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from sqlalchemy import func, inspect, select

from semsearch.api.app import create_app
from semsearch.assembly import open_beside, open_index
from semsearch.config import Settings, place_of
from semsearch.errors import (
    ConfigurationError,
    ConflictError,
    EngineUnavailableError,
    IndexLockedError,
    ModelChangedError,
    ModelMismatchError,
    ModelUnavailableError,
    StaleGenerationError,
)
from semsearch.index import Index
from semsearch.maintain.doctor import diagnose
from semsearch.maintain.reindex import Reindexed, reindex, staging_folder
from semsearch.maintain.reindex import switch as exchange
from semsearch.model.search import Mode, Query
from semsearch.store.catalog import cutover
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.database import Database
from semsearch.store.milvus.generations import MilvusGenerations
from semsearch.store.milvus.rows import words_collection
from tests.contract.backends import SERVER, drop
from tests.support.articles import WORDS, make_article, make_link, record, write_json_lines
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids
from tests.support.postgres import Postgres
from tests.support.server import serving

_NOTICED = 60.0  # seconds within which a server has noticed a switch
# Each store of vectors and each catalog stands in one pair at least.
MILVUS = ("milvus-lite, PostgreSQL", "milvus, PostgreSQL")
FILES = ("files, SQLite", "files, PostgreSQL")
KINDS = (*MILVUS, *FILES, "files, SQLite elsewhere")


def other(**values: int) -> HashingEncoder:
    return HashingEncoder("other", dimension=32, **values)


@dataclass
class World:
    """An index that is served, and what is opened of it beside."""

    settings: Settings
    opened: list[Index] = field(default_factory=list)

    def serve(self, encoder: HashingEncoder | None = None) -> Index:
        """What a server has open."""
        self.opened.append(
            open_index(self.settings, create=True, encoder=encoder or HashingEncoder())
        )
        return self.opened[-1]

    def beside(self, encoder: HashingEncoder | None = None) -> Index:
        """The index beside it."""
        self.opened.append(open_beside(self.settings, "other", encoder or other()))
        return self.opened[-1]

    def reindex(self, encoder: HashingEncoder | None = None, *, switch: bool = False) -> Reindexed:
        """One run of the command."""
        old = open_index(self.settings, encoder=HashingEncoder())
        new = open_beside(self.settings, "other", encoder or other())
        try:
            if switch:
                return exchange(old.library, new.library, place_of(self.settings))
            return reindex(old.library, new.library)
        finally:
            new.close()
            old.close()


def made(kind: str, folder: Path, request: pytest.FixtureRequest) -> World:
    if kind.startswith("milvus-lite"):
        pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
    if kind == "milvus, PostgreSQL" and SERVER not in os.environ:
        pytest.skip("no Milvus server: scripts/test_cluster.py starts one")
    catalog = ""
    if kind.endswith("PostgreSQL"):
        server: Postgres = request.getfixturevalue("postgres")
        catalog = server.new_catalog()
    if kind.endswith("elsewhere"):
        catalog = f"sqlite:///{folder.with_name('elsewhere.db')}"
    places: dict[str, Path | str] = {
        "files": folder,
        "milvus-lite": f"milvus+file:{folder / 'milvus.db'}",
    }
    index = places.get(kind.partition(",")[0]) or os.environ[SERVER]
    return World(Settings(index=index, catalog=catalog))


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    one = made(request.param, tmp_path / "index", request)
    yield one
    end(one)


@pytest.fixture(params=MILVUS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    one = made(request.param, tmp_path / "index", request)
    yield one
    end(one)


def end(world: World) -> None:
    for index in world.opened:
        states = index.library.generations
        index.library.catalog.database._closed = False  # tests close some; what they made goes
        if isinstance(states, MilvusGenerations) and index.library.catalog.database.has("meta"):
            drop(states)
        index.close()


def fill(index: Index, *words: str) -> None:
    index.add(
        make_article(word, f"Notice {word}", body=f"{word} once. " * 5, related=(make_link("m"),))
        for word in words
    )


def answers(index: Index) -> list[dict[str, float]]:
    """Scores by article."""
    return [
        {hit.article.id: hit.score for hit in index.search(Query(text, k=99)).hits}
        for text in ("tram and harbour", "notice of salt", "cod", "mention")
    ]


def test_the_new_index_answers_as_one_made_with_the_new_model(world: World, tmp_path: Path) -> None:
    index = world.serve()
    fill(index, *WORDS)
    archive = write_json_lines(tmp_path / "archive" / "a.jsonl", [record(1), record(2)])
    index.add_files(archive)
    index.delete(["cod"])
    before, sequence = held(index), index.library.catalog.sequence
    generation = index.library.snapshot().generation
    index.close()
    encoder = other()
    done = world.reindex(encoder)
    assert (done.articles, done.carried) == (len(before), len(before))
    assert done.encoded == encoder.encoded
    staging = staging_folder(place_of(world.settings).folder)
    assert staging.exists()
    switched = world.reindex(switch=True)
    assert (switched.carried, switched.encoded, switched.switched) == (0, 0, True)
    assert not staging.exists()
    encoder = other()
    again = world.serve(encoder)
    assert held(again) == before
    assert again.library.made_with is not None
    assert again.library.made_with["model"] == "other"
    assert again.library.catalog.sequence > sequence
    assert again.library.snapshot().generation > generation
    assert diagnose(again.library).sound
    report = again.add_files(archive)
    assert (report.files_unchanged, report.encoded, encoder.encoded) == (1, 0, 0)
    assert "cod" in again.library.catalog.tombstones(["cod"])
    fresh = open_index(Settings(index=tmp_path / "fresh"), create=True, encoder=other())
    fresh.add(one for one in before.values() if not one.stub)
    assert answers(again) == [pytest.approx(one, abs=1e-4) for one in answers(fresh)]
    fresh.close()
    fill(again, "zeppelin")  # it goes on: numbers, words and vectors
    assert ids(ask(again, "zeppelin", Mode.HYBRID))[0] == "zeppelin"
    assert len(again.library.snapshot()) == len(before) + 1


def test_it_can_be_done_again(served: World) -> None:
    fill(served.serve(), "tram", "cod")
    served.reindex(switch=True)
    back = HashingEncoder()
    old = open_index(served.settings, encoder=other())
    new = open_beside(served.settings, "hashing", back)
    exchange(old.library, new.library, place_of(served.settings))
    states = old.library.generations
    assert isinstance(states, MilvusGenerations)
    number = states.current_number() or 0
    mine = [one for one in states.milvus.collections() if one.startswith(f"{states.place()}_")]
    shown = states.manifest(number).vectors.split()[-1]
    assert {shown} <= set(mine) <= {shown, words_collection(shown)}
    assert sorted(ids(ask(served.serve(), "tram cod"))) == ["cod", "m", "tram"]
    new.close()
    old.close()


def test_what_is_written_meanwhile_is_brought_over(world: World) -> None:
    index = world.serve()
    fill(index, "tram", "cod", "otter")
    world.reindex()
    fill(index, "salt")
    index.add([make_article("tram", "Notice of another tram")])
    index.delete(["otter"])
    before = held(index)
    index.close()
    done = world.reindex(switch=True)
    assert (done.carried, done.removed) == (2, 1)
    again = world.serve(other())
    assert held(again) == before
    assert set(ids(ask(again, "notice"))) == set(before)


def test_a_run_that_stopped_goes_on_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("semsearch.maintain.reindex._CHUNK", 4)
    index = world.serve()
    fill(index, *WORDS)
    with pytest.raises(ModelUnavailableError):
        world.reindex(other(batches=2))
    assert len(ids(ask(index, "notice"))) == len(WORDS) + 1  # the old one answers as it did
    done = world.reindex()
    assert done.carried == len(WORDS) + 1 - 8
    new = world.beside()
    assert held(new) == held(index)


def test_a_switch_that_failed_leaves_the_old_index(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = served.serve()
    fill(index, "tram", "cod")
    before = answers(index)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(cutover, "write_setting", fail)
        with pytest.raises(KeyboardInterrupt):
            served.reindex(switch=True)
    assert answers(index) == before
    fill(index, "salt")
    done = served.reindex(switch=True)
    assert (done.carried, done.switched) == (1, True)
    assert set(ids(ask(served.serve(other()), "notice"))) == {"tram", "cod", "salt", "m"}


def test_the_same_model_and_a_third_one_are_refused(world: World) -> None:
    index = world.serve()
    fill(index, "tram")
    with pytest.raises(ModelMismatchError, match="already"):
        world.reindex(HashingEncoder())
    world.reindex()
    with pytest.raises(ModelMismatchError, match=r"other.*third"):
        world.reindex(HashingEncoder("third"))
    assert ids(ask(index, "tram"))[0] == "tram"


def test_over_http_it_is_503_with_what_to_do(served: World) -> None:
    index = served.serve()
    fill(index, "tram")
    with serving(create_app(index, catch_up=True)) as client:
        assert client.get("/readyz").status_code == 200
        served.reindex(switch=True)
        for path in ("/v1/search?q=tram", "/readyz"):
            refused = client.get(path)
            assert refused.status_code == 503
            assert refused.json()["type"] == "urn:semsearch:problem:model-changed"
            assert "Set model.name to other" in refused.json()["hint"]
        late = {"id": "late", "title": "Late"}
        assert client.post("/v1/articles", json=[late]).status_code == 503
        assert client.get("/v1/articles/late").status_code == 404
        assert client.get("/v1/articles/tram").status_code == 200
        worded = client.get("/v1/search?q=tram&mode=lexical").json()
        assert [hit["article"]["id"] for hit in worded["hits"]] == ["tram"]
    served.opened.remove(index)
    served.serve(other())


def test_a_server_with_the_old_model_answers_words_and_refuses_vectors(served: World) -> None:
    index = served.serve()
    fill(index, *WORDS)
    first = index.search(Query("notice", k=5))
    served.reindex(switch=True)
    with pytest.raises(ModelChangedError, match="made with the model other") as refused:
        ask(index, "notice", Mode.HYBRID)
    assert "Set model.name to other" in refused.value.hint
    assert set(ids(ask(index, "tram", Mode.LEXICAL))) == {"tram"}
    with pytest.raises(StaleGenerationError):
        index.search(Query("notice", k=5, page_token=first.next_page_token))
    with pytest.raises(ModelChangedError):
        fill(index, "late")
    assert "late" not in held(index)
    assert set(ids(ask(served.serve(other()), "notice"))) == {*WORDS, "m"}


def test_a_server_that_was_asked_nothing_before_notices_too(served: World) -> None:
    fill(served.serve(), "tram")
    index = served.serve()
    index.library.encode(["loaded, and no question yet"])
    served.reindex(switch=True)
    with pytest.raises(ModelChangedError):
        ask(index, "tram")


def test_an_answer_that_the_switch_came_upon_is_not_given(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = served.serve()
    fill(index, *WORDS)
    hydrate = index.library.hydrate

    def switched(*arguments: object, **named: object) -> Mapping[int, object]:
        monkeypatch.setattr(index.library, "hydrate", hydrate)
        served.reindex(switch=True)
        return hydrate(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(index.library, "hydrate", switched)
    with pytest.raises(StaleGenerationError):
        ask(index, "notice", Mode.LEXICAL)
    assert set(ids(ask(index, "notice", Mode.LEXICAL))) == set(WORDS)


def test_who_asks_while_it_is_switched_gets_the_old_answer_or_the_new_or_none(
    served: World,
) -> None:
    index = served.serve()
    fill(index, *WORDS)
    before = answers(index)
    stop, wrong, given = Event(), list[object](), set[str]()

    def reading() -> None:
        while not stop.is_set():
            try:
                index._components.searcher.answers.clear()
                if answers(index) != before:
                    wrong.append("another answer")
                given.add("old")
            except (ModelChangedError, StaleGenerationError, EngineUnavailableError) as error:
                given.add(type(error).__name__)
            except Exception as error:  # noqa: BLE001 - told by the test
                wrong.append(error)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(reading) for _ in range(2)]
        try:
            served.reindex(switch=True)
            again = served.serve(other())
            assert set(ids(ask(again, "notice"))) == {*WORDS, "m"}
            until = time.monotonic() + _NOTICED
            while "ModelChangedError" not in given and time.monotonic() < until:
                time.sleep(0.1)  # the answers that the switch came upon are still being made
        finally:
            stop.set()
        for one in running:
            one.result()
    assert wrong == []
    assert {"old", "ModelChangedError"} <= given


@pytest.mark.parametrize("kind", FILES)
def test_a_server_with_files_must_be_stopped(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = made(kind, tmp_path / "index", request)
    index = world.serve()
    fill(index, "tram")
    assert ids(ask(index, "notice"))
    with pytest.raises(IndexLockedError, match="being read"):
        world.reindex(switch=True)
    assert set(ids(ask(index, "notice"))) == {"tram", "m"}
    index.close()
    world.reindex(switch=True)
    again = world.serve(other())
    assert len(again.library.snapshot()) == 2
    end(world)


def test_a_transaction_that_does_not_end_delays_the_switch(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutover, "_TIMEOUT", 0.5)
    world = made("milvus-lite, PostgreSQL", tmp_path / "index", request)
    index = world.serve()
    fill(index, "tram")
    with index.library.catalog.database.read_snapshot() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM articles")
        with pytest.raises(IndexLockedError, match="does not end"):
            world.reindex(switch=True)
    assert set(ids(ask(index, "notice"))) == {"tram", "m"}
    assert world.reindex(switch=True).switched
    end(world)


@pytest.mark.parametrize("name", ["News of 2024", 'a"b', "semi;colon", "back\\slash", "100% a:b"])
def test_a_schema_of_any_name_has_room_beside(postgres: Postgres, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    database = Database(postgres.url())
    with database.write() as connection:
        connection.exec_driver_sql("CREATE SCHEMA " + quoted.replace("%", "%%"))
    database.close()
    path = quoted.replace("\\", "\\\\").replace(" ", "\\ ")
    url = f"{postgres.url().partition('?')[0]}?options={quote(f'-csearch_path={path}')}"
    beside = cutover.staging_catalog(url)
    assert cutover.staging_catalog(url) == beside
    opened = Catalog(beside)
    opened.create()
    with opened.database.read() as connection:
        assert connection.scalar(select(func.current_schema())) == f"{name}_next"
    opened.close()


def test_a_name_that_the_database_would_cut_off_is_refused(postgres: Postgres) -> None:
    name = "n" * 60
    database = Database(postgres.url())
    with database.write() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    database.close()
    with pytest.raises(ConfigurationError, match="too long"):
        cutover.staging_catalog(postgres.url(name))


@pytest.mark.parametrize("content", ["nothing", "a catalog"])
def test_a_schema_that_somebody_else_made_is_refused_and_left_alone(
    postgres: Postgres, content: str
) -> None:
    url = postgres.new_catalog()
    name = f"{url.rpartition('%3D')[2]}_next"
    database = Database(postgres.url(name))
    with database.write() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    if content == "a catalog":
        theirs = Catalog(postgres.url(name))
        theirs.create()
        theirs.close()
    with pytest.raises(ConflictError, match=f"schema {name} .* not made by semsearch"):
        cutover.staging_catalog(url)
    with database.read() as connection:
        assert inspect(connection).has_schema(name)
        assert inspect(connection).has_table("articles", schema=name) is (content != "nothing")
    database.close()


def test_what_somebody_else_put_into_the_schema_beside_outlives_the_switch(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    world = made("files, PostgreSQL", tmp_path / "index", request)
    index = world.serve()
    fill(index, "tram")
    index.close()
    world.reindex()
    database = Database(cutover.staging_catalog(world.settings.catalog))
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs AS SELECT 7 AS number")
    assert world.reindex(switch=True).switched
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT number FROM theirs").scalar() == 7
        name = connection.scalar(select(func.current_schema()))
        assert inspect(connection).get_table_names(schema=name) == ["theirs"]
    database.close()
    again = world.serve(other())
    assert len(again.library.snapshot()) == 2
    end(world)
