"""A few numbers by which texts that share runs of words find each other.

MinHash: of the runs of five words, the smallest value under each of several random orders. Two
texts with Jaccard index J share a given one with probability J, so at least one of 24 with
1 - (1 - J)^24: 92 % at J = .1. A teaser is a small part of its article, so the beginning has
eight numbers of its own.
"""

from functools import cache
from typing import TYPE_CHECKING

from semsearch.relate.profile import Profile
from semsearch.text.words import BEGINNING, Hashes, shingles

if TYPE_CHECKING:
    from datasketch import MinHash

WHOLE, OPENING = 24, 8
_SEED = 1


def sketch(profile: Profile) -> tuple[int, ...]:
    """The keys of an article, each 0 <= key < 2**63; none where no text is held.

    The same text gives the same keys in every process and on every platform. Articles with any
    key in common are candidates; a key holds its place, so equal numbers in different places do
    not meet.
    """
    if not profile.size:
        return ()
    values = [
        *_minima(profile.runs, WHOLE),
        *_minima(shingles(profile.words.report[:BEGINNING]), OPENING),
    ]
    return tuple(place << 32 | value for place, value in enumerate(values))


def _minima(runs: Hashes, count: int) -> list[int]:
    empty = _orders(count).copy()
    empty.update_batch((runs >> 32).tolist())
    return [int(value) for value in empty.hashvalues]


@cache
def _orders(count: int) -> "MinHash":
    from datasketch import MinHash  # noqa: PLC0415 - it brings scipy, which a question needs not

    return MinHash(num_perm=count, seed=_SEED, hashfunc=int)
