"""Fetch what lies at an address, politely, within limits, and from nowhere that is not public.

The address that was checked is the one that is connected to: a name is looked up once for each
request, what it leads to is checked, and the connection goes to that very address, so that a second
look-up cannot lead elsewhere. TLS and the ``Host`` header keep the name. Every redirect is checked
anew. Proxies of the environment are not used: they would look names up by themselves.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from functools import cache
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from semsearch import __version__
from semsearch.config import FeedsSettings
from semsearch.errors import InvalidFeedError
from semsearch.watch.addresses import Resolve, Target, is_public, look_up, target_of
from semsearch.watch.expanding import DamagedError, TooLargeError, expanded
from semsearch.watch.fetched import FEED_TYPES, Fetched, FetchError
from semsearch.watch.hosts import Hosts

_MOST_REDIRECTS = 8
_MOST_ADDRESSES = 3  # of one name that are tried
_CONNECT_SECONDS = 10.0
_PERMANENT = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_REDIRECTS = (*_PERMANENT, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT)
_ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
_MAX_VALIDATOR_CHARS = 500


@cache
def _tls() -> ssl.SSLContext:
    """What everybody trusts; reading it takes longer than a poll."""
    return httpx.create_ssl_context()


class Fetcher:
    """Fetches addresses, many at a time, of one host one at a time.

    It belongs to one event loop; use it as an asynchronous context manager.

    Args:
        settings: Limits.
        now: The clock.
        resolve: Looks names up.
        tls: What certificates are trusted; None: those that everybody trusts, or what the
            variables ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name.
    """

    def __init__(
        self,
        settings: FeedsSettings,
        now: Callable[[], datetime],
        resolve: Resolve = look_up,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._resolve = resolve
        self._hosts = Hosts(now, settings.host_seconds)
        self._client = _client(
            _tls() if tls is None else tls, settings.seconds, settings.user_agent
        )

    async def __aenter__(self) -> Self:
        """Itself."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = FEED_TYPES,
        pause: float = 0.0,
    ) -> Fetched:
        """Fetch an address.

        Args:
            url: With http or https.
            etag: Of what was fetched last; then nothing is sent again that is as it was.
            last_modified: Likewise.
            accept: What is wanted.
            pause: Seconds to leave between two requests to a host, where that is more than
                configured.

        Raises:
            FetchError: It was not fetched.
        """
        headers = {"Accept": accept, "Accept-Encoding": "gzip, deflate"}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        left, seen, permanent, moved = self._settings.seconds, [url], True, ""
        while True:
            target = self._target(url, url == seen[0])
            async with self._hosts.turn(target.host, pause):
                started = time.monotonic()
                answer = await self._ask(url, target, headers, left)
                left -= time.monotonic() - started
            if isinstance(answer, Fetched):
                return Fetched(
                    url, moved, answer.body, answer.content_type, answer.charset,
                    answer.etag, answer.last_modified,
                )  # fmt: skip
            url = answer.url
            # Whoever moves from https to http is followed, and not believed for good.
            permanent &= answer.permanent and not (seen[-1][:6] == "https:" != url[:6])
            moved = url if permanent else moved
            if url in seen:
                raise FetchError("it redirects in a circle")
            if len(seen) > _MOST_REDIRECTS:
                raise FetchError(f"it redirects more than {_MOST_REDIRECTS} times")
            seen.append(url)

    def _target(self, url: str, first: bool) -> Target:  # noqa: FBT001
        try:
            return target_of(url)
        except InvalidFeedError as error:
            # Where a redirect leads may hold a secret, which notes and logs must not show.
            raise FetchError(
                error.message.rstrip(".") if first else "it redirects to what is no web address"
            ) from None

    async def _ask(
        self, url: str, target: Target, headers: Mapping[str, str], seconds: float
    ) -> "Fetched | _Redirect":
        """One request to one host, within some seconds."""
        try:
            async with asyncio.timeout(seconds):
                addresses = await _addresses(
                    target, self._resolve, "feeds", allow_private=self._settings.allow_private
                )
                for place, address in enumerate(addresses, 1):
                    try:
                        return await self._send(url, target, address, headers)
                    except httpx.ConnectError:
                        if place == len(addresses):
                            raise
        except TimeoutError:
            limit = self._settings.seconds
            raise FetchError(f"it took longer than {limit:g} seconds", passing=True) from None
        except httpx.TimeoutException:
            raise FetchError(f"{target.host} does not answer", passing=True) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(_fault(error, target), passing=True) from None
        raise AssertionError(addresses)

    async def _send(
        self, url: str, target: Target, address: str, headers: Mapping[str, str]
    ) -> "Fetched | _Redirect":
        async with _answer(self._client, "GET", url, target, address, headers) as answer:
            return await self._read(url, target, answer, headers)

    async def _read(
        self, url: str, target: Target, answer: httpx.Response, headers: Mapping[str, str]
    ) -> "Fetched | _Redirect":
        status, given = answer.status_code, answer.headers
        if status in _REDIRECTS:
            if not given.get("location"):
                raise FetchError(f"it redirects without saying where to ({status})")
            try:
                place = str(httpx.URL(urljoin(url, given["location"].strip())))
            except (httpx.InvalidURL, ValueError):
                raise FetchError("it redirects to what is no web address") from None
            return _Redirect(place.partition("#")[0], permanent=status in _PERMANENT)
        if status == HTTPStatus.NOT_MODIFIED:
            if not {"If-None-Match", "If-Modified-Since"} & headers.keys():
                raise FetchError("it says that nothing has changed, without being asked (304)")
            return Fetched(url, "", None)
        if status not in (HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION):  # of a proxy
            raise self._refusal(status, target, given)
        body = await self._body(answer)
        charset = Message()
        charset["content-type"] = given.get("content-type", "")
        return Fetched(
            url,
            "",
            body,
            charset.get_content_type() if given.get("content-type") else "",
            charset.get_content_charset() or "",
            _validator(given.get("etag", "")),
            _validator(given.get("last-modified", "")),
        )

    def _refusal(self, status: int, target: Target, given: httpx.Headers) -> FetchError:
        wait = 0.0
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            wait = self._hosts.leave_alone(target.host, given.get("retry-after", ""))
        words = _MEANINGS.get(status) or _phrase(status)
        passing = status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        gone = status == HTTPStatus.GONE
        return FetchError(f"{words} ({status})", gone=gone, passing=passing, wait=wait)

    async def _body(self, answer: httpx.Response) -> bytes:
        settings = self._settings
        encoding = answer.headers.get("content-encoding", "").strip().lower()
        if encoding not in _ENCODINGS:
            raise FetchError(f"it is sent as {encoding[:40]}, which was not asked for")
        length = answer.headers.get("content-length", "")
        _check_size(int(length) if length.isdecimal() else 0, settings.max_bytes)
        received = bytearray()
        async for data in answer.aiter_raw():
            received += data
            _check_size(len(received), settings.max_bytes)
        try:
            return expanded(bytes(received), encoding, settings.max_expanded_bytes)
        except TooLargeError:
            raise _too_large(settings.max_expanded_bytes) from None
        except DamagedError as error:
            raise FetchError(str(error), passing=True) from None


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
    resolve: Resolve = look_up,
    *,
    allow_private: bool = False,
) -> tuple[int, str]:
    """Post to an address, as others are fetched.

    Args:
        url: With http or https.
        body: What is posted.
        headers: That go with it.
        seconds: How long all of it may take.
        resolve: Looks names up.
        allow_private: Whether it may lie at a loopback, private or link-local address.

    Returns:
        The status of the answer, whatever it is, and its ``Retry-After``; empty: it has none.

    Raises:
        FetchError: There was no answer.
    """
    try:
        target = target_of(url)
    except InvalidFeedError as error:
        raise FetchError(error.message.rstrip(".")) from None
    try:
        async with (
            asyncio.timeout(seconds),
            # What the system trusts: a receiver may be of the house.
            _client(ssl.create_default_context(), seconds) as client,
        ):
            found = await _addresses(target, resolve, "watch", allow_private=allow_private)
            async with _answer(client, "POST", url, target, found[0], headers, body) as answer:
                return answer.status_code, answer.headers.get("retry-after", "")
    except (TimeoutError, httpx.TimeoutException):
        raise FetchError(f"it took longer than {seconds:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(_fault(error, target)) from None


def _client(tls: ssl.SSLContext, seconds: float, user_agent: str = "") -> httpx.AsyncClient:
    # A connection is used once: one that is kept might be used for another name of its address.
    client = httpx.AsyncClient(
        verify=tls,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(seconds, connect=_CONNECT_SECONDS),
        limits=httpx.Limits(max_keepalive_connections=0, max_connections=None),
    )
    client.headers = httpx.Headers({"User-Agent": user_agent or f"semsearch/{__version__}"})
    return client


async def _addresses(
    target: Target, resolve: Resolve, setting: str, *, allow_private: bool
) -> list[str]:
    """The addresses of a host that may be connected to."""
    try:
        found = await resolve(target.host, target.port)
    except (OSError, UnicodeError):
        found = []
    public = [address for address in found if allow_private or is_public(address)]
    if found and not public:
        raise FetchError(
            f"{target.host} is no public address ({found[0]}); {setting}.allow_private allows it"
        )
    if not found:
        raise FetchError(f"there is no host {target.host}", passing=True)
    return public[:_MOST_ADDRESSES]


@asynccontextmanager
async def _answer(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    target: Target,
    address: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
) -> AsyncIterator[httpx.Response]:
    """The answer to one request, which goes to an address that was checked."""
    named = httpx.URL(url)
    request = client.build_request(
        method,
        named.copy_with(host=address.partition("%")[0], fragment=None),
        content=body,
        headers={**headers, "Host": named.netloc.decode("ascii"), "Connection": "close"},
        extensions={"sni_hostname": target.host},
    )
    answer = await client.send(request, stream=True)
    try:
        yield answer
    finally:
        await answer.aclose()


def _check_size(received: int, most: int) -> None:
    if received > most:
        raise _too_large(most)


def _too_large(most: int) -> FetchError:
    return FetchError(f"it is larger than {most:,} bytes")


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str
    permanent: bool


_PASSING = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_MEANINGS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "it asks for a password",
    HTTPStatus.PAYMENT_REQUIRED: "it asks to be paid",
    HTTPStatus.FORBIDDEN: "it refuses to answer",
    HTTPStatus.NOT_FOUND: "there is nothing at its address",
    HTTPStatus.GONE: "it is gone for good",
    HTTPStatus.TOO_MANY_REQUESTS: "it was asked too often",
}


def _validator(value: str) -> str:
    """What a server gave to ask with next time; nothing where it cannot be sent back."""
    return value if value.isascii() and len(value) <= _MAX_VALIDATOR_CHARS else ""


def _phrase(status: int) -> str:
    try:
        return f"it answers: {HTTPStatus(status).phrase.lower()}"
    except ValueError:
        return "its answer has no meaning"


def _fault(error: Exception, target: Target) -> str:
    """An error of the connection in plain words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {target.host} is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"{target.host} does not speak TLS as it should: {cause.reason}"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError):
        return f"{target.host} cannot be reached"
    if isinstance(error, httpx.RemoteProtocolError) and "without sending complete" in str(error):
        return "it breaks off"
    if "location header" in str(error):
        return "it redirects to what is no web address"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"{target.host} does not speak HTTP as it should: {str(error)[:200].rstrip('.')}"
    return f"the connection to {target.host} was lost"
