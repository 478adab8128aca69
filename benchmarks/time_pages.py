#!/usr/bin/env python
"""What the pages cost: benchmarks/time_pages.py INDEX.

Each page is asked for 20 times after a first one; prints the least and the median time of the
answer and of the processor in milliseconds, and its weight with style and script, as a Markdown
table. Asks over loopback, as a browser on the same machine does. Needs semsearch[dev].
"""

import json
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import quote

from fastapi.testclient import TestClient

from semsearch.cli.serve import build_app
from semsearch.model.clusters import CoverageQuery
from semsearch.model.search import Query
from semsearch.web.assets import assets

RUNS = 20
QUESTION = "Why did the dockers walk out at Brackwater?"
BROWSER = {"Accept": "text/html"}


def timed(client: TestClient, address: str) -> tuple[list[float], list[float], int]:
    """Milliseconds of each run, of the clock and of the processor, and the bytes of the page."""
    clock, processor, size = [], [], 0
    client.get(address, headers=BROWSER)
    for number in range(RUNS):
        # Answers to a question that was asked before may be kept: each asks a little differently.
        asked = address.replace("QUESTION", quote(f"{QUESTION}{' ' * number}?"))
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(asked, headers=BROWSER)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - used) * 1000)
        answer.raise_for_status()
        size = len(answer.content)
    return clock, processor, size


def main() -> None:
    app = build_app(Path(sys.argv[1]), None, insecure=True)
    services = app.state.index
    hit = services.search(Query(QUESTION, k=1)).hits[0].article.id
    story = services.stories(CoverageQuery(k=1)).stories[0].id
    pages = {
        "front": "/",
        "ask": "/?q=QUESTION",
        "article": f"/articles/{quote(hit)}",
        "stories": "/stories",
        "story": f"/stories/{quote(story)}",
        "duplicates": "/duplicates",
        "add": "/add",
        "status": "/status",
    }
    shared = {name: len(asset.content) for name, asset in assets().items()}
    print(f"Style, script and icon: {json.dumps(shared)} bytes\n")
    print("| page | least ms | median ms | processor, median ms | page kB | with all kB |")
    print("|---|---:|---:|---:|---:|---:|")
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for name, address in pages.items():
            clock, processor, size = timed(client, address)
            print(
                f"| {name} | {min(clock):.1f} | {statistics.median(clock):.1f} "
                f"| {statistics.median(processor):.1f} | {size / 1000:.1f} "
                f"| {(size + sum(shared.values())) / 1000:.1f} |"
            )


if __name__ == "__main__":
    main()
