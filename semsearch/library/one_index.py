"""Answers that come wholly from one index, whatever takes its place while they are made."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from semsearch.library.library import Library


class Reads(Protocol):
    """Answers from a library."""

    _library: Library


R = TypeVar("R", bound=Reads)
P = ParamSpec("P")
T = TypeVar("T")


def from_one_index(
    method: Callable[Concatenate[R, P], T],
) -> Callable[Concatenate[R, P], T]:
    """A method whose answer is refused where it may be of two indexes; see ``Library.settled``."""

    @wraps(method)
    def settled(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._library.settled():
            return method(self, *args, **kwargs)

    return settled
