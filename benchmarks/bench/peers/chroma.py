"""Chroma: a persistent collection, encoded by sentence-transformers."""

import shutil
import sys
import time
from pathlib import Path

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.bench.peers.model import model_folder, read_rows

_QUIET = Settings(anonymized_telemetry=False)
_COSINE = {"hnsw:space": "cosine"}


class Indexing:
    """Indexing with the model loaded."""

    def __init__(self) -> None:
        self._encode = SentenceTransformerEmbeddingFunction(model_name=model_folder())
        self._encode(["warm up"] * 64)

    def index(self, rows: Path, folder: Path) -> float:
        """Seconds from rows to a collection on the disk."""
        shutil.rmtree(folder, ignore_errors=True)
        held = read_rows(rows)
        started = time.perf_counter()
        client = chromadb.PersistentClient(str(folder), settings=_QUIET)
        collection = client.create_collection(
            "articles", embedding_function=self._encode, metadata=_COSINE
        )
        most = client.get_max_batch_size()
        for first in range(0, len(held), most):
            identities, texts = zip(*held[first : first + most], strict=True)
            collection.add(ids=list(identities), documents=list(texts))
        seconds = time.perf_counter() - started
        client.close()
        return seconds


class Asking:
    """A collection, opened."""

    def __init__(self, folder: Path) -> None:
        client = chromadb.PersistentClient(str(folder), settings=_QUIET)
        encode = SentenceTransformerEmbeddingFunction(model_name=model_folder())
        self._collection = client.get_collection("articles", embedding_function=encode)
        self.ask("warm up")

    def ask(self, question: str) -> int:
        """How many of ten hits there are."""
        return len(self._collection.query(query_texts=[question], n_results=10)["ids"][0])


if __name__ == "__main__":
    Asking(Path(sys.argv[1])).ask(sys.argv[2])
