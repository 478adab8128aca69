"""What surrounds every request: its id, its place in log and metrics, headers that protect it."""

import asyncio
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.access import WHO
from semsearch.api.admission import BUDGET
from semsearch.api.logs import ACCESS, ERRORS
from semsearch.api.metrics import Metrics
from semsearch.api.problems import problem_of, unexpected
from semsearch.api.requests import Kind, kind_of
from semsearch.deadline import Budget
from semsearch.errors import StoppingError

REQUEST_ID = "semsearch.request_id"
"""Where the id of a request stands in its ASGI scope."""

_VALID_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_CLIENT_CLOSED = 499
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Of every answer that does not bring its own, as pages do."""


class Conversation:
    """ASGI middleware: the outermost of this interface.

    ``HEAD`` is answered as ``GET`` is, without the body, which the server leaves out.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and its answer back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        inner: Scope = {**scope, REQUEST_ID: _id_of(scope)}
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        answer = _Answer(send, inner[REQUEST_ID])
        try:
            await self._app(inner, receive, answer.send)
        except asyncio.CancelledError:  # cut off, for the server stops
            if not answer.status:
                stopping = problem_of(StoppingError("The service is stopping."))
                await stopping(inner, receive, answer.send)
            raise
        except Exception:
            ERRORS.exception("unexpected error", extra={"fields": named(inner)})
            if answer.status:
                raise  # too late to say anything else: the server closes the connection
            await unexpected()(inner, receive, answer.send)
        finally:
            self._tell(scope["method"], inner, answer, time.perf_counter() - started)

    def _tell(self, method: str, scope: Scope, answer: "_Answer", seconds: float) -> None:
        handler = _handler(scope)
        budget = scope.get(BUDGET)
        stages = budget.stages if isinstance(budget, Budget) else {}
        status = answer.status or _CLIENT_CLOSED
        method = method if method in _METHODS else "other"
        self._metrics.answered(method, handler, status, seconds, stages)
        if kind_of(scope) is Kind.PROBE:
            return
        # What was asked is nobody's business: the query is left out.
        ACCESS.info(
            "answered",
            extra={
                "fields": {
                    **named(scope),
                    "handler": handler,
                    "status": status,
                    "seconds": round(seconds, 6),
                    "bytes": answer.bytes,
                    "stages": {name: round(spent, 6) for name, spent in stages.items()},
                }
            },
        )


class _Answer:
    """Adds headers to an answer, and remembers what it was."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0
        self.bytes = 0

    async def send(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            for name, value in _SECURITY.items():
                headers.setdefault(name, value)
        self.bytes += len(message.get("body", b""))
        await self._send(message)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _VALID_ID.fullmatch(given) else secrets.token_hex(16)


def named(scope: Scope) -> dict[str, object]:
    """What every line about a request says."""
    key = scope.get(WHO)
    return {
        "request_id": scope[REQUEST_ID],
        "method": scope["method"],
        "path": scope["path"][:512],
        "client": (scope.get("client") or ("",))[0],
        "key": None if key is None else key.id,
        "name": None if key is None else key.name,
    }


def _handler(scope: Scope) -> str:
    """The operation that answered, as its address is documented; "none" where there is none."""
    route = scope.get("route")
    path = str(getattr(route, "path_format", "none"))
    prefixed = scope["path"].startswith("/v1/") and not path.startswith(("/v1/", "none"))
    return f"/v1{path}" if prefixed else path
