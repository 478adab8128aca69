#!/usr/bin/env python
"""Vectors of an archive that nobody has: benchmarks/make_million.py WORK PASSAGES INDEX...

Takes the passages' vectors of real indexes, in the order of their articles, each text once, and
writes PASSAGES vectors to WORK/vectors.npy (float16). The first are the real ones; then the real
ones again and again, each time perturbed by its own surroundings:

    x + a (y - x) + b (v - w), scaled to length 1

y, v and w drawn from the 16 nearest neighbours of x among the real ones, a from [0, 0.5]. So a
vector moves towards its neighbours and sideways as its neighbours differ: noise that is the same in
all directions would fill dimensions that texts do not use, and make search harder than it is. b is
chosen so that a sample of the made ones as large as the real set lies as the real set does: the
median cosine of a vector with the nearest of another article is the same. Five vectors in a row are
an article; they come from passages in a row, so passages of an article are as alike as real ones.

WORK/million.json says from what it was made, and compares the neighbourhoods.
"""

import hashlib
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

SEED = 0
NEIGHBOURS = 16
PULL = 0.5
WIDTHS = (0.3, 0.5, 0.7, 0.9)  # tried for b; the best is found between them
PER_ARTICLE = 5
PROBES = 1_000
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


def real_vectors(folders: list[Path]) -> NDArray[np.float16]:
    """Every distinct passage's vector, article by article."""
    found: dict[bytes, bytes] = {}
    for folder in folders:
        connection = sqlite3.connect(f"file:{folder / 'catalog.db'}?mode=ro", uri=True)
        rows = connection.execute(
            "SELECT p.text_hash, v.vector FROM passages p JOIN vectors v"
            " ON v.text_hash = p.text_hash ORDER BY p.article_pk, p.position"
        )
        for text_hash, vector in rows:
            found.setdefault(text_hash, vector)
        connection.close()
    size = len(next(iter(found.values()))) // 2
    return np.frombuffer(b"".join(found.values()), np.float16).reshape(-1, size)


def inverted(vectors: Matrix) -> Any:
    """Nearly exact search among some 100,000 vectors."""
    lists = max(1, int(2 * np.sqrt(len(vectors))))
    kind = f"IVF{lists},Flat"
    index: Any = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = 8
    index.train(vectors)
    index.add(vectors)
    index.nprobe = max(1, lists // 32)
    return index


def perturbed(
    real: Matrix, near: NDArray[np.int64], rows: NDArray[np.int64], width: float, seed: int
) -> Matrix:
    """The vectors of some rows, each moved within its surroundings."""
    chance = np.random.default_rng([SEED, seed])
    drawn = near[rows[:, np.newaxis], chance.integers(0, NEIGHBOURS, (len(rows), 3))]
    pull = chance.uniform(0, PULL, (len(rows), 1)).astype(np.float32)
    moved = real[rows] + pull * (real[drawn[:, 0]] - real[rows])
    moved += np.float32(width) * (real[drawn[:, 1]] - real[drawn[:, 2]])
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)


def surroundings(vectors: Matrix) -> list[float]:
    """Quantiles of the cosine with the nearest vector of another article, over a sample."""
    chance = np.random.default_rng(SEED)
    sample = np.sort(chance.choice(len(vectors), min(PROBES, len(vectors)), replace=False))
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.add(vectors)
    cosines, numbers = index.search(vectors[sample], 2 * PER_ARTICLE)
    other = np.abs(numbers - sample[:, np.newaxis]) >= PER_ARTICLE
    return [float(q) for q in np.quantile(np.where(other, cosines, -1).max(axis=1), QUANTILES)]


def sampled(real: Matrix, near: NDArray[np.int64], width: float) -> Matrix:
    """As many made vectors as there are real ones: articles drawn from all that could be made."""
    chance = np.random.default_rng([SEED, 1])
    starts = chance.integers(0, len(real) // PER_ARTICLE, len(real) // PER_ARTICLE) * PER_ARTICLE
    rows = (starts[:, np.newaxis] + np.arange(PER_ARTICLE)).ravel()
    return perturbed(real, near, rows, width, 2)


def main() -> None:
    work, number = Path(sys.argv[1]), int(sys.argv[2])
    folders = [Path(name) for name in sys.argv[3:]]
    work.mkdir(parents=True, exist_ok=True)
    half = real_vectors(folders)
    real = half.astype(np.float32)
    near = inverted(real).search(real, NEIGHBOURS + 1)[1][:, 1:]
    near = np.where(near < 0, np.arange(len(real))[:, np.newaxis], near)
    wanted = surroundings(real)
    tried = {w: surroundings(sampled(real, near, w)) for w in WIDTHS}
    middle = QUANTILES.index(0.5)
    # Wider is farther: between two widths the median falls about evenly.
    order = sorted(WIDTHS, key=lambda w: tried[w][middle])
    width = float(np.interp(wanted[middle], [tried[w][middle] for w in order], order))
    made = surroundings(sampled(real, near, width))

    vectors = np.lib.format.open_memmap(
        work / "vectors.npy", "w+", np.float16, (number, real.shape[1])
    )
    vectors[: len(real)] = half[:number]
    start, turn = min(len(real), number), 3
    while start < number:
        rows = np.arange(min(len(real), number - start))
        for first in range(0, len(rows), 65_536):
            block = rows[first : first + 65_536]
            vectors[start + first : start + first + len(block)] = perturbed(
                real, near, block, width, turn
            )
            turn += 1
        start += len(rows)
    vectors.flush()
    report = {
        "seed": SEED,
        "real": len(real),
        "sha256_of_real": hashlib.sha256(half.tobytes()).hexdigest(),
        "vectors": number,
        "width": round(width, 4),
        "quantiles": QUANTILES,
        "nearest_of_real": [round(value, 4) for value in wanted],
        "nearest_of_made": [round(value, 4) for value in made],
        "nearest_by_width": {str(w): [round(v, 4) for v in tried[w]] for w in WIDTHS},
    }
    (work / "million.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
