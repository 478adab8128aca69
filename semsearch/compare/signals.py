"""What speaks for or against sentence i of one article and j of another reporting the same.

All signals of a pair of articles depend on these two alone: word weights and the centre of the
vectors come from their own sentences. So what is said of a pair stays the same whatever else is
compared with them. None depends on which of the two sentences is looked up.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.compare.texts import Sentences, Words, WordTable

Matrix = NDArray[np.floating[Any]]

NAMES = (
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
_SHORT = 5  # sentences; with fewer there is no context to speak of


def is_short(a: Sentences, b: Sentences) -> bool:
    """Whether one of two texts is but a few sentences, as an excerpt is."""
    return min(len(a), len(b)) < _SHORT


def signals(a: Sentences, b: Sentences) -> Matrix:
    """The signals of every sentence of one article with every sentence of another.

    ``centred``: cosine of the vectors less half the pair's mean, where
    neither text is short. ``words``: TF-IDF cosine. ``covered_least``, ``covered_most``: share of
    a sentence's content words, by weight, in the other; the lesser and the greater of the two.
    ``neighbours``: how well the sentences before and after one match some near the other.
    ``around``: cosine of three sentences around each. ``lead``: how far the pair is ahead of the
    next best for either sentence, the lesser of the two. ``numbers``: how many numbers they
    share, at most 2. ``place``: minus the distance of their relative places.

    Args:
        a: Sentences of one article in order, at least one.
        b: Of the other.

    Returns:
        float32 of shape ``(len(a), len(b), len(NAMES))``.
    """
    share = 0.0 if is_short(a, b) else _CENTRE
    centre = share * (a.vectors.mean(0) + b.vectors.mean(0)) / 2
    centred = _unit(a.vectors - centre) @ _unit(b.vectors - centre).T
    counts_a, counts_b, content = _side_by_side(a.table, b.table)
    held_a, held_b = (counts_a > 0).astype(np.float32), (counts_b > 0).astype(np.float32)
    idf = _idf(held_a.sum(0) + held_b.sum(0), len(a) + len(b))
    words = _unit(counts_a * idf) @ _unit(counts_b * idf).T
    covered = _coverage(held_a, held_b, idf * content)
    covers = _coverage(held_b, held_a, idf * content).T
    both = (centred + words) / 2
    around = _unit(_windows(a.vectors)) @ _unit(_windows(b.vectors)).T
    place = -np.abs(_places(len(a.words))[:, None] - _places(len(b.words))[None, :])
    return np.stack(
        (
            centred,
            words,
            np.minimum(covered, covers),
            np.maximum(covered, covers),
            _neighbours(both),
            around,
            np.minimum(_lead(both), _lead(both.T).T),
            _shared_numbers(a.words, b.words),
            place,
        ),
        axis=-1,
    ).astype(np.float32)


def _side_by_side(a: WordTable, b: WordTable) -> tuple[Matrix, Matrix, Matrix]:
    """Damped counts of both with one column per term of either, and which terms are content."""
    column = {term: place for place, term in enumerate(a.terms)}
    places = [column.setdefault(term, len(column)) for term in b.terms]
    counts_a = np.zeros((len(a.damped), len(column)), np.float32)
    counts_b = np.zeros((len(b.damped), len(column)), np.float32)
    content = np.zeros(len(column), np.float32)
    counts_a[:, : len(a.terms)] = a.damped
    counts_b[:, places] = b.damped
    content[: len(a.terms)] = a.content
    content[places] = b.content
    return counts_a, counts_b, content


def _idf(held: Matrix, sentences: int) -> Matrix:
    weights: Matrix = np.log((sentences + 1) / (held + 1)) + 1
    return weights.astype(np.float32)


def _coverage(of: Matrix, by: Matrix, weights: Matrix) -> Matrix:
    """Share (by weight) of the words of each row of ``of`` that stand in each row of ``by``."""
    weighted = of * weights
    total = np.maximum(weighted.sum(1, keepdims=True), 1e-6)
    covered: Matrix = (weighted / total) @ by.T
    return covered


def _shared_numbers(a: Sequence[Words], b: Sequence[Words]) -> Matrix:
    shared = np.zeros((len(a), len(b)), np.float32)
    with_some = [(j, words.numerals) for j, words in enumerate(b) if words.numerals]
    for i, words in enumerate(a):
        if words.numerals:
            for j, numerals in with_some:
                shared[i, j] = min(len(words.numerals & numerals), _COUNTED_NUMBERS)
    return shared


def _neighbours(score: Matrix) -> Matrix:
    """Mean score of the sentences before and after i with the best near j, and the reverse."""
    there, back = _beside(score), _beside(score.T).T
    mean: Matrix = (there + back) / 2
    return mean


def _beside(score: Matrix) -> Matrix:
    rows, columns = score.shape
    padded = np.zeros((rows + 2, columns + 2), np.float32)
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


def _places(count: int) -> Matrix:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def _windows(vectors: Matrix) -> Matrix:
    padded = np.pad(vectors, ((1, 1), (0, 0)))
    return padded[:-2] + padded[1:-1] + padded[2:]


def _unit(rows: Matrix) -> Matrix:
    unit: Matrix = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return unit
