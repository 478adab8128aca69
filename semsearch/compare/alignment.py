"""Align the sentences of two articles: which sentence of one reports the same as one of the other.

Features of each pair of sentences go into a logistic model. All of them depend on the two articles
alone: word weights and the centre of the vectors come from their own sentences. So what is said of
a pair stays the same whatever else is compared with them. None depends on which of the two
sentences is looked up.

The coefficients are in ``scorer.json``; ``research/fit_alignment.py`` made them. Every feature
speaks for a match, so none of them is negative. In fitting, the sentences of the other article
compete with each other and with "none of them".
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count, filterfalse
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.compare.agreement import may_agree
from semsearch.compare.sentences import Sentences, SentenceWords, TermMatrix, unit
from semsearch.deadline import go_on

ALIGNED = "sentences aligned by vectors, words, numbers and neighbouring sentences"

Matrix = NDArray[np.floating[Any]]

FEATURES = (
    "centred",
    "words",
    "covered_least",
    "covered_most",
    "neighbours",
    "around",
    "lead",
    "numbers",
    "place",
)

# How much of the pair's mean vector, which says what both articles are about, is taken out.
_CENTRE = 0.5
_COUNTED_NUMBERS = 2
_LOOKED_AT = 8  # sentences of the other text, so that repetitive texts cost no more
_SHARED_FIRST = 1e3  # more than any log-odds
_SHORT = 5  # sentences; with fewer there is no context to speak of


@dataclass(frozen=True, slots=True)
class Scorer:
    """The model and its limits.

    Attributes:
        weights: One per feature, in the order of ``FEATURES``.
        constant: Log-odds where all features are 0.
        short_weights: The same where one of the texts is short, so that context says little.
        short_constant: Likewise.
        shared_from: Log-odds from which a sentence counts as reported.
        short_shared_from: The same where one of the texts is short.
        not_found_below: Log-odds of the best sentence below which it counts as not reported.
    """

    weights: Matrix
    constant: float
    short_weights: Matrix
    short_constant: float
    shared_from: float
    short_shared_from: float
    not_found_below: float

    def logits(self, features: Matrix, *, short: bool = False) -> Matrix:
        """Log-odds of a match; drops the last axis of ``features``."""
        weights = self.short_weights if short else self.weights
        constant = self.short_constant if short else self.constant
        scores: Matrix = features @ weights + np.float32(constant)
        return scores


@cache
def published_scorer() -> Scorer:
    """The model that comes with the package."""
    read = json.loads(files("semsearch.compare").joinpath("scorer.json").read_text("utf-8"))

    def weights(model: Mapping[str, float]) -> Matrix:
        return np.array([model[name] for name in FEATURES], np.float32)

    return Scorer(
        weights=weights(read["full"]),
        constant=float(read["full"]["constant"]),
        short_weights=weights(read["short"]),
        short_constant=float(read["short"]["constant"]),
        shared_from=float(read["shared_from"]),
        short_shared_from=float(read["short_shared_from"]),
        not_found_below=float(read["not_found_below"]),
    )


@dataclass(frozen=True, slots=True)
class Alignment:
    """The sentences of one article looked up in another.

    Attributes:
        logits: Log-odds that sentences i and j report the same, shape ``(len(a), len(b))``.
        shared: Whether they count as reporting it: they are alike enough, and nothing that they
            say disagrees (``agreement``); of the same shape.
    """

    logits: Matrix
    shared: NDArray[np.bool_]

    @property
    def best(self) -> NDArray[np.intp]:
        """The sentence that decides for each: the likeliest of those that share it, else of all."""
        deciding = np.where(self.shared, self.logits + _SHARED_FIRST, self.logits)
        most_likely: NDArray[np.intp] = deciding.argmax(1)
        return most_likely

    @property
    def top(self) -> Matrix:
        """Log-odds of the likeliest sentence for each."""
        highest: Matrix = self.logits.max(1)
        return highest

    @property
    def reverse(self) -> "Alignment":
        """The sentences of the other article looked up in the first."""
        return Alignment(self.logits.T, self.shared.T)


def align(a: Sentences, b: Sentences, scorer: Scorer) -> Alignment:
    """``a`` looked up in ``b``; both have at least one sentence."""
    short = _is_short(a, b)
    logits = scorer.logits(pair_features(a, b), short=short)
    alike = logits >= (scorer.short_shared_from if short else scorer.shared_from)
    shared = np.zeros_like(alike)
    for i, j in zip(*np.nonzero(alike & _among_best(logits)), strict=True):
        go_on()
        shared[i, j] = may_agree(a.span(i).text, b.span(j).text)
    return Alignment(logits, shared)


def _among_best(logits: Matrix) -> NDArray[np.bool_]:
    """The pairs that are among the likeliest few of both of their sentences."""
    rows, columns = (min(_LOOKED_AT, size) for size in logits.shape[::-1])
    least_of_rows = np.partition(logits, -rows, axis=1)[:, -rows, None]
    least_of_columns = np.partition(logits, -columns, axis=0)[-columns]
    among: NDArray[np.bool_] = (logits >= least_of_rows) & (logits >= least_of_columns)
    return among


def probability(logit: float) -> float:
    """Log-odds as a probability, rounded for showing."""
    return round(1 / (1 + exp(-logit)), 4)


def _is_short(a: Sentences, b: Sentences) -> bool:
    """Whether one of two texts is but a few sentences, as an excerpt is."""
    return min(len(a), len(b)) < _SHORT


def pair_features(a: Sentences, b: Sentences) -> Matrix:
    """The features of every sentence of one article with every sentence of another.

    ``centred``: cosine of the vectors less half the pair's mean, where
    neither text is short. ``words``: TF-IDF cosine. ``covered_least``, ``covered_most``: share of
    a sentence's content words, by weight, in the other; the lesser and the greater of the two.
    ``neighbours``: how well the sentences before and after one match some near the other.
    ``around``: cosine of three sentences around each. ``lead``: how far the pair is ahead of the
    next best for either sentence, the lesser of the two. ``numbers``: how many numbers they
    share, at most 2. ``place``: minus the distance of their relative places.

    Returns:
        float32 of shape ``(len(a), len(b), len(FEATURES))``.
    """
    centre = np.float32(0.0 if _is_short(a, b) else _CENTRE / 2) * (a.centre + b.centre)
    centred = unit(a.vectors - centre) @ unit(b.vectors - centre).T
    counts_a, counts_b, content = _on_shared_columns(a.table, b.table)
    held_a, held_b = (counts_a > 0).astype(np.float32), (counts_b > 0).astype(np.float32)
    document_frequency = held_a.sum(0) + held_b.sum(0)
    idf = (np.log((len(a) + len(b) + 1) / (document_frequency + 1)) + 1).astype(np.float32)
    words = unit(counts_a * idf) @ unit(counts_b * idf).T
    covered = _coverage(held_a, held_b, idf * content)
    covers = _coverage(held_b, held_a, idf * content).T
    both = (centred + words) / 2
    around = a.around @ b.around.T
    place = -np.abs(_relative_places(len(a))[:, None] - _relative_places(len(b))[None, :])
    return np.stack(
        (
            centred,
            words,
            np.minimum(covered, covers),
            np.maximum(covered, covers),
            (_beside(both) + _beside(both.T).T) / 2,
            around,
            np.minimum(_lead(both), _lead(both.T).T),
            _shared_numbers(a.words, b.words),
            place,
        ),
        axis=-1,
    ).astype(np.float32)


def _on_shared_columns(a: TermMatrix, b: TermMatrix) -> tuple[Matrix, Matrix, Matrix]:
    """Damped counts of both with one column per term of either, and which terms are content."""
    column = dict(zip(a.terms, count(), strict=False))
    new = list(filterfalse(column.__contains__, b.terms))
    column.update(zip(new, count(len(column)), strict=False))
    columns_b = list(map(column.__getitem__, b.terms))
    counts_a = np.zeros((len(a.damped), len(column)), np.float32)
    counts_b = np.zeros((len(b.damped), len(column)), np.float32)
    content = np.zeros(len(column), np.float32)
    counts_a[:, : len(a.terms)] = a.damped
    counts_b[:, columns_b] = b.damped
    content[: len(a.terms)] = a.content
    content[columns_b] = b.content
    return counts_a, counts_b, content


def _coverage(of: Matrix, by: Matrix, weights: Matrix) -> Matrix:
    """Share (by weight) of the words of each row of ``of`` that stand in each row of ``by``."""
    weighted = of * weights
    total = np.maximum(weighted.sum(1, keepdims=True), 1e-6)
    covered: Matrix = (weighted / total) @ by.T
    return covered


def _shared_numbers(a: Sequence[SentenceWords], b: Sequence[SentenceWords]) -> Matrix:
    shared = np.zeros((len(a), len(b)), np.float32)
    with_some = [(j, words.numerals) for j, words in enumerate(b) if words.numerals]
    for i, words in enumerate(a):
        if words.numerals:
            for j, numerals in with_some:
                shared[i, j] = min(len(words.numerals & numerals), _COUNTED_NUMBERS)
    return shared


def _beside(score: Matrix) -> Matrix:
    """Mean score of the sentences before and after i, each with the best near j."""
    padded = np.zeros((len(score) + 2, score.shape[1] + 2), score.dtype)
    padded[1:-1, 1:-1] = score
    near = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    mean: Matrix = (near[:-2] + near[2:]) / 2
    return mean


def _lead(score: Matrix) -> Matrix:
    """How far each score is above the best other one of its row; below 0 where it is not best."""
    if score.shape[1] == 1:
        return score.copy()
    ordered = np.sort(score, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    return score - np.where(score == best, second, best)


def _relative_places(count: int) -> Matrix:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)
