"""Vector search by FAISS; the only module that imports it.

``vectors.faiss`` holds the vectors of a segment in half precision, in a flat index that is
memory-mapped: they are read from the disk as they are needed, and searching all of them is exact.
A large segment has ``coarse.faiss`` beside it, an index of codes of one bit a dimension in inverted
lists. It proposes candidates, and the vectors themselves score them: cosines are always exact, and
what the codes can do is to miss a candidate (docs/decisions/0019).
"""

import os
from collections.abc import Iterable
from math import ceil, sqrt
from pathlib import Path
from typing import Any, BinaryIO

import faiss
import numpy as np
from numpy.typing import NDArray

from semsearch.errors import ConfigurationError, DamagedIndexError, StorageError
from semsearch.store.whitening import widen

Half = NDArray[np.float16]
Numbers = NDArray[np.int64]
Scores = NDArray[np.float32]

AUTO = "auto"
FLAT = "flat"
IVF = "ivf"
_FACTORY_STRINGS = {"hnsw": "HNSW32,SQ8"}
_EXACT = (FLAT, "Flat", "SQfp16")
_VECTORS = "vectors.faiss"
_COARSE = "coarse.faiss"

# Up to here all vectors are compared in the time that the rest of an answer takes.
_EXACT_UP_TO = 100_000
# So few are compared faster one by one than by scanning the index for them.
_FEW = 20_000
_BLOCK = 4_096  # rows that are widened at once

_LISTS_PER_ROOT = 2  # inverted lists: twice the root of the number of vectors
_PER_LIST = 40  # vectors that a list's place is learned from
_ROUNDS = 8  # of k-means
_ADDED_AT_ONCE = 65_536
_PROBES = 160  # lists that are looked into where nothing is filtered
_DRAWN_PER_HIT = 3  # candidates by codes for each one that is wanted
_DRAWN_AT_LEAST = 400

_FILTERING = (faiss.IndexIVF, faiss.IndexHNSW)  # types that search among some vectors only


class FaissIndex:
    """Unit vectors numbered from 0; scores are cosines.

    Raises:
        DamagedIndexError: A file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._flat = _read(folder / _VECTORS)
        coarse = folder / _COARSE
        self._coarse = _read(coarse) if coarse.exists() else None
        size = len(self) * self._flat.code_size
        codes = faiss.rev_swig_ptr(self._flat.codes.data(), size) if size else np.empty(0, np.uint8)
        self._codes: NDArray[np.uint8] = codes.reshape(len(self), self._flat.code_size)

    def __len__(self) -> int:
        """How many vectors there are."""
        return int(self._flat.ntotal)

    @property
    def has_codes(self) -> bool:
        """Whether candidates are proposed by codes, and not all vectors compared."""
        return self._coarse is not None

    def search(
        self, query: Scores, k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[Numbers, Scores]:
        """The nearest vectors, nearest first.

        Args:
            query: Unit vector of shape (dimension,).
            k: At most so many.
            allowed: Which vectors may be returned, shape (n,); None: all.

        Returns:
            Numbers and cosines, both of the same length, at most ``k``.
        """
        available = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, available)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if allowed is not None and available <= _FEW:
            return self.nearest_of(np.flatnonzero(allowed), query, k)
        if self._coarse is None or not (allowed is None or isinstance(self._coarse, _FILTERING)):
            return _search(self._flat, query, k, faiss.SearchParameters(), allowed)
        return self.nearest_of(self._proposed(query, k, allowed, available), query, k)

    def nearest_of(self, numbers: Numbers, query: Scores, k: int) -> tuple[Numbers, Scores]:
        """The nearest of some vectors, nearest first, equal ones in order of number."""
        numbers = np.sort(numbers)
        scores = [
            self.products(query[np.newaxis], numbers[start : start + _BLOCK])[0]
            for start in range(0, len(numbers), _BLOCK)
        ]
        cosines = np.concatenate([np.empty(0, np.float32), *scores])
        best = np.argsort(-cosines, kind="stable")[:k]
        return numbers[best], cosines[best]

    def products(self, queries: Scores, numbers: Numbers) -> Scores:
        """Exact inner products of some vectors with queries.

        Each is summed by itself, so it does not depend on which others are asked for.

        Args:
            queries: Shape (q, dimension).
            numbers: Which vectors.

        Returns:
            Shape (q, len(numbers)).
        """
        products: Scores = np.einsum("ij,kj->ki", self.vectors(numbers), queries)
        return products

    def vectors(self, numbers: Numbers) -> Scores:
        """Some of the vectors, shape (len(numbers), dimension)."""
        return widen(self._codes[numbers].view(np.float16))

    def _proposed(
        self, query: Scores, k: int, allowed: NDArray[np.bool_] | None, available: int
    ) -> Numbers:
        """Candidates for the nearest ``k`` by their codes.

        The rarer what is allowed, the farther away is the nearest of it, and the more lists are
        looked into.
        """
        drawn = min(available, max(_DRAWN_AT_LEAST, _DRAWN_PER_HIT * k))
        lists = getattr(self._coarse, "nlist", 1)
        probes = ceil(_PROBES * sqrt(len(self) / available))
        while True:
            probes = min(probes, lists)
            parameters = _parameters(self._coarse, probes, drawn)
            proposed, _ = _search(self._coarse, query, drawn, parameters, allowed)
            if len(proposed) >= k or probes == lists:
                return proposed
            probes *= 4


def write_vectors(folder: Path, blocks: Iterable[Half], dimension: int, kind: str = AUTO) -> int:
    """Write the vectors of a segment; memory does not grow with their number.

    Args:
        folder: Where to.
        blocks: Unit vectors, each block of shape (n, dimension).
        dimension: Of all vectors.
        kind: ``flat`` compares all vectors exactly. ``auto`` does so in small segments, and has
            large ones searched by ``ivf``: codes of one bit a dimension in inverted lists. ``hnsw``
            or any other FAISS factory string is searched for candidates in place of that,
            whatever the size, unless there are too few vectors to train it.

    Returns:
        How many there were.

    Raises:
        ConfigurationError: FAISS does not know the factory string.
        StorageError: A file cannot be written.
    """
    ours = kind in (AUTO, IVF, *_EXACT)
    coarse = None if ours else _made(_FACTORY_STRINGS.get(kind, kind), dimension)
    path = folder / _VECTORS
    try:
        with path.open("wb") as stream:
            number = _write_flat(stream, blocks, dimension)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}.", "Check free space.") from error
    if kind == IVF or (kind == AUTO and number > _EXACT_UP_TO):
        lists = max(1, min(int(_LISTS_PER_ROOT * sqrt(number)), number // _PER_LIST))
        coarse = _made(f"IVF{lists},RaBitQ", dimension)
    if coarse is not None and number and _filled(coarse, FaissIndex(folder)):
        try:
            faiss.write_index(coarse, str(folder / _COARSE))
        except RuntimeError as error:
            raise StorageError(f"{folder / _COARSE} cannot be written.", "Make room.") from error
    return number


def _write_flat(stream: BinaryIO, blocks: Iterable[Half], dimension: int) -> int:
    """A flat index as FAISS writes it, without holding it in memory.

    FAISS's file of no vectors ends with the number of bytes of their codes. So the codes are
    written first, and then FAISS is asked for the beginning of a file of as many vectors.
    """
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    stream.seek(len(faiss.serialize_index(index)))
    for block in blocks:
        stream.write(np.ascontiguousarray(block, np.float16).data)
        index.ntotal += len(block)
    size = np.uint64(index.ntotal * index.code_size).tobytes()
    stream.seek(0)
    stream.write(faiss.serialize_index(index).tobytes()[: -len(size)] + size)
    return int(index.ntotal)


def _made(factory: str, dimension: int) -> Any:
    try:
        index = faiss.index_factory(dimension, factory, faiss.METRIC_INNER_PRODUCT)
    except RuntimeError as error:
        raise ConfigurationError(f"FAISS does not know the index type {factory!r}.") from error
    if isinstance(index, faiss.IndexIDMap | faiss.IndexIDMap2):
        raise ConfigurationError(
            f"Setting vectors.kind: {factory!r} numbers vectors itself.", "Leave out IDMap."
        )
    return index


def _filled(index: Any, vectors: FaissIndex) -> bool:
    """Train an index on a sample of the vectors and add all of them.

    Returns:
        Whether that was done: FAISS refuses to train on too few.
    """
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    number = len(vectors)
    if isinstance(index, faiss.IndexIVF):
        index.cp.niter = _ROUNDS
    if not index.is_trained:
        sample = min(number, _PER_LIST * getattr(index, "nlist", _ADDED_AT_ONCE // _PER_LIST))
        try:
            index.train(vectors.vectors(np.linspace(0, number - 1, sample).astype(np.int64)))
        except RuntimeError:
            return False
    for start in range(0, number, _ADDED_AT_ONCE):
        try:
            index.add(vectors.vectors(np.arange(start, min(start + _ADDED_AT_ONCE, number))))
        except RuntimeError as error:
            raise ConfigurationError(
                f"Setting vectors.kind: FAISS adds nothing to {type(index).__name__}.",
                "Use another index type, or auto.",
            ) from error
    return True


def _parameters(index: Any, probes: int, drawn: int) -> Any:
    """How thoroughly an index is searched."""
    match index:
        case faiss.IndexIVFRaBitQ() | faiss.IndexIVFRaBitQFastScan():
            return faiss.IVFRaBitQSearchParameters(nprobe=probes)  # type: ignore[call-arg]
        case faiss.IndexIVF():
            return faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]
        case faiss.IndexHNSW():
            return faiss.SearchParametersHNSW(efSearch=drawn)  # type: ignore[attr-defined]
        case _:
            return None


def _search(
    index: Any, query: Scores, k: int, parameters: Any, allowed: NDArray[np.bool_] | None
) -> tuple[Numbers, Scores]:
    # Questions come in threads of their own, each of which keeps a core busy.
    faiss.omp_set_num_threads(1)
    if allowed is not None:
        bits = np.packbits(allowed, bitorder="little")
        selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        parameters.sel = selector
    scores, numbers = index.search(query[np.newaxis, :], k, params=parameters)
    known = numbers[0] >= 0
    return numbers[0][known], scores[0][known]


def _read(path: Path) -> Any:
    try:
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except RuntimeError as error:
        raise DamagedIndexError(f"{path} is not a readable vector index.") from error
