"""Describe: what is in the index."""

from pathlib import Path

from semsearch import __version__
from semsearch.articles.status import (
    IndexStatus,
    ModelStatus,
    ProviderCount,
    ProviderList,
    TopicCount,
    TopicList,
)
from semsearch.engine.library import Library


def status(library: Library) -> IndexStatus:
    """Counts, sizes and the model of the newest generation.

    Raises:
        NoSuchIndexError: Nothing has been indexed yet.
    """
    snapshot = library.snapshot()
    manifest = library.generations.manifest(snapshot.generation)
    encoder = manifest.encoder
    generation = library.folder / "generations" / str(manifest.generation)
    return IndexStatus(
        version=__version__,
        generation=manifest.generation,
        sequence=manifest.sequence,
        catalog_sequence=library.catalog.sequence,
        articles=manifest.articles,
        stubs=manifest.stubs,
        passages=manifest.passages,
        providers=len(snapshot.providers()),
        topics=len(snapshot.topics()),
        vectors=manifest.vectors,
        segments=len(manifest.segments),
        model=ModelStatus(
            name=encoder["model"],
            **{key: value for key, value in encoder.items() if key != "model"},
        ),
        bytes={
            "catalog": sum(_size(path) for path in library.folder.glob("catalog.db*")),
            "vectors": sum(_size(path) for path in generation.rglob("*.faiss")),
            "lexical": sum(_size(path) for path in (generation / "lexical").rglob("*")),
            "generation": sum(_size(path) for path in generation.rglob("*")),
        },
    )


def providers(library: Library) -> ProviderList:
    """Every provider with its number of articles."""
    snapshot = library.snapshot()
    rows = (ProviderCount(provider, number) for provider, number in snapshot.providers())
    return ProviderList(snapshot.generation, tuple(rows))


def topics(library: Library) -> TopicList:
    """Every topic with its number of articles."""
    snapshot = library.snapshot()
    return TopicList(
        snapshot.generation, tuple(TopicCount(name, number) for name, number in snapshot.topics())
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # retired while we were looking
        return 0
