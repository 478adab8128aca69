"""Connections that wait for nobody: who does not send the head of a request in time is let go.

The server itself only limits how long a connection may rest between two requests.
"""

import asyncio
import json
from http import HTTPStatus

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HEAD_BYTES = 2**20
"""What the server takes in before it gives up; ``HeadLimit`` refuses much less, and says why."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a limit to how long the head of a request may take.

    The limit is uvicorn's ``timeout_keep_alive``, which says the same of a connection at rest.
    """

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent; a head must be whole in time, however often a part of it comes."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._watch()
        else:
            self._unwatch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP or too large to look at, with a problem document."""
        status, kind = HTTPStatus.BAD_REQUEST, "bad-request"
        if len(self.conn.trailing_data[0]) >= MAX_HEAD_BYTES:
            status, kind = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "header-too-long"
            msg = f"The head of the request is longer than {MAX_HEAD_BYTES:,} bytes."
        self._refuse(status, kind, msg)

    def _watch(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.timeout_keep_alive, self._too_slow)

    def _unwatch(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self._refuse(
                HTTPStatus.REQUEST_TIMEOUT,
                "head-too-slow",
                f"No whole request came within {self.timeout_keep_alive} seconds.",
            )

    def _refuse(self, status: HTTPStatus, kind: str, detail: str) -> None:
        body = json.dumps(
            {
                "type": f"urn:semsearch:problem:{kind}",
                "title": kind.replace("-", " ").capitalize(),
                "status": int(status),
                "detail": detail,
            }
        ).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=int(status), headers=headers, reason=status.phrase.encode()),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
