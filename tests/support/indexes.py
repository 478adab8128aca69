"""Indexes for tests: opened, and looked at from outside."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from semsearch.assembly import open_index as assemble
from semsearch.config import ServiceSettings, Settings
from semsearch.encode.encoder import Encoder
from semsearch.index import Index
from semsearch.library import Repair
from semsearch.model.article import Article
from semsearch.model.search import Mode, Query, SearchResults, SimilarResults
from semsearch.store.catalog.catalog import Catalog
from tests.support.encoder import HashingEncoder


def open_index(
    folder: Path,
    encoder: Encoder,
    on_repair: Callable[[Repair], None] = lambda _: None,
    limits: ServiceSettings = ServiceSettings(),
    *,
    create: bool = True,
) -> Index:
    """The index in a folder, made if it is not there."""
    return assemble(
        Settings(index=folder), create=create, encoder=encoder, on_repair=on_repair, limits=limits
    )


def open_catalog(folder: Path) -> Catalog:
    """A new catalog in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(f"sqlite:///{folder / 'catalog.db'}")
    catalog.create()
    return catalog


def held(index: Index) -> dict[str, Article]:
    """Every current article by id, stubs included."""
    return {article.id: article for article in index.library.catalog.all_articles()}


def ask(index: Index, text: str, mode: Mode = Mode.DENSE, k: int = 1_000) -> SearchResults:
    """All hits of a question."""
    return index.search(Query(text, k=k, mode=mode))


def ids(results: SearchResults | SimilarResults) -> list[str]:
    """The ids of the hits in order."""
    return [hit.article.id for hit in results.hits]


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below a folder with its inode, time of change and bytes."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            path.read_bytes(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of durable writes take seconds there."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it is private
    place = memory if memory.is_dir() else None
    # A thread of tantivy may make its lock while the folder is removed.
    with TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def filled_index(articles: Iterable[Article] = (), *, dimension: int = 64) -> Iterator[Index]:
    """An index of some articles, in memory."""
    with fast_folder() as folder:
        index = open_index(folder / "index", HashingEncoder(dimension=dimension))
        if articles:
            index.add(articles)
        yield index
        index.close()
