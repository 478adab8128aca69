"""Work spread over the machines of a Ray cluster; the only module that imports Ray.

Ray carries calls with pickle: connect to no cluster but your own.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from semsearch.encode.encoder import Encoder, EncoderSpec, Vectors
from semsearch.errors import ConfigurationError, EngineUnavailableError

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 2  # calls that a processor has or waits for: what waits is bounded
_BATCH = 8  # passages, few enough that what is encoded at a time keeps several actors busy


class RayCluster:
    """A cluster that answers.

    ``address`` is HOST:PORT, or ``local`` for one on this machine.

    Raises:
        ConfigurationError: Ray is not installed.
        EngineUnavailableError: The cluster does not answer.
    """

    def __init__(self, address: str) -> None:
        try:
            import ray  # noqa: PLC0415 - for those who use it
        except ImportError as error:
            raise ConfigurationError(
                f"Working on a cluster needs Ray: {error}.", "Install semsearch[ray]."
            ) from None
        self._ray: Any = ray
        try:
            if not ray.is_initialized():
                self._ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
            nodes = self._ray.nodes()
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise EngineUnavailableError(f"Ray at {address} does not answer: {error}") from error
        self._places = [
            node["NodeID"]
            for node in nodes
            if node["Alive"]
            for _ in range(int(node["Resources"].get("CPU", 0)))
        ]

    def actors(self, kind: type, *arguments: object) -> list[Any]:
        """One actor for each processor, on its machine.

        When that machine is lost the actor is made again on another, even if all processors of the
        others have theirs: what it was doing would be waited for otherwise. So an actor holds no
        processor while it works.
        """
        from ray.util.scheduling_strategies import (  # noqa: PLC0415
            NodeAffinitySchedulingStrategy,
        )

        made: Any = self._ray.remote(max_restarts=-1, max_task_retries=-1)(kind)
        return [
            made.options(
                scheduling_strategy=NodeAffinitySchedulingStrategy(place, soft=True)
            ).remote(*arguments)
            for place in self._places
        ]

    def first(self, running: Collection[Any]) -> tuple[Any, Any]:
        """Of some calls the first that is done, and what it gave.

        Raises:
            EngineUnavailableError: The cluster is gone.
        """
        try:
            (done,), _ = self._ray.wait(list(running), num_returns=1)
            return done, self._ray.get(done)
        except self._ray.exceptions.RayError as error:
            raise EngineUnavailableError(f"Ray failed: {str(error).splitlines()[0]}") from error

    def mapped(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """What a function gives for each item, in their order.

        Items are drawn as results are taken: there are never more than ``IN_FLIGHT`` for each
        processor on their way. What a machine that is lost was doing is done by another.

        Raises:
            EngineUnavailableError: The cluster is gone.
        """
        task = self._ray.remote(max_retries=-1)(_call)
        waiting = deque[Any]()
        for item in items:
            waiting.append(task.remote(function, item))
            if len(waiting) >= IN_FLIGHT * len(self._places):
                yield self.first([waiting.popleft()])[1]
        while waiting:
            yield self.first([waiting.popleft()])[1]


def _call(function: Callable[[T], R], item: T) -> R:
    return function(item)


class RayEncoder:
    """Encodes passages on a cluster, and questions here.

    Each actor holds one model. Texts go out in batches, two to an actor at a time; what an actor
    that died was doing is done again.

    ``local`` counts tokens and encodes questions; ``load`` makes the same encoder in an
    actor; it and what it holds are sent there.
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
