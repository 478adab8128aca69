"""Status of an index: counts, sizes, model, lag; its providers and topics."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from semsearch import __version__
from semsearch.ask.outlets import SameOutlets, folded
from semsearch.library import Library
from semsearch.model.article import Provider
from semsearch.model.status import (
    IndexStatus,
    Lag,
    ModelStatus,
    ProviderCount,
    ProviderList,
    TopicCount,
    TopicList,
)
from semsearch.store.catalog.feeds import FeedStore
from semsearch.store.snapshot import Snapshot


def status(library: Library, outlets: Mapping[str, str] | None = None) -> IndexStatus:
    """Counts, sizes and the model of the newest generation.

    Args:
        library: The index.
        outlets: Names and domains, and the domain of the outlet that each is.

    Raises:
        NoSuchIndexError: Nothing has been indexed yet.
    """
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
        providers=len(_outlets(snapshot, outlets)),
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


def providers(library: Library, outlets: Mapping[str, str] | None = None) -> ProviderList:
    """Every provider with its number of articles, most first.

    An outlet that some records name without its domain is listed once.
    """
    snapshot = library.snapshot()
    counts = _outlets(snapshot, outlets)
    order = sorted(counts, key=lambda one: (-counts[one], one.domain, one.name))
    rows = (ProviderCount(provider, counts[provider]) for provider in order)
    return ProviderList(snapshot.generation, tuple(rows))


def _outlets(snapshot: Snapshot, outlets: Mapping[str, str] | None) -> dict[Provider, int]:
    same = SameOutlets([provider for provider, _ in snapshot.providers], outlets)
    fullest_first = sorted(snapshot.providers, key=lambda row: not (row[0].name and row[0].domain))
    return folded(fullest_first, same.key)


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
