"""Duplicate groups as they are listed and shown."""

from collections.abc import Iterable, Mapping, Sequence

from semsearch.errors import NoSuchGroupError
from semsearch.library import Library
from semsearch.model.article import Article, by_time, lag_hours, lag_precision
from semsearch.model.clusters import (
    CoverageQuery,
    Descent,
    DuplicateGroup,
    DuplicateGroups,
    GroupMember,
    GroupView,
)
from semsearch.model.filters import from_timestamp
from semsearch.model.relation import LineageKind
from semsearch.model.search import summary
from semsearch.relate.facts import credited_agencies
from semsearch.relate.group_update import MIN_DUPLICATE
from semsearch.relate.lineage import follows_an_item, parents
from semsearch.relate.listing import Same, cluster_page
from semsearch.relate.profile import Profile, ProfileCache
from semsearch.relate.relate import compare, judge
from semsearch.store.catalog.clusters import Cluster, ClusterKind
from semsearch.store.catalog.coverage import Coverage

_MAX_MEMBERS = 200
_MAX_OUTLETS = 20


def list_groups(
    library: Library, query: CoverageQuery, outlets: Same, *, members: bool
) -> DuplicateGroups:
    """The duplicate groups of the index, page by page."""
    with library.consistent_read():
        page = cluster_page(library, ClusterKind.GROUP, query, outlets)
        pks = library.coverage.members(cluster.key for cluster in page.clusters)
        shown = {cluster: _shown(cluster, pks[cluster.key]) for cluster in page.clusters}
        heads = library.catalog.heads(pk for some in shown.values() for pk in some)
        profiles = ProfileCache(library, page.snapshot)
        known = _known_originals(
            library.coverage, page.clusters, pks, heads, page.snapshot.sequence
        )
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
        heads = library.catalog.heads(shown)
        known = _known_originals(coverage, [cluster], pks, heads, snapshot.sequence)
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
                heads,
                members,
                original_known=cluster.key in known,
            ),
            agencies=credited_agencies(original.article),
            descent=tuple(map(_descent, parents(original, others), others)),
            story=story[cluster.lead].id if story else None,
        )


def _known_originals(
    coverage: Coverage,
    clusters: Iterable[Cluster],
    pks: Mapping[int, Sequence[int]],
    heads: Mapping[int, Article],
    at: int,
) -> set[int]:
    """Keys of the groups of which every other member is known to come from the first.

    Where that one follows an earlier item, which is in no group with it, the original is not held.
    """
    groups = [one for one in clusters if not follows_an_item(heads[one.lead])]
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
