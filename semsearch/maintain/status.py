"""Status of an index: counts, sizes, model, lag; its providers and topics."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from semsearch import __version__
from semsearch.ask.outlets import folded, same_outlets
from semsearch.library import Library
from semsearch.model.article import Provider
from semsearch.model.status import (
    IndexStatus,
    Lag,
    ModelStatus,
    ProviderCount,
    ProviderList,
    Readiness,
    TopicCount,
    TopicList,
)
from semsearch.store.catalog.feeds import FeedStore
from semsearch.store.snapshot import Snapshot


class OutletCounts:
    """The outlets of an index with their numbers of articles, counted once for a generation."""

    def __init__(self, outlets: Mapping[str, str] | None = None) -> None:
        self._outlets = outlets
        self._counted: tuple[Snapshot, dict[Provider, int]] | None = None

    def of(self, snapshot: Snapshot) -> dict[Provider, int]:
        """Those of a generation."""
        counted = self._counted
        if counted is None or counted[0] is not snapshot:
            same = same_outlets(snapshot.providers, self._outlets)
            fullest_first = sorted(
                snapshot.providers, key=lambda row: not (row[0].name and row[0].domain)
            )
            counted = snapshot, folded(fullest_first, same.key)
            self._counted = counted
        return counted[1]


def status(library: Library, outlets: OutletCounts | None = None) -> IndexStatus:
    """Counts, sizes and the model of the newest generation."""
    snapshot = library.snapshot()
    manifest = library.generations.manifest(snapshot.generation)
    encoder = manifest.encoder
    backend = library.generations
    return IndexStatus(
        version=__version__,
        generation=manifest.generation,
        sequence=manifest.sequence,
        catalog_sequence=library.catalog.sequence,
        articles=manifest.articles,
        stubs=manifest.stubs,
        passages=manifest.passages,
        providers=len((outlets or OutletCounts()).of(snapshot)),
        topics=len(snapshot.topics),
        vectors=manifest.vectors,
        segments=len(manifest.segments),
        model=ModelStatus(
            name=encoder["model"],
            **{key: value for key, value in encoder.items() if key != "model"},
        ),
        bytes={
            "catalog": sum(_size(path) for path in library.folder.glob("catalog.db*")),
            **backend.sizes(manifest.generation),
        },
        engine={"catalog": library.catalog.database.dialect, **backend.capabilities()},
        lag=lag(library, manifest.sequence, backend.published_at(manifest.generation)),
        feeds=FeedStore(library.catalog.database).counts(datetime.now(UTC)),
    )


def lag(library: Library, sequence: int, published_at: float) -> Lag:
    """How far what is searched is behind what is durable."""
    behind = max(0, library.catalog.sequence - sequence)
    return Lag(
        writes=behind,
        seconds=round(max(0.0, time.time() - published_at), 1) if behind else 0.0,
        set_aside=len(library.generations.refused()),
        unrelated=max(0, library.catalog.sequence - library.coverage.related_until),
    )


def published(library: Library) -> datetime:
    """When the newest generation was published."""
    written = library.generations.published_at(library.snapshot().generation)
    return datetime.fromtimestamp(written, UTC)


def readiness(library: Library) -> Readiness:
    """Whether questions can be answered now; see ``Index.readiness``."""
    library.refresh()
    library.encoder.encode_query("ready?")
    snapshot = library.snapshot()
    return Readiness(
        status="ok",
        generation=snapshot.generation,
        sequence=snapshot.sequence,
        unpublished_writes=library.catalog.sequence - snapshot.sequence,
        model=library.encoder.spec.model,
    )


def providers(library: Library, outlets: OutletCounts) -> ProviderList:
    """Every provider with its number of articles, most first.

    An outlet that some records name without its domain is listed once.
    """
    snapshot = library.snapshot()
    counts = outlets.of(snapshot)
    order = sorted(counts, key=lambda one: (-counts[one], one.domain, one.name))
    rows = (ProviderCount(provider, counts[provider]) for provider in order)
    return ProviderList(snapshot.generation, tuple(rows))


def topics(library: Library) -> TopicList:
    """Every topic with its number of articles."""
    snapshot = library.snapshot()
    return TopicList(
        snapshot.generation, tuple(TopicCount(name, number) for name, number in snapshot.topics)
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # retired while we were looking
        return 0
