"""Duplicate groups that an indexing run touches, found anew."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from semsearch.model.article import Article
from semsearch.model.filters import timestamp
from semsearch.relate.groups import Group, Node, Pair, duplicate_groups
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import Cluster, ClusterKind, Edge, NewCluster
from semsearch.store.catalog.coverage import Coverage

DUPLICATE = 0.5  # the least probability of a link between duplicates
_COMPLETE = 40  # in components up to this size every two articles are compared

Judge = Callable[[Collection[tuple[int, int]]], Iterable[Edge]]


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What groups are from now on, and which are no more."""

    changed: tuple[NewCluster, ...]
    ended: tuple[str, ...]

    def of(self, coverage: Coverage, pks: Iterable[int]) -> dict[int, str]:
        """The groups that articles are in from now on, by every member of those groups.

        What changed is there whether asked for or not; articles in no group are missing.
        """
        replaced = {*self.ended, *(new.id for new in self.changed)}
        held = {
            cluster.key: cluster.id
            for cluster in coverage.clusters_of(ClusterKind.GROUP, pks).values()
            if cluster.id not in replaced
        }
        members = coverage.members(held)
        kept = {pk: held[key] for key, those in members.items() for pk in those}
        return kept | {pk: new.id for new in self.changed for pk in new.members}


def changed_groups(
    catalog: Catalog, coverage: Coverage, touched: Iterable[int], gone: Iterable[int], judge: Judge
) -> GroupChanges:
    """The groups around some articles.

    Args:
        catalog: Holds the articles.
        coverage: Holds the relations, those of new articles among them.
        touched: Keys of articles with new relations.
        gone: Keys of articles that are no more.
        judge: Relates pairs that were not neighbours.

    Returns:
        Changes against the groups of before; they do not depend on the order in which the
        articles came.
    """
    lost = set(gone)
    before = _groups_of(coverage, lost | set(touched))
    members = coverage.members(cluster.key for cluster in before.values())
    start = {pk for held in members.values() for pk in held} | set(touched)
    found: list[NewCluster] = []
    component, edges = _component(coverage, start - lost)
    if edges:
        heads = catalog.heads(component)
        for part, within in _parts(component, edges):
            found += _groups(part, within, heads, judge)
    for cluster in _groups_of(coverage, component).values():
        before.setdefault(cluster.id, cluster)
    members = coverage.members(cluster.key for cluster in before.values())
    after = {cluster.id: cluster for cluster in found}
    same = {
        identity
        for identity, new in after.items()
        if identity in before
        and tuple(members[before[identity].key]) == new.members
        and before[identity].lead == new.lead
    }
    return GroupChanges(
        tuple(new for identity, new in after.items() if identity not in same),
        tuple(identity for identity in before if identity not in after),
    )


def _groups_of(coverage: Coverage, pks: Iterable[int]) -> dict[str, Cluster]:
    return {one.id: one for one in coverage.clusters_of(ClusterKind.GROUP, pks).values()}


def _component(coverage: Coverage, start: set[int]) -> tuple[set[int], dict[tuple[int, int], Edge]]:
    """Everything that duplicates lead to from some articles, and all relations therein."""
    component: set[int] = set(start)
    edges: dict[tuple[int, int], Edge] = {}
    frontier = component
    while frontier:
        reached = set()
        for edge in coverage.edges_of(frontier):
            edges[edge.low, edge.high] = edge
            if edge.p_duplicate >= DUPLICATE:
                reached |= {edge.low, edge.high}
        frontier = reached - component
        component |= frontier
    within = {
        pair: edge for pair, edge in edges.items() if pair[0] in component and pair[1] in component
    }
    return component, within


def _parts(
    component: Iterable[int], edges: Mapping[tuple[int, int], Edge]
) -> Iterator[tuple[list[int], list[Edge]]]:
    """Parts of two articles or more that duplicates connect, and all relations within each."""
    home = {pk: pk for pk in component}

    def root(pk: int) -> int:
        while home[pk] != pk:
            home[pk] = home[home[pk]]
            pk = home[pk]
        return pk

    for (low, high), edge in edges.items():
        if edge.p_duplicate >= DUPLICATE:
            home[root(high)] = root(low)
    parts: dict[int, list[int]] = {}
    for pk in sorted(home):
        parts.setdefault(root(pk), []).append(pk)
    within: dict[int, list[Edge]] = {}
    for (low, high), edge in edges.items():
        if root(low) == root(high):
            within.setdefault(root(low), []).append(edge)
    for at, part in parts.items():
        if len(part) > 1:
            yield part, within[at]


def _groups(
    part: list[int], edges: list[Edge], heads: Mapping[int, Article], judge: Judge
) -> list[NewCluster]:
    held = {(edge.low, edge.high) for edge in edges}
    if len(part) <= _COMPLETE:
        edges = [*edges, *judge([pair for pair in combinations(part, 2) if pair not in held])]
    pks = {heads[pk].id: pk for pk in part}
    nodes = [Node(heads[pk].id, heads[pk].published) for pk in part]
    pairs = [
        Pair(
            heads[edge.low].id,
            heads[edge.high].id,
            edge.p_duplicate,
            edge.p_story,
            None if edge.first is None else heads[edge.first].id,
        )
        for edge in edges
    ]
    return [_cluster(group, pks, heads) for group in duplicate_groups(nodes, pairs, DUPLICATE)]


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
