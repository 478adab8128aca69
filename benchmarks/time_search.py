#!/usr/bin/env python
"""What the steps of an answer cost: benchmarks/time_search.py INDEX QUESTIONS.jsonl [NUMBER].

Every step is run seven times for each of the first NUMBER questions (25) and its least time is
taken, which other work on the machine disturbs least. Prints the means as a Markdown table.
"""

import json
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from semsearch.ask import confidence, hits, retrieval, search
from semsearch.assembly import open_index
from semsearch.config import Settings
from semsearch.model.search import Query

RUNS = 7
NUMBER = 25


def timed(owner: Any, name: str, taken: dict[str, float], step: str) -> None:
    """Have a function run seven times, and its least time in milliseconds added to a step."""
    function = getattr(owner, name)

    def run(*args: Any, **named: Any) -> Any:
        times = []
        for _ in range(RUNS):
            started = time.perf_counter()
            result = function(*args, **named)
            times.append(time.perf_counter() - started)
        taken[step] += min(times) * 1000
        return result

    setattr(owner, name, run)


def main() -> None:
    services = open_index(Settings(index=Path(sys.argv[1])))
    lines = Path(sys.argv[2]).read_text("utf-8").splitlines()
    number = int(sys.argv[3]) if len(sys.argv) > 3 else NUMBER  # noqa: PLR2004
    questions = [json.loads(line)["text"] for line in lines if line.strip()][:number]
    snapshot = services.library.snapshot()
    services.search(Query(questions[0]))
    services._components.searcher.answers.clear()  # noqa: SLF001 - a first answer is what is measured
    taken: dict[str, float] = defaultdict(float)
    timed(type(services.library.encoder), "encode_query", taken, "encoding")
    timed(search, "retrieve", taken, "candidate search")
    timed(type(snapshot), "candidates", taken, "exact similarities of the candidates")
    timed(type(snapshot.words), "scores", taken, "exact word scores of the candidates")
    for name in ("attained", "soft_constraints", "fuse"):
        timed(retrieval, name, taken, "the sum and its order")
    timed(confidence, "measure", taken, "signals of confidence")
    timed(type(services.library.catalog), "by_pk", taken, "texts of the hits")
    timed(hits, "best_passage", taken, "passages of the hits")
    for question in questions:
        services.search(Query(question))
    print(f"{len(snapshot):,} articles, {len(questions)} questions\n\n| step | ms |\n|---|---|")
    for step, total in taken.items():
        print(f"| {step} | {total / len(questions):.2f} |")


if __name__ == "__main__":
    main()
