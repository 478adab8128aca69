"""The page on tables is that of the code."""

import re
import sys
from pathlib import Path

import pytest
from pyarrow import parquet

from semsearch.model.columns import TABLES, TABLES_OF
from semsearch.tables import Table
from tests.docs.pages import DOCS, blocks

PAGE = DOCS / "tables.md"
TEXT = PAGE.read_text("utf-8")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_named_with_its_type_and_meaning(table: Table) -> None:
    rows = (f"| `{one.name}` | `{one.type}` | {one.about} |\n" for one in table.columns)
    section = f"\n### {table.name}\n\n{table.about}\n\n| column | type | |\n|---|---|---|\n"
    assert section + "".join(rows) in TEXT


def test_no_other_table_is_named() -> None:
    assert re.findall(r"^### (.*)$", TEXT, re.MULTILINE) == [table.name for table in TABLES]


def test_which_result_has_which_tables_is_said() -> None:
    listed = TEXT[: TEXT.index("## Columns")]
    for tables in TABLES_OF.values():
        names = [table.name for table, _ in tables]
        assert any(
            re.findall(r"`(\w+)`", row.partition(" | ")[2])[: len(names)] == names
            for row in listed.splitlines()
            if row.startswith("| `index.")
        ), names


ARCHIVE = """id,title,fulltext,outlet,date
1,Ferry aground off Gull Sands,"{text}",Ledger,2024-01-18T07:00:00Z
2,Ferry aground off Gull Sands,"{text}",Courier,2024-01-18T09:30:00Z
3,Tram budget,"The council debated the budget of the tram for hours on Friday.",Ledger,18.01.2024
4,,,Ledger,2024-01-18
"""
TOLD = (
    "The ferry Maid of Esk ran aground in fog on Thursday with 212 people on board. Tugs from "
    "Brackwater pulled her free at noon, the harbour master Ann Reed said. No one was hurt. The "
    "line has cancelled all crossings until Monday while divers look at the hull."
)


@pytest.mark.model
def test_the_study_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "archive.csv").write_text(ARCHIVE.format(text=TOLD), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["study.py", "archive.csv"])
    given, frame, study = (one.text for one in blocks(PAGE) if one.language == "python")
    exec(compile(frame, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == "1 added; ()\n"
    exec(compile(study, str(PAGE), "exec"), {})  # noqa: S102 - our own page
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "3 articles, 1 rows left out",
        "1 of 1 pairs are one text, p > 0.9",
    ]
    (row,) = parquet.read_table(tmp_path / "relations.parquet").to_pylist()
    assert {row["provider_a"], row["provider_b"]} == {"Ledger", "Courier"}
    assert (row["relation"], row["hours_apart"]) == ("copy", 2.5)
    assert "to_arrow()" in given
