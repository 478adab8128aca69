"""Vector search by FAISS; the only module that imports it."""

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from semsearch.errors import ConfigurationError, DamagedIndexError, StorageError

# Exact search over half-precision vectors: half the memory of float32 and, being bound by
# memory, faster; scores differ by less than 0.0005.
EXACT = "SQfp16"


class VectorIndex:
    """Unit vectors numbered from 0; scores are cosines.

    Raises:
        DamagedIndexError: The file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._index: Any = faiss.read_index(str(path))
        except RuntimeError as error:
            raise DamagedIndexError(f"{path} is not a readable vector index.") from error

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    def search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The nearest vectors, nearest first.

        Args:
            query: Unit vector of shape (dimension,).
            k: At most so many.
            allowed: Which vectors may be returned, shape (n,); None: all.

        Returns:
            Numbers and cosines, both of the same length, at most ``k``.
        """
        k = min(k, len(self))
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, numbers = self._index.search(query[np.newaxis, :], k, params=parameters)
        found = numbers[0] >= 0
        return numbers[0][found], scores[0][found]

    def products(
        self, queries: NDArray[np.float32], numbers: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Exact inner products of some vectors with queries.

        Each is summed by itself, so it does not depend on which others are asked for.

        Args:
            queries: Shape (q, dimension).
            numbers: Which vectors.

        Returns:
            Shape (q, len(numbers)).
        """
        products: NDArray[np.float32] = np.einsum("ij,kj->ki", self.vectors(numbers), queries)
        return products

    def vectors(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Some of the vectors, shape (len(numbers), dimension)."""
        if not len(numbers):
            return np.empty((0, self._index.d), np.float32)
        held: NDArray[np.float32] = self._index.reconstruct_batch(np.ascontiguousarray(numbers))
        return held


def write_vectors(path: Path, vectors: NDArray[np.float16], dimension: int, kind: str) -> None:
    """Write a vector index file.

    Args:
        path: Where to.
        vectors: Unit vectors of shape (n, dimension).
        dimension: Needed when there are none.
        kind: A FAISS factory string.

    Raises:
        ConfigurationError: FAISS does not know the factory string.
        StorageError: The file cannot be written.
    """
    try:
        index = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise ConfigurationError(f"FAISS does not know the index type {kind!r}.") from error
    matrix = np.ascontiguousarray(vectors, np.float32)
    if not index.is_trained:
        index.train(matrix)
    if len(matrix):
        index.add(matrix)
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise StorageError(f"{path} cannot be written.", "Check free space.") from error
