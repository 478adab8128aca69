#!/usr/bin/env python
"""Fit relate/same_event.json: research/fit_stories.py DATA WORK.

DATA is the folder of the development sets, WORK keeps vectors (made on the first run).

The weights are fitted on every article of whole windows that were read (research/events), because
most articles of an archive are alone, and most pairs of like articles are two steps of one affair;
archives of labelled stories alone say nothing of that. Windows count alike, pairs more than four
days apart are left out. Nearly all their articles have a date; a labelled archive without dates
counts a tenth of a window beside them, for what an unknown date says. What is printed of a window
is measured with weights that were fitted without it; what is printed of the other archives, with
those that are written.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize

from research.event_pairs import EventPairs, profiled
from research.event_windows import Window, articles, windows
from research.story_measures import (
    GroupFigures,
    ari,
    b_cubed,
    f1,
    figures,
    group_counts,
    group_figures,
)
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.model.article import Article
from semsearch.relate import stories
from semsearch.relate.same_event import CROWD, EventModel

SEED = 0
RIDGE = 1.0
SIGNS = {
    "lead": 1,
    "title": 1,
    "titles": 1,
    "quoted": 1,
    "names": -1,
    "shared_names": 0,
    "figures": -1,
    "other_first_day": -1,
    "same_day": 1,
    "length": 0,
    "mould": -1,
    "notice": -1,
    "undated": 0,
    "apart": -1,
}
MAX_DAYS = 4.0
UNDATED_SHARE = 0.1
LEASTS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7)
LINKAGES = ("average", "complete", "weighted", "single")
PACKAGE = Path(stories.__file__).parent
LABELLED = "ecbplus_dev.jsonl.xz"

Held = dict[str, tuple[Window, EventPairs]]


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    held = {
        one.name: (
            one,
            EventPairs(
                profiled(one.articles, work, leads_only=True),
                [verdict.event for verdict in one.verdicts],
            ),
        )
        for one in windows(data)
    }
    # Of one record without a body the story is read as its text.
    told = [one for one in articles(data / LABELLED) if "story" in one.extra]
    profiles = profiled(told, work)
    labelled = EventPairs(profiles, [str(one.article.extra["story"]) for one in profiles])
    digest = hashlib.sha256()
    for name, (_, pairs) in held.items():
        digest.update(f"{name} {pairs.ids} {pairs.gold}".encode())
    model = fitted_on((pairs for _, pairs in held.values()), labelled, digest.hexdigest()[:16])
    (PACKAGE / "same_event.json").write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")
    print(model, flush=True)
    print_windows(held, labelled)
    print_sample(sample(work), model)
    print_labelled(labelled, model)


def fitted_on(worlds: Iterable[EventPairs], labelled: EventPairs, calibration: str) -> EventModel:
    """The weights that fit some windows, each of which counts alike, and a labelled archive."""
    values, labels, weights = [], [], []
    for world, share in (*((world, 1.0) for world in worlds), (labelled, UNDATED_SHARE)):
        near = np.array([pair.signals.apart <= MAX_DAYS for pair in world.pairs])
        values.append(world.values(list(SIGNS))[near])
        labels.append(world.labels[near])
        weights.append(np.full(near.sum(), 1000 * share / near.sum()))
    point = fit(np.concatenate(values), np.concatenate(labels), np.concatenate(weights))
    *some, constant = (round(float(value), 3) for value in point)
    named = zip(SIGNS, some, strict=True)
    return EventModel(calibration, constant, {name: value for name, value in named if value})


def fit(
    values: NDArray[np.float64], labels: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Logistic, each weight with the sign that its signal must have; the constant comes last."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = (values - mean) / spread

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logit = scaled @ point[:-1] + point[-1]
        each = np.logaddexp(0, -logit) * labels + np.logaddexp(0, logit) * (1 - labels)
        slope = weights * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(slope @ scaled + RIDGE * point[:-1], slope.sum())
        return float(weights @ each + RIDGE / 2 * (point[:-1] ** 2).sum()), gradient

    free: tuple[float | None, float | None] = (None, None)
    bounds = [{1: (0, None), -1: (None, 0), 0: free}[sign] for sign in SIGNS.values()] + [free]
    start = np.zeros(len(SIGNS) + 1)
    point = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return np.append(point[:-1] / spread, point[-1] - (point[:-1] * mean / spread).sum())


def print_windows(held: Held, labelled: EventPairs) -> None:
    """Each window with the weights of the others, by linkage and its least level."""
    models = {
        name: fitted_on((other for each, (_, other) in held.items() if each != name), labelled, "")
        for name in held
    }
    found = {name: pairs.probabilities(models[name]) for name, (_, pairs) in held.items()}
    for linkage, least in product(LINKAGES, LEASTS):
        counts = [
            group_counts(pairs.clusters(found[name], least, linkage), pairs.gold)
            for name, (_, pairs) in held.items()
        ]
        print(f"{linkage} {least}: {described(group_figures(counts, draws=100))}", flush=True)
    for only_sure in (False, True):
        everything = []
        for name, (window, pairs) in held.items():
            kept = np.array([not only_sure or verdict.sure for verdict in window.verdicts])
            clusters = np.array(pairs.clusters(found[name], stories.MIN_LINKAGE))
            everything.append(
                group_counts(clusters[kept].tolist(), np.array(pairs.gold)[kept].tolist())
            )
            print(f"{name}, sure {only_sure}: {described(group_figures(everything[-1:]))}")
        print(f"all, sure {only_sure}: {described(group_figures(everything))}", flush=True)
    print_threads(held, models)


def print_threads(held: Held, models: Mapping[str, EventModel]) -> None:
    """Threads of each window with the weights of the others; an event without one is its own."""
    everything = []
    for name, (window, pairs) in held.items():
        gold = [
            f"alone {one.event}" if one.thread == "-" else one.thread for one in window.verdicts
        ]
        everything.append(group_counts(pairs.threads(models[name]), gold))
        print(f"threads, {name}: {described(group_figures(everything[-1:]))}", flush=True)


def described(found: GroupFigures) -> str:
    named = {
        "B-cubed F1": found.f1,
        "pairs right": found.right,
        "found": found.found,
        "three and more of one event": found.pure,
    }
    return ", ".join(
        f"{name} {one.mean:.3f} ({one.low:.3f}-{one.high:.3f}, n {one.questions})"
        for name, one in named.items()
    )


def sample(work: Path) -> EventPairs:
    """The sample corpus; an article in no story is its own."""
    folder = Path(str(files("semsearch.sample")))
    truth = yaml.safe_load((folder / "truth.yaml").read_text("utf-8"))
    home = {article: story["id"] for story in truth["stories"] for article in story["articles"]}
    held, gold = [], []
    for path in sorted((folder / "articles").iterdir()):
        article = read_document(path.read_text("utf-8"), path.stem, ReadOptions())
        if isinstance(article, Article):
            held.append(article)
            gold.append(home.get(path.stem, path.stem))
    return EventPairs(profiled(held, work), gold)


def print_sample(bundled: EventPairs, model: EventModel) -> None:
    print("The sample corpus by least linkage and how many articles are about")
    for least, number in product((0.35, 0.45, 0.55), (4, 8, 20, CROWD)):
        found = bundled.clusters(bundled.probabilities(model, number), least)
        score, exact = f1(b_cubed(found, bundled.gold)), whole(found, bundled.gold)
        print(f"  {least}, {number}: B-cubed F1 {score:.3f}, {exact} stories exact", flush=True)


def whole(found: Sequence[int], gold: Sequence[str]) -> int:
    """How many stories of two or more were found exactly."""

    def parts(labels: Sequence[int | str]) -> set[frozenset[int]]:
        of: dict[int | str, set[int]] = {}
        for place, label in enumerate(labels):
            of.setdefault(label, set()).add(place)
        return {frozenset(part) for part in of.values() if len(part) > 1}

    return len(parts(found) & parts(gold))


def print_labelled(labelled: EventPairs, model: EventModel) -> None:
    probabilities = labelled.probabilities(model)
    at_once = labelled.clusters(probabilities, stories.MIN_LINKAGE)
    found = figures("ours", at_once, labelled.gold)
    print(
        f"{LABELLED}: P {found.precision.mean:.3f} R {found.recall.mean:.3f} "
        f"F1 {found.f1.mean:.3f} ({found.f1.low:.3f}-{found.f1.high:.3f}) "
        f"ARI {found.ari:.3f}, largest {found.largest}"
    )
    draw = np.random.default_rng(SEED)
    number = len(labelled.ids)
    orders = [labelled.arriving(probabilities, draw.permutation(number).tolist()) for _ in range(3)]
    print("orders of arrival: F1", [round(f1(b_cubed(o, labelled.gold)), 3) for o in orders])
    print("  ARI with all at once", [round(ari(one, at_once), 3) for one in orders])
    print("  ARI of one with the next", [round(ari(a, b), 3) for a, b in pairwise(orders)])


if __name__ == "__main__":
    main()
