"""Update the duplicate groups that an indexing run touches."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from semsearch.model.article import Article
from semsearch.model.filters import timestamp
from semsearch.relate.groups import Group, Node, Pair, connected, duplicate_groups
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import Cluster, ClusterKind, Edge, NewCluster
from semsearch.store.catalog.coverage import Coverage

MIN_DUPLICATE = 0.5
"""The least probability of a link between duplicates."""
_COMPLETE = 40
"""In components up to this size every two articles are compared."""

Judge = Callable[[Collection[tuple[int, int]]], Iterable[Edge]]
Edges = Mapping[tuple[int, int], Edge]


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What groups are from now on, and ids of those that are no more."""

    changed: tuple[NewCluster, ...]
    ended: tuple[str, ...]

    def groups_of(self, coverage: Coverage, pks: Iterable[int]) -> dict[int, str]:
        """The groups that articles are in from now on, by every member of those groups.

        What changed is there whether asked for or not; articles in no group are missing.
        """
        replaced = {*self.ended, *(new.id for new in self.changed)}
        unchanged = {
            cluster.key: cluster.id
            for cluster in coverage.clusters_of(ClusterKind.GROUP, pks).values()
            if cluster.id not in replaced
        }
        members = coverage.members(unchanged)
        groups = {pk: unchanged[key] for key, pks_ in members.items() for pk in pks_}
        return groups | {pk: new.id for new in self.changed for pk in new.members}


def update_groups(
    catalog: Catalog, coverage: Coverage, touched: Iterable[int], gone: Iterable[int], judge: Judge
) -> GroupChanges:
    """Find the groups around some articles anew.

    Args:
        catalog: Holds the articles.
        coverage: Holds the relations, those of new articles among them.
        touched: Keys of articles with new relations.
        gone: Keys of articles that are no more.
        judge: Relates pairs that were no candidates.

    Returns:
        Changes against the groups of before; they do not depend on the order in which the
        articles came.
    """
    gone, touched = set(gone), set(touched)
    before = _groups_of(coverage, gone | touched)
    members = coverage.members(cluster.key for cluster in before.values())
    start = touched.union(*members.values()) - gone
    component, edges = _component(coverage, start)
    after = {new.id: new for new in _regrouped(catalog, component, edges, judge)}
    before = _groups_of(coverage, component) | before
    members = coverage.members(cluster.key for cluster in before.values())

    def is_unchanged(new: NewCluster) -> bool:
        old = before.get(new.id)
        return old is not None and (tuple(members[old.key]), old.lead) == (new.members, new.lead)

    return GroupChanges(
        tuple(new for new in after.values() if not is_unchanged(new)),
        tuple(identity for identity in before if identity not in after),
    )


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
        for edge in coverage.edges_of(frontier):
            edges[edge.low, edge.high] = edge
            if edge.p_duplicate >= MIN_DUPLICATE:
                reached |= {edge.low, edge.high}
        frontier = reached - component
        component |= frontier
    return component, {pair: e for pair, e in edges.items() if component.issuperset(pair)}


def _regrouped(
    catalog: Catalog, component: Collection[int], edges: Edges, judge: Judge
) -> Iterable[NewCluster]:
    """The groups among some articles."""
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
