"""The machines of a Ray cluster; the only module that imports Ray.

Ray carries calls with pickle: connect to no cluster but your own.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

from semsearch.errors import ConfigurationError, EngineUnavailableError

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 2  # calls that a processor has or waits for: what waits is bounded


class RayCluster:
    """A cluster that answers.

    Args:
        address: HOST:PORT, or ``local`` for one on this machine.

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
