"""Vector search gives what numpy gives."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import ConfigurationError, DamagedIndexError, StorageError
from semsearch.store.vectors import EXACT, VectorIndex, write_vectors

DIMENSION = 32


def unit_rows(number: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(number, DIMENSION))
    unit: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    return unit


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return unit_rows(301)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory, rows: np.ndarray) -> VectorIndex:
    path = tmp_path_factory.mktemp("vectors") / "v.faiss"
    write_vectors(path, rows, DIMENSION, EXACT)
    return VectorIndex(path)


def exact(rows: np.ndarray, query: np.ndarray) -> np.ndarray:
    cosines: np.ndarray = rows.astype(np.float64) @ query.astype(np.float64)
    return cosines


def query_of(seed: int) -> np.ndarray:
    query: np.ndarray = unit_rows(1, seed)[0].astype(np.float32)
    return query


def test_vectors_are_kept_bit_by_bit(vectors: VectorIndex, rows: np.ndarray) -> None:
    assert len(vectors) == 301
    numbers = np.array([300, 0, 7, 7], np.int64)
    assert np.array_equal(vectors.vectors(numbers), rows[numbers].astype(np.float32))
    assert vectors.vectors(np.empty(0, np.int64)).shape == (0, DIMENSION)


@given(st.integers(0, 10_000), st.integers(1, 400))
@settings(max_examples=60)
def test_search_gives_the_nearest(
    vectors: VectorIndex, rows: np.ndarray, seed: int, k: int
) -> None:
    query = query_of(seed)
    numbers, cosines = vectors.search(query, k, None)
    truth = exact(rows, query)
    assert len(numbers) == len(set(numbers.tolist())) == min(k, 301)
    assert cosines == pytest.approx(truth[numbers], abs=1e-5)
    assert cosines == pytest.approx(np.sort(truth)[::-1][:k], abs=1e-5)


@given(st.integers(0, 10_000), st.integers(1, 400), st.sampled_from([0.0, 0.004, 0.5, 0.99, 1.0]))
@settings(max_examples=60)
def test_search_stays_within_what_is_allowed(
    vectors: VectorIndex, rows: np.ndarray, seed: int, k: int, share: float
) -> None:
    allowed = np.random.default_rng(seed).random(301) < share
    query = query_of(seed)
    numbers, cosines = vectors.search(query, k, allowed)
    truth = exact(rows, query)
    assert len(numbers) == min(k, int(allowed.sum()))
    assert allowed[numbers].all()
    assert cosines == pytest.approx(np.sort(truth[allowed])[::-1][:k], abs=1e-5)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=40), st.integers(0, 99))
@settings(max_examples=60)
def test_a_product_is_the_same_in_every_batch(
    vectors: VectorIndex, rows: np.ndarray, numbers: list[int], seed: int
) -> None:
    queries = np.stack([query_of(seed), query_of(seed + 1)])
    chosen = np.array(numbers, np.int64)
    together = vectors.products(queries, chosen)
    assert together.shape == (2, len(numbers))
    for place, query in enumerate(queries):
        alone = [vectors.products(queries, chosen[n : n + 1])[place] for n in range(len(chosen))]
        assert together[place].tolist() == [float(one[0]) for one in alone]
        assert together[place] == pytest.approx(exact(rows[chosen], query), abs=1e-5)


def test_nothing_is_asked_for_or_held(tmp_path: Path, vectors: VectorIndex) -> None:
    assert vectors.search(query_of(1), 0, None)[0].tolist() == []
    write_vectors(tmp_path / "e", np.empty((0, DIMENSION), np.float16), DIMENSION, EXACT)
    empty = VectorIndex(tmp_path / "e")
    assert len(empty) == 0
    assert empty.search(query_of(1), 5, None)[0].tolist() == []
    assert empty.search(query_of(1), 5, np.empty(0, np.bool_))[0].tolist() == []


@pytest.mark.parametrize("kind", ["Flat", "SQfp16", "HNSW16"])
def test_other_kinds_find_a_vector_by_itself(tmp_path: Path, rows: np.ndarray, kind: str) -> None:
    write_vectors(tmp_path / "v", rows, DIMENSION, kind)
    index = VectorIndex(tmp_path / "v")
    numbers, cosines = index.search(rows[42].astype(np.float32), 3, None)
    assert numbers[0] == 42
    assert cosines[0] == pytest.approx(1, abs=5e-3)


def test_an_unknown_kind_is_a_wrong_setting(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(ConfigurationError, match="Nonsense7"):
        write_vectors(tmp_path / "v", rows, DIMENSION, "Nonsense7")


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(StorageError):
        write_vectors(tmp_path / "no" / "v", rows, DIMENSION, EXACT)


@pytest.mark.parametrize("data", [b"", b"IxSQ", b"no index" * 99])
def test_a_file_that_is_no_index_is_damaged(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "v").write_bytes(data)
    with pytest.raises(DamagedIndexError):
        VectorIndex(tmp_path / "v")
