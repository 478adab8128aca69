"""CSV says what the table says, opens in spreadsheets, and holds no formula from a text."""

import csv
import io
import json
import re
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.export.forms import csv_of

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_kind_of_value_is_written() -> None:
    table = pa.table(
        {
            "text": pa.array(["=1+1", None]),
            "number": pa.array([-3, None]),
            "share": pa.array([0.25, None]),
            "yes": pa.array([True, None]),
            "at": pa.array([datetime(2024, 3, 5, 15, 20, tzinfo=UTC), None]),
            "names": pa.array([["a", "b,c"], None]),
            "parts": pa.array([[("title", 0.5)], None], pa.map_(pa.string(), pa.float64())),
        }
    )
    head, first, empty = rows(csv_of(table))
    assert head == table.column_names
    assert first[:5] == ["'=1+1", "-3", "0.25", "true", "2024-03-05T15:20:00Z"]
    assert json.loads(first[5]) == ["a", "b,c"]
    assert json.loads(first[6]) == {"title": 0.5}
    assert empty == [""] * 7


@given(st.lists(st.text(), max_size=5))
def test_no_text_is_a_formula_and_every_row_is_there(texts: list[str]) -> None:
    content = csv_of(pa.table({"text": pa.array(texts, pa.string()), "n": range(len(texts))}))
    read = rows(content)[1:]
    assert [row[1] for row in read] == [str(n) for n in range(len(texts))]
    assert not any(row[0].startswith(FORMULAS) for row in read)


HOSTILE = st.text("a ;|\t\n\r,'\"=+-@＝1", max_size=12)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_no_separator_makes_a_cell_a_formula(separator: str, texts: list[str]) -> None:
    """Spreadsheets of other countries cut at semicolons, and then through quotation marks."""
    content = csv_of(pa.table({"n": range(len(texts)), "text": pa.array(texts, pa.string())}))
    if separator == ",":
        assert not any(row[1].startswith(FORMULAS) for row in rows(content)[1:])
        return
    for cell in re.split(rf"[{separator}\r\n]", content.decode()):
        assert not cell.lstrip(' "\t').startswith(FORMULAS), cell  # blanks alone are no formula


@pytest.mark.parametrize("bom", [True, False])
def test_a_mark_of_utf8_stands_first_where_it_is_asked_for(bom: bool) -> None:  # noqa: FBT001
    content = csv_of(pa.table({"text": ["é"]}), bom=bom)
    assert content.startswith(b"\xef\xbb\xbf") == bom
