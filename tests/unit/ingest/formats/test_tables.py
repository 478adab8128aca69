"""Tables: CSV, TSV, Parquet and Arrow."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import feather, ipc, parquet

from semsearch.model.article import Article
from semsearch.model.status import Skipped
from tests.unit.ingest.samples import read_bytes

ROWS = [
    {
        "id": "a1",
        "headline": "Port reopens",
        "text": "Pilots voted.\nCranes moved.",
        "tags": "Ports",
    },
    {"id": "007", "headline": "1.10", "text": 'He said "no", twice.', "tags": "True"},
]


def articles(path: Path, data: bytes) -> list[Article]:
    found = read_bytes(path, data)
    assert not [record for record in found if not isinstance(record, Article)], found
    return [record for record in found if isinstance(record, Article)]


def outcome(path: Path, data: bytes) -> list[tuple[int | None, str]]:
    """Titles and reasons, each with the line of a skip."""
    return [
        (None, record.title)
        if isinstance(record, Article)
        else (getattr(record, "line", None), getattr(record, "reason", ""))
        for record in read_bytes(path, data)
    ]


def as_csv(delimiter: str, ending: str = "\n") -> bytes:
    def quoted(value: str) -> str:
        return '"' + value.replace('"', '""') + '"'

    lines = [delimiter.join(ROWS[0])]
    lines += [delimiter.join(map(quoted, row.values())) for row in ROWS]
    return (ending.join(lines) + ending).encode()


def packed(kind: str) -> bytes:
    table = pa.Table.from_pylist(ROWS)
    sink = io.BytesIO()
    if kind == "parquet":
        parquet.write_table(table, sink)
    elif kind == "feather":
        feather.write_feather(table, sink)
    elif kind == "stream":
        with ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
    return sink.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.csv", as_csv(","), id="commas"),
        pytest.param("a.csv", as_csv(";"), id="semicolons"),
        pytest.param("a.csv", as_csv("|"), id="bars"),
        pytest.param("a.csv", as_csv("\t"), id="tabs"),
        pytest.param("a.tsv", as_csv("\t"), id="tsv"),
        pytest.param("a.csv", as_csv(",", "\r\n"), id="crlf"),
        pytest.param("a.csv", b"\xef\xbb\xbf" + as_csv(","), id="mark"),
        pytest.param("a.csv", as_csv(",").decode().encode("utf-16"), id="utf-16"),
        pytest.param("a.parquet", packed("parquet"), id="parquet"),
        pytest.param("a.feather", packed("feather"), id="feather"),
        pytest.param("a.arrow", packed("feather"), id="arrow-file"),
        pytest.param("a.arrows", packed("stream"), id="arrow-stream"),
        pytest.param("data.csv", packed("parquet"), id="by-content"),
    ],
)
def test_rows_are_records_and_values_are_kept_as_written(
    tmp_path: Path, name: str, data: bytes
) -> None:
    first, second = articles(tmp_path / name, data)
    assert (first.id, first.title, first.topics) == ("a1", "Port reopens", ("Ports",))
    assert first.body == "Pilots voted.\nCranes moved."
    assert (second.id, second.title, second.topics) == ("007", "1.10", ("True",))
    assert second.body == 'He said "no", twice.'


def test_rows_that_do_not_fit_are_said_with_their_line(tmp_path: Path) -> None:
    data = b'title,text\n"One\nmore",a\n\nshort\nTwo,b\nc,d,e\nThree,c\nlast\n'
    assert outcome(tmp_path / "a.csv", data) == [
        (None, "One\nmore"),
        (5, "1 values, but the first line names 2"),
        (None, "Two"),
        (7, "3 values, but the first line names 2"),
        (None, "Three"),
        (9, "1 values, but the first line names 2"),
    ]


def test_an_open_quotation_mark_is_said(tmp_path: Path) -> None:
    data = b'title,text\nOne,"a\nTwo,b\n'
    assert outcome(tmp_path / "a.csv", data)[-1] == (
        2,
        "a quotation mark in it is never closed: all that follows it is one value",
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "not a table that can be read: Empty CSV file", id="empty"),
        pytest.param(b"a," * 2_000 + b"b\n", "more than 1,000 columns", id="columns"),
        pytest.param(b"title\n" + b"x" * (40 * 2**20), "not a table that can be read: straddling",
                     id="endless-line"),
    ],
)  # fmt: skip
def test_hostile_tables_are_one_plain_line(tmp_path: Path, data: bytes, reason: str) -> None:
    (record,) = read_bytes(tmp_path / "a.csv", data)
    assert isinstance(record, Skipped)
    assert record.reason.startswith(reason)


@pytest.mark.parametrize("name", ["a.parquet", "a.feather"])
def test_a_damaged_table_is_one_plain_line(tmp_path: Path, name: str) -> None:
    data = packed("parquet" if name.endswith("parquet") else "feather")
    (record,) = read_bytes(tmp_path / name, data[:-20])
    assert isinstance(record, Skipped)
    assert record.reason.startswith("not a table that can be read: ")
    assert "\n" not in record.reason


def test_columns_without_and_with_the_same_name_are_kept(tmp_path: Path) -> None:
    (article,) = articles(tmp_path / "a.csv", b"title,note,note,\nT,one,two,three\n")
    assert article.extra == {"note": "one", "note 3": "two", "column 4": "three"}


def test_types_of_columns_become_what_records_have(tmp_path: Path) -> None:
    moment = datetime(2024, 3, 5, 15, 20, tzinfo=UTC)
    columns: dict[str, Any] = {
        "title": ["T"],
        "date": pa.array([moment], pa.timestamp("ns", "UTC")),
        "tags": [["Ports", "Strike"]],
        "score": [float("nan")],
        "price": [Decimal("1.10")],
        "quality": pa.array([84], pa.int8()),
        "source": [{"name": "Harbour Ledger"}],
        "kind": pa.array(["news"]).dictionary_encode(),
    }
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns), sink)
    (article,) = articles(tmp_path / "a.parquet", sink.getvalue())
    assert article.published == moment
    assert article.topics == ("Ports", "Strike")
    assert article.quality == 84
    assert article.provider.name == "Harbour Ledger"
    assert article.extra == {"score": None, "price": "1.10", "kind": "news"}


def test_a_table_that_expands_beyond_what_texts_do_is_refused(tmp_path: Path) -> None:
    rows = pa.array(["x" * 2**20]).dictionary_encode()
    table = pa.table({"title": pa.DictionaryArray.from_arrays([0] * 200, rows.dictionary)})
    sink = io.BytesIO()
    parquet.write_table(table.cast(pa.schema([("title", pa.string())])), sink, compression="zstd")
    last = read_bytes(tmp_path / "a.parquet", sink.getvalue())[-1]
    assert isinstance(last, Skipped)
    assert last.reason == "it expands to more than 200 times its size"
