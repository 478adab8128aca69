#!/usr/bin/env python
"""Measure indexing and asking on an archive: benchmarks/measure.py PATH WORK [QUESTIONS.jsonl].

Indexes PATH into WORK/index (removed first), then asks the questions (or the sample's one) warm and
cold. Prints a Markdown table.
"""

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from semsearch.assembly import open_index
from semsearch.config import load_settings
from semsearch.index import Index
from semsearch.model.article import EMBEDDED
from semsearch.model.search import Query

QUESTION = "What was announced in March?"
COLD = 5


def first_answer(index: Index, question: str) -> float:
    """Milliseconds that an answer takes which is not held from before."""
    index._components.searcher.answers.clear()  # noqa: SLF001 - a first answer is what is measured
    return index.search(Query(question)).took_ms


def main() -> None:
    archive, work = Path(sys.argv[1]), Path(sys.argv[2])
    questions = [QUESTION]
    if len(sys.argv) > 3:  # noqa: PLR2004
        lines = Path(sys.argv[3]).read_text("utf-8").splitlines()
        questions = [json.loads(line)["text"] for line in lines if line.strip()]
    folder = work / "index"
    shutil.rmtree(folder, ignore_errors=True)
    index = open_index(load_settings().model_copy(update={"index": folder}), create=True)
    encoder = index.library.encoder
    encoder.encode_query("warm up")
    report = index.add_files(archive)
    again = index.add_files(archive)

    articles = [a for _, a in zip(range(400), index.library.catalog.all_articles(), strict=False)]
    texts = [text for a in articles for field in EMBEDDED if (text := a.text(field)[:900].strip())]
    started = time.perf_counter()
    encoder.encode_documents(texts)
    bare = sum(encoder.count_tokens(texts)) / (time.perf_counter() - started)

    for question in questions:
        index.search(Query(question))
    took = sorted(first_answer(index, q) for q in questions * 3)
    encoding = []
    for question in questions:
        started = time.perf_counter()
        encoder.encode_query(question)
        encoding.append((time.perf_counter() - started) * 1000)
    held = index.status()
    index.close()
    cold, imported = [], []
    for _ in range(COLD):
        started = time.perf_counter()
        command = [sys.executable, "-m", "semsearch", "search", QUESTION, "--index", str(folder)]
        subprocess.run(command, capture_output=True, check=True)
        cold.append(time.perf_counter() - started)
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import sentence_transformers"], check=True)
        imported.append(time.perf_counter() - started)

    number = held.articles + held.stubs
    rows = (
        ("files read and indexed per second", f"{report.files / report.seconds:.0f}"),
        ("the same, second run (nothing changed)", f"{again.files / again.seconds:.0f}"),
        ("passages, of which encoded", f"{report.passages:,}, {report.encoded:,}"),
        ("encoder tokens/s within the run", f"{report.tokens / report.encoding_seconds:,.0f}"),
        ("encoder tokens/s alone, texts of these articles", f"{bare:,.0f}"),
        ("share of the run spent encoding", f"{report.encoding_seconds / report.seconds:.0%}"),
        ("a question, warm, median", f"{statistics.median(took):.1f} ms"),
        ("a question, warm, 99th percentile", f"{took[int(0.99 * len(took))]:.1f} ms"),
        ("of which encoding, median", f"{statistics.median(encoding):.1f} ms"),
        ("`semsearch search`, cold, median", f"{statistics.median(cold):.2f} s"),
        ("`import sentence_transformers` beside it", f"{statistics.median(imported):.2f} s"),
        ("catalog, bytes per article", f"{held.bytes['catalog'] / number:,.0f}"),
        ("generation, bytes per article", f"{held.bytes['generation'] / number:,.0f}"),
    )
    print(f"{held.articles:,} articles, {held.stubs:,} stubs, {len(questions)} questions\n")
    print("| measure | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
