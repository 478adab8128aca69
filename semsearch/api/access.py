"""Let in requests that bring a valid access key, and limit how often each key is used.

Programs send a key as ``Authorization: Bearer``. Pages take it as the password of HTTP Basic, so
that a browser asks for it and nothing has to be stored in a cookie; a browser sends such a password
by itself, whoever wrote the page that made it ask, and so it opens nothing under ``/v1``.
"""

import base64
import binascii
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from semsearch.api.keys import AccessKey, KeyRing, Scope
from semsearch.api.problems import Problem, problem_of
from semsearch.api.request_kinds import SAFE_METHODS, is_for_programs, scope_needed
from semsearch.config import ServiceSettings
from semsearch.errors import SemsearchError

ACCESS_KEY = "semsearch.access_key"
"""Where the key that a request was let in with stands in its ASGI scope."""
_OWN_SITES = ("same-origin", "none")  # our own page, or none at all: an address that was typed
_FOREIGN = "A page from elsewhere may not ask or write here."
_FOREIGN_HINT = "Name its origin in service.cors_origins, or open the address itself."
_REALM = 'realm="semsearch", charset="UTF-8"'


def key_of(request: Request) -> str:
    """The id of the key that a request was let in with; empty where there are no keys."""
    key: AccessKey | None = request.scope.get(ACCESS_KEY)
    return "" if key is None else key.id


class AccessControl:
    """ASGI middleware: ask for a key on every request, as long as there are keys.

    Without keys everybody is let in who speaks to this machine by a name of its own, and whose
    page, if a page asks, is ours: no page from elsewhere can use the reader's browser to ask or
    write here, nor with the password that the browser holds. A link that a reader follows to a page
    opens it. Once keys were seen it stays closed, even if their file goes away.

    Args:
        app: The application that answers.
        ring: The keys.
        settings: How often a key may be used, and which pages may ask.
        insecure: Without keys let in everybody, by whatever name they speak to this machine.
        also: Scopes that a key needs for every request, beside that of the request.
    """

    def __init__(
        self,
        app: ASGIApp,
        ring: KeyRing,
        settings: ServiceSettings,
        *,
        insecure: bool = False,
        also: tuple[Scope, ...] = (),
    ) -> None:
        self._app = app
        self._ring = ring
        self._rate_limit = RateLimit(settings.rate, settings.burst)
        self._origins = settings.cors_origins
        self._insecure = insecure
        self._also = also
        self._closed = False

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, connection: Connection) -> Problem | None:
        needed = scope_needed(connection)
        if needed is None:
            return None
        try:
            self._closed = self._closed or self._ring.keys() is not None
            if not self._closed:
                return self._refusal_without_keys(connection)
            key = self._key_of(connection)
        except SemsearchError as error:
            return problem_of(error)
        if key is None:
            return _unauthorized(for_programs=is_for_programs(connection["path"]))
        headers = Headers(scope=connection)
        by_browser = headers["authorization"].lower().startswith("basic")
        if by_browser and (_is_foreign(connection) or _sends_foreign_form(connection)):
            return _forbidden("foreign-origin", _FOREIGN, _FOREIGN_HINT)
        connection[ACCESS_KEY] = key
        wanted = dict.fromkeys((needed, *self._also))
        if needed not in key.scopes and by_browser:  # it asks its reader for another one
            return _unauthorized(for_programs=False, needed=needed)
        if not set(wanted) <= set(key.scopes):
            return _forbidden(
                "forbidden",
                f"This needs a key with the scope {' and '.join(wanted)}; yours has "
                f"{', '.join(key.scopes)}.",
                f"Make one with: semsearch keys create NAME --scope {' --scope '.join(wanted)}",
            )
        wait = self._rate_limit.take(key.id)
        return _rate_limited(wait) if wait else None

    def _refusal_without_keys(self, connection: Connection) -> Problem | None:
        headers = Headers(scope=connection)
        host, origin = headers.get("host", ""), headers.get("origin")
        try:
            name = urlsplit(f"//{host}").hostname or ""
            origin_host = urlsplit(origin or "").netloc
        except ValueError:  # a bracket that holds no address
            return _forbidden("foreign-host", "Host or Origin cannot be read.")
        if not (self._insecure or is_loopback(name)):
            return _forbidden("foreign-host", f"This is no name of this machine: {host[:80]}.")
        if origin is None:
            foreign = _is_foreign(connection)
        else:
            foreign = origin_host != host and origin not in self._origins
        return _forbidden("foreign-origin", _FOREIGN, _FOREIGN_HINT) if foreign else None

    def _key_of(self, connection: Connection) -> AccessKey | None:
        kind, _, value = Headers(scope=connection).get("authorization", "").partition(" ")
        token = ""
        if kind.lower() == "bearer":
            token = value.strip()
        elif kind.lower() == "basic" and not is_for_programs(connection["path"]):
            token = _password(value.strip())
        return self._ring.find(token, datetime.now(UTC)) if token else None


@dataclass(slots=True)
class _TokenBucket:
    tokens: float
    filled: float


class RateLimit:
    """A token bucket for each key.

    Args:
        rate: Tokens that a bucket gains a second; 0: without limit.
        burst: Tokens of a full bucket.
        clock: Seconds that only grow.
    """

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _TokenBucket] = {}

    def take(self, key: str) -> float:
        """Take a token.

        Returns:
            0, or the seconds until there is one.
        """
        if not self._rate:
            return 0.0
        now = self._clock()
        bucket = self._buckets.setdefault(key, _TokenBucket(self._burst, now))
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled) * self._rate)
        bucket.filled = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) / self._rate
        bucket.tokens -= 1
        return 0.0


@lru_cache
def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_foreign(connection: Connection) -> bool:
    """Whether a page from elsewhere makes a browser send this, and no reader follows a link.

    Browsers say so (Fetch Metadata, W3C); what is no browser says nothing.
    """
    headers = Headers(scope=connection)
    follows_link = (
        connection["method"] in SAFE_METHODS
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and not is_for_programs(connection["path"])
    )
    return headers.get("sec-fetch-site", "none") not in _OWN_SITES and not follows_link


def _sends_foreign_form(connection: Connection) -> bool:
    """Whether a browser that says no more than the origin of a form names another one."""
    headers = Headers(scope=connection)
    origin = headers.get("origin")
    if connection["method"] in SAFE_METHODS or origin is None or "sec-fetch-site" in headers:
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True


def _password(value: str) -> str:
    try:
        decoded = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
    return decoded.partition(":")[2]


def _unauthorized(*, for_programs: bool, needed: Scope = Scope.READ) -> Problem:
    how = (
        "Send a key: Authorization: Bearer KEY."
        if for_programs
        else "Give a key as the password; the name does not matter."
    )
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "unauthorized",
        "This needs a key, and none that is valid was sent."
        if needed is Scope.READ
        else f"This needs a key with the scope {needed}, and yours does not have it.",
        f"{how} Keys are made with: semsearch keys create",
        headers={"WWW-Authenticate": f"{'Bearer' if for_programs else 'Basic'} {_REALM}"},
    )


def _forbidden(kind: str, detail: str, hint: str = "") -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        kind,
        detail,
        hint or "Make a key with semsearch keys create, and send it.",
    )


def _rate_limited(wait: float) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate-limited",
        "This key has asked too often.",
        "Wait as long as Retry-After says.",
        headers={"Retry-After": str(math.ceil(wait))},
    )
