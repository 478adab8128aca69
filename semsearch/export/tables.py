"""Tables as files: CSV that a spreadsheet opens, with the columns of docs/tables.md."""

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING

from semsearch.export.plain import spreadsheet_cell

if TYPE_CHECKING:
    import pyarrow as pa

BOM = "\ufeff"
"""Before the text, some spreadsheets take it for UTF-8."""


def csv_of(table: "pa.Table", *, bom: bool = False) -> bytes:
    """The table as CSV in UTF-8, lines ended as RFC 4180 has them.

    Lists and maps are written as JSON, moments as ISO 8601 in UTC, what is unknown as nothing. A
    text that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        table: Of a result.
        bom: Begin with a byte-order mark.
    """
    lines = io.StringIO(newline="")
    rows = csv.writer(lines)
    rows.writerow(table.column_names)
    for row in table.to_pylist(maps_as_pydicts="lossy"):
        rows.writerow([_cell(value) for value in row.values()])
    return ((BOM if bom else "") + lines.getvalue()).encode()


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case str():
            return spreadsheet_cell(value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case list() | dict():
            return spreadsheet_cell(json.dumps(value, ensure_ascii=False))
    return value
