"""Vector search gives what numpy gives."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import semsearch.store.local.vectors as vectors_module
from semsearch.errors import ConfigurationError, DamagedIndexError, StorageError
from semsearch.store.local.vectors import AUTO, FLAT, IVF, FaissIndex, write_vectors
from semsearch.store.whitening import widen

DIMENSION = 32


def unit_rows(number: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(number, DIMENSION))
    unit: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    return unit


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    return unit_rows(301)


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory, rows: np.ndarray) -> FaissIndex:
    folder = tmp_path_factory.mktemp("vectors")
    assert write_vectors(folder, [rows[:100], rows[100:]], DIMENSION) == 301
    return FaissIndex(folder)


def exact(rows: np.ndarray, query: np.ndarray) -> np.ndarray:
    cosines: np.ndarray = rows.astype(np.float64) @ query.astype(np.float64)
    return cosines


def query_of(seed: int) -> np.ndarray:
    query: np.ndarray = unit_rows(1, seed)[0].astype(np.float32)
    return query


def test_vectors_are_kept_bit_by_bit(vectors: FaissIndex, rows: np.ndarray) -> None:
    assert len(vectors) == 301
    numbers = np.array([300, 0, 7, 7], np.int64)
    assert np.array_equal(vectors.vectors(numbers), rows[numbers].astype(np.float32))
    assert vectors.vectors(np.empty(0, np.int64)).shape == (0, DIMENSION)


@given(st.integers(0, 10_000), st.integers(1, 400))
@settings(max_examples=60)
def test_search_gives_the_nearest(vectors: FaissIndex, rows: np.ndarray, seed: int, k: int) -> None:
    query = query_of(seed)
    numbers, cosines = vectors.search(query, k, None)
    truth = exact(rows, query)
    assert len(numbers) == len(set(numbers.tolist())) == min(k, 301)
    assert cosines == pytest.approx(truth[numbers], abs=1e-5)
    assert cosines == pytest.approx(np.sort(truth)[::-1][:k], abs=1e-5)


@given(st.integers(0, 10_000), st.integers(1, 400), st.sampled_from([0.0, 0.004, 0.5, 0.99, 1.0]))
@settings(max_examples=60)
def test_search_stays_within_what_is_allowed(
    vectors: FaissIndex, rows: np.ndarray, seed: int, k: int, share: float
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
    vectors: FaissIndex, rows: np.ndarray, numbers: list[int], seed: int
) -> None:
    queries = np.stack([query_of(seed), query_of(seed + 1)])
    chosen = np.array(numbers, np.int64)
    together = vectors.products(queries, chosen)
    assert together.shape == (2, len(numbers))
    for place, query in enumerate(queries):
        alone = [vectors.products(queries, chosen[n : n + 1])[place] for n in range(len(chosen))]
        assert together[place].tolist() == [float(one[0]) for one in alone]
        assert together[place] == pytest.approx(exact(rows[chosen], query), abs=1e-5)


def test_nothing_is_asked_for_or_held(tmp_path: Path, vectors: FaissIndex) -> None:
    assert vectors.search(query_of(1), 0, None)[0].tolist() == []
    for kind in (AUTO, IVF, "hnsw"):
        assert write_vectors(tmp_path, [], DIMENSION, kind) == 0
        empty = FaissIndex(tmp_path)
        assert len(empty) == 0
        assert empty.search(query_of(1), 5, None)[0].tolist() == []
        assert empty.search(query_of(1), 5, np.empty(0, np.bool_))[0].tolist() == []


@pytest.mark.parametrize("kind", ["flat", "Flat", "SQfp16", "ivf", "hnsw", "HNSW16", "PQ8x4fs"])
def test_every_kind_gives_exact_cosines(tmp_path: Path, rows: np.ndarray, kind: str) -> None:
    write_vectors(tmp_path, [rows], DIMENSION, kind)
    index = FaissIndex(tmp_path)
    query = query_of(5)
    numbers, cosines = index.search(rows[42].astype(np.float32), 3, None)
    assert numbers[0] == 42
    numbers, cosines = index.search(query, 30, None)
    assert len(numbers) == 30
    assert cosines == pytest.approx(exact(rows, query)[numbers], abs=1e-5)
    assert (np.diff(cosines) <= 0).all()
    allowed = np.arange(301) % 3 == 0
    numbers, _ = index.search(query, 301, allowed)
    assert sorted(numbers.tolist()) == np.flatnonzero(allowed).tolist()


def test_too_few_to_train_an_index_are_all_compared(tmp_path: Path, rows: np.ndarray) -> None:
    assert write_vectors(tmp_path, [rows[:3]], DIMENSION, "IVF64,PQ8") == 3
    numbers, _ = FaissIndex(tmp_path).search(rows[2].astype(np.float32), 2, None)
    assert numbers[0] == 2


def test_the_flat_file_is_as_faiss_writes_it(tmp_path: Path, rows: np.ndarray) -> None:
    write_vectors(tmp_path, [rows[:7], rows[7:]], DIMENSION, FLAT)
    index = faiss.index_factory(DIMENSION, "SQfp16", faiss.METRIC_INNER_PRODUCT)
    index.add(rows.astype(np.float32))
    faiss.write_index(index, str(tmp_path / "by_faiss"))
    assert (tmp_path / "vectors.faiss").read_bytes() == (tmp_path / "by_faiss").read_bytes()


def test_an_unknown_kind_is_a_wrong_setting(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(ConfigurationError, match="Nonsense7"):
        write_vectors(tmp_path, [rows], DIMENSION, "Nonsense7")


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path, rows: np.ndarray) -> None:
    with pytest.raises(StorageError):
        write_vectors(tmp_path / "no", [rows], DIMENSION)


@pytest.mark.parametrize("name", ["vectors.faiss", "coarse.faiss"])
@pytest.mark.parametrize("data", [b"", b"IxSQ", b"no index" * 99])
def test_a_file_that_is_no_index_is_damaged(
    tmp_path: Path, rows: np.ndarray, name: str, data: bytes
) -> None:
    write_vectors(tmp_path, [rows], DIMENSION, IVF)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DamagedIndexError):
        FaissIndex(tmp_path)


def test_a_file_that_was_cut_is_damaged(tmp_path: Path, rows: np.ndarray) -> None:
    write_vectors(tmp_path, [rows], DIMENSION, FLAT)
    data = (tmp_path / "vectors.faiss").read_bytes()
    (tmp_path / "vectors.faiss").write_bytes(data[:-1])
    with pytest.raises(DamagedIndexError):
        FaissIndex(tmp_path)


# --- the fast path beside the exact one -----------------------------------------------------------


@pytest.fixture(scope="module")
def clustered(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, FaissIndex]:
    """30,000 vectors in 300 clusters of like ones, as texts lie, in inverted lists."""
    chance = np.random.default_rng(7)
    centres = chance.normal(size=(300, DIMENSION))
    rows = centres[chance.integers(0, 300, 30_000)] + 0.6 * chance.normal(size=(30_000, DIMENSION))
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    folder = tmp_path_factory.mktemp("clustered")
    write_vectors(folder, [unit], DIMENSION, IVF)
    assert (folder / "coarse.faiss").exists()
    return unit, FaissIndex(folder)


@pytest.mark.parametrize("share", [1.0, 0.9, 0.7, 0.05, 0.001])
def test_inverted_lists_rank_as_comparing_everything_does(
    clustered: tuple[np.ndarray, FaissIndex], share: float
) -> None:
    rows, index = clustered
    allowed = np.random.default_rng(3).random(len(rows)) < share
    found = 0
    chance = np.random.default_rng(8)
    for _ in range(50):
        near = rows[chance.integers(len(rows))] + 0.4 * unit_rows(1, int(chance.integers(9_999)))[0]
        query = (near / np.linalg.norm(near)).astype(np.float32)
        cosines = np.where(allowed, exact(rows, query), -2)
        truth = np.argsort(-cosines, kind="stable")[:10]
        numbers, scores = index.search(query, 10, None if share == 1 else allowed)
        assert allowed[numbers].all()
        assert scores == pytest.approx(cosines[numbers], abs=1e-5)
        found += len(set(numbers.tolist()) & set(truth.tolist()))
    assert found / 500 >= 0.97


def test_large_segments_alone_have_inverted_lists(
    tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "_EXACT_UP_TO", 300)
    write_vectors(tmp_path, [rows[:300]], DIMENSION)
    assert not (tmp_path / "coarse.faiss").exists()
    write_vectors(tmp_path, [rows], DIMENSION)
    assert (tmp_path / "coarse.faiss").exists()


def test_all_that_is_allowed_is_found_however_few_lists_hold_it(
    clustered: tuple[np.ndarray, FaissIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, index = clustered
    monkeypatch.setattr(vectors_module, "_FEW", 0)  # so that the lists are asked
    monkeypatch.setattr(vectors_module, "_PROBES", 1)
    allowed = np.zeros(len(rows), np.bool_)
    allowed[[5, 77, 29_999]] = True
    numbers, _ = index.search(query_of(2), 3, allowed)
    assert sorted(numbers.tolist()) == [5, 77, 29_999]


def test_every_finite_half_is_widened_as_numpy_does() -> None:
    halves = np.arange(65_536, dtype=np.uint16).view(np.float16)
    finite = halves[np.isfinite(halves)]
    assert widen(finite).tobytes() == finite.astype(np.float32).tobytes()


@pytest.mark.parametrize("kind", ["IDMap,Flat", "IDMap2,Flat", "IDMap,HNSW32", "Nonsense", ""])
def test_an_index_type_that_takes_no_vectors_is_refused(
    tmp_path: Path, rows: np.ndarray, kind: str
) -> None:
    with pytest.raises(ConfigurationError):
        write_vectors(tmp_path, [rows], DIMENSION, kind)
