"""List and show duplicate groups and stories; all pages of a list are of one generation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from semsearch.ask.outlets import SameOutlets, same_outlets
from semsearch.ask.page_tokens import Page, check_page, page_token, read_page_token
from semsearch.ask.unknown_values import not_here
from semsearch.errors import InvalidQueryError, NoSuchGroupError, NoSuchStoryError
from semsearch.library import Library
from semsearch.model.article import Article, Provider, by_time, lag_hours, lag_precision
from semsearch.model.clusters import (
    CoverageOrder,
    CoverageQuery,
    DayOfStories,
    Descent,
    DuplicateGroup,
    DuplicateGroups,
    GroupMember,
    GroupView,
    Stories,
    Story,
    StoryEvent,
    StoryMember,
    StoryProvider,
    StoryView,
    Thread,
)
from semsearch.model.filters import Attribute, from_timestamp, normal_text, timestamp
from semsearch.model.relation import LineageKind
from semsearch.model.search import summary
from semsearch.relate.facts import credited_agencies
from semsearch.relate.group_update import MIN_DUPLICATE
from semsearch.relate.lineage import parents
from semsearch.relate.profile import Profile, ProfileCache
from semsearch.relate.relate import compare, judge
from semsearch.relate.threads import linked_stories
from semsearch.store.catalog.clusters import Cluster, ClusterFilter, ClusterKind
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.snapshot import Snapshot

_MAX_MEMBERS = 200
_MAX_OUTLETS = 20
_MAX_LINKED = 50
_EPOCH = date(1970, 1, 1)

Same = Mapping[str, str] | None
"""Names and domains of outlets that are one; see ``ask.outlets``."""


# --- groups -------------------------------------------------------------------------------------


def list_groups(
    library: Library, query: CoverageQuery, outlets: Same, *, members: bool
) -> DuplicateGroups:
    """The duplicate groups of the index, page by page."""
    with library.consistent_read():
        page = _page(library, ClusterKind.GROUP, query, outlets)
        pks = library.coverage.members(cluster.key for cluster in page.clusters)
        shown = {cluster: _shown(cluster, pks[cluster.key]) for cluster in page.clusters}
        heads = library.catalog.heads(pk for some in shown.values() for pk in some)
        profiles = ProfileCache(library, page.snapshot)
        known = _known_originals(library.coverage, page.clusters, pks, page.snapshot.sequence)
        return DuplicateGroups(
            generation=page.snapshot.generation,
            total=page.total,
            groups=tuple(
                _group(
                    cluster,
                    some,
                    heads,
                    _members(profiles.get(some), some) if members else (),
                    original_known=cluster.key in known,
                )
                for cluster, some in shown.items()
            ),
            next_page_token=page.next_page_token,
            notes=page.notes,
        )


def show_group(library: Library, identity: str) -> GroupView:
    """A duplicate group whole: its members, and from whom each has the text."""
    with library.consistent_read():
        snapshot, coverage = library.snapshot(), library.coverage
        cluster = coverage.cluster(ClusterKind.GROUP, identity, snapshot.sequence)
        if cluster is None:
            raise NoSuchGroupError(f"There is no group {identity}.")
        pks = coverage.members([cluster.key])
        shown = _shown(cluster, pks[cluster.key])
        known = _known_originals(coverage, [cluster], pks, snapshot.sequence)
        profiles = ProfileCache(library, snapshot).get(shown)
        members = _members(profiles, shown)
        by_id = {profile.article.id: profile for profile in profiles.values()}
        original, *others = (by_id[member.article.id] for member in members)
        story = coverage.clusters_of(ClusterKind.STORY, shown[:1], snapshot.sequence)
        return GroupView(
            generation=snapshot.generation,
            group=_group(
                cluster,
                shown,
                library.catalog.heads(shown),
                members,
                original_known=cluster.key in known,
            ),
            agencies=credited_agencies(original.article),
            descent=tuple(map(_descent, parents(original, others), others)),
            story=story[cluster.lead].id if story else None,
        )


def _known_originals(
    coverage: Coverage, clusters: Iterable[Cluster], pks: Mapping[int, Sequence[int]], at: int
) -> set[int]:
    """Keys of the groups of which every other member is known to come from the first."""
    groups = list(clusters)
    edges = coverage.relations.edges_of(
        [group.lead for group in groups], at, p_duplicate=MIN_DUPLICATE
    )
    made_from: dict[int, set[int]] = {}
    for edge in edges:
        if edge.first is not None:
            other = edge.high if edge.first == edge.low else edge.low
            made_from.setdefault(edge.first, set()).add(other)
    return {
        group.key
        for group in groups
        if made_from.get(group.lead, set()) >= set(pks[group.key]) - {group.lead}
    }


def _shown(cluster: Cluster, pks: Sequence[int]) -> list[int]:
    """Keys of the members that are shown, the original's first."""
    others = [pk for pk in pks if pk != cluster.lead]
    return [cluster.lead, *others[: _MAX_MEMBERS - 1]]


def _group(
    cluster: Cluster,
    shown: Sequence[int],
    heads: Mapping[int, Article],
    members: tuple[GroupMember, ...],
    *,
    original_known: bool,
) -> DuplicateGroup:
    original = heads[cluster.lead]
    articles = [original, *sorted((heads[pk] for pk in shown[1:]), key=by_time)]
    names = (article.provider.name or article.provider.domain for article in articles)
    outlets = tuple(dict.fromkeys(name for name in names if name))
    return DuplicateGroup(
        id=cluster.id,
        original=original.id,
        original_known=original_known,
        title=cluster.title or "(no title)",
        size=cluster.size,
        providers=cluster.providers,
        first_published=None if cluster.first is None else from_timestamp(cluster.first),
        last_published=None if cluster.last is None else from_timestamp(cluster.last),
        members=members,
        outlets=outlets[:_MAX_OUTLETS],
    )


def _members(profiles: Mapping[int, Profile], shown: Sequence[int]) -> tuple[GroupMember, ...]:
    """The original, and what the others are to it, in order of time."""
    original = profiles[shown[0]]
    others = sorted((profiles[pk] for pk in shown[1:]), key=lambda other: by_time(other.article))
    members = [GroupMember(summary(original.article))]
    for other in others:
        judgement = judge(original, other)
        members.append(
            GroupMember(
                article=summary(other.article),
                relation=judgement.relation,
                p_duplicate=judgement.p_duplicate,
                lag_hours=lag_hours(other.article, original.article),
                lag_precision=lag_precision(other.article, original.article),
            )
        )
    return tuple(members)


def _descent(parent: Profile, member: Profile) -> Descent:
    relation = compare(parent, member)
    lineage = relation.lineage
    return Descent(
        article=member.article.id,
        parent=parent.article.id,
        relation=relation.relation,
        # Duplicates of the original need not be duplicates of each other.
        lineage=LineageKind.UNKNOWN if lineage is None else lineage.kind,
        source="" if lineage is None else lineage.source,
        reasons=() if lineage is None else lineage.reasons,
        agencies=credited_agencies(member.article),
    )


# --- stories ------------------------------------------------------------------------------------


def list_stories(library: Library, query: CoverageQuery, outlets: Same) -> Stories:
    """The stories of the index, page by page."""
    with library.consistent_read():
        page = _page(library, ClusterKind.STORY, query, outlets)
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
    _check_period(query)
    with library.consistent_read():
        snapshot = library.snapshot()
        only = _filter(query, snapshot, same_outlets(snapshot.providers, outlets))
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


# --- both ---------------------------------------------------------------------------------------


def cluster_ids(library: Library, kind: ClusterKind) -> list[str]:
    """The ids of all groups or stories of the newest generation, in their order."""
    with library.consistent_read():
        at = library.snapshot().sequence
        number = library.coverage.counts(at)[kind]
        _, clusters = library.coverage.listing(
            kind, at, ClusterFilter(), CoverageOrder.SIZE, 0, number
        )
        return sorted(cluster.id for cluster in clusters)


@dataclass(frozen=True, slots=True)
class _ClusterPage:
    """One page: groups or stories as a generation sees them, and how many there are in all.

    ``notes`` say why the filters may leave nothing.
    """

    snapshot: Snapshot
    total: int
    clusters: tuple[Cluster, ...]
    next_page_token: str | None
    notes: tuple[str, ...]


def _page(library: Library, kind: ClusterKind, query: CoverageQuery, outlets: Same) -> _ClusterPage:
    check_page(library.limits, query.k)
    _check_period(query)
    if query.page_token is None:
        snapshot = library.snapshot()
        page = Page(snapshot.generation, 0)
    else:
        page = read_page_token(library.page_secret(), query.page_token, query, kind)
        check_page(library.limits, query.k, page.offset)
        snapshot = library.snapshot_at(page.generation)
    same = same_outlets(snapshot.providers, outlets)
    total, clusters = library.coverage.listing(
        kind, snapshot.sequence, _filter(query, snapshot, same), query.order, page.offset, query.k
    )
    after, token = Page(page.generation, page.offset + len(clusters)), None
    if after.offset < total:
        token = page_token(library.page_secret(), after, query, kind)
    unknown = same.unknown([query.provider] if query.provider else [])
    names = {name for one, _ in snapshot.providers for name in (one.name, one.domain) if name}
    notes = tuple(not_here(Attribute.PROVIDER, one, names) for one in unknown)
    return _ClusterPage(snapshot, total, tuple(clusters), token, notes)


def _check_period(query: CoverageQuery) -> None:
    """Refuse a period that ends before it begins."""
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise InvalidQueryError(
            f"The period ends before it begins: from {query.since:%Y-%m-%d}, "
            f"but to {query.until - timedelta(seconds=1):%Y-%m-%d}.",
            "Swap the two dates.",
        )


def _filter(query: CoverageQuery, snapshot: Snapshot, same: SameOutlets) -> ClusterFilter:
    """A query as the catalog takes it: outlets are matched as the filters of a search match."""
    providers: tuple[Provider, ...] | None = None
    if query.provider:
        named = same.ways(normal_text(Attribute.PROVIDER, query.provider))
        providers = tuple(
            outlet
            for outlet, _ in snapshot.providers
            if named.intersection(
                normal_text(Attribute.PROVIDER, name) for name in (outlet.domain, outlet.name)
            )
        )
    return ClusterFilter(
        providers=providers,
        since=None if query.since is None else timestamp(query.since),
        until=None if query.until is None else timestamp(query.until),
        min_size=query.min_size,
        min_origins=query.min_origins,
    )
