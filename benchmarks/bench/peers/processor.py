"""What the processor can do at most."""

import torch

from benchmarks.bench.peers.timing import seconds

_SIDE = 2_048
_TIMES = 10


class Products:
    """Products of large matrices in bfloat16, by torch."""

    def __init__(self) -> None:
        self._matrix = torch.rand(_SIDE, _SIDE).to(torch.bfloat16)
        self.rate()

    def rate(self) -> float:
        """Floating point operations per second, the best of some."""
        taken = [seconds(lambda: self._matrix @ self._matrix) for _ in range(_TIMES)]
        return 2 * _SIDE**3 / min(taken)
