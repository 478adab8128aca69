"""How well relations are told, beside single thresholds tuned on the very same pairs.

A set is a table of pairs that somebody has read: columns ``set_a id_a set_b id_b label``, with a
header, tab-separated; more columns are passed over. The
expected calibration error is the mean distance between what was said and what was so, over ten
bins of equal width, each weighed by its pairs (Naeini, Cooper and Hauskrecht, 2015, AAAI).
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from research.bootstrap import bootstrap
from semsearch.errors import InvalidRequestError
from semsearch.evaluation.measures import Estimate
from semsearch.model.relation import RelationKind
from semsearch.relate.profile import Profile, cosine
from semsearch.relate.relate import judge
from semsearch.text.shingles import contained, shared_count

CLASSES = tuple(kind for kind in RelationKind if kind is not RelationKind.UNDECIDABLE)
_CLOSER = {RelationKind.COPY, RelationKind.EDITED, RelationKind.STORY}
_BINS = 10

Truth = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A pair that was read."""

    a: str
    b: str
    label: RelationKind


@dataclass(frozen=True, slots=True)
class Bin:
    """Pairs whose ``p_duplicate`` lay in a tenth: how many, what was said, what was so."""

    pairs: int
    said: float
    was: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """A single threshold on one signal, the one that serves it best on these pairs."""

    signal: str
    threshold: float
    f1: Estimate


@dataclass(frozen=True, slots=True)
class PairFigures:
    """What was found on the pairs; intervals are 95 % bootstrap over pairs.

    Attributes:
        pairs: How many; ``undecidable`` of them were called so and count by their likeliest class.
        duplicate: F1 of copy or edited; ``baselines`` - of single thresholds.
        story: F1 of story or closer; ``story_baselines`` - of single thresholds.
        macro: Mean F1 of the five classes; ``classes`` - of each.
        calibration_error: Expected calibration error of ``p_duplicate``.
        brier: Its mean squared error.
        bins: Its reliability.
    """

    pairs: int
    undecidable: int
    duplicate: Estimate
    baselines: tuple[Baseline, ...]
    story: Estimate
    story_baselines: tuple[Baseline, ...]
    macro: Estimate
    classes: Mapping[str, float]
    calibration_error: Estimate
    brier: Estimate
    bins: tuple[Bin, ...]


def read_pairs(path: Path) -> list[LabelledPair]:
    """Read a table of pairs.

    Raises:
        InvalidRequestError: A column is missing or a label is none of the five.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = {"id_a", "id_b", "label"} - set(rows.fieldnames or ())
        if missing:
            raise InvalidRequestError(f"{path} has no column {', '.join(sorted(missing))}.")
        return [_pair(row, path, number) for number, row in enumerate(rows, start=2)]


def _pair(row: Mapping[str, str], path: Path, line: int) -> LabelledPair:
    if row["label"] not in CLASSES:
        raise InvalidRequestError(
            f"{path}:{line}: {row['label']} is no label.", f"Labels: {', '.join(CLASSES)}."
        )
    return LabelledPair(row["id_a"], row["id_b"], RelationKind(row["label"]))


def evaluate_pairs(pairs: Sequence[LabelledPair], profiles: Mapping[str, Profile]) -> PairFigures:
    """Judge pairs, and measure.

    Args:
        pairs: At least one; both articles have profiles.
        profiles: By article id.
    """
    sides = [(profiles[pair.a], profiles[pair.b]) for pair in pairs]
    judgements = [judge(a, b) for a, b in sides]
    gold = np.array([CLASSES.index(pair.label) for pair in pairs])
    found = np.array(
        [
            max(range(len(CLASSES)), key=lambda at: getattr(one.probabilities, CLASSES[at].value))
            for one in judgements
        ]
    )
    duplicate = np.array([pair.label.is_duplicate for pair in pairs])
    story = np.array([pair.label in _CLOSER for pair in pairs])
    said = np.array([one.p_duplicate for one in judgements])
    closer = np.array([one.probabilities.same_story for one in judgements])
    signals = {
        name: np.array([signal(a, b) for a, b in sides]) for name, signal in _SIGNALS.items()
    }
    count = len(pairs)
    return PairFigures(
        pairs=count,
        undecidable=sum(one.relation is RelationKind.UNDECIDABLE for one in judgements),
        duplicate=_f1_with_interval(duplicate, said >= 0.5),  # noqa: PLR2004 - even odds
        baselines=tuple(best_threshold(name, duplicate, signals[name]) for name in signals),
        story=_f1_with_interval(story, closer >= 0.5),  # noqa: PLR2004
        story_baselines=tuple(best_threshold(name, story, signals[name]) for name in signals),
        macro=bootstrap(lambda drawn: _macro(gold[drawn], found[drawn]), count),
        classes={
            kind.value: round(f1(gold == at, found == at), 6) for at, kind in enumerate(CLASSES)
        },
        calibration_error=bootstrap(
            lambda drawn: calibration_error(duplicate[drawn], said[drawn]), count
        ),
        brier=bootstrap(lambda drawn: float(np.mean((said - duplicate)[drawn] ** 2)), count),
        bins=tuple(reliability(duplicate, said)),
    )


def f1(truth: Truth, found: Truth) -> float:
    """F1 of the true class; 1 where there is none and none was found."""
    both = int(np.sum(truth & found))
    total = int(np.sum(truth) + np.sum(found))
    return 2 * both / total if total else 1.0


def best_threshold(signal: str, truth: Truth, values: Scores) -> Baseline:
    """The threshold with the best F1 on these very pairs: as good as a single one can look."""
    threshold = max(np.unique(values).tolist(), key=lambda at: f1(truth, values >= at))
    return Baseline(signal, round(threshold, 4), _f1_with_interval(truth, values >= threshold))


def reliability(truth: Truth, said: Scores) -> list[Bin]:
    """Tenths that hold a pair, the lowest first."""
    at = np.minimum((said * _BINS).astype(int), _BINS - 1)
    return [
        Bin(
            int(np.sum(at == one)),
            round(float(said[at == one].mean()), 6),
            round(float(truth[at == one].mean()), 6),
        )
        for one in range(_BINS)
        if np.any(at == one)
    ]


def calibration_error(truth: Truth, said: Scores) -> float:
    """The expected calibration error, 0-1."""
    return sum(one.pairs * abs(one.said - one.was) for one in reliability(truth, said)) / len(said)


def _f1_with_interval(truth: Truth, found: Truth) -> Estimate:
    return bootstrap(lambda drawn: f1(truth[drawn], found[drawn]), len(truth))


def _macro(gold: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Over the classes that were read or found."""
    there = np.union1d(gold, found)
    return float(np.mean([f1(gold == kind, found == kind) for kind in there]))


def _jaccard(a: Profile, b: Profile) -> float:
    shared = shared_count(a.shingles, b.shingles)
    return shared / max(len(a.shingles) + len(b.shingles) - shared, 1)


def _containment(a: Profile, b: Profile) -> float:
    return max(contained(a.shingles, b.shingles), contained(b.shingles, a.shingles))


def _cosine(a: Profile, b: Profile) -> float:
    text = cosine(a.text_vector, b.text_vector)
    return (cosine(a.lead_vector, b.lead_vector) or 0.0) if text is None else text


_SIGNALS: Mapping[str, Callable[[Profile, Profile], float]] = {
    "5-word Jaccard": _jaccard,
    "5-word containment": _containment,
    "cosine": _cosine,
}
