"""Cache answers that were given before, for questions that are asked again."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from threading import Lock

from pydantic import TypeAdapter

from semsearch.model.search import Query, SearchResults

_MAX_BYTES = 16 * 2**20  # as JSON; in memory some four times as much
_RESULTS = TypeAdapter(SearchResults)


@dataclass(frozen=True, slots=True)
class _Kept:
    results: SearchResults
    size: int


class AnswerCache:
    """The latest answers by generation and question.

    A generation never changes, and a question says all that its answer depends on beside the day
    that relative times count from: so an answer is never out of date, only no longer asked for.

    Args:
        max_bytes: How large questions and answers may be together, as JSON; those not used for
            longest go first, and what is larger than a fourth of it is not kept.
    """

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[tuple[int, Query, date | None], _Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._answers)

    def get(self, generation: int, query: Query, day: date | None = None) -> SearchResults | None:
        """The answer to a question that was asked on a day, if there is one."""
        with self._lock:
            key = (generation, query, day)
            kept = self._answers.get(key)
            if kept is None:
                return None
            self._answers.move_to_end(key)
            return kept.results

    def put(self, query: Query, results: SearchResults, day: date | None = None) -> None:
        """Keep the answer to a question that was asked on a day."""
        size = size_of(query, results)
        if size > self._max_bytes // 4:
            return
        with self._lock:
            key = (results.generation, query, day)
            self._drop(key)
            self._answers[key] = _Kept(results, size)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0

    def _drop(self, key: tuple[int, Query, date | None]) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._bytes -= dropped.size


def size_of(query: Query, results: SearchResults) -> int:
    """How many bytes a question and its answer take when they are written down."""
    return len(repr(query)) + len(_RESULTS.dump_json(results))
