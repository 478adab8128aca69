"""The use cases of one index, built and ready."""

from dataclasses import dataclass

from semsearch.ask.searching import Searcher
from semsearch.ask.similar import SimilarFinder
from semsearch.compare.comparing import Comparer
from semsearch.indexing.indexer import Indexer
from semsearch.library.library import Library
from semsearch.relate.duplicates import DuplicateFinder
from semsearch.relate.relating import Relater
from semsearch.relate.story_lists import StoryFinder


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
