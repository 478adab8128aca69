"""Poll one feed: fetch -> read -> what is new -> its pages, where they are wanted -> write.

Articles are durable before the feed is noted as read: a process that dies between the two reads it
again, and finds that nothing is new.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from semsearch.config import FeedsSettings
from semsearch.errors import IndexLockedError
from semsearch.indexing.indexer import Indexer
from semsearch.ingest.aliases import FieldNames
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.feeds import Feed, FeedPoll, FeedState, PollOutcome
from semsearch.store.catalog.feeds import FeedStore, KnownEntry, Validators
from semsearch.watch.documents import Document, NoFeedError, read_document
from semsearch.watch.entries import Entry, told_apart
from semsearch.watch.fetched import Fetched, FetchError
from semsearch.watch.pages import NoPageError, Pages, has_page, with_text

if TYPE_CHECKING:  # HTTP is only imported where something is fetched
    from semsearch.watch.fetching import Fetcher

_LONGEST_BACK_OFF = timedelta(days=1)
_SOON = timedelta(minutes=1)
_REMEMBERED = timedelta(days=30)
_MOST_TRIES = 3  # of a page
_WRITTEN_AT_ONCE = 10  # articles whose pages are fetched one after another
_JITTER = 0.1


@dataclass(slots=True)
class _Progress:
    """What a poll has done so far.

    Attributes:
        known: Entries that the feed had before, by key, and those that are written.
        tried: How often the page of each entry was tried in vain.
    """

    known: dict[str, KnownEntry]
    tried: dict[str, int] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    kept: int = 0
    without_page: int = 0
    first_reason: str = ""


class Polling:
    """Polls feeds of an index."""

    def __init__(
        self,
        library: Library,
        indexer: Indexer,
        store: FeedStore,
        settings: FeedsSettings,
        names: FieldNames,
        now: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._indexer = indexer
        self._store = store
        self._settings = settings
        self._names = names
        self._now = now

    async def poll(self, feed: Feed, fetcher: "Fetcher", pages: Pages) -> FeedPoll:
        """Poll a feed, whether it is due or not, and write what came of it.

        Raises:
            SemsearchError: Nothing could be written; the feed is as it was.
        """
        try:
            return await self._poll(feed, fetcher, pages)
        except IndexLockedError as error:
            return FeedPoll(feed.id, feed.url, PollOutcome.WAITING, error.message)

    async def _poll(self, feed: Feed, fetcher: "Fetcher", pages: Pages) -> FeedPoll:
        before = await asyncio.to_thread(self._store.validators, feed.id)
        try:
            fetched = await fetcher.fetch(
                feed.url, etag=before.etag, last_modified=before.last_modified
            )
            body_hash = _hash(fetched.body)
            if fetched.body is None or body_hash == before.body_hash:
                return await asyncio.to_thread(self._unchanged, feed, fetched, before)
            now = self._now()
            document = await asyncio.to_thread(
                read_document, fetched, feed, self._settings, now, self._names
            )
        except FetchError as error:
            return await asyncio.to_thread(
                self._failed, feed, error.reason, gone=error.gone, wait=error.wait
            )
        except NoFeedError as error:
            return await asyncio.to_thread(self._failed, feed, error.reason, found=error.found)
        validators = Validators(fetched.etag, fetched.last_modified, body_hash)
        return await self._read(feed, fetched, document, validators, pages)

    async def _read(
        self,
        feed: Feed,
        fetched: Fetched,
        document: Document,
        validators: Validators,
        pages: Pages,
    ) -> FeedPoll:
        """Bring in what is new of a feed that was read."""
        known = await asyncio.to_thread(self._store.entries, feed.id)
        entries = told_apart(document.entries, known)
        fresh = [entry for entry in entries if _is_new(entry, known.get(entry.key), feed)]
        with_pages = [entry for entry in fresh if feed.full_text and has_page(entry.article)]
        left_over = len(with_pages[self._settings.pages :])
        with_pages = with_pages[: self._settings.pages]
        progress = _Progress(known)
        ready = [entry for entry in fresh if not (feed.full_text and has_page(entry.article))]
        for place, entry in enumerate(with_pages, 1):
            before = known.get(entry.key)
            tries = before.pages_tried if before and before.digest == entry.digest else 0
            article, failed = await self._with_page(entry.article, pages, progress)
            ready.append(replace(entry, article=article))
            progress.tried[entry.key] = tries + 1 if failed else 0
            if place % _WRITTEN_AT_ONCE == 0:
                await asyncio.to_thread(self._write, feed, ready, progress)
                ready = []
        waiting = any(0 < progress.tried[entry.key] < _MOST_TRIES for entry in with_pages)
        notes = [*document.notes, *_notes(progress, left_over)]
        now = self._now()
        polled = replace(
            feed,
            url=fetched.moved or feed.url,
            title=document.title[:500] or feed.title,
            state=FeedState.OK,
            note=" ".join(notes),
            found=(),
            entries=len(entries),
            failures=0,
            polled=now,
            read=now,
            changed=now if fresh else feed.changed,
            next=now + _SOON if left_over else self._next(feed, now),
        )
        return await asyncio.to_thread(
            self._finish,
            feed,
            polled,
            Validators() if waiting or left_over else validators,
            ready,
            entries,
            progress,
            document,
        )

    async def _with_page(
        self, article: Article, pages: Pages, progress: _Progress
    ) -> tuple[Article, bool]:
        """An article with its page's text, where that can be had; whether to try it again."""
        try:
            page = await pages.fetch(article.url, self._now())
            return await asyncio.to_thread(with_text, article, page, self._names), False
        except NoPageError as error:
            progress.without_page += 1
            progress.first_reason = progress.first_reason or error.reason
            return article, error.passing

    def _write(self, feed: Feed, ready: Sequence[Entry], progress: _Progress) -> None:
        """Write articles, then note their entries as known."""
        with self._library.writing():
            entries = self._put(ready, progress)
            self._store.save_poll(feed, feed.url, None, entries)
        progress.known |= {entry.key: entry for entry in entries}

    def _finish(
        self,
        feed: Feed,
        polled: Feed,
        validators: Validators,
        ready: Sequence[Entry],
        entries: Sequence[Entry],
        progress: _Progress,
        document: Document,
    ) -> FeedPoll:
        """Write the rest, and the feed as it is now."""
        now, known = int(self._now().timestamp()), progress.known
        with self._library.writing():
            noted = self._put(ready, progress)
            there = {entry.key for entry in entries}
            gone = [known[key] for key in known.keys() - there]
            long_ago = now - int(_REMEMBERED.total_seconds())
            noted += [replace(one, gone=now) for one in gone if one.gone is None]
            back = [known[key] for key in known.keys() & there - {one.key for one in noted}]
            noted += [replace(one, gone=None) for one in back if one.gone is not None]
            forgotten = [one.key for one in gone if one.gone is not None and one.gone < long_ago]
            other = self._store.get(polled.url) if polled.url != feed.url else None
            if other is not None:
                polled = replace(
                    polled,
                    url=feed.url,
                    state=FeedState.STOPPED,
                    note=f"It has moved to {polled.url}, which is the feed {other.id} already.",
                )
            polled = replace(polled, articles=feed.articles + len(progress.added))
            self._store.save_poll(polled, feed.url, validators, noted, forgotten)
        changed = progress.added or progress.updated
        return FeedPoll(
            feed=feed.id,
            url=polled.url,
            outcome=PollOutcome.READ if changed else PollOutcome.UNCHANGED,
            note=polled.note,
            entries=polled.entries,
            added=tuple(progress.added),
            updated=tuple(progress.updated),
            kept=progress.kept,
            skipped=document.skipped,
        )

    def _put(self, ready: Sequence[Entry], progress: _Progress) -> list[KnownEntry]:
        """Write articles but those that say less than what is held, or that were deleted."""
        ids, known = [entry.article.id for entry in ready], progress.known
        held = self._library.catalog.by_id(ids)
        deleted = self._library.catalog.tombstones(ids)
        articles = [
            entry.article
            for entry in ready
            if entry.article.id not in deleted
            and not _says_less(entry.article, held.get(entry.article.id), entry.key in known)
        ]
        progress.kept += len(ready) - len(articles)
        if articles:
            written = self._indexer.put(articles)
            progress.added += written.added
            progress.updated += written.updated
        return [
            KnownEntry(entry.key, entry.guid_hash, entry.digest, progress.tried.get(entry.key, 0))
            for entry in ready
        ]

    def _unchanged(self, feed: Feed, fetched: Fetched, before: Validators) -> FeedPoll:
        now = self._now()
        new = Validators(
            fetched.etag or before.etag,
            fetched.last_modified or before.last_modified,
            before.body_hash,
        )
        polled = replace(
            feed,
            url=fetched.moved or feed.url,
            state=FeedState.OK,
            note=feed.note if feed.state is FeedState.OK else "",
            found=(),
            failures=0,
            polled=now,
            read=now,
            next=self._next(feed, now),
        )
        with self._library.writing():
            if polled.url != feed.url and self._store.get(polled.url) is not None:
                polled = replace(polled, url=feed.url)
            self._store.save_poll(polled, feed.url, new)
        return FeedPoll(
            feed.id, polled.url, PollOutcome.UNCHANGED, polled.note, entries=feed.entries
        )

    def _failed(
        self,
        feed: Feed,
        reason: str,
        *,
        gone: bool = False,
        wait: float = 0.0,
        found: tuple[str, ...] = (),
    ) -> FeedPoll:
        now, failures = self._now(), feed.failures + 1
        back_off = timedelta(seconds=feed.every) * 2 ** min(failures - 1, 20)
        back_off = max(min(back_off, _LONGEST_BACK_OFF), timedelta(seconds=feed.every))
        after = max(back_off, timedelta(seconds=wait)) * (1 + _JITTER * random.random())
        note = reason[:1].upper() + reason[1:] + "."
        if gone:
            note += " It is not polled any more."
        polled = replace(
            feed,
            state=FeedState.STOPPED if gone else FeedState.FAILING,
            note=note,
            found=found,
            failures=failures,
            polled=now,
            next=None if gone else now + after,
        )
        with self._library.writing():
            self._store.save_poll(polled, feed.url)
        return FeedPoll(feed.id, feed.url, PollOutcome.FAILED, note)

    def _next(self, feed: Feed, now: datetime) -> datetime:
        """When a feed is due again; not all that were added together at the same moment."""
        return now + timedelta(seconds=feed.every) * random.uniform(1 - _JITTER, 1 + _JITTER)


def _is_new(entry: Entry, known: KnownEntry | None, feed: Feed) -> bool:
    """Whether an entry is new or says something else, or its page is to be tried again."""
    if known is None or known.digest != entry.digest:
        return True
    return feed.full_text and 0 < known.pages_tried < _MOST_TRIES


def _says_less(article: Article, held: Article | None, known: bool) -> bool:  # noqa: FBT001
    """Whether the article that is held, from wherever it came, would lose its text."""
    if held is None or held.stub or not held.body.strip():
        return False
    if not article.body.strip():
        return True
    return not known and 2 * len(article.body) < len(held.body)


def _notes(progress: _Progress, left_over: int) -> list[str]:
    notes = []
    if progress.without_page:
        pages = (
            "1 page has" if progress.without_page == 1 else f"{progress.without_page} pages have"
        )
        notes.append(
            f"{pages} no full text here, what the feed says is kept; the first: "
            f"{progress.first_reason}."
        )
    if left_over:
        notes.append(f"{left_over:,} entries wait for their pages.")
    return notes


def _hash(body: bytes | None) -> str:
    return "" if body is None else hashlib.sha256(body).hexdigest()
