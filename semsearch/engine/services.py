"""The use cases of one index, built and ready."""

from dataclasses import dataclass

from semsearch.engine.comparison import Comparer
from semsearch.engine.duplicates import DuplicateFinder
from semsearch.engine.indexing import Indexer
from semsearch.engine.library import Library
from semsearch.engine.relating import Relater
from semsearch.engine.searching import Searcher
from semsearch.engine.similar import SimilarFinder
from semsearch.engine.stories import StoryFinder


@dataclass(frozen=True, slots=True)
class Services:
    """What commands and endpoints call."""

    library: Library
    searcher: Searcher
    similar: SimilarFinder
    indexer: Indexer
    relater: Relater
    duplicates: DuplicateFinder
    stories: StoryFinder
    comparer: Comparer

    def close(self) -> None:
        """Give back files and connections."""
        self.library.close()
