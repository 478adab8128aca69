"""The feeds of an index: added, changed, removed, listed, imported and exported as OPML."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from semsearch.config import FeedsSettings
from semsearch.errors import FeedExistsError, InvalidFeedError, NoSuchFeedError
from semsearch.library import Library
from semsearch.model.feeds import (
    DEFAULT_SECONDS,
    Feed,
    FeedList,
    FeedPolls,
    FeedsImported,
    FeedState,
    seconds_of,
)
from semsearch.model.status import Skipped
from semsearch.store.catalog.feeds import FeedStore
from semsearch.watch.addresses import shown, target_of
from semsearch.watch.opml import read_opml, write_opml
from semsearch.watch.poller import FeedPoller, OnPoll

_MAX_PROVIDER_CHARS = 200


class Feeds:
    """What people do with feeds; a poll does the rest. ``Index`` says what its methods raise."""

    def __init__(
        self,
        library: Library,
        store: FeedStore,
        settings: FeedsSettings,
        now: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._store = store
        self._settings = settings
        self._now = now

    def add(
        self,
        url: str,
        every: str | int | None = None,
        provider: str = "",
        *,
        full_text: bool = False,
        added_by: str = "",
    ) -> Feed:
        """Add a feed; it is due at once."""
        every = DEFAULT_SECONDS if every is None else every
        with self._library.writing():
            feed = self._made(url, every, provider, full_text=full_text, added_by=added_by)
            there = self._store.get(feed.url) or self._store.get(feed.id)  # it may have moved since
            if there is not None:
                raise FeedExistsError(f"There is a feed {shown(there.url)} already.")
            self._check_number(len(self._store.all()), self._store.number_of(added_by), added_by)
            self._store.insert([feed])
        return feed

    def all(self) -> FeedList:
        """Every feed."""
        return FeedList(self._store.all())

    def get(self, name: str) -> Feed:
        """The feed with an id or an address."""
        feed = self._store.get(name.strip())
        if feed is None:
            raise NoSuchFeedError(f"There is no feed {shown(name)}.")
        return feed

    def change(
        self,
        name: str,
        *,
        url: str | None = None,
        every: str | int | None = None,
        provider: str | None = None,
        full_text: bool | None = None,
    ) -> Feed:
        """Change a feed, and poll it again, also where it was stopped. None: as it is."""
        with self._library.writing():
            feed = self.get(name)
            new = self._made(
                feed.url if url is None else url,
                feed.every if every is None else every,
                feed.provider if provider is None else provider,
                full_text=feed.full_text if full_text is None else full_text,
            )
            if new.url != feed.url and self._store.get(new.url) is not None:
                raise FeedExistsError(f"There is a feed {shown(new.url)} already.")
            changed = replace(
                feed,
                url=new.url,
                every=new.every,
                provider=new.provider,
                full_text=new.full_text,
                state=FeedState.NEW,
                note="",
                found=(),
                failures=0,
                next=self._now().replace(microsecond=0),
            )
            self._store.change(changed)
        return changed

    def remove(self, name: str) -> Feed:
        """Stop polling a feed and forget it; its articles stay."""
        with self._library.writing():
            feed = self.get(name)
            self._store.delete(feed.id)
        return feed

    def poll(self, poller: FeedPoller, names: Sequence[str], on_poll: OnPoll) -> FeedPolls:
        """Poll some feeds now, or have the process that polls do so; none named: those due."""
        chosen = self.chosen(names) if names else self.due()
        polls = poller.poll(chosen, on_poll) if chosen else []
        if polls is not None:
            return FeedPolls(tuple(polls))
        if names:
            self.make_due(names)
        return FeedPolls((), elsewhere=True)

    def make_due(self, names: Sequence[str]) -> FeedList:
        """Let some feeds be polled by whichever process polls; none named: all."""
        chosen = self.chosen(names)
        if chosen:
            with self._library.writing():
                self._store.make_due([feed.id for feed in chosen], self._now())
        return FeedList(chosen)

    def due(self) -> tuple[Feed, ...]:
        """Feeds that are to be polled now."""
        return self._store.due(self._now())

    def chosen(self, names: Sequence[str]) -> tuple[Feed, ...]:
        """Feeds by ids or addresses; none named: all that are not stopped."""
        if names:
            return tuple({feed.id: feed for feed in map(self.get, names)}.values())
        return tuple(feed for feed in self._store.all() if feed.state is not FeedState.STOPPED)

    def import_opml(self, opml: bytes, added_by: str) -> FeedsImported:
        """Add the feeds of a list that are not there; all of them or, on an error, none."""
        added: dict[str, Feed] = {}
        known: list[str] = []
        skipped: list[Skipped] = []
        with self._library.writing():
            there = self._store.all()
            held, ids = {feed.url for feed in there}, {feed.id for feed in there}
            for outline in read_opml(opml):
                if not outline.url:
                    reason = "it names no address of a feed (xmlUrl)"
                    name = outline.title[:_MAX_PROVIDER_CHARS] or "an outline without a name"
                    skipped.append(Skipped(name, outline.line, reason))
                    continue
                try:
                    feed = self._made(
                        outline.url,
                        outline.every or DEFAULT_SECONDS,
                        outline.provider,
                        full_text=outline.full_text,
                        added_by=added_by,
                    )
                except InvalidFeedError as error:
                    reason = f"{error.message} {error.hint}".strip()
                    skipped.append(Skipped(shown(outline.url), outline.line, reason))
                    continue
                if feed.url in held or feed.id in ids or feed.url in added:
                    known.append(feed.url)
                else:
                    added[feed.url] = replace(feed, title=outline.title[:500])
            self._check_number(
                len(held) + len(added) - 1,
                self._store.number_of(added_by) + len(added) - 1,
                added_by,
            )
            self._store.insert(added.values())
        return FeedsImported(tuple(added.values()), tuple(known), tuple(skipped))

    def export_opml(self) -> str:
        """All feeds as OPML."""
        return write_opml(self._store.all())

    def _made(
        self,
        url: str,
        every: str | int,
        provider: str,
        *,
        full_text: bool,
        added_by: str = "",
    ) -> Feed:
        url = url.strip().partition("#")[0]
        if url[:5].lower() == "feed:":  # as browsers and readers once wrote it
            url = url[5:] if url[5:].lower().startswith("http") else f"https:{url[5:]}"
        target = target_of(url)
        if target.is_plainly_private and not self._settings.allow_private:
            raise InvalidFeedError(
                f"{target.host} is no public address.",
                "Set feeds.allow_private to fetch feeds from this machine and its network.",
            )
        if len(provider) > _MAX_PROVIDER_CHARS or not provider.isprintable():
            raise InvalidFeedError(
                f"The outlet's name has more than {_MAX_PROVIDER_CHARS} characters, or some that "
                "cannot be printed."
            )
        now = self._now().replace(microsecond=0)
        return Feed(
            id=hashlib.blake2b(url.encode(errors="replace"), digest_size=6).hexdigest(),
            url=url,
            every=seconds_of(every),
            provider=provider.strip(),
            full_text=full_text,
            added=now,
            added_by=added_by,
            next=now,
        )

    def _check_number(self, there: int, by_key: int, key: str) -> None:
        most, most_per_key = self._settings.most, self._settings.most_per_key
        if there >= most:
            raise InvalidFeedError(
                f"An index takes {most:,} feeds.", "Remove some, or raise feeds.most."
            )
        if key and by_key >= most_per_key:
            raise InvalidFeedError(
                f"One key may add {most_per_key:,} feeds.",
                "Remove some, or raise feeds.most_per_key.",
            )
