"""Stories: events that several articles report."""

from collections.abc import Sequence
from datetime import date, timedelta

from semsearch.errors import NoSuchStoryError
from semsearch.library import Library, consistent_read
from semsearch.model.article import Article
from semsearch.model.coverage import (
    CoverageQuery,
    DayOfStories,
    Stories,
    Story,
    StoryEvent,
    StoryMember,
    StoryProvider,
    StoryView,
)
from semsearch.model.filters import from_timestamp
from semsearch.model.search import summary
from semsearch.relate.listing import check_period, chosen, listed
from semsearch.store.catalog.clusters import Cluster, ClusterKind

_EPOCH = date(1970, 1, 1)


class StoryFinder:
    """Lists and shows stories."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._coverage = library.coverage

    @consistent_read
    def stories(self, query: CoverageQuery = CoverageQuery()) -> Stories:
        """The stories of the index, page by page.

        Raises:
            InvalidQueryError: A parameter is out of range.
            InvalidPageTokenError, StaleGenerationError: The page token cannot be used.
        """
        page = listed(self._library, ClusterKind.STORY, query)
        leads = self._library.catalog.heads(cluster.lead for cluster in page.clusters)
        return Stories(
            generation=page.snapshot.generation,
            total=page.total,
            stories=tuple(_story(cluster, leads[cluster.lead]) for cluster in page.clusters),
            next_page_token=page.next_page_token,
        )

    @consistent_read
    def by_day(self, query: CoverageQuery = CoverageQuery()) -> tuple[DayOfStories, ...]:
        """On which days the stories of all pages of a list began, in order of time.

        Stories without a date are left out.

        Raises:
            InvalidQueryError: The period ends before it begins.
        """
        check_period(query)
        snapshot = self._library.snapshot()
        days = self._coverage.days(ClusterKind.STORY, snapshot.sequence, chosen(query, snapshot))
        return tuple(DayOfStories(_EPOCH + timedelta(days=day), number) for day, number in days)

    @consistent_read
    def of_article(self, identity: str) -> Story | None:
        """The story of an article; None where no other article reports its event."""
        at = self._library.snapshot().sequence
        pks = self._library.catalog.pks_at([identity], at).values()
        for cluster in self._coverage.clusters_of(ClusterKind.STORY, pks, at).values():
            return _story(cluster, self._library.catalog.heads([cluster.lead])[cluster.lead])
        return None

    @consistent_read
    def story(self, identity: str) -> StoryView:
        """A story whole.

        Raises:
            NoSuchStoryError: It is not there; the hint names the one that it was merged into.
        """
        snapshot = self._library.snapshot()
        at = snapshot.sequence
        cluster = self._coverage.cluster(ClusterKind.STORY, identity, at)
        events = self._coverage.events_of(identity, at)
        if cluster is None:
            heirs = [one.other for one in events if one.id == identity and one.event == "merged"]
            hint = f"It was merged into {heirs[-1]}." if heirs else "List them: semsearch stories."
            raise NoSuchStoryError(f"There is no story {identity}.", hint)
        articles = self._library.catalog.by_pk(self._coverage.members([cluster.key])[cluster.key])
        members = sorted(articles, key=lambda pk: (_moment(articles[pk]), articles[pk].id))
        groups = self._coverage.clusters_of(ClusterKind.GROUP, members, at)
        return StoryView(
            generation=snapshot.generation,
            story=_story(cluster, articles[cluster.lead]),
            members=tuple(
                StoryMember(summary(articles[pk]), groups[pk].id if pk in groups else None)
                for pk in members
            ),
            providers=_providers([articles[pk] for pk in members]),
            events=tuple(
                StoryEvent(event.event, event.id, event.other, event.at) for event in events
            ),
        )


def _moment(article: Article) -> str:
    """What members are ordered by; those without a date come last."""
    return "~" if article.published is None else article.published.isoformat()


def _story(cluster: Cluster, lead: Article) -> Story:
    return Story(
        id=cluster.id,
        title=cluster.title or lead.headline,
        article=lead.id,
        size=cluster.size,
        origins=cluster.origins,
        providers=cluster.providers,
        first_seen=None if cluster.first is None else from_timestamp(cluster.first),
        last_seen=None if cluster.last is None else from_timestamp(cluster.last),
    )


def _providers(articles: Sequence[Article]) -> tuple[StoryProvider, ...]:
    """Outlets in order of their first report; articles come in order of time."""
    start = next((one.published for one in articles if one.published is not None), None)
    rows: dict[str, list[Article]] = {}
    for article in articles:
        rows.setdefault(article.provider.key or article.id, []).append(article)
    return tuple(
        StoryProvider(
            domain=mine[0].provider.domain,
            name=mine[0].provider.name,
            articles=tuple(article.id for article in mine),
            first_published=(first := mine[0].published),
            lag_hours=(
                None
                if first is None or start is None
                else round((first - start).total_seconds() / 3600, 2)
            ),
        )
        for mine in rows.values()
    )
