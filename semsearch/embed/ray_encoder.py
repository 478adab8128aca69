"""Encoding spread over the machines of a Ray cluster; the only module that imports Ray.

Each actor holds one model. Texts go out in batches, two to an actor at a time, so what waits is
bounded; what an actor that died was doing is done again. Ray carries calls with pickle: connect to
no cluster but your own.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from semsearch.embed.encoder import Encoder, EncoderSpec, Vectors
from semsearch.errors import ConfigurationError, EngineUnavailableError

_BATCH = 8  # few enough that what is encoded at a time keeps several actors busy
_IN_FLIGHT = 2  # batches that an actor has or waits for


class RayEncoder:
    """Encodes passages on a cluster, and questions here.

    Args:
        address: Of the cluster, HOST:PORT, or ``local`` for one on this machine.
        local: What counts tokens and encodes questions.
        load: Makes the same encoder in an actor; it and what it holds are sent there.

    Raises:
        ConfigurationError: Ray is not installed.
        EngineUnavailableError: The cluster does not answer.
    """

    def __init__(self, address: str, local: Encoder, load: Callable[[], Encoder]) -> None:
        try:
            import ray  # noqa: PLC0415 - for those who use it
        except ImportError as error:
            raise ConfigurationError(
                f"Encoding on a cluster needs Ray: {error}.", "Install semsearch[ray]."
            ) from None
        self._local = local
        self._ray: Any = ray
        try:
            if not ray.is_initialized():
                self._ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
            number = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise EngineUnavailableError(f"Ray at {address} does not answer: {error}") from error
        actor: Any = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)(_Worker)
        self._actors = [actor.remote(load) for _ in range(number)]

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
        try:
            for rows, vectors in self._encoded(batches, texts):
                matrix[rows] = vectors
        except self._ray.exceptions.RayError as error:
            raise EngineUnavailableError(f"Ray failed: {str(error).splitlines()[0]}") from error
        return matrix

    def _encoded(
        self, batches: Iterator[list[int]], texts: Sequence[str]
    ) -> Iterator[tuple[list[int], Vectors]]:
        """Batches as they are done; the actor that is done gets the next."""
        waiting: dict[Any, tuple[Any, list[int]]] = {}

        def give(actor: Any, rows: list[int]) -> None:
            waiting[actor.encode.remote([texts[row] for row in rows])] = (actor, rows)

        for actor in self._actors * _IN_FLIGHT:
            for rows in islice(batches, 1):
                give(actor, rows)
        while waiting:
            (done,), _ = self._ray.wait(list(waiting), num_returns=1)
            actor, rows = waiting.pop(done)
            yield rows, self._ray.get(done)
            for following in islice(batches, 1):
                give(actor, following)


class _Worker:
    """One model in a process of its own."""

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._encoder = load()

    def encode(self, texts: list[str]) -> Vectors:
        return self._encoder.encode_documents(texts)
