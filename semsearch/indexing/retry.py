"""Retry publication: show what could not be shown when it was written, once the engine answers."""

from contextlib import suppress
from math import inf
from threading import Event, Thread

from semsearch.deadline import Budget, within
from semsearch.errors import SemsearchError
from semsearch.indexing.indexer import Indexer

_EVERY_SECONDS = 2.0


class PublicationRetry:
    """Looks from time to time whether an engine lacks what the catalog holds, and publishes it.

    Several servers of one index may do so: the writer's lock lets one at a time.

    Args:
        indexer: Of the index.
        every: Seconds between two looks.
    """

    def __init__(self, indexer: Indexer, every: float = _EVERY_SECONDS) -> None:
        self._indexer = indexer
        self._every = every
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="publication-retry", daemon=True)

    def start(self) -> None:
        """Begin, beside everything else."""
        self._thread.start()

    def stop(self) -> None:
        """End at the next stage of what is being published; the rest is published another time."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with within(Budget(inf, self._stopping)):
            while not self._stopping.wait(self._every):
                # Catalog or engine do not answer, or another process writes: it is tried again.
                with suppress(SemsearchError):
                    if self._indexer.behind():
                        self._indexer.publish()
