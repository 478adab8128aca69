"""Questions of many threads are gathered by length, and each gets its own vector."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Lock

import numpy as np
import pytest

from semsearch.encode.batching import MicroBatcher, Row
from semsearch.encode.encoder import Vectors


class Model:
    """Gives each row itself as its vector, and notes the batches.

    Args:
        slow: Seconds that a batch takes.
    """

    def __init__(self, slow: float = 0.0) -> None:
        self.slow = slow
        self.batches: list[list[Row]] = []
        self.running = 0
        self.most = 0
        self._lock = Lock()

    def __call__(self, rows: Sequence[Row]) -> Vectors:
        with self._lock:
            self.batches.append(list(rows))
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(self.slow)
        with self._lock:
            self.running -= 1
        if any(row[0] < 0 for row in rows):
            raise ValueError("a row that the model fails on")
        return np.array([[float(row[0]), float(len(row))] for row in rows], np.float32)


def test_a_question_alone_is_run_at_once_and_alone() -> None:
    model = Model()
    batcher = MicroBatcher(model, places=1, largest=16)
    for number in range(5):
        assert batcher.encode([number], 8).tolist() == [number, 1]
    assert model.batches == [[[number]] for number in range(5)]


@pytest.mark.parametrize("places", [1, 2, 3])
def test_every_thread_gets_its_own_vector(places: int) -> None:
    model = Model(slow=0.001)
    batcher = MicroBatcher(model, places, largest=4)
    rows = [[number] * (1 + number % 3) for number in range(400)]
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda row: batcher.encode(row, len(row)).tolist(), rows))
    assert found == [[row[0], len(row)] for row in rows]
    assert sorted(list(row) for batch in model.batches for row in batch) == sorted(rows)
    assert all(len({len(row) for row in batch}) == 1 for batch in model.batches)
    assert max(len(batch) for batch in model.batches) <= 4
    assert len(model.batches) < len(rows)
    assert 1 <= model.most <= places


def test_what_comes_while_all_places_are_taken_goes_together() -> None:
    entered, go_on = Event(), Event()
    batches: list[list[Row]] = []

    def run(rows: Sequence[Row]) -> Vectors:
        batches.append(list(rows))
        entered.set()
        go_on.wait(10)
        return np.array([[row[0]] for row in rows], np.float32)

    batcher = MicroBatcher(run, places=1, largest=16)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(batcher.encode, [0], 8)
        entered.wait(10)
        others = [pool.submit(batcher.encode, [n], 8 if n < 4 else 16) for n in range(1, 6)]
        while len(batcher._waiting) < 5:
            time.sleep(0.001)
        go_on.set()
        assert [float(one.result(10)[0]) for one in (first, *others)] == [0, 1, 2, 3, 4, 5]
    assert batches[0] == [[0]]
    assert sorted(len(batch) for batch in batches[1:]) == [2, 3]


def test_a_failure_reaches_those_whose_batch_it_was_and_nobody_else() -> None:
    model = Model(slow=0.001)
    batcher = MicroBatcher(model, places=2, largest=8)
    start = Barrier(8)

    def ask(number: int) -> float | str:
        start.wait(10)
        try:
            return float(batcher.encode([number], 8 if number >= 0 else 16)[0])
        except ValueError as error:
            return str(error)

    numbers = [1, -1, 2, -2, 3, -3, 4, 5]
    for _ in range(20):
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(ask, numbers))
        failed = "a row that the model fails on"
        assert found == [float(n) if n >= 0 else failed for n in numbers]
    assert batcher.encode([7], 8)[0] == 7  # all places are free again
    assert batcher.encode([8], 8)[0] == 8
