"""What was read about articles lately. A version never changes, so nothing kept is ever stale."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class ArticleCache(Generic[T]):
    """Values by the keys of articles, the most recently asked ones; safe to use from threads.

    Args:
        read: Gives the values of keys that are not held; those that do not exist are missing.
        most: So many are kept.
    """

    def __init__(self, read: Callable[[list[int]], Mapping[int, T]], most: int) -> None:
        self._read = read
        self._most = most
        self._held: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def get(self, pks: Iterable[int]) -> dict[int, T]:
        """The values of those that exist, in order of key."""
        wanted = sorted(set(pks))
        with self._lock:
            found = {pk: self._held[pk] for pk in wanted if pk in self._held}
        missing = [pk for pk in wanted if pk not in found]
        if missing:
            found |= self._read(missing)
        with self._lock:
            for pk, value in found.items():
                self._held[pk] = value
                self._held.move_to_end(pk)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return {pk: found[pk] for pk in wanted if pk in found}
