"""After purging no file of the index holds the text; what stays elsewhere is named."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

import numpy as np
import pytest
from sqlalchemy import text

from semsearch.assembly import open_index as assemble
from semsearch.cli import render
from semsearch.config import Settings
from semsearch.errors import NoSuchArticleError
from semsearch.index import Index
from semsearch.maintain.purge import Purged
from semsearch.model.article import Provider
from semsearch.store.catalog.schema import articles, metadata
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index
from tests.support.postgres import Postgres
from tests.unit.maintain.test_doctor import examine

MARK = "zyxwquorum"
OLDER = "zyxwbefore"
BODY = f"The {MARK} was landed at the harbour. Nobody at the {MARK} spoke of it. "


def fill(index: Index) -> None:
    """An article that was updated, that others report with and link to, among others."""
    index.add([make_article("a", f"Notice of {OLDER}", body=f"It was {OLDER} that day. " * 9)])
    index.add([make_article(f"b{n}", f"Other {n}", body=f"Cod number {n}. " * n) for n in range(9)])
    index.add([make_article("a", f"Notice of {MARK}", body=BODY * 9)])
    index.add(
        [
            make_article(
                "c", "Notice of the harbour", body="Cod. " * 9, provider=Provider("X", "x.example")
            )
        ]
    )


def holding(folder: Path, *needles: str | bytes) -> list[str]:
    """Files that hold one of some texts, in any case, or bytes."""
    wanted = [one.lower().encode() if isinstance(one, str) else one for one in needles]
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and any(
            one in data or one in data.lower() for data in [path.read_bytes()] for one in wanted
        )
    ]


def places(purged: Purged) -> str:
    return "\n".join(f"{one.what} - {one.where} - {one.until}" for one in purged.remains)


def test_nothing_of_it_is_in_any_file_afterwards(index: Index, folder: Path) -> None:
    fill(index)
    with index.library.catalog.database.read() as connection:
        pk = connection.scalar(text("SELECT pk FROM articles WHERE id = 'a' AND ended_seq IS NULL"))
    stored = next(iter(index.library.catalog.segment_rows([pk], 64))).vectors
    vectors = [np.asarray(row, np.float16).tobytes() for row in stored]
    with closing(connect(folder / "catalog.db")) as outside:
        bodies = [row[0] for row in outside.execute("SELECT body FROM articles WHERE id = 'a'")]
    assert bodies
    assert all(isinstance(body, bytes) for body in bodies)  # packed, so no search finds the text
    assert holding(folder, MARK)
    assert holding(folder, OLDER)
    assert all(holding(folder, one) for one in (*bodies, *vectors))
    purged = index.purge(["a"])
    assert (purged.purged, purged.generation) == (("a",), index.generations()[-1])
    assert purged.versions >= 1
    assert holding(folder, MARK, OLDER, *bodies, *vectors) == []
    assert "a" not in held(index)
    assert set(ids(ask(index, "harbour"))) == held(index).keys()
    assert len(index.generations()) == 1
    assert index.diagnose().sound


def test_one_that_was_deleted_before_can_be_purged_and_again(index: Index, folder: Path) -> None:
    fill(index)
    index.delete(["a"])
    assert holding(folder, MARK)
    assert index.purge(["a"]).purged == ("a",)
    assert holding(folder, MARK, OLDER) == []
    assert index.purge(["a"]).versions == 0


def test_a_plain_delete_leaves_it_which_is_why_there_is_purge(index: Index, folder: Path) -> None:
    fill(index)
    index.delete(["a"])
    assert "catalog.db" in " ".join(holding(folder, MARK))


def test_an_unknown_id_purges_nothing(index: Index) -> None:
    fill(index)
    with pytest.raises(NoSuchArticleError, match="nothing"):
        index.purge(["a", "nothing"])
    assert "a" in held(index)


def test_it_does_not_come_back_from_its_file_or_a_link(index: Index, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "a", "title": MARK, "body": BODY}))
    index.add_files(file)
    purged = index.purge(["a"])
    assert str(file) in places(purged)
    file.write_text(file.read_text() + "\n")
    index.add_files(file)
    assert "a" not in held(index)
    index.add([make_article("a", "Sent again")])
    assert held(index)["a"].title == "Sent again"


def test_copies_that_it_does_not_touch_are_named(index: Index, folder: Path) -> None:
    index.add([make_article("first")])
    index.snapshot("without")
    fill(index)
    index.snapshot("with")
    address = "https://gazette.example/a"
    link = {"title": f"Of {MARK}", "webUrl": address}
    index.add([{"id": "m", "title": "It links", "body": "Cod.", "related": [link]}])
    (folder / "catalog.db.replaced").write_bytes((folder / "catalog.db").read_bytes())
    purged = index.purge(["a"])
    said = places(purged)
    for name in ("snapshot with", "catalog.db.replaced", "related of 1 articles: m"):
        assert name in said
    assert "snapshot without" not in said
    assert holding(folder / "snapshots" / "with", MARK)
    shown = render.purged(purged).splitlines()
    assert shown[0] == f"Purged 1 (generation {purged.generation})."
    assert all(line.startswith("Stays: ") for line in shown[1:])
    assert any(f"rm -r {folder / 'snapshots' / 'with'}" in line for line in shown)


def test_a_stub_is_purged_and_who_mentions_it_named(index: Index, folder: Path) -> None:
    link = {"title": f"Of {MARK}", "webUrl": "https://gazette.example/elsewhere"}
    index.add([{"id": "m", "title": "It links", "body": "Cod.", "related": [link]}])
    stub = next(one.id for one in held(index).values() if one.stub)
    assert "related of 1 articles: m" in places(index.purge([stub]))
    assert held(index).keys() == {"m"}
    index.purge(["m"])
    assert holding(folder, MARK) == []


READER = """
import sys
from pathlib import Path
from semsearch.assembly import open_index
from semsearch.config import Settings
from tests.support.encoder import HashingEncoder
index = open_index(Settings(index=Path(sys.argv[1])), encoder=HashingEncoder())
for line in sys.stdin:
    print([hit.article.id for hit in index.search("harbour").hits], flush=True)
"""


@contextmanager
def reading(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", READER, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def asked(process: subprocess.Popen[str]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("ask\n")
    process.stdin.flush()
    return process.stdout.readline()


def test_a_process_that_reads_goes_on_and_keeps_no_file(index: Index, folder: Path) -> None:
    fill(index)
    with reading(folder) as process:
        assert "'a'" in asked(process)
        purged = index.purge(["a"])
        assert "1 older generations" in places(purged)
        assert holding(folder, MARK, OLDER) == []
        answer = asked(process)
        assert "'a'" not in answer
        assert "'c'" in answer


def test_a_reader_of_the_log_is_told_of(index: Index, folder: Path) -> None:
    database = index.library.catalog.database
    fill(index)
    with closing(connect(folder / "catalog.db")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM meta").fetchall()
        freed = database.overwrite_freed([], timeout=0.2)
        assert "catalog.db-wal" in freed
    assert database.overwrite_freed([]) == ""
    assert (folder / "catalog.db-wal").stat().st_size == 0


def test_stories_and_groups_lose_it(index: Index, folder: Path) -> None:
    same = "The ferry sank off Lisk in the night, and forty sailors were saved by a trawler. " * 8
    index.add(
        [
            make_article("s1", f"Ferry {MARK} sinks", body=same),
            make_article(
                "s2", "Ferry sinks off Lisk", body=same, provider=Provider("X", "x.example")
            ),
            make_article(
                "s3", "A ferry sank off Lisk", body=same, provider=Provider("Y", "y.example")
            ),
        ]
    )
    assert index.groups().total == 1
    index.purge(["s1"])
    assert holding(folder, MARK) == []
    assert index.duplicates("s2").duplicates
    index.purge(["s3"])
    assert index.groups().total == 0
    index.close()
    assert examine(folder).sound


def test_postgresql_removes_the_rows_and_says_what_stays(postgres: Postgres, folder: Path) -> None:
    settings = Settings(index=folder, catalog=postgres.new_catalog())
    with assemble(settings, create=True, encoder=HashingEncoder()) as index:
        fill(index)
        purged = index.purge(["a"])
        with index.library.catalog.database.read() as connection:
            for table in metadata.sorted_tables:
                rows = connection.execute(table.select()).all()
                assert MARK not in repr(rows), table
            assert connection.scalars(articles.select().where(articles.c.id == "a")).all() == []
        assert holding(folder, MARK, OLDER) == []
        assert "VACUUM FULL" in places(purged)
        assert index.diagnose().sound


def test_an_index_that_was_purged_is_opened_again(index: Index, folder: Path) -> None:
    fill(index)
    index.purge(["a"])
    index.close()
    again = open_index(folder, HashingEncoder())
    assert set(ids(ask(again, "cod"))) == held(again).keys()
    again.close()
