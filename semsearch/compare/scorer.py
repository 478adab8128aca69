"""How likely it is that one sentence reports what another does: a logistic model of signals.

The coefficients are in ``scorer.json``; ``scripts/fit-alignment`` made them. Every signal speaks
for a match, so none of them is negative. In fitting, the sentences of the other article compete
with each other and with "none of them".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from semsearch.compare.signals import NAMES, Matrix


@dataclass(frozen=True, slots=True)
class Scorer:
    """The model and its limits.

    Attributes:
        weights: One per signal, in the order of ``signals.NAMES``.
        constant: Log-odds where all signals are 0.
        short_weights: The same where one of the texts is short, so that context says little.
        short_constant: Likewise.
        shared_from: Log-odds from which a sentence counts as reported.
        not_found_below: Log-odds of the best sentence below which it counts as not reported.
    """

    weights: Matrix
    constant: float
    short_weights: Matrix
    short_constant: float
    shared_from: float
    not_found_below: float

    def logits(self, signals: Matrix, *, short: bool = False) -> Matrix:
        """Log-odds of a match; drops the last axis of ``signals``."""
        weights = self.short_weights if short else self.weights
        constant = self.short_constant if short else self.constant
        scores: Matrix = signals @ weights + np.float32(constant)
        return scores


@cache
def published() -> Scorer:
    """The model that comes with the package."""
    read = json.loads(files("semsearch.compare").joinpath("scorer.json").read_text("utf-8"))
    return Scorer(
        weights=_weights(read["full"]),
        constant=float(read["full"]["constant"]),
        short_weights=_weights(read["short"]),
        short_constant=float(read["short"]["constant"]),
        shared_from=float(read["shared_from"]),
        not_found_below=float(read["not_found_below"]),
    )


def _weights(model: Mapping[str, float]) -> Matrix:
    return np.array([model[name] for name in NAMES], np.float32)
