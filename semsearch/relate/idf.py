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

    def weighed(self, words: Hashes) -> "WeighedWords":
        """Some sorted words with their weights."""
        return WeighedWords(words, self.weigh(words))

    def cosine(self, a: Hashes, b: Hashes) -> float:
        """The cosine of two sorted sets of words, 0-1; 0 where one is empty."""
        return self.weighed(a).cosine(self.weighed(b)) if len(a) and len(b) else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class WeighedWords:
    """Distinct words of an article, weighed once for all that it is compared with.

    Attributes:
        words: uint64 (n,), sorted hashes.
        weights: float32 (n,), of each.
    """

    words: Hashes
    weights: NDArray[np.float32]

    def share(self, others: Hashes) -> float:
        """The share of the words that are among others, sorted, by weight, 0-1; 0 of none."""
        total = float(self.weights.sum())
        return float(self.weights[_among(self.words, others)].sum()) / total if total else 0.0

    def shared(self, others: Hashes) -> float:
        """The weight of the words that are among others, sorted."""
        return float(self.weights[_among(self.words, others)].sum())

    def cosine(self, other: "WeighedWords") -> float:
        """The cosine of both, 0-1; 0 where one is empty."""
        if not len(self.words) or not len(other.words):
            return 0.0
        squares = self.weights**2
        both = float(squares[_among(self.words, other.words)].sum())
        lengths = float(squares.sum()) * float((other.weights**2).sum())
        return min(both / float(np.sqrt(lengths)), 1.0)


def _among(words: Hashes, others: Hashes) -> NDArray[np.bool_]:
    """Which of some words are among others, sorted."""
    if not len(others):
        return np.zeros(len(words), np.bool_)
    found: NDArray[np.bool_] = (
        others[np.minimum(others.searchsorted(words), len(others) - 1)] == words
    )
    return found


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
