#!/usr/bin/env python
"""Pages of stories at first view and again: benchmarks/first_views.py INDEX [BEFORE].

Takes the six stories with nearest to 20 articles. BEFORE is another checkout: both answer the same
pages in turn, each in a process of its own. Prints milliseconds of the processor and of the clock,
medians of the stories, and the median ratio.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from fastapi.testclient import TestClient

from semsearch.cli.serve import build_app
from semsearch.model.clusters import CoverageQuery

ARTICLES = 20
STORIES = 6
BROWSER = {"Accept": "text/html"}
MEASURES = ("first, processor", "first, clock", "again, processor", "again, clock")


def answer(index: Path) -> None:
    """Answer one story after the other, as stdin says; what each took goes to stdout."""
    app = build_app(index, None, insecure=True)
    listed = app.state.index.stories(CoverageQuery(k=100)).stories
    chosen = sorted(listed, key=lambda one: (abs(one.size - ARTICLES), one.id))[:STORIES]
    with TestClient(app, base_url="http://127.0.0.1") as client:
        app.state.index.prepare()
        client.get(f"/stories/{listed[-1].id}", headers=BROWSER).raise_for_status()
        print("ready", flush=True)
        for line in sys.stdin:
            taken = []
            for _ in range(2):
                clock, used = time.perf_counter(), time.process_time()
                page = client.get(f"/stories/{chosen[int(line)].id}", headers=BROWSER)
                page.raise_for_status()
                taken += [time.process_time() - used, time.perf_counter() - clock]
            print(*(round(1000 * each, 1) for each in taken), flush=True)


def started(index: Path, checkout: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, __file__, str(index), "--answer"],
        env=os.environ | {"PYTHONPATH": str(checkout)},
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    asked(process, "")
    return process


def asked(process: "subprocess.Popen[str]", line: str) -> list[str]:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    process.stdin.write(line)
    process.stdin.flush()
    return process.stdout.readline().split()


def main() -> None:
    index = Path(sys.argv[1]).resolve()
    if sys.argv[2:] == ["--answer"]:
        answer(index)
        return
    here = Path(__file__).resolve().parents[1]
    checkouts = {"now": here, **({"before": Path(sys.argv[2]).resolve()} if sys.argv[2:] else {})}
    processes = {label: started(index, checkout) for label, checkout in checkouts.items()}
    rows: dict[str, list[list[float]]] = {label: [] for label in processes}
    for number in range(STORIES):
        for label, process in processes.items():
            rows[label].append([float(each) for each in asked(process, f"{number}\n")])
    for process in processes.values():
        process.kill()
    print(f"| a story's page, ms | {' | '.join(rows)} | ratio |\n|---|{'---|' * (len(rows) + 1)}")
    for place, measure in enumerate(MEASURES):
        columns = [[row[place] for row in of] for of in rows.values()]
        ratio = median(now / was for now, was in zip(columns[0], columns[-1], strict=True))
        shown = " | ".join(f"{median(column):.0f}" for column in columns)
        print(f"| {measure} | {shown} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
