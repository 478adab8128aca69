"""usearch: a graph, in float16."""

from pathlib import Path

import numpy as np
from usearch.index import Index

from benchmarks.bench.peers.timing import Answers, Numbers, Vectors, answers, seconds


class VectorSearch:
    """16 links a vector, its default."""

    def __init__(self, source: Path, _folder: Path) -> None:
        vectors = np.load(source)
        self._index = Index(ndim=vectors.shape[1], metric="ip", dtype="f16")
        self._seconds = seconds(lambda: self._index.add(np.arange(len(vectors)), vectors))

    def seconds(self) -> float:
        """From vectors to an index in memory."""
        return self._seconds

    def efforts(self) -> list[int]:
        """Candidates that are kept while searching."""
        return [10, 20, 40, 80, 160, 320, 640]

    def search(self, queries: Path, effort: int) -> Answers:
        """Ten nearest of each query."""
        self._index.expansion_search = effort
        asked = np.load(queries).astype(np.float16)

        def one(query: Vectors) -> Numbers:
            return self._index.search(query, 10, threads=1).keys

        return answers(asked, one)
