"""Whether two articles report the same event.

Articles on one topic are near each other whatever they report: two launches, two court cases. What
tells events apart are the words they share, each weighed by how rare it is in the news: names,
places and figures weigh much, the vocabulary of the topic little. So the probability rests on
three signals: cosine of the leads, cosine of the weighed words, days between the two. Weights and
the table of common words were made by scripts/fit-stories.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from semsearch.articles.relation import Judgement
from semsearch.coverage.profile import Profile
from semsearch.coverage.relate import judge

_SECONDS_A_DAY = 86_400.0
_LEAST = 1e-6
SIGNALS = ("lead", "words", "days")


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
class Model:
    """A logistic decision over ``SIGNALS``; ``calibration`` names the data it was fitted on."""

    calibration: str
    constant: float
    lead: float
    words: float
    days: float


def same_event(a: Profile, b: Profile, judgement: Judgement | None = None) -> float:
    """The probability that both report one event, 0-1; the same for ``same_event(b, a)``.

    A logarithmic opinion pool: the mean of the log-odds that the signals give and of those that
    ``relate.judge`` gives, which knows names, figures and outlets.

    Args:
        a: One article.
        b: The other.
        judgement: Of the pair, where it is known already.
    """
    model = fitted()
    lead, words, days = signals(a, b)
    own = model.constant + model.lead * lead + model.words * words + model.days * days
    judged = (judgement or judge(a, b)).probabilities.same_story
    judged = min(max(judged, _LEAST), 1 - _LEAST)
    return 1 / (1 + exp(-(own + log(judged / (1 - judged))) / 2))


def signals(a: Profile, b: Profile) -> tuple[float, float, float]:
    """``SIGNALS`` of a pair.

    Returns:
        Cosine of the leads (0 where there is none), cosine of all words weighed by rarity, and
        log(1 + days apart), 0 where a date is unknown.
    """
    lead = 0.0
    if a.lead_vector is not None and b.lead_vector is not None:
        lead = float(a.lead_vector @ b.lead_vector)
    days = 0.0
    if a.seconds is not None and b.seconds is not None:
        days = log1p(abs(a.seconds - b.seconds) / _SECONDS_A_DAY)
    return lead, rarity().cosine(a.everywhere, b.everywhere), days


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
