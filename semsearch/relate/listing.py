"""Listing groups and stories, page by page, all pages from one generation."""

from dataclasses import dataclass
from datetime import timedelta

from semsearch.ask.page_tokens import Page, check_page, page_token, read_page_token
from semsearch.errors import InvalidQueryError
from semsearch.library import Library
from semsearch.model.article import Provider
from semsearch.model.coverage import CoverageQuery
from semsearch.model.filters import Attribute, normal_text, timestamp
from semsearch.store.catalog.clusters import Cluster, ClusterFilter, ClusterKind
from semsearch.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: groups or stories as a generation sees them, and how many there are in all."""

    snapshot: Snapshot
    total: int
    clusters: tuple[Cluster, ...]
    next_page_token: str | None


def listed(library: Library, kind: ClusterKind, query: CoverageQuery) -> Listed:
    """A page of groups or stories.

    Raises:
        InvalidQueryError: A parameter is out of range or beyond a limit.
        InvalidPageTokenError, StaleGenerationError: The page token cannot be used.
    """
    check_page(library.limits, query.k)
    check_period(query)
    if query.page_token is None:
        snapshot = library.snapshot()
        page = Page(snapshot.generation, 0, 0)
    else:
        page = read_page_token(query.page_token, query, kind)
        check_page(library.limits, query.k, page.offset)
        snapshot = library.snapshot_at(page.generation)
    total, clusters = library.coverage.listing(
        kind, snapshot.sequence, chosen(query, snapshot), query.order, page.offset, query.k
    )
    after = page.offset + len(clusters)
    token = page_token(Page(page.generation, after, 0), query, kind) if after < total else None
    return Listed(snapshot, total, tuple(clusters), token)


def check_period(query: CoverageQuery) -> None:
    """Refuse a period that ends before it begins.

    Raises:
        InvalidQueryError: It does.
    """
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise InvalidQueryError(
            f"The period ends before it begins: from {query.since:%Y-%m-%d}, "
            f"but to {query.until - timedelta(seconds=1):%Y-%m-%d}.",
            "Swap the two dates.",
        )


def chosen(query: CoverageQuery, snapshot: Snapshot) -> ClusterFilter:
    """What a query asks of a group or story, as the catalog takes it."""
    return ClusterFilter(
        providers=_spellings(query.provider, snapshot) if query.provider else None,
        since=None if query.since is None else timestamp(query.since),
        until=None if query.until is None else timestamp(query.until),
        min_size=query.min_size,
        min_origins=query.min_origins,
    )


def _spellings(wanted: str, snapshot: Snapshot) -> tuple[Provider, ...]:
    """The outlets that a domain or name stands for, found as the filters of a search find them."""
    value = normal_text(Attribute.PROVIDER, wanted)
    return tuple(
        outlet
        for outlet, _ in snapshot.providers
        if value in (normal_text(Attribute.PROVIDER, name) for name in (outlet.domain, outlet.name))
    )
