#!/usr/bin/env python
"""A whole index of very many articles: benchmarks/whole_index.py INDEX VECTORS.npy WORK ARTICLES.

Unlike benchmarks/scale.py, which writes derived files alone, this one fills a catalog and publishes
it. Titles and excerpts are those of the articles of INDEX, each title with the excerpt of another,
and with names that nobody has: a third of the articles brings a new one, as archives go on bringing
new words. They are split as always; vectors are taken from VECTORS in turn, with a little noise.
Nothing is encoded or related (docs/measured.md says what that costs an article).

Then the index is opened in a process of its own, which answers the titles of 100 articles, writes
an article, and answers again. Prints a Markdown table and writes WORK/whole.json.
"""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.assembly import open_index
from semsearch.config import load_settings
from semsearch.index import Index
from semsearch.model.article import Article, Provider
from semsearch.model.search import Query
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.coverage import RELATED_UNTIL
from semsearch.store.catalog.rows import NewArticle, StoredPassage, text_hash
from semsearch.store.files import files_of

AT_ONCE = 2_000
OUTLETS = 3_000
TOPICS = 5_000
NEW_NAME = 3  # one article in so many brings a name that no other has before
NOISE = 0.02  # of each dimension, as a share of 1 / sqrt(dimension)
QUESTIONS = 100
SYLLABLES = "ba de fi go lu ma ne po ri sa ti vo wen xor yl zim kra dro ster quin".split()


def name(number: int) -> str:
    """A word for a number."""
    parts = [number % len(SYLLABLES)]
    while number := number // len(SYLLABLES):
        parts.append(number % len(SYLLABLES))
    return "".join(SYLLABLES[part] for part in parts).capitalize() + "an"


def articles(real: list[Article], number: int) -> Iterator[Article]:
    """Articles made of parts of real ones."""
    chance = np.random.default_rng(4)
    start = datetime(2004, 1, 1, tzinfo=UTC)
    for place in range(number):
        first, second = (real[at] for at in chance.integers(0, len(real), 2))
        names = place // NEW_NAME + 1
        new = name(names) if place % NEW_NAME == 0 else name(int(names * chance.random()))
        outlet, *topics = (int(each) for each in chance.zipf(1.3, 3))
        yield Article(
            f"whole-{place}",
            f"{new}: {first.title}",
            excerpt=f"{second.excerpt} {name(int(names * chance.random()))}",
            provider=Provider(f"Outlet {outlet % OUTLETS}", f"outlet{outlet % OUTLETS}.example"),
            url=f"https://outlet{outlet % OUTLETS}.example/{place}",
            published=start + timedelta(minutes=10 * place),
            topics=tuple(f"topic {topic % TOPICS}" for topic in topics),
            language="en",
        )


def noisy(source: NDArray[np.float16], first: int, number: int) -> NDArray[np.float16]:
    rows = np.arange(first, first + number) % len(source)
    vectors = source[rows].astype(np.float32)
    width = NOISE / np.sqrt(vectors.shape[1])
    vectors += width * np.random.default_rng(first).standard_normal(vectors.shape, np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def fill(services: Index, real: list[Article], source: NDArray[np.float16], number: int) -> int:
    """Write the catalog; how many passages there are."""
    library = services.library
    library.remember_encoder()
    made, used = articles(real, number), 0
    while batch := list(islice(made, AT_ONCE)):
        new, texts = [], list[bytes]()
        for article in batch:
            pieces = library.split(article)
            hashes = [text_hash(piece.text) for piece in pieces]
            spans = zip((piece.passage for piece in pieces), hashes, strict=True)
            stored = tuple(StoredPassage(*each) for each in spans)
            new.append(NewArticle(article, article.id, None, stored))
            texts += hashes
        held = library.catalog.stored_vectors(texts)
        missing = [each for each in dict.fromkeys(texts) if each not in held]
        vectors = noisy(source, used, len(missing))
        library.catalog.write(WriteBatch(new, vectors=dict(zip(missing, vectors, strict=True))))
        used += len(missing)
    return used


def build(index: Path, vectors: Path, folder: Path, number: int) -> dict[str, Any]:
    settings = load_settings()
    opened = open_index(settings.model_copy(update={"index": index}))
    real = [one for one in opened.library.catalog.all_articles() if one.title and one.excerpt]
    opened.close()
    services = open_index(settings.model_copy(update={"index": folder}), create=True)
    source = np.load(vectors, mmap_mode="r")
    started, spent = time.perf_counter(), time.process_time()
    passages = fill(services, real, source, number)
    filled, filling = time.perf_counter() - started, time.process_time() - spent
    services.library.catalog.write_setting(RELATED_UNTIL, str(services.library.catalog.sequence))
    started, spent = time.perf_counter(), time.process_time()
    services.library.publish()
    found = {
        "articles": number,
        "passages with a vector": passages,
        "catalog filled, s (processor)": f"{filled:.0f} ({filling:.0f})",
        "published, s (processor)": (
            f"{time.perf_counter() - started:.0f} ({time.process_time() - spent:.0f})"
        ),
        "most memory of that, MiB": round(memory()["VmHWM"]),
        "bytes an article on disk": round(
            sum(path.stat().st_size for path in files_of(folder)) / number
        ),
    }
    services.close()
    return found


def memory() -> dict[str, float]:
    """What this process holds, in MiB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    named = {line.split(":")[0]: line.split()[1] for line in lines if "kB" in line}
    return {each: int(value) / 1024 for each, value in named.items()}


def answer(folder: Path) -> dict[str, Any]:
    started = time.perf_counter()
    services = open_index(load_settings().model_copy(update={"index": folder}))
    snapshot = services.library.snapshot()
    opened = time.perf_counter() - started
    ids = [f"whole-{number}" for number in range(7, len(snapshot), len(snapshot) // QUESTIONS)]
    held = services.library.catalog.by_id(ids[:QUESTIONS])
    found: dict[str, Any] = {
        "opened, s": round(opened, 2),
        "first question, s": round(asked(services, "A question about the harbor"), 2),
    }
    times = {each: asked(services, article.title) for each, article in held.items()}
    found["questions, median ms"] = round(1000 * float(np.median(list(times.values()))), 1)
    found["questions, 99 of 100, ms"] = round(1000 * float(np.quantile(list(times.values()), 0.99)))
    again = [asked(services, f"What of {article.title}") for article in held.values()]
    found["once more in other words, median ms"] = round(1000 * float(np.median(again)), 1)
    found["memory, MiB"] = round(memory()["RssAnon"])
    found["mapped from files, MiB"] = round(memory()["RssFile"])
    for each in ("one article written, s", "another, s"):
        article = replace(next(iter(held.values())), id=each, title=f"News of {each}")
        started = time.perf_counter()
        services.add([article])
        found[each] = round(time.perf_counter() - started, 2)
    found["first question after it, s"] = round(asked(services, "What happened at the harbor?"), 2)
    found["memory then, MiB"] = round(memory()["RssAnon"])
    services.close()
    return found


def asked(services: Index, text: str) -> float:
    started = time.perf_counter()
    if not services.search(Query(text)).hits:
        raise SystemExit(f"Nothing was found for {text!r}.")
    return time.perf_counter() - started


def apart(*arguments: str) -> dict[str, Any]:
    """A step in a process of its own."""
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    index, vectors, work, number = sys.argv[1:5]
    folder = Path(work) / "index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    found = apart("--build", index, vectors, str(folder), number) | apart("--answer", str(folder))
    (Path(work) / "whole.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print("| | |\n|---|---|")
    for each, value in found.items():
        print(f"| {each} | {value} |")


if __name__ == "__main__":
    if sys.argv[1] == "--build":
        given, rows, place, many = sys.argv[2:6]
        print(json.dumps(build(Path(given), Path(rows), Path(place), int(many))))
    elif sys.argv[1] == "--answer":
        print(json.dumps(answer(Path(sys.argv[2]))))
    else:
        main()
