"""Timing of what answers one question after the other."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]
Answers = tuple[float, list[list[int]]]
"""Median milliseconds of a query, and what each found."""
Asked = TypeVar("Asked")


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def timed(asked: Iterable[Asked], ask: Callable[[Asked], object]) -> float:
    """Median milliseconds of a question, asked one after the other."""
    return 1000 * median(seconds(partial(ask, question)) for question in asked)


def answers(queries: Vectors, search: Callable[[Vectors], Numbers]) -> Answers:
    """Ask one query after the other, as they come to a service."""
    found: list[list[int]] = []
    took = timed(queries, lambda query: found.append(search(query).tolist()))
    return took, found
