"""Hot paths beside work of a known kind, done in turn with them: ratios, never times.

What they are beside is timed before each round of the hot path, so both meet the same machine and
the same company. Limits are about twice what was measured; one that is broken says that a path
costs twice what it did. ``benchmarks/guard.sh`` runs this file; it is no part of ``scripts/test``.
"""

import hashlib
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from semsearch.api.app import create_app
from semsearch.assembly import build_encoder, open_index
from semsearch.config import Settings, load_settings
from semsearch.encode.encoder import Encoder
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.filters import EVERYTHING
from semsearch.model.search import Query
from semsearch.store.local.vectors import FaissIndex, write_vectors
from semsearch.store.protocols import LEXICAL_FIELDS
from semsearch.text.passages import split_article
from tests.support.articles import WORDS, make_link
from tests.support.encoder import HashingEncoder

pytestmark = pytest.mark.model

ARTICLES = 60
SHORT_ARTICLES = 300
LINKS = 20
VECTORS = 20_000
DIMENSION = 384
ROUNDS = 30
WARM_UP = 3
LIMITS = {
    "answering": 5.0,
    "words": 1.0,
    "vectors": 2.0,
    "batches": 1.0,
    "cutting": 1.0,
    "opening": 20.0,
    "http": 4.0,
    "status": 0.5,
    "writing": 20.0,
    "indexing": 4.0,
    "bytes": 2.5,
    "loading": 4.0,
}
Matrix = NDArray[np.float32]

QUESTION = "Which ferry left the harbour after the storm?"


def sentence(chance: np.random.Generator) -> str:
    return f"The {' '.join(chance.choice(WORDS, 12))} was seen.".capitalize()


def article(number: int) -> Article:
    chance = np.random.default_rng(number)
    body = " ".join(sentence(chance) for _ in range(20))
    return Article(f"a{number}", sentence(chance), excerpt=sentence(chance), body=body)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return build_encoder(load_settings().model)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guarded")


@pytest.fixture(scope="module")
def index(folder: Path, encoder: Encoder) -> Iterator[Index]:
    services = open_index(Settings(index=folder / "index"), create=True, encoder=encoder)
    services.add([article(number) for number in range(ARTICLES)])
    yield services
    services.close()


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    drawn = np.random.default_rng(0).standard_normal((VECTORS, DIMENSION), np.float32)
    lengths: Matrix = np.linalg.norm(drawn, axis=1, keepdims=True)
    return drawn / lengths


def ratio(
    benchmark: BenchmarkFixture,
    hot: Callable[[], object],
    beside: Callable[[], object],
    rounds: int = ROUNDS,
    warm_up: int = WARM_UP,
) -> float:
    """Median time of a hot path in medians of what it is beside, round for round in turn."""
    yardstick = []

    def before() -> None:
        started = time.perf_counter()
        beside()
        yardstick.append(time.perf_counter() - started)

    benchmark.pedantic(  # type: ignore[no-untyped-call]
        hot, setup=before, rounds=rounds, warmup_rounds=warm_up
    )
    assert benchmark.stats is not None
    found = float(benchmark.stats.stats.median / median(yardstick[warm_up:]))
    benchmark.extra_info["ratio"] = round(found, 3)
    print(f"\n{benchmark.name}: {found:.2f}")
    return found


def test_answering_beside_encoding_the_question(
    benchmark: BenchmarkFixture, index: Index, encoder: Encoder
) -> None:
    numbers = count()
    found = ratio(
        benchmark,
        lambda: index.search(Query(f"{QUESTION} {next(numbers)}")),
        lambda: encoder.encode_query(QUESTION),
    )
    assert found < LIMITS["answering"]


def test_drawing_by_words_beside_encoding_the_question(
    benchmark: BenchmarkFixture, index: Index, encoder: Encoder
) -> None:
    snapshot = index.library.snapshot()
    weights = dict.fromkeys(LEXICAL_FIELDS, dict.fromkeys(WORDS[:5], 1.0))
    found = ratio(
        benchmark,
        lambda: snapshot.words.search(weights, 200, EVERYTHING),
        lambda: encoder.encode_query(QUESTION),
    )
    assert found < LIMITS["words"]


def test_vector_search_beside_a_product_by_numpy(
    benchmark: BenchmarkFixture, folder: Path, matrix: Matrix
) -> None:
    (folder / "vectors").mkdir()
    write_vectors(folder / "vectors", [matrix.astype(np.float16)], DIMENSION)
    held = FaissIndex(folder / "vectors")
    query = matrix[0]
    found = ratio(
        benchmark,
        lambda: held.search(query, 10, None),
        lambda: np.argpartition(matrix @ query, -10)[-10:],
    )
    assert found < LIMITS["vectors"]


def test_encoding_many_passages_beside_one_by_one(
    benchmark: BenchmarkFixture, encoder: Encoder
) -> None:
    texts = [sentence(np.random.default_rng(number)) for number in range(64)]
    found = ratio(
        benchmark,
        lambda: encoder.encode_documents(texts),
        lambda: [encoder.encode_query(text) for text in texts],
    )
    assert found < LIMITS["batches"]


def test_cutting_passages_beside_encoding_them(
    benchmark: BenchmarkFixture, encoder: Encoder
) -> None:
    some = [article(number) for number in range(4)]

    def cut() -> list[str]:
        pieces = [
            split_article(one, encoder.count_tokens, encoder.passage_budget, overlap=1)
            for one in some
        ]
        return [piece.text for each in pieces for piece in each]

    texts = cut()
    found = ratio(benchmark, cut, lambda: encoder.encode_documents(texts))
    assert found < LIMITS["cutting"]


def test_opening_an_index_beside_reading_its_files(
    benchmark: BenchmarkFixture, index: Index, encoder: Encoder
) -> None:
    folder = index.library.folder

    def opened() -> None:
        services = open_index(Settings(index=folder), encoder=encoder)
        services.library.snapshot()
        services.close()

    files = [path for path in (folder / "generations").rglob("*") if path.is_file()]
    found = ratio(
        benchmark,
        opened,
        lambda: [hashlib.sha256(path.read_bytes()).digest() for path in files],
    )
    assert found < LIMITS["opening"]


def test_answering_over_http_beside_answering(
    benchmark: BenchmarkFixture, index: Index, encoder: Encoder
) -> None:
    numbers = count()
    served = open_index(Settings(index=index.library.folder), encoder=encoder)  # it closes its own
    with TestClient(create_app(served, insecure=True), base_url="http://127.0.0.1") as client:

        def over_http() -> None:
            asked = client.get("/v1/search", params={"q": f"{QUESTION} {next(numbers)}"})
            assert asked.is_success

        found = ratio(
            benchmark, over_http, lambda: index.search(Query(f"{QUESTION} {next(numbers)}"))
        )
    assert found < LIMITS["http"]


def test_loading_the_command_that_asks_beside_the_libraries_that_it_uses(
    benchmark: BenchmarkFixture,
) -> None:
    def loaded(names: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", f"import {names}"], check=True)

    found = ratio(
        benchmark,
        loaded("semsearch.cli.app, semsearch.cli.ask, semsearch.assembly"),
        loaded("faiss, numpy, pydantic_settings, rich, sqlalchemy, syntok, tantivy, typer"),
        rounds=4,
        warm_up=1,
    )
    assert found < LIMITS["loading"]


def test_status_beside_encoding_a_question(
    benchmark: BenchmarkFixture, index: Index, encoder: Encoder
) -> None:
    found = ratio(benchmark, index.status, lambda: encoder.encode_query(QUESTION))
    assert found < LIMITS["status"]


def test_writing_an_article_beside_a_row_and_encoding_its_texts(
    benchmark: BenchmarkFixture, folder: Path, encoder: Encoder
) -> None:
    services = open_index(Settings(index=folder / "written"), create=True, encoder=encoder)
    services.add([article(number) for number in range(ARTICLES)])
    services._components.indexer.finish_later(lambda: None)  # noqa: SLF001 - as a service does
    beside = sqlite3.connect(folder / "rows.db")
    for statement in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE rows (text)",
    ):
        beside.execute(statement)
    numbers = count(1_000)

    def row() -> None:
        beside.execute("INSERT INTO rows VALUES ('a row')")
        beside.commit()
        one = article(next(numbers))
        encoder.encode_documents([one.title, one.lead, one.body])

    found = ratio(benchmark, lambda: services.add([article(next(numbers))]), row)
    beside.close()
    services.close()
    assert found < LIMITS["writing"]


def short(number: int) -> Article:
    """An article as everyday archives have them: no body, an excerpt and links to others."""
    others = [(number + step) % SHORT_ARTICLES for step in range(1, LINKS + 1)]
    links = tuple(make_link(f"a{other}", f"Ferry {other} left the harbour") for other in others)
    return replace(article(number), body="", related=links)


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of all threads."""
    started = time.process_time()
    work()
    return time.process_time() - started


def test_indexing_short_articles_beside_encoding_their_passages(
    folder: Path, encoder: Encoder
) -> None:
    articles = [short(number) for number in range(SHORT_ARTICLES)]
    texts = [
        piece.text
        for one in articles
        for piece in split_article(one, encoder.count_tokens, encoder.passage_budget, overlap=1)
    ]
    ratios = []
    for name in ("first", "second", "third"):  # the first loads what tells languages
        with open_index(Settings(index=folder / name), create=True, encoder=encoder) as services:
            alone = spent(lambda: encoder.encode_documents(texts))
            ratios.append(spent(lambda: services.add(articles)) / alone)
    print(f"\nindexing: {min(ratios):.2f}")
    assert min(ratios) < LIMITS["indexing"]


def test_bytes_of_a_catalog_beside_those_of_its_vectors(folder: Path) -> None:
    encoder = HashingEncoder(dimension=DIMENSION)
    path = folder / "sized"
    with open_index(Settings(index=path), create=True, encoder=encoder) as services:
        services.add([short(number) for number in range(SHORT_ARTICLES)])
        vectors = services.status().passages * DIMENSION * np.dtype(np.float16).itemsize
        services.library.catalog.database.overwrite_freed([])  # and what lies in its log
    found = (path / "catalog.db").stat().st_size / vectors
    print(f"\nbytes: {found:.2f}")
    assert found < LIMITS["bytes"]
