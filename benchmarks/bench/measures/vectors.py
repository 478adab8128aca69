"""Vector search alone, at equal recall, beside FAISS itself and two graphs."""

import shutil
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench.apart import Apart, interleaved
from benchmarks.bench.corpora import ABP, EVERYDAY, Setting
from benchmarks.bench.peers.semsearch_vectors import gather
from benchmarks.bench.prepared import semsearch_index
from benchmarks.bench.table import Measure, Row, beside

ARTICLES = 5_000
LARGE = 200_000  # taken of the file of vectors that is given
QUESTIONS = 200
ROUNDS = 5
LEAST = 0.97
SLACK = 0.005  # recall may be so much less than ours to count as equal
TEN = 10
ENGINES = {
    "semsearch": "benchmarks.bench.peers.semsearch_vectors:VectorSearch",
    "FAISS": "benchmarks.bench.peers.faiss:VectorSearch",
    "hnswlib": "benchmarks.bench.peers.hnswlib:VectorSearch",
    "usearch": "benchmarks.bench.peers.usearch:VectorSearch",
}


def vectors(setting: Setting) -> list[Row]:
    """The passages of an index; then a part of the file of vectors, if there is one."""
    corpus = setting.corpus(EVERYDAY, ARTICLES)
    work = setting.work / "vectors"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    gather(semsearch_index(setting, corpus), work / "passages.npy")
    asked = {"passages": corpus}
    if setting.vectors is not None:
        np.save(work / "large.npy", np.load(setting.vectors, mmap_mode="r")[:LARGE])
        asked["large"] = setting.corpus(ABP, QUESTIONS)  # news, as what the vectors are made of
    rows = []
    for name, given in asked.items():
        queries = work / f"{name}.queries.npy"
        with Apart("benchmarks.bench.peers.semsearch:Encoding") as encoder:
            encoder.call("write_queries", setting.questions(given)[:QUESTIONS], queries)
        rows += _compared(work / f"{name}.npy", queries, work / name)
    return rows


def _compared(source: Path, queries: Path, folder: Path) -> list[Row]:
    nearest = _nearest(source, queries)
    with ExitStack() as stack:
        engines = {
            label: stack.enter_context(Apart(name, source, folder))
            for label, name in ENGINES.items()
        }
        built = {label: [one.call("seconds")] for label, one in engines.items()}
        needed, efforts, notes = LEAST, {}, {}
        for label, engine in engines.items():
            effort, recall = _least_effort(engine, queries, nearest, needed)
            needed = max(needed, recall - SLACK) if label == "semsearch" else needed
            efforts[label] = (queries, effort)
            notes[label] = f"recall@10 {recall:.3f}"
        answers = interleaved(engines, ROUNDS, "search", efforts)
    number = len(np.load(source, mmap_mode="r"))
    texts = f"{number:,} vectors, {notes.pop('semsearch')}"
    taken = {label: [ms for ms, _ in each] for label, each in answers.items()}
    searched = Measure("vector search alone, median", texts, "ms", aim=1 / 1.1)
    rows = beside(searched, {label: taken[label] for label in ("semsearch", "FAISS")}, notes)
    taken.pop("FAISS")
    others = Measure(searched.name, texts, "ms")
    return [
        *rows,
        *beside(others, taken, notes),
        *beside(Measure("vector index built", texts, "s"), built),
    ]


def _least_effort(
    engine: Apart, queries: Path, nearest: NDArray[np.int64], needed: float
) -> tuple[int, float]:
    """The first effort that reaches a recall, or the greatest; and the recall it has."""
    effort, recall = 0, 0.0
    for effort in engine.call("efforts"):
        _, found = engine.call("search", queries, effort)
        hits = [len(set(a) & set(b)) for a, b in zip(found, nearest.tolist(), strict=True)]
        recall = sum(hits) / nearest.size
        if recall >= needed:
            break
    return effort, recall


def _nearest(source: Path, queries: Path) -> NDArray[np.int64]:
    """The ten nearest of each query by numpy, shape (queries, 10)."""
    held, asked = np.load(source, mmap_mode="r"), np.load(queries)
    block = 50_000
    parts = [
        asked @ held[first : first + block].astype(np.float32).T
        for first in range(0, len(held), block)
    ]
    order: NDArray[np.int64] = np.argsort(-np.hstack(parts), axis=1, kind="stable")[:, :TEN]
    return order
