"""What every encoder promises; a new one joins by a line in ``ENCODERS``."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from warnings import catch_warnings, simplefilter

import numpy as np
import pytest

from semsearch.assembly import build_encoder
from semsearch.config import ModelSettings
from semsearch.deadline import Budget, within
from semsearch.encode.encoder import Encoder
from semsearch.errors import TimeLimitError
from tests.support.articles import WORDS
from tests.support.encoder import HashingEncoder

TEXTS = [
    "The harbour master closed the northern quay.",
    "Tram fares rise in Caldermere",
    "MAYOR: “No more delays”",
    "Le maire de Lisk a démissionné — à midi.",
    "地震がリスクを襲った",
    "Цены на треску выросли на 3,5 %",
    "x",
    "42",
    "cod cod cod cod",
    "A sentence. And another! And a third?",
]


def varied(number: int) -> list[str]:
    """Texts of very different lengths in several scripts, always the same."""
    chance = random.Random(7)
    made = [
        " ".join(chance.choices([*WORDS, "Lisk", "2024", "—", "naïve", "(sic)"], k=length))
        for length in (chance.choice([1, 3, 9, 25, 70]) for _ in range(number - len(TEXTS)))
    ]
    return [*TEXTS, *made]


def build(backend: str, cache: Path) -> Encoder:
    return build_encoder(ModelSettings.model_validate({"backend": backend, "cache": cache}))


ENCODERS: dict[str, Callable[[Path], Encoder]] = {
    "hashing": lambda _: HashingEncoder(),
    "openvino": lambda cache: build("openvino", cache),
    "torch": lambda cache: build("torch", cache),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if name == "hashing" else pytest.mark.model)
        for name in ENCODERS
    ],
)
def encoder(request: pytest.FixtureRequest, cache: Path) -> Iterator[Encoder]:
    with quiet(request.param):
        yield ENCODERS[request.param](cache)


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """The warnings of torch and its like are not ours to mend."""
    with catch_warnings():
        if name != "hashing":
            simplefilter("ignore")
        yield


def test_documents_become_unit_rows_in_order(encoder: Encoder) -> None:
    texts = varied(50)
    vectors = encoder.encode_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (50, encoder.spec.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(50), abs=1e-3)
    alone = encoder.encode_documents([texts[17]])[0]
    assert float(alone @ vectors[17]) == pytest.approx(1, abs=2e-3)


def test_no_documents_become_no_rows(encoder: Encoder) -> None:
    vectors = encoder.encode_documents([])
    assert vectors.shape == (0, encoder.spec.dimension)
    assert vectors.dtype == np.float32
    assert encoder.count_tokens([]) == []


def test_an_empty_text_has_a_unit_vector(encoder: Encoder) -> None:
    assert np.linalg.norm(encoder.encode_documents([""])[0]) == pytest.approx(1, abs=1e-3)
    assert np.linalg.norm(encoder.encode_query("")) == pytest.approx(1, abs=1e-3)


def test_a_question_is_one_unit_vector(encoder: Encoder) -> None:
    vector = encoder.encode_query("Who closed the harbour?")
    assert vector.dtype == np.float32
    assert vector.shape == (encoder.spec.dimension,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


def test_the_vector_of_a_question_never_changes(encoder: Encoder) -> None:
    before = encoder.encode_query("Who closed the harbour?")
    encoder.encode_documents(varied(40))
    encoder.encode_query("Something else, and much longer than the question before it was")
    assert np.array_equal(encoder.encode_query("Who closed the harbour?"), before)


def test_a_text_is_nearest_to_itself(encoder: Encoder) -> None:
    texts = varied(50)
    vectors = encoder.encode_documents(texts)
    for text in TEXTS[:6]:
        assert texts[int(np.argmax(vectors @ encoder.encode_query(text)))] == text


def test_tokens_add_up(encoder: Encoder) -> None:
    texts = varied(30)
    counts = encoder.count_tokens(texts)
    assert all(count > 0 for count in counts)
    assert [encoder.count_tokens([text])[0] for text in texts] == counts
    assert encoder.count_tokens([" ".join(texts)]) == [sum(counts)]
    assert encoder.count_tokens([""]) == [0]


def test_tokens_are_counted_beyond_the_budget(encoder: Encoder) -> None:
    long = "cod " * (encoder.passage_budget * 3)
    assert encoder.count_tokens([long]) == [encoder.passage_budget * 3]


def test_nothing_is_cut_off_at_the_budget(encoder: Encoder) -> None:
    budget = encoder.passage_budget
    assert 8 <= budget < encoder.spec.max_tokens
    texts = [" ".join(["cod"] * (budget - 1) + [last]) for last in ("harbour", "orchid")]
    assert encoder.count_tokens(texts) == [budget, budget]
    one, other = encoder.encode_documents(texts)
    assert not np.allclose(one, other, atol=1e-4)


def test_threads_do_not_disturb_each_other(encoder: Encoder) -> None:
    questions = varied(24)
    expected = [encoder.encode_query(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        documents = pool.submit(encoder.encode_documents, questions)
        found = list(pool.map(encoder.encode_query, questions))
        rows = documents.result()
    assert all(np.array_equal(one, two) for one, two in zip(found, expected, strict=True))
    together = encoder.encode_documents(questions)
    assert (rows * together).sum(axis=1) == pytest.approx(np.ones(24), abs=2e-3)


@pytest.mark.model
def test_openvino_agrees_with_torch(cache: Path) -> None:
    with quiet("torch"):
        fast, reference = build("openvino", cache), build("torch", cache)
        texts = varied(50)
        assert fast.spec == reference.spec
        assert fast.passage_budget == reference.passage_budget
        assert fast.count_tokens(texts) == reference.count_tokens(texts)
        cosines = (fast.encode_documents(texts) * reference.encode_documents(texts)).sum(axis=1)
        assert cosines.min() >= 0.9995
        asked = [float(fast.encode_query(t) @ reference.encode_query(t)) for t in TEXTS]
        assert min(asked) >= 0.9995


@pytest.mark.model
def test_openvino_ends_between_two_batches_when_its_time_is_over(cache: Path) -> None:
    fast = build_encoder(ModelSettings(cache=cache))
    texts = ["the harbour is closed " * 20] * 200
    with within(Budget(0.0)), pytest.raises(TimeLimitError):
        fast.encode_documents(texts)
    with ThreadPoolExecutor(1) as pool:
        encoding = pool.submit(fast.encode_documents, texts)
        time.sleep(0.05)
        with within(Budget(0.1)), pytest.raises(TimeLimitError):  # while it waits for the other
            fast.encode_documents(texts)
        assert len(encoding.result()) == len(texts)
    assert np.array_equal(fast.encode_documents(texts[:2])[0], fast.encode_documents(texts[:2])[1])
