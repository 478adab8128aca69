"""Encoding spread over the machines of a Ray cluster.

Each actor holds one model. Texts go out in batches, two to an actor at a time; what an actor that
died was doing is done again.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from semsearch.encode.encoder import Encoder, EncoderSpec, Vectors
from semsearch.encode.ray_cluster import IN_FLIGHT, RayCluster

_BATCH = 8  # few enough that what is encoded at a time keeps several actors busy


class RayEncoder:
    """Encodes passages on a cluster, and questions here.

    Args:
        cluster: The machines.
        local: What counts tokens and encodes questions.
        load: Makes the same encoder in an actor; it and what it holds are sent there.
    """

    def __init__(self, cluster: RayCluster, local: Encoder, load: Callable[[], Encoder]) -> None:
        self._cluster = cluster
        self._local = local
        self._actors = cluster.actors(_Worker, load)

    @property
    def spec(self) -> EncoderSpec:
        """What the vectors depend on."""
        return self._local.spec

    @property
    def passage_budget(self) -> int:
        """Word pieces left for a passage."""
        return self._local.passage_budget

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text."""
        return self._local.count_tokens(texts)

    def encode_query(self, text: str) -> Vectors:
        """A question to a vector, here."""
        return self._local.encode_query(text)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Passages to vectors, there.

        Raises:
            EngineUnavailableError: The cluster is gone.
        """
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))  # like lengths together
        matrix = np.empty((len(texts), self.spec.dimension), np.float32)
        batches = (order[first : first + _BATCH] for first in range(0, len(order), _BATCH))
        for rows, vectors in self._encoded(batches, texts):
            matrix[rows] = vectors
        return matrix

    def _encoded(
        self, batches: Iterator[list[int]], texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Batches as they are done; the actor that is done gets the next."""
        waiting: dict[Any, tuple[Any, list[int]]] = {}

        def give(actor: Any, rows: list[int]) -> None:
            waiting[actor.encode.remote([texts[row] for row in rows])] = (actor, rows)

        for actor in self._actors * IN_FLIGHT:
            for rows in islice(batches, 1):
                give(actor, rows)
        while waiting:
            done, vectors = self._cluster.first(waiting)
            actor, rows = waiting.pop(done)
            yield rows, vectors
            for following in islice(batches, 1):
                give(actor, following)


class _Worker:
    """One model in a process of its own."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._encoder = load()

    def encode(self, texts: list[str]) -> Vectors:
        return self._encoder.encode_documents(texts)
