"""Give every request an id, a line in the log, its place in the metrics, and safe headers."""

import asyncio
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.api.access import ACCESS_KEY
from semsearch.api.concurrency import BUDGET
from semsearch.api.logs import ACCESS_LOG, ERROR_LOG
from semsearch.api.metrics import Metrics
from semsearch.api.problems import problem_of, unexpected
from semsearch.api.request_kinds import RequestKind, request_kind
from semsearch.deadline import Budget
from semsearch.errors import StoppingError

_REQUEST_ID = "semsearch.request_id"  # where the id stands in the ASGI scope
_VALID_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_CLIENT_CLOSED = 499
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Of every answer that does not bring its own, as pages do."""


class RequestContext:
    """ASGI middleware, the outermost: log, count and protect every answer.

    ``HEAD`` is answered as ``GET`` is, without the body, which the server leaves out. An error
    that nobody expected becomes a problem document.
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
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _VALID_ID.fullmatch(given) else secrets.token_hex(16)
        inner: Scope = {**scope, _REQUEST_ID: request_id}
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        answer = _Answer(send, request_id)
        try:
            await self._app(inner, receive, answer.send)
        except asyncio.CancelledError:  # cut off, for the server stops
            if not answer.status:
                stopping = problem_of(StoppingError("The service is stopping."))
                await stopping(inner, receive, answer.send)
            raise
        except Exception:
            ERROR_LOG.exception("unexpected error", extra={"fields": log_fields(inner)})
            if answer.status:
                raise  # too late to say anything else: the server closes the connection
            await unexpected()(inner, receive, answer.send)
        finally:
            self._record(scope["method"], inner, answer, time.perf_counter() - started)

    def _record(self, method: str, scope: Scope, answer: "_Answer", seconds: float) -> None:
        handler = operation_path(scope)
        budget = scope.get(BUDGET)
        stages = budget.stages if isinstance(budget, Budget) else {}
        status = answer.status or _CLIENT_CLOSED
        method = method if method in _METHODS else "other"
        self._metrics.answered(method, handler, status, seconds, stages)
        if request_kind(scope) is RequestKind.PROBE:
            return
        # What was asked is nobody's business: the query is left out.
        ACCESS_LOG.info(
            "answered",
            extra={
                "fields": {
                    **log_fields(scope),
                    "handler": handler,
                    "status": status,
                    "seconds": round(seconds, 6),
                    "bytes": answer.bytes,
                    "stages": {name: round(spent, 6) for name, spent in stages.items()},
                }
            },
        )


class _Answer:
    """Add headers to an answer, and remember its status and size."""

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
            for name, value in _SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        self.bytes += len(message.get("body", b""))
        await self._send(message)


def log_fields(scope: Scope) -> dict[str, object]:
    """What every log line about a request says: its id, method, path, client and key."""
    key = scope.get(ACCESS_KEY)
    return {
        "request_id": scope[_REQUEST_ID],
        "method": scope["method"],
        "path": scope["path"][:512],
        "client": (scope.get("client") or ("",))[0],
        "key": None if key is None else key.id,
        "name": None if key is None else key.name,
    }


def operation_path(scope: Scope) -> str:
    """The path of the operation that answers, as it is documented; "none" where there is none."""
    route = scope.get("route")
    path = str(getattr(route, "path_format", "none"))
    prefixed = scope["path"].startswith("/v1/") and not path.startswith(("/v1/", "none"))
    return f"/v1{path}" if prefixed else path
