"""Cache answers that were given before, for questions that are asked again."""

from collections import OrderedDict
from threading import Lock

from semsearch.model.search import Query, SearchResults

_MAX_HITS = 5_000  # of all answers together: some 20 MB


class AnswerCache:
    """The latest answers by generation and question.

    A generation never changes, and a question says all that its answer depends on, the moment of
    asking included: so an answer is never out of date, only no longer asked for.

    Args:
        hits: How many hits the answers may have together; those not used for longest go first.
    """

    def __init__(self, hits: int = _MAX_HITS) -> None:
        self._max_hits = hits
        self._hits = 0
        self._answers: OrderedDict[tuple[int, Query], SearchResults] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._answers)

    def get(self, generation: int, query: Query) -> SearchResults | None:
        """The answer to a question, if there is one."""
        with self._lock:
            results = self._answers.get((generation, query))
            if results is not None:
                self._answers.move_to_end((generation, query))
            return results

    def put(self, query: Query, results: SearchResults) -> None:
        """Keep the answer to a question."""
        with self._lock:
            key = (results.generation, query)
            self._drop(key)
            self._answers[key] = results
            self._hits += _size(results)
            while self._hits > self._max_hits:
                self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
            self._hits = 0

    def _drop(self, key: tuple[int, Query]) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._hits -= _size(dropped)


def _size(results: SearchResults) -> int:
    return 1 + len(results.hits)
