"""An index is moved to other engines and back, and everything is compared."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from semsearch.assembly import open_index
from semsearch.cli.app import command_line
from semsearch.config import Settings, load_settings
from semsearch.errors import ConflictError, DamagedIndexError, FormatMismatchError
from semsearch.index import Index
from semsearch.model.search import Query
from semsearch.store.catalog import migration
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.migration import copy_catalog
from tests.support.articles import make_article, make_link
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index as open_folder
from tests.support.postgres import Postgres

BODY = "The otter crossed the bank near the old mill. Nobody saw it leave, the mayor said. "


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with an index of thirty articles, some changed, deleted and mentioned."""
    index = open_folder(tmp_path / "source", HashingEncoder())
    index.add(
        [
            make_article(f"a{n}", f"Notice {n} of the harbour", body=BODY * (n % 3), quality=n)
            for n in range(30)
        ]
    )
    index.add([make_article("a1", "Storm", related=(make_link("s", "A stub"),))])
    index.delete(["a2"])
    index.close()
    return tmp_path / "source"


def migrate(*arguments: str | Path) -> dict[str, object]:
    result = CliRunner().invoke(command_line(), ["migrate", "--json", *map(str, arguments)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def answers(index: Index) -> list[dict[str, float]]:
    """Scores by article; the mean length of texts may count articles that are gone."""
    return [
        {hit.article.id: hit.score for hit in index.search(Query(text, k=99)).hits}
        for text in ("storm harbour", "otter at the mill", "notice 7")
    ]


def opened(folder: Path) -> Index:
    return open_index(Settings(index=folder), encoder=HashingEncoder())


def test_there_and_back_again_everything_is_the_same(
    source: Path, tmp_path: Path, postgres: Postgres
) -> None:
    there, back = tmp_path / "there", tmp_path / "back"
    moved = migrate("--index", source, "--to", postgres.new_catalog(), "--target", there)
    returned = migrate("--index", there, "--target", back)
    assert moved["overlap"] == returned["overlap"] == 1.0
    assert moved["questions"] == moved["same"] == 30
    worlds = [opened(folder) for folder in (source, there, back)]
    first, *others = [answers(one) for one in worlds]
    for other in others:
        assert other == [pytest.approx(scores, abs=0.02) for scores in first]
    for one in worlds:  # numbering goes on behind what was copied
        one.add([make_article("new", "Zeppelin")])
        assert len(one.library.snapshot()) == 31
        one.close()


def test_articles_without_a_title_move_too(source: Path, tmp_path: Path) -> None:
    index = opened(source)
    index.add([make_article("untitled", "", body="A storm came over the harbour.")])
    index.close()
    moved = migrate("--index", source, "--target", tmp_path / "there")
    assert moved["same"] == moved["questions"]


def test_vectors_move_to_milvus_and_back(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("milvus_lite", reason="Milvus Lite is not installed: semsearch[milvus]")
    there, back = tmp_path / "there", tmp_path / "back"
    moved = migrate(
        "--index", source, "--to", f"milvus+file:{tmp_path / 'milvus.db'}", "--target", there
    )
    assert (moved["articles"], moved["overlap"]) == (30, 1.0)
    settings = load_settings(there / "semsearch.yaml")
    index = open_index(settings, encoder=HashingEncoder())
    expected = answers(index)
    index.close()
    assert migrate("--index", there, "--target", back)["overlap"] == 1.0
    index = opened(back)
    assert answers(index) == [pytest.approx(scores, abs=0.02) for scores in expected]
    index.close()


@pytest.mark.parametrize("pages", [0, 1, 3, 9])
def test_a_move_that_was_interrupted_goes_on(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr(migration, "_PAGE", 7)
    target = tmp_path / "target"
    copied: list[tuple[str, int]] = []

    def stop_after(table: str, done: int, _total: int) -> None:
        copied.append((table, done))
        if len(copied) > pages:
            raise KeyboardInterrupt

    database = Database(f"sqlite:///{target / 'catalog.db'}")
    target.mkdir()
    with pytest.raises(KeyboardInterrupt):
        copy_catalog(Database(f"sqlite:///{source / 'catalog.db'}"), database, stop_after)
    with pytest.raises(FormatMismatchError):
        opened(target)
    again: list[tuple[str, int]] = []
    copy_catalog(
        Database(f"sqlite:///{source / 'catalog.db'}"),
        database,
        lambda table, done, _: again.append((table, done)),
    )
    assert not set(again) & set(copied)  # no page twice
    assert migrate("--index", source, "--target", target)["overlap"] == 1.0


def test_a_source_that_changed_meanwhile_is_copied_anew(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()

    def stop(_table: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    database = Database(f"sqlite:///{target / 'catalog.db'}")
    with pytest.raises(KeyboardInterrupt):
        copy_catalog(Database(f"sqlite:///{source / 'catalog.db'}"), database, stop)
    index = opened(source)
    index.add([make_article("a0", "Changed in between")])
    index.close()
    assert migrate("--index", source, "--target", target)["overlap"] == 1.0


def test_a_catalog_that_is_there_is_not_overwritten(source: Path, tmp_path: Path) -> None:
    other = open_folder(tmp_path / "other", HashingEncoder())
    other.add([make_article("a", "Mine")])
    other.close()
    with pytest.raises(ConflictError, match="already"):
        migrate("--index", source, "--target", tmp_path / "other")
    with pytest.raises(ConflictError, match="itself"):
        migrate("--index", source, "--target", source)
    result = CliRunner().invoke(
        command_line(),
        ["migrate", "--index", str(source), "--to", "mysql://x", "--target", str(tmp_path)],
    )
    assert "neither PostgreSQL nor Milvus" in str(result.exception)


def test_a_copy_that_differs_is_told(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migration.checksum
    monkeypatch.setattr(
        migration,
        "checksum",
        lambda database, table: (
            migration.TableChecksum(0, "x")
            if "target" in database.place and table.name == "vectors"
            else real(database, table)
        ),
    )
    (tmp_path / "target").mkdir()
    with pytest.raises(DamagedIndexError, match="vectors"):
        copy_catalog(
            Database(f"sqlite:///{source / 'catalog.db'}"),
            Database(f"sqlite:///{tmp_path / 'target' / 'catalog.db'}"),
            lambda *_: None,
        )
