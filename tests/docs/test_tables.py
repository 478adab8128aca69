"""The page on tables is that of the code."""

import re

import pytest

from semsearch.model.columns import TABLES, TABLES_OF
from semsearch.tables import Table
from tests.docs.pages import DOCS

TEXT = (DOCS / "tables.md").read_text("utf-8")


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
