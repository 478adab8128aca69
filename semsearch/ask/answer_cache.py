"""Answers that were given before, for questions that are asked again."""

from collections import OrderedDict
from threading import Lock

from semsearch.model.search import Query, SearchResults

_HITS = 5_000  # of all answers together: some 20 MB


class AnswerCache:
    """The latest answers by generation and question.

    A generation never changes, and a question says all that its answer depends on, the moment of
    asking included: so an answer is never out of date, only no longer asked for.

    Args:
        hits: How many hits the answers may have together; those not used for longest go first.
    """

    def __init__(self, hits: int = _HITS) -> None:
        self._most = hits
        self._hits = 0
        self._held: OrderedDict[tuple[int, Query], SearchResults] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many answers are held."""
        return len(self._held)

    def find(self, generation: int, query: Query) -> SearchResults | None:
        """The answer to a question, if it is held."""
        with self._lock:
            found = self._held.get((generation, query))
            if found is not None:
                self._held.move_to_end((generation, query))
            return found

    def keep(self, query: Query, results: SearchResults) -> None:
        """Hold the answer to a question."""
        with self._lock:
            key = (results.generation, query)
            self._drop(key)
            self._held[key] = results
            self._hits += _size(results)
            while self._hits > self._most:
                self._drop(next(iter(self._held)))

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._held.clear()
            self._hits = 0

    def _drop(self, key: tuple[int, Query]) -> None:
        gone = self._held.pop(key, None)
        if gone is not None:
            self._hits -= _size(gone)


def _size(results: SearchResults) -> int:
    return 1 + len(results.hits)
