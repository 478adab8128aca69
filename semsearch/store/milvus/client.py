"""Collections of Milvus: made, written to and searched.

A collection holds the passages of articles: vectors, and numbers that filters ask for; another one
beside it their words, where Milvus has BM25.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import EngineUnavailableError
from semsearch.store.milvus.connection import (
    ATTEMPT_SECONDS,
    BUDGET_SECONDS,
    PAUSE,
    MilvusConnection,
    RefusedError,
)
from semsearch.store.milvus.rows import MAX_TOPICS, NUMBERS, TEXT_BYTES, MilvusRow, batches

T = TypeVar("T")

MOST = 16_384
"""Neighbours that Milvus gives at most in one search."""

SETTLED_SECONDS = 10.0
"""After that every replica has seen a write: Milvus promises it for 5."""

_FIRST_WITH_BM25 = (2, 5)  # Lite counts its versions as the server does

_PING_SECONDS = 2.0
_WRITE_SECONDS = 60.0
_LOAD_SECONDS = 120.0
_INDEX_SECONDS = 600.0
_HNSW = {"M": 16, "efConstruction": 200}
_NOT_LOADED = 101  # code of Milvus: a server that was restarted may first have to load it again


class Milvus(MilvusConnection):
    """A server, or a file of Milvus Lite; connects when it is first asked.

    Args:
        url: See ``store.milvus.connection``.
        shards: Parts that a collection's writes are spread over.
        replicas: Copies that are held for searching, each on query nodes of its own.

    Raises:
        ConfigurationError: The address cannot be read.
    """

    def __init__(self, url: str, shards: int = 1, replicas: int = 1) -> None:
        super().__init__(url)
        self._shards = shards
        self._replicas = replicas
        self._loaded: set[str] = set()

    def close(self) -> None:
        """Give back the connection."""
        super().close()
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
        """Make a collection of passages and load it; one of that name is replaced.

        Args:
            name: Of the collection.
            dimension: Of its vectors.
            exact: Compare all vectors. Milvus Lite always does: its graph does not find what a
                narrow filter leaves.
        """
        schema, index = self._new_schema()
        types = self._pymilvus.DataType
        schema.add_field("vector", types.FLOAT_VECTOR, dim=dimension)
        kind, parameters = ("FLAT", {}) if exact or self.in_a_file else ("HNSW", _HNSW)
        index.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
        self._make(name, schema, index)

    def create_words(self, name: str) -> bool:
        """Make a collection in which Milvus searches words, and load it; whether it can do so.

        Raises:
            EngineUnavailableError: It does not answer.
        """
        if not self.may_have_bm25():
            return False
        schema, index = self._new_schema()
        types = self._pymilvus.DataType
        analyzer = {"tokenizer": "standard"}  # which takes codes as they are
        schema.add_field(
            "terms",
            types.VARCHAR,
            max_length=TEXT_BYTES,
            enable_analyzer=True,
            analyzer_params=analyzer,
        )
        schema.add_field("weights", types.SPARSE_FLOAT_VECTOR)
        bm25 = self._pymilvus.FunctionType.BM25
        schema.add_function(self._pymilvus.Function("bm25", bm25, ["terms"], ["weights"]))
        index.add_index("weights", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        try:
            self._make(name, schema, index, 0.0)
        except (EngineUnavailableError, RefusedError):
            self.require()  # it answers: this it does not take
            self.drop(name)
            return False
        return True

    def may_have_bm25(self) -> bool:
        """Whether it is of a version that has BM25; only making a collection tells for certain."""
        numbers = re.search(r"(\d+)\.(\d+)", self.version())
        return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _FIRST_WITH_BM25

    def _new_schema(self) -> tuple[Any, Any]:
        client = self._client
        types = self._pymilvus.DataType
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", types.INT64, is_primary=True)
        for number in NUMBERS:
            schema.add_field(number, types.INT64)
        schema.add_field("topics", types.ARRAY, element_type=types.INT64, max_capacity=MAX_TOPICS)
        return schema, client.prepare_index_params()

    def _make(self, name: str, schema: Any, index: Any, seconds: float = _LOAD_SECONDS) -> None:
        """Make a collection in place of one of that name, and load it."""
        self.drop(name)
        self._ask(
            lambda c: c.create_collection(
                name,
                schema=schema,
                num_shards=self._shards,
                consistency_level="Bounded",
                timeout=_WRITE_SECONDS,
            ),
            seconds,
        )
        self._ask(lambda c: c.create_index(name, index, timeout=_WRITE_SECONDS), seconds)
        self._load(name, seconds)

    def drop(self, name: str) -> None:
        """Remove a collection and its aliases, if there is one."""

        def remove(client: Any) -> None:
            if client.has_collection(name):
                for alias in client.list_aliases(name).get("aliases", ()):
                    client.drop_alias(alias)
                client.drop_collection(name, timeout=_WRITE_SECONDS)

        self._ask(remove, _LOAD_SECONDS)
        self._loaded.discard(name)

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
            except self._pymilvus.MilvusException:  # there is none of that name
                client.create_alias(collection, alias)

        self._ask(switch)

    def wait_for_index(self, name: str) -> None:
        """Return when everything that was written is sealed and indexed."""
        self._ask(lambda client: client.flush(name, timeout=_WRITE_SECONDS), _LOAD_SECONDS)
        until = time.monotonic() + _INDEX_SECONDS
        while time.monotonic() < until:
            if not self._ask(lambda client: _pending(client, name)):
                return
            time.sleep(PAUSE)

    # --- writing --------------------------------------------------------------------------

    def upsert(self, name: str, rows: Sequence[MilvusRow]) -> None:
        """Write rows in place of those with the same id.

        Raises:
            RefusedError: They are at fault.
            EngineUnavailableError: Milvus does not answer.
        """
        for batch in batches(rows):
            self._ask(lambda client: client.upsert(name, batch, timeout=_WRITE_SECONDS))  # noqa: B023

    def delete(self, name: str, expression: str) -> None:
        """Remove the rows that satisfy an expression."""
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
        k = min(k, MOST)
        answers = self._ask_loaded(
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
                timeout=ATTEMPT_SECONDS,
            ),
        )
        return [
            [(int(hit["entity"]["article"]), float(hit["distance"])) for hit in row]
            for row in answers
        ]

    def best(self, name: str, terms: str, k: int, expression: str, *, strong: bool) -> list[int]:
        """The rows that hold any of some terms, by their ids, best first by BM25 of Milvus.

        It is not waited for: who needs words has another way to find them.

        Args:
            name: Of a collection of words.
            terms: Separated by blanks.
            k: At most so many rows, up to ``MOST``.
            expression: What they must satisfy.
            strong: Whether every write that has returned must be seen.

        Raises:
            EngineUnavailableError: It does not answer at once.
        """
        (rows,) = self._ask_loaded(
            name,
            lambda client: client.search(
                name,
                [terms],
                anns_field="weights",
                filter=expression,
                limit=min(k, MOST),
                search_params={"metric_type": "BM25"},
                consistency_level="Strong" if strong else "Bounded",
                timeout=_PING_SECONDS,
            ),
            _PING_SECONDS,
        )
        return [int(hit["id"]) for hit in rows]

    def count(self, name: str, expression: str, *, strong: bool) -> int:
        """How many rows satisfy an expression."""
        rows = self._ask_loaded(
            name,
            lambda client: client.query(
                name,
                filter=expression,
                output_fields=["count(*)"],
                consistency_level="Strong" if strong else "Bounded",
                timeout=ATTEMPT_SECONDS,
            ),
        )
        return int(rows[0]["count(*)"])

    def _ask_loaded(
        self, name: str, call: Callable[[Any], T], seconds: float = BUDGET_SECONDS
    ) -> T:
        """Ask a collection, and load it again if the server has let it go."""

        def loaded(client: Any) -> T:
            self._load(name, seconds)
            try:
                return call(client)
            except Exception as error:
                if getattr(error, "code", None) == _NOT_LOADED:
                    self._loaded.discard(name)
                raise

        return self._ask(loaded, seconds)

    def _load(self, name: str, seconds: float = _LOAD_SECONDS) -> None:
        """Have a collection in memory: Milvus Lite opens its file without."""
        if name not in self._loaded:
            self._ask(
                lambda client: client.load_collection(
                    name, replica_number=self._replicas, timeout=seconds / 2 or _WRITE_SECONDS
                ),
                seconds,
            )
            self._loaded.add(name)


def _pending(client: Any, name: str) -> int:
    """Rows of a collection that no index holds yet."""
    return sum(
        int(client.describe_index(name, index).get("pending_index_rows") or 0)
        for index in client.list_indexes(name)
    )
