"""Requests that are too large, or ask for what does not exist, are refused early."""

from http import HTTPStatus

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.problems import Problem
from semsearch.errors import InvalidRequestError


def only_known_parameters(request: Request) -> None:
    """Refuse a query parameter that the operation does not have: a misspelt filter filters nothing.

    Raises:
        InvalidRequestError: There is one, or one that takes a single value is repeated.
    """
    paths = request.app.openapi()["paths"]
    # With or without the prefix of its router, and with converters that the document leaves out.
    route = request.scope["route"].path.replace(":path}", "}")
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


class BodyLimit:
    """ASGI middleware: answers 413 when a body is longer than ``limit`` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > self._limit:
            await self._refuse(scope, receive, send)
            return
        read = 0
        started = False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise _TooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLargeError:
            if not started:
                await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "body-too-large",
            f"The body is longer than {self._limit:,} bytes.",
            "Send the articles in several requests.",
        )
        await problem(scope, receive, send)


class _TooLargeError(Exception):
    """The body turned out longer than allowed."""
