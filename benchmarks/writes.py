#!/usr/bin/env python
"""Writes over HTTP beside a row that SQLite makes durable: benchmarks/writes.py INDEX WORK.

Serves copies of INDEX and puts articles, one at a time in turn with a row committed beside it
(WAL, ``synchronous=FULL``, on the same disk): until the PUT is acknowledged, and until a question
has found the article. Then several clients put articles at once. With ``--beside CHECKOUT`` a
service of another checkout does the same on a copy of its own, in the same rounds. Prints a
Markdown table: medians in rows committed, writes a second, processor time of the service.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import quote

import numpy as np

from benchmarks.bench.servers import free_port

HERE = Path(__file__).resolve().parent.parent
WORDS = "harbour ferry storm council bridge strike vote river tunnel budget nurse fleet".split()
PATIENCE = 600


@dataclass(slots=True)
class Service:
    """A service of one checkout and what was measured of it.

    Attributes:
        puts: Seconds until each PUT was acknowledged.
        found: Seconds until a question had found it.
        rates: Writes a second of many clients, by round.
        spent: Processor seconds a write in those rounds.
    """

    name: str
    port: int
    process: int
    puts: list[float] = field(default_factory=list)
    found: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def put(self, connection: HTTPConnection, number: int) -> None:
        """Write an article of two sentences."""
        answer(connection, "PUT", f"/v1/articles/put-{number}", json.dumps(article(number)))

    def measure_one(self, number: int) -> None:
        """Write an article and ask for it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        started = time.perf_counter()
        self.put(connection, number)
        self.puts.append(time.perf_counter() - started)
        asked = quote(str(article(number)["title"]))
        hits = json.loads(answer(connection, "GET", f"/v1/search?q={asked}&k=5"))["hits"]
        self.found.append(time.perf_counter() - started)
        connection.close()
        if f"put-{number}" not in [hit["article"]["id"] for hit in hits]:
            raise SystemExit(f"put-{number} was acknowledged and is not found.")

    def measure_many(self, numbers: list[int], clients: int) -> None:
        """Write articles by several clients at once."""

        def put_each(share: list[int]) -> None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            for number in share:
                self.put(connection, number)
            connection.close()

        before, started = processor_seconds(self.process), time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(put_each, [numbers[first::clients] for first in range(clients)]))
        self.rates.append(len(numbers) / (time.perf_counter() - started))
        self.spent.append((processor_seconds(self.process) - before) / len(numbers))


def article(number: int) -> dict[str, str]:
    """An article whose title nobody else has."""
    chance = np.random.default_rng(number)
    said = [" ".join(chance.choice(WORDS, 9)) for _ in range(2)]
    return {
        "title": f"Notice {number} of the {said[0]}",
        "excerpt": f"The {said[1]}.",
        "provider_domain": f"outlet{number % 9}.example",
        "published": f"2024-03-{number % 28 + 1:02}",
    }


def answer(connection: HTTPConnection, method: str, path: str, body: str | None = None) -> bytes:
    """The body of an answer."""
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    if response.status >= 300:  # noqa: PLR2004
        raise SystemExit(f"{method} {path}: {response.status} {content[:300]!r}")
    return content


def processor_seconds(process: int) -> float:
    """What a process has used of the processor."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def service(name: str, checkout: Path, index: Path, folder: Path) -> Iterator[Service]:
    """A service of a checkout on a copy of an index."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(index, folder)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "semsearch", "serve", "--index", str(folder), "--port", str(port)],
        env=os.environ | {"PYTHONPATH": str(checkout)},
        cwd=checkout,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        while True:
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                answer(connection, "GET", "/readyz")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{name} does not start.") from None
                time.sleep(0.2)
        yield Service(name, port, process.pid)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--beside", type=Path, help="Another checkout.")
    parser.add_argument("--puts", type=int, default=40)
    parser.add_argument("--many", type=int, default=200, help="Writes of each of three rounds.")
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    row = sqlite3.connect(given.work / "row.db")
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE IF NOT EXISTS rows (text)",
    ):
        row.execute(statement)
    checkouts = {"this": HERE} | ({"beside": given.beside.resolve()} if given.beside else {})
    rows, numbers = [], count()
    with ExitStack() as stack:
        services = [
            stack.enter_context(service(name, path, given.index, given.work / name))
            for name, path in checkouts.items()
        ]
        for one in services:
            one.measure_many([next(numbers)], 1)  # the first of a process opens more
            one.rates.clear()
            one.spent.clear()
        for _ in range(given.puts):
            started = time.perf_counter()
            row.execute("INSERT INTO rows VALUES (?)", ("x" * 500,))
            row.commit()
            rows.append(time.perf_counter() - started)
            for one in services:
                one.measure_one(next(numbers))
        for _ in range(3):
            for one in services:
                one.measure_many([next(numbers) for _ in range(given.many)], given.clients)
    committed = median(rows)
    print(f"A row committed: {1000 * committed:.1f} ms, median of {len(rows)}.\n")
    print("| | PUT, ms | in rows | found, ms | in rows | a second | processor, ms a write |")
    print("|---|---|---|---|---|---|---|")
    for one in services:
        put, found = median(one.puts), median(one.found)
        print(
            f"| {one.name} | {1000 * put:.1f} | {put / committed:.2f} "
            f"| {1000 * found:.1f} | {found / committed:.2f} "
            f"| {median(one.rates):.1f} | {1000 * median(one.spent):.1f} |"
        )


if __name__ == "__main__":
    main()
