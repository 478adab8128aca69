"""One page of a list of groups or stories; all pages of a list are of one generation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from semsearch.ask.outlets import SameOutlets, same_outlets
from semsearch.ask.page_tokens import Page, check_page, page_token, read_page_token
from semsearch.ask.unknown_values import KnownValues
from semsearch.errors import InvalidQueryError
from semsearch.library import Library
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.filters import Attribute, Filters, normal_text, timestamp
from semsearch.store.catalog.clusters import Cluster, ClusterFilter, ClusterKind
from semsearch.store.snapshot import Snapshot

Same = Mapping[str, str] | None
"""Names and domains of outlets that are one; see ``ask.outlets``."""


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
class ClusterPage:
    """One page: groups or stories as a generation sees them, and how many there are in all.

    ``notes`` say why the filters may leave nothing.
    """

    snapshot: Snapshot
    total: int
    clusters: tuple[Cluster, ...]
    next_page_token: str | None
    notes: tuple[str, ...]


def cluster_page(
    library: Library, kind: ClusterKind, query: CoverageQuery, outlets: Same
) -> ClusterPage:
    """The page that a query asks for; a first one is of the newest generation."""
    check_page(library.limits, query.k)
    check_period(query)
    if query.page_token is None:
        snapshot = library.snapshot()
        page = Page(snapshot.generation, 0)
    else:
        page = read_page_token(library.page_secret(), query.page_token, query, kind)
        check_page(library.limits, query.k, page.offset)
        snapshot = library.snapshot_at(page.generation)
    same = same_outlets(snapshot.providers, outlets)
    total, clusters = library.coverage.listing(
        kind,
        snapshot.sequence,
        cluster_filter(query, snapshot, same),
        query.order,
        page.offset,
        query.k,
    )
    after, token = Page(page.generation, page.offset + len(clusters)), None
    if after.offset < total:
        token = page_token(library.page_secret(), after, query, kind)
    filters = Filters(provider=(query.provider,) if query.provider else ())
    notes = KnownValues(snapshot, same).unknown(filters)
    return ClusterPage(snapshot, total, tuple(clusters), token, notes)


def check_period(query: CoverageQuery) -> None:
    """Refuse a period that ends before it begins."""
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise InvalidQueryError(
            f"The period ends before it begins: from {query.since:%Y-%m-%d}, "
            f"but to {query.until - timedelta(seconds=1):%Y-%m-%d}.",
            "Swap the two dates.",
        )


def cluster_filter(query: CoverageQuery, snapshot: Snapshot, same: SameOutlets) -> ClusterFilter:
    """A query as the catalog takes it: outlets are matched as the filters of a search match."""
    providers = None
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
