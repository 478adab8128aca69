"""Cache what was read lately and never changes, so that it need not be read again."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Values by key; those used least recently go first. Safe to use from several threads.

    Args:
        most: What the values may weigh together.
        weigh: What one weighs.
    """

    def __init__(self, most: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()
        self._cleared = 0

    def __len__(self) -> int:
        """How many values are held."""
        return len(self._values)

    def get(self, keys: Collection[K], read: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of some keys, in their order; those that are not held are read.

        Keys that ``read`` gives no value for are missing.
        """
        with self._lock:
            cleared = self._cleared
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
        lacking = [key for key in keys if key not in found]
        if not lacking:
            return found
        new = read(lacking)
        with self._lock:
            if cleared == self._cleared:  # else it may be of what was there before
                self._keep(new)
        found |= new
        return {key: found[key] for key in keys if key in found}

    def one(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key; one that is not held is made."""
        return self.get([key], lambda _: {key: make()})[key]

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._values.clear()
            self._weight = 0
            self._cleared += 1

    def _keep(self, new: Mapping[K, V]) -> None:
        for key, value in new.items():
            if key not in self._values:
                self._values[key] = value
                self._weight += self._weigh(value)
        while self._weight > self._most and self._values:
            _, gone = self._values.popitem(last=False)
            self._weight -= self._weigh(gone)
