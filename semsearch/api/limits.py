"""Requests that are too large or too slow, or ask for what does not exist, are refused early."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import BinaryIO

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.problems import Problem
from semsearch.api.requests import SAFE, is_bulk
from semsearch.api.settings import ApiSettings
from semsearch.errors import InvalidRequestError

BODY = "semsearch.body"
"""Where the body of a request stands in its ASGI scope, as a file."""

_MEMORY_BYTES = 2**20
_CHUNK = 2**16
_DRAIN_SECONDS = 2.0


def only_known_parameters(request: Request) -> None:
    """Refuse a query parameter that the operation does not have: a misspelt filter filters nothing.

    Raises:
        InvalidRequestError: There is one, or one that takes a single value is repeated.
    """
    paths = request.app.openapi()["paths"]
    # With or without the prefix of its router, and with converters that the document leaves out.
    route = request.scope["route"].path_format
    methods = paths.get(route) or paths.get(f"/v1{route}", {})
    operation = methods.get(request.method.lower(), {})
    known = {
        one["name"]: "array" in str(one["schema"])
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    }
    for name in request.query_params:
        if name not in known:
            raise InvalidRequestError(
                f"There is no parameter {name!r}.", f"There are: {', '.join(sorted(known))}."
            )
        if not known[name] and len(request.query_params.getlist(name)) > 1:
            raise InvalidRequestError(f"The parameter {name!r} stands more than once.")


class HeadLimit:
    """ASGI middleware: refuses an address or a header that is too long."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._most = settings.max_url_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Problem | None:
        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > self._most:
            return Problem(
                HTTPStatus.REQUEST_URI_TOO_LONG,
                "url-too-long",
                f"The address is longer than {self._most:,} bytes.",
                "Ask with POST and JSON instead.",
            )
        if any(len(name) + len(value) > self._most for name, value in scope["headers"]):
            return Problem(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "header-too-long",
                f"A header is longer than {self._most:,} bytes.",
            )
        return None


class BodyLimit:
    """ASGI middleware: takes in a whole body before anything else is done for the request.

    So a client that sends slowly holds up nobody; a large body waits in a temporary file.
    """

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is all there, or refuse it."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self._app(scope, receive, send)
            return
        settings = self._settings
        most = settings.max_body_bytes if is_bulk(scope) else settings.max_text_bytes
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdigit() and int(length) > most:
            await _drain(receive)
            await _too_large(most)(scope, receive, send)
            return
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as spool:
            try:
                async with asyncio.timeout(settings.body_seconds):
                    async for chunk in _chunks(receive):
                        spool.write(chunk)
                        if spool.tell() > most:
                            await _drain(receive)
                            await _too_large(most)(scope, receive, send)
                            return
            except TimeoutError:
                await _too_slow(settings.body_seconds)(scope, receive, send)
                return
            except _GoneError:
                return
            spool.seek(0)
            scope[BODY] = spool
            await self._app(scope, _replay(spool, receive), send)


class _GoneError(Exception):
    """The client went away before it had sent everything."""


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        more = message.get("more_body", False)
        yield message.get("body", b"")


async def _drain(receive: Receive) -> None:
    """Take what is still being sent for a moment: who sends it reads an answer only then."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in _chunks(receive):
                pass
    except (TimeoutError, _GoneError):
        pass


def _replay(spool: BinaryIO | tempfile.SpooledTemporaryFile[bytes], receive: Receive) -> Receive:
    """Gives the body that was taken in, then what the server has to say."""
    more = True

    async def replayed() -> Message:
        nonlocal more
        if not more:
            return await receive()
        chunk = spool.read(_CHUNK)
        more = len(chunk) == _CHUNK
        return {"type": "http.request", "body": chunk, "more_body": more}

    return replayed


def _too_large(most: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-large",
        f"The body is longer than {most:,} bytes.",
        "Send it in several requests.",
    )


def _too_slow(seconds: float) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_TIMEOUT,
        "body-too-slow",
        f"The body was not all there after {seconds:g} seconds.",
        "Send it in several requests.",
        headers={"Connection": "close"},
    )
