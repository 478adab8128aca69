"""One opened index: all that the product does, for commands, endpoints, pages and scripts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from semsearch.ask import get as export
from semsearch.ask.get import get, passages_of, summaries
from semsearch.ask.rerank import Reranking
from semsearch.ask.search import Searcher
from semsearch.config import FeedsSettings, RankSettings, WatchSettings
from semsearch.errors import (
    ConfigurationError,
    InvalidArticleError,
    InvalidFilterError,
    InvalidQueryError,
    InvalidRequestError,
    StorageError,
    UnreadableError,
)
from semsearch.library import Library
from semsearch.model.arguments import (
    given_as,
    moment_given,
    number_given,
    one_of,
    text_given,
    texts_given,
    whole_number,
)
from semsearch.model.article import Article, ArticleView, Passage, Provider
from semsearch.model.clusters import (
    CoverageQuery,
    DayOfStories,
    DuplicateGroups,
    DuplicatesFound,
    GroupView,
    Stories,
    Story,
    StoryView,
)
from semsearch.model.filters import Filters, from_timestamp
from semsearch.model.relation import Relation, Relations
from semsearch.model.search import (
    ArticleSummary,
    Collapse,
    Confidence,
    Mode,
    Query,
    SearchResults,
    SimilarResults,
    Sort,
)
from semsearch.model.status import (
    IndexProgress,
    IndexReport,
    IndexStatus,
    LastSkipped,
    ProviderList,
    Readiness,
    TopicList,
    Written,
)
from semsearch.model.watch import (
    Alert,
    AlertQuery,
    Alerts,
    Delivery,
    DeliveryState,
    MadeWatch,
    Replay,
    Tested,
    Watch,
    WatchSpec,
)
from semsearch.store.backup.backup import is_snapshot
from semsearch.store.cache import Cache
from semsearch.store.catalog.clusters import ClusterKind


class _Later:
    """A module that is imported when it is first used.

    A process that only asks needs a third of what an index can do, and the rest takes as long to
    import as a question to answer.
    """

    def __init__(self, name: str) -> None:
        self._name = f"semsearch.{name}"

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


if TYPE_CHECKING:
    import pyarrow as pa

    from semsearch import temporary
    from semsearch.ask import similar
    from semsearch.check import checker
    from semsearch.compare import comparer, evidence
    from semsearch.indexing import adding, background, indexer
    from semsearch.indexing import files as indexed_files
    from semsearch.ingest import aliases, reading, records
    from semsearch.ingest.aliases import FieldNames
    from semsearch.ingest.formats import encodings
    from semsearch.ingest.reading import ParseBlocks
    from semsearch.maintain import doctor, snapshots
    from semsearch.maintain import purge as purging
    from semsearch.maintain import status as describing
    from semsearch.maintain.doctor import Diagnosis
    from semsearch.maintain.purge import Purged
    from semsearch.maintain.snapshots import SnapshotInfo
    from semsearch.model import comparison
    from semsearch.model import feeds as feed_model
    from semsearch.model.check import DraftCheck
    from semsearch.model.comparison import Comparison, Detail, Precision
    from semsearch.model.feeds import Feed, FeedList, FeedPoll, FeedPolls, FeedsImported
    from semsearch.relate import duplicates, listing, tables
    from semsearch.relate import relate as relating
    from semsearch.relate.update import RelateProgress
    from semsearch.store.catalog import feeds as feed_store
    from semsearch.watch import delivery, judging, places, poller, polling, watches
    from semsearch.watch import feeds as feed_book
    from semsearch.watch import replay as replays
else:
    adding = _Later("indexing.adding")
    aliases = _Later("ingest.aliases")
    background = _Later("indexing.background")
    checker = _Later("check.checker")
    comparer = _Later("compare.comparer")
    comparison = _Later("model.comparison")
    delivery = _Later("watch.delivery")
    describing = _Later("maintain.status")
    doctor = _Later("maintain.doctor")
    duplicates = _Later("relate.duplicates")
    encodings = _Later("ingest.formats.encodings")
    evidence = _Later("compare.evidence")
    feed_book = _Later("watch.feeds")
    feed_model = _Later("model.feeds")
    feed_store = _Later("store.catalog.feeds")
    indexed_files = _Later("indexing.files")
    indexer = _Later("indexing.indexer")
    judging = _Later("watch.judging")
    listing = _Later("relate.listing")
    places = _Later("watch.places")
    poller = _Later("watch.poller")
    polling = _Later("watch.polling")
    purging = _Later("maintain.purge")
    reading = _Later("ingest.reading")
    records = _Later("ingest.records")
    relating = _Later("relate.relate")
    replays = _Later("watch.replay")
    similar = _Later("ask.similar")
    snapshots = _Later("maintain.snapshots")
    tables = _Later("relate.tables")
    temporary = _Later("temporary")
    watches = _Later("watch.watches")

Fields = Mapping[str, object]
"""A record: the fields of an article by the names that archives use (see docs/articles.md)."""


_KEPT_MEMBERS = 4_096  # of the stories that were shown last

ArticleLike = str | Article | Fields
"""The id of an article in the index, or an article that need not be there."""


class Index:
    """An index that is open. Get one from ``semsearch.open``.

    Safe to use from several threads. One process writes at a time; readers see the newest
    published state, and an answer comes wholly from one state.
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
        self._weights = weights
        self._outlets = outlets
        # As a generation sees it a story stays as it is, and what it continues takes long to find.
        self._views = Cache[tuple[str, int, str], StoryView](_KEPT_MEMBERS, _size)
        self._searcher = Searcher(library, weights, reranking, outlets=outlets)
        self._frames = frames
        self._feed_settings = feeds
        self._watch_settings = watch
        self._now = now
        self._background: background.BackgroundPublication | None = None

    # What only some processes need is made by the first call that does.

    @cached_property
    def _outlet_counts(self) -> "describing.OutletCounts":
        return describing.OutletCounts(self._outlets)

    @cached_property
    def _judge(self) -> "judging.Judge":
        return judging.Judge(self.library, self._searcher, self._now)

    @cached_property
    def _indexer(self) -> "indexer.Indexer":
        return indexer.Indexer(self.library, self._judge.catch_up)

    @cached_property
    def _watches(self) -> "watches.Watches":
        return watches.Watches(self.library, self._searcher, self._watch_settings, self._now)

    @cached_property
    def _deliverer(self) -> "delivery.Deliverer":
        return delivery.Deliverer(self.library.watches, self._watch_settings, self._now)

    @cached_property
    def _comparer(self) -> "comparer.Comparer":
        return comparer.Comparer(self.library, self._searcher, self._frames)

    @cached_property
    def _checker(self) -> "checker.Checker":
        return checker.Checker(self.library, self._comparer)

    @cached_property
    def _feed_store(self) -> "feed_store.FeedStore":
        return feed_store.FeedStore(self.library.catalog.database)

    @cached_property
    def _feeds(self) -> "feed_book.FeedBook":
        return feed_book.FeedBook(self.library, self._feed_store, self._feed_settings, self._now)

    @cached_property
    def _poller(self) -> "poller.FeedPoller":
        store, settings, now = self._feed_store, self._feed_settings, self._now
        polls = polling.Polling(self.library, self._indexer, store, settings, self.names, now)
        return poller.FeedPoller(self.library, polls, store, settings, now)

    def __enter__(self) -> Self:
        """The index itself; the end of the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give back files and connections; it cannot be used from then on."""
        for name in ("_poller", "_deliverer"):
            if name in self.__dict__:
                self.__dict__[name].stop()
        if self._background is not None:
            self._background.stop()
        self.library.close()
        self.library.catalog.database.end()

    # --- writing --------------------------------------------------------------------------

    def add_files(
        self,
        *paths: str | Path,
        provider: str = "",
        stubs: bool = True,
        prune: bool = False,
        dry_run: bool = False,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        encoding: str = "",
        reader: "ParseBlocks | None" = None,
        on_progress: Callable[[IndexProgress], None] = lambda _: None,
    ) -> IndexReport:
        """Read files and folders; only what changed is encoded again.

        Args:
            paths: Files and folders in any format that is read; ``~`` is the home folder.
            provider: Outlet of the records that name none: a name or a domain.
            stubs: Whether articles that others link to are kept as stubs.
            prune: Remove articles whose file is gone.
            dry_run: Read and compare, but write nothing.
            fields: What fields are called in these files, such as ``{"body": "maintext"}``; they
                come before those of the settings and the names that are understood anyway.
            encoding: Of texts that are not UTF-8 and do not say theirs.
            reader: Reads elsewhere, such as on a cluster; None: here.
            on_progress: Called a few times a second.

        Returns:
            Counts, and every record that could not be read with its reason.

        Raises:
            IndexLockedError: Another process writes to the index.
            ModelUnavailableError, ModelMismatchError: Texts cannot be encoded.
            StorageError: A path is not there, or what was written cannot be kept.
            ConfigurationError: There is no such field or encoding.
        """
        if encoding and not encodings.is_encoding(encoding):
            raise ConfigurationError(
                f"There is no encoding {encoding}.",
                "Names are as Python has them: cp1252, koi8-r.",
            )
        names = aliases.field_names(fields or {}) + self.names
        return self._indexer.index(
            [Path(path).expanduser() for path in paths],
            reading.ReadOptions(Provider(provider), stubs=stubs, names=names, encoding=encoding),
            prune=prune,
            dry_run=dry_run,
            parse=reader or reading.parse_ahead,
            watch=on_progress,
        )

    def add(
        self,
        articles: object,
        *,
        stubs: bool = True,
        fields: Mapping[str, str | Sequence[str]] | None = None,
    ) -> Written:
        """Write articles; one with the same id is replaced.

        Returns when all are durable and searchable. A record that cannot be read is listed under
        ``skipped``, and what was read otherwise than it stands under ``notes``; the others are
        written.

        Args:
            articles: A data frame of pandas or polars, a table of Arrow or anything that hands
                over its data so (``__arrow_c_stream__``), or an iterable of articles or records
                such as ``{"title": ..., "body": ...}``.
            stubs: Whether articles that they link to are kept as stubs.
            fields: What columns or fields are called, such as ``{"body": "maintext"}``; they come
                before the names that are understood anyway.

        Raises:
            InvalidArticleError: ``articles`` is none of these, or a table cannot be read.
            ConfigurationError: There is no such field.
            IndexLockedError, ModelUnavailableError, StorageError: What was written before stays,
                and is searchable after the next write.
        """
        given = adding.Adding(articles, aliases.field_names(fields or {}) + self.names)
        found = given.records()
        first = next(found, None)
        if first is None:
            number = self.library.generations.current_number() or 0
            written = Written((), (), (), (), self.library.catalog.sequence, number)
        else:
            written = self._indexer.put(chain([first], found), stubs=stubs)
        return replace(written, skipped=tuple(given.skipped), notes=given.notes())

    def delete(self, ids: Sequence[str]) -> Written:
        """Remove articles; links to them do not bring them back as stubs.

        Raises:
            NoSuchArticleError: One of them is not there; none was removed.
            IndexLockedError: Another process writes to the index.
        """
        return self._indexer.delete(texts_given(ids, "Ids"))

    def purge(self, ids: Sequence[str]) -> "Purged":
        """Remove all that the index holds of some articles at once, and overwrite it.

        What ``delete`` leaves goes, too: so an article that was deleted before can be purged. All
        generations but the newest are dropped, whatever page tokens point to them. Snapshots, files
        and copies elsewhere stay as they are; the answer names what is known of them.

        Takes as long as ``rebuild``, and as much room as the catalog.

        Raises:
            NoSuchArticleError: The index never held one of them; none was purged.
            IndexLockedError: Another process writes to the index.
            StorageError: The disk refused; purge again.
        """
        return purging.purge(self.library, self._indexer, texts_given(ids, "Ids"))

    def publish(self, on_progress: Callable[["RelateProgress"], None] = lambda _: None) -> int:
        """Make what is durable searchable, and relate what is new.

        Only needed after a crash or an outage: every write does it by itself.

        Returns:
            The number of the newest generation.
        """
        return self._indexer.publish(on_progress).generation

    def publish_first(self) -> None:
        """Give an index that was just made its first generation, without articles."""
        self.library.publish_first()

    def behind(self) -> bool:
        """Whether something durable cannot be searched yet, is not related or not judged."""
        return self._indexer.behind() or self._judge.behind()

    def keep_published(self) -> None:
        """Until it is closed, a write answers when its articles are found, and leaves the rest.

        They are related and judged within two seconds, in a thread of its own. It also publishes
        what an engine could not take when it was written, and goes on where a process ended.
        """
        self._background = background.BackgroundPublication(self._indexer, self.behind)
        self._background.start()

    def repair_in_background(self) -> None:
        """From now on refuse who reads a damaged index, while a thread rebuilds it.

        Without, whoever reads it first waits until it is rebuilt.
        """
        self.library.repair_in_background()

    def rebuild(
        self, on_progress: Callable[["RelateProgress"], None] = lambda _: None
    ) -> IndexStatus:
        """Derive everything but the catalog anew; nothing is encoded again.

        Where a quarter of the catalog's file is free, it is written anew, if the disk has room for
        a second one meanwhile.

        Raises:
            IndexLockedError: Another process writes to the index.
            DamagedIndexError: The catalog itself is damaged.
        """
        with self.library.writing(mending=True):
            self.library.rebuild()
            self._indexer.publish(on_progress)
            with suppress(StorageError):
                self.library.catalog.database.give_back_room()
        return self.status()

    def snapshot(self, name: str | None = None, target: Path | None = None) -> "SnapshotInfo":
        """Make a snapshot of what can be searched now; the index may be read and written meanwhile.

        Args:
            name: What it is called; None: after the moment.
            target: A new place for it; None: in the index folder.

        Raises:
            ConfigurationError: The name or the place cannot be used.
            StorageError: The operating system refused; nothing is left.
        """
        return snapshots.create(self.library, name, target)

    def clear_leftovers(self) -> None:
        """Remove copies of texts that killed processes left, here and among temporary files.

        What another process works on stays.
        """
        temporary.clear_temporary_folders()
        snapshots.clear_leftovers(self.library.folder)

    def diagnose(self) -> "Diagnosis":
        """Read everything in the index and say what is wrong; changes nothing."""
        return doctor.diagnose(self.library)

    def repair(self) -> "Diagnosis":
        """Derive anew from the catalog what is damaged, and say how the index is afterwards.

        Raises:
            IndexLockedError: Another process writes to the index.
        """
        return doctor.repair(self.library)

    # --- asking ---------------------------------------------------------------------------

    def search(
        self,
        question: str | Query,
        *,
        k: int = 10,
        provider: Sequence[str] = (),
        topic: Sequence[str] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        mode: str = "hybrid",
        collapse: str = "none",
        sort: str = "relevance",
        asked_at: str | date | None = None,
        min_score: float | None = None,
        min_confidence: str = "none",
        explain: bool = False,
        page_token: str | None = None,
    ) -> SearchResults:
        """Answer a question in plain words with ranked articles and a row for each provider.

        Args:
            question: What is asked; or a ``Query``, which says everything itself.
            k: Hits a page, 1-1000.
            provider: Only these outlets, by domain or name.
            topic: Only these topics.
            since: Published then or later: a moment, or a day such as ``2024-03-01``. One without a
                time zone is of UTC.
            until: Published then or earlier; a day counts whole.
            mode: ``hybrid``, ``dense`` (vectors alone) or ``lexical`` (words alone).
            collapse: ``duplicates`` or ``story`` folds hits into the best ranked of them.
            sort: ``newest`` or ``oldest`` puts first, by time, what scores at least seven
                tenths as much as the best.
            asked_at: The moment that "this week" counts from; today by default, or the day of the
                newest article where that is more than thirty days older.
            min_score: Hits of a lower score are left out.
            min_confidence: ``low`` or ``high``: no hit is shown where it is less sure that the
                index holds an answer.
            explain: Adds how each score came about.
            page_token: ``next_page_token`` of an earlier answer to the same question.

        Raises:
            InvalidQueryError: The question is empty or too long, or a parameter out of range.
            InvalidPageTokenError, StaleGenerationError: The page token cannot be used.
            NoSuchIndexError: Nothing has been indexed yet.
        """
        if isinstance(question, Query):
            beside = (
                *(k, provider, topic, since, until, mode, collapse, sort, asked_at),
                *(min_score, min_confidence, explain, page_token),
            )
            if beside != tuple((Index.search.__kwdefaults__ or {}).values()):
                raise InvalidQueryError(
                    "A Query says everything itself.",
                    "Give it alone, or a text with these arguments.",
                )
            return self._searcher.search(question)
        return self._searcher.search(
            Query(
                text_given(question, "A question"),
                k=whole_number(k, "k"),
                filters=Filters(
                    provider=texts_given(provider, "Providers"),
                    topic=texts_given(topic, "Topics"),
                    since=moment_given(since),
                    until=moment_given(until, after=True),
                ),
                mode=one_of(Mode, mode, "mode"),
                collapse=one_of(Collapse, collapse, "collapse"),
                sort=one_of(Sort, sort, "sort"),
                asked_at=moment_given(asked_at),
                min_score=number_given(min_score, "min_score"),
                min_confidence=one_of(Confidence, min_confidence, "min_confidence"),
                explain=explain,
                page_token=page_token,
            )
        )

    def weighted(self, weights: RankSettings) -> Self:
        """The same index, asked with other weights; only one of the two is to be closed."""
        return type(self)(self.library, weights, outlets=self._outlets)

    def get(self, identity: str) -> ArticleView:
        """An article, whole.

        Raises:
            NoSuchArticleError: It is not there.
        """
        return get(self.library, identity)

    def articles(self, ids: Collection[str]) -> dict[str, Article]:
        """Articles by id; those that are not there are missing."""
        return self.library.catalog.by_id(texts_given(ids, "Ids"))

    def ids(self) -> list[str]:
        """The ids of all articles, stubs included, in their order."""
        return self.library.catalog.ids()

    def ids_of(self, names: Collection[str]) -> dict[str, str]:
        """Ids of articles that are named by id or by the name of their file without its ending.

        Names of no article are missing.
        """
        return indexed_files.ids_of(self.library.catalog, texts_given(names, "Names"))

    @staticmethod
    def read(source: Path | str) -> Article:
        """An article that need not be in the index.

        Args:
            source: A file of one article, or the text of one: front matter or plain text.

        Raises:
            InvalidArticleError: It cannot be read, is marked as removed, or the file holds records.
        """
        return reading.read_article(source)

    def passages(self, identity: str) -> list[Passage]:
        """The passages of an article as they are searched, in text order; none where it is not."""
        return passages_of(self.library, identity)

    def summaries(self, ids: Collection[str]) -> dict[str, ArticleSummary]:
        """Articles in one line each, by id; those that are not there are missing."""
        return summaries(self.library, texts_given(ids, "Ids"))

    def similar(
        self,
        article: ArticleLike = "",
        *,
        text: str = "",
        k: int = 10,
        filters: Filters = Filters(),
        collapse: str = "none",
    ) -> SimilarResults:
        """The nearest articles by title and text, best first.

        Args:
            article: An id, or an article that need not be in the index.
            text: A text, in place of an article.
            k: How many, 1-1000.
            filters: What they must satisfy.
            collapse: ``duplicates`` or ``story`` folds articles into the nearest of them.

        Raises:
            NoSuchArticleError: The id is not there.
            InvalidArticleError: There is no text.
            InvalidQueryError: ``k`` or ``collapse`` is out of range.
        """
        folded = one_of(Collapse, collapse, "collapse")
        side, filters = _side(article, text), given_as(Filters, filters)
        parser = self._searcher.parser
        return similar.find_similar(
            self.library, side, whole_number(k, "k"), filters, folded, parser
        )

    # --- who reports the same -------------------------------------------------------------

    def relate(self, a: ArticleLike, b: ArticleLike) -> Relation:
        """What two articles are to each other, with the evidence.

        Raises:
            NoSuchArticleError: An id is not there.
            InvalidArticleError: A text is too large or holds nothing.
        """
        return self.relate_pairs([(a, b)]).relations[0]

    def relate_pairs(self, pairs: Sequence[tuple[ArticleLike, ArticleLike]]) -> Relations:
        """The relations of up to 1,000 pairs, in their order. See ``relate``.

        Raises:
            BatchTooLargeError: There are more.
        """
        return relating.relate(self.library, [_pair(pair) for pair in pairs])

    def duplicates(
        self, article: ArticleLike = "", *, text: str = "", min_probability: float = 0.5
    ) -> DuplicatesFound:
        """Which articles have this one's text.

        Args:
            article: An id, or an article that need not be in the index.
            text: A text, in place of an article.
            min_probability: From which probability an article counts, 0-1.

        Raises:
            NoSuchArticleError: The id is not there.
            InvalidArticleError: The text is too large or holds nothing.
            InvalidQueryError: The probability is out of range.
        """
        side = _side(article, text)
        if isinstance(side, str):
            return duplicates.duplicates_of_article(self.library, side, min_probability)
        return next(duplicates.duplicates_of_texts(self.library, [side], min_probability))

    def duplicates_of_each(
        self, articles: Iterable[Article | Fields], min_probability: float = 0.5
    ) -> Iterator[DuplicatesFound]:
        """``duplicates`` of many articles that need not be in the index, in their order.

        Raises:
            InvalidArticleError: One is an id, or holds nothing.
            InvalidQueryError: The probability is out of range.
        """
        given = (_not_an_id(article) for article in articles)
        return duplicates.duplicates_of_texts(self.library, given, min_probability)

    def groups(
        self, query: CoverageQuery = CoverageQuery(), *, members: bool = True
    ) -> DuplicateGroups:
        """The groups of articles with the same text, page by page.

        Args:
            query: Which groups, in which order.
            members: Whether members are shown with their relation to the original.

        Raises:
            InvalidQueryError, InvalidPageTokenError, StaleGenerationError: See ``search``.
        """
        asked = given_as(CoverageQuery, query)
        return listing.list_groups(self.library, asked, self._outlets, members=members)

    def group(self, identity: str) -> GroupView:
        """A group whole, with its lineage.

        Raises:
            NoSuchGroupError: It is not there.
        """
        return listing.show_group(self.library, identity)

    def stories(self, query: CoverageQuery = CoverageQuery()) -> Stories:
        """The events that several articles report, page by page.

        Raises:
            InvalidQueryError, InvalidPageTokenError, StaleGenerationError: See ``search``.
        """
        asked = given_as(CoverageQuery, query)
        return listing.list_stories(self.library, asked, self._outlets)

    def story(self, identity: str) -> StoryView:
        """A story whole.

        Raises:
            NoSuchStoryError: It is not there; the hint names the one that it was merged into.
        """
        place = self.library.refresh()
        key = (place, self.library.snapshot().generation, identity)
        return self._views.one(key, lambda: listing.show_story(self.library, identity))

    def story_of(self, article: str) -> Story | None:
        """The story of an article; None where no other article reports its event."""
        return listing.story_of_article(self.library, article)

    def story_ids(self) -> list[str]:
        """The ids of all stories, in their order."""
        return listing.cluster_ids(self.library, ClusterKind.STORY)

    def group_ids(self) -> list[str]:
        """The ids of all groups of articles with the same text, in their order."""
        return listing.cluster_ids(self.library, ClusterKind.GROUP)

    def story_days(self, query: CoverageQuery = CoverageQuery()) -> tuple[DayOfStories, ...]:
        """On which days the stories of all pages of a list began, in order of time."""
        asked = given_as(CoverageQuery, query)
        return listing.stories_by_day(self.library, asked, self._outlets)

    def compare(
        self,
        *articles: ArticleLike,
        story: str = "",
        question: str | Query = "",
        detail: "Detail | str" = "summary",
    ) -> "Comparison":
        """How providers tell one story; name articles, or a story, or a question.

        Args:
            articles: Two to 200 ids or articles.
            story: The id of a story.
            question: The articles that answer it best are compared.
            detail: ``sentences`` adds every sentence with its status against each other article.
                ``summary`` leaves them out.

        Raises:
            InvalidQueryError: Nothing, or more than one thing, is named; there are too few or
                too many articles; or there is no such detail.
            NoSuchArticleError, NoSuchStoryError: An id is not there.
        """
        detail = one_of(comparison.Detail, detail, "detail")
        if bool(articles) + bool(story) + bool(question) != 1:
            raise InvalidQueryError("Name articles, or a story, or a question to compare.")
        if story:
            return self._comparer.story(story, detail)
        if question:
            asked = question if isinstance(question, Query) else Query(question)
            return self._comparer.question(asked, detail)
        return self._comparer.articles([_side(article) for article in articles], detail)

    # --- drafts ---------------------------------------------------------------------------

    def check(self, text: str) -> "DraftCheck":
        """What the archive holds of a draft, with the evidence.

        Its quotations word for word, its figures and sentences, and runs of words that were copied.

        Args:
            text: The draft, at most 100,000 characters.

        Raises:
            InvalidArticleError: There is no text.
            DraftTooLongError: It is longer.
            NoSuchIndexError: Nothing has been indexed yet.
            ModelUnavailableError, ModelMismatchError: Its sentences cannot be encoded.
        """
        return self._checker.check(text_given(text, "A draft"))

    # --- feeds ----------------------------------------------------------------------------

    def add_feed(
        self,
        url: str,
        *,
        every: str | int | None = None,
        provider: str = "",
        full_text: bool = False,
        added_by: str = "",
    ) -> "Feed":
        """Add a feed: RSS, Atom, RDF or JSON Feed. It is fetched with the next poll.

        Args:
            url: Its address, with http or https.
            every: How often it is polled, such as ``15m``, or in seconds; a minute to a week;
                None: every quarter of an hour.
            provider: The outlet of its entries, unless they name their source.
            full_text: Whether the page of each new entry is fetched, too.
            added_by: Id of an access key, whose feeds are counted.

        Raises:
            InvalidFeedError: Address or interval cannot be used, or there are too many feeds.
            FeedExistsError: It is there already.
            IndexLockedError: Another process writes to the index.
        """
        every = feed_model.DEFAULT_SECONDS if every is None else every
        return self._feeds.add(url, every, provider, full_text=full_text, added_by=added_by)

    def feeds(self) -> "FeedList":
        """Every feed and how it is, in the order in which they were added."""
        return self._feeds.all()

    def feed(self, name: str) -> "Feed":
        """A feed by its id or address.

        Raises:
            NoSuchFeedError: It is not there.
        """
        return self._feeds.get(name)

    def change_feed(
        self,
        name: str,
        *,
        url: str | None = None,
        every: str | int | None = None,
        provider: str | None = None,
        full_text: bool | None = None,
    ) -> "Feed":
        """Change a feed by its id or address; it is due at once, also where it was stopped.

        Raises:
            NoSuchFeedError: It is not there.
            InvalidFeedError, FeedExistsError, IndexLockedError: See ``add_feed``.
        """
        return self._feeds.change(
            name, url=url, every=every, provider=provider, full_text=full_text
        )

    def remove_feed(self, name: str) -> "Feed":
        """Forget a feed by its id or address; its articles stay.

        Raises:
            NoSuchFeedError: It is not there.
            IndexLockedError: Another process writes to the index.
        """
        return self._feeds.remove(name)

    def import_feeds(self, opml: bytes, *, added_by: str = "") -> "FeedsImported":
        """Add the feeds of an OPML file that are not there.

        Raises:
            InvalidFeedError: It is no OPML, or there are too many feeds.
            IndexLockedError: Another process writes to the index.
        """
        return self._feeds.bring_in(opml, added_by)

    def export_feeds(self) -> str:
        """All feeds as OPML."""
        return self._feeds.taken_out()

    def poll_feeds(
        self, *names: str, on_poll: Callable[["FeedPoll"], None] = lambda _: None
    ) -> "FeedPolls":
        """Poll feeds now, and write what is new.

        Args:
            names: Ids or addresses; none: those that are due.
            on_poll: Told what became of each.

        Returns:
            What became of each. Where another process polls, such as a running service, it is told
            to poll those that are named.

        Raises:
            NoSuchFeedError: One of them is not there.
            IndexLockedError, StorageError, ModelUnavailableError: Nothing can be written.
        """
        chosen = self._feeds.chosen(names) if names else self._feeds.due()
        polls = self._poller.poll(chosen, on_poll) if chosen else []
        if polls is None:
            if names:
                self._feeds.make_due(names)
            return feed_model.FeedPolls((), elsewhere=True)
        return feed_model.FeedPolls(tuple(polls))

    def make_feeds_due(self, *names: str) -> "FeedList":
        """Let the process that polls do so now; none named: all that are not stopped.

        Raises:
            NoSuchFeedError: One of them is not there.
            IndexLockedError: Another process writes to the index.
        """
        return feed_model.FeedList(self._feeds.make_due(names))

    def poll_feeds_forever(self, on_poll: Callable[["FeedPoll"], None]) -> bool:
        """Poll feeds as they are due until the process is interrupted.

        Returns:
            False, at once, where another process polls them.
        """
        return self._poller.run(on_poll)

    def keep_polling(self) -> None:
        """Until it is closed, poll feeds as they are due, unless another process does."""
        self._poller.start()

    # --- standing questions ---------------------------------------------------------------

    def add_watch(
        self, spec: WatchSpec | str, *, owner: str = "", secret: str | None = None
    ) -> MadeWatch:
        """Make a watch: a standing question, read as any other; see ``WatchSpec``.

        Every article that is written from now on is judged when it can be searched.

        Args:
            spec: What is watched; a text is a question.
            owner: The id of the access key that makes it.
            secret: What its webhooks are signed with; None: a new one, shown only now.

        Raises:
            InvalidWatchError, InvalidQueryError, InvalidFilterError: It cannot be read.
            NoSuchArticleError, NoSuchStoryError: What it names is not there.
            WatchExistsError, TooManyWatchesError: Its name is taken, or there are too many.
            IndexLockedError: Another process writes to the index.
        """
        asked = WatchSpec(question=spec) if isinstance(spec, str) else spec
        return self._watches.add(asked, owner, secret)

    def change_watch(
        self, name: str, spec: WatchSpec, *, owner: str = "", secret: str | None = None
    ) -> MadeWatch:
        """Let a watch wait for something else or report elsewhere; its alerts stay.

        Raises:
            NoSuchWatchError: It is not there; else as ``add_watch``.
        """
        return self._watches.change(name, spec, owner, secret)

    def watches(self) -> tuple[Watch, ...]:
        """Every watch, in order of its making."""
        return self._watches.all()

    def watch(self, name: str) -> Watch:
        """A watch by its id or name.

        Raises:
            NoSuchWatchError: It is not there.
        """
        return self._watches.get(name)

    def remove_watch(self, name: str) -> Watch:
        """Remove a watch with its alerts and what is still to be sent of them.

        Raises:
            NoSuchWatchError: It is not there.
            IndexLockedError: Another process writes to the index.
        """
        return self._watches.remove(name)

    def alerts(self, query: AlertQuery = AlertQuery()) -> Alerts:
        """What watches reported, newest first.

        Raises:
            NoSuchWatchError, NoSuchAlertError: What the query names is not there.
        """
        return self._watches.alerts(query)

    def alert(self, identity: str) -> Alert:
        """One alert.

        Raises:
            NoSuchAlertError: It is not there.
        """
        return self._watches.alert(identity)

    def mark_read(self, ids: Sequence[str], *, read: bool = True) -> int:
        """Mark alerts as read, or as unread again; how many of them there are."""
        return self._watches.mark_read(texts_given(ids, "Ids"), read=read)

    def deliveries(
        self, watch: str = "", state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """What was or is to be sent somewhere, newest first, at most 1,000.

        Raises:
            NoSuchWatchError: There is no such watch.
        """
        return self._watches.deliveries(watch, state)

    def test_watch(self, name: str, *, owner: str = "") -> tuple[Tested, ...]:
        """Send an invented alert to the places of a watch, and say what came of it.

        Raises:
            NoSuchWatchError: It is not there.
        """
        self._watches.count_change(owner)
        tested = self._deliverer.test(self._watches.stored(name))
        return tuple(replace(one, to=places.shown(one.to)) for one in tested)

    def replay_watch(self, watch: str | WatchSpec, since: str | date, until: str | date) -> Replay:
        """What a watch would have reported over a period, in order of publication.

        Nothing is written.

        Args:
            watch: A name or id; or what would be watched.
            since: From this moment or day on.
            until: To this moment, or to the end of this day.

        Raises:
            NoSuchWatchError: There is no such watch; else as ``add_watch``.
            InvalidFilterError: A date cannot be read, or the last lies before the first.
        """
        stored = self._watches.stored(watch) if isinstance(watch, str) else None
        chosen = stored or self._watches.unkept(
            watch if isinstance(watch, WatchSpec) else WatchSpec()
        )
        first, last = moment_given(since), moment_given(until, after=True)
        if first is None or last is None:
            raise InvalidFilterError("A replay needs a first and a last day.")
        if first >= last:
            raise InvalidFilterError(
                f"The period ends before it begins: from {first:%Y-%m-%d}, "
                f"but to {last - timedelta(seconds=1):%Y-%m-%d}.",
                "Swap the two dates.",
            )
        return replays.replay(self.library, self._searcher, chosen, first, last)

    def deliver_alerts(self) -> tuple[Delivery, ...]:
        """Send the alerts that are due to the places of their watches; what came of each."""
        tried = self._deliverer.deliver()
        return tuple(replace(one, to=places.shown(one.to)) for one in tried)

    def keep_delivering(self) -> None:
        """Until it is closed, send alerts as they are due; those of a snapshot were sent before."""
        if not is_snapshot(self.library.folder):
            self._deliverer.start()

    # --- how often it is right ------------------------------------------------------------

    def precisions(self) -> Mapping[str, "Precision"]:
        """The figures that audits of this index published, by kind of claim."""
        return evidence.published(self.library.catalog)

    def publish_precisions(self, figures: Mapping[str, "Precision"]) -> None:
        """Keep the figures of an audit, which comparisons quote; other kinds stay as they are.

        Raises:
            IndexLockedError: Another process writes to the index.
        """
        with self.library.writing():
            evidence.publish(self.library.catalog, figures)

    # --- about the index ------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.library.folder.name

    def status(self) -> IndexStatus:
        """Counts, sizes, the model and the engines.

        Raises:
            NoSuchIndexError: Nothing has been indexed yet.
        """
        return describing.status(self.library, self._outlet_counts)

    def providers(self) -> ProviderList:
        """Every provider with its number of articles, most first."""
        return describing.providers(self.library, self._outlet_counts)

    def topics(self) -> TopicList:
        """Every topic with its number of articles, most first."""
        return describing.topics(self.library)

    def files(self) -> list[str]:
        """Paths of the files that articles came from."""
        return list(self.library.catalog.sources())

    def generations(self) -> list[int]:
        """The generations that are kept, ascending; the last is the newest."""
        return self.library.generations.numbers()

    def span(self) -> tuple[datetime, datetime] | None:
        """When the first and the last article were published; None where no date is known."""
        span = self.library.snapshot().span
        return None if span is None else (from_timestamp(span[0]), from_timestamp(span[1]))

    def published_at(self) -> datetime:
        """When what is searched now was published."""
        return describing.published(self.library)

    def last_skipped(self) -> LastSkipped:
        """What the last run over files could not read."""
        return indexed_files.last_skipped(self.library.catalog)

    def records(self) -> Iterator[dict[str, object]]:
        """Every article but stubs as a record that is read back as the same article."""
        return export.records(self.library.catalog)

    def articles_table(self, *, stubs: bool = False) -> "pa.Table":
        """Every article with its story and its group, as an Arrow table (docs/tables.md).

        Args:
            stubs: Whether those that are known from links alone are in it.
        """
        return tables.articles_table(self.library, stubs=stubs)

    def relations_table(
        self, pairs: Iterable[tuple[ArticleLike, ArticleLike]] | None = None
    ) -> "pa.Table":
        """The relations of pairs, of any number, as an Arrow table (docs/tables.md).

        Args:
            pairs: Ids or articles; None: of every group of duplicates, its original
                with each other member.

        Raises:
            NoSuchArticleError, InvalidArticleError: See ``relate``.
        """
        given = None if pairs is None else (_pair(pair) for pair in pairs)
        return tables.relations_table(self.library, given)

    def readiness(self) -> Readiness:
        """Whether questions can be answered now: encodes one, and opens the newest generation.

        Raises:
            SemsearchError: They cannot; the error says why.
        """
        self.library.refresh()
        self.library.encoder.encode_query("ready?")
        snapshot = self.library.snapshot()
        return Readiness(
            status="ok",
            generation=snapshot.generation,
            sequence=snapshot.sequence,
            unpublished_writes=self.library.catalog.sequence - snapshot.sequence,
            model=self.library.encoder.spec.model,
        )

    def prepare(self) -> None:
        """Load what the first question would otherwise wait for: the model, frames, an answer.

        What only writing and finding duplicates need is loaded by the first who does either: it
        takes a second, and 130 MB that a service which is only asked never gives back.

        Raises:
            SemsearchError: Something cannot be loaded.
        """
        self._comparer.prepare()
        self.search(Query("warm up", facets=True))


def _size(view: StoryView) -> int:
    return len(view.members)


def _side(article: ArticleLike, text: str = "") -> str | Article:
    if bool(article) == bool(text):
        raise InvalidArticleError("Name an article, or give a text.")
    if text:
        return Article("text", title="", body=text_given(text, "A text"))
    if isinstance(article, str | Article):
        return article
    if not isinstance(article, Mapping):
        raise InvalidArticleError(
            "An article is its id, an Article, or a dictionary of its fields, not "
            f"{type(article).__name__}.",
            "Several are given one after the other: compare(a, b).",
        )
    try:
        read = records.article_from_fields({"id": "article", **article}, fallback_id="article")
    except UnreadableError as error:
        raise InvalidArticleError(error.reason) from None
    if isinstance(read, records.Removed):
        raise InvalidArticleError("The article is marked as removed.")
    return read


def _not_an_id(article: Article | Fields) -> Article:
    side = _side(article)
    if isinstance(side, str):
        raise InvalidArticleError(f"{side!r} is no article.", "For an id: index.duplicates(id).")
    return side


def _pair(pair: Iterable[ArticleLike]) -> tuple[str | Article, str | Article]:
    two = () if isinstance(pair, str) else tuple(pair)
    if len(two) != 2:  # noqa: PLR2004
        raise InvalidRequestError("A pair is two articles, as in [(a, b), (c, d)].")
    return _side(two[0]), _side(two[1])
