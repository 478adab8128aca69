"""hnswlib: a graph, in float32."""

from pathlib import Path

import hnswlib
import numpy as np

from benchmarks.bench.peers.timing import Answers, Numbers, Vectors, answers, seconds


class VectorSearch:
    """16 links a vector, as its README proposes."""

    def __init__(self, source: Path, _folder: Path) -> None:
        vectors = np.load(source).astype(np.float32)
        self._index = hnswlib.Index(space="ip", dim=vectors.shape[1])
        self._index.init_index(max_elements=len(vectors), M=16, ef_construction=200)
        self._seconds = seconds(lambda: self._index.add_items(vectors))

    def seconds(self) -> float:
        """From vectors to an index in memory."""
        return self._seconds

    def efforts(self) -> list[int]:
        """Candidates that are kept while searching."""
        return [10, 20, 40, 80, 160, 320, 640]

    def search(self, queries: Path, effort: int) -> Answers:
        """Ten nearest of each query."""
        self._index.set_ef(effort)

        def one(query: Vectors) -> Numbers:
            return self._index.knn_query(query, k=10, num_threads=1)[0][0]

        return answers(np.load(queries), one)
