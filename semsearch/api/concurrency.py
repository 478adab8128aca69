"""Limit how many requests are worked on at a time, and how long each may take.

Questions, those for long lists, comparisons, streams that compare, and writes have a queue each. A
request that finds its queue full, or waits in it too long, is refused with 503; so the process
never has more to do than it can. An answer that was made holds no place while it is sent, however
slowly it is read: see ``api.connections``.
"""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http import HTTPStatus
from threading import Event

from prometheus_client.context_managers import InprogressTracker
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.limits import BODY
from semsearch.api.metrics import Metrics
from semsearch.api.problems import Problem
from semsearch.api.request_kinds import RequestKind, asks_for_many, is_bulk, request_kind
from semsearch.config import ServiceSettings
from semsearch.deadline import Budget, within

BUDGET = "semsearch.deadline"
"""Where the budget of a request stands in its ASGI scope."""
_PROMPT_SECONDS = 0.1
"""A part of an answer that takes longer to send waits without a turn."""
_TURN_SECONDS = 1.0
"""Between its parts an answer lets others have its turn, when it was held for so long."""
_WRITES = 8
"""Writes that are read and wait for the index at a time; the others need not wait in a thread."""
_BEGINNING = 2**16 + 1
"""Bytes of a body that are looked at to tell how much is asked for."""


class RunningRequests:
    """Count the requests that this process works on, and tell them to end.

    Attributes:
        stopping: Set when all are to end where they next ask whether to go on.
    """

    def __init__(self) -> None:
        self.stopping = Event()
        self._number = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count a request while the block lasts."""
        self._number += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._number -= 1
            if not self._number:
                self._idle.set()

    async def stop(self, seconds: float) -> None:
        """Tell all to end, and wait until they have, but not longer than this."""
        self.stopping.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()


class ConcurrencyLimit:
    """ASGI middleware: let a request wait for its turn, then work within its time limit."""

    def __init__(
        self,
        app: ASGIApp,
        settings: ServiceSettings,
        metrics: Metrics,
        running: RunningRequests,
    ) -> None:
        self._app = app
        self._settings = settings
        self._running = running
        self._queues = {
            # The index has one writer, which writes together what several send meanwhile.
            RequestKind.WRITE: _Queue(
                RequestKind.WRITE, _WRITES, settings.queue, settings.bulk_seconds, metrics
            ),
            **{
                kind: _Queue(kind, number, settings.queue, settings.queue_seconds, metrics)
                for kind, number in (
                    (RequestKind.QUESTION, settings.concurrent),
                    # A thousand articles cost as much as tens of questions.
                    (RequestKind.LONG_LIST, 1),
                    (RequestKind.COMPARISON, settings.concurrent),
                    # They may take minutes each.
                    (RequestKind.STREAM, max(1, settings.concurrent // 2)),
                )
            },
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it is its turn, or refuse it."""
        queue = self._queues.get(_queued_as(scope)) if scope["type"] == "http" else None
        if queue is None:
            await self._app(scope, receive, send)
            return
        try:
            turn = await queue.turn()
        except _OverloadedError:
            await _overloaded(self._settings.queue_seconds)(scope, receive, send)
            return
        try:
            await self._work(turn, scope, receive, send)
        finally:
            turn.give_back()

    async def _work(self, turn: "_Turn", scope: Scope, receive: Receive, send: Send) -> None:
        settings = self._settings
        seconds = settings.bulk_seconds if is_bulk(scope) else settings.request_seconds
        scope[BUDGET] = budget = Budget(seconds, self._running.stopping)

        async def send_without_turn(message: Message) -> None:
            more = message["type"] == "http.response.start" or message.get("more_body", False)
            loop = asyncio.get_running_loop()
            if not more or loop.time() - turn.since > _TURN_SECONDS:
                turn.give_back()
            late = loop.call_later(_PROMPT_SECONDS, turn.give_back)
            try:
                await send(message)
            finally:
                late.cancel()
            if more:
                await turn.take()

        with within(budget), self._running.counted():
            await self._app(scope, receive, send_without_turn)


def _queued_as(scope: Scope) -> RequestKind:
    kind = request_kind(scope)
    if kind is not RequestKind.QUESTION:
        return kind
    beginning = b""
    if (body := scope.get(BODY)) is not None:
        beginning = body.read(_BEGINNING)
        body.seek(0)
    return RequestKind.LONG_LIST if asks_for_many(scope, beginning) else kind


class _OverloadedError(Exception):
    """The queue is full, or the request waited too long."""


class _Queue:
    """The requests of one kind: so many at work, so many waiting."""

    def __init__(
        self, kind: RequestKind, concurrent: int, length: int, seconds: float, metrics: Metrics
    ) -> None:
        self._kind = kind
        self._slots = asyncio.Semaphore(concurrent)
        self._length = length
        self._seconds = seconds
        self._metrics = metrics
        self._waiting = 0

    async def turn(self) -> "_Turn":
        """A slot, which is to be given back; waits for one."""
        if not self._slots.locked():
            await self._slots.acquire()  # at once
        elif self._waiting >= self._length:
            raise _OverloadedError
        else:
            self._waiting += 1
            try:
                with self._metrics.waiting(self._kind):
                    async with asyncio.timeout(self._seconds):
                        await self._slots.acquire()
            except TimeoutError:
                raise _OverloadedError from None
            finally:
                self._waiting -= 1
        return _Turn(self._slots, partial(self._metrics.working, self._kind))


class _Turn:
    """A slot that is held; it may be given back and taken again.

    Attributes:
        since: When it was taken last, on the clock of the event loop.
    """

    def __init__(self, slots: asyncio.Semaphore, working: Callable[[], InprogressTracker]) -> None:
        self._slots = slots
        self._working = working
        self._counted = ExitStack()
        self._held = False
        self.since = 0.0
        self._hold()

    def give_back(self) -> None:
        """Let another have it."""
        if self._held:
            self._held = False
            self._counted.close()
            self._slots.release()

    async def take(self) -> None:
        """Wait for it again, if it was given back."""
        if not self._held:
            await self._slots.acquire()
            self._hold()

    def _hold(self) -> None:
        self._held = True
        self.since = asyncio.get_running_loop().time()
        self._counted.enter_context(self._working())


def _overloaded(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "More is asked than can be answered in time.",
        "Wait as long as Retry-After says.",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )
