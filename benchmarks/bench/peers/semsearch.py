"""semsearch itself, through the objects that its commands and its service use."""

import shutil
import time
from pathlib import Path

import numpy as np

from benchmarks.bench.peers.model import write_rows
from semsearch.ask.retrieval import by_field
from semsearch.ask.terms import weigh
from semsearch.assembly import build_encoder, open_index
from semsearch.config import RankSettings, load_settings
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.model.article import FIELDS, Article
from semsearch.model.filters import EVERYTHING
from semsearch.model.search import Query
from semsearch.text.passages import split_article

POOL = 200  # candidates of each kind that are drawn for an answer


class Encoding:
    """The encoder alone."""

    def __init__(self) -> None:
        self._encoder = build_encoder(load_settings().model)
        self._encoder.encode_documents(["warm up"] * 64)

    def tokens(self, texts: list[str]) -> int:
        """Word pieces of all texts."""
        return sum(self._encoder.count_tokens(texts))

    def encode(self, texts: list[str]) -> float:
        """Seconds that encoding takes."""
        started = time.perf_counter()
        self._encoder.encode_documents(texts)
        return time.perf_counter() - started

    def write_queries(self, questions: list[str], path: Path) -> None:
        """Write the questions' vectors, shape (questions, dimension)."""
        np.save(path, np.stack([self._encoder.encode_query(each) for each in questions]))

    def write_passages(self, corpus: Path, path: Path) -> None:
        """Write the rows of title, excerpt and body passages of each article.

        They are cut as the index cuts them, so the peers encode the same fields. The leads that
        semsearch encodes beside them are its own affair.
        """
        rows = []
        sources = [one for one in find_files([corpus]) if isinstance(one, SourceFile)]
        for article in (one for source in sources for one in read_file(source, ReadOptions())):
            if isinstance(article, Article):
                pieces = split_article(
                    article, self._encoder.count_tokens, self._encoder.passage_budget, overlap=1
                )
                rows += [
                    (f"{article.id}#{number}", piece.text)
                    for number, piece in enumerate(pieces)
                    if piece.passage.field in FIELDS
                ]
        write_rows(path, rows)


class Indexing:
    """What an indexing command does, with the encoder loaded."""

    def __init__(self) -> None:
        self._encoder = build_encoder(load_settings().model)
        self._encoder.encode_documents(["warm up"] * 64)

    def index(self, corpus: Path, folder: Path) -> float:
        """Seconds from the file to an index that is durable, searchable, and related."""
        shutil.rmtree(folder, ignore_errors=True)
        settings = load_settings().model_copy(update={"index": folder})
        started = time.perf_counter()
        services = open_index(settings, create=True, encoder=self._encoder)
        services.add_files(corpus)
        services.close()
        return time.perf_counter() - started


class Asking:
    """An index, opened."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings().model_copy(update={"index": folder})
        self._services = open_index(settings)
        self._services.search(Query("warm up"))

    def ask(self, question: str) -> int:
        """How many of ten hits there are."""
        return len(self._services.search(Query(question)).hits)

    def bare(self, question: str) -> float:
        """Seconds of what no answer can do without: encoding, drawing candidates of both kinds."""
        library = self._services.library
        snapshot = library.snapshot()
        terms = weigh(question, len(snapshot), snapshot.words)
        weights = {term.term: term.weight for term in terms if term.weight > 0}
        weighed = by_field(weights, RankSettings())
        started = time.perf_counter()
        snapshot.vectors.nearest(library.encoder.encode_query(question), POOL, EVERYTHING)
        snapshot.words.search(weighed, POOL, EVERYTHING)
        return time.perf_counter() - started
