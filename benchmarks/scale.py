#!/usr/bin/env python
"""What an index costs as it grows: benchmarks/scale.py VECTORS.npy QUESTIONS.jsonl WORK [SIZE...].

VECTORS is what make_million.py wrote: five rows an article. For each SIZE (5000 50000 500000
5000000 vectors) the derived files are written as publishing does: a segment, and a word index of
40 words an article, drawn as words of a language are (Zipf). They are opened in a process of its
own, which answers the first 100 questions for 200 articles each, as a search does, without a filter
and with filters that let 50 %, 5 % and 0.1 % of the articles pass, and takes exact similarities of
them; all that twice, since of a large index what is asked first is read from the disk.

Recall is that of the ten nearest articles, beside numpy over all vectors. Memory is what the
process holds itself; what is mapped from files comes on top as the machine has room. Prints a
Markdown table and writes WORK/scale.json; with KIND=flat in the environment another kind of vector
index is measured.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from threading import Event, Thread
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from semsearch.assembly import build_encoder
from semsearch.config import load_settings
from semsearch.model.article import Article, Field, Passage, Provider
from semsearch.model.filters import EVERYTHING, Attribute, Between, Condition
from semsearch.store.catalog.rows import SegmentRow
from semsearch.store.files import files_of, make_folder
from semsearch.store.local.lexical import TantivyIndex, update_lexical
from semsearch.store.local.segment import open_segment, write_segment
from semsearch.store.local.segments import SegmentVectors
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.store.snapshot import Snapshot
from semsearch.store.whitening import Whitening, widen

SIZES = (5_000, 50_000, 500_000, 5_000_000)
PER_ARTICLE = 5
QUESTIONS = 100
POOL = 200
TEN = 10
SHARES = (1.0, 0.5, 0.05, 0.001)
QUALITIES = 1_000  # each article has a quality below; filters cut there
WORDS = 40
VOCABULARY = 200_000
BLOCK = 100_000
LEADS = 50_000
MIB = 2**20
FIELDS = (Field.TITLE, Field.LEAD, Field.BODY, Field.BODY, Field.BODY)


class Memory:
    """The most memory that this process held itself while something ran, in MiB."""

    def __enter__(self) -> Self:
        self.most = 0.0
        self._done = Event()
        self._watch = Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            self.most = max(self.most, memory()["RssAnon"])


def memory() -> dict[str, float]:
    """What this process holds, in MiB: by itself, and mapped from files."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    named = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return {name: int(value) / 1024 for name, value in named.items()}


def qualities(number: int) -> NDArray[np.int64]:
    return np.random.default_rng(1).integers(0, QUALITIES, number)


def articles(number: int) -> Iterator[tuple[int, Article]]:
    """Invented heads and words, with their keys."""
    chance = np.random.default_rng(2)
    quality = qualities(number).tolist()
    start = datetime(2014, 1, 1, tzinfo=UTC)
    for first in range(0, number, 1000):
        many = min(1000, number - first)
        ranks = np.minimum(chance.zipf(1.2, (many, WORDS)), VOCABULARY)
        outlets, topics = chance.integers(0, 300, many), chance.integers(0, 2000, (many, 2))
        for place in range(many):
            pk = first + place + 1
            yield (
                pk,
                Article(
                    f"a{pk}",
                    f"w{ranks[place, 0]} w{ranks[place, 1]}",
                    body=" ".join(f"w{rank}" for rank in ranks[place]),
                    provider=Provider("", f"outlet{outlets[place]}.example"),
                    topics=tuple(f"topic {topic}" for topic in topics[place]),
                    published=start + timedelta(minutes=5 * pk),
                    quality=quality[pk - 1],
                ),
            )


def rows(vectors: NDArray[np.float16], number: int) -> Iterator[SegmentRow]:
    spans = tuple(Passage(field, n * 400, n * 400 + 400) for n, field in enumerate(FIELDS))
    for pk, article in articles(number):
        first = (pk - 1) * PER_ARTICLE
        yield SegmentRow(pk, article, spans, vectors[first : first + PER_ARTICLE], pk)


def build(source: Path, folder: Path, size: int) -> dict[str, Any]:
    vectors = np.load(source, mmap_mode="r")[:size]
    number = size // PER_ARTICLE
    step = max(1, number // LEADS)
    whitening = Whitening.learned(np.array(vectors[1 :: PER_ARTICLE * step]), vectors.shape[1])
    make_folder(folder / "lexical")
    with Memory() as held:
        started, spent = time.perf_counter(), time.process_time()
        (folder / "geometry.npz").write_bytes(whitening.to_bytes())
        kind = os.environ.get("KIND", "auto")
        write_segment(folder / "segment", rows(vectors, number), vectors.shape[1], kind, whitening)
        segment = time.perf_counter() - started
        started = time.perf_counter()
        update_lexical(folder / "lexical", articles(number), [])
        words = time.perf_counter() - started
        spent = time.process_time() - spent
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in files_of(folder)}
    lexical = sum(size for name, size in sizes.items() if name.startswith("lexical"))
    return {
        "segment_s": round(segment, 1),
        "words_s": round(words, 1),
        "cpu_ms_an_article": round(1000 * spent / number, 2),
        "build_mib": round(held.most),
        "bytes": sum(sizes.values()),
        "bytes_of_words": lexical,
        "bytes_of_codes": sizes.get("segment/coarse.faiss", 0),
    }


def condition_of(share: float) -> Condition:
    return EVERYTHING if share == 1 else Between(Attribute.QUALITY, 0, int(share * QUALITIES))


def answer(folder: Path, queries: Path) -> dict[str, Any]:
    empty = memory()
    started = time.perf_counter()
    snapshot = Snapshot(
        generation=1,
        sequence=1,
        vectors=SegmentVectors((open_segment(folder / "segment"),), np.empty(0, np.int64)),
        words=TantivyIndex(folder / "lexical"),
        whitening=Whitening.from_bytes((folder / "geometry.npz").read_bytes()),
    )
    opened = time.perf_counter() - started
    asked = np.load(queries)
    found: dict[str, Any] = {"open_s": round(opened, 3), "ms": {}, "top": {}}
    snapshot.vectors.nearest(asked[0], POOL, EVERYTHING)
    exact = []
    for time_of_asking, share in product(("first", "again"), SHARES):
        times, tops = [], []
        for query in asked:
            started = time.perf_counter()
            hits = snapshot.vectors.nearest(query, POOL, condition_of(share))
            times.append(time.perf_counter() - started)
            tops.append([pk for pk, _ in hits[:TEN]])
            started = time.perf_counter()
            snapshot.candidates([pk for pk, _ in hits], query)
            exact.append(time.perf_counter() - started)
        found["ms"][f"{time_of_asking} {share}"] = round(1000 * float(np.median(times)), 2)
        found["top"][str(share)] = tops
    chance = np.random.default_rng(3)
    times = []
    for _ in asked:
        terms = {f"w{rank}": 1.0 for rank in np.minimum(chance.zipf(1.2, 5), VOCABULARY)}
        started = time.perf_counter()
        snapshot.words.search(dict.fromkeys(LEXICAL_FIELDS, terms), POOL, EVERYTHING)
        times.append(time.perf_counter() - started)
    now = memory()
    return found | {
        "exact_ms": round(1000 * float(np.median(exact)), 2),
        "words_ms": round(1000 * float(np.median(times)), 2),
        "imports_mib": round(empty["RssAnon"]),
        "held_mib": round(now["RssAnon"]),
        "mapped_mib": round(now["RssFile"]),
    }


def truth(source: Path, size: int, asked: NDArray[np.float32]) -> dict[str, list[list[int]]]:
    """The keys of the ten nearest articles for each share and question."""
    vectors = np.load(source, mmap_mode="r")[:size]
    quality = qualities(size // PER_ARTICLE)
    best = {share: (np.empty((0, len(asked))), np.empty((0, len(asked)), int)) for share in SHARES}
    for first in range(0, size, BLOCK):
        cosines = widen(np.array(vectors[first : first + BLOCK])) @ asked.T
        cosines = cosines.reshape(-1, PER_ARTICLE, len(asked)).max(axis=1)
        pks = np.arange(len(cosines)) + first // PER_ARTICLE + 1
        for share in SHARES:
            mine = quality[pks - 1] < share * QUALITIES
            scores = np.concatenate([best[share][0], cosines[mine]])
            keys = np.concatenate(
                [best[share][1], np.repeat(pks[mine][:, np.newaxis], len(asked), axis=1)]
            )
            order = np.argsort(-scores, axis=0, kind="stable")[:TEN]
            best[share] = (
                np.take_along_axis(scores, order, axis=0),
                np.take_along_axis(keys, order, axis=0),
            )
    return {str(share): best[share][1].T.tolist() for share in SHARES}


def recall(found: list[list[int]], wanted: list[list[int]]) -> float:
    pairs = list(zip(found, wanted, strict=True))
    number = sum(len(b) for _, b in pairs)
    return sum(len(set(a) & set(b)) for a, b in pairs) / number if number else 1.0


def taken(row: dict[str, Any], share: str) -> str:
    """What an answer took when asked first, with pages still on the disk, and again."""
    return f"{row['ms'][f'first {share}']}, {row['ms'][f'again {share}']}"


def apart(*arguments: str) -> dict[str, Any]:
    """A step in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measured(source: Path, asked: NDArray[np.float32], work: Path, size: int) -> dict[str, Any]:
    folder = work / "index"
    shutil.rmtree(folder, ignore_errors=True)
    row = apart("--build", str(source), str(folder), str(size))
    np.save(work / "queries.npy", asked)
    row |= apart("--answer", str(folder), str(work / "queries.npy"))
    tops, wanted = row.pop("top"), truth(source, size, asked)
    row["recall"] = {share: round(recall(tops[share], wanted[share]), 4) for share in wanted}
    return {"vectors": size, **row}


def main() -> None:
    source, questions, work = (Path(name) for name in sys.argv[1:4])
    sizes = [int(size) for size in sys.argv[4:]] or list(SIZES)
    work.mkdir(parents=True, exist_ok=True)
    encoder = build_encoder(load_settings().model)
    lines = questions.read_text("utf-8").splitlines()[:QUESTIONS]
    asked = np.stack([encoder.encode_query(json.loads(line)["text"]) for line in lines])
    table = [measured(source, asked, work, size) for size in sizes]
    (work / "scale.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    shares = [str(share) for share in SHARES]
    heads = [f"{row['vectors']:,}" for row in table]
    print(f"| | {' | '.join(heads)} |")
    print("|---|" + "---|" * len(table))
    for name, values in (
        ("segment written, s", [row["segment_s"] for row in table]),
        ("word index written, s", [row["words_s"] for row in table]),
        ("processor time an article, ms", [row["cpu_ms_an_article"] for row in table]),
        ("most memory while writing, MiB", [row["build_mib"] for row in table]),
        ("bytes a vector on disk", [f"{row['bytes'] / row['vectors']:.0f}" for row in table]),
        ("of which codes", [f"{row['bytes_of_codes'] / row['vectors']:.0f}" for row in table]),
        ("opened, s", [row["open_s"] for row in table]),
        ("memory after imports, MiB", [row["imports_mib"] for row in table]),
        ("memory after all questions, MiB", [row["held_mib"] for row in table]),
        ("mapped from files beside it, MiB", [row["mapped_mib"] for row in table]),
        *(
            (f"recall@10, {float(share):.1%} pass", [row["recall"][share] for row in table])
            for share in shares
        ),
        *(
            (f"200 articles, {float(share):.1%} pass, ms", [taken(row, share) for row in table])
            for share in shares
        ),
        ("their exact similarities, ms", [row["exact_ms"] for row in table]),
        ("five words, ms", [row["words_ms"] for row in table]),
    ):
        print(f"| {name} | {' | '.join(str(value) for value in values)} |")


if __name__ == "__main__":
    if sys.argv[1] == "--build":
        print(json.dumps(build(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))))
    elif sys.argv[1] == "--answer":
        print(json.dumps(answer(Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
