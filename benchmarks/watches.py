#!/usr/bin/env python
"""Time what watches add to the cost of an article.

benchmarks/watches.py INDEX FILE [WATCHES]   FILE has a question a line; 10,000 watches by default

Articles of the index are judged one by one, as they arrive, first with no watch and then with all;
nothing is written. Of an article that is reported the sentences are encoded, once; a service keeps
them. That time is shown by itself. The first half of them is judged before the clock starts: a
question is read when it concerns an article for the first time that day. Time is that of the
processor.
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import semsearch
from semsearch.ask.terms import weigh
from semsearch.encode.encoder import Vectors
from semsearch.index import Index
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.watch.judging import Judge
from semsearch.watch.reporting import Memory

_ARTICLES = 400


def watches_of(index: Index, questions: list[str], number: int) -> list[StoredWatch]:
    snapshot, now = index.library.snapshot(), datetime.now(UTC)
    vectors = index.library.encode(questions)
    terms = [tuple(t.term for t in weigh(q, len(snapshot), snapshot.words)) for q in questions]
    return [
        StoredWatch(
            id=f"w{place}",
            spec=WatchSpec(name=f"w{place}", question=questions[place % len(questions)]),
            created=now,
            since=-1,
            terms=terms[place % len(questions)],
            vector=vectors[place % len(questions)],
        )
        for place in range(number)
    ]


class EncodingTime:
    """Counts the time that an index takes to encode from now on."""

    def __init__(self, index: Index) -> None:
        self.seconds = 0.0
        self._encode = index.library.encode
        setattr(index.library, "encode", self._timed)  # noqa: B010 - a method is not assigned to

    def _timed(self, texts: Sequence[str]) -> Vectors:
        started = time.process_time()
        vectors = self._encode(texts)
        self.seconds += time.process_time() - started
        return vectors


def timed(index: Index, watches: list[StoredWatch], pks: list[int]) -> None:
    """Print the milliseconds of an article, and what came of it."""
    judge = Judge(index.library, index._components.searcher)  # noqa: SLF001
    judge.load(watches)
    snapshot, memory = index.library.snapshot(), Memory(durable=False)
    arrivals = list(judge.arrivals(pks, snapshot))
    half = len(arrivals) // 2
    for arrived in arrivals[:half]:
        judge.judge(arrived, snapshot, memory)
    before = len(memory.reports)
    encoding = EncodingTime(index)
    near, took, found = [], [], 0
    for arrived in arrivals[half:]:
        started = time.process_time()
        if watches:
            matcher = judge._matching(snapshot)  # noqa: SLF001
            found += len(matcher.near(arrived.article, arrived.columns, arrived.written, snapshot))
        near.append(1_000 * (time.process_time() - started))
        started = time.process_time()
        judge.judge(arrived, snapshot, memory)
        took.append(1_000 * (time.process_time() - started))
    reports = Counter(article for _, article in list(memory.reports)[before:])
    print(
        f"| {len(watches):,} | {len(took)} | {statistics.mean(near):.2f} | "
        f"{found / len(took):.2f} | {statistics.mean(took):.2f} | {statistics.median(took):.2f} | "
        f"{sorted(took)[int(0.95 * len(took))]:.2f} "
        f"| {encoding.seconds * 1_000 / len(took):.2f} | {reports.total()} for {len(reports)} |"
    )


def main(folder: Path, file: Path, number: int) -> None:
    questions = [line for line in file.read_text("utf-8").splitlines() if line.strip()][:number]
    with semsearch.open(folder) as index:
        library = index.library
        names = Random(0).sample(index.ids(), min(_ARTICLES, len(index.ids())))
        pks = list(library.catalog.pks_at(names, library.snapshot().sequence).values())
        print(
            "| watches | articles | finding, ms | found | all, mean ms | median | p95 "
            "| of the mean, encoding | reports |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for watches in ([], watches_of(index, questions, number)):
            timed(index, watches, pks)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 10_000)  # noqa: PLR2004
