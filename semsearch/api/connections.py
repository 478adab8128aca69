"""Bound what one connection may cost before and after its requests are worked on.

uvicorn bounds neither how long the head of a request is and how slowly it comes, nor how long an
answer may stay unread, nor how many requests are sent ahead. This does, for a service without a
proxy: `Connection` is uvicorn's protocol for httptools, given by its option ``http``. It overrides
callbacks of asyncio and httptools, and reads what uvicorn's own ``shutdown`` reads: ``cycle``, the
request that was begun last.
"""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from semsearch.api.logs import CONNECTIONS_LOG
from semsearch.api.problems import Problem
from semsearch.config import ServiceSettings

_PIECE = 4096
"""Bytes that are parsed at a time; a limit is passed by no more."""
_MOST_AHEAD = 100
"""Requests that may be sent ahead while another is answered."""
_LEAST_READ = 2**16
"""Bytes of an answer that a reader takes in ``body_seconds``, where so many are left."""


class Connection(HttpToolsProtocol):
    """One connection of a client: its waits and what it keeps in memory are bounded.

    Args:
        limits: The settings ``connections``, ``max_head_bytes``, ``head_seconds``,
            ``body_seconds`` and ``max_unread_bytes`` count.
        given: What uvicorn gives to its protocol.
    """

    def __init__(self, *, limits: ServiceSettings, **given: Any) -> None:
        super().__init__(**given)
        self._limits = limits
        self._unparsed = 0  # bytes since a head, or a part of a body, was complete
        self.waits_since = self.paused_since = self.loop.time()
        self._head_timer: asyncio.TimerHandle | None = None
        self._read_timer: asyncio.TimerHandle | None = None
        self._has_read = self._is_lost = False
        self._begun: list[RequestResponseCycle] = []
        app = self.app

        async def in_turn(scope: Any, receive: Any, send: Any) -> None:
            await self.flow.drain()  # until the answer before was taken
            if not self._is_lost:
                await app(scope, receive, send)
                self._watch_reader()

        self.app = in_turn

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect a head soon; where no connection is left, end the one that rests for longest."""
        super().connection_made(transport)
        self._expect_head()
        if len(self.connections) >= self._limits.connections:
            resting = [one for one in self._others() if not one.is_at_work()]
            if resting:
                min(resting, key=lambda one: one.waits_since).cut_off()
            CONNECTIONS_LOG.warning("all connections are taken; those that rest are ended")

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more; tell all requests, where uvicorn tells the last one."""
        self._is_lost = True
        for cycle in self._begun:
            cycle.disconnected = True
            cycle.message_event.set()
        # No circle of references outlives the connection: memory is given back at once.
        self.app = self.config.loaded_app
        self._begun.clear()
        while self.pipeline:
            self.pipeline.pop()[0].on_response = lambda: None  # as uvicorn does for those it ran
        for timer in (self._head_timer, self._read_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came piece by piece, and stop where a limit is passed."""
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            self._unparsed += len(piece)
            super().data_received(piece)
            if self.transport.is_closing():
                return
            if self._unparsed > self._limits.max_head_bytes:
                self._refuse(_head_too_long(self._limits.max_head_bytes))
                return
            if len(self.pipeline) > _MOST_AHEAD:
                self.cut_off()
                return
        if self._head_timer is None and not self._answering():
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Begin with a request."""
        self._unparsed = 0
        self.waits_since = self.loop.time()
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        super().on_headers_complete()
        self._begun = [cycle for cycle in self._begun if not cycle.response_complete]
        self._begun.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._unparsed = 0
        super().on_body(body)

    def pause_writing(self) -> None:
        """Watch the reader; where all leave too much unread, end those who do for longest."""
        super().pause_writing()
        self.paused_since = self.loop.time()
        self._watch_reader()
        slow = [one for one in self._others() if one.unread_bytes()]
        unread = sum(one.unread_bytes() for one in (self, *slow))
        for one in sorted(slow, key=lambda one: one.paused_since):
            if unread > self._limits.max_unread_bytes:
                unread -= one.unread_bytes()
                one.cut_off()

    def resume_writing(self) -> None:
        """Go on, for the reader has read."""
        super().resume_writing()
        self._has_read = True

    def is_at_work(self) -> bool:
        """Whether a request is there as a whole and its answer is not."""
        return self._answering() and not self.cycle.more_body

    def unread_bytes(self) -> int:
        """How much of its answers the client leaves to us."""
        return self.transport.get_write_buffer_size() if self.flow.write_paused else 0

    def cut_off(self) -> None:
        """End the connection, whatever was not sent."""
        self.connections.discard(self)  # asyncio tells of the loss later
        self.transport.abort()

    def _others(self) -> list["Connection"]:
        return [one for one in self.connections if isinstance(one, Connection) and one is not self]

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's own hint leaves None out
        return cycle is not None and not cycle.response_complete

    def _expect_head(self) -> None:
        self._head_timer = self.loop.call_later(self._limits.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        if self._unparsed:
            self._refuse(_head_too_slow(self._limits.head_seconds))
        else:
            self.transport.close()

    def _watch_reader(self) -> None:
        """Look, as long as bytes are left, whether the reader takes them."""
        if self._read_timer is None and (left := self.transport.get_write_buffer_size()):
            self._has_read = False
            self._read_timer = self.loop.call_later(
                self._limits.body_seconds, self._check_reader, left
            )

    def _check_reader(self, before: int) -> None:
        self._read_timer = None
        left = self.transport.get_write_buffer_size()
        if left and not self._has_read and before - left < _LEAST_READ:
            self.cut_off()
        else:
            self._watch_reader()

    def _refuse(self, problem: Problem) -> None:
        """Answer what is not yet a request, unless an answer is under way, and close."""
        if self._answering():
            self.cut_off()
            return
        status = HTTPStatus(problem.status_code)
        head = [f"HTTP/1.1 {status} {status.phrase}".encode(), b"connection: close"]
        head += [name + b": " + value for name, value in problem.raw_headers]
        self.transport.write(b"\r\n".join([*head, b"", bytes(problem.body)]))
        self.transport.close()


def _head_too_long(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "header-too-long",
        f"The head of the request is longer than {most:,} bytes.",
        "Send fewer and shorter headers; ask with POST and JSON instead of a long address.",
    )


def _head_too_slow(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_TIMEOUT,
        "head-too-slow",
        f"The head of the request was not all there after {seconds:g} seconds.",
        "Send it at once.",
    )
