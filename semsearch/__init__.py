"""semsearch: semantic search for news archives, with evidence for every claim.

``semsearch.open`` gives an ``Index``, which does everything that the product does. The names of
``__all__`` follow semantic versioning; everything else may change.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from semsearch.errors import SemsearchError
    from semsearch.index import Index
    from semsearch.model.article import Article, ArticleView, Provider
    from semsearch.model.check import DraftCheck
    from semsearch.model.clusters import (
        CoverageQuery,
        DuplicateGroups,
        DuplicatesFound,
        Stories,
        StoryView,
    )
    from semsearch.model.comparison import Comparison
    from semsearch.model.filters import Filters
    from semsearch.model.relation import Relation
    from semsearch.model.search import Hit, Query, SearchResults, SimilarResults
    from semsearch.model.status import IndexReport, IndexStatus, Skipped, Written

__version__ = "0.2.0.dev0"

__all__ = [
    "Article",
    "ArticleView",
    "Comparison",
    "CoverageQuery",
    "DraftCheck",
    "DuplicateGroups",
    "DuplicatesFound",
    "Filters",
    "Hit",
    "Index",
    "IndexReport",
    "IndexStatus",
    "Provider",
    "Query",
    "Relation",
    "SearchResults",
    "SemsearchError",
    "SimilarResults",
    "Skipped",
    "Stories",
    "StoryView",
    "Written",
    "__version__",
    "open",
]

# Where each name is defined. Nothing is imported before it is used: commands start quickly.
_DEFINED_IN = {
    "Article": "model.article",
    "ArticleView": "model.article",
    "Comparison": "model.comparison",
    "CoverageQuery": "model.clusters",
    "DraftCheck": "model.check",
    "DuplicateGroups": "model.clusters",
    "DuplicatesFound": "model.clusters",
    "Filters": "model.filters",
    "Hit": "model.search",
    "Index": "index",
    "IndexReport": "model.status",
    "IndexStatus": "model.status",
    "Provider": "model.article",
    "Query": "model.search",
    "Relation": "model.relation",
    "SearchResults": "model.search",
    "SemsearchError": "errors",
    "SimilarResults": "model.search",
    "Skipped": "model.status",
    "Stories": "model.clusters",
    "StoryView": "model.clusters",
    "Written": "model.status",
}


def open(  # noqa: A001 - semsearch.open, as gzip.open
    index: str | Path | None = None,
    *,
    create: bool = False,
    catalog: str = "",
    model: str = "",
    config: str | Path | None = None,
) -> "Index":
    """Open an index.

    Args:
        index: Its folder, or the address of Milvus; None: the one that the settings name.
        create: Make it if it is not there.
        catalog: URL of the catalog's database, where it is not in the folder.
        model: Name or folder of the encoder; empty: the configured one.
        config: A YAML file of settings; None: ``semsearch.yaml`` in the working folder if there
            is one. ``SEMSEARCH_*`` variables count as everywhere; arguments win over both.

    Raises:
        NoSuchIndexError: It is not there and is not to be made.
        ConfigurationError: A setting is wrong.
        FormatMismatchError, DamagedIndexError, StorageError: It cannot be opened.
    """
    from semsearch.assembly import open_index  # noqa: PLC0415 - it imports everything
    from semsearch.config import load_settings  # noqa: PLC0415

    settings = load_settings(None if config is None else Path(config))
    changed: dict[str, object] = {}
    if index is not None:
        changed["index"] = index if _is_address(index) else Path(index).expanduser()
    if catalog:
        changed["catalog"] = catalog
    if model:
        changed["model"] = settings.model.model_copy(update={"name": model})
    return open_index(settings.model_copy(update=changed), create=create)


def _is_address(index: str | Path) -> bool:
    return isinstance(index, str) and index.startswith("milvus+")


def __getattr__(name: str) -> object:
    if name not in _DEFINED_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_DEFINED_IN[name]}"), name)
    globals()[name] = found
    return found
