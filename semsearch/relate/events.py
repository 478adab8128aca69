"""Whether two articles report the same event.

Articles on one topic are near each other whatever they report: two launches, two court cases. What
tells events apart are the words they share, each weighed by how rare it is in the news, the names
and figures that one has and the other lacks, and time: coverage of an event falls within days, and
what resembles it weeks later is another. Dates that are unknown say nothing either way. Weights and
the table of common words were made by research/fit_stories.py.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log1p

import numpy as np
from numpy.typing import NDArray

from semsearch.model.relation import Judgement
from semsearch.relate.evidence import Features, days_apart, features
from semsearch.relate.profile import Profile

_MOULD = 0.6
"""Cosine of the words of two texts from which an outlet's notices count as from one mould."""
_SOON = 3.0
"""Days within which coverage of an event thins out little; from there on by powers of time."""


@dataclass(frozen=True, slots=True, eq=False)
class Rarity:
    """How much words weigh: the logarithm of one over the share of articles that have them.

    Attributes:
        words: uint64 (n,), sorted hashes of the commonest words (``words.word_hash``).
        weights: float32 (n,), of each.
        rare: Of every other word.
    """

    words: NDArray[np.uint64]
    weights: NDArray[np.float32]
    rare: float

    def of(self, words: NDArray[np.uint64]) -> NDArray[np.float32]:
        """The weights of some words, shape (n,)."""
        places = np.minimum(np.searchsorted(self.words, words), len(self.words) - 1)
        known = self.words[places] == words
        return np.where(known, self.weights[places], np.float32(self.rare))

    def cosine(self, a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
        """The cosine of two sorted sets of words, 0-1; 0 where one is empty."""
        if not len(a) or not len(b):
            return 0.0
        weights = self.of(a) ** 2
        places = np.minimum(np.searchsorted(b, a), len(b) - 1)
        both = float(weights[b[places] == a].sum())
        lengths = float(weights.sum()) * float((self.of(b) ** 2).sum())
        return min(both / float(np.sqrt(lengths)), 1.0)


@dataclass(frozen=True, slots=True)
class Signals:
    """What a pair shows of one event; the same whichever article is called a.

    Attributes:
        opening: As in ``evidence.Features``: how each begins, and the closest of the other.
        words: Cosine of all words weighed by rarity, 0-1.
        agree: As in ``evidence.Features``: names in common, 0-1.
        figures: As in ``evidence.Features``: figures that only one has.
        dated: 1 where both dates are known, else 0.
        apart: log(1 + days apart / 3); 0 where a date is unknown.
        one_outlet: 1 for one provider, which seldom reports an event twice.
    """

    opening: float
    words: float
    agree: float
    figures: float
    dated: float
    apart: float
    one_outlet: float


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic decision over ``Signals``; ``calibration`` names the data it was fitted on."""

    calibration: str
    constant: float
    opening: float
    words: float
    agree: float
    figures: float
    dated: float
    apart: float
    one_outlet: float

    def probability(self, shown: Signals) -> float:
        """That both report one event, 0-1."""
        logit = (
            self.constant
            + self.opening * shown.opening
            + self.words * shown.words
            + self.agree * shown.agree
            + self.figures * shown.figures
            + self.dated * shown.dated
            + self.apart * shown.apart
            + self.one_outlet * shown.one_outlet
        )
        return 1 / (1 + exp(-logit))


def same_event(
    a: Profile, b: Profile, judgement: Judgement, shared: Features | None = None
) -> float:
    """The probability that both report one event, 0-1; the same for ``same_event(b, a)``.

    Args:
        a: One article.
        b: The other.
        judgement: What ``relate.judge`` says of them. One text reports one event, whatever the
            rest shows. What an outlet says again in much the same words, and is no copy, is the
            next notice from one mould.
        shared: Their features, from whoever has them already.
    """
    shown = signals(a, b, shared)
    mould = shown.one_outlet and shown.words >= _MOULD
    return (
        judgement.probabilities.same_story
        if mould
        else max(fitted().probability(shown), judgement.p_duplicate)
    )


def signals(a: Profile, b: Profile, shared: Features | None = None) -> Signals:
    """The signals of a pair, some of which are among its features."""
    shared = features(a, b) if shared is None else shared
    days = days_apart(a, b)
    return Signals(
        opening=shared.opening,
        words=rarity().cosine(a.everywhere, b.everywhere),
        agree=shared.agree,
        figures=shared.figures,
        dated=0.0 if days is None else 1.0,
        apart=0.0 if days is None else log1p(days / _SOON),
        one_outlet=shared.one_outlet,
    )


@cache
def fitted() -> Model:
    """The model that comes with the package."""
    return Model(**json.loads(files(__package__).joinpath("events.json").read_text("utf-8")))


@cache
def rarity() -> Rarity:
    """The table that comes with the package."""
    with files(__package__).joinpath("rarity.npz").open("rb") as file:
        table = np.load(file, allow_pickle=False)
        return Rarity(table["words"], table["weights"].astype(np.float32), float(table["rare"]))
