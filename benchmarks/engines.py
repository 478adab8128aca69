#!/usr/bin/env python
"""One index in several engines, side by side: benchmarks/engines.py DIR OTHER_DIR...

Asks 300 titles of the first index, which is the exact one, of all of them, with vectors from its
catalog: no model is loaded, and encoding is not in the times. Prints how much of the first ten
articles agrees, milliseconds of one question at a time (p50, p99), and questions a second of two
threads. --migrate URL --to-dir DIR moves the first index before, and prints how long it took.

--insert DIR... writes the articles of the first index into new ones: files in DIR, or what a
semsearch.yaml in it names. Prints articles a second until all can be searched, and how many times
as long it took as in the first of them. Passages are split and have invented vectors of 384
dimensions; nothing is encoded or related.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from semsearch.ask.search import Searcher
from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.indexing.run import IndexingRun
from semsearch.ingest.reading import ReadOptions
from semsearch.library import Library
from semsearch.maintain.migrate import RecordedEncoder, questions_of
from semsearch.model.article import Article
from semsearch.model.search import Query

QUESTIONS, TOP, THREADS = 300, 10, 2
DIMENSION, WORDS = 384, 180


class InventingEncoder:
    """A direction for each text, at next to no cost; tokens are words."""

    spec = EncoderSpec("invented", "0" * 64, DIMENSION, WORDS + 2, "none")
    passage_budget = WORDS

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(text.split()) for text in texts]

    def encode_query(self, text: str) -> Vectors:
        """The direction of a text."""
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        drawn = np.random.default_rng(seed).standard_normal(DIMENSION, np.float32)
        return drawn / np.linalg.norm(drawn)

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """A row for each text."""
        return np.stack([self.encode_query(text) for text in texts])


def insert(articles: list[Article], folder: Path) -> dict[str, float]:
    """Write articles into a new index, and have them shown; seconds of each step."""
    services = open_index(Settings(index=folder), create=True, encoder=InventingEncoder())
    library = services.library
    started = time.perf_counter()
    with library.writing():
        library.remember_encoder()
        run = IndexingRun(library, ReadOptions(stubs=False))
        for article in articles:
            run.take(article, None)
        run.flush()
        written = time.perf_counter()
        shown = library.publish().articles
    seconds = time.perf_counter()
    services.close()
    if shown != len(articles):
        sys.exit(f"{folder} shows {shown} of {len(articles)} articles.")
    return {"writing": written - started, "showing": seconds - written}


def insert_all(source: Path, folders: list[Path]) -> None:
    services = open_index(Settings(index=source))
    articles = [one for one in services.library.catalog.all_articles() if not one.stub]
    services.close()
    first = 0.0
    for folder in folders:
        took = insert(articles, folder)
        seconds = sum(took.values())
        first = first or seconds
        row = {
            "inserted_into": folder.name,
            "articles": len(articles),
            "articles_per_second": round(len(articles) / seconds, 1),
            "times_as_long": round(seconds / first, 2),
            **{f"{step}_seconds": round(spent, 1) for step, spent in took.items()},
        }
        print(json.dumps(row), flush=True)


def measure(library: Library, texts: list[str]) -> tuple[list[list[str]], dict[str, float]]:
    searcher = Searcher(library)
    took, found = [], []
    for text in texts:
        started = time.perf_counter()
        hits = searcher.search(Query(text, k=TOP, steps=())).hits
        took.append((time.perf_counter() - started) * 1000)
        found.append([hit.article.id for hit in hits])
    started = time.perf_counter()
    again = Searcher(library)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda text: again.search(Query(text, k=TOP, steps=())), texts))
    seconds = time.perf_counter() - started
    return found, {
        "p50_ms": round(float(np.percentile(took, 50)), 1),
        "p99_ms": round(float(np.percentile(took, 99)), 1),
        "questions_per_second": round(len(texts) / seconds, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--migrate", action="append", default=[], metavar="URL")
    parser.add_argument("--to-dir", type=Path)
    parser.add_argument("--insert", nargs="+", default=[], type=Path, metavar="DIR")
    asked = parser.parse_args()
    folders = asked.folders
    if asked.insert:
        insert_all(folders[0], asked.insert)
        return
    if asked.to_dir:
        started = time.perf_counter()
        urls = [part for url in asked.migrate for part in ("--to", url)]
        command = [sys.executable, "-m", "semsearch", "migrate", "--index", folders[0], "--json"]
        done = subprocess.run(
            [*command, *urls, "--target", asked.to_dir], check=True, capture_output=True
        )
        report = json.loads(done.stdout)
        seconds = time.perf_counter() - started
        row = {
            "migrated": report["articles"],
            "seconds": round(seconds, 1),
            "same_of_200": report["same"],
            "overlap": report["overlap"],
        }
        print(json.dumps(row), flush=True)
        folders = [*folders, asked.to_dir]
    exact: list[list[str]] = []
    encoder = RecordedEncoder()
    texts: list[str] = []
    for folder in folders:
        services = open_index(Settings(index=folder), encoder=encoder)
        if not texts:
            vectors = questions_of(services.library, QUESTIONS)
            encoder.record(services.library.made_with or {}, vectors)
            texts = list(vectors)
        found, figures = measure(services.library, texts)
        exact = exact or found
        shared = [len(set(a) & set(b)) / max(len(a), 1) for a, b in zip(exact, found, strict=True)]
        row = {
            "index": folder.name,
            "articles": len(services.library.snapshot()),
            "questions": len(texts),
            "overlap": round(float(np.mean(shared)), 4),
        }
        print(json.dumps(row | figures), flush=True)
        services.close()


if __name__ == "__main__":
    main()
