"""Milvus by pymilvus; the only module that imports it.

A collection holds the passages of articles: vectors, and numbers that filters ask for. Addresses
are ``milvus+http://HOST:PORT``, ``milvus+https://``, with ``USER:PASSWORD@`` and ``/DATABASE``
where the server has them, and ``milvus+file:PATH`` for Milvus Lite, which one process can open at
a time.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import ConfigurationError, DamagedIndexError, EngineUnavailableError

T = TypeVar("T")

MOST = 16_384
"""Neighbours that Milvus gives at most in one search."""

_ROWS_AT_ONCE = 2_000  # of one write: servers take messages of 64 MB

NUMBERS = (
    "article",
    "added",
    "ended",
    "field",
    "published",
    "quality",
    "stub",
    "domain",
    "name",
    "category",
    "type",
    "language",
)
_MAX_TOPICS = 4_096
_PING_SECONDS = 2.0
_ATTEMPT_SECONDS = 5.0
_BUDGET_SECONDS = 10.0  # within which a question is tried again
_WRITE_SECONDS = 60.0
_LOAD_SECONDS = 120.0
_PAUSE = 0.2
_HNSW = {"M": 16, "efConstruction": 200}
_GONE = 100  # codes of Milvus: no such collection
_NOT_LOADED = 101  # a server that was restarted may first have to load it again
_REFUSED = (1100, 1101, 1102)  # codes of Milvus: what was sent is at fault


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as Milvus holds it.

    Attributes:
        id: Of the passage.
        numbers: As ``NUMBERS`` names them.
        topics: Codes.
        vector: Unit vector, float32.
    """

    id: int
    numbers: Mapping[str, int]
    topics: Sequence[int]
    vector: NDArray[np.float32]


class RefusedError(Exception):
    """Milvus does not take what was sent, and will not take it later."""


class Milvus:
    """A server, or a file of Milvus Lite; connects when it is first asked.

    Args:
        url: See the module.
        shards: Parts that a collection's writes are spread over.
        replicas: Copies that are held for searching, each on query nodes of its own.

    Raises:
        ConfigurationError: The address cannot be read, or pymilvus is not installed.
    """

    def __init__(self, url: str, shards: int = 1, replicas: int = 1) -> None:
        self._url = url
        self._shards = shards
        self._replicas = replicas
        self.place, self._arguments = _address(url)
        self._loaded: set[str] = set()

    @cached_property
    def _client(self) -> Any:
        try:
            import pymilvus  # noqa: PLC0415 - only those who use it wait
        except ImportError as error:
            raise ConfigurationError(
                f"An index in Milvus needs its client: {error}.", "Install semsearch[milvus]."
            ) from None
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # its errors become ours
        return self._try(
            lambda: pymilvus.MilvusClient(**self._arguments, timeout=_ATTEMPT_SECONDS),
            _BUDGET_SECONDS,
        )

    def close(self) -> None:
        """Give back the connection."""
        if "_client" in self.__dict__:
            self._client.close()
            del self.__dict__["_client"]
            self._loaded.clear()

    def require(self) -> None:
        """Return if it answers at once.

        Raises:
            EngineUnavailableError: It does not.
        """
        self._try(lambda: self._client.get_server_version(timeout=_PING_SECONDS), 0.0)

    def version(self) -> str:
        """Of the server."""
        return str(self._ask(lambda client: client.get_server_version()))

    # --- collections ----------------------------------------------------------------------

    def create(self, name: str, dimension: int, *, exact: bool) -> None:
        """Make a collection and load it; one of that name is replaced.

        Args:
            name: Of the collection.
            dimension: Of its vectors.
            exact: Compare all vectors. Milvus Lite always does: its graph does not find what a
                narrow filter leaves.
        """
        client = self._client
        from pymilvus import DataType  # noqa: PLC0415

        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        for number in NUMBERS:
            schema.add_field(number, DataType.INT64)
        schema.add_field(
            "topics", DataType.ARRAY, element_type=DataType.INT64, max_capacity=_MAX_TOPICS
        )
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        index = client.prepare_index_params()
        lite = self._url.startswith("milvus+file:")
        kind, parameters = ("FLAT", {}) if exact or lite else ("HNSW", _HNSW)
        index.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
        self.drop(name)
        self._ask(
            lambda c: c.create_collection(
                name,
                schema=schema,
                num_shards=self._shards,
                consistency_level="Bounded",
                timeout=_WRITE_SECONDS,
            ),
            _LOAD_SECONDS,
        )
        self._ask(lambda c: c.create_index(name, index, timeout=_WRITE_SECONDS), _LOAD_SECONDS)
        self._load(name)

    def drop(self, name: str) -> None:
        """Remove a collection and its aliases, if there is one."""

        def remove(client: Any) -> None:
            if client.has_collection(name):
                for alias in client.list_aliases(name).get("aliases", ()):
                    client.drop_alias(alias)
                client.drop_collection(name, timeout=_WRITE_SECONDS)

        self._ask(remove, _LOAD_SECONDS)

    def collections(self) -> list[str]:
        """Names of all collections."""
        return [str(name) for name in self._ask(lambda client: client.list_collections())]

    def name(self, alias: str, collection: str) -> None:
        """Let an alias stand for a collection from now on."""

        def switch(client: Any) -> None:
            if alias in client.list_aliases(collection).get("aliases", ()):
                return
            try:
                client.alter_alias(collection, alias)
            except Exception:  # noqa: BLE001 - there is none of that name
                client.create_alias(collection, alias)

        self._ask(switch)

    def wait_for_index(self, name: str, seconds: float = 600.0) -> None:
        """Return when everything that was written is sealed and indexed."""
        self._ask(lambda client: client.flush(name, timeout=_WRITE_SECONDS), _LOAD_SECONDS)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = self._ask(lambda client: client.describe_index(name, "vector"))
            if not int(state.get("pending_index_rows") or 0):
                return
            time.sleep(_PAUSE)

    # --- writing --------------------------------------------------------------------------

    def upsert(self, name: str, rows: Sequence[Row]) -> None:
        """Write passages in place of those with the same id.

        Raises:
            RefusedError: They are at fault.
            EngineUnavailableError: Milvus does not answer.
        """
        data = [
            {"id": row.id, **row.numbers, "topics": list(row.topics), "vector": row.vector}
            for row in rows
        ]
        for start in range(0, len(data), _ROWS_AT_ONCE):
            part = data[start : start + _ROWS_AT_ONCE]
            self._ask(lambda client: client.upsert(name, part, timeout=_WRITE_SECONDS))  # noqa: B023

    def delete(self, name: str, expression: str) -> None:
        """Remove the passages that satisfy an expression."""
        self._ask(lambda client: client.delete(name, filter=expression, timeout=_WRITE_SECONDS))

    # --- reading --------------------------------------------------------------------------

    def nearest(
        self, name: str, vectors: NDArray[np.float32], k: int, expression: str, *, strong: bool
    ) -> list[list[tuple[int, float]]]:
        """For each of some vectors the nearest passages: article and cosine, nearest first.

        Args:
            name: Of the collection.
            vectors: Unit vectors, shape (n, dimension).
            k: At most so many, up to ``MOST``.
            expression: What they must satisfy.
            strong: Whether every write that has returned must be seen, which takes longer.
        """
        found = self._ask_loaded(
            name,
            lambda client: client.search(
                name,
                vectors.tolist(),
                anns_field="vector",
                filter=expression,
                limit=k,
                output_fields=["article"],
                search_params={"metric_type": "IP", "params": {"ef": min(max(2 * k, 128), 32_768)}},
                consistency_level="Strong" if strong else "Bounded",
                timeout=_ATTEMPT_SECONDS,
            ),
        )
        return [
            [(int(hit["entity"]["article"]), float(hit["distance"])) for hit in row]
            for row in found
        ]

    def count(self, name: str, expression: str, *, strong: bool) -> int:
        """How many passages satisfy an expression."""
        rows = self._ask_loaded(
            name,
            lambda client: client.query(
                name,
                filter=expression,
                output_fields=["count(*)"],
                consistency_level="Strong" if strong else "Bounded",
                timeout=_ATTEMPT_SECONDS,
            ),
        )
        return int(rows[0]["count(*)"])

    def _ask_loaded(self, name: str, call: Callable[[Any], T]) -> T:
        """Ask a collection, and load it again if the server has let it go."""

        def loaded(client: Any) -> T:
            self._load(name, _BUDGET_SECONDS)
            try:
                return call(client)
            except Exception as error:
                if getattr(error, "code", None) == _NOT_LOADED:
                    self._loaded.discard(name)
                raise

        return self._ask(loaded)

    def _load(self, name: str, seconds: float = _LOAD_SECONDS) -> None:
        """Have a collection in memory: Milvus Lite opens its file without."""
        if name not in self._loaded:
            self._ask(
                lambda client: client.load_collection(
                    name, replica_number=self._replicas, timeout=seconds / 2
                ),
                seconds,
            )
            self._loaded.add(name)

    def _ask(self, call: Callable[[Any], T], seconds: float = _BUDGET_SECONDS) -> T:
        return self._try(lambda: call(self._client), seconds)

    def _try(self, call: Callable[[], T], seconds: float) -> T:
        """Call again, within a budget of time, as long as Milvus does not answer."""
        until = time.monotonic() + seconds
        while True:
            try:
                return call()
            except (ConfigurationError, EngineUnavailableError):
                raise
            except Exception as error:
                failure = _ours(error, self.place)
                if not isinstance(failure, EngineUnavailableError) or time.monotonic() > until:
                    raise failure from error
            time.sleep(_PAUSE)


def _address(url: str) -> tuple[str, dict[str, str]]:
    """What to call it in a message, and what pymilvus wants to know."""
    kind, _, rest = url.removeprefix("milvus+").partition(":")
    if kind == "file":
        path = Path(rest.removeprefix("//"))
        return f"milvus+file:{path}", {
            "uri": str(path if path.suffix == ".db" else path / "milvus.db")
        }
    parts = urlsplit(f"{kind}:{rest}")
    if not parts.hostname:
        raise ConfigurationError("Setting index: the address of Milvus names no host.")
    host = parts.netloc.rpartition("@")[2]
    arguments = {"uri": urlunsplit((parts.scheme, host, "", "", ""))}
    if parts.username:
        arguments["token"] = f"{parts.username}:{parts.password or ''}"
    if parts.path.strip("/"):
        arguments["db_name"] = parts.path.strip("/")
    return f"milvus+{parts.scheme}://{host}", arguments


def _ours(error: Exception, place: str) -> Exception:
    code = getattr(error, "code", None)
    told = str(getattr(error, "message", "") or error).partition("\n")[0][:300]
    if code == _GONE:
        return DamagedIndexError(f"{place} lacks what the catalog names: {told}")
    if code in _REFUSED or type(error).__name__ in {"ParamError", "DataNotMatchException"}:
        return RefusedError(told)
    return EngineUnavailableError(f"{place} does not answer: {told}")
