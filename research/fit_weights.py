#!/usr/bin/env python
"""Learn the weights of ask/fusion.py on folds with: research/fit_weights.py DATA WORK.

DATA is the folder of the development sets, WORK keeps their indexes, as research/fit_confidence.py
makes them; where WORK/realtimeqa-index is there, too, its questions and noisy weak labels are used.

Every question's first hits by equal weights are kept with the parts of their scores. A search along
one weight after the other then looks for the best mean nDCG@10, each set counting as much as its
share in SHARES says, less a ridge that holds the weights near the present ones. What is printed was
measured on folds by question: weights from four folds, figures from the fifth. Prints the seed and
the SHA-256 of questions and judgments. Weights of 0 stay 0.
"""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from semsearch.ask.search import Searcher
from semsearch.assembly import open_index
from semsearch.config import RankSettings, Settings
from semsearch.evaluation.evaluating import load_set
from semsearch.evaluation.measures import estimate
from semsearch.evaluation.questions import SetFiles
from semsearch.model.search import Query

SEED = 0
FOLDS = 5
HITS = 300
CUT = 10
NAMES = tuple(name for name, weight in RankSettings().model_dump().items() if weight)
STEPS = (0.5, 0.8, 1.25, 2.0)
RIDGE = 0.02
LEAST_GAIN = 1e-4
WEAK = 300
# The noisy labels say what they say about body words alone, so they count little.
SHARES = {"questions_dev": 1.0, "time1963": 1.0, "realtimeqa": 1.0, "realtimeqa-weak": 0.25}
SETS = {
    "questions_dev": ("azure-index", "questions_dev/queries.jsonl", "questions_dev/qrels.tsv"),
    "time1963": ("time-index", "time1963_q/queries.jsonl", "time1963_q/qrels.tsv"),
    "realtimeqa": (
        "realtimeqa-index",
        "realtimeqa_q/queries_dev.jsonl",
        "realtimeqa_q/qrels_dev.tsv",
    ),
    "realtimeqa-weak": (
        "realtimeqa-index",
        "realtimeqa_q/queries_weak.jsonl",
        "realtimeqa_q/qrels_weak.tsv",
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's hits: parts without weights (n, parts), other parts summed, gains, best DCG."""

    name: str
    id: str
    parts: np.ndarray
    rest: np.ndarray
    gains: np.ndarray
    ideal: float


def ask(name: str, data: Path, work: Path) -> list[Asked]:
    folder, queries, qrels = SETS[name]
    services = open_index(Settings(index=work / folder))
    searcher = Searcher(services.library, RankSettings(**dict.fromkeys(NAMES, 1.0)))
    labelled = load_set(
        SetFiles(data, data / queries, data / qrels, data / "no-such-file"), services
    )
    chosen = labelled.answerable
    if name.endswith("weak"):
        order = np.random.default_rng(SEED).permutation(len(chosen))[:WEAK]
        chosen = tuple(chosen[i] for i in sorted(order))
    asked = []
    for question in chosen:
        hits = searcher.search(Query(question.text, k=HITS)).hits
        grades = labelled.grades[question.id]
        parts = np.array([[hit.score_parts[part] for part in NAMES] for hit in hits])
        rest = np.array(
            [sum(v for part, v in hit.score_parts.items() if part not in NAMES) for hit in hits]
        )
        gains = np.array([2.0 ** grades.get(hit.article.id, 0) - 1 for hit in hits])
        best = sorted((2.0**grade - 1 for grade in grades.values()), reverse=True)[:CUT]
        asked.append(
            Asked(name, question.id, parts, rest, gains, float(np.dot(best, discount(best))))
        )
    services.close()
    return asked


def discount(ranked: Sequence[float] | np.ndarray) -> np.ndarray:
    return 1 / np.log2(np.arange(len(ranked)) + 2)


def ndcg(one: Asked, weights: np.ndarray) -> float:
    order = np.argsort(-(one.parts @ weights + one.rest), kind="stable")[:CUT]
    gained = one.gains[order]
    return float(gained @ discount(gained)) / one.ideal


def worth(asked: Sequence[Asked], weights: np.ndarray, start: np.ndarray) -> float:
    means = {}
    for name in SHARES:
        values = [ndcg(one, weights) for one in asked if one.name == name]
        if values:
            means[name] = float(np.mean(values))
    total = sum(SHARES[name] for name in means)
    mean = sum(SHARES[name] * value for name, value in means.items()) / total
    return mean - RIDGE * float(np.mean(np.log(weights / start) ** 2))


def fit(asked: Sequence[Asked], start: np.ndarray) -> np.ndarray:
    weights, best = start, worth(asked, start, start)
    while True:
        before = best
        for place in range(len(NAMES)):
            for step in STEPS:
                tried = weights.copy()
                tried[place] *= step
                value = worth(asked, tried, start)
                if value > best + LEAST_GAIN:
                    weights, best = tried, value
        if best <= before + LEAST_GAIN:
            return weights


def shown(weights: np.ndarray) -> Mapping[str, float]:
    return {name: round(float(value), 3) for name, value in zip(NAMES, weights, strict=True)}


def main() -> None:
    data, work = Path(sys.argv[1]), Path(sys.argv[2])
    present = [name for name, (folder, _, _) in SETS.items() if (work / folder).is_dir()]
    digest = hashlib.sha256()
    for name in present:
        for path in SETS[name][1:]:
            digest.update((data / path).read_bytes())
    print(f"data {digest.hexdigest()[:16]}, seed {SEED}, sets {', '.join(present)}")
    asked = [one for name in present for one in ask(name, data, work)]
    start = np.array([getattr(RankSettings(), name) for name in NAMES])
    order = np.random.default_rng(SEED).permutation(len(asked))
    fold = {(one.name, one.id): int(i) % FOLDS for one, i in zip(asked, order, strict=True)}

    gains: dict[str, list[tuple[float, float]]] = {name: [] for name in present}
    for number in range(FOLDS):
        learned = fit([one for one in asked if fold[one.name, one.id] != number], start)
        print(f"fold {number}: {shown(learned)}")
        for one in asked:
            if fold[one.name, one.id] == number:
                gains[one.name].append((ndcg(one, start), ndcg(one, learned)))
    for name, pairs in gains.items():
        old, new = estimate([a for a, _ in pairs]), estimate([b for _, b in pairs])
        more = estimate([b - a for a, b in pairs])
        print(
            f"{name}: nDCG@10 present {old.mean:.3f}, learned on folds {new.mean:.3f}, "
            f"difference {more.mean:+.3f} ({more.low:+.3f} to {more.high:+.3f}), "
            f"{len(pairs)} questions"
        )
    print("learned on all:", shown(fit(asked, start)))


if __name__ == "__main__":
    main()
