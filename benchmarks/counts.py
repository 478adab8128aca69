#!/usr/bin/env python
"""What pages count, in a small and a large archive: benchmarks/counts.py [SMALL] [LARGE].

Status, front page and metrics show outlets, topics, the archive's time, and the first stories. Here
the columns of a generation and the stories of a catalog are made up, for 5,000 and 1,000,000
articles with 3,000 outlets and 5,000 topics, a twentieth of the articles in stories. Each is asked
of one generation after another: the first asks a segment that nobody has counted, the second one
that shares it, and of which an article is gone; then the second is asked again. Prints milliseconds
of the processor, the least of three runs that take turns.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import numpy as np
from sqlalchemy import create_engine, insert

from semsearch.maintain.status import OutletCounts
from semsearch.model.clusters import CoverageOrder
from semsearch.model.filters import TEXT_ATTRIBUTES, Attribute
from semsearch.store.catalog.clusters import ClusterFilter, ClusterKind
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.schema import clusters, metadata
from semsearch.store.local.segment import Segment
from semsearch.store.local.segments import SegmentVectors
from semsearch.store.snapshot import Snapshot

SIZES = (5_000, 1_000_000)
OUTLETS, TOPICS = 3_000, 5_000
SHARE = 60  # articles to a story
RUNS = 3
BATCH = 10_000


def segment(articles: int) -> Segment:
    """The columns of so many articles; nothing that is asked here needs their vectors."""
    chance = np.random.default_rng(articles)
    outlet = np.minimum(chance.zipf(1.3, articles), OUTLETS).astype(np.int32) - 1
    terms: dict[str, list[str]] = {attribute.value: [] for attribute in TEXT_ATTRIBUTES}
    names = [f"Outlet {n}" for n in range(OUTLETS)]
    terms[Attribute.PROVIDER.value] = [*names, *(f"outlet{n}.example" for n in range(OUTLETS))]
    terms[Attribute.TOPIC.value] = [f"topic {n}" for n in range(TOPICS)]
    columns: dict[str, Any] = {
        "pk": np.arange(articles, dtype=np.int64),
        "first_topic": np.arange(articles + 1, dtype=np.int64) * 2,
        "published": chance.integers(10**9, 2 * 10**9, articles),
        "name": outlet,
        "domain": outlet + OUTLETS,
    }
    topics = (chance.zipf(1.3, 2 * articles) % TOPICS).astype(np.int32)
    return Segment(columns, {}, topics, terms, cast("Any", None), np.empty(0, np.float32))


def coverage(folder: Path, articles: int) -> Coverage:
    """Stories in a catalog of their own."""
    url = f"sqlite:///{folder / 'catalog.db'}"
    engine = create_engine(url)
    metadata.create_all(engine)
    chance = np.random.default_rng(articles)
    sizes = np.minimum(chance.zipf(1.8, articles // SHARE) + 1, 500).tolist()
    rows = [
        {
            "id": f"s{n}",
            "kind": ClusterKind.STORY.value,
            "added_seq": 1,
            "lead_pk": n,
            "title": f"Story {n}",
            "size": size,
            "providers": size,
            "origins": size,
            "first": 10**9 + n,
            "last": 10**9 + n + size,
        }
        for n, size in enumerate(sizes)
    ]
    with engine.begin() as connection:
        for start in range(0, len(rows), BATCH):
            connection.execute(insert(clusters), rows[start : start + BATCH])
    engine.dispose()
    return Coverage(Database(url))


def asked(held: Segment, stories: Coverage, at: int, gone: int) -> Callable[[], None]:
    """What a page asks of a generation."""
    removed = np.arange(gone, dtype=np.int64)
    vectors = cast("Any", SegmentVectors((held,), removed))
    snapshot = Snapshot(at, at, vectors, cast("Any", None), cast("Any", None))
    counts = OutletCounts()

    def ask() -> None:
        assert counts.of(snapshot)  # noqa: S101 - an archive without outlets would be quick
        assert snapshot.topics  # noqa: S101
        assert snapshot.span  # noqa: S101
        for order in (CoverageOrder.SIZE, CoverageOrder.RECENT):
            stories.listing(ClusterKind.STORY, at, ClusterFilter(), order, 0, 6)

    return ask


def spent(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)


def main() -> None:
    sizes = tuple(map(int, sys.argv[1:3])) or SIZES
    least: dict[str, dict[int, float]] = {}
    with TemporaryDirectory() as folder:
        archives = {}
        for size in sizes:
            (Path(folder) / str(size)).mkdir()
            archives[size] = segment(size), coverage(Path(folder) / str(size), size)
        for run in range(RUNS):
            for size, (held, stories) in archives.items():
                fresh = replace(held, _codes={}, _counts={})
                first = asked(fresh, stories, 2 * run + 1, 0)
                second = asked(fresh, stories, 2 * run + 2, 1)
                for name, work in (
                    ("first generation", first),
                    ("the next one, an article gone", second),
                    ("the same again", second),
                ):
                    of = least.setdefault(name, {})
                    of[size] = min(of.get(size, np.inf), spent(work))
    small, large = sizes
    print(
        f"| asked of | {small:,} articles, ms | {large:,} articles, ms | times |\n|---|---|---|---|"
    )
    for name, of in least.items():
        print(f"| {name} | {of[small]:.2f} | {of[large]:.2f} | {of[large] / of[small]:.2f} |")


if __name__ == "__main__":
    main()
