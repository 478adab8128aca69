"""What articles say of those they link to is kept once, whole, and no longer than it is said."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select, text

from semsearch.errors import DamagedIndexError
from semsearch.model.article import Article, Related
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.checksums import verify_checksums
from semsearch.store.catalog.rows import mention_hash, related_values
from semsearch.store.catalog.schema import FORMAT, links, mentions, metadata
from tests.support.articles import make_article, make_link
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import write

ENCODER = HashingEncoder()
TRAM, FERRY = make_link("tram", title="Trams stop"), make_link("ferry", title="A ferry")


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    yield opened
    opened.close()


def rows(catalog: Catalog, table: Table) -> int:
    with catalog.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def kept(catalog: Catalog) -> int:
    return rows(catalog, mentions)


def linking(name: str, *links: Related) -> Article:
    return replace(make_article(name, f"Notice {name}"), related=links)


def packed(folder: Path, link: Related) -> bytes:
    """What an article says of another, as it lies in the file."""
    with sqlite3.connect(folder / "catalog.db") as outside:
        query = "SELECT value FROM mentions WHERE hash = ?"
        ((held,),) = outside.execute(query, (mention_hash(related_values(link)),))
    outside.close()
    assert isinstance(held, bytes)
    return held


def files(folder: Path) -> bytes:
    """All that lies in the files of a catalog."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("catalog.db*")))


def test_articles_come_back_with_all_that_they_say_of_others_in_its_order(
    catalog: Catalog,
) -> None:
    told = replace(TRAM, title="Trams run again")
    given = [
        linking("a", TRAM, FERRY),
        linking("b", FERRY, TRAM, FERRY),
        linking("c", told),
        linking("d"),
    ]
    write(catalog, ENCODER, given)
    assert kept(catalog) == 3
    assert list(catalog.by_id("abcd").values()) == given
    assert list(catalog.all_articles()) == given


def test_it_goes_with_the_last_that_links_there(catalog: Catalog) -> None:
    write(catalog, ENCODER, [linking("a", TRAM, FERRY), linking("b", FERRY)])
    write(catalog, ENCODER, delete=["a"])
    catalog.collect(catalog.sequence)
    assert kept(catalog) == 1
    assert catalog.by_id(["b"])["b"].related == (FERRY,)
    write(catalog, ENCODER, [linking("b")])
    catalog.collect(catalog.sequence)
    assert kept(catalog) == 0
    write(catalog, ENCODER, [linking("c", TRAM)])  # under a key that none had
    assert catalog.by_id(["c"])["c"].related == (TRAM,)


def test_purging_leaves_nothing_that_the_article_alone_said(
    catalog: Catalog, tmp_path: Path
) -> None:
    secret = replace(FERRY, excerpt="Told by a alone")
    write(catalog, ENCODER, [linking("a", secret, TRAM), linking("b", FERRY, TRAM)])
    held = packed(tmp_path, secret)
    write(catalog, ENCODER, delete=["a"])
    assert held in files(tmp_path)
    catalog.purge(["a"])
    assert catalog.by_id(["b"])["b"].related == (FERRY, TRAM)
    assert kept(catalog) == 2
    catalog.database.overwrite_freed([])
    assert held not in files(tmp_path)


def test_what_an_earlier_version_said_goes_with_it_though_others_link_there(
    catalog: Catalog, tmp_path: Path
) -> None:
    secret = replace(FERRY, excerpt="Told by a once")
    write(catalog, ENCODER, [linking("a", secret, TRAM), linking("b", FERRY, TRAM)])
    held = packed(tmp_path, secret)
    write(catalog, ENCODER, [linking("a", TRAM)])
    catalog.collect(catalog.sequence)
    assert kept(catalog) == 2
    assert {one.related for one in catalog.by_id("ab").values()} == {(TRAM,), (FERRY, TRAM)}
    write(catalog, ENCODER, delete=["a"])
    catalog.purge(["a"])
    catalog.database.overwrite_freed(metadata.sorted_tables)
    assert held not in files(tmp_path)


def test_a_changed_or_lost_one_is_noticed_at_each_article_that_says_it(
    catalog: Catalog, tmp_path: Path
) -> None:
    write(catalog, ENCODER, [linking("a", TRAM), linking("b", TRAM), linking("c", FERRY)])
    assert verify_checksums(catalog.database).mismatches == ()
    with sqlite3.connect(tmp_path / "catalog.db") as outside:
        changed = json.dumps(related_values(replace(TRAM, title="Trams never stop")))
        outside.execute("UPDATE mentions SET value = ? WHERE target_id = 'tram'", (changed,))
    assert len(verify_checksums(catalog.database).mismatches) == 2
    with sqlite3.connect(tmp_path / "catalog.db") as outside:
        outside.execute("DELETE FROM mentions WHERE target_id = 'tram'")
    assert len(verify_checksums(catalog.database).mismatches) == 2
    with pytest.raises(DamagedIndexError, match="links to"):
        catalog.by_id(["a"])


@pytest.mark.parametrize("written", ["3", "4"])
def test_a_catalog_of_a_format_before_is_read_and_brought_up_to_date(
    catalog: Catalog, tmp_path: Path, written: str
) -> None:
    given = [linking("a", TRAM, FERRY), linking("b", FERRY), linking("c")]
    write(catalog, ENCODER, given)
    as_before(tmp_path, written, {one.id: one.related for one in given})
    catalog.check_format()
    assert list(catalog.all_articles()) == given
    assert verify_checksums(catalog.database).mismatches == ()

    catalog.bring_up_to_date()
    assert catalog.setting("format") == str(FORMAT)
    assert list(catalog.all_articles()) == given
    assert verify_checksums(catalog.database).mismatches == ()
    assert catalog.mentioning(["ferry"]) == ["a", "b"]
    assert (kept(catalog), rows(catalog, links)) == (2, 3)
    write(catalog, ENCODER, [linking("d", TRAM)], delete=["a"])
    catalog.collect(catalog.sequence)
    assert (kept(catalog), rows(catalog, links)) == (2, 2)
    catalog.bring_up_to_date()  # once more changes nothing
    assert (kept(catalog), rows(catalog, links)) == (2, 2)


def test_a_catalog_whose_conversion_is_stopped_is_whole_for_older_versions(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(catalog, ENCODER, [linking("a", TRAM, FERRY), linking("b", FERRY)])
    as_before(tmp_path, "4", {"a": (TRAM, FERRY), "b": (FERRY,)})
    with monkeypatch.context() as stopped:
        stopped.setattr("semsearch.store.catalog.catalog.rewrite_sketches", stop)
        with pytest.raises(KeyboardInterrupt):
            catalog.bring_up_to_date()
    assert catalog.setting("format") == "4"
    with catalog.database.read() as connection:
        targets = connection.scalars(text("SELECT target_id FROM links ORDER BY 1")).all()
    assert targets == ["ferry", "ferry", "tram"]
    catalog.bring_up_to_date()
    assert catalog.setting("format") == str(FORMAT)
    assert catalog.mentioning(["ferry"]) == ["a", "b"]


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def as_before(folder: Path, written: str, related: dict[str, tuple[Related, ...]]) -> None:
    """Have a catalog as an older format had it: ids of both sides, and the values themselves."""
    with sqlite3.connect(folder / "catalog.db") as outside:
        outside.execute("DROP TABLE links")
        outside.execute("CREATE TABLE links (article_pk BIGINT, target_id TEXT)")
        outside.execute("CREATE INDEX links_target ON links (target_id)")
        for identity, said in related.items():
            for link in said:
                outside.execute(
                    "INSERT INTO links SELECT pk, ? FROM articles WHERE id = ?", (link.id, identity)
                )
            if written == "3":
                held = json.dumps([related_values(link) for link in said])
                outside.execute("UPDATE articles SET related = ? WHERE id = ?", (held, identity))
        if written == "3":
            outside.execute("DROP TABLE mentions")
        outside.execute("UPDATE meta SET value = ? WHERE key = 'format'", (written,))
    outside.close()
