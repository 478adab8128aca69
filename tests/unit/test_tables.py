"""Results as tables: typed columns, one row for each, nothing lost."""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.errors import ConfigurationError, InvalidArticleError, InvalidRequestError
from semsearch.index import Index
from semsearch.model.clusters import DuplicateGroups, Stories
from semsearch.model.columns import TABLES, TABLES_OF
from semsearch.model.comparison import Detail
from semsearch.model.relation import Relations
from semsearch.model.search import SearchResults
from semsearch.model.status import ProviderList
from semsearch.tables import TYPES, Table, html_of, text_of
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.markup import Markup

TEXT = (
    "The ferry Maid of Esk ran aground in fog on Thursday with 212 people on board. Tugs from "
    "Brackwater pulled her free at noon, the harbour master Ann Reed said. No one was hurt. The "
    "line has cancelled all crossings until Monday while divers look at the hull."
)
RECORDS: list[dict[str, object]] = [
    {"id": "a", "title": "Ferry aground off Gull Sands", "body": TEXT, "provider": "Ledger",
     "url": "https://ledger.example/1", "published": "2024-01-18T07:00:00Z", "topics": ["Ferries"],
     "quality": 80},
    {"id": "b", "title": "Ferry aground off Gull Sands", "body": TEXT, "provider": "Courier",
     "url": "https://courier.example/9", "published": "2024-01-18T09:30:00Z"},
    {"id": "c", "title": "Tram budget", "body": "The council debated the tram budget for hours.",
     "published": "2024-01-19", "url": "https://ledger.example/2", "provider": "Ledger"},
]  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of three articles, two of one text."""
    with open_index(tmp_path_factory.mktemp("tables") / "index", HashingEncoder()) as index:
        index.add(RECORDS)
        yield index


def test_hits_are_rows_with_types(filled: Index) -> None:
    answer = filled.search("the ferry", k=2)
    table = answer.to_arrow()
    assert table.schema.metadata == {b"semsearch.table": b"hits"}
    assert table.column("id").to_pylist() == [hit.article.id for hit in answer.hits]
    row = next(row for row in table.to_pylist() if row["id"] == "a")
    assert row["published"] == datetime(2024, 1, 18, 7, tzinfo=UTC)
    assert (row["provider"], row["provider_domain"]) == ("Ledger", "ledger.example")
    assert (row["topics"], row["quality"], row["heat"]) == (["Ferries"], 80, None)
    assert row["duplicates"] == 1
    assert sum(part for _, part in row["score_parts"]) == pytest.approx(row["score"])
    passage = getattr(filled.get("a"), row["passage_field"])
    assert passage[row["passage_start"] : row["passage_end"]] == row["passage"]


def test_a_result_has_its_tables_by_name(filled: Index) -> None:
    answer = filled.search("the ferry")
    outlets = answer.to_arrow("providers").to_pylist()
    assert [row["provider"] for row in outlets] == [row.name for row in answer.providers]
    assert answer.to_arrow("hits") == answer.to_arrow()
    with pytest.raises(InvalidRequestError, match="no table stories") as caught:
        answer.to_arrow("stories")
    assert caught.value.hint == "There are: hits, providers."


def test_groups_have_members_and_lineage(filled: Index) -> None:
    page = filled.groups()
    (group,) = page.to_arrow().to_pylist()
    assert (group["size"], sorted(group["members"])) == (2, ["a", "b"])
    members = filled.group(group["id"]).to_arrow().to_pylist()
    assert [row["is_original"] for row in members] == [True, False]
    assert members[1]["p_duplicate"] > 0.9
    assert members[1]["parent"] == members[0]["id"]
    assert [row["id"] for row in page.to_arrow("group_members").to_pylist()] == group["members"]


def test_relations_name_their_articles_and_sum_to_one(filled: Index) -> None:
    given = {"id": "mine", "title": "Ferry", "body": TEXT}
    table = filled.relate_pairs([("a", "b"), ("a", "c"), (given, "a")]).to_arrow()
    rows = table.to_pylist()
    assert [(row["a"], row["b"]) for row in rows] == [("a", "b"), ("a", "c"), ("mine", "a")]
    assert (rows[0]["relation"], rows[0]["hours_apart"]) == ("copy", 2.5)
    for row in rows:
        classes = ("copy", "edited", "story", "related", "unrelated")
        assert sum(row[f"p_{name}"] for name in classes) == pytest.approx(1)
    assert filled.relate("a", "b").to_arrow().num_rows == 1


def test_sentences_are_aligned_where_they_were_asked_for(filled: Index) -> None:
    told = filled.compare("a", "b", detail=Detail.SENTENCES)
    rows = told.to_arrow("sentences").to_pylist()
    assert told.sentences is not None
    assert len(rows) == sum(len(row.others) for row in told.sentences) > 0
    for row in rows:
        field = getattr(filled.get(row["article"]), row["field"])
        assert field[row["start"] : row["end"]] == row["text"]
    with pytest.raises(InvalidRequestError, match="does not hold its sentences"):
        filled.compare("a", "b").to_arrow("sentences")
    assert told.to_arrow().schema.names[0] == "fact"


def test_outlets_topics_duplicates_and_similar_articles_are_tables(filled: Index) -> None:
    outlets = filled.providers().to_arrow().to_pylist()
    assert {row["provider"]: row["articles"] for row in outlets} == {"Ledger": 2, "Courier": 1}
    assert filled.topics().to_arrow().to_pylist() == [{"topic": "Ferries", "articles": 1}]
    (copy,) = filled.duplicates("a").to_arrow().to_pylist()
    assert (copy["id"], copy["relation"]) == ("b", "copy")
    assert filled.similar("a", k=1).to_arrow().column("id").to_pylist() == ["b"]


@pytest.mark.parametrize(
    "result",
    [
        Stories(1, 0, ()),
        DuplicateGroups(1, 0, ()),
        Relations(()),
        ProviderList(1, ()),
    ],
    ids=lambda result: type(result).__name__,
)
def test_an_empty_table_has_its_columns(
    result: Stories | DuplicateGroups | Relations | ProviderList,
) -> None:
    table = result.to_arrow()
    (columns, _), *_ = TABLES_OF[type(result)]
    assert table.num_rows == 0
    assert table.schema.names == [column.name for column in columns.columns]
    assert list(result.to_pandas().columns) == result.to_polars().columns == table.schema.names


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_are_of_the_types_that_are_said(table: Table) -> None:
    made = table.of([])
    types = [re.sub(r"element: |item: ", "", str(field.type)) for field in made.schema]
    assert types == [column.type for column in table.columns]
    assert {column.type for column in table.columns} <= set(TYPES)
    assert len(set(made.schema.names)) == len(table.columns)


def test_data_frames_hold_the_same(filled: Index) -> None:
    answer: SearchResults = filled.search("the ferry")
    table = answer.to_arrow()
    frame, polars = answer.to_pandas(), answer.to_polars()
    assert isinstance(frame, pd.DataFrame)
    assert isinstance(polars, pl.DataFrame)
    assert frame["id"].tolist() == polars["id"].to_list() == table.column("id").to_pylist()
    assert str(frame["published"].dtype) == "timestamp[us, tz=UTC][pyarrow]"
    assert str(frame["quality"].dtype) == "int64[pyarrow]"
    assert polars.schema["published"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ConfigurationError, match=f"{library} is not installed") as caught:
        getattr(Relations(()), f"to_{library}")()
    assert caught.value.hint == f"Run: pip install {library}"


def test_tables_are_written_and_read_again(filled: Index, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415

    table = filled.search("the ferry").to_arrow()
    parquet.write_table(table, tmp_path / "hits.parquet")
    assert parquet.read_table(tmp_path / "hits.parquet").to_pylist() == table.to_pylist()
    assert isinstance(table, pa.Table)


FRAMES: dict[str, Callable[[dict[str, list[object]]], object]] = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "arrow": pa.table,
    "batch": pa.record_batch,
    "reader": lambda columns: pa.table(columns).to_reader(),
    "dicts": lambda columns: (
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ),
}
COLUMNS: dict[str, list[object]] = {
    "key": ["x", "y"],
    "headline": ["Ferry", "Tram"],
    "artikel": [TEXT, "Budget."],
    "outlet": ["Ledger", None],
    "when": [datetime(2024, 1, 18, 7, tzinfo=UTC), None],
    "tags": [["Ferries"], []],
    "words": [61, 1],
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_table_is_added_alike(index: Index, kind: str) -> None:
    names = {"id": "key", "body": "artikel", "published": "when"}
    done = index.add(FRAMES[kind](COLUMNS), fields=names)
    assert (done.added, done.skipped, done.notes) == (("x", "y"), (), ())
    ferry, tram = index.get("x"), index.get("y")
    assert (ferry.title, ferry.body, ferry.provider.name) == ("Ferry", TEXT, "Ledger")
    assert (ferry.published, ferry.topics) == (COLUMNS["when"][0], ("Ferries",))
    assert (tram.published, tram.extra["words"]) == (None, 1)


def test_the_index_of_a_data_frame_is_its_column_where_it_has_a_name(index: Index) -> None:
    frame = pd.DataFrame({"id": ["x"], "title": ["Ferry"]})
    assert index.add(frame.set_index("id")).added == ("x",)
    assert index.add(frame.set_index(pd.Index(["row 7"]))).unchanged == ("x",)


def test_missing_values_of_a_data_frame_are_none(index: Index) -> None:
    frame = pd.DataFrame(
        {"id": ["x", "y"], "title": ["Ferry", "Tram"], "excerpt": [float("nan"), "E"],
         "published": [pd.NaT, pd.Timestamp("2024-01-18")], "n": [1.5, None]}
    )  # fmt: skip
    assert index.add(frame).added == ("x", "y")
    assert (index.get("x").excerpt, index.get("x").published) == ("", None)
    assert index.get("y").precision == "day"


def test_what_of_a_table_was_not_understood_is_said(index: Index) -> None:
    done = index.add(
        pd.DataFrame(
            {"title": ["Ferry", "Tram", ""], "fliesstext": [TEXT, TEXT, ""],
             "published": ["03/05/2024", "soon", None], "id": ["x", "x", "z"]}
        )
    )  # fmt: skip
    assert [(one.line, one.reason) for one in done.skipped] == [
        (3, "no title and no text; its fields are id")
    ]
    unread, missing, replaced = done.notes
    assert (unread.records, "03/05/2024, soon" in unread.text) == (2, True)
    assert (missing.records, "fields={'body': 'fliesstext'}" in missing.text) == (2, True)
    assert (replaced.line, "replaced it" in replaced.text) == (2, True)


@pytest.mark.parametrize("given", ["a text", b"x", {"title": "one record"}, 7, None])
def test_what_holds_no_records_is_refused(index: Index, given: object) -> None:
    with pytest.raises(InvalidArticleError, match=r"not (str|bytes|dict|int|NoneType)"):
        index.add(given)


def test_what_is_no_record_in_a_list_is_said_and_the_others_are_written(index: Index) -> None:
    given = [7, {"id": "a", "title": "Ferry"}, "text", None]
    done = index.add(given)
    assert done.added == ("a",)
    assert [(one.line, one.reason) for one in done.skipped] == [
        (1, "no record with named fields, but int"),
        (3, "no record with named fields, but str"),
        (4, "no record with named fields, but NoneType"),
    ]


def test_ids_that_pandas_made_decimals_of_are_whole(index: Index) -> None:
    frame = pd.DataFrame({"id": [1.0, None], "title": ["Ferry", "Tram"]})
    done = index.add(frame)
    assert done.added[0] == "1"
    (note,) = done.notes
    assert "ids such as 1.0 were read as whole numbers" in note.text


def test_a_column_of_several_types_is_refused_with_what_to_do(index: Index) -> None:
    with pytest.raises(InvalidArticleError, match="cannot be read") as caught:
        index.add(pd.DataFrame({"title": ["a", 1, {"b": 2}]}))
    assert "one type" in caught.value.hint


def test_the_whole_index_is_a_table(filled: Index) -> None:
    rows = filled.articles_table().to_pylist()
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    (group,) = filled.group_ids()
    assert [row["group"] for row in rows] == [group, group, None]
    assert rows[0]["body"] == TEXT
    assert (rows[2]["precision"], rows[0]["zone_assumed"]) == ("day", False)
    stories = {row["id"]: row["story"] for row in rows}
    assert all(
        stories[member.article.id] == story
        for story in filled.story_ids()
        for member in filled.story(story).members
    )


def test_relations_of_the_groups_and_of_any_pairs_are_a_table(filled: Index) -> None:
    (row,) = filled.relations_table().to_pylist()
    assert {row["a"], row["b"]} == {"a", "b"}
    assert filled.relations_table([("a", "c")] * 3).num_rows == 3
    assert filled.relations_table([]).schema == filled.relations_table().schema


def test_an_index_without_groups_has_an_empty_table(index: Index) -> None:
    index.add([{"id": "x", "title": "Ferry"}])
    assert index.relations_table().num_rows == 0
    assert index.articles_table().num_rows == 1


@given(st.lists(st.text(max_size=20), max_size=3))
def test_no_text_is_markup(texts: list[str]) -> None:
    shown = Markup(html_of(pa.table({"text": pa.array(texts, pa.string())})))
    assert not any(given for _, given in shown.elements)
    assert shown.tags <= {"table", "thead", "tbody", "tr", "th", "td"}


def test_of_a_long_table_the_rest_is_counted() -> None:
    shown = Markup(html_of(pa.table({"n": range(60), "text": ["x" * 400] * 60})))
    assert "And 10 more rows" in shown.text
    assert "x" * 299 + "…" in shown.text


def test_in_a_terminal_stand_as_many_columns_as_fit_and_the_rest_is_counted() -> None:
    wide = {f"column{number}": ["x" * 60, None] for number in range(5)}
    lines = text_of(pa.table(wide)).splitlines()
    assert lines[0].split() == ["column0", "column1"]
    assert lines[1].split() == ["x" * 47 + "…"] * 2
    assert lines[-1] == "And 3 more columns; to_arrow() has them all."
    assert text_of(pa.table({"n": [1], "gap": [None], "text": ["a\nb"]})) == "n: 1\ntext: a b"
    assert "And 10 more rows" in text_of(pa.table({"n": range(60)}))
    assert text_of(pa.table({"n": pa.array([], pa.int64())})) == "n"
