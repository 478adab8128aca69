#!/usr/bin/env python
"""A day of fifty feeds through one process, with the clock of the poller moved by hand; see --help.

A month of an archive becomes a day: articles of the outlets with most of them appear one after
another in feeds that another process serves, each at an address of its own (127.0.0.1 to
127.0.0.50). Some appear in a second feed under a link of their own (copies), some are edited hours
later. Servers behave as servers do: with and without ETag, with new guids each time, one is down
for two hours, one moves for good, one is gone at night, one asks to be left alone.

Half of the watches wait for the headline of an article that comes, half for what nobody reports;
all send what they report to a file.

At the end every article is there, once, in its last version, and nothing was written twice. Every
headline was reported, no copy of an article raised a second alert, and every alert was sent once.
Prints the figures as JSON; --plot draws them. Exits with 1 when something was lost or repeated, or
memory grew.
"""

import argparse
import asyncio
import ctypes
import hashlib
import json
import lzma
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FEEDS = 50
KEPT = 20  # entries of a feed
DAY = 86_400
SENT = "alerts.jsonl"
START = datetime(2026, 3, 2, tzinfo=UTC)
WARM_SHARE = 0.25
MOST_GROWTH = 1.25
QUOTES = str.maketrans(dict.fromkeys("\"“”‘’'«»-–—", " "))
UNHEARD = "Which glass violin number {} was stolen from the salt museum of Tarn Hollow?"


@dataclass(frozen=True)
class Report:
    """An entry of a feed from a moment of the day on (in seconds); ``edited``: when it changes."""

    feed: int
    link: str
    title: str
    text: str
    at: float
    edited: float | None = None
    copy: bool = False


def planned(archive: Path, month: str, number: int, seed: int) -> list[Report]:
    """What appears when, in order of time."""
    chance = random.Random(seed)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with lzma.open(archive, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if str(record.get("published", "")).startswith(month) and record.get("title"):
                found[str(record.get("provider_domain") or record.get("provider"))].append(record)
    busiest = sorted(found, key=lambda outlet: (-len(found[outlet]), outlet))[:FEEDS]
    pool = [
        (feed, record)
        for feed, outlet in enumerate(busiest)
        for record in found[outlet][: number // FEEDS]
    ]
    chance.shuffle(pool)
    made: list[Report] = []
    for place, (feed, record) in enumerate(pool):
        text = " ".join(str(record.get("excerpt") or record.get("body") or "").split()[:80])
        at = place / len(pool) * DAY * 0.9
        edited = at + chance.uniform(1, 4) * 3600 if chance.random() < 0.06 else None  # noqa: PLR2004
        edited = None if edited is None or edited > DAY * 0.95 else edited
        link = f"https://outlet{feed}.example/{place}"
        title = str(record["title"])[:300]
        made.append(Report(feed, link, title, text, at, edited))
        if chance.random() < 0.08:  # noqa: PLR2004
            other = (feed + chance.randrange(1, FEEDS)) % FEEDS
            again = at + chance.uniform(0, 2) * 3600
            copied = f"https://outlet{other}.example/copy-{place}"
            made.append(Report(other, copied, title, text, again, copy=True))
    return sorted(made, key=lambda report: report.at)


def headlines(reports: list[Report], number: int, seed: int) -> dict[str, str]:
    """Of some articles the link and the headline: such as no other has, and no copy."""
    times = Counter(report.title for report in reports if not report.copy)
    able = [
        report
        for report in reports
        if not report.copy and times[report.title] == 1 and len(report.title.split()) > 5  # noqa: PLR2004
    ]
    chosen = random.Random(seed).sample(able, min(number, len(able)))
    return {report.link: report.title.translate(QUOTES) for report in chosen}


# --- the process that serves ------------------------------------------------------------------


class Outlets:
    """Answers for fifty hosts, as of a moment that it is told."""

    def __init__(self, reports: list[Report]) -> None:
        self.reports = reports
        self.now = 0.0
        self.answered: Counter[str] = Counter()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split()[1]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
        status, given, body = self.answer(path, headers)
        self.answered[status[:3]] += not path.startswith("/-")
        given["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        writer.write(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)
        await writer.drain()
        writer.close()

    def answer(self, path: str, headers: dict[str, str]) -> tuple[str, dict[str, str], bytes]:
        """Status, headers and body."""
        if path.startswith("/-clock/"):
            self.now = float(path.rpartition("/")[2])
            return "200 OK", {}, json.dumps(self.answered).encode()
        feed = int(path.rpartition("/")[2])
        if feed == 3 and 6 * 3600 < self.now < 8 * 3600:  # noqa: PLR2004 - an outage
            return "503 Service Unavailable", {}, b""
        if feed == 4 and path == "/feed/4" and self.now > 12 * 3600:  # noqa: PLR2004 - it moves
            return "301 Moved Permanently", {"Location": "/new/4"}, b""
        if feed == 5 and 9 * 3600 < self.now < 9.5 * 3600:  # noqa: PLR2004
            return "429 Too Many Requests", {"Retry-After": "1800"}, b""
        if feed == 6 and self.now > 23.5 * 3600:  # noqa: PLR2004 - behind its last report
            return "410 Gone", {}, b""
        body = self.feed(feed)
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if feed % 3 == 0 and headers.get("if-none-match") == etag:
            return "304 Not Modified", {"ETag": etag}, b""
        given = {"Content-Type": "application/rss+xml"}
        return "200 OK", given | ({"ETag": etag} if feed % 3 == 0 else {}), body

    def feed(self, feed: int) -> bytes:
        """A feed as it is now: RSS with the newest entries."""
        there = [one for one in self.reports if one.feed == feed and one.at <= self.now][-KEPT:]
        items = "".join(self.item(feed, one) for one in reversed(there))
        # Every third feed is another one each time: it says when it was made.
        made = f"<lastBuildDate>{int(self.now)}</lastBuildDate>" if feed % 3 == 1 else ""
        title = f"<title>Outlet {feed}</title><link>https://outlet{feed}.example/</link>"
        return f'<rss version="2.0"><channel>{title}{made}{items}</channel></rss>'.encode()

    def item(self, feed: int, one: Report) -> str:
        """An entry as it is now."""
        late = one.edited is not None and one.edited <= self.now
        title = f"{one.title} (updated)" if late else one.title
        guid = f"{one.link}?{int(self.now)}" if feed % 7 == 0 else one.link
        date = format_datetime(START + timedelta(seconds=one.at))
        return (
            f"<item><title>{escape(title)}</title><link>{one.link}</link>"
            f'<guid isPermaLink="false">{guid}</guid><pubDate>{date}</pubDate>'
            f"<description>{escape(one.text)}</description></item>"
        )


async def serve(reports: list[Report], port: int) -> None:
    """Answer for all outlets until the process is ended."""
    hosts = [f"127.0.0.{number + 1}" for number in range(FEEDS)]
    server = await asyncio.start_server(Outlets(reports).handle, hosts, port)
    print("ready", flush=True)
    await server.serve_forever()


# --- the process that polls -------------------------------------------------------------------


class Clock:
    """The poller's clock."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> datetime:
        """The moment."""
        return START + timedelta(seconds=self.seconds)


def resident() -> float:
    """Resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def tell(port: int, seconds: float) -> dict[str, int]:
    """Let the servers know the time; how they have answered so far."""
    import httpx  # noqa: PLC0415 - the serving process does without

    return dict(httpx.get(f"http://127.0.0.1:{port}/-clock/{seconds}").json())


def poll_a_day(
    folder: Path, port: int, options: argparse.Namespace, reports: list[Report]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Poll what is due from one step of the day to the next: what came of it, and samples."""
    from semsearch.assembly import open_index  # noqa: PLC0415 - the serving process does without
    from semsearch.config import FeedsSettings, Settings, WatchSettings  # noqa: PLC0415
    from semsearch.model.search import Confidence  # noqa: PLC0415
    from semsearch.model.watch import WatchSpec  # noqa: PLC0415

    with suppress(OSError, AttributeError):  # as semsearch serve does
        ctypes.CDLL(None).mallopt(-8, 2)
    clock = Clock()
    settings = Settings(
        index=folder,
        feeds=FeedsSettings(allow_private=True, host_seconds=0),
        watch=WatchSettings(files=folder.parent / "alerts"),
    )
    asked = headlines(reports, options.watches // 2, options.seed)
    asked |= {str(n): UNHEARD.format(n) for n in range(options.watches - len(asked))}
    polls: list[Any] = []
    samples: list[dict[str, Any]] = []
    with open_index(settings, create=True, now=clock) as index:
        for number in range(FEEDS):
            url = f"http://127.0.0.{number + 1}:{port}/feed/{number}"
            index.add_feed(url, every=options.every)
        for link, question in asked.items():
            index.add_watch(
                WatchSpec(
                    name=link,
                    question=question,
                    min_confidence=Confidence.LOW,
                    to=(f"file:{SENT}",),
                )
            )
        added = updated = sent = 0
        while clock.seconds <= DAY:
            answered = tell(port, clock.seconds)
            done = index.poll_feeds().polls
            polls += done
            added += sum(len(poll.added) for poll in done)
            updated += sum(len(poll.updated) for poll in done)
            while tried := index.deliver_alerts():
                sent += len(tried)
            states = Counter(str(feed.state) for feed in index.feeds().feeds)
            samples.append({"hours": clock.seconds / 3600, "MB": resident(), "added": added,
                            "updated": updated, "alerts": sent,
                            "failing": states["failing"] + states["stopped"]})  # fmt: skip
            clock.seconds += options.step
        found = judged(reports, polls, index)
        found |= reported(reports, index, folder.parent / "alerts" / SENT)
        moved = sum(feed.url.endswith("/new/4") for feed in index.feeds().feeds)
        found |= {"answers": answered, "feeds": dict(states), "moved": moved}
    return found, samples


def judged(reports: list[Report], polls: list[Any], index: Any) -> dict[str, Any]:
    """What was lost and repeated."""
    added = Counter(identity for poll in polls for identity in poll.added)
    updated = Counter(identity for poll in polls for identity in poll.updated)
    held = {index.get(identity).url: index.get(identity).title for identity in index.ids()}
    edited = [report for report in reports if report.edited is not None]
    wanted = {
        report.link: f"{report.title} (updated)" if report.edited else report.title
        for report in reports
    }
    wrong = [url for url, title in wanted.items() if held.get(url, "").split() != title.split()]
    return {
        "reports": len(reports),
        "copies": sum(report.copy for report in reports),
        "edited": len(edited),
        "polls": dict(Counter(str(poll.outcome) for poll in polls)),
        "held": len(held),
        "lost": len(wanted.keys() - held.keys()),
        "not_as_they_were_last": len(wrong),
        "not_asked_for": len(held.keys() - wanted.keys()),
        "added_twice": sum(number > 1 for number in added.values()),
        "updated": sum(updated.values()),
        "groups_of_copies": len(index.group_ids()),
    }


def reported(reports: list[Report], index: Any, file: Path) -> dict[str, Any]:
    """What watches did not report, reported twice, or did not send once."""
    from semsearch.model.watch import AlertQuery  # noqa: PLC0415

    url_of = {identity: index.get(identity).url for identity in index.ids()}
    text_of = {report.link: (report.title, report.text) for report in reports}
    alerts, again, missed, unheard = [], 0, 0, 0
    for watch in index.watches():
        own = index.alerts(AlertQuery(watch=watch.id, limit=1000)).alerts
        alerts += own
        raised = Counter(text_of[url_of[alert.article]] for alert in own)
        again += sum(number - 1 for number in raised.values())
        joined = {url_of[report.article] for alert in own for report in alert.reports}
        missed += watch.name in text_of and watch.name not in joined
        unheard += len(own) if watch.name not in text_of else 0
    lines = Counter(json.loads(line)["id"] for line in file.read_text("utf-8").splitlines())
    return {
        "watches": len(index.watches()),
        "alerts": len(alerts),
        "headlines_not_reported": missed,
        "one_text_reported_twice": again,
        "alerts_on_what_nobody_reports": unheard,
        "alerts_not_sent_once": sum(lines[alert.id] != 1 for alert in alerts),
    }


def plot(samples: list[dict[str, Any]], path: Path) -> None:
    """Memory, articles and failing feeds over the day."""
    import altair as alt  # noqa: PLC0415 - only here

    def chart(name: str, title: str) -> Any:
        line = alt.Chart({"values": samples}).mark_line(interpolate="step-after")
        return line.encode(
            x=alt.X("hours:Q", title="simulated hours"),
            y=alt.Y(f"{name}:Q", title=title, scale=alt.Scale(zero=True)),
        ).properties(width=640, height=120)

    parts = (
        ("added", "articles"),
        ("alerts", "alerts sent"),
        ("failing", "failing feeds"),
        ("MB", "memory in MB"),
    )
    alt.vconcat(*(chart(*part) for part in parts)).save(path)


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "archive", type=Path, help="JSON Lines with xz, with published and provider."
    )
    parser.add_argument("--month", default="2019-07", help="Of the archive.")
    parser.add_argument("--articles", type=int, default=500)
    parser.add_argument("--watches", type=int, default=100)
    parser.add_argument("--every", default="15m")
    parser.add_argument("--step", type=float, default=300, help="Seconds that the clock moves.")
    parser.add_argument("--seed", type=int, default=19)
    parser.add_argument("--plot", type=Path, help="The day, as .svg or .png.")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        plan = json.loads(options.archive.read_text("utf-8"))
        asyncio.run(serve([Report(**each) for each in plan], options.serve))
        return 0
    reports = planned(options.archive, options.month, options.articles, options.seed)
    with TemporaryDirectory(prefix="semsearch-feeds-") as folder:
        plan = Path(folder) / "plan.json"
        plan.write_text(json.dumps([asdict(report) for report in reports]), "utf-8")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        command = [sys.executable, __file__, str(plan), "--serve", str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as outlets:
            try:
                if outlets.stdout is None or not outlets.stdout.readline():
                    raise SystemExit("the outlets did not start")
                started = time.monotonic()
                found, samples = poll_a_day(Path(folder) / "index", port, options, reports)
            finally:
                outlets.terminate()
    warm = [one["MB"] for one in samples[int(len(samples) * WARM_SHARE) :]]
    half = len(warm) // 2
    found |= {
        "memory_mb": {"after a quarter": round(warm[0]), "at the end": round(warm[-1])},
        "memory_growth": round(max(warm[half:]) / max(warm[:half]), 3),
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(found, indent=1))
    if options.plot:
        plot(samples, options.plot)
    faults = (
        "lost",
        "not_as_they_were_last",
        "not_asked_for",
        "added_twice",
        "headlines_not_reported",
        "one_text_reported_twice",
        "alerts_not_sent_once",
    )
    repeated = found["updated"] != found["edited"]
    return int(any(found[name] for name in faults) or repeated or
               found["memory_growth"] > MOST_GROWTH)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
