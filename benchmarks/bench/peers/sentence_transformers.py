"""sentence-transformers as it is installed: torch, its default settings."""

import time

from sentence_transformers import SentenceTransformer

from benchmarks.bench.peers.model import model_folder


class Encoding:
    """The encoder alone."""

    def __init__(self) -> None:
        self._model = SentenceTransformer(model_folder())
        self._model.encode(["warm up"] * 64)

    def encode(self, texts: list[str]) -> float:
        """Seconds that encoding takes."""
        started = time.perf_counter()
        self._model.encode(texts)
        return time.perf_counter() - started
