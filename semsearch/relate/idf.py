"""How rare words are in the news: a table of inverse document frequencies.

The table of common words was made by research/fit_stories.py.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from semsearch.text.shingles import Hashes, word_hash


@dataclass(frozen=True, slots=True, eq=False)
class IdfTable:
    """Inverse document frequencies of words: ln(1 / share of articles that have the word).

    Attributes:
        words: uint64 (n,), sorted hashes of the commonest words (``words.word_hash``).
        weights: float32 (n,), of each.
        rare: Of every other word.
    """

    words: Hashes
    weights: NDArray[np.float32]
    rare: float

    def weigh(self, words: Hashes) -> NDArray[np.float32]:
        """The weights of some words, shape (n,)."""
        places = np.minimum(np.searchsorted(self.words, words), len(self.words) - 1)
        known = self.words[places] == words
        return np.where(known, self.weights[places], np.float32(self.rare))

    def share(self, words: Hashes, others: Hashes) -> float:
        """The share of some sorted words that are among others, by weight, 0-1; 0 of none."""
        weights = self.weigh(words)
        total = float(weights.sum())
        if not total or not len(others):
            return 0.0
        places = np.minimum(np.searchsorted(others, words), len(others) - 1)
        return float(weights[others[places] == words].sum()) / total

    def cosine(self, a: Hashes, b: Hashes) -> float:
        """The cosine of two sorted sets of words, 0-1; 0 where one is empty."""
        if not len(a) or not len(b):
            return 0.0
        weights = self.weigh(a) ** 2
        places = np.minimum(np.searchsorted(b, a), len(b) - 1)
        both = float(weights[b[places] == a].sum())
        lengths = float(weights.sum()) * float((self.weigh(b) ** 2).sum())
        return min(both / float(np.sqrt(lengths)), 1.0)


@cache
def idf_table() -> IdfTable:
    """The table that comes with the package."""
    with files(__package__).joinpath("idf.npz").open("rb") as file:
        table = np.load(file, allow_pickle=False)
        return IdfTable(table["words"], table["weights"].astype(np.float32), float(table["rare"]))


def is_rare(word: str) -> bool:
    """Whether a word is none of the commonest of the news."""
    return word_hash(word) not in _common()


@cache
def _common() -> frozenset[int]:
    return frozenset(idf_table().words.tolist())
