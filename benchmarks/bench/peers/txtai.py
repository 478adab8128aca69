"""txtai: content (SQLite), hybrid (FAISS and its BM25)."""

import shutil
import sys
import time
from pathlib import Path

from txtai import Embeddings

from benchmarks.bench.peers.model import model_folder, read_rows


class Indexing:
    """Indexing with the model loaded."""

    def __init__(self) -> None:
        self._embeddings = Embeddings(path=model_folder(), content=True, hybrid=True)
        self._embeddings.index([("warm", "warm up", None)])

    def index(self, rows: Path, folder: Path) -> float:
        """Seconds from rows to an index on the disk."""
        shutil.rmtree(folder, ignore_errors=True)
        held = [(identity, text, None) for identity, text in read_rows(rows)]
        started = time.perf_counter()
        self._embeddings.index(held)
        self._embeddings.save(str(folder))
        return time.perf_counter() - started


class Asking:
    """An index, opened."""

    def __init__(self, folder: Path) -> None:
        self._embeddings = Embeddings()
        self._embeddings.load(str(folder))
        self._embeddings.search("warm up", 10)

    def ask(self, question: str) -> int:
        """How many of ten hits there are."""
        return len(self._embeddings.search(question, 10))


if __name__ == "__main__":
    Asking(Path(sys.argv[1])).ask(sys.argv[2])
