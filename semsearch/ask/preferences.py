"""Parts of the score that count only where they are asked for: quality and diversity of outlets."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.ranking import Column

# Little beside what the first ten hits of a usual answer lie apart: nothing wins by these alone.
_QUALITY = 0.05
_REPEATED = 0.05
_BEST = 100

_SOURCES = r"(?:outlets|providers|publishers|newspapers|papers|publications|press|media)"
_ASKS_FOR_VARIETY = re.compile(
    rf"\b(?:different|various|several|multiple|diverse|many)\s+(?:news\s+)?{_SOURCES}\b"
    rf"|\bacross\s+(?:the\s+)?(?:news\s+)?{_SOURCES}\b"
    rf"|\bhow\s+(?:do|did|does|have|has|are|were)\s+(?:the\s+)?(?:news\s+|other\s+)?{_SOURCES}\b",
    re.IGNORECASE,
)


def asks_for_variety(question: str) -> bool:
    """Whether the words ask for several outlets: "from different outlets", "how did the press"."""
    return bool(_ASKS_FOR_VARIETY.search(question))


def quality_part(qualities: Sequence[int | None]) -> Column:
    """0 to 0.05 for qualities of 0 to 100; 0 for an unknown one."""
    known = np.array([quality or 0 for quality in qualities], np.float64)
    return _QUALITY * known / _BEST


def diversity_part(providers: Sequence[str], rows: NDArray[np.intp]) -> Column:
    """A penalty of 0.05 for each better ranked article of the same provider.

    The greedy choice of maximal marginal relevance (Carbonell and Goldstein, 1998, SIGIR), with
    "of the same provider" as its similarity: then an article's penalty depends on its place among
    those of its provider alone, and no choice has to be made one by one.

    Args:
        providers: Key of each candidate's provider, shape (n,); the empty one, for unknown, is
            never the same as another.
        rows: The ranked candidates, best first.
    """
    _, codes = np.unique(np.array(providers, np.str_), return_inverse=True)
    ranked = codes[rows]
    order = np.argsort(ranked, kind="stable")
    _, sizes = np.unique(ranked, return_counts=True)
    better = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    part = np.zeros(len(providers))
    part[rows[order]] = -_REPEATED * better
    part[[not provider for provider in providers]] = 0.0
    return part
