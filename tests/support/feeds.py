"""A real HTTP server on loopback that behaves as it is told, and feeds for it to serve."""

import gzip
import io
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

RSS = "application/rss+xml"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that only moves when it is told to."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass(frozen=True)
class Request:
    """What was asked: the path with its query, the headers in lower case, and the body."""

    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Answer:
    """What is answered; ``raw`` replaces everything."""

    body: bytes = b""
    status: str = "200 OK"
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Callable[[Callable[[bytes], object]], None] | None = None


Behaviour = Callable[[Request], Answer]


class FeedServer:
    """Serves paths, and remembers what was asked and how much at a time.

    Attributes:
        requests: All requests, in order.
        most_at_once: How many were being answered at one moment, at most.
        started: When each came, on the monotonic clock.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.started: list[float] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()
        self._paths: dict[str, Behaviour] = {}
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def serve(self, path: str, behaviour: "Behaviour | Answer | bytes | str") -> str:
        """Let a path behave so from now on; its address."""
        if isinstance(behaviour, str):
            behaviour = behaviour.encode()
        if isinstance(behaviour, bytes):
            behaviour = Answer(behaviour, headers={"Content-Type": RSS})
        if isinstance(behaviour, Answer):
            answer = behaviour
            self._paths[path] = lambda _: answer
        else:
            self._paths[path] = behaviour
        return self.url(path)

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def take(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            self.started.append(time.monotonic())
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        behaviour = self._paths.get(request.path)
        return behaviour(request) if behaviour else Answer(b"nothing", "404 Not Found")

    def end(self) -> None:
        with self._lock:
            self._now -= 1


class _Handler(socketserver.StreamRequestHandler):
    server: "_Server"
    rfile: io.BufferedReader

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            if self.rfile.peek(1)[:1] == b"\x16":  # somebody speaks TLS
                self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            lines: list[str] = []
            while (line := self.rfile.readline(2**16).strip()) and len(lines) < 100:
                lines.append(line.decode("latin-1"))
            path = lines[0].split()[1]
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines[1:])
            }
            body = self.rfile.read(int(headers.get("content-length", "0")))
            answer = self.server.feeds.take(Request(path, headers, body))
            try:
                self._answer(answer)
            finally:
                self.server.feeds.end()

    def _answer(self, answer: Answer) -> None:
        if answer.raw is not None:
            answer.raw(self.wfile.write)
            return
        given = {"Content-Length": str(len(answer.body)), **answer.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        self.wfile.write(f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode("latin-1") + answer.body)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128
    block_on_close = False

    def __init__(self, feeds: FeedServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds = feeds


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    """A server until the block ends."""
    feeds = FeedServer()
    with _Server(feeds) as server:
        feeds.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield feeds
        finally:
            server.shutdown()
            thread.join()


def rss(*items: str, title: str = "Harbour Ledger", head: str = "") -> bytes:
    """An RSS feed."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://harbourledger.example/</link>{head}"
        f"{''.join(items)}</channel></rss>"
    ).encode()


def item(
    number: int,
    *,
    title: str = "",
    link: str | None = None,
    guid: str | None = None,
    text: str = "",
    date: str = "Mon, 02 Mar 2026 07:00:00 GMT",
    more: str = "",
) -> str:
    """An item of RSS."""
    link = f"https://harbourledger.example/news/{number}" if link is None else link
    guid = f"id-{number}" if guid is None else guid
    return (
        f"<item><title>{title or f'Report number {number} from the harbour'}</title>"
        + (f"<link>{link}</link>" if link else "")
        + (f'<guid isPermaLink="false">{guid}</guid>' if guid else "")
        + (f"<pubDate>{date}</pubDate>" if date else "")
        + f"<description>{text or f'The harbour office says so in notice {number}.'}</description>"
        + f"{more}</item>"
    )


def redirect(to: str, status: str = "302 Found") -> Answer:
    return Answer(b"", status, {"Location": to})


def gzipped(data: bytes) -> Answer:
    return Answer(gzip.compress(data), headers={"Content-Encoding": "gzip", "Content-Type": RSS})
