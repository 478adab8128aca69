"""How long a piece of work may take, and where its time went.

Whoever starts the work opens a budget; whoever does it says with ``stage`` what it is about to do
and, within long loops, asks with ``go_on`` whether it still may. Both cost next to nothing and do
nothing where no budget was opened.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event

from semsearch.errors import StoppingError, TimeLimitError

_NEVER = Event()


@dataclass(frozen=True, slots=True)
class Budget:
    """What one piece of work may take and has taken.

    Attributes:
        seconds: How long it may take.
        stopping: Set when everything is to end, whatever it has still left.
        deadline: When its time is over, on the monotonic clock.
        stages: Seconds that each stage has taken so far.
    """

    seconds: float
    stopping: Event = _NEVER
    deadline: float = field(init=False)
    stages: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "deadline", time.monotonic() + self.seconds)

    def check(self) -> None:
        """Return as long as the work may go on.

        Raises:
            TimeLimitError: Its time is over.
            StoppingError: Everything is to end.
        """
        if self.stopping.is_set():
            raise StoppingError("The service is stopping.")
        if time.monotonic() > self.deadline:
            raise TimeLimitError(f"This takes longer than {self.seconds:g} seconds.")


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def within(budget: Budget) -> Iterator[Budget]:
    """Work with a budget until the block ends, in this thread and those it hands work to."""
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)


def go_on() -> None:
    """Return as long as the current work may go on.

    Raises:
        TimeLimitError, StoppingError: It may not.
    """
    budget = _current.get()
    if budget is not None:
        budget.check()


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A named part of the current work, which is timed.

    Raises:
        TimeLimitError, StoppingError: The work may not go on.
    """
    budget = _current.get()
    if budget is None:
        yield
        return
    budget.check()
    started = time.perf_counter()
    try:
        yield
    finally:
        spent = time.perf_counter() - started
        budget.stages[name] = budget.stages.get(name, 0.0) + spent
