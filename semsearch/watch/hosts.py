"""Whose turn it is at a host: one request at a time, with a pause behind it.

A host that asks to be left alone (``Retry-After``) is, whichever of its addresses is asked for.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from semsearch.watch.fetched import FetchError

_MAX_WAIT_SECONDS = 7 * 86_400.0
_MANY = 1_000


@dataclass(slots=True)
class _Host:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # on the monotonic clock
    waiting: int = 0
    left_alone_until: datetime | None = None


class Hosts:
    """The hosts that were asked of late; for one event loop.

    Args:
        now: The clock.
        pause: Seconds between two requests to a host, at least.
    """

    def __init__(self, now: Callable[[], datetime], pause: float) -> None:
        self._now = now
        self._pause = pause
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str, pause: float) -> AsyncIterator[None]:
        """Wait until nobody else asks a host, and it had its pause.

        Raises:
            FetchError: It asked to be left alone.
        """
        if len(self._hosts) > _MANY:
            self._forget()
        host = self._hosts.setdefault(name, _Host())
        host.waiting += 1
        try:
            async with host.turn:
                if host.left_alone_until is not None:
                    wait = (host.left_alone_until - self._now()).total_seconds()
                    if wait > 0:
                        raise FetchError(
                            f"{name} asks to be left alone until {_minute(host.left_alone_until)}",
                            passing=True,
                            wait=wait,
                        )
                await asyncio.sleep(max(0.0, host.free_at - time.monotonic()))
                try:
                    yield
                finally:
                    host.free_at = time.monotonic() + max(pause, self._pause)
        finally:
            host.waiting -= 1

    def leave_alone(self, name: str, retry_after: str) -> float:
        """Heed the ``Retry-After`` of a host whose turn it is: the seconds that it asks for."""
        wait = seconds_asked(retry_after, self._now())
        if wait:
            self._hosts[name].left_alone_until = self._now() + timedelta(seconds=wait)
        return wait

    def _forget(self) -> None:
        now, wall = time.monotonic(), self._now()
        for name, host in list(self._hosts.items()):
            alone = host.left_alone_until is not None and host.left_alone_until > wall
            if not host.waiting and host.free_at < now and not alone:
                del self._hosts[name]


def seconds_asked(retry_after: str, now: datetime) -> float:
    """Seconds that a ``Retry-After`` asks for, a week at most; 0 where it asks for nothing."""
    value = retry_after.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:9]), _MAX_WAIT_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), _MAX_WAIT_SECONDS)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
