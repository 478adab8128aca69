"""Serve everything below a path, as a reverse proxy publishes it: /archive/ in place of /.

The proxy may pass the path on or leave it out. Pages name their addresses from the root of the
service; what leads there is rewritten on its way out, so no page needs to know.
"""

import re
from typing import AnyStr

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ADDRESSES = re.compile(rb'\b(href|src|srcset|action|formaction|data-root)="/(?!/)')


class RootPath:
    """ASGI middleware: take the path off requests, and put it into pages and redirects.

    ``path`` begins with a slash and does not end with one.
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and rewrite what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        inner = {**scope, "app_root_path": self._path}  # of this Starlette makes absolute addresses
        inner["path"] = _below(scope["path"], self._path)
        if raw := scope.get("raw_path"):
            inner["raw_path"] = _below(raw, self._path.encode())
        await self._app(inner, receive, _Rewriting(send, self._path))


def _below(path: AnyStr, prefix: AnyStr) -> AnyStr:
    """What a path is below another; the path itself where it is not."""
    slash = prefix[:1]
    if path == prefix or path.startswith(prefix + slash):
        return path[len(prefix) :] or slash
    return path


class _Rewriting:
    """Sends an answer; pages are gathered first, for their length changes."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self._start: Message | None = None  # of a page
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if (place := headers.get("location", "")).startswith("/"):
                headers["location"] = self._path + place
            if headers.get("content-type", "").startswith("text/html"):
                self._start = message
                return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body", False):
            return
        page = _ADDRESSES.sub(rb'\1="' + self._path.encode() + b"/", bytes(self._body))
        headers = MutableHeaders(raw=self._start["headers"])
        if self._body:  # else it answers HEAD
            headers["content-length"] = str(len(page))
        await self._send(self._start)
        self._start = None
        await self._send({"type": "http.response.body", "body": page})
