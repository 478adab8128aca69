"""Arrow tables: typed columns, each with what it means; the only module that makes them.

pandas and polars are needed by those who ask for their data frames alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from semsearch.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

TEXT, WHOLE, NUMBER, FLAG = "string", "int64", "double", "bool"
TIME, TEXTS, WHOLES = "timestamp[us, tz=UTC]", "list<string>", "list<int64>"
NUMBERS = "map<string, double>"
TYPES = (TEXT, WHOLE, NUMBER, FLAG, TIME, TEXTS, WHOLES, NUMBERS)
"""Of columns, as Arrow writes them."""

_SHOWN_ROWS = 50
_SHOWN_CHARS = 300
_TEXT_WIDTH = 120
_TEXT_CELL = 48


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Stable, as all names of columns are.
        type: One of ``TYPES``; any value may be null.
        about: What it means, in a sentence.
        of: Its value in the table's row.
    """

    name: str
    type: str
    about: str
    of: Callable[[Any], object]


def at(path: str) -> Callable[[Any], Any]:
    """The value at a path of attributes; None where one on the way is None."""
    steps = path.split(".")

    def value(row: Any) -> Any:
        for step in steps:
            if row is None:
                return None
            row = getattr(row, step)
        return row

    return value


def column(name: str, kind: str, about: str, of: str | Callable[[Any], object] = "") -> Column:
    """A column with its value by a function or a path; without one its name is the path."""
    return Column(name, kind, about, of if callable(of) else at(of or name))


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table; ``about`` says what a row is."""

    name: str
    about: str
    columns: tuple[Column, ...]

    def of(self, rows: Iterable[Any]) -> "pa.Table":
        """The rows as a table of Arrow; of none, the empty one with the same columns."""
        import pyarrow as pa  # noqa: PLC0415 - takes half a second

        given = list(rows)
        types = _arrow_types()
        arrays = [
            pa.array([column.of(row) for row in given], types[column.type])
            for column in self.columns
        ]
        fields = [pa.field(column.name, types[column.type]) for column in self.columns]
        return pa.Table.from_arrays(
            arrays, schema=pa.schema(fields, metadata={"semsearch.table": self.name})
        )


@dataclass(frozen=True, slots=True)
class Pair:
    """A row about a part of something."""

    whole: Any
    part: Any


def _arrow_types() -> dict[str, "pa.DataType"]:
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    return dict(
        zip(
            TYPES,
            (
                pa.string(),
                pa.int64(),
                pa.float64(),
                pa.bool_(),
                pa.timestamp("us", "UTC"),
                pa.list_(pa.string()),
                pa.list_(pa.int64()),
                pa.map_(pa.string(), pa.float64()),
            ),
            strict=True,
        )
    )


def concatenated(tables: Sequence["pa.Table"]) -> "pa.Table":
    """Tables of one kind, at least one, as one."""
    import pyarrow as pa  # noqa: PLC0415 - takes half a second

    return pa.concat_tables(tables)


def parquet_of(table: "pa.Table") -> bytes:
    """A table as a file of Parquet."""
    import pyarrow as pa  # noqa: PLC0415 - takes half a second
    import pyarrow.parquet as pq  # noqa: PLC0415

    file = pa.BufferOutputStream()
    pq.write_table(table, file)
    return bytes(file.getvalue().to_pybytes())


def html_of(table: "pa.Table") -> str:
    """A table as HTML for a notebook: its first rows, long texts shortened, nothing else in it.

    Whatever a text holds stays text.
    """
    shown = table.slice(0, _SHOWN_ROWS)
    head = "".join(f"<th>{escape(name)}</th>" for name in table.column_names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_html_cell(value)}</td>' for value in row.values())}</tr>"
        for row in _rows(shown)
    )
    rest = table.num_rows - shown.num_rows
    more = f"<p>And {rest:,} more rows; to_arrow() has them all.</p>" if rest else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


def _html_cell(value: object) -> str:
    return escape(_shortened(_cell(value), _SHOWN_CHARS))


def text_of(table: "pa.Table") -> str:
    """A table as text for a terminal: its first rows and as many columns as stand side by side.

    A single row stands upright, a line for each column that holds something.
    """
    if table.num_rows == 1:
        (only,) = _rows(table)
        told = ((name, " ".join(_cell(value).split())) for name, value in only.items())
        return "\n".join(f"{name}: {_shortened(one, _SHOWN_CHARS)}" for name, one in told if one)
    shown = table.slice(0, _SHOWN_ROWS)
    rows = [[_cell(one) for one in row.values()] for row in _rows(shown)]
    columns: list[list[str]] = []
    room = _TEXT_WIDTH
    for place, name in enumerate(table.column_names):
        cells = [name, *(_shortened(" ".join(row[place].split()), _TEXT_CELL) for row in rows)]
        width = max(map(len, cells))
        room -= width + 2
        if room < 0 and columns:
            break
        columns.append([cell.ljust(width) for cell in cells])
    lines = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
    for number, what in (
        (table.num_rows - shown.num_rows, "rows"),
        (table.num_columns - len(columns), "columns"),
    ):
        if number:
            lines.append(f"And {number:,} more {what}; to_arrow() has them all.")
    return "\n".join(lines)


def _rows(table: "pa.Table") -> list[dict[str, object]]:
    found: list[dict[str, object]] = table.to_pylist(maps_as_pydicts="lossy")
    return found


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _cell(value: object) -> str:
    match value:
        case None:
            text = ""
        case float():
            text = f"{value:.3g}"
        case datetime():
            text = f"{value:%Y-%m-%d %H:%M}"
        case list():
            text = ", ".join(map(str, value))
        case dict():
            text = ", ".join(f"{name} {part}" for name, part in value.items())
        case _:
            text = str(value)
    return text


def as_pandas(table: "pa.Table") -> "pd.DataFrame":
    """A table as a data frame of pandas, with Arrow's types: numbers stay whole where some lack.

    Raises:
        ConfigurationError: pandas is not installed.
    """
    try:
        import pandas as pd  # noqa: PLC0415
    except ImportError:
        raise _not_there("pandas") from None
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def as_polars(table: "pa.Table") -> "pl.DataFrame":
    """A table as a data frame of polars.

    Raises:
        ConfigurationError: polars is not installed.
    """
    try:
        import polars as pl  # noqa: PLC0415 - optional
    except ImportError:
        raise _not_there("polars") from None
    return pl.DataFrame(table)


def _not_there(library: str) -> ConfigurationError:
    return ConfigurationError(f"{library} is not installed.", f"Run: pip install {library}")
