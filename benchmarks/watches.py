#!/usr/bin/env python
"""Time what watches add to the cost of an article.

benchmarks/watches.py INDEX [WATCHES]   an index of news; 10,000 watches by default

The questions are sentences of the index itself, of articles that are in a story: so more of them
concern an article than anywhere else. Articles are judged one by one, as they arrive, first with no
watch and then with all; nothing is written.
"""

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import semsearch
from semsearch.ask.terms import weigh
from semsearch.index import Index
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.watches import StoredWatch
from semsearch.store.whitening import widen
from semsearch.watch.judging import Judge, Memory

_ARTICLES = 100


def questions(index: Index, number: int, rng: Random) -> list[StoredWatch]:
    library = index.library
    snapshot = library.snapshot()
    pks = library.catalog.pks_at(index.ids(), snapshot.sequence).values()
    held = library.catalog.by_pk(pks)
    pairs = []
    for pk, (spans, vectors) in library.catalog.sentences_of(pks).items():
        for span, vector in zip(spans, widen(vectors), strict=True):
            text = held[pk].text(span.field)[span.start : span.end]
            pairs.append((text.replace('"', " "), vector))
    chosen = rng.sample(pairs, min(number, len(pairs)))
    now = datetime.now(UTC)
    return [
        StoredWatch(
            id=f"w{place}",
            spec=WatchSpec(name=f"w{place}", question=text),
            created=now,
            since=-1,
            terms=tuple(
                term.term for term in weigh(text, len(snapshot), snapshot.words.document_frequency)
            ),
            vector=vector,
        )
        for place, (text, vector) in enumerate(chosen)
    ]


def timed(index: Index, watches: list[StoredWatch], pks: list[int]) -> tuple[list[float], int]:
    """Milliseconds of each article, and how many alerts there were."""
    library = index.library
    judge = Judge(library, index._searcher)  # noqa: SLF001
    judge.load(watches)
    snapshot, memory, took = library.snapshot(), Memory(durable=False), []
    arrivals = judge.arrivals(pks, snapshot)
    first = next(arrivals)
    judge.judge(first, snapshot, memory)  # the inverted index is made once
    for arrived in arrivals:
        started = time.perf_counter()
        judge.judge(arrived, snapshot, memory)
        took.append(1_000 * (time.perf_counter() - started))
    return took, len(memory.reports)


def main(folder: Path, number: int) -> None:
    rng = Random(0)
    with semsearch.open(folder) as index:
        library = index.library
        at = library.snapshot().sequence
        pks = list(library.catalog.pks_at(rng.sample(index.ids(), _ARTICLES), at).values())
        print("| watches | articles | mean ms | median ms | p95 ms | reports |")
        print("|---|---|---|---|---|---|")
        for watches in ([], questions(index, number, rng)):
            took, reports = timed(index, watches, pks)
            print(
                f"| {len(watches):,} | {len(took)} | {statistics.mean(took):.2f} | "
                f"{statistics.median(took):.2f} | {sorted(took)[int(0.95 * len(took))]:.2f} | "
                f"{reports} |"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)  # noqa: PLR2004
