"""Update the duplicate groups that an indexing run touches."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import combinations

from semsearch.model.article import Article
from semsearch.model.filters import timestamp
from semsearch.relate.groups import Group, Node, Pair, connected, duplicate_groups
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import Cluster, ClusterKind, CoverageBatch, NewCluster
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import Edge

MIN_DUPLICATE = 0.5
"""The least probability of a link between duplicates."""
_COMPLETE = 40
"""In components up to this size every two articles are compared."""

Judge = Callable[[Collection[tuple[int, int]]], Iterable[Edge]]
Edges = Mapping[tuple[int, int], Edge]


def update_groups(
    catalog: Catalog,
    coverage: Coverage,
    touched: set[int],
    gone: set[int],
    judge: Judge,
) -> CoverageBatch:
    """Find the groups around some articles anew.

    Returns:
        Changes against the groups of before; they do not depend on the order in which the
        articles came.
    """
    before = _groups_of(coverage, gone | touched)
    members = coverage.members(cluster.key for cluster in before.values())
    component, edges = _component(coverage, touched.union(*members.values()) - gone)
    after = list(_regrouped(catalog, component, edges, judge))
    before |= _groups_of(coverage, component)
    members = coverage.members(cluster.key for cluster in before.values())
    return changes_of(ClusterKind.GROUP, before, members, after)


def changes_of(
    kind: ClusterKind,
    before: Mapping[str, Cluster],
    members: Mapping[int, Sequence[int]],
    after: Sequence[NewCluster],
    events: Sequence[tuple[str, str, str]] = (),
) -> CoverageBatch:
    """What is to be written of some groups or stories: those that are not as they were.

    Args:
        kind: Of both.
        before: As they were, by id.
        members: Of each of those, by key.
        after: As they are; those of ``before`` that are missing are no more.
        events: What happened to them, as the catalog keeps it.
    """

    def is_unchanged(new: NewCluster) -> bool:
        old = before.get(new.id)
        return (
            old is not None
            and tuple(members[old.key]) == new.members
            and (old.lead, old.title, old.origins) == (new.lead, new.title, new.origins)
        )

    ended = before.keys() - {new.id for new in after}
    return CoverageBatch(
        changed=tuple(new for new in after if not is_unchanged(new)),
        ended=tuple((kind, identity) for identity in sorted(ended)),
        events=events,
    )


def groups_after(coverage: Coverage, changes: CoverageBatch, pks: Iterable[int]) -> dict[int, str]:
    """The groups that articles are in after some changes, by every member of those groups.

    What changed is there whether asked for or not; articles in no group are missing.
    """
    replaced = {identity for _, identity in changes.ended} | {new.id for new in changes.changed}
    unchanged = {
        cluster.key: cluster.id
        for cluster in coverage.clusters_of(ClusterKind.GROUP, pks).values()
        if cluster.id not in replaced
    }
    members = coverage.members(unchanged)
    groups = {pk: unchanged[key] for key, pks_ in members.items() for pk in pks_}
    return groups | {pk: new.id for new in changes.changed for pk in new.members}


def _groups_of(coverage: Coverage, pks: Iterable[int]) -> dict[str, Cluster]:
    clusters = coverage.clusters_of(ClusterKind.GROUP, pks)
    return {cluster.id: cluster for cluster in clusters.values()}


def _component(coverage: Coverage, start: set[int]) -> tuple[set[int], Edges]:
    """Everything that duplicates lead to from some articles, and all relations therein."""
    component = set(start)
    edges: dict[tuple[int, int], Edge] = {}
    frontier = component
    while frontier:
        reached: set[int] = set()
        for edge in coverage.relations.edges_of(frontier):
            edges[edge.low, edge.high] = edge
            if edge.p_duplicate >= MIN_DUPLICATE:
                reached |= {edge.low, edge.high}
        frontier = reached - component
        component |= frontier
    return component, {pair: e for pair, e in edges.items() if component.issuperset(pair)}


def _regrouped(
    catalog: Catalog, component: Collection[int], edges: Edges, judge: Judge
) -> Iterable[NewCluster]:
    if not edges:
        return
    heads = catalog.heads(component)
    links = [pair for pair, edge in edges.items() if edge.p_duplicate >= MIN_DUPLICATE]
    parts = connected(sorted(component), links)
    part_of = {pk: number for number, part in enumerate(parts) for pk in part}
    within: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges.values():
        if part_of[edge.low] == part_of[edge.high]:
            within[part_of[edge.low]].append(edge)
    for number, part in enumerate(parts):
        if len(part) > 1:
            compared = within[number]
            if len(part) <= _COMPLETE:
                missing = [pair for pair in combinations(part, 2) if pair not in edges]
                compared = [*compared, *judge(missing)]
            nodes = [Node(heads[pk].id, heads[pk].published) for pk in part]
            pairs = [_pair(edge, heads) for edge in compared]
            pks = {heads[pk].id: pk for pk in part}
            for group in duplicate_groups(nodes, pairs, MIN_DUPLICATE):
                yield _cluster(group, pks, heads)


def _pair(edge: Edge, heads: Mapping[int, Article]) -> Pair:
    first = None if edge.first is None else heads[edge.first].id
    return Pair(heads[edge.low].id, heads[edge.high].id, edge.p_duplicate, edge.p_story, first)


def _cluster(group: Group, pks: Mapping[str, int], heads: Mapping[int, Article]) -> NewCluster:
    members = sorted(pks[identity] for identity in group.members)
    dates = [timestamp(date) for pk in members if (date := heads[pk].published) is not None]
    original = pks[group.original]
    return NewCluster(
        kind=ClusterKind.GROUP,
        id=hashlib.blake2b(group.original.encode(), digest_size=10).hexdigest(),
        lead=original,
        title=heads[original].title,
        providers=len({heads[pk].provider.key or heads[pk].id for pk in members}),
        origins=1,
        first=min(dates, default=None),
        last=max(dates, default=None),
        members=tuple(members),
    )
