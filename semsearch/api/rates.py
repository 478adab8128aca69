"""How often somebody may ask: a bucket that fills at a steady rate."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Rates:
    """A bucket of ``burst`` tokens for each key, filled with ``rate`` tokens a second.

    Args:
        rate: Tokens a second; 0: without limit.
        burst: Tokens of a full bucket.
        clock: Seconds that only grow.
    """

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: str) -> float:
        """Take a token.

        Returns:
            0, or the seconds until there is one.
        """
        if not self._rate:
            return 0.0
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled) * self._rate)
        bucket.filled = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        return 0.0
