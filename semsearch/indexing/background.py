"""Publication in the background: what a write that somebody waits for leaves for later.

Its articles can be found when it is acknowledged. Here they are related to their neighbours, judged
for the watches, and the generation that shows them is made durable. What an engine could not take
when it was written is published once the engine answers.
"""

import logging
from collections.abc import Callable
from math import inf
from threading import Event, Thread

from semsearch.deadline import Budget, within
from semsearch.errors import SemsearchError
from semsearch.indexing.indexer import Indexer

_LOG = logging.getLogger("semsearch.indexing")
_EVERY_SECONDS = 2.0
_SOON_SECONDS = 0.5


class BackgroundPublication:
    """Publishes soon after a write, and looks from time to time whether something was left.

    Several servers of one index may do so: the writer's lock lets one at a time.

    Args:
        indexer: Of the index; from ``start`` to ``stop`` its writes leave to this what can wait.
        behind: Whether something was left: by a write, by an outage, or by a process that ended.
        every: Seconds between two looks.
    """

    def __init__(
        self, indexer: Indexer, behind: Callable[[], bool], every: float = _EVERY_SECONDS
    ) -> None:
        self._indexer = indexer
        self._behind = behind
        self._every = every
        self._stopping = Event()
        self._written = Event()
        self._thread = Thread(target=self._run, name="background-publication", daemon=True)

    def start(self) -> None:
        """Begin, beside everything else."""
        self._indexer.finish_later(self._written.set)
        self._thread.start()

    def stop(self) -> None:
        """End at the next stage of what is being published; the rest is published another time."""
        self._indexer.finish_later(None)
        self._stopping.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        with within(Budget(inf, self._stopping)):
            while not self._stopping.is_set():
                if self._written.wait(self._every):
                    self._stopping.wait(min(_SOON_SECONDS, self._every))  # for more writes
                    self._written.clear()
                try:
                    if self._behind():
                        self._indexer.publish()
                except SemsearchError:
                    pass  # catalog or engine do not answer, or another process writes: later
                except Exception:  # noqa: BLE001 - what is written later must not wait for ever
                    _LOG.exception("what was written is not related yet; it is tried again")
