"""What an opened index works with; what only some processes need is made when it is first used.

A process that only asks needs a third of it, and to import the rest takes as long as a question.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from semsearch.ask.rerank import Reranking
from semsearch.ask.search import Searcher
from semsearch.config import FeedsSettings, RankSettings, WatchSettings
from semsearch.library import Library

if TYPE_CHECKING:
    from semsearch.check.checker import Checker
    from semsearch.compare.comparer import Comparer
    from semsearch.indexing.background import BackgroundPublication
    from semsearch.indexing.indexer import Indexer
    from semsearch.ingest.aliases import FieldNames
    from semsearch.maintain.status import OutletCounts
    from semsearch.store.catalog.feeds import FeedStore
    from semsearch.watch.delivery import Deliverer
    from semsearch.watch.feeds import Feeds
    from semsearch.watch.judging import Judge
    from semsearch.watch.poller import FeedPoller
    from semsearch.watch.watches import Watches


class Components:
    """The components of one index.

    Args:
        library: Its catalog, generations and encoder.
        weights: What each part of a score counts.
        reranking: Reads the first articles together with a question; None: nothing does.
        frames: A file of frames for comparisons; None: those of the package.
        names: What fields are called in records, beside the names that are understood anyway.
        outlets: Names and domains of outlets that are one.
        feeds: How feeds are polled.
        watch: How watches are made, and alerts delivered.
        now: The clock.
    """

    def __init__(
        self,
        library: Library,
        weights: RankSettings = RankSettings(),
        reranking: Reranking | None = None,
        frames: Path | None = None,
        names: "FieldNames" = (),
        outlets: Mapping[str, str] | None = None,
        feeds: FeedsSettings = FeedsSettings(),
        watch: WatchSettings = WatchSettings(),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = library
        self.names = names
        self.searcher = Searcher(library, weights, reranking, outlets=outlets)
        self.outlets = outlets
        self._frames = frames
        self._feed_settings = feeds
        self._watch_settings = watch
        self._now = now
        self._background: BackgroundPublication | None = None

    def weighted(self, weights: RankSettings) -> "Components":
        """Those of the same index, asked with other weights."""
        return Components(self.library, weights, outlets=self.outlets)

    def close(self) -> None:
        """Stop what runs beside, and give back files and connections."""
        for name in ("poller", "deliverer"):
            if name in self.__dict__:
                self.__dict__[name].stop()
        if self._background is not None:
            self._background.stop()
        self.library.close()
        self.library.catalog.database.end()

    @cached_property
    def outlet_counts(self) -> "OutletCounts":
        """The outlets of a generation with their numbers of articles."""
        from semsearch.maintain.status import OutletCounts  # noqa: PLC0415

        return OutletCounts(self.outlets)

    @cached_property
    def judge(self) -> "Judge":
        """Judges articles for watches."""
        from semsearch.watch.judging import Judge  # noqa: PLC0415

        return Judge(self.library, self.searcher, self._now)

    @cached_property
    def indexer(self) -> "Indexer":
        """Writes articles, relates them, and has them judged."""
        from semsearch.indexing.indexer import Indexer  # noqa: PLC0415

        return Indexer(self.library, self.judge.catch_up)

    def is_behind(self) -> bool:
        """Whether something durable cannot be searched yet, is not related or not judged."""
        return self.indexer.behind() or self.judge.behind()

    def keep_published(self) -> None:
        """Until all is closed, relate and publish in a thread what writes leave."""
        from semsearch.indexing.background import BackgroundPublication  # noqa: PLC0415

        self._background = BackgroundPublication(self.indexer, self.is_behind)
        self._background.start()

    @cached_property
    def comparer(self) -> "Comparer":
        """Compares how outlets tell one story."""
        from semsearch.compare.comparer import Comparer  # noqa: PLC0415

        return Comparer(self.library, self.searcher, self._frames)

    @cached_property
    def checker(self) -> "Checker":
        """Checks drafts against the archive."""
        from semsearch.check.checker import Checker  # noqa: PLC0415

        return Checker(self.library, self.comparer)

    @cached_property
    def watches(self) -> "Watches":
        """The watches and what they report."""
        from semsearch.watch.watches import Watches  # noqa: PLC0415

        return Watches(self.library, self.searcher, self._watch_settings, self._now)

    @cached_property
    def deliverer(self) -> "Deliverer":
        """Sends alerts."""
        from semsearch.watch.delivery import Deliverer  # noqa: PLC0415

        return Deliverer(self.library.watches, self._watch_settings, self._now)

    @cached_property
    def feeds(self) -> "Feeds":
        """The feeds."""
        from semsearch.watch.feeds import Feeds  # noqa: PLC0415

        return Feeds(self.library, self._feed_store, self._feed_settings, self._now)

    @cached_property
    def poller(self) -> "FeedPoller":
        """Polls feeds."""
        from semsearch.watch.poller import FeedPoller  # noqa: PLC0415
        from semsearch.watch.polling import Polling  # noqa: PLC0415

        store, settings, now = self._feed_store, self._feed_settings, self._now
        polling = Polling(self.library, self.indexer, store, settings, self.names, now)
        return FeedPoller(self.library, polling, store, settings, now)

    @cached_property
    def _feed_store(self) -> "FeedStore":
        from semsearch.store.catalog.feeds import FeedStore  # noqa: PLC0415

        return FeedStore(self.library.catalog.database)
