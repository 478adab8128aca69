"""Which segments the next generation takes over and which are written anew."""

from collections.abc import Sequence
from dataclasses import dataclass

# A segment grows by merging with the next as long as it is less than twice as large: every
# article is rewritten at most log2(n) times and there are at most log2(n) segments.
_GROWTH = 2
_MAX_DEAD_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the next generation: taken over by name, or written from its keys."""

    name: str | None
    pks: Sequence[int]


def merged(parts: Sequence[Part], gone: set[int]) -> list[Part]:
    """The segments after merging small neighbours and dropping what is mostly or wholly dead.

    Args:
        parts: In order of their keys.
        gone: Keys that are no longer in the index.
    """
    kept: list[Part] = []
    for part in parts:
        alive = [pk for pk in part.pks if pk not in gone]
        sound = len(alive) >= (1 - _MAX_DEAD_SHARE) * len(part.pks)
        if alive:
            kept.append(part if sound else Part(None, alive))
        while len(kept) > 1 and len(kept[-2].pks) < _GROWTH * len(kept[-1].pks):
            last, before = kept.pop(), kept.pop()
            kept.append(Part(None, [pk for pk in (*before.pks, *last.pks) if pk not in gone]))
    return kept
