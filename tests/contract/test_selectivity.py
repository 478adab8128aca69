"""Filters that pass half, a twentieth and a thousandth of an archive, against brute force."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from semsearch.model.article import Article, Field
from semsearch.model.filters import AllOf, Attribute, Between, Condition, Not, OneOf
from semsearch.store.snapshot import Snapshot
from tests.contract.backends import APPROXIMATE, NAMES, opened
from tests.support.articles import GAZETTE, HERALD, make_article
from tests.support.encoder import HashingEncoder
from tests.support.store import current_pks, pieces_of, write

HALF = 5e-4  # how far a cosine of half-precision vectors may be off
ARTICLES, QUESTIONS = 1_200, 8  # of fewer passages a server makes no graph
K = 10
TITLES = {Field.TITLE: {"cod": 1.0}}
_chance = random.Random(11)
HALVES, TWENTIETHS, THOUSANDTHS = (
    frozenset(_chance.sample(range(ARTICLES), ARTICLES // part)) for part in (2, 20, 1_000)
)
FILTERS: dict[str, Condition] = {
    "50 %, topic": OneOf(Attribute.TOPIC, ("half",)),
    "50 %, provider": OneOf(Attribute.PROVIDER, (HERALD.domain,)),
    "5 %, quality": Between(Attribute.QUALITY, 50, None),
    "5 %, all but": Not(Between(Attribute.QUALITY, None, 50)),
    "2.5 %, both": AllOf(
        (OneOf(Attribute.PROVIDER, (HERALD.domain,)), Between(Attribute.QUALITY, 50, None))
    ),
    "0.1 %, topic": OneOf(Attribute.TOPIC, ("rare",)),
    "0.1 %, category": OneOf(Attribute.CATEGORY, ("rare",)),
}
"""By how much of the archive they pass, and what they ask for."""


class Scattered(HashingEncoder):
    """Each text in a direction of its own: what is near says nothing of what a filter passes."""

    def _vector(self, text: str) -> np.ndarray:
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        drawn = np.random.default_rng(int.from_bytes(digest)).normal(size=self.spec.dimension)
        return (drawn / np.linalg.norm(drawn)).astype(np.float32)


ENCODER = Scattered()
QUERIES = np.stack([ENCODER.encode_query(f"question {number}") for number in range(QUESTIONS)])


def invented(number: int) -> Article:
    """Topic, provider and quality of an article say nothing of each other."""
    return make_article(
        f"a{number}",
        f"Notice {number}" + (" cod" if number % 3 == 0 else ""),
        excerpt=f"What stands in notice {number}.",
        provider=HERALD if number in HALVES else GAZETTE,
        topics=("half",) * (number in HALVES) + ("rare",) * (number in THOUSANDTHS) + ("all",),
        category="rare" if number in THOUSANDTHS else "news",
        quality=90 if number in TWENTIETHS else 10,
    )


@dataclass(frozen=True)
class World:
    """The archive as the backend has it, and as the oracle has it: a matrix."""

    exact: bool
    snapshot: Snapshot
    articles: dict[int, Article]
    owners: np.ndarray
    leads: np.ndarray
    vectors: np.ndarray

    def nearest(self, condition: Condition, *, leads: bool) -> list[list[tuple[int, float]]]:
        """All that satisfy a condition, for each question, the nearest first."""
        passing = [pk for pk, one in self.articles.items() if condition.matches(one)]
        rows = np.isin(self.owners, passing) & (self.leads if leads else True)
        owners, cosines = self.owners[rows], QUERIES.astype(np.float64) @ self.vectors[rows].T
        best = np.full((QUESTIONS, max(self.articles) + 1), -2.0)
        for question in range(QUESTIONS):
            np.maximum.at(best[question], owners, cosines[question])
        of_passing = best[:, passing].tolist()
        return [
            sorted(zip(passing, row, strict=True), key=lambda hit: -hit[1]) for row in of_passing
        ]


@pytest.fixture(scope="module", params=(*NAMES, *APPROXIMATE))
def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with opened(request.param, tmp_path_factory.mktemp("selectivity"), request) as backend:
        articles = [invented(number) for number in range(ARTICLES)]
        write(backend.catalog, ENCODER, articles)
        pks = current_pks(backend.catalog, [one.id for one in articles])
        pieces = [(pks[one.id], piece) for one in articles for piece in pieces_of(one, ENCODER)]
        vectors = ENCODER.encode_documents([piece.text for _, piece in pieces])
        yield World(
            request.param not in ("embedded-ivf", "embedded-hnsw", "milvus-hnsw"),
            backend.publish(),
            {pks[one.id]: one for one in articles},
            np.array([pk for pk, _ in pieces]),
            np.array([piece.passage.field is Field.LEAD for _, piece in pieces]),
            vectors.astype(np.float16).astype(np.float64),
        )


def check(found: list[tuple[int, float]], expected: list[tuple[int, float]]) -> int:
    """How many of the nearest were found, in order; whatever was found passes the filter.

    A graph may miss the nearer of an article's passages, and never says more of one than is true.
    """
    cosines = dict(expected)
    assert found == sorted(found, key=lambda hit: (-hit[1], hit[0]))
    assert all(cosine <= cosines[pk] + HALF for pk, cosine in found)
    assert len(found) == min(K, len(expected))
    return len({pk for pk, _ in found} & {pk for pk, _ in expected[:K]})


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("leads", [False, True], ids=["passages", "leads"])
def test_a_filter_of_any_selectivity_leaves_the_nearest(
    world: World, name: str, *, leads: bool
) -> None:
    condition = FILTERS[name]
    expected = world.nearest(condition, leads=leads)
    passing = len(expected[0])
    assert passing == len(world.snapshot.vectors.satisfying(list(world.articles), condition)) > 0
    if leads:
        answers = world.snapshot.vectors.nearest_leads(QUERIES, K, condition)
    else:
        answers = [world.snapshot.vectors.nearest(query, K, condition) for query in QUERIES]
    hits = sum(map(check, answers, expected))
    least = 1.0 if world.exact or passing <= K else 0.95
    assert hits >= least * QUESTIONS * min(K, passing)


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_of_any_selectivity_leaves_the_best_by_words(world: World, name: str) -> None:
    condition = FILTERS[name]
    everything = world.snapshot.words.search(
        TITLES, ARTICLES, Not(OneOf(Attribute.TOPIC, ("none",)))
    ).hits
    assert len(everything) == len(range(0, ARTICLES, 3))
    expected = [(pk, s) for pk, s in everything if condition.matches(world.articles[pk])]
    found = world.snapshot.words.search(TITLES, K, condition).hits
    assert [pk for pk, _ in found] == [pk for pk, _ in expected[:K]]
    assert dict(found) == pytest.approx(dict(expected[:K]), rel=1e-6)
