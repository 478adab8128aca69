#!/usr/bin/env python
"""Fit relate/same_event.py: research/fit_stories.py DATA WORK.

DATA is the folder of the development sets, WORK keeps vectors (made on the first run). Writes
idf.npz (the commonest words of two news archives) and same_event.json (weights) into
semsearch/relate. Stories have some eleven articles in the labelled archive and one to four in
most others, and what is near depends on that; so what texts say is fitted over the archive as it is
and over thinned ones alike. Hardly any of its articles has a date or an outlet, so what those say
is not fitted but chosen, once for all archives: the script prints what other choices would do to
the stories of the sample corpus and to the dated ones among the read pairs. What is printed of the
labelled archive is measured on five folds by topic: articles of a topic are clustered with weights
that were fitted without it. Intervals are bootstrap over topics.
"""

import hashlib
import json
import lzma
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from itertools import islice, pairwise, product
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import yaml
from scipy.optimize import minimize

from research.relation_data import Archive, read_pairs
from research.relation_data import profiles as known
from research.story_measures import ari, b_cubed, evaluate_stories, f1, neighbours
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
from semsearch.relate.same_event import EventModel, event_signals
from semsearch.relate.stories import average_linkage
from semsearch.text.passages import split_article
from semsearch.text.shingles import article_words, title_hashes

SEED = 0
COMMON = 4096
RIDGE = 1.0
TEXT = ("opening", "words", "agree", "figures")
SIGNS = (1, 1, 1, -1)
CHOSEN = {"dated": 3.5, "apart": -3.5, "one_outlet": -3.0}
OTHERS = {"dated": (2.5, 3.0, 3.5, 4.0), "apart": (-2.5, -3.5), "one_outlet": (-2.0, -3.0)}
LEASTS = (0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)
PACKAGE = Path(stories.__file__).parent
LABELLED = "ecbplus_dev.jsonl.xz"
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


def profiled(held: list[Article], work: Path) -> list[Profile]:
    model = load_settings().model
    encoder = OpenVinoEncoder(
        exported(find_model(model.name), model.cache), threads=1, precision=model.precision
    )
    pieces = [split_article(one, encoder.count_tokens, encoder.passage_budget, 1) for one in held]
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

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logit = values @ point[:-1] + point[-1]
        each = np.logaddexp(0, -logit) * labels + np.logaddexp(0, logit) * (1 - labels)
        slope = weights * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(slope @ values + RIDGE * point[:-1], slope.sum())
        return float(weights @ each + RIDGE / 2 * (point[:-1] ** 2).sum()), gradient

    bounds = [(0, None) if sign > 0 else (None, 0) for sign in SIGNS] + [(None, None)]
    return minimize(loss, np.zeros(len(SIGNS) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x


def told_apart(data: Path, work: Path, models: list[EventModel]) -> Iterator[tuple[float, float]]:
    """Share of the dated read pairs of one event, and of two, that each model calls one.

    Pairs of two events were chosen for being alike, so most archives have fewer such.
    """
    archive = Archive(data, work)
    read = [pair for pair in read_pairs(data) if pair.label in ("story", "related", "unrelated")]
    made = known({key: archive[key] for pair in read for key in (pair.a, pair.b)}, work)
    both = [(made[pair.a], made[pair.b]) for pair in read]
    shown = [
        (event_signals(a, b, features_of(a, b)), pair.label == "story")
        for (a, b), pair in zip(both, read, strict=True)
    ]
    for model in models:
        one, two = (
            np.mean(
                [model.probability(each) >= 1 / 2 for each, y in shown if y == same and each.dated]
            )
            for same in (True, False)
        )
        yield float(one), float(two)


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
    return World(profiled(held, work), gold, gold)


def whole(found: list[int], gold: list[str]) -> int:
    """How many stories of two or more were found exactly."""

    def parts(labels: Sequence[int | str]) -> set[frozenset[int]]:
        of: dict[int | str, set[int]] = {}
        for place, label in enumerate(labels):
            of.setdefault(label, set()).add(place)
        return {frozenset(part) for part in of.values() if len(part) > 1}

    return len(parts(found) & parts(gold))


class World:
    """Some of the labelled articles, what is compared among them, and their signals."""

    def __init__(self, profiles: list[Profile], gold: list[str], topics: list[str]) -> None:
        self.profiles = profiles
        self.ids = [one.article.id for one in profiles]
        self.gold = gold
        self.topics = np.array(topics)
        leads = [one.lead_vector for one in profiles if one.lead_vector is not None]
        self.pairs = neighbours(np.stack(leads))
        pairs = [(profiles[a], profiles[b]) for a, b in self.pairs]
        self.shown = [event_signals(a, b, features_of(a, b)) for a, b in pairs]
        self.signals = np.array([[getattr(each, name) for name in TEXT] for each in self.shown])
        self.duplicate = np.array([judge(a, b).p_duplicate for a, b in pairs])
        self.labels = np.array([self.gold[a] == self.gold[b] for a, b in self.pairs], float)

    @classmethod
    def of(cls, profiles: list[Profile]) -> "World":
        """Of articles that name their story and topic."""
        return cls(
            profiles,
            [str(one.article.extra["story"]) for one in profiles],
            [one.article.topics[0] for one in profiles],
        )

    def probabilities(self, model: EventModel) -> np.ndarray:
        """As ``same_event.same_event``, of each pair."""
        own = np.array([model.probability(each) for each in self.shown])
        return np.maximum(own, self.duplicate)

    def fold(self, folds: dict[str, int]) -> np.ndarray:
        """The folds of both sides of each pair, shape (pairs, 2)."""
        of = np.array([folds[topic] for topic in self.topics])
        return of[np.array(self.pairs)]

    def clusters(self, probabilities: np.ndarray, least: float) -> list[int]:
        """The cluster of each article when all are there at once."""
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


def thinned(profiles: list[Profile], most: int, seed: int) -> list[Profile]:
    """At most that many articles of each story, at least one."""
    draw = np.random.default_rng(seed)
    by_story: dict[str, list[Profile]] = {}
    for one in profiles:
        by_story.setdefault(str(one.article.extra["story"]), []).append(one)
    kept = [
        held[place]
        for _, held in sorted(by_story.items())
        for place in draw.permutation(len(held))[: draw.integers(1, most + 1)]
    ]
    return sorted(kept, key=lambda one: one.article.id)


def on_folds(worlds: dict[str, World], folds: dict[str, int]) -> dict[str, np.ndarray]:
    probabilities = {name: np.zeros(len(world.pairs)) for name, world in worlds.items()}
    for number in range(5):
        model = fitted_on(worlds, folds, number)
        for name, world in worlds.items():
            held = (world.fold(folds) == number).any(axis=1)
            probabilities[name][held] = world.probabilities(model)[held]
    return probabilities


def fitted_on(worlds: dict[str, World], folds: dict[str, int], without: int) -> EventModel:
    values, labels, weights = [], [], []
    for world in worlds.values():
        train = (world.fold(folds) != without).all(axis=1)
        values.append(world.signals[train])
        labels.append(world.labels[train])
        weights.append(np.full(train.sum(), 5000 / train.sum()))  # every world counts alike
    point = fit(np.concatenate(values), np.concatenate(labels), np.concatenate(weights))
    *text, constant = (round(float(value), 3) for value in point)
    return EventModel("", constant, dict(zip(TEXT, text, strict=True)) | CHOSEN)


def over_topics(rows: np.ndarray, topics: np.ndarray) -> tuple[float, float]:
    draw = np.random.default_rng(SEED)
    parts = [rows[topics == topic] for topic in sorted(set(topics))]
    drawn = [
        f1(np.concatenate([parts[one] for one in draw.integers(0, len(parts), len(parts))]))
        for _ in range(2000)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for name in (LABELLED, "pairs/dev.tsv", *sorted(NEWS)):
        digest.update((data / name).read_bytes())
    print(f"data {digest.hexdigest()[:16]}, seed {SEED}", flush=True)
    table = idf_table(data)
    np.savez_compressed(
        PACKAGE / "idf.npz",
        words=table.words,
        weights=table.weights.astype(np.float16),
        rare=np.float64(table.rare),
    )
    profiles = profiled(list(articles(data / LABELLED)), work)
    worlds = {"as it is": World.of(profiles)}
    for seed, most in enumerate((4, 4, 8), start=1):
        worlds[f"1-{most} a story ({seed})"] = World.of(thinned(profiles, most, seed))
    topics = sorted(set(worlds["as it is"].topics))
    order = np.random.default_rng(SEED).permutation(len(topics))
    folds = {topic: int(place) % 5 for topic, place in zip(topics, order, strict=True)}

    model = replace(fitted_on(worlds, folds, -1), calibration=digest.hexdigest()[:16])
    (PACKAGE / "same_event.json").write_text(json.dumps(asdict(model), indent=1) + "\n", "utf-8")
    print(model, flush=True)

    bundled = sample(work)
    print("sample corpus by least linkage (B-cubed F1, stories exact), read pairs called one event")
    models = [
        model,
        *(
            replace(model, weights={**model.weights, **dict(zip(OTHERS, some, strict=True))})
            for some in product(*OTHERS.values())
        ),
    ]
    for other, (one, two) in zip(models, told_apart(data, work, models), strict=True):
        cells = []
        for least in LEASTS[:3]:
            found = bundled.clusters(bundled.probabilities(other), least)
            cells.append(
                f"{least}: {f1(b_cubed(found, bundled.gold)):.3f} {whole(found, bundled.gold)}"
            )
        print(
            f"  dated {other.weights['dated']}, apart {other.weights['apart']}, "
            f"one outlet {other.weights['one_outlet']}: "
            f"{', '.join(cells)}; of one event {one:.2f}, of two {two:.2f}",
            flush=True,
        )

    probabilities = on_folds(worlds, folds)
    print("B-cubed F1 on folds, by least linkage")
    for name, world in worlds.items():
        scores = [
            f1(b_cubed(world.clusters(probabilities[name], least), world.gold)) for least in LEASTS
        ]
        told = " ".join(
            f"{least}: {score:.3f}" for least, score in zip(LEASTS, scores, strict=True)
        )
        print(f"  {name}: {told}", flush=True)
    for name, world in worlds.items():
        found = world.clusters(probabilities[name], stories.MIN_LINKAGE)
        rows = b_cubed(found, world.gold)
        low, high = over_topics(rows, world.topics)
        precision, recall = rows.mean(axis=0)
        print(
            f"{name}: ours on folds: P {precision:.3f} R {recall:.3f} F1 {f1(rows):.3f} "
            f"({low:.3f}-{high:.3f}) ARI {ari(found, world.gold):.3f}"
        )
        for figures in evaluate_stories(world.profiles, world.gold):
            print(
                f"  {figures.system}: P {figures.precision.mean:.3f} R {figures.recall.mean:.3f} "
                f"F1 {figures.f1.mean:.3f} ARI {figures.ari:.3f}, largest {figures.largest}"
            )
    world = worlds["as it is"]
    draw = np.random.default_rng(SEED)
    at_once = world.clusters(probabilities["as it is"], stories.MIN_LINKAGE)
    orders = [
        world.arriving(probabilities["as it is"], draw.permutation(len(world.ids)))
        for _ in range(5)
    ]
    print("orders of arrival: F1", [round(f1(b_cubed(one, world.gold)), 3) for one in orders])
    print("  ARI with all at once", [round(ari(one, at_once), 3) for one in orders])
    print("  ARI of one with the next", [round(ari(a, b), 3) for a, b in pairwise(orders)])


if __name__ == "__main__":
    main()
