"""SQL statements compiled once, where SQLAlchemy compiles them anew for each database."""

from functools import partial
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.util import LRUCache

_MOST = 1_000


class _Compiled(LRUCache[Any, Any]):
    """By the kind of database in place of the engine's own dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_of_kind(key), value)


def _of_kind(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *rest = key
    return type(dialect), *rest


create_engine_once_compiled = partial(
    create_engine, execution_options={"compiled_cache": _Compiled(_MOST)}
)
"""Makes engines that share what was compiled: a fifth of what most tests of an index take."""
