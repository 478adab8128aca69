"""Errors as pages, for those who read with a browser.

Whatever answers a request with a problem document, a browser gets the same words as a page.
"""

import json
import re
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from semsearch.web.page import HEADERS, rendered

_PROBLEM = "application/problem+json"
_COMMAND = re.compile(r"\bsemsearch [a-z]")
_MERGED = re.compile(r"It was merged into (\w+)\.")
_INSTEAD = {
    "no-such-article": ("/", "Ask for it"),
    "no-such-story": ("/stories", "All stories"),
    "no-such-group": ("/duplicates", "All duplicates"),
    "no-such-watch": ("/watches", "All watches"),
    "no-such-alert": ("/watches", "All watches"),
    "no-such-feed": ("/feeds", "All feeds"),
}
"""Where the reader of a page goes on, by the type of the problem; commands are for operators."""


class ProblemPages:
    """ASGI middleware: problem documents become pages where HTML is asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and its answer back."""
        if scope["type"] != "http" or not _asks_for_html(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Answer(send, scope["path"]).send)


class _Answer:
    """Holds a problem document back until it is whole; everything else goes through."""

    def __init__(self, send: Send, path: str) -> None:
        self._send = send
        self._path = path
        self._held: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        """Take one message of the answer."""
        if (
            message["type"] == "http.response.start"
            and Headers(raw=message["headers"]).get("content-type") == _PROBLEM
        ):
            self._held = message
            return
        if self._held is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_page(self._held, json.loads(self._body))

    async def _send_page(self, start: Message, problem: dict[str, Any]) -> None:
        text = rendered("problem.html.jinja", self._path, _shown(problem)).encode()
        headers = MutableHeaders(raw=list(start["headers"]))
        headers.update(HEADERS)
        headers["content-type"] = "text/html; charset=utf-8"
        headers["content-length"] = str(len(text))
        headers.add_vary_header("Accept")
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": text})


def _shown(problem: dict[str, Any]) -> dict[str, object]:
    """A problem document in the words of pages: no reader of a page types commands."""
    kind = str(problem["type"]).rpartition(":")[2]
    hint = str(problem.get("hint", ""))
    instead = _INSTEAD.get(kind, ("/", "Ask something"))
    is_command = bool(_COMMAND.search(hint))
    if is_command and kind in _INSTEAD:
        hint = ""
    if merged := _MERGED.fullmatch(hint):
        instead, hint = (f"/stories/{merged[1]}", "The story that it was merged into"), ""
    return {"problem": problem, "hint": hint, "is_command": is_command, "instead": instead}


def _asks_for_html(headers: Headers) -> bool:
    """Whether the reader names HTML before problem documents: browsers do, programs do not."""
    accepted = headers.get("accept", "")
    html, problem = accepted.find("text/html"), accepted.find("json")
    return html >= 0 and (problem < 0 or html < problem)
