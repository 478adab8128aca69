"""Refuse a request whose head or body is too large, or whose body comes too slowly.

FastAPI's own ``max_body_size`` answers with plain text and only after a route was found; here a
refusal is a problem document, and a whole body is there before the request waits for its turn. All
bodies together take so many bytes of the temporary folder, and no more.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.problems import Problem, disk_full, problem_of
from semsearch.api.request_kinds import SAFE_METHODS, is_bulk
from semsearch.config import ServiceSettings

BODY = "semsearch.body"
"""Where the body of a request stands in its ASGI scope, as a file."""

_MEMORY_BYTES = 2**16
"""A longer body waits in a temporary file."""
_CHUNK = 2**16
_DRAIN_SECONDS = 2.0
_Spool = tempfile.SpooledTemporaryFile[bytes]


class HeadLimit:
    """ASGI middleware: refuse an address or a header that is too long."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._max_bytes = settings.max_url_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > self._max_bytes:
            return Problem(
                HTTPStatus.REQUEST_URI_TOO_LONG,
                "url-too-long",
                f"The address is longer than {self._max_bytes:,} bytes.",
                "Ask with POST and JSON instead.",
            )
        if any(len(name) + len(value) > self._max_bytes for name, value in scope["headers"]):
            return Problem(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "header-too-long",
                f"A header is longer than {self._max_bytes:,} bytes.",
            )
        return None


class BodyLimit:
    """ASGI middleware: receive the whole body before anything else is done for the request.

    So a client that sends slowly holds up nobody; a large body waits in a temporary file. Where
    such files take up what they may, or the folder is full, only large bodies are refused.
    """

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._settings = settings
        self._spooled = 0  # bytes in temporary files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is all there, or refuse it."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self._app(scope, receive, send)
            return
        settings = self._settings
        max_bytes = settings.max_body_bytes if is_bulk(scope) else settings.max_text_bytes
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > max_bytes:
            await _drain(receive)
            await _too_large(max_bytes)(scope, receive, send)
            return
        with _spool() as spool, self._counted(spool, max_bytes) as check:
            try:
                async with asyncio.timeout(settings.body_seconds):
                    async for chunk in _chunks(receive):
                        spool.write(chunk)
                        check()
                spool.seek(0)
            except TimeoutError:
                await _too_slow(settings.body_seconds)(scope, receive, send)
                return
            except _DisconnectedError:
                return
            except _RefusedError as refused:
                await _drain(receive)
                await refused.problem(scope, receive, send)
                return
            except OSError as error:
                await _drain(receive)
                await problem_of(disk_full(error))(scope, receive, send)
                return
            scope[BODY] = spool
            await self._app(scope, _replay(spool, receive), send)

    @contextmanager
    def _counted(self, spool: _Spool, max_bytes: int) -> Iterator[Callable[[], None]]:
        """Give what checks a body that grows; its bytes in a file count until the block ends."""
        counted = 0

        def check() -> None:
            nonlocal counted
            size = spool.tell()
            if size > max_bytes:
                raise _RefusedError(_too_large(max_bytes))
            if size <= _MEMORY_BYTES:
                return
            self._spooled += size - counted
            counted = size
            if self._spooled > self._settings.max_spooled_bytes:
                raise _RefusedError(_no_room())

        try:
            yield check
        finally:
            self._spooled -= counted


@contextmanager
def _spool() -> Iterator[_Spool]:
    """A file that lies in memory as long as it is small."""
    spool = tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES)  # noqa: SIM115 - closed below
    try:
        yield spool
    finally:
        with suppress(OSError):  # what could not be written cannot be flushed
            spool.close()


class _RefusedError(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem


class _DisconnectedError(Exception):
    """The client went away before it had sent everything."""


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _DisconnectedError
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _drain(receive: Receive) -> None:
    """Take what is still being sent for a moment: who sends it reads an answer only then."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in _chunks(receive):
                pass
    except (TimeoutError, _DisconnectedError):
        pass


def _replay(spool: _Spool, receive: Receive) -> Receive:
    """Give the body that was received, then what the server has to say."""
    more = True

    async def replayed() -> Message:
        nonlocal more
        if not more:
            return await receive()
        chunk = spool.read(_CHUNK)
        more = len(chunk) == _CHUNK
        return {"type": "http.request", "body": chunk, "more_body": more}

    return replayed


def _too_large(max_bytes: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-large",
        f"The body is longer than {max_bytes:,} bytes.",
        "Send it in several requests.",
    )


def _no_room() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "More is being sent than can be kept until it is worked on.",
        "Wait as long as Retry-After says, or send less at once.",
        headers={"Retry-After": "5"},
    )


def _too_slow(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_TIMEOUT,
        "body-too-slow",
        f"The body was not all there after {seconds:g} seconds.",
        "Send it in several requests.",
        headers={"Connection": "close"},
    )
