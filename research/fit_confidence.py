#!/usr/bin/env python
"""Fit the model of ask/confidence.py: research/fit_confidence.py DATA WORK.

DATA is the folder of the development sets, WORK keeps their indexes (made on the first run).
Questions asked of an archive that cannot answer them serve as further unanswerable ones. The fit
is a ridge towards the published coefficients; what is printed for questions of everyday_azure is
measured on five folds by question. Prints the SHA-256 of the question files and the seed.
"""

import hashlib
import json
import lzma
import sys
import tarfile
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.index import Index
from semsearch.model.search import Query

SEED = 0
NAMES = ("distance", "gap", "covered", "names_missing", "unknown_provider", "outside_dates")
SIGNS = (1, 1, 1, -1, -1, -1)
# How much each kind of question weighs: the real ones most, what is wholly off topic least.
WEIGHTS = {("azure", 1): 6.0, ("azure", 0): 8.0, ("time", 1): 1.0, ("elsewhere", 0): 0.3}
LOST = 0.05
RIDGE = 0.05


def index_of(name: str, source: Path, work: Path) -> Index:
    services = open_index(Settings(index=work / name), create=True)
    services.add_files(source)
    return services


def questions(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def signals(services: Index, texts: list[str]) -> list[list[float]]:
    rows = []
    for text in texts:
        evidence = services.search(Query(text)).confidence_evidence
        rows.append([float(evidence[name]) for name in NAMES])
    return rows


def gather(data: Path, work: Path) -> list[tuple[str, str, int, list[float]]]:
    azure_folder, time_file = work / "azure", work / "time1963.jsonl"
    if not azure_folder.is_dir():
        with tarfile.open(data / "everyday_azure_md.tar.xz") as archive:
            archive.extractall(azure_folder, filter="data")
    if not time_file.exists():
        time_file.write_bytes(lzma.decompress((data / "time1963.jsonl.xz").read_bytes()))
    azure = index_of("azure-index", azure_folder, work)
    time = index_of("time-index", time_file, work)
    mine = questions(data / "questions_dev" / "queries.jsonl")
    answerable = [q["text"] for q in mine if q["kind"] != "none"]
    without = [q["text"] for q in mine if q["kind"] == "none"]
    without += [q["text"] for q in questions(data / "questions_dev" / "none_extra.jsonl")]
    old = [q["text"] for q in questions(data / "time1963_q" / "queries.jsonl")]
    quiz = [q["text"] for q in questions(data / "realtimeqa_q" / "queries_dev.jsonl")]
    rows = []
    for kind, label, services, texts in (
        ("azure", 1, azure, answerable),
        ("azure", 0, azure, without),
        ("time", 1, time, old),
        ("elsewhere", 0, azure, quiz),
        ("elsewhere", 0, azure, old),
        ("elsewhere", 0, time, answerable),
    ):
        rows += [
            (kind, text, label, row)
            for text, row in zip(texts, signals(services, texts), strict=True)
        ]
    return rows


def fit(rows: list[tuple[str, str, int, list[float]]]) -> tuple[np.ndarray, float]:
    values = np.array([row[3] for row in rows])
    labels = np.array([row[2] for row in rows], float)
    weights = np.array([WEIGHTS[row[0], row[2]] for row in rows])
    weights /= weights.sum()
    mean = np.average(values, 0, weights)
    spread = np.sqrt(np.average((values - mean) ** 2, 0, weights)) + 1e-6
    scaled = (values - mean) / spread

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        logit = scaled @ point[:-1] + point[-1]
        each = np.logaddexp(0, -logit) * labels + np.logaddexp(0, logit) * (1 - labels)
        slope = weights * (1 / (1 + np.exp(-logit)) - labels)
        gradient = np.append(slope @ scaled + 2 * RIDGE * point[:-1], slope.sum())
        return float(weights @ each + RIDGE * (point[:-1] ** 2).sum()), gradient

    bounds = [(0, None) if sign > 0 else (None, 0) for sign in SIGNS] + [(None, None)]
    found = minimize(loss, np.zeros(len(NAMES) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    coefficients = found[:-1] / spread
    return coefficients, float(found[-1] - coefficients @ mean)


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    work.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    for path in sorted(data.glob("*_q/queries*.jsonl")) + sorted(
        data.glob("questions_dev/*.jsonl")
    ):
        digest.update(path.read_bytes())
    print(f"questions {digest.hexdigest()[:16]}, seed {SEED}")
    rows = gather(data, work)
    coefficients, constant = fit(rows)
    print("constant", round(constant, 3))
    for name, value in zip(NAMES, coefficients, strict=True):
        print(name, round(float(value), 3))

    texts = sorted({row[1] for row in rows})
    order = np.random.default_rng(SEED).permutation(len(texts))
    fold = {text: int(place) % 5 for text, place in zip(texts, order, strict=True)}
    scores: dict[int, list[float]] = {0: [], 1: []}
    nested = [0, 0]
    for number in range(5):
        held, bias = fit([row for row in rows if fold[row[1]] != number])
        train = sorted(
            float(np.dot(held, row[3]) + bias)
            for row in rows
            if fold[row[1]] != number and row[0] == "azure" and row[2] == 1
        )
        limit = train[int(LOST * len(train))]
        for kind, text, label, row in rows:
            if kind == "azure" and fold[text] == number:
                score = float(np.dot(held, row) + bias)
                scores[label].append(score)
                nested[label] += score < limit
    answerable, without = np.sort(scores[1]), np.array(scores[0])
    limit = answerable[int(LOST * len(answerable))]
    print(f"on folds: recognised {np.mean(without < limit):.2f} at {LOST:.0%} lost")
    print(
        f"threshold chosen on folds, too: recognised {nested[0]}/{len(without)}, "
        f"lost {nested[1]}/{len(answerable)}"
    )
    own = np.sort(
        [np.dot(coefficients, r[3]) + constant for r in rows if r[0] == "azure" and r[2] == 1]
    )
    print("none below", round(float(own[int(LOST * len(own))]), 2))
    print("high from", round(float(np.quantile(own, 0.5)), 2))
    for kind, label in WEIGHTS:
        chosen = [
            np.dot(coefficients, r[3]) + constant for r in rows if (r[0], r[2]) == (kind, label)
        ]
        below = np.mean(np.array(chosen) < own[int(LOST * len(own))])
        print(f"{kind} {'answerable' if label else 'unanswerable'}: none for {below:.0%}")


if __name__ == "__main__":
    main()
