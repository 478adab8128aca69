"""semsearch's vector search alone."""

from pathlib import Path

import numpy as np

from benchmarks.bench.peers.timing import Answers, Numbers, Vectors, answers, seconds
from semsearch.store.local.vectors import FaissIndex, write_vectors

_BLOCK = 8_192


class VectorSearch:
    """Flat while small, else codes in inverted lists whose candidates are scored exactly."""

    def __init__(self, source: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        vectors = np.load(source, mmap_mode="r")
        blocks = (vectors[at : at + _BLOCK] for at in range(0, len(vectors), _BLOCK))
        self._seconds = seconds(lambda: write_vectors(folder, blocks, vectors.shape[1]))
        self._index = FaissIndex(folder)

    def seconds(self) -> float:
        """From vectors to files."""
        return self._seconds

    def efforts(self) -> list[int]:
        """There is nothing to set."""
        return [0]

    def search(self, queries: Path, _effort: int) -> Answers:
        """Ten nearest of each query."""

        def one(query: Vectors) -> Numbers:
            return self._index.search(query, 10, None)[0]

        return answers(np.load(queries), one)


def gather(index: Path, path: Path) -> None:
    """Write the vectors of an index's passages, each once, as float16."""
    folders = {file.parent for file in index.glob("generations/*/segments/*/vectors.faiss")}
    held = [FaissIndex(folder) for folder in sorted(folders)]
    vectors = np.concatenate([one.vectors(np.arange(len(one))) for one in held])
    np.save(path, np.unique(vectors.astype(np.float16), axis=0))
