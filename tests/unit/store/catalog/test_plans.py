"""What a write or a question costs must not grow with the archive: no statement reads all rows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, event

from semsearch.index import Index
from semsearch.model.search import Query
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.clusters import ClusterKind, CoverageBatch
from tests.support.articles import make_article, make_link
from tests.support.coverage import report
from tests.support.indexes import filled_index

_LARGE = (
    "articles|linker|low|high|passages|sentences|vectors|seals|links|sketches|sketched|relations"
    "|memberships|clusters|cluster_events|tombstones"
)
_ALL_ROWS = re.compile(rf"SCAN (?:{_LARGE})\b")
# Whatever is current stands under one key of this index.
_ALL_CURRENT = re.compile(r"articles_ended \(ended_seq=\?\)")
_COUNTING = "SELECT articles.stub, count(*)"  # in that index alone: 0.1 s for a million
_OF_SOME = "SELECT anon_1.language"  # of the first thousand articles alone

Statement = tuple[str, Any]


@pytest.fixture
def index() -> Iterator[Index]:
    with filled_index(dimension=512) as opened:
        # So many of one event that plans for many keys are chosen, which may be others.
        articles = [report(name, "strike") for name in "abcdefghijklmnop"]
        opened.add([*articles, make_article("q", related=[make_link("r")])])
        yield opened


def recorded(index: Index) -> list[Statement]:
    """The statements of the catalog from now on, each with parameters."""
    found: list[Statement] = []

    def keep(
        _connection: Any, _cursor: Any, text: str, given: Any, _context: Any, many: Any
    ) -> None:
        if not many and not text.startswith(("EXPLAIN", "PRAGMA")):
            found.append((text, given))

    event.listen(index.library.catalog.database._engine, "before_cursor_execute", keep)
    return found


def plans(connection: Connection, statements: list[Statement]) -> dict[str, list[str]]:
    return {
        text: [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)]
        for text, given in statements
    }


def test_neither_a_write_nor_a_question_reads_all_rows(index: Index) -> None:
    statements = recorded(index)
    index.add([report("s", "strike", "told by s"), make_article("t", "Cod quota")])
    index.delete(["a"])
    index.search(Query("strike", facets=True))
    index.duplicates("b")
    index.similar("b")
    with index.library.catalog.database.read() as connection:
        found = plans(connection, list(statements))
    assert any("relations" in text for text in found)
    assert any("clusters" in text for text in found)
    reading = {
        text: steps
        for text, steps in found.items()
        if not text.startswith((_COUNTING, _OF_SOME))
        and any(_ALL_ROWS.search(step) or _ALL_CURRENT.search(step) for step in steps)
    }
    assert reading == {}


def test_looking_many_ids_up_reads_those_alone(index: Index) -> None:
    statements = recorded(index)
    catalog, coverage = index.library.catalog, index.library.coverage
    ids, sequence = [f"a{number}" for number in range(500)], catalog.sequence
    catalog.known(ids)
    catalog.by_id(ids)
    for some in (ids, ids[:1]):
        catalog.by_id(some, sequence - 1)
        catalog.pks_at(some, sequence - 1)
    catalog.full_articles_at(ids)
    catalog.write(WriteBatch(delete=ids, block_records=True, moved=dict.fromkeys(ids, "x")))
    coverage.all_clusters_of(range(500))
    coverage.all_clusters_of(range(500), sequence)
    coverage.write(CoverageBatch(ended=[(ClusterKind.STORY, identity) for identity in ids]))
    with catalog.database.read() as connection:
        steps = [
            step
            for text, chosen in plans(connection, list(statements)).items()
            if "IN (" in text
            for step in chosen
        ]
    assert len(steps) > 10
    reading = re.compile(rf"{_ALL_ROWS.pattern}|ended \(ended_seq=\?\)|articles_added")
    assert [step for step in steps if reading.search(step)] == []
