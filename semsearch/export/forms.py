"""The forms in which results are given away, and what each is called where."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args

from semsearch.errors import InvalidRequestError
from semsearch.export.citations import Citable, bibtex, csl_json, references, ris
from semsearch.export.markdown import Told, markdown
from semsearch.export.plain import spreadsheet_cell
from semsearch.model.tabular import Tabular
from semsearch.tables import parquet_of

if TYPE_CHECKING:
    import pyarrow as pa

BOM = "\ufeff"
"""Before the text, some spreadsheets take it for UTF-8."""


class Form(StrEnum):
    """A form beside JSON."""

    CSV = "csv"
    CSV_BOM = "csv-bom"
    PARQUET = "parquet"
    MD = "md"
    RIS = "ris"
    BIBTEX = "bibtex"
    CSL_JSON = "csl-json"


@dataclass(frozen=True, slots=True)
class FileType:
    """How a form is called.

    Attributes:
        label: On a page.
        ending: Of a file's name.
        media_type: Of an answer.
    """

    label: str
    ending: str
    media_type: str


FILE_TYPES = {
    Form.CSV: FileType("CSV", "csv", "text/csv"),
    Form.CSV_BOM: FileType("CSV for Excel", "csv", "text/csv"),
    Form.PARQUET: FileType("Parquet", "parquet", "application/vnd.apache.parquet"),
    Form.MD: FileType("Markdown", "md", "text/markdown"),
    Form.RIS: FileType("RIS", "ris", "application/x-research-info-systems"),
    Form.BIBTEX: FileType("BibTeX", "bib", "application/x-bibtex"),
    Form.CSL_JSON: FileType("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json"),
}

_CITATIONS: dict[Form, Callable[..., str]] = {
    Form.RIS: ris,
    Form.BIBTEX: bibtex,
    Form.CSL_JSON: csl_json,
}
_TABLES = (Form.CSV, Form.CSV_BOM, Form.PARQUET)


def exported(result: Any, form: Form) -> bytes:
    """A result as a file.

    Raises:
        InvalidRequestError: It has no such form.
    """
    if form in _TABLES and isinstance(result, Tabular):
        table = result.to_arrow()
        return (
            parquet_of(table) if form is Form.PARQUET else csv_of(table, bom=form is Form.CSV_BOM)
        )
    if form is Form.MD and isinstance(result, Told):
        return markdown(result).encode()
    if form in _CITATIONS and isinstance(result, Citable):
        return _CITATIONS[form](references(result)).encode()
    forms = ", ".join(forms_of(type(result)))
    raise InvalidRequestError(f"There is no {form.value} of this.", f"There are: json, {forms}.")


def forms_of(kind: type[object]) -> tuple[Form, ...]:
    """The forms that results of a kind have."""
    has = {form: issubclass(kind, Tabular) for form in _TABLES}
    has |= {form: kind in get_args(Citable) for form in _CITATIONS}
    has[Form.MD] = kind in get_args(Told)
    return tuple(form for form in Form if has[form])


def csv_of(table: "pa.Table", *, bom: bool = False) -> bytes:
    """The table as CSV in UTF-8, lines ended as RFC 4180 has them.

    Lists and maps are written as JSON, moments as ISO 8601 in UTC, what is unknown as nothing. A
    text that a spreadsheet would take for a formula begins with an apostrophe.
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
