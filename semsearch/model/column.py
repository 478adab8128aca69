"""How the columns of tables are written down: their types, and where their values stand."""

from collections.abc import Callable
from typing import Any

from semsearch.tables import TYPES, Column

TEXT, WHOLE, NUMBER, FLAG, TIME, TEXTS, WHOLES, NUMBERS = TYPES


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
