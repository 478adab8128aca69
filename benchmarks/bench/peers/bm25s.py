"""bm25s: scores of all words in advance, held in memory."""

import json
from pathlib import Path

import bm25s

from benchmarks.bench.peers.timing import seconds, timed


class WordSearch:
    """All fields as one text, its own English stop words, no stems."""

    def __init__(self, corpus: Path, folder: Path) -> None:
        records = [json.loads(line) for line in corpus.read_text("utf-8").splitlines()]
        texts = ["\n".join((one["title"], one["excerpt"], one["body"])) for one in records]
        self._index = bm25s.BM25()

        def fill() -> None:
            self._index.index(_tokens(texts), show_progress=False)
            self._index.save(str(folder))

        self._seconds = seconds(fill)

    def seconds(self) -> float:
        """From articles to an index that is saved."""
        return self._seconds

    def search(self, questions: list[str]) -> float:
        """Median milliseconds of a question for ten articles."""

        def one(question: str) -> None:
            self._index.retrieve(_tokens([question]), k=10, show_progress=False)

        return timed(questions, one)


def _tokens(texts: list[str]) -> bm25s.tokenization.Tokenized:
    return bm25s.tokenize(texts, stopwords="en", show_progress=False)
