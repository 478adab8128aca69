#!/usr/bin/env python
"""Questions and writes at saturation for a while: latency, refusals, memory; see --help.

Serves a copy of the sample corpus in a process of its own, asks from several threads, writes,
updates and deletes from another, and samples the memory of the process. Prints the figures as JSON;
--out adds the samples, --plot draws them. Exits with 1 when an answer was wrong or memory grew.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

CORPUS = str(files("semsearch.sample") / "articles")
QUESTIONS = (
    "Why did the dockers walk out?",
    "tunnel claims",
    "who pays for the dam",
    "satellite launch delayed",
    "stadium loan",
    "heat and vaccines",
)
EXPECTED = {200, 201, 404, 429, 503}
WARM_SHARE = 0.25
MOST_GROWTH = 1.2


@dataclass
class Tally:
    """What was seen; safe to add to from several threads."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, status: int, seconds: float) -> None:
        """Count an answer."""
        with self.lock:
            self.statuses[f"{kind} {status}"] += 1
            if status < 300:  # noqa: PLR2004
                (self.writes if kind == "write" else self.seconds).append(seconds)
            if status not in EXPECTED:
                self.wrong.append(f"{kind}: {status}")


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def ask(url: str, seed: int, ended: threading.Event, tally: Tally) -> None:
    """Ask one question after the other."""
    chance = random.Random(seed)
    with httpx.Client(base_url=url, timeout=60) as client:
        while not ended.is_set():
            kind = chance.random()
            started = time.perf_counter()
            try:
                if kind < 0.8:  # noqa: PLR2004
                    question = f"{chance.choice(QUESTIONS)} {chance.randrange(10_000)}"
                    answer = client.get("/v1/search", params={"q": question, "k": 10})
                elif kind < 0.9:  # noqa: PLR2004
                    answer = client.get("/v1/stories")
                else:
                    answer = client.get(f"/v1/articles/soak-{chance.randrange(200)}")
            except httpx.HTTPError as error:
                with tally.lock:
                    tally.wrong.append(type(error).__name__)
                continue
            tally.add("ask", answer.status_code, time.perf_counter() - started)
            if answer.status_code == 503:  # noqa: PLR2004
                ended.wait(0.2)


def write(url: str, seed: int, ended: threading.Event, tally: Tally) -> None:
    """Write, update and delete; what was acknowledged must be there at once."""
    chance = random.Random(seed)
    with httpx.Client(base_url=url, timeout=120) as client:
        number = 0
        while not ended.is_set():
            number += 1
            path = f"/v1/articles/soak-{chance.randrange(200)}"
            started = time.perf_counter()
            if chance.random() < 0.2:  # noqa: PLR2004
                answer, there = client.delete(path), False
            else:
                fields = {
                    "title": f"Harbour notice {number}",
                    "body": f"The ferry number {number} leaves at {chance.randrange(24)}. " * 8,
                    "provider_domain": f"outlet{chance.randrange(9)}.example",
                    "published": f"2024-03-{chance.randrange(1, 29):02}",
                }
                answer, there = client.put(path, json=fields), True
            tally.add("write", answer.status_code, time.perf_counter() - started)
            if answer.is_success and client.get(path).is_success is not there:
                with tally.lock:
                    tally.wrong.append(f"{path} is not as it was acknowledged")
            ended.wait(0.2)


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """The service in a process of its own, ready to answer."""
    command = [sys.executable, "-m", "semsearch", "index", CORPUS, "--index", str(folder), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "semsearch", "serve", "--index", folder, "--port", str(port)],
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(1200):
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return process, url
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the service did not start")


def quantile(values: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)


def report(tally: Tally, seconds: float) -> dict[str, object]:
    """The figures of a run."""
    warm = [size for at, size in tally.memory if at >= seconds * WARM_SHARE]
    half = len(warm) // 2
    growth = max(warm[half:]) / max(warm[:half]) if half else 1.0
    return {
        "seconds": round(seconds, 1),
        "statuses": dict(sorted(tally.statuses.items())),
        "questions_per_second": round(len(tally.seconds) / seconds, 1),
        "ask_ms": {f"p{share}": quantile(tally.seconds, share / 100) for share in (50, 95, 99)},
        "write_ms": {f"p{share}": quantile(tally.writes, share / 100) for share in (50, 99)},
        "memory_mb": {"first": warm[0] // 2**20, "last": warm[-1] // 2**20},
        "memory_growth": round(growth, 3),
        "wrong": tally.wrong[:20],
    }


def plot(tally: Tally, path: Path) -> None:
    """Memory over time."""
    import altair as alt  # noqa: PLC0415 - only here

    rows = [{"minutes": at / 60, "MB": size / 2**20} for at, size in tally.memory]
    chart = alt.Chart({"values": rows}).mark_line()
    chart = chart.encode(
        x=alt.X("minutes:Q", title="minutes"),
        y=alt.Y("MB:Q", title="resident memory in MB", scale=alt.Scale(zero=True)),
    )
    chart.properties(width=640, height=240).save(path)


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--index", type=Path, help="Of the sample corpus; it is changed. Else a new one."
    )
    parser.add_argument("--out", type=Path, help="Samples as JSON.")
    parser.add_argument("--plot", type=Path, help="Memory over time, as .svg or .png.")
    options = parser.parse_args()
    tally, ended = Tally(), threading.Event()
    with TemporaryDirectory(prefix="semsearch-soak-") as folder:
        process, url = serve(options.index or Path(folder) / "index")
        threads = [
            threading.Thread(target=ask, args=(url, options.seed + number, ended, tally))
            for number in range(options.clients)
        ]
        threads.append(threading.Thread(target=write, args=(url, options.seed, ended, tally)))
        started = time.monotonic()
        for thread in threads:
            thread.start()
        while (passed := time.monotonic() - started) < options.seconds:
            tally.memory.append((passed, resident(process.pid)))
            time.sleep(min(1.0, options.seconds / 20))
        ended.set()
        for thread in threads:
            thread.join()
        passed = time.monotonic() - started
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)
    found = report(tally, passed)
    print(json.dumps(found, indent=1))
    if options.out:
        options.out.write_text(json.dumps({**found, "memory": tally.memory}), "utf-8")
    if options.plot:
        plot(tally, options.plot)
    growth = found["memory_growth"]
    return 1 if tally.wrong or (isinstance(growth, float) and growth > MOST_GROWTH) else 0


if __name__ == "__main__":
    sys.exit(main())
