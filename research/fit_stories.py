#!/usr/bin/env python
"""Fit relate/same_event.json: research/fit_stories.py DATA WORK.

DATA is the folder of the development sets, WORK keeps vectors (made on the first run). Writes
idf.npz (the commonest words of two news archives) and same_event.json (weights) into
semsearch/relate.

The weights are fitted on every article of whole windows that were read (research/events), because
most articles of an archive are alone, and most pairs of like articles are two steps of one affair;
archives of labelled stories alone say nothing of that. Windows count alike, pairs more than four
days apart are left out. What is printed of a window is measured with weights that were fitted
without it. Nearly all articles of the windows have a date, so what an unknown one says is not
fitted but chosen: the script prints what other choices would do to the stories of the sample
corpus and to a labelled archive without dates.
"""

import hashlib
import json
import lzma
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib.resources import files
from itertools import islice, pairwise, product
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import yaml
from scipy.cluster import hierarchy
from scipy.optimize import minimize
from scipy.spatial.distance import squareform

from research.event_windows import windows
from research.story_measures import ari, b_cubed, evaluate_stories, f1, group_figures, neighbours
from semsearch.config import load_settings
from semsearch.encode.export import exported
from semsearch.encode.models import find_model
from semsearch.encode.openvino_encoder import OpenVinoEncoder
from semsearch.ingest.formats.jsonlines import read_json_lines
from semsearch.ingest.reading import ReadOptions, read_document
from semsearch.ingest.records import article_from_fields
from semsearch.model.article import Article
from semsearch.relate import stories
from semsearch.relate.features import features_of
from semsearch.relate.groups import Node, Pair
from semsearch.relate.idf import IdfTable
from semsearch.relate.profile import Profile
from semsearch.relate.relate import judge
from semsearch.relate.same_event import CROWD, EventModel, event_signals, in_crowd
from semsearch.relate.stories import COMPARED, average_linkage
from semsearch.text.passages import split_article
from semsearch.text.shingles import article_words, title_hashes

SEED = 0
COMMON = 4096
RIDGE = 1.0
SIGNS = {
    "lead": 1,
    "title": 1,
    "quoted": 1,
    "names": -1,
    "figures": -1,
    "other_days": -1,
    "other_first_day": -1,
    "same_day": 1,
    "undated": 0,
    "apart": -1,
}
MAX_DAYS = 4.0
UNDATED_SHARE = 0.1  # what the labelled archive without dates counts beside a window
NEAREST = 12  # as relate.candidates compares by meaning
LEASTS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
LINKAGES = ("average", "complete", "single")
PACKAGE = Path(stories.__file__).parent
LABELLED = "ecbplus_dev.jsonl.xz"
KEPT = ("2019-06", "2019-10")
NEWS = {"realtimeqa.jsonl.xz": 8, "abp.jsonl.xz": 12}  # every how manieth article is read


def articles(path: Path, every: int = 1) -> Iterator[Article]:
    with lzma.open(path) as stream:
        lines = read_json_lines(cast("BinaryIO", stream))
        for number, line in enumerate(islice(lines, 0, None, every)):
            if isinstance(line.fields, dict):
                record = article_from_fields(line.fields, fallback_id=str(number))
                if isinstance(record, Article):
                    yield record


def idf_table(data: Path) -> IdfTable:
    counts: Counter[int] = Counter()
    total = 0
    for name, every in NEWS.items():
        for article in articles(data / name, every):
            if article.published and f"{article.published:%Y-%m}" in KEPT:
                continue  # what the windows that are kept for measuring say is not looked at
            words = np.concatenate([article_words(article).hashes, title_hashes(article)])
            counts.update(np.unique(words).tolist())
            total += 1
    common = counts.most_common(COMMON)
    table = sorted((word, np.log((total + 1) / (held + 1))) for word, held in common)
    print(f"idf: {len(counts)} words of {total} articles")
    return IdfTable(
        np.array([word for word, _ in table], np.uint64),
        np.array([weight for _, weight in table], np.float16).astype(np.float32),
        float(np.log((total + 1) / (common[-1][1] + 1))),
    )


def profiled(held: list[Article], work: Path, *, leads_only: bool = False) -> list[Profile]:
    """Profiles of articles; those of leads alone have what ``event_signals`` needs of vectors."""
    model = load_settings().model
    encoder = OpenVinoEncoder(
        exported(find_model(model.name), model.cache), threads=1, precision=model.precision
    )
    pieces = [split_article(one, encoder.count_tokens, encoder.passage_budget, 1) for one in held]
    if leads_only:
        pieces = [some[-1:] for some in pieces]
    texts = [piece.text for some in pieces for piece in some]
    kept = work / f"{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:16]}.npy"
    if not kept.exists():
        np.save(kept, encoder.encode_documents(texts))
    vectors = iter(np.load(kept))
    return [
        Profile.of(
            article,
            [piece.passage for piece in some],
            np.array([next(vectors) for _ in some], np.float32),
        )
        for article, some in zip(held, pieces, strict=True)
    ]


def fit(values: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Logistic, each weight with the sign that its signal must have; the constant comes last."""
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    scaled = (values - mean) / spread

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
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


def sample(work: Path) -> "World":
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
    return World(profiled(held, work), gold)


def whole(found: list[int], gold: list[str]) -> int:
    """How many stories of two or more were found exactly."""

    def parts(labels: Sequence[int | str]) -> set[frozenset[int]]:
        of: dict[int | str, set[int]] = {}
        for place, label in enumerate(labels):
            of.setdefault(label, set()).add(place)
        return {frozenset(part) for part in of.values() if len(part) > 1}

    return len(parts(found) & parts(gold))


class World:
    """Some labelled articles, what is compared among them, and their signals."""

    def __init__(self, profiles: list[Profile], gold: list[str], count: int = COMPARED) -> None:
        self.profiles = profiles
        self.ids = [one.article.id for one in profiles]
        self.gold = gold
        leads = [one.lead_vector for one in profiles if one.lead_vector is not None]
        self.pairs = neighbours(np.stack(leads), count)
        pairs = [(profiles[a], profiles[b]) for a, b in self.pairs]
        self.shown = [event_signals(a, b, features_of(a, b)) for a, b in pairs]
        self.signals = np.array([[getattr(each, name) for name in SIGNS] for each in self.shown])
        self.duplicate = np.array([judge(a, b).p_duplicate for a, b in pairs])
        self.labels = np.array([self.gold[a] == self.gold[b] for a, b in self.pairs], float)

    def probabilities(self, model: EventModel) -> np.ndarray:
        """As ``same_event.same_event``, of each pair, but for an outlet's notices."""
        own = np.array([model.probability(each) for each in self.shown])
        return np.maximum(own, self.duplicate)

    def clusters(
        self, probabilities: np.ndarray, least: float, linkage: str = "average"
    ) -> list[int]:
        """The cluster of each article when all are there at once."""
        if linkage == "average":
            scores = {
                (self.ids[a], self.ids[b]): float(p)
                for (a, b), p in zip(self.pairs, probabilities, strict=True)
            }
            home = {
                article: number
                for number, cluster in enumerate(average_linkage(self.ids, scores, least))
                for article in cluster
            }
            return [home[one] for one in self.ids]
        distances = np.ones((len(self.ids), len(self.ids)))
        rows, columns = np.array(self.pairs).T
        distances[rows, columns] = distances[columns, rows] = 1 - probabilities
        np.fill_diagonal(distances, 0)
        tree = hierarchy.linkage(squareform(distances, checks=False), linkage)
        return list(map(int, hierarchy.fcluster(tree, 1 - least, "distance")))

    def arriving(self, probabilities: np.ndarray, order: np.ndarray) -> list[str]:
        """Stories when articles come one by one."""
        near: dict[int, list[tuple[int, float]]] = {place: [] for place in range(len(self.ids))}
        for (a, b), p in zip(self.pairs, probabilities.tolist(), strict=True):
            near[a].append((b, p))
            near[b].append((a, p))
        home: dict[str, str] = {}
        members: dict[str, list[int]] = {}
        here: set[int] = set()
        for place in order.tolist():
            here.add(place)
            met = [other for other, _ in near[place] if other in here]
            touched = {home[self.ids[one]] for one in met if self.ids[one] in home}
            some = {place, *met, *(one for story in touched for one in members[story])}
            found = stories.regroup(
                [Node(self.ids[one]) for one in sorted(some)],
                [
                    Pair(self.ids[a], self.ids[b], 0.0, p)
                    for a in sorted(some)
                    for b, p in near[a]
                    if b in some and a < b
                ],
                {self.ids[one]: home[self.ids[one]] for one in some if self.ids[one] in home},
                members.__contains__,
            )
            for story in touched:
                for one in members.pop(story):
                    home.pop(self.ids[one], None)
            index = {self.ids[one]: one for one in some}
            for cluster in found.stories:
                members[cluster.id] = [index[one] for one in cluster.members]
                home |= dict.fromkeys(cluster.members, cluster.id)
        return [home.get(one, f"only {one}") for one in self.ids]


def read_windows(data: Path, work: Path) -> dict[str, World]:
    """The windows that were read; what is compared of them is what an index would compare."""
    return {
        one.name: World(
            profiled(list(one.articles), work, leads_only=True),
            [verdict.event for verdict in one.verdicts],
            NEAREST,
        )
        for one in windows(data)
    }


def fitted_on(worlds: Iterable[World], labelled: World, calibration: str = "") -> EventModel:
    """The weights that fit some windows, each of which counts alike, and a labelled archive."""
    values, labels, weights = [], [], []
    for world, share in (*((world, 1.0) for world in worlds), (labelled, UNDATED_SHARE)):
        near = np.array([one.apart <= MAX_DAYS for one in world.shown])
        values.append(world.signals[near])
        labels.append(world.labels[near])
        weights.append(np.full(near.sum(), 1000 * share / near.sum()))
    point = fit(np.concatenate(values), np.concatenate(labels), np.concatenate(weights))
    *some, constant = (round(float(value), 3) for value in point)
    named = dict(zip(SIGNS, some, strict=True))
    return EventModel(
        calibration, constant, {name: value for name, value in named.items() if value}
    )


def print_windows(worlds: dict[str, World], labelled: World) -> None:
    """Each window with the weights of the others, by linkage and its least level."""
    held = {
        name: world.probabilities(
            fitted_on((other for each, other in worlds.items() if each != name), labelled)
        )
        for name, world in worlds.items()
    }
    for linkage in LINKAGES:
        for least in LEASTS:
            rows = [
                group_figures(world.clusters(held[name], least, linkage), world.gold)
                for name, world in worlds.items()
            ]
            right, found, true, pure, several = (
                sum(row[place] for row in rows) for place in range(1, 6)
            )
            print(
                f"{linkage} {least}: B-cubed F1 {np.mean([row[0] for row in rows]):.3f} ("
                f"{', '.join(f'{row[0]:.3f}' for row in rows)}), pairs right {right}/{found}, "
                f"found {right}/{true}, three and more that are one event {pure}/{several}",
                flush=True,
            )


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    worlds = read_windows(data, work)
    digest = hashlib.sha256()
    for name, world in worlds.items():
        digest.update(f"{name} {world.ids} {world.gold}".encode())
    table = idf_table(data)
    np.savez_compressed(
        PACKAGE / "idf.npz",
        words=table.words,
        weights=table.weights.astype(np.float16),
        rare=np.float64(table.rare),
    )
    profiles = profiled(list(articles(data / LABELLED)), work)
    labelled = World(profiles, [str(one.article.extra["story"]) for one in profiles], NEAREST)
    model = fitted_on(worlds.values(), labelled, digest.hexdigest()[:16])
    (PACKAGE / "same_event.json").write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")
    print(model, flush=True)
    print_windows(worlds, labelled)

    bundled = sample(work)
    print("The sample corpus by least linkage and how many articles are about")
    for least, number in product(LEASTS[:4], (4, 8, 20, CROWD)):
        own = [in_crowd(p, number) for p in bundled.probabilities(model).tolist()]
        found = bundled.clusters(np.array(own), least)
        score, exact = f1(b_cubed(found, bundled.gold)), whole(found, bundled.gold)
        print(f"  {least}, {number}: B-cubed F1 {score:.3f}, {exact} stories exact", flush=True)
    for figures in evaluate_stories(profiles, labelled.gold):
        print(
            f"  {figures.system}: P {figures.precision.mean:.3f} R {figures.recall.mean:.3f} "
            f"F1 {figures.f1.mean:.3f} ARI {figures.ari:.3f}, largest {figures.largest}"
        )
    probabilities = labelled.probabilities(model)
    draw = np.random.default_rng(SEED)
    at_once = labelled.clusters(probabilities, stories.MIN_LINKAGE)
    orders = [
        labelled.arriving(probabilities, draw.permutation(len(labelled.ids))) for _ in range(5)
    ]
    print("orders of arrival: F1", [round(f1(b_cubed(o, labelled.gold)), 3) for o in orders])
    print("  ARI with all at once", [round(ari(one, at_once), 3) for one in orders])
    print("  ARI of one with the next", [round(ari(a, b), 3) for a, b in pairwise(orders)])


if __name__ == "__main__":
    main()
