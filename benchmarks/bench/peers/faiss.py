"""FAISS itself, with the type of index that semsearch takes for as many vectors."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.bench.peers.timing import Answers, Numbers, Vectors, answers, seconds

_FACTOR = 20  # candidates that are scored again, for each one wanted: 200 of 10
_EFFORTS = [16, 32, 64, 128, 256, 512]


class VectorSearch:
    """``SQfp16``, or inverted lists of codes of one bit that are refined by it.

    Args:
        source: Vectors.
        folder: Where semsearch wrote its files of them.
    """

    def __init__(self, source: Path, folder: Path) -> None:
        vectors = np.load(source).astype(np.float32)
        lists = _lists(folder)
        kind = f"IVF{lists},RaBitQ,Refine(SQfp16)" if lists else "SQfp16"
        self._index: Any = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)

        def fill() -> None:
            self._index.train(vectors)
            self._index.add(vectors)

        self._seconds = seconds(fill)

    def seconds(self) -> float:
        """From vectors to an index in memory."""
        return self._seconds

    def efforts(self) -> list[int]:
        """Lists that are looked into."""
        return _EFFORTS if isinstance(self._index, faiss.IndexRefine) else [0]

    def search(self, queries: Path, effort: int) -> Answers:
        """Ten nearest of each query."""
        faiss.omp_set_num_threads(1)
        parameters = None
        if effort:
            inner = faiss.IVFRaBitQSearchParameters(nprobe=effort)  # type: ignore[call-arg]
            parameters = faiss.IndexRefineSearchParameters(
                k_factor=_FACTOR,  # type: ignore[call-arg]
                base_index_params=inner,
            )

        def one(query: Vectors) -> Numbers:
            return self._index.search(query[np.newaxis], 10, params=parameters)[1][0]

        return answers(np.load(queries), one)


def _lists(folder: Path) -> int:
    """How many inverted lists semsearch made of the same vectors; 0 if it compares them all."""
    path = folder / "coarse.faiss"
    if not path.exists():
        return 0
    index: Any = faiss.read_index(str(path))
    return int(index.nlist)
