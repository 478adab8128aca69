#!/usr/bin/env python
"""Fit the model of relate/classify.py: research/fit_relations.py DATA WORK.

DATA is the folder of the development sets, WORK keeps vectors between runs. Three logistic
decisions are fitted on the read pairs and, with little weight, on pairs whose answer needs no
reader (research/relation_data.py); whether two texts report one event is fitted by
research/fit_stories.py. Weights have the sign that their signal must have. Measures are of the
read pairs alone, those of DATA, those of research/relations, and both: each is judged by a model
that saw no pair of its group (connected documents, an event of helsinki, a topic of ecbplus),
averaged over five ways of making ten folds; intervals are from 1,000 bootstrap samples of groups.
Writes semsearch/relate/relations.json.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import f1_score

from research.relation_data import (
    Archive,
    Pair,
    digest,
    edited_pairs,
    mould_pairs,
    profiles,
    read_pairs,
    story_pairs,
)
from semsearch.model.relation import Probabilities
from semsearch.relate.classify import Decision, RelationModel, likeliest
from semsearch.relate.features import Features, features_of

SEED = 0
RIDGE = 0.003
HALF = 0.5
FOLDS, WAYS, SAMPLES = 10, 5, 1000
NAMES = [field.name for field in fields(Features)]
CLASSES = ["copy", "edited", "story", "related", "unrelated"]
DUPLICATE, STORY = ["copy", "edited"], ["copy", "edited", "story"]
# How much a pair weighs by where its label is from: a read one as much as 10 to 33 made ones.
SOURCES = {"read": 1.0, "mould": 0.2, "ecbplus": 0.1, "made": 0.03}
# The sign that each signal must have.
DECISIONS = {
    "duplicate": {
        "larger": 1, "shared": 1, "words": 1, "recurs": -1, "short_clash": -1, "days": -1,
        "event_in_short": 1,
    },
    "copy": {"smaller": 1, "text": 1, "brief": 1},
    "related": {"opening": 1, "text": 1, "agree": 1, "one_outlet": -1, "slots": -1},
}  # fmt: skip
YES_NO = {
    "duplicate": (DUPLICATE, ["story", "related", "unrelated", "apart"]),
    "copy": (["copy"], ["edited"]),
    "related": (["related"], ["unrelated"]),
}
Fitted = dict[str, dict[str, Any]]


def fit(values: np.ndarray, pairs: list[Pair], keep: np.ndarray) -> Fitted:
    return {name: fit_one(name, values, pairs, keep) for name in DECISIONS}


def fit_one(
    name: str, values: np.ndarray, pairs: list[Pair], keep: np.ndarray
) -> dict[str, object]:
    signs = DECISIONS[name]
    yes, no = YES_NO[name]
    rows = [
        row
        for row in np.flatnonzero(keep)
        if pairs[row].label in (*yes, *no)
        # Its readers drew the line between one topic and none elsewhere.
        and not (name == "related" and pairs[row].source == "read twice")
    ]
    signals = values[rows][:, [NAMES.index(signal) for signal in signs]]
    labels = np.array([pairs[row].label in yes for row in rows], float)
    weights = np.array([SOURCES[pairs[row].source.split()[0]] for row in rows])
    weights /= weights.sum()
    mean = np.average(signals, 0, weights)
    spread = np.sqrt(np.average((signals - mean) ** 2, 0, weights)) + 1e-6
    scaled = (signals - mean) / spread

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ point[:-1] + point[-1]
        each = np.logaddexp(0, -logit) * labels + np.logaddexp(0, logit) * (1 - labels)
        slope = weights * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(slope @ scaled + 2 * RIDGE * point[:-1], slope.sum())
        return float(weights @ each + RIDGE * (point[:-1] ** 2).sum()), gradient

    bounds = [(0, None) if sign > 0 else (None, 0) for sign in signs.values()] + [(None, None)]
    found = minimize(loss, np.zeros(len(signs) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    coefficients = found[:-1] / spread
    return {
        "constant": round(float(found[-1] - coefficients @ mean), 4),
        "weights": {
            signal: round(float(c), 4) for signal, c in zip(signs, coefficients, strict=True)
        },
        "typical": {signal: round(float(m), 4) for signal, m in zip(signs, mean, strict=True)},
    }


def probabilities(model: Fitted, values: np.ndarray) -> np.ndarray:
    """Of the five classes, as articles are judged: what holds by definition included."""
    judge = RelationModel("", **{name: Decision(**each) for name, each in model.items()})
    return np.array([astuple(judge.probabilities(Features(*row))) for row in values.tolist()])


def on_folds(values: np.ndarray, pairs: list[Pair], way: int) -> np.ndarray:
    groups = sorted({pair.group for pair in pairs})
    order = np.random.default_rng(SEED + way).permutation(len(groups))
    fold_of = {group: int(place) % FOLDS for group, place in zip(groups, order, strict=True)}
    folds = np.array([fold_of[pair.group] for pair in pairs])
    found = np.zeros((len(pairs), len(CLASSES)))
    for fold in range(FOLDS):
        held = folds == fold
        found[held] = probabilities(fit(values, pairs, ~held), values[held])
    return found


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    return float(f1_score(truth, said, zero_division=0.0))


def calibration_error(truth: np.ndarray, said: np.ndarray, bins: int = 10) -> float:
    place = np.minimum((said * bins).astype(int), bins - 1)
    parts = [place == each for each in range(bins) if (place == each).any()]
    return float(sum(abs(said[part].mean() - truth[part].mean()) * part.mean() for part in parts))


def measures(labels: np.ndarray, found: np.ndarray) -> dict[str, float]:
    duplicate = np.isin(labels, DUPLICATE)
    p_duplicate = found[:, :2].sum(1)
    said = np.array([likeliest(Probabilities(*row)).value for row in found.tolist()])
    return {
        "duplicate F1": f1(duplicate, p_duplicate >= HALF),
        "story or closer F1": f1(np.isin(labels, STORY), found[:, :3].sum(1) >= HALF),
        "five classes macro-F1": float(
            f1_score(labels, said, labels=CLASSES, average="macro", zero_division=0.0)
        ),
        "ECE of p_duplicate": calibration_error(duplicate, p_duplicate),
        "Brier of p_duplicate": float(((p_duplicate - duplicate) ** 2).mean()),
    }


def intervals(
    groups: list[str], measure: Callable[[np.ndarray], dict[str, float]]
) -> dict[str, tuple[float, float]]:
    """95 % intervals of measures of rows, over bootstrap samples of groups."""
    draw = np.random.default_rng(SEED)
    rows = {group: [row for row, each in enumerate(groups) if each == group] for group in groups}
    names = sorted(rows)
    found = []
    for _ in range(SAMPLES):
        chosen = draw.choice(len(names), len(names))
        found.append(measure(np.array([row for name in chosen for row in rows[names[name]]])))
    return {
        name: tuple(np.quantile([each[name] for each in found], (0.025, 0.975)).tolist())
        for name in found[0]
    }


def best_threshold(truth: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    options = np.unique(score)
    scores = [f1(truth, score >= option) for option in options]
    best = int(np.argmax(scores))
    return float(options[best]), scores[best]


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    sha = digest(data)
    print(f"data {sha[:16]}, seed {SEED}")
    archive = Archive(data, work)
    read = read_pairs(data)
    taken = {key for pair in read for key in (pair.a, pair.b)}
    made, more = edited_pairs(archive, taken, 60, SEED)
    pairs = [*read, *story_pairs(archive, 600, SEED), *mould_pairs(archive, 200, SEED), *more]
    needed = sorted({key for pair in pairs for key in (pair.a, pair.b)})
    known = profiles({key: made[key] if key in made else archive[key] for key in needed}, work)
    values = np.array([astuple(features_of(known[pair.a], known[pair.b])) for pair in pairs])
    np.savez(work / "signals.npz", values=values, names=NAMES)

    model = fit(values, pairs, np.ones(len(pairs), bool))
    for name, decision in model.items():
        print(name, json.dumps(decision["constant"]), json.dumps(decision["weights"]))
    target = Path(__file__).parents[1] / "semsearch" / "relate" / "relations.json"
    target.write_text(
        json.dumps({"calibration": f"read-pairs-{sha[:16]}", **model}, indent=1) + "\n", "utf-8"
    )
    ways = [on_folds(values, pairs, way) for way in range(WAYS)]
    of_data = sum(pair.source == "read" for pair in read)
    for rows in (slice(of_data), slice(of_data, len(read)), slice(len(read))):
        report(values[rows], pairs[rows], [way[rows] for way in ways])
    report_made(pairs, np.mean(ways, axis=0), len(read))


def report(values: np.ndarray, pairs: list[Pair], ways: list[np.ndarray]) -> None:
    """The table of some read pairs."""
    labels = np.array([pair.label for pair in pairs])
    groups = [pair.group for pair in pairs]
    print(f"\n{len(pairs)} read pairs in {len(set(groups))} groups, {FOLDS} folds, {WAYS} ways")
    each = [measures(labels, way) for way in ways]
    around = intervals(groups, lambda rows: measures(labels[rows], ways[0][rows]))
    for name, (low, high) in around.items():
        found = [way[name] for way in each]
        ways_said = f"by way {min(found):.3f}-{max(found):.3f}"
        print(f"{name:24} {np.mean(found):.3f}  [{low:.3f}, {high:.3f}]  {ways_said}")
    smaller, larger = (values[:, NAMES.index(name)] for name in ("smaller", "larger"))
    both = np.minimum(smaller, larger) > 0
    jaccard = np.zeros(len(pairs))
    jaccard[both] = 1 / (1 / smaller[both] + 1 / larger[both] - 1)
    text = values[:, NAMES.index("text")]
    duplicate, story = np.isin(labels, DUPLICATE), np.isin(labels, STORY)
    print("\nsingle thresholds, tuned on the very pairs")
    for name, truth, score in (
        ("5-gram containment, larger", duplicate, larger),
        ("5-gram Jaccard", duplicate, jaccard),
        ("cosine of texts", duplicate, text),
        ("cosine of texts, story", story, text),
    ):
        threshold, best = best_threshold(truth, score)
        print(f"{name:28} F1 {best:.3f} from {threshold:.2f}")
    mean = np.mean(ways, axis=0)
    said = np.array([likeliest(Probabilities(*row)).value for row in mean.tolist()])
    print("\nread as / called", *CLASSES)
    for label in CLASSES:
        print(
            f"{label:16}",
            [int(np.sum((labels == label) & (said == name))) for name in CLASSES],
        )
    print("\nreliability of p_duplicate: from, pairs, mean said, share true")
    p_duplicate = mean[:, :2].sum(1)
    for low in np.arange(10) / 10:
        inside = (p_duplicate >= low) & (p_duplicate < low + 0.1)
        if inside.any():
            said_mean, true = p_duplicate[inside].mean(), duplicate[inside].mean()
            print(f"{low:.1f} {inside.sum():4} {said_mean:.2f} {true:.2f}")


def report_made(pairs: list[Pair], mean: np.ndarray, count: int) -> None:
    """How pairs fare that need no reader; the read ones come first."""
    print(
        "\npairs that need no reader, on folds: share called a duplicate / the same event or closer"
    )
    kinds = np.array([f"{pair.source} {pair.label}" for pair in pairs])
    for kind in sorted(set(kinds[count:])):
        rows = mean[kinds == kind]
        duplicates, stories = (np.mean(rows[:, :wide].sum(1) >= HALF) for wide in (2, 3))
        print(f"{kind:28} n={len(rows):4} {duplicates:.3f} {stories:.3f}")


if __name__ == "__main__":
    main()
