"""One opened index: all that the product does, for commands, endpoints, pages and scripts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from semsearch.ask import get as export
from semsearch.ask.get import get, passages_of, summaries
from semsearch.components import Components
from semsearch.config import RankSettings
from semsearch.errors import InvalidQueryError
from semsearch.model.arguments import (
    ArticleLike,
    Fields,
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
    """A module that is imported when it is first used; see ``components``."""

    def __init__(self, name: str) -> None:
        self._name = f"semsearch.{name}"

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


if TYPE_CHECKING:
    import pyarrow as pa

    from semsearch import temporary
    from semsearch.ask import similar
    from semsearch.compare import evidence
    from semsearch.indexing import adding
    from semsearch.indexing import files as indexed_files
    from semsearch.ingest import aliases, given, parsing, reading
    from semsearch.ingest.parsing import ParseBlocks
    from semsearch.maintain import doctor, snapshots
    from semsearch.maintain import purge as purging
    from semsearch.maintain import status as describing
    from semsearch.maintain.doctor import Diagnosis
    from semsearch.maintain.purge import Purged
    from semsearch.maintain.snapshots import SnapshotInfo
    from semsearch.model import comparison
    from semsearch.model.check import DraftCheck
    from semsearch.model.comparison import Comparison, Detail, Precision
    from semsearch.model.feeds import Feed, FeedList, FeedPoll, FeedPolls, FeedsImported
    from semsearch.relate import duplicates, group_views, listing, story_views, tables
    from semsearch.relate import relate as relating
    from semsearch.relate.update import RelateProgress
    from semsearch.watch import replay as replays
else:
    adding = _Later("indexing.adding")
    aliases = _Later("ingest.aliases")
    comparison = _Later("model.comparison")
    describing = _Later("maintain.status")
    doctor = _Later("maintain.doctor")
    duplicates = _Later("relate.duplicates")
    evidence = _Later("compare.evidence")
    given = _Later("ingest.given")
    group_views = _Later("relate.group_views")
    indexed_files = _Later("indexing.files")
    listing = _Later("relate.listing")
    parsing = _Later("ingest.parsing")
    purging = _Later("maintain.purge")
    reading = _Later("ingest.reading")
    relating = _Later("relate.relate")
    replays = _Later("watch.replay")
    similar = _Later("ask.similar")
    snapshots = _Later("maintain.snapshots")
    story_views = _Later("relate.story_views")
    tables = _Later("relate.tables")
    temporary = _Later("temporary")

_KEPT_MEMBERS = 4_096  # of the stories that were shown last


class Index:
    """An index that is open. Get one from ``semsearch.open``.

    Safe to use from several threads. One process writes at a time; readers see the newest
    published state, and an answer comes wholly from one state.
    """

    def __init__(self, components: Components) -> None:
        self.library = components.library
        self.names = components.names
        self._components = components
        # As a generation sees it a story stays as it is, and what it continues takes long to find.
        self._views = Cache[tuple[str, int, str], StoryView](_KEPT_MEMBERS, _size)

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
        self._components.close()

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
        names = aliases.field_names(fields or {}) + self.names
        return self._components.indexer.index(
            [Path(path).expanduser() for path in paths],
            reading.ReadOptions(Provider(provider), stubs=stubs, names=names, encoding=encoding),
            prune=prune,
            dry_run=dry_run,
            parse=reader or parsing.parse_ahead,
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
        names = aliases.field_names(fields or {}) + self.names
        return adding.add(self.library, self._components.indexer, articles, names, stubs=stubs)

    def delete(self, ids: Sequence[str]) -> Written:
        """Remove articles; links to them do not bring them back as stubs.

        Raises:
            NoSuchArticleError: One of them is not there; none was removed.
            IndexLockedError: Another process writes to the index.
        """
        return self._components.indexer.delete(texts_given(ids, "Ids"))

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
        return purging.purge(self.library, self._components.indexer, texts_given(ids, "Ids"))

    def publish(self, on_progress: Callable[["RelateProgress"], None] = lambda _: None) -> int:
        """Make what is durable searchable, and relate what is new.

        Only needed after a crash or an outage: every write does it by itself.

        Returns:
            The number of the newest generation.
        """
        return self._components.indexer.publish(on_progress).generation

    def publish_first(self) -> None:
        """Give an index that was just made its first generation, without articles."""
        self.library.publish_first()

    def behind(self) -> bool:
        """Whether something durable cannot be searched yet, is not related or not judged."""
        return self._components.is_behind()

    def keep_published(self) -> None:
        """Until it is closed, a write answers when its articles are found, and leaves the rest.

        They are related and judged within two seconds, in a thread of its own. It also publishes
        what an engine could not take when it was written, and goes on where a process ended.
        """
        self._components.keep_published()

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
        self._components.indexer.rebuild(on_progress)
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
            return self._components.searcher.search(question)
        return self._components.searcher.search(
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
        return type(self)(self._components.weighted(weights))

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
        side = given.article_or_id(article, text)
        filters, parser = given_as(Filters, filters), self._components.searcher.parser
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
        return relating.relate(self.library, list(map(given.pair_given, pairs)))

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
        side = given.article_or_id(article, text)
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
        texts = map(given.article_given, articles)
        return duplicates.duplicates_of_texts(self.library, texts, min_probability)

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
        return group_views.list_groups(
            self.library, asked, self._components.outlets, members=members
        )

    def group(self, identity: str) -> GroupView:
        """A group whole, with its lineage.

        Raises:
            NoSuchGroupError: It is not there.
        """
        return group_views.show_group(self.library, identity)

    def stories(self, query: CoverageQuery = CoverageQuery()) -> Stories:
        """The events that several articles report, page by page.

        Raises:
            InvalidQueryError, InvalidPageTokenError, StaleGenerationError: See ``search``.
        """
        asked = given_as(CoverageQuery, query)
        return story_views.list_stories(self.library, asked, self._components.outlets)

    def story(self, identity: str) -> StoryView:
        """A story whole.

        Raises:
            NoSuchStoryError: It is not there; the hint names the one that it was merged into.
        """
        place = self.library.refresh()
        key = (place, self.library.snapshot().generation, identity)
        return self._views.one(key, lambda: story_views.show_story(self.library, identity))

    def story_of(self, article: str) -> Story | None:
        """The story of an article; None where no other article reports its event."""
        return story_views.story_of_article(self.library, article)

    def story_ids(self) -> list[str]:
        """The ids of all stories, in their order."""
        return listing.cluster_ids(self.library, ClusterKind.STORY)

    def group_ids(self) -> list[str]:
        """The ids of all groups of articles with the same text, in their order."""
        return listing.cluster_ids(self.library, ClusterKind.GROUP)

    def story_days(self, query: CoverageQuery = CoverageQuery()) -> tuple[DayOfStories, ...]:
        """On which days the stories of all pages of a list began, in order of time."""
        asked = given_as(CoverageQuery, query)
        return story_views.stories_by_day(self.library, asked, self._components.outlets)

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
            return self._components.comparer.story(story, detail)
        if question:
            asked = question if isinstance(question, Query) else Query(question)
            return self._components.comparer.question(asked, detail)
        return self._components.comparer.articles(
            [given.article_or_id(article) for article in articles], detail
        )

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
        return self._components.checker.check(text_given(text, "A draft"))

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
        return self._components.feeds.add(
            url, every, provider, full_text=full_text, added_by=added_by
        )

    def feeds(self) -> "FeedList":
        """Every feed and how it is, in the order in which they were added."""
        return self._components.feeds.all()

    def feed(self, name: str) -> "Feed":
        """A feed by its id or address.

        Raises:
            NoSuchFeedError: It is not there.
        """
        return self._components.feeds.get(name)

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
        return self._components.feeds.change(
            name, url=url, every=every, provider=provider, full_text=full_text
        )

    def remove_feed(self, name: str) -> "Feed":
        """Forget a feed by its id or address; its articles stay.

        Raises:
            NoSuchFeedError: It is not there.
            IndexLockedError: Another process writes to the index.
        """
        return self._components.feeds.remove(name)

    def import_feeds(self, opml: bytes, *, added_by: str = "") -> "FeedsImported":
        """Add the feeds of an OPML file that are not there.

        Raises:
            InvalidFeedError: It is no OPML, or there are too many feeds.
            IndexLockedError: Another process writes to the index.
        """
        return self._components.feeds.import_opml(opml, added_by)

    def export_feeds(self) -> str:
        """All feeds as OPML."""
        return self._components.feeds.export_opml()

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
        return self._components.feeds.poll(self._components.poller, names, on_poll)

    def make_feeds_due(self, *names: str) -> "FeedList":
        """Let the process that polls do so now; none named: all that are not stopped.

        Raises:
            NoSuchFeedError: One of them is not there.
            IndexLockedError: Another process writes to the index.
        """
        return self._components.feeds.make_due(names)

    def poll_feeds_forever(self, on_poll: Callable[["FeedPoll"], None]) -> bool:
        """Poll feeds as they are due until the process is interrupted.

        Returns:
            False, at once, where another process polls them.
        """
        return self._components.poller.run(on_poll)

    def keep_polling(self) -> None:
        """Until it is closed, poll feeds as they are due, unless another process does."""
        self._components.poller.start()

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
        return self._components.watches.add(asked, owner, secret)

    def change_watch(
        self, name: str, spec: WatchSpec, *, owner: str = "", secret: str | None = None
    ) -> MadeWatch:
        """Let a watch wait for something else or report elsewhere; its alerts stay.

        Raises:
            NoSuchWatchError: It is not there; else as ``add_watch``.
        """
        return self._components.watches.change(name, spec, owner, secret)

    def watches(self) -> tuple[Watch, ...]:
        """Every watch, in order of its making."""
        return self._components.watches.all()

    def watch(self, name: str) -> Watch:
        """A watch by its id or name.

        Raises:
            NoSuchWatchError: It is not there.
        """
        return self._components.watches.get(name)

    def remove_watch(self, name: str) -> Watch:
        """Remove a watch with its alerts and what is still to be sent of them.

        Raises:
            NoSuchWatchError: It is not there.
            IndexLockedError: Another process writes to the index.
        """
        return self._components.watches.remove(name)

    def alerts(self, query: AlertQuery = AlertQuery()) -> Alerts:
        """What watches reported, newest first.

        Raises:
            NoSuchWatchError, NoSuchAlertError: What the query names is not there.
        """
        return self._components.watches.alerts(query)

    def alert(self, identity: str) -> Alert:
        """One alert.

        Raises:
            NoSuchAlertError: It is not there.
        """
        return self._components.watches.alert(identity)

    def mark_read(self, ids: Sequence[str], *, read: bool = True) -> int:
        """Mark alerts as read, or as unread again; how many of them there are."""
        return self._components.watches.mark_read(texts_given(ids, "Ids"), read=read)

    def deliveries(
        self, watch: str = "", state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """What was or is to be sent somewhere, newest first, at most 1,000.

        Raises:
            NoSuchWatchError: There is no such watch.
        """
        return self._components.watches.deliveries(watch, state)

    def test_watch(self, name: str, *, owner: str = "") -> tuple[Tested, ...]:
        """Send an invented alert to the places of a watch, and say what came of it.

        Raises:
            NoSuchWatchError: It is not there.
        """
        self._components.watches.count_change(owner)
        return self._components.deliverer.test(self._components.watches.stored(name))

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
        watches = self._components.watches
        chosen = watches.stored(watch) if isinstance(watch, str) else watches.unkept(watch)
        return replays.replay(self.library, self._components.searcher, chosen, since, until)

    def deliver_alerts(self) -> tuple[Delivery, ...]:
        """Send the alerts that are due to the places of their watches; what came of each."""
        return self._components.deliverer.deliver()

    def keep_delivering(self) -> None:
        """Until it is closed, send alerts as they are due; those of a snapshot were sent before."""
        if not is_snapshot(self.library.folder):
            self._components.deliverer.start()

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
        return describing.status(self.library, self._components.outlet_counts)

    def providers(self) -> ProviderList:
        """Every provider with its number of articles, most first."""
        return describing.providers(self.library, self._components.outlet_counts)

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
        read = None if pairs is None else map(given.pair_given, pairs)
        return tables.relations_table(self.library, read)

    def readiness(self) -> Readiness:
        """Whether questions can be answered now: encodes one, and opens the newest generation.

        Raises:
            SemsearchError: They cannot; the error says why.
        """
        return describing.readiness(self.library)

    def prepare(self) -> None:
        """Load what the first question would otherwise wait for: the model, frames, an answer.

        What only writing and finding duplicates need is loaded by the first who does either: it
        takes a second, and 130 MB that a service which is only asked never gives back.

        Raises:
            SemsearchError: Something cannot be loaded.
        """
        self._components.comparer.prepare()
        self.search(Query("warm up", facets=True))


def _size(view: StoryView) -> int:
    return len(view.members)
