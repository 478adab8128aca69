"""Measures of a ranking, and how sure they are.

Measures come from ``ir_measures`` (MacAvaney, Macdonald and Ounis, 2022, ECIR), which calls the
code of trec_eval. Its nDCG takes a grade as its gain (linear) unless told otherwise; here a grade
``g`` gains ``2^g - 1`` (Burges et al., 2005, ICML), so that one full answer outweighs two partial
ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.errors import ConfigurationError

RESAMPLES = 10_000
SEED = 20_240_305
_CHUNK = 500
_LEVEL = 95.0
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scores:
    """One question's measures, each 0 to 1.

    Attributes:
        ndcg: nDCG@k with gain 2^grade - 1; the ideal ranking is of all judged articles.
        mrr: One over the rank of the first relevant article; 0 where it is not in the ranking.
        recall: Share of the relevant articles in the first k.
        hit: 1 where the first article is relevant.
    """

    ndcg: float
    mrr: float
    recall: float
    hit: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    questions: int


def measure(
    rankings: Mapping[str, Sequence[str]],
    grades: Mapping[str, Mapping[str, int]],
    threshold: int,
    k: int = 10,
) -> dict[str, Scores]:
    """Measure rankings.

    ``rankings`` have article ids, best first; an article without a grade has 0, and ``threshold``
    is the least that is relevant.

    Returns:
        The scores of every ranked question that has grades.

    Raises:
        ConfigurationError: ``ir-measures`` is not installed.
    """
    try:
        import ir_measures  # noqa: PLC0415 - commands that measure nothing do without
    except ImportError:
        raise ConfigurationError(
            "Measures need ir-measures, which is not installed.",
            "Install it with: pip install 'semsearch[eval]'",
        ) from None

    wanted = {
        "ndcg": ir_measures.nDCG(gains=gains(grades)) @ k,
        "mrr": ir_measures.RR(rel=threshold),
        "recall": ir_measures.R(rel=threshold) @ k,
        "hit": ir_measures.Success(rel=threshold) @ 1,
    }
    judged = {question: dict(grades[question]) for question in rankings if grades.get(question)}
    runs = {
        question: {
            article: float(len(rankings[question]) - place)
            for place, article in enumerate(rankings[question])
        }
        for question in judged
    }
    values: dict[str, dict[str, float]] = {question: {} for question in judged}
    names = {found: name for name, found in wanted.items()}
    for metric in ir_measures.iter_calc(list(wanted.values()), judged, runs) if judged else ():
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return {
        question: Scores(**{name: found.get(name, 0.0) for name in wanted})
        for question, found in values.items()
    }


def gains(grades: Mapping[str, Mapping[str, int]]) -> dict[int, int]:
    """The gain of every grade there is above 0."""
    found = {grade for judged in grades.values() for grade in judged.values() if grade > 0}
    return {grade: 2**grade - 1 for grade in sorted(found)}


def estimate(values: Sequence[float], resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """The mean with its 95 % percentile bootstrap interval; the same values give the same one.

    Args:
        values: One per question; at least one. For a paired difference: the differences.
        resamples: How often as many questions are drawn with replacement.
        seed: Of the draws.
    """
    drawn = _resampled_means(np.asarray(values, np.float64), resamples, seed)
    low, high = np.percentile(drawn, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
    mean = float(np.mean(values))
    return Estimate(
        round(mean, _DIGITS), round(float(low), _DIGITS), round(float(high), _DIGITS), len(values)
    )


def _resampled_means(values: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    draw = np.random.default_rng(seed)
    means = [
        values[draw.integers(0, len(values), (min(_CHUNK, resamples - done), len(values)))].mean(1)
        for done in range(0, resamples, _CHUNK)
    ]
    return np.concatenate(means)
