"""Stories as they are listed and shown."""

from collections.abc import Sequence
from datetime import date, timedelta

from semsearch.ask.outlets import same_outlets
from semsearch.errors import NoSuchStoryError
from semsearch.library import Library
from semsearch.model.article import Article, by_time, lag_hours, lag_precision
from semsearch.model.clusters import (
    CoverageQuery,
    DayOfStories,
    Stories,
    Story,
    StoryEvent,
    StoryMember,
    StoryProvider,
    StoryView,
    Thread,
)
from semsearch.model.filters import from_timestamp
from semsearch.model.search import event_statement, summary
from semsearch.relate.listing import Same, check_period, cluster_filter, cluster_page
from semsearch.relate.threads import linked_stories
from semsearch.store.catalog.clusters import Cluster, ClusterKind

_MAX_LINKED = 50
_EPOCH = date(1970, 1, 1)


def list_stories(library: Library, query: CoverageQuery, outlets: Same) -> Stories:
    """The stories of the index, page by page."""
    with library.consistent_read():
        page = cluster_page(library, ClusterKind.STORY, query, outlets)
        leads = library.catalog.heads(cluster.lead for cluster in page.clusters)
        return Stories(
            generation=page.snapshot.generation,
            total=page.total,
            stories=tuple(_story(cluster, leads[cluster.lead]) for cluster in page.clusters),
            next_page_token=page.next_page_token,
            notes=page.notes,
        )


def stories_by_day(
    library: Library, query: CoverageQuery, outlets: Same
) -> tuple[DayOfStories, ...]:
    """On which days the stories of all pages of a list began, in order of time.

    Stories without a date are left out.
    """
    check_period(query)
    with library.consistent_read():
        snapshot = library.snapshot()
        only = cluster_filter(query, snapshot, same_outlets(snapshot.providers, outlets))
        days = library.coverage.days(ClusterKind.STORY, snapshot.sequence, only)
        return tuple(DayOfStories(_EPOCH + timedelta(days=day), number) for day, number in days)


def story_of_article(library: Library, identity: str) -> Story | None:
    """The story of an article; None where no other article reports its event."""
    with library.consistent_read():
        at = library.snapshot().sequence
        pks = library.catalog.pks_at([identity], at).values()
        for cluster in library.coverage.clusters_of(ClusterKind.STORY, pks, at).values():
            return _story(cluster, library.catalog.heads([cluster.lead])[cluster.lead])
        return None


def story_at(library: Library, identity: str, at: int) -> tuple[Cluster, dict[int, Article]]:
    """A story as a generation sees it, and its articles by key in order of time.

    Raises:
        NoSuchStoryError: It is not there; the hint names the one that it was merged into.
    """
    cluster = library.coverage.cluster(ClusterKind.STORY, identity, at)
    if cluster is None:
        events = library.coverage.events_of(identity, at)
        heirs = [e.other for e in events if e.id == identity and e.event == "merged"]
        hint = f"It was merged into {heirs[-1]}." if heirs else "List them: semsearch stories."
        raise NoSuchStoryError(f"There is no story {identity}.", hint)
    articles = library.catalog.by_pk(library.coverage.members([cluster.key])[cluster.key])
    order = sorted(articles, key=lambda pk: by_time(articles[pk]))
    return cluster, {pk: articles[pk] for pk in order}


def show_story(library: Library, identity: str) -> StoryView:
    """A story whole."""
    with library.consistent_read():
        snapshot, coverage = library.snapshot(), library.coverage
        at = snapshot.sequence
        cluster, articles = story_at(library, identity, at)
        events = coverage.events_of(identity, at)
        members = list(articles)
        groups = coverage.clusters_of(ClusterKind.GROUP, members, at)
        return StoryView(
            generation=snapshot.generation,
            story=_story(cluster, articles[cluster.lead]),
            members=tuple(
                StoryMember(summary(articles[pk]), groups[pk].id if pk in groups else None)
                for pk in members
            ),
            providers=_providers([articles[pk] for pk in members]),
            events=tuple(StoryEvent(e.event, e.id, e.other, e.at) for e in events),
            thread=_thread(library, cluster, members, at),
        )


def _thread(library: Library, story: Cluster, pks: Sequence[int], at: int) -> Thread | None:
    """What continues a story; None where nothing does."""
    linked = linked_stories(library.coverage, pks, at)
    if len(linked.stories) + len(linked.alone) <= 1:
        return None
    nearest = sorted(linked.stories.values(), key=lambda one: _from(story, one))[:_MAX_LINKED]
    heads = library.catalog.heads({one.lead for one in nearest} | linked.alone)
    alone = sorted((heads[pk] for pk in linked.alone), key=by_time)
    return Thread(
        size=sum(one.size for one in linked.stories.values()) + len(alone),
        stories=tuple(
            _story(one, heads[one.lead])
            for one in sorted(nearest, key=lambda one: (one.first is None, one.first, one.id))
        ),
        articles=tuple(map(summary, alone[:_MAX_LINKED])),
        cut=linked.cut or max(len(linked.stories), len(alone)) > _MAX_LINKED,
    )


def _from(story: Cluster, other: Cluster) -> tuple[int, str]:
    """How far off a story is, in seconds; the story itself comes first."""
    if story.key == other.key:
        return -1, ""
    if story.first is None or other.first is None:
        return 2**62, other.id
    return abs(story.first - other.first), other.id


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
        statement=event_statement(cluster.providers),
    )


def _providers(articles: Sequence[Article]) -> tuple[StoryProvider, ...]:
    """Outlets in order of their first report; articles come in order of time."""
    start = articles[0]
    by_outlet: dict[str, list[Article]] = {}
    for article in articles:
        by_outlet.setdefault(article.provider.key or article.id, []).append(article)
    return tuple(
        StoryProvider(
            domain=reports[0].provider.domain,
            name=reports[0].provider.name,
            articles=tuple(article.id for article in reports),
            first_published=reports[0].published,
            precision=reports[0].precision,
            lag_hours=lag_hours(reports[0], start),
            lag_precision=lag_precision(reports[0], start),
        )
        for reports in by_outlet.values()
    )
