"""semsearch's word search alone (tantivy)."""

from pathlib import Path

from benchmarks.bench.peers.timing import seconds, timed
from semsearch.ask.retrieval import by_field
from semsearch.ask.terms import weigh
from semsearch.config import RankSettings
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.model.article import Article
from semsearch.model.filters import EVERYTHING
from semsearch.store.local.lexical import TantivyIndex, update_lexical


class WordSearch:
    """Title, lead and body, positions kept; questions without stop words."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        folder.mkdir(parents=True)
        sources = [one for one in find_files([corpus]) if isinstance(one, SourceFile)]
        read = [one for source in sources for one in read_file(source, ReadOptions())]
        articles = [one for one in read if isinstance(one, Article)]
        self._seconds = seconds(lambda: update_lexical(folder, enumerate(articles, start=1), []))
        self._index = TantivyIndex(folder)

    def seconds(self) -> float:
        """From articles to files."""
        return self._seconds

    def search(self, questions: list[str]) -> float:
        """Median milliseconds of a question for ten articles, its words' weights included."""
        index = self._index

        def one(question: str) -> None:
            terms = weigh(question, len(index), index)
            weights = {term.term: term.weight for term in terms if term.weight > 0}
            index.search(by_field(weights, RankSettings()), 10, EVERYTHING)

        return timed(questions, one)
