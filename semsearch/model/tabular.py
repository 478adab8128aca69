"""Results as tables: what each list of results can be asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


class Shown:
    """A result that shows itself: in a notebook as HTML, elsewhere as text."""

    __slots__ = ()

    def __str__(self) -> str:
        """The result as people read it in a terminal."""
        from semsearch.web.notebook import text  # noqa: PLC0415 - the one way upwards, when shown

        return text(self)

    def _repr_html_(self) -> str:
        from semsearch.web.notebook import html  # noqa: PLC0415 - as above

        return html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython calls it
        del cycle
        printer.text(str(self))


class Tabular(Shown):
    """A result that can be had as a table. What its columns mean stands in docs/tables.md."""

    __slots__ = ()

    def to_arrow(self, table: str = "") -> "pa.Table":
        """The result as an Arrow table.

        An empty ``table`` is its main one (docs/tables.md names them).

        Raises:
            InvalidRequestError: It has no such table, or was not asked for what it needs.
        """
        from semsearch.model.columns import table_of  # noqa: PLC0415 - only who asks for it

        return table_of(self, table)

    def to_pandas(self, table: str = "") -> "pd.DataFrame":
        """The same as a data frame of pandas, with Arrow's types.

        Raises:
            ConfigurationError: pandas is not installed.
            InvalidRequestError: See ``to_arrow``.
        """
        from semsearch.tables import as_pandas  # noqa: PLC0415 - only who asks for it

        return as_pandas(self.to_arrow(table))

    def to_polars(self, table: str = "") -> "pl.DataFrame":
        """The same as a data frame of polars.

        Raises:
            ConfigurationError: polars is not installed.
            InvalidRequestError: See ``to_arrow``.
        """
        from semsearch.tables import as_polars  # noqa: PLC0415 - only who asks for it

        return as_polars(self.to_arrow(table))
