"""Micro-batches: what is asked while the encoder is busy is encoded together next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock

import numpy as np

from semsearch.encode.encoder import Vectors

Row = Sequence[int]


@dataclass(slots=True, eq=False)
class _Question:
    """A row that some thread waits for; ``turn`` is set when it has a vector or is to be run."""

    row: Row
    length: int
    turn: Event = field(default_factory=Event)
    vector: Vectors | None = None
    error: Exception | None = None


class MicroBatcher:
    """Gathers the questions of several threads into batches of one length.

    Nobody waits for company: a question that finds a place free is run at once, by the thread that
    asks it. Those that come while all places are taken wait; the next free place takes the one that
    has waited longest, with all others that are padded to its length. What a row is padded to does
    not depend on its company, so its vector is the same, bit by bit, in every batch.

    Args:
        run: Rows that are padded to one length to vectors, shape (rows, dimension).
        places: How many batches may be run at the same time.
        largest: Rows a batch may have.
    """

    def __init__(self, run: Callable[[Sequence[Row]], Vectors], places: int, largest: int) -> None:
        self._run = run
        self._free = places
        self._largest = largest
        self._waiting: list[_Question] = []
        self._guard = Lock()

    def encode(self, row: Row, length: int) -> Vectors:
        """The vector of a row that is padded to a length, shape (dimension,).

        Raises:
            Exception: Whatever ``run`` raised for its batch.
        """
        mine = _Question(row, length)
        with self._guard:
            if self._free:
                self._free -= 1
                mine.turn.set()
            else:
                self._waiting.append(mine)
        mine.turn.wait()
        if mine.vector is None and mine.error is None:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return np.asarray(mine.vector)

    def _lead(self, first: _Question) -> None:
        """Run a question with those that wait and are like it; then the place is the next one's."""
        with self._guard:
            like = [one for one in self._waiting if one.length == first.length]
            batch = [first, *like[: self._largest - 1]]
            self._waiting = [one for one in self._waiting if one not in batch]
        try:
            for one, vector in zip(batch, self._run([one.row for one in batch]), strict=True):
                one.vector = vector
        except Exception as error:  # noqa: BLE001 - raised by every thread that waits for it
            for one in batch:
                one.error = error
        finally:
            with self._guard:
                following = self._waiting[:1]
                del self._waiting[:1]
                self._free += not following
            for one in (*batch, *following):
                one.turn.set()
