"""Poll feeds as they are due, in one process of all that serve an index."""

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from semsearch.config import FeedsSettings
from semsearch.deadline import Budget, within
from semsearch.errors import SemsearchError
from semsearch.library import Library
from semsearch.model.feeds import Feed, FeedPoll, PollOutcome
from semsearch.store.backup.backup import is_snapshot
from semsearch.store.catalog.feeds import FeedStore
from semsearch.watch.addresses import Resolve, look_up
from semsearch.watch.pages import Pages
from semsearch.watch.polling import Polling

if TYPE_CHECKING:  # HTTP is only imported where something is fetched
    from semsearch.watch.fetching import Fetcher

_LOG = logging.getLogger("semsearch.feeds")
_LOCK = "feeds.lock"
_POLLER = 736_702  # the advisory lock in a server; a number that others hardly use
_TICK_SECONDS = 1.0
_STOPPING_SECONDS = 10.0
_RETRY = timedelta(seconds=30)
"""After which a feed is polled again whose result could not be written."""

OnPoll = Callable[[FeedPoll], None]


class PollingLock:
    """Held by the one process that polls; free again as soon as it is gone, however that ended."""

    def __init__(self, library: Library) -> None:
        self._file = FileLock(library.folder / _LOCK, thread_local=False)
        self._shared = library.catalog.database.shared_lock(_POLLER)
        self._snapshot = is_snapshot(library.folder)

    def take(self) -> bool:
        """Whether this process polls, from now on or still."""
        if self._snapshot:
            return False
        try:
            if not self._file.is_locked:
                self._file.acquire(timeout=0)
            if self._shared.take():
                return True
        except (Timeout, OSError, SemsearchError):
            pass
        self._file.release()
        return False

    def release(self) -> None:
        """Let another process poll."""
        self._shared.release()
        self._file.release()


def _forget(tasks: dict[str, asyncio.Task[None]], feed: str, _task: asyncio.Task[None]) -> None:
    tasks.pop(feed, None)


class FeedPoller:
    """Polls feeds, in a thread with an event loop of its own."""

    def __init__(
        self,
        library: Library,
        polling: Polling,
        store: FeedStore,
        settings: FeedsSettings,
        now: Callable[[], datetime],
        resolve: Resolve = look_up,
    ) -> None:
        self._library = library
        self._polling = polling
        self._store = store
        self._settings = settings
        self._now = now
        self._resolve = resolve
        self._lock = PollingLock(library)
        self._stopping = Event()
        self._thread: Thread | None = None
        self._put_off: dict[str, datetime] = {}

    def start(self, on_poll: OnPoll = lambda _: None) -> None:
        """Poll what is due, beside everything else, until ``stop``."""
        self._thread = Thread(target=self._run, args=(on_poll,), name="feeds", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; what is being written ends at the next stage and is polled another time."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_STOPPING_SECONDS)

    def run(self, on_poll: OnPoll) -> bool:
        """Poll what is due until the process is interrupted.

        Returns:
            Whether this process polls; else another one does, and this returns at once.
        """
        if not self._lock.take():
            return False
        with within(Budget(math.inf, self._stopping)):
            asyncio.run(self._poll_forever(on_poll))
        return True

    def poll(
        self, feeds: Sequence[Feed], on_poll: OnPoll = lambda _: None
    ) -> list[FeedPoll] | None:
        """Poll some feeds now, whether they are due or not.

        Returns:
            What became of each, in the order in which they ended; None where another process, or
            a thread of this one, polls.
        """
        polling = self._thread is not None and self._thread.is_alive()  # it holds the lock
        if polling or not self._lock.take():
            return None
        try:
            # In a thread: a notebook has an event loop of its own in this one.
            with ThreadPoolExecutor(1) as thread:
                context = copy_context()
                polls = thread.submit(
                    context.run, lambda: asyncio.run(self._poll_some(feeds, on_poll))
                )
                return polls.result()
        finally:
            self._lock.release()

    def _fetcher(self) -> "Fetcher":
        from semsearch.watch.fetching import Fetcher  # noqa: PLC0415 - see above

        return Fetcher(self._settings, self._now, self._resolve)

    async def _poll_some(self, feeds: Sequence[Feed], on_poll: OnPoll) -> list[FeedPoll]:
        polls: list[FeedPoll] = []
        room = asyncio.Semaphore(self._settings.concurrent)

        async def poll(feed: Feed) -> None:
            async with room:
                done = await self._polling.poll(feed, fetcher, pages)
            polls.append(done)
            on_poll(done)

        async with self._fetcher() as fetcher:
            pages = Pages(fetcher)
            ended = await asyncio.gather(*map(poll, feeds), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        return polls

    def _run(self, on_poll: OnPoll) -> None:
        with within(Budget(math.inf, self._stopping)):
            asyncio.run(self._poll_forever(on_poll))

    async def _poll_forever(self, on_poll: OnPoll) -> None:
        tasks: dict[str, asyncio.Task[None]] = {}
        async with self._fetcher() as fetcher:
            pages = Pages(fetcher)
            try:
                while not self._stopping.is_set():
                    for feed in await asyncio.to_thread(self._due):
                        if len(tasks) >= self._settings.concurrent:
                            break
                        if feed.id not in tasks:
                            one = asyncio.create_task(self._one(feed, fetcher, pages, on_poll))
                            tasks[feed.id] = one
                            one.add_done_callback(partial(_forget, tasks, feed.id))
                    await asyncio.sleep(0.05 if tasks else _TICK_SECONDS)
            finally:
                for task in tasks.values():
                    task.cancel()
                await asyncio.gather(*tasks.values(), return_exceptions=True)
                self._lock.release()

    def _due(self) -> list[Feed]:
        """Feeds to be polled now; none where another process polls, or the catalog is away."""
        if not self._lock.take():
            return []
        now = self._now()
        with suppress(SemsearchError):
            self._put_off = {key: until for key, until in self._put_off.items() if until > now}
            return [feed for feed in self._store.due(now) if feed.id not in self._put_off]
        return []

    async def _one(self, feed: Feed, fetcher: "Fetcher", pages: Pages, on_poll: OnPoll) -> None:
        try:
            poll = await self._polling.poll(feed, fetcher, pages)
        except SemsearchError as error:  # the disk is full, the model is gone, or it is stopped
            self._put_off[feed.id] = self._now() + _RETRY
            _LOG.warning(
                "feed not written", extra={"fields": {"feed": feed.id, "error": error.message}}
            )
            return
        except Exception:  # noqa: BLE001 - one feed that nobody foresaw must not stop the others
            self._put_off[feed.id] = self._now() + _RETRY
            _LOG.exception("feed not polled", extra={"fields": {"feed": feed.id}})
            return
        if poll.outcome is PollOutcome.WAITING:
            self._put_off[feed.id] = self._now() + _RETRY
        _LOG.info(
            "feed polled",
            extra={
                "fields": {
                    "feed": feed.id,
                    "outcome": poll.outcome,
                    "added": len(poll.added),
                    "updated": len(poll.updated),
                    "note": poll.note,
                }
            },
        )
        on_poll(poll)
