#!/usr/bin/env python
"""Attack a service and see what another client notices: memory, longest waits, errors; see --help.

Serves the sample corpus in a process of its own, with 1,024 open files and a temporary folder of
96 MB where one can be mounted, and attacks it from this process, each attack for some seconds; what
did not hold is started anew.
The attacker yields processor time to the service, as one on another machine would. Meanwhile
another process asks /v1/search and /livez, each question new. Prints a table; exits with
1 when the service ended, answered with a 500, kept 100 MiB, or let the other client wait: for a
search a second, for /livez 100 ms.
"""

import argparse
import base64
import contextlib
import hashlib
import json
import lzma
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import httpx

MIB = 2**20
SEMSEARCH = [sys.executable, "-m", "semsearch"]
CORPUS = str(files("semsearch.sample") / "articles")
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OPEN_FILES = 1024
TEMPORARY_MIB = 96
MOST_KEPT, MOST_SEARCH, MOST_LIVEZ = 100 * MIB, 1.0, 0.1


@dataclass
class Target:
    """A service under attack.

    Attributes:
        url: Where it is.
        seconds: How long an attack lasts.
        temporary: Its temporary folder, where that is small; else None.
        answers: Statuses that the attacker saw, and errors of the connection by name.
    """

    url: str
    seconds: float
    temporary: Path | None
    answers: Counter[str] = field(default_factory=Counter)

    def connect(self, receive_bytes: int = 2**16) -> socket.socket:
        """A connection that takes little at a time."""
        host, port = self.url.removeprefix("http://").split(":")
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.settimeout(10)
        connection.connect((host, int(port)))
        return connection

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send one request, and count what comes back."""
        try:
            with httpx.stream(
                method, self.url + path, content=content, headers=headers, timeout=self.seconds
            ) as answer:
                for _ in answer.iter_raw():
                    pass
            self.answers[str(answer.status_code)] += 1
        except httpx.HTTPError as error:
            self.answers[type(error).__name__] += 1

    def repeat(self, threads: int, *requests: Callable[[], None]) -> None:
        """Send these again and again from several threads, until the time is over."""
        end = time.monotonic() + self.seconds

        def work(number: int) -> None:
            while time.monotonic() < end:
                requests[number % len(requests)]()
                number += 1

        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


def get(path: str) -> bytes:
    """The bytes of a request."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def nothing(target: Target) -> None:
    """No attack: what the other client waits for anyway."""
    time.sleep(target.seconds)


def tokens(target: Target) -> None:
    """Page tokens that ask for 10^15 candidates, or are no tokens."""
    whole = [1, 10, 10**15]
    bodies = [json.dumps(whole), "[1,-1,1e999]", "[1,10,9223372036854775808]", "[" * 50_000]

    def token(body: str) -> str:
        signed = hashlib.blake2b(body.encode(), digest_size=12).digest() + body.encode()
        return base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def ask(path: str, body: str) -> Callable[[], None]:
        return lambda: target.send("GET", f"{path}={token(body)[:15_000]}")

    target.repeat(
        4,
        *(
            ask(path, body)
            for body in bodies
            for path in ("/v1/search?q=dam&page_token", "/?q=dam&start", "/v1/stories?page_token")
        ),
    )


def bombs(target: Target) -> None:
    """Archives of 6 GB in 1 MB, and files of many small records."""
    line = json.dumps({"title": "Harbour", "body": "The crews left. " * 400}).encode() + b"\n"
    block = lzma.compress(line * (64 * MIB // len(line)), preset=1)
    small = lzma.compress(b'{"title":"a"}\n' * (64 * MIB // 14), preset=1)
    target.repeat(
        2,
        *(
            lambda data=data: target.send("POST", "/add/read?name=a.jsonl.xz", data)
            for data in (block * min(100, 8 * MIB // len(block)), small)
        ),
    )


def typed_bodies(target: Target) -> None:
    """A page's upload that says it is JSON Lines, so as to be larger."""
    data = b'{"title": "a"}\n' * (4 * MIB)
    target.repeat(2, lambda: target.send("POST", "/add/read?name=a.jsonl", data, LINES))


def wrong_pairs(target: Target) -> None:
    """Pairs that are none, and names that nothing has: each once was an error of its own."""
    pairs = b'{"pairs": [' + b",".join([b"[1,{}]"] * 90_000) + b"]}"
    many = b'{"pairs": [' + b",".join([b"3"] * 3_900_000) + b"]}"
    names = json.dumps({f"n{number}": 1 for number in range(400_000)}).encode()
    target.repeat(
        2,
        lambda: target.send("POST", "/v1/relations", pairs, JSON),
        lambda: target.send("POST", "/v1/relations", many, JSON),
        lambda: target.send("POST", "/v1/search", names, JSON),
    )


def large_bodies(target: Target) -> None:
    """Eight megabytes of brackets, numbers, filters and text, as JSON."""
    lists = b'{"q": "a", "filter": {"a": [' + b",".join([b"[]"] * 2_600_000) + b"]}}"
    objects = b'{"pairs": [' + b",".join([b'[{"a":1},{}]'] * 600_000) + b"]}"
    text = json.dumps({"text": "The crews left at dawn. " * 330_000}).encode()
    articles = b"[" + b",".join([b'{"title":"a"}'] * 590_000) + b"]"
    target.repeat(
        4,
        lambda: target.send("POST", "/v1/search", lists, JSON),
        lambda: target.send("POST", "/v1/relations", objects, JSON),
        lambda: target.send("POST", "/v1/similar", text, JSON),
        lambda: target.send("POST", "/v1/articles", articles, JSON),
    )


def long_texts(target: Target) -> None:
    """Two texts of 1,900 sentences each to compare, each new."""
    number = 0

    def compare() -> None:
        nonlocal number
        number += 1
        articles = [
            {
                "title": f"Report {number}",
                "provider": provider,
                "body": " ".join(
                    f"The {provider} crew of ship {sentence * 7 + number} left at {sentence} past."
                    for sentence in range(1_900)
                ),
            }
            for provider in ("north", "south")
        ]
        data = json.dumps({"articles": articles, "detail": "sentences"}).encode()
        target.send("POST", "/v1/compare", data, JSON)

    target.repeat(2, compare)


def forms(target: Target) -> None:
    """Forms of escapes and of fields."""
    escaped = b"text=" + b"%41" * (8 * MIB // 3 - 10)
    fields = b"&".join([b"a=b"] * 2 * MIB)[: 8 * MIB - 10]
    target.repeat(
        2,
        lambda: target.send("POST", "/add", escaped, FORM),
        lambda: target.send("POST", "/add", fields, FORM),
    )


def topics(target: Target) -> None:
    """Forty-eight questions with 300,000 topics each."""
    left = iter(range(48))

    def ask() -> None:
        number = next(left, None)
        if number is None:
            time.sleep(0.1)
            return
        given = [f"t{number}-{topic}" for topic in range(300_000)]
        data = json.dumps({"q": f"dam {number}", "topic": given}).encode()
        target.send("POST", "/v1/search", data, JSON)

    target.repeat(3, ask)


def slow_readers(target: Target) -> None:
    """Streams and pages of results that nobody reads."""
    line = json.dumps({"title": "Harbour", "body": "The crews left. " * 20}).encode() + b"\n"
    body = line * 5_000
    head = f"POST /v1/duplicates HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    stream = f"{head}Content-Type: {LINES['Content-Type']}\r\n\r\n".encode() + body
    page = get("/v1/search?q=harbour&k=1000&explain=true")
    with held(target, [stream] * 8 + [page] * 24):
        target.repeat(
            1, lambda: target.send("POST", "/v1/compare", b'{"question": "tunnel claims"}', JSON)
        )


def pipelined(target: Target) -> None:
    """Thousands of requests sent ahead on a connection, whose answers nobody reads."""
    page, page_of_docs = get("/v1/search?q=harbour&k=1000"), get("/openapi.json")
    with held(target, [page * 90, page_of_docs * 90, page_of_docs * 5_000] * 8):
        time.sleep(target.seconds)


def large_heads(target: Target) -> None:
    """Heads of 60 MB: one header, many headers, trailers."""
    begin = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
    chunked = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    heads = [
        begin + b"X-Long: " + b"x" * 60 * MIB,
        begin + b"X-Many: x\r\n" * (5 * MIB),
        chunked + b"1\r\n{\r\n0\r\n" + b"X-Trailer: x\r\n" * (4 * MIB),
        b"GET /" + b"x" * 60 * MIB,
    ]

    def send(head: bytes) -> None:
        with contextlib.closing(target.connect()) as connection:
            try:
                connection.sendall(head)
                target.answers[connection.recv(12)[9:].decode("latin-1")] += 1
            except OSError as error:
                target.answers[type(error).__name__] += 1

    target.repeat(4, *(lambda head=head: send(head) for head in heads))


def silent(target: Target) -> None:
    """1,100 connections that say nothing, or half a head, or half a body, kept up."""
    begin = b"GET /livez HTTP/1.1\r\nX-Slow: "
    body = b"PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{"
    open_ones: list[socket.socket] = []
    end = time.monotonic() + target.seconds
    try:
        while time.monotonic() < end:
            for number in range(1_100 - len(open_ones)):
                with contextlib.suppress(OSError):
                    connection = target.connect()
                    open_ones.append(connection)
                    connection.sendall((b"", begin, body)[number % 3])
                    connection.setblocking(False)  # noqa: FBT003
                time.sleep(0.0005)
            time.sleep(0.5)
            lasting = [connection for connection in open_ones if lasts(connection)]
            target.answers["ended"] += len(open_ones) - len(lasting)
            for connection in set(open_ones) - set(lasting):
                connection.close()
            open_ones = lasting
    finally:
        for connection in open_ones:
            connection.close()


def full_folder(target: Target) -> None:
    """A temporary folder without a free byte, and large bodies; then with room again."""
    if target.temporary is None:
        target.answers["not mounted"] += 1
        return
    large = json.dumps({"title": "a", "body": "The crews left. " * 20_000}).encode()
    filler = target.temporary / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
        while stream.write(b"x" * MIB):
            pass
    try:
        target.repeat(
            3,
            lambda: target.send("PUT", "/v1/articles/large", large, JSON),
            lambda: target.send("PUT", "/v1/articles/small", b'{"title": "Harbour"}', JSON),
            lambda: target.send("POST", "/v1/articles", large, JSON),
            lambda: target.send("POST", "/v1/articles", large, LINES),
            lambda: target.send("POST", "/add", b"text=" + large, FORM),
            lambda: target.send("POST", "/add/read?name=a.jsonl", large),
        )
    finally:
        filler.unlink()


def many_uploads(target: Target) -> None:
    """Bodies of 60 MB that never end, as many as fit into memory and temporary folder."""
    head = b"PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 62000000\r\n\r\n"
    with held(target, [head + b"x" * 60_000_000] * 8):
        target.repeat(
            1, lambda: target.send("PUT", "/v1/articles/small", b'{"title": "Harbour"}', JSON)
        )


ATTACKS = (
    nothing,
    tokens,
    bombs,
    typed_bodies,
    wrong_pairs,
    large_bodies,
    long_texts,
    forms,
    topics,
    slow_readers,
    pipelined,
    large_heads,
    silent,
    full_folder,
    many_uploads,
)


def lasts(connection: socket.socket) -> bool:
    """Whether the service has not ended a connection."""
    try:
        return bool(connection.recv(4096))
    except BlockingIOError:
        return True
    except OSError:
        return False


@contextlib.contextmanager
def held(target: Target, contents: list[bytes]) -> Iterator[None]:
    """A connection for each of these, which sends it in a thread and reads nothing."""
    connections = [target.connect() for _ in contents]

    def send(connection: socket.socket, content: bytes) -> None:
        with contextlib.suppress(OSError):
            connection.sendall(content)

    threads = [
        threading.Thread(target=send, args=pair, daemon=True)
        for pair in zip(connections, contents, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for connection in connections:
            connection.close()


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Seen:
    """What another client saw: the longest waits in seconds, and answers that were not 200."""

    search: float = 0.0
    livez: float = 0.0
    wrong: Counter[str] = field(default_factory=Counter)


def watch(url: str, ended: Event, results: "multiprocessing.Queue[Seen]") -> None:
    """Ask until told to end, from two threads, and put down what was seen."""
    seen = Seen()

    def ask(name: str, pause: float) -> None:
        number = 0
        with httpx.Client(base_url=url, timeout=30) as client:
            while not ended.is_set():
                number += 1
                path = f"/v1/search?q=who+pays+for+dam+{number}" if name == "search" else "/livez"
                started = time.perf_counter()
                try:
                    status = str(client.get(path).status_code)
                except httpx.HTTPError as error:
                    status = type(error).__name__
                waited = time.perf_counter() - started
                setattr(seen, name, max(getattr(seen, name), waited))
                if status != "200":
                    seen.wrong[f"{name} {status}"] += 1
                ended.wait(pause)

    threads = [
        threading.Thread(target=ask, args=pair) for pair in (("search", 0.1), ("livez", 0.02))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(seen)


@contextlib.contextmanager
def small_folder(folder: Path) -> Iterator[bool]:
    """Whether the folder could be made small until the block ends, which takes the right to."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={TEMPORARY_MIB}m", "tmpfs", str(folder)]
    done = subprocess.run(["mount", *options], capture_output=True, check=False)
    try:
        yield done.returncode == 0
    finally:
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=False)


@contextlib.contextmanager
def service(
    index: Path, temporary: Path, log: BinaryIO
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The service in a process of its own, which is ready, and its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    limited = ["prlimit", f"--nofile={OPEN_FILES}:{OPEN_FILES}", *SEMSEARCH]
    process = subprocess.Popen(
        [*limited, "serve", "--index", index, "--port", str(port)],
        stderr=log,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1_200):
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/readyz").is_success:
                    break
            if process.poll() is not None:
                raise SystemExit("the service did not start; see --log")
            time.sleep(0.1)
        yield process, url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def attack(do: Callable[[Target], None], process: subprocess.Popen[bytes], target: Target) -> bool:
    """Do one attack, print its row, and say whether the service held."""
    context = multiprocessing.get_context("spawn")
    ended, results = context.Event(), context.Queue()
    watcher = context.Process(target=watch, args=(target.url, ended, results))
    before = peak = resident(process.pid)
    over = threading.Event()

    def sample() -> None:
        nonlocal peak
        while not over.wait(0.05):
            peak = max(peak, resident(process.pid))

    sampler = threading.Thread(target=sample)
    sampler.start()
    watcher.start()
    time.sleep(1.5)  # until it asks

    def behind_all_others() -> None:
        os.setpriority(os.PRIO_PROCESS, 0, 19)  # of this thread and those that it starts
        do(target)

    attacker = threading.Thread(target=behind_all_others)
    attacker.start()
    attacker.join()
    time.sleep(1)
    ended.set()
    seen: Seen = results.get(timeout=90)
    watcher.join()
    over.set()
    sampler.join()
    time.sleep(2)
    after = resident(process.pid)
    holds = (
        process.poll() is None
        and not seen.wrong
        and target.answers["500"] == 0
        and after - before <= MOST_KEPT
        and seen.search <= MOST_SEARCH
        and seen.livez <= MOST_LIVEZ
    )
    cells = [
        (do.__doc__ or "").rstrip("."),
        *(f"{size / MIB:,.0f}" for size in (before, peak, after)),
        f"{seen.search * 1000:,.0f}",
        f"{seen.livez * 1000:,.0f}",
        counted(seen.wrong),
        counted(target.answers),
        "yes" if holds else "no" if process.poll() is None else "ENDED",
    ]
    print("| " + " | ".join(cells) + " |", flush=True)
    return holds


def counted(answers: Counter[str]) -> str:
    """Each answer with its number."""
    return ", ".join(f"{number} x {name}" for name, number in sorted(answers.items()) if number)


def main() -> int:
    """Attack, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="How long each attack lasts.")
    names = [do.__name__ for do in ATTACKS]
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="ATTACK")
    parser.add_argument("--log", type=Path, default=Path(os.devnull), help="The service's log.")
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    print("| attack | MiB before | most | after | search ms | livez ms | ", end="")
    print(
        "other client's errors | attacker's answers | held |\n|---|---|---|---|---|---|---|---|---|"
    )
    left = [do for do in ATTACKS if do.__name__ in options.only]
    held_all = True
    with (
        TemporaryDirectory(prefix="semsearch-attacks-") as name,
        options.log.open("wb") as log,
        small_folder(Path(name) / "temporary") as small,
    ):
        index, temporary = Path(name) / "index", Path(name) / "temporary"
        command = [*SEMSEARCH, "index", CORPUS, "--index", str(index), "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        while left:  # what did not hold is not attacked again
            with service(index, temporary, log) as (process, url):
                holds = True
                while left and holds:
                    target = Target(url, options.seconds, temporary if small else None)
                    holds = attack(left.pop(0), process, target)
                held_all &= holds
    lines = options.log.read_bytes().splitlines()
    print(f"\n{len(lines):,} lines of log")
    return 0 if held_all else 1


if __name__ == "__main__":
    sys.exit(main())
