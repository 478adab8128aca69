"""How many requests are worked on at a time, and for how long each.

Questions and writes have a queue each. A request that finds its queue full, or waits in it too
long, is told to come back; so the process never has more to do than it can.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from http import HTTPStatus
from threading import Event

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.metrics import Metrics
from semsearch.api.problems import Problem
from semsearch.api.requests import Kind, is_bulk, kind_of
from semsearch.api.settings import ApiSettings
from semsearch.deadline import Budget, within

BUDGET = "semsearch.deadline"
"""Where the budget of a request stands in its ASGI scope."""


class Running:
    """The requests of one process, and when they are to end.

    Attributes:
        stopping: Set when all are to end where they next ask whether to go on.
    """

    def __init__(self) -> None:
        self.stopping = Event()
        self._number = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count a request while the block lasts."""
        self._number += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._number -= 1
            if not self._number:
                self._idle.set()

    def start(self) -> None:
        """Let requests in, after a stop as well: an application may be started again."""
        self.stopping.clear()

    async def stop(self, seconds: float) -> None:
        """Tell all to end, and wait until they have, but not longer than this."""
        self.stopping.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()


class Admission:
    """ASGI middleware: gives each request its turn, and a budget of time.

    Args:
        app: What answers.
        settings: How many at a time, and for how long.
        metrics: Told who works and who waits.
        running: Where they are counted, and told to end.
    """

    def __init__(
        self, app: ASGIApp, settings: ApiSettings, metrics: Metrics, running: Running
    ) -> None:
        self._app = app
        self._settings = settings
        self._running = running
        self._gates = {
            # The index has one writer: what waits here need not wait in a thread.
            Kind.WRITE: _Gate(Kind.WRITE, 1, settings.queue, settings.bulk_seconds, metrics),
            **{
                kind: _Gate(
                    kind, settings.concurrent, settings.queue, settings.queue_seconds, metrics
                )
                for kind in (Kind.QUESTION, Kind.COMPARISON)
            },
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or refuse it."""
        gate = self._gates.get(kind_of(scope)) if scope["type"] == "http" else None
        if gate is None:
            await self._app(scope, receive, send)
            return
        try:
            async with gate.turn():
                await self._work(scope, receive, send)
        except _FullError:
            await _overloaded(self._settings.queue_seconds)(scope, receive, send)
        except _SlowError:
            return  # the server closes the connection, for the answer is not complete

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        settings = self._settings
        seconds = settings.bulk_seconds if is_bulk(scope) else settings.request_seconds
        scope[BUDGET] = budget = Budget(seconds, self._running.stopping)
        with within(budget), self._running.one():
            await self._app(scope, receive, self._patient(send))

    def _patient(self, send: Send) -> Send:
        """Gives up on a client that does not take what it asked for."""

        async def patient(message: Message) -> None:
            try:
                async with asyncio.timeout(self._settings.body_seconds):
                    await send(message)
            except TimeoutError:
                raise _SlowError from None

        return patient


class _SlowError(Exception):
    """The client does not take its answer."""


class _FullError(Exception):
    """There is no room to wait, or it took too long."""


class _Gate:
    def __init__(
        self, kind: Kind, places: int, queue: int, patience: float, metrics: Metrics
    ) -> None:
        self._places = asyncio.Semaphore(places)
        self._queue = queue
        self._patience = patience
        self._waiting = 0
        self._metrics = metrics
        self._kind = kind

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a place, and hold it until the block ends."""
        if self._places.locked() and self._waiting >= self._queue:
            raise _FullError
        self._waiting += 1
        try:
            with self._metrics.waiting(self._kind):
                async with asyncio.timeout(self._patience):
                    await self._places.acquire()
        except TimeoutError:
            raise _FullError from None
        finally:
            self._waiting -= 1
        try:
            with self._metrics.working(self._kind):
                yield
        finally:
            self._places.release()


def _overloaded(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "More is asked than can be answered in time.",
        "Wait as long as Retry-After says.",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )
