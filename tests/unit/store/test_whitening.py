"""Whitening is what its formula says, and nothing where there is too little to learn from."""

import numpy as np
import pytest

from semsearch.model.article import Field
from semsearch.store.local.generations import LocalGenerations
from semsearch.store.whitening import MIN_LEADS, Whitening
from tests.support.articles import WORDS, make_article
from tests.support.encoder import DIMENSION, HashingEncoder
from tests.support.indexes import fast_folder, open_catalog
from tests.support.store import settings_of, write

SIZE = 24
ENCODER = HashingEncoder()


def unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))


def vectors(number: int, seed: int = 5) -> np.ndarray:
    """Unit vectors that share a direction, as those of an archive do."""
    chance = np.random.default_rng(seed)
    shared = chance.normal(size=SIZE)
    scales = np.linspace(0.2, 2, SIZE)
    return unit(chance.normal(size=(number, SIZE)) * scales + shared).astype(np.float16)


def whitened(leads: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """``(x - mu) W``, normalised, by the formula of the module."""
    exact = leads.astype(np.float64)
    mean = exact.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(exact.T, bias=True))
    shrinkage = 0.1 if len(leads) >= 1_000 else 1.0
    matrix = directions @ np.diag((values + shrinkage * values.mean()) ** -0.2)
    return unit((rows.astype(np.float64) - mean) @ matrix)


def similarities(whitening: Whitening, query: np.ndarray, rows: np.ndarray) -> np.ndarray:
    probes = whitening.probes(query)
    products = probes @ rows.astype(np.float32).T
    return whitening.similarities(probes, products, whitening.lengths(rows))


@pytest.mark.parametrize("number", [200, 350, 999, 1_000, 1_500])
def test_a_similarity_is_half_cosine_and_half_whitened_cosine(number: int) -> None:
    leads, rows = vectors(number), vectors(50, seed=9)
    query = unit(vectors(1, seed=3)[0].astype(np.float32))
    found = similarities(Whitening.learned(leads, SIZE), query, rows)
    exact = rows.astype(np.float64) @ query
    white = whitened(leads, rows) @ whitened(leads, query[np.newaxis, :])[0]
    assert found == pytest.approx((exact + white) / 2, abs=2e-4)
    assert np.abs(white - exact).max() > 0.1  # so half of it is something else


@pytest.mark.parametrize("number", [0, 1, 199])
def test_a_small_archive_is_not_whitened(number: int) -> None:
    whitening = Whitening.learned(vectors(number), SIZE)
    rows = vectors(20, seed=9)
    query = unit(vectors(1, seed=3)[0].astype(np.float32))
    assert not whitening.active
    assert whitening.probes(query).tolist() == [query.tolist()]
    assert whitening.lengths(rows).tolist() == [1] * 20
    assert similarities(whitening, query, rows) == pytest.approx(
        rows.astype(float) @ query, abs=1e-5
    )


def test_two_hundred_leads_are_enough() -> None:
    assert MIN_LEADS == 200
    assert Whitening.learned(vectors(200), SIZE).active


def test_a_similarity_lies_between_minus_one_and_one() -> None:
    leads = vectors(300)
    whitening = Whitening.learned(leads, SIZE)
    query = unit(leads[0].astype(np.float32))
    found = similarities(whitening, query, np.concatenate([leads, -leads]))
    assert found.min() >= -1
    assert found.max() <= 1
    assert found[0] == pytest.approx(1, abs=1e-3)


def test_a_vector_at_the_mean_has_a_length() -> None:
    leads = np.tile(unit(np.ones(SIZE)).astype(np.float16), (300, 1))
    whitening = Whitening.learned(leads, SIZE)
    assert (whitening.lengths(leads) > 0).all()
    query = unit(vectors(1)[0].astype(np.float32))
    assert np.isfinite(similarities(whitening, query, leads)).all()


@pytest.mark.parametrize("number", [20, 500])
def test_a_cosine_is_standardised_by_those_of_the_leads(number: int) -> None:
    leads = vectors(number)
    whitening = Whitening.learned(leads, SIZE)
    query = unit(vectors(1, seed=3)[0].astype(np.float32))
    cosines = leads.astype(np.float64) @ query
    for cosine in (-0.2, 0.0, 0.4, 1.0):
        expected = (cosine - cosines.mean()) / cosines.std()
        assert whitening.standardised(query, cosine) == pytest.approx(expected, rel=1e-3, abs=1e-3)


def test_standardising_without_leads_is_finite() -> None:
    query = unit(np.ones(SIZE)).astype(np.float32)
    assert np.isfinite(
        Whitening.learned(np.empty((0, SIZE), np.float16), SIZE).standardised(query, 0.5)
    )


def test_a_whitening_reads_back_as_it_was_written() -> None:
    whitening = Whitening.learned(vectors(300), SIZE)
    data = whitening.to_bytes()
    again = Whitening.from_bytes(data)
    assert np.array_equal(again.mean, whitening.mean)
    assert np.array_equal(again.covariance, whitening.covariance)
    assert again.leads == 300


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no whitening" * 9])
def test_a_file_that_is_no_whitening_is_refused(data: bytes) -> None:
    with pytest.raises((OSError, ValueError, KeyError)):
        Whitening.from_bytes(data)


def test_a_generation_is_compared_in_the_whitening_of_its_leads() -> None:
    with fast_folder() as folder:
        catalog, generations = open_catalog(folder), LocalGenerations(folder)
        chance = np.random.default_rng(2)
        given = [
            make_article(f"a{n}", " ".join(chance.choice(WORDS, 3)), body=WORDS[n % 20])
            for n in range(MIN_LEADS)
        ]
        write(catalog, ENCODER, given)
        snapshot = generations.open(generations.publish(catalog, settings_of(ENCODER)).generation)
        pks = catalog.pks_added(0, 1)
        query = ENCODER.encode_query("harbour ferry storm")
        found = snapshot.candidates(pks, query)
        leads = catalog.lead_vectors(pks, DIMENSION)
        rows = np.concatenate([row.vectors for row in catalog.segment_rows(pks, DIMENSION)])
        white = whitened(leads, rows) @ whitened(leads, query[np.newaxis, :])[0]
        expected = (rows.astype(np.float64) @ query + white) / 2
        assert found.similarity == pytest.approx(expected, abs=2e-4)
        cosines = leads.astype(np.float64) @ query
        assert snapshot.whitening.standardised(query, 0.5) == pytest.approx(
            (0.5 - cosines.mean()) / cosines.std(), rel=1e-3
        )
        # A small write keeps the segments and with them the whitening; old scores stay.
        write(catalog, ENCODER, [make_article("new", "Otter glacier")])
        later = generations.open(generations.publish(catalog, settings_of(ENCODER)).generation)
        assert later.whitening.leads == MIN_LEADS
        assert np.array_equal(later.candidates(pks, query).similarity, found.similarity)
        assert found.best(Field.LEAD, found.similarity).shape == (MIN_LEADS,)
        rebuilt = generations.open(generations.rebuild(catalog, settings_of(ENCODER)).generation)
        assert rebuilt.whitening.leads == MIN_LEADS + 1
        catalog.close()
