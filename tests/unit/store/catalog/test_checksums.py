"""A flipped bit in what the catalog holds of an article is noticed and named."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from semsearch.index import Index
from semsearch.store.catalog import checksums
from semsearch.store.catalog.catalog import Catalog, WriteBatch
from semsearch.store.catalog.checksums import ChecksumKind, verify_checksums
from tests.support.articles import make_article, make_link
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_catalog
from tests.support.store import write

# Every column of a version but those that an index repeats and so the database itself checks.
COLUMNS = [
    "content_hash",
    "title",
    "excerpt",
    "body",
    "provider_name",
    "provider_domain",
    "url",
    "published",
    "zone_assumed",
    "topics",
    "category",
    "type",
    "language",
    "quality",
    "heat",
    "stub",
    "related",
    "extra",
]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(tmp_path)
    write(
        opened,
        HashingEncoder(),
        [
            make_article(
                identity,
                f"Notice {identity}",
                excerpt="The harbour.",
                body=f"The ferry and the {identity}.",
                topics=("Sea", "Trade"),
                category="news",
                type="article",
                language="en",
                quality=60,
                heat=3,
                related=(make_link("m"),),
                extra={"note": "kept"},
            )
            for identity in ("a", "b", "c")
        ],
    )
    yield opened
    opened.close()


def run(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "catalog.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


def mismatches(catalog: Catalog) -> list[tuple[int, ChecksumKind]]:
    return [(one.pk, one.kind) for one in verify_checksums(catalog.database).mismatches]


def test_what_was_written_has_its_checksums(catalog: Catalog) -> None:
    checked = verify_checksums(catalog.database)
    assert (checked.versions, checked.unchecked, checked.mismatches) == (3, 0, ())


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_value_is_noticed(catalog: Catalog, tmp_path: Path, column: str) -> None:
    changed = {"zone_assumed": "1", "stub": "1", "quality": "61", "heat": "2"}.get(
        column, f"substr({column}, 1, length({column}) - 1) || '~'"
    )
    run(tmp_path, f"UPDATE articles SET {column} = {changed} WHERE pk = 2")  # noqa: S608
    assert mismatches(catalog) == [(2, ChecksumKind.VERSION)]


def test_text_that_is_no_text_any_more_is_noticed(catalog: Catalog, tmp_path: Path) -> None:
    run(tmp_path, "UPDATE articles SET body = CAST(x'ff41' AS TEXT) WHERE pk = 3")
    assert mismatches(catalog) == [(3, ChecksumKind.VERSION)]


@pytest.mark.parametrize("column", ["field", '"start"', '"end"', "text_hash"])
def test_a_changed_passage_is_noticed(catalog: Catalog, tmp_path: Path, column: str) -> None:
    changed = "x'00'" if column == "text_hash" else f"{column} + 1"
    run(tmp_path, f"UPDATE passages SET {column} = {changed} WHERE article_pk = 1")  # noqa: S608
    assert mismatches(catalog) == [(1, ChecksumKind.VERSION)]


def test_every_flipped_byte_of_a_vector_is_noticed(catalog: Catalog, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "catalog.db")
    query = (
        "SELECT v.text_hash, v.vector FROM vectors v JOIN passages p USING (text_hash) "
        "WHERE p.article_pk = 2 AND p.position = 0"
    )
    text_hash, vector = connection.execute(query).fetchone()
    for place in range(0, len(vector), 7):
        flipped = bytearray(vector)
        flipped[place] ^= 1
        update = "UPDATE vectors SET vector = ? WHERE text_hash = ?"
        connection.execute(update, (bytes(flipped), text_hash))
        connection.commit()
        assert mismatches(catalog) == [(2, ChecksumKind.VERSION)]
    connection.close()


@pytest.mark.parametrize("table", ["articles", "passages", "vectors"])
def test_lost_rows_are_noticed(catalog: Catalog, tmp_path: Path, table: str) -> None:
    run(tmp_path, f"DELETE FROM {table}")  # noqa: S608
    assert [pk for pk, _ in mismatches(catalog)] == [1, 2, 3]


def test_checksums_go_with_what_they_are_of(index: Index) -> None:
    for word in ("tram", "cod", "otter"):
        index.add([make_article("a", f"Notice {word}"), make_article("b", f"Notice {word}")])
    index.delete(["b"])
    index.library.catalog.collect(index.library.catalog.sequence)
    checked = verify_checksums(index.library.catalog.database)
    assert (checked.versions, checked.unchecked, checked.mismatches) == (1, 0, ())


def test_what_is_removed_while_checksums_are_verified_is_no_mismatch(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = checksums._stored

    def stored(connection: Connection) -> dict[tuple[int, ChecksumKind], bytes]:
        found = real(connection)
        catalog.write(WriteBatch(delete=["b"]))
        catalog.collect(catalog.sequence)
        return found

    monkeypatch.setattr(checksums, "_stored", stored)
    assert mismatches(catalog) == []
    monkeypatch.undo()
    assert verify_checksums(catalog.database).versions == 2


def test_a_damaged_version_gets_no_new_checksum_when_its_file_moves(
    catalog: Catalog, tmp_path: Path
) -> None:
    run(tmp_path, "UPDATE articles SET title = title || '~' WHERE pk = 2")
    catalog.write(WriteBatch(moved={"a": "elsewhere/a.md", "b": "elsewhere/b.md"}))
    assert mismatches(catalog) == [(2, ChecksumKind.VERSION)]
    assert catalog.sources() == {"elsewhere/a.md": ["a"]}


def test_sentences_have_checksums(index: Index, folder: Path) -> None:
    body = "The mayor opened the tunnel on Monday. Ferries to the harbour were late all day."
    index.add([make_article(key, "Tunnel opened by the mayor", body=body) for key in ("a", "b")])
    assert mismatches(index.library.catalog) == []
    run(folder, 'UPDATE sentences SET "end" = "end" - 1 WHERE article_pk = 1 AND position = 0')
    assert mismatches(index.library.catalog) == [(1, ChecksumKind.SENTENCES)]
