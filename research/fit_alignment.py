#!/usr/bin/env python
"""Fit compare/scorer.json and measure alignment on folds: research/fit_alignment.py DATA WORK.

DATA is the folder of the development sets, WORK keeps the vectors of their sentences. The
sentences of article B compete with each other and with "none of them" (a softmax whose null has
log-odds 0); weights are not negative and pulled towards 0. Items of a story are in one fold.
What is printed as "on folds" comes from models, and limits, that never saw the item's story. The
limit of absence that is published is that at which the fold scores, averaged over several divisions
into folds, reach the precision that is asked for; from where on sentences are called shared was set
by reading what comparisons of whole archives show (docs/measured.md) and stays as it is. Writes
semsearch/compare/scorer.json, and prints the SHA-256 of the data and the seed.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import ceil, floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from research import framing_measures as framing
from research.framing_measures import Item, Looked, Measured
from semsearch.assembly import build_encoder
from semsearch.compare.alignment import FEATURES, Scorer, pair_features, published_scorer
from semsearch.compare.frames import build_frames, read_frames
from semsearch.compare.sentences import ComparedText, prepare
from semsearch.config import load_settings
from semsearch.encode.encoder import Encoder

SEED = 0
FOLDS = 10
DIVISIONS = 10
RIDGE = 0.03
SHARED_PRECISION = 0.95
NOT_FOUND_PRECISION = 0.92
PACKAGE = Path(__file__).parent.parent / "semsearch" / "compare"
Array = NDArray[np.floating]


class Kept:
    """An encoder whose vectors are kept in a folder."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder, self._folder = encoder, folder

    def encode_documents(self, texts: Sequence[str]) -> Array:
        """Vectors of texts, encoded the first time."""
        name = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:24]
        path = self._folder / f"{name}.npy"
        if not path.exists():
            np.save(path, self._encoder.encode_documents(texts))
        return np.load(path)


def fit(rows: list[Array], items: list[Item]) -> tuple[Array, float]:
    """Weights and constant by penalised maximum likelihood; ``rows`` one matrix per item."""
    near = [row[np.argsort(-row[:, 0])[:5]] for row in rows]
    spread = np.concatenate(near).std(0) + 1e-6
    mean = np.mean([row.mean(0) for row in rows], 0)
    longest = max(map(len, rows))
    values = np.zeros((len(rows), longest, rows[0].shape[1]))
    there = np.zeros((len(rows), longest), bool)
    right = np.zeros_like(there)
    for place, (row, item) in enumerate(zip(rows, items, strict=True)):
        values[place, : len(row)] = (row - mean) / spread
        there[place, : len(row)] = True
        right[place, list(item.right)] = True
    none = np.asarray(~right.any(1))

    def loss(point: Array) -> tuple[float, Array]:
        weights, constant = point[:-1], point[-1]
        logits = np.where(there, values @ weights + constant, -np.inf)
        highest = np.maximum(logits.max(1), 0)
        each, null = np.exp(logits - highest[:, None]), np.exp(-highest)
        total = each.sum(1) + null
        good = np.where(none, null, (each * right).sum(1))
        wanted = np.where(none[:, None], 0, each * right / np.maximum(good, 1e-300)[:, None])
        excess = each / total[:, None] - wanted
        slope = np.append(np.einsum("qm,qmk->k", excess, values), excess.sum()) / len(rows)
        slope[:-1] += 2 * RIDGE * weights
        likelihood = np.log(np.maximum(good, 1e-300)) - np.log(total)
        return float(-likelihood.mean() + RIDGE * (weights**2).sum()), slope

    bounds = [(0, None)] * len(mean) + [(None, None)]
    found = minimize(loss, np.zeros(len(mean) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = found[:-1] / spread
    return weights, float(found[-1] - weights @ mean)


def limits(tops: Array, reported: NDArray[np.bool_]) -> tuple[float, float]:
    """The least log-odds for shared, and the most for not found, at the precisions asked for."""
    order = np.argsort(-tops)
    right = reported[order]
    counted = np.arange(1, len(right) + 1)
    shared = np.flatnonzero(np.cumsum(right) / counted >= SHARED_PRECISION)
    absent = np.flatnonzero(np.cumsum(~right[::-1]) / counted >= NOT_FOUND_PRECISION)
    high = tops[order][shared.max()] if len(shared) else np.inf
    low = tops[order][::-1][absent.max()] if len(absent) else -np.inf
    return float(high), float(low)


def on_folds(rows: list[Array], items: list[Item], seed: int) -> tuple[list[Array], Array]:
    """Log-odds of every sentence from a model that never saw the story, and limits likewise."""
    stories = sorted({item.story for item in items})
    order = np.random.default_rng(seed).permutation(len(stories))
    fold = {story: int(place) % FOLDS for story, place in zip(stories, order, strict=True)}
    logits: list[Array] = [np.zeros(0)] * len(items)
    for number in range(FOLDS):
        train = [k for k, item in enumerate(items) if fold[item.story] != number]
        weights, constant = fit([rows[k] for k in train], [items[k] for k in train])
        for k, item in enumerate(items):
            if fold[item.story] == number:
                logits[k] = rows[k] @ weights + constant
    tops = np.array([each.max() for each in logits])
    reported = np.array([item.reported for item in items])
    bounds = np.zeros((len(items), 2))
    for number in range(FOLDS):
        inside = np.array([fold[item.story] == number for item in items])
        bounds[inside] = limits(tops[~inside], reported[~inside])
    return logits, bounds


def looked(items: list[Item], logits: list[Array]) -> list[Looked]:
    """Items with what scores make of them."""
    found = []
    for item, each in zip(items, logits, strict=True):
        picked = int(each.argmax())
        found.append(Looked(item, float(each[picked]), picked))
    return found


def shortened(items: list[Item], texts: dict[str, ComparedText]) -> tuple[list[Array], list[Item]]:
    """Each item with a few sentences of A, of B, and of both, as if only an excerpt were held.

    Those of B begin at most one sentence before one that reports it, or where none does before
    the one with the most similar vector.
    """
    draw = np.random.default_rng(SEED)
    rows, short = [], []
    for item in items:
        a, b = texts[item.article_a], texts[item.article_b]
        nearest = int((b.main.vectors @ a.main.vectors[item.sentence]).argmax())
        wanted = item.right[0] if item.right else nearest
        for cut_a, cut_b in ((True, False), (False, True), (True, True)):
            first_a, some_a = window(a, item.sentence, draw) if cut_a else (0, a)
            first_b, some_b = window(b, wanted, draw) if cut_b else (0, b)
            pair = pair_features(some_a.main, some_b.main)
            rows.append(pair[item.sentence - first_a].astype(np.float64))
            held = range(first_b, first_b + len(some_b.main))
            right = tuple(place - first_b for place in item.right if place in held)
            short.append(replace(item, right=right))
    return rows, short


def window(text: ComparedText, place: int, draw: np.random.Generator) -> tuple[int, ComparedText]:
    """One to three sentences with a given one, and where they begin."""
    size = int(draw.integers(1, 4))
    first = max(0, place - int(draw.integers(0, size)))
    spans = text.main.spans[first : first + size]
    return first, prepare(text.article, spans, text.main.vectors[first : first + size])


def fit_short(
    rows: list[Array], items: list[Item], high: float, low: float
) -> tuple[tuple[Array, float], list[Array]]:
    """Weights and constant for short texts, stretched so that the limits are those of long ones.

    Returns:
        The model, and the log-odds of every sentence on folds, stretched likewise.
    """
    runs = [on_folds(rows, items, SEED + number)[0] for number in range(DIVISIONS)]
    average = [np.mean([run[k] for run in runs], 0) for k in range(len(items))]
    reported = np.array([item.reported for item in items])
    own_high, own_low = limits(np.array([each.max() for each in average]), reported)
    scale = (high - low) / (own_high - own_low)
    weights, constant = fit(rows, items)
    model = (weights * scale, (constant - own_low) * scale + low)
    return model, [(each - own_low) * scale + low for each in average]


def baselines(
    items: list[Item], texts: dict[str, ComparedText], rows: list[Array]
) -> dict[str, list[Array]]:
    """Cosine alone, and its mean with the TF-IDF cosine."""
    cosines = [
        texts[item.article_b].main.vectors @ texts[item.article_a].main.vectors[item.sentence]
        for item in items
    ]
    words = FEATURES.index("words")
    mixed = [(one + row[:, words]) / 2 for one, row in zip(cosines, rows, strict=True)]
    return {"cosine": cosines, "cosine and TF-IDF": mixed}


def shown(name: str, measured: Measured) -> str:
    if measured.value is None:
        return f"{name:34} -                       n {measured.n}"
    return (
        f"{name:34} {measured.value:.3f} ({measured.low:.3f} to {measured.high:.3f})"
        f"  n {measured.n}"
    )


def with_limits(found: list[Looked], bounds: Array, scorer: Scorer) -> dict[str, Measured]:
    """Measures where every item is judged by the limits of its own fold."""
    # Log-odds are moved so that one pair of limits fits all; that keeps every decision.
    moved = []
    middle = (scorer.shared_from + scorer.not_found_below) / 2
    for one, (high, low) in zip(found, bounds, strict=True):
        place = middle
        if one.logit >= high:
            place = scorer.shared_from + 1
        elif one.logit < low:
            place = scorer.not_found_below - 1
        moved.append(replace(one, logit=place))
    by_limits = framing.measure_alignment(moved, scorer)
    by_scores = framing.measure_alignment(found, scorer)
    return {**by_limits, "auc": by_scores["auc"], "right_sentence": by_scores["right_sentence"]}


def described_model(weights: Array, constant: float) -> dict[str, float]:
    named = {name: round(float(w), 3) for name, w in zip(FEATURES, weights, strict=True)}
    return {**named, "constant": round(constant, 3)}


def show_short(short_items: list[Item], tops: list[Array], scorer: Scorer) -> None:
    print("\nshort texts, on folds, limits as published")
    found = [
        Looked(item, float(each.max()), int(each.argmax()))
        for item, each in zip(short_items, tops, strict=True)
    ]
    for name, measured in framing.measure_alignment(found, scorer).items():
        if measured.value is not None:
            print(shown(name, measured))


def write(scorer: Scorer) -> None:
    published = {
        "full": described_model(scorer.weights, scorer.constant),
        "short": described_model(scorer.short_weights, scorer.short_constant),
        "shared_from": published_scorer().shared_from,
        "short_shared_from": published_scorer().short_shared_from,
        "not_found_below": scorer.not_found_below,
    }
    (PACKAGE / "scorer.json").write_text(json.dumps(published, indent=2) + "\n", "utf-8")


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    folder = data / "framing"
    digest = hashlib.sha256()
    for path in [*sorted(folder.glob("*.tsv")), *sorted(folder.glob("sentences*"))]:
        digest.update(path.read_bytes())
    print(f"data {digest.hexdigest()[:16]}, seed {SEED}")
    encoder: Encoder = Kept(build_encoder(load_settings().model), work)  # type: ignore[assignment]
    items = framing.read_items(folder)
    texts = framing.read_texts(folder, items, encoder)
    rows = []
    for item in items:
        pair = pair_features(texts[item.article_a].main, texts[item.article_b].main)
        rows.append(pair[item.sentence].astype(np.float64))
    reported = np.array([item.reported for item in items])
    print(f"{len(items)} items of {len({item.story for item in items})} stories")

    weights, constant = fit(rows, items)
    short_rows, short_items = shortened(items, texts)
    runs = [on_folds(rows, items, SEED + number) for number in range(DIVISIONS)]
    average = [np.mean([run[0][k] for run in runs], 0) for k in range(len(items))]
    high, low = limits(np.array([each.max() for each in average]), reported)
    # Rounded to the careful side.
    high, low = ceil(high * 100) / 100, floor(low * 100) / 100
    short, tops = fit_short(short_rows, short_items, high, low)
    scorer = Scorer(weights, constant, *short, high, high, low)
    show_short(short_items, tops, scorer)
    print("\nbaselines, best sentence by one score")
    for name, scores in baselines(items, texts, rows).items():
        table = framing.measure_alignment(looked(items, scores), scorer)
        for measure in ("auc", "right_sentence"):
            print(shown(f"{name}: {measure}", table[measure]))

    print("\non folds, limits chosen on the other folds")
    tables = []
    for logits, bounds in runs:
        found = looked(items, logits)
        tables.append(with_limits(found, bounds, scorer))
    for name, first in tables[0].items():
        mean = np.mean([t[name].value for t in tables if t[name].value is not None] or [np.nan])
        print(shown(name, first), f"  mean of {DIVISIONS} divisions {mean:.3f}")
    print("\non folds, limits as published")
    table = framing.measure_alignment(looked(items, average), scorer)
    for name, measured in table.items():
        print(shown(name, measured))

    described = read_frames()
    encoded = [sentence for frame in described for sentence in frame.encoded]
    frames = build_frames(described, encoder.encode_documents(encoded))
    print("\nframes")
    of_frames = framing.measure_frames(data / "frames", frames, encoder)
    for name, measured in of_frames.items():
        print(shown(name, measured))

    write(scorer)


if __name__ == "__main__":
    main()
