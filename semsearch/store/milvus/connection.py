"""Connects to Milvus by pymilvus, and makes its errors ours; the only module that imports it.

Addresses are ``milvus+http://HOST:PORT``, ``milvus+https://``, with ``USER:PASSWORD@`` and
``/DATABASE`` where the server has them, and ``milvus+file:PATH`` for Milvus Lite, which one process
can open at a time.
"""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from semsearch.errors import ConfigurationError, DamagedIndexError, EngineUnavailableError

T = TypeVar("T")

ATTEMPT_SECONDS = 5.0
BUDGET_SECONDS = 10.0
"""Within which a question is tried again."""

PAUSE = 0.2
_GONE = 100  # codes of Milvus: no such collection
_REFUSED = (1100, 1101, 1102)  # codes of Milvus: what was sent is at fault


class RefusedError(Exception):
    """Milvus does not take what was sent, and will not take it later."""


class MilvusConnection:
    """A server, or a file of Milvus Lite; connects when it is first asked.

    Raises:
        ConfigurationError: The address cannot be read.
    """

    def __init__(self, url: str) -> None:
        self.place, self._arguments = read_address(url)
        self.in_a_file = self.place.startswith("milvus+file:")

    @cached_property
    def _pymilvus(self) -> Any:
        try:
            import pymilvus  # noqa: PLC0415 - only those who use it wait
        except ImportError as error:
            raise ConfigurationError(
                f"An index in Milvus needs its client: {error}.", "Install semsearch[milvus]."
            ) from None
        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # its errors become ours
        return pymilvus

    @cached_property
    def _client(self) -> Any:
        connect = self._pymilvus.MilvusClient
        return self._try(
            lambda: connect(**self._arguments, timeout=ATTEMPT_SECONDS), BUDGET_SECONDS
        )

    def close(self) -> None:
        """Give back the connection."""
        if "_client" in self.__dict__:
            self._client.close()
            del self.__dict__["_client"]

    def _ask(self, call: Callable[[Any], T], seconds: float = BUDGET_SECONDS) -> T:
        """What a call of pymilvus's client gives; repeated while Milvus does not answer.

        Raises:
            EngineUnavailableError: It does not answer within so many seconds.
            DamagedIndexError: It lacks a collection.
            RefusedError: What was sent is at fault.
        """
        client = self._client
        return self._try(lambda: call(client), seconds)

    def _try(self, call: Callable[[], T], seconds: float) -> T:
        until = time.monotonic() + seconds
        while True:
            try:
                return call()
            except Exception as error:
                failure = self._our_error(error)
                if failure is None:
                    raise
                if not isinstance(failure, EngineUnavailableError) or time.monotonic() > until:
                    raise failure from error
            time.sleep(PAUSE)

    def _our_error(self, error: Exception) -> Exception | None:
        """What an error of pymilvus or of the connection means; None: it is neither."""
        import grpc  # noqa: PLC0415 - pymilvus brings it

        closed = isinstance(error, ValueError) and "closed channel" in str(error)
        foreign = (self._pymilvus.MilvusException, grpc.RpcError, OSError)
        if not (closed or isinstance(error, foreign)):
            return None
        code = getattr(error, "code", None)
        reason = str(getattr(error, "message", "") or error).partition("\n")[0][:300]
        if code == _GONE:
            return DamagedIndexError(f"{self.place} lacks what the catalog names: {reason}")
        if code in _REFUSED or type(error).__name__ in {"ParamError", "DataNotMatchException"}:
            return RefusedError(reason)
        return EngineUnavailableError(f"{self.place} does not answer: {reason}")


def read_address(url: str) -> tuple[str, dict[str, str]]:
    """What to call it in a message, and what pymilvus wants to know.

    Raises:
        ConfigurationError: It names no host.
    """
    kind, _, rest = url.removeprefix("milvus+").partition(":")
    if kind == "file":
        path = Path(rest.removeprefix("//"))
        return f"milvus+file:{path}", {
            "uri": str(path if path.suffix == ".db" else path / "milvus.db")
        }
    parts = urlsplit(f"{kind}:{rest}")
    if not parts.hostname:
        raise ConfigurationError("Setting index: the address of Milvus names no host.")
    host = parts.netloc.rpartition("@")[2]
    arguments = {"uri": urlunsplit((parts.scheme, host, "", "", ""))}
    if parts.username:
        arguments["token"] = f"{parts.username}:{parts.password or ''}"
    if parts.path.strip("/"):
        arguments["db_name"] = parts.path.strip("/")
    return f"milvus+{parts.scheme}://{host}", arguments
