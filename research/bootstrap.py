"""Bootstrap intervals of figures that are no means, such as F1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from semsearch.evaluation.measures import SEED, Estimate

DRAWS = 2_000


def bootstrap(of: Callable[[NDArray[np.int64]], float], count: int, draws: int = DRAWS) -> Estimate:
    """A figure with its 95 % percentile interval; the same input gives the same one.

    Args:
        of: The figure of some items, given by their positions, a drawn one as often as it is.
        count: Items there are; at least one.
        draws: How often as many are drawn with replacement.
    """
    draw = np.random.default_rng(SEED)
    drawn = [of(draw.integers(0, count, count)) for _ in range(draws)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    whole = of(np.arange(count))
    return Estimate(round(whole, 6), round(float(low), 6), round(float(high), 6), count)
