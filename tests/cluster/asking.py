"""Questions without a pause, while something happens to the engines that answer them."""

import itertools
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx

_THREADS = 2
_AT_MOST = 100.0  # seconds
_PASSING = ("took_ms", "query", "next_page_token")  # these differ between equal answers
_days = itertools.count()


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked for: a path below ``/v1`` and its parameters."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def answer(self, client: httpx.Client) -> httpx.Response:
        """Ask. A search is told another first day each time: none is answered from memory."""
        parameters = dict(self.parameters)
        if self.path == "search":
            parameters["from"] = str(date(1000, 1, 1) + timedelta(days=next(_days)))
        return client.get(f"/v1/{self.path}", params=parameters)


def content(response: httpx.Response) -> dict[str, Any]:
    """What is the same in equal answers."""
    answer: dict[str, Any] = response.json()
    return {key: value for key, value in answer.items() if key not in _PASSING}


@dataclass
class Heard:
    """What the answers were.

    Attributes:
        answered: Those that were right.
        refused: Those that were a 503 as it should be.
        wrong: All others.
        slowest: Seconds that the slowest took.
    """

    answered: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, asked: Asked, response: httpx.Response, expected: object, took: float) -> None:
        with self._lock:
            self.slowest = max(self.slowest, took)
            if response.is_success and content(response) == expected:
                self.answered += 1
            elif is_refusal(response):
                self.refused += 1
            else:
                self.wrong.append(f"{asked}: {response.status_code} {response.text[:300]}")


def is_refusal(response: httpx.Response) -> bool:
    """Whether it says, as it should, that something does not answer now."""
    return (
        response.status_code == httpx.codes.SERVICE_UNAVAILABLE
        and int(response.headers.get("Retry-After", "0")) > 0
        and response.headers["Content-Type"] == "application/problem+json"
        and response.json()["type"] == "urn:semsearch:problem:engine-unavailable"
    )


@contextmanager
def asking(client: httpx.Client, questions: Mapping[Asked, object]) -> Iterator[Heard]:
    """Ask, from several threads in turn, until the block ends; each with the answer expected."""
    heard, ended = Heard(), threading.Event()
    until = time.monotonic() + _AT_MOST

    def ask(offset: int) -> None:
        rows = list(questions.items())
        for asked, expected in itertools.cycle(rows[offset:] + rows[:offset]):
            if ended.is_set() or time.monotonic() > until:
                return
            started = time.monotonic()
            try:
                response = asked.answer(client)
            except httpx.HTTPError as error:
                heard.wrong.append(f"{asked}: {error!r}")
                continue
            heard.count(asked, response, expected, time.monotonic() - started)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(_THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        ended.set()
        for thread in threads:
            thread.join()
