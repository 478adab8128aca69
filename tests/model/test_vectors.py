"""The bundled model gives the vectors that it always gave."""

from pathlib import Path

import numpy as np
import pytest

from semsearch.assembly import build_encoder
from semsearch.config import ModelSettings, load_settings
from semsearch.encode.encoder import Encoder
from semsearch.model.article import Article
from semsearch.text.passages import split_article

pytestmark = pytest.mark.model

DOCKERS = "The dockers of Brackwater walked out at dawn."
STRIKE = "Port workers began a strike this morning."
RECIPE = "The recipe needs two eggs."
# By sentence-transformers 6.2 in float32; OpenVINO in bfloat16 differs in the third digit.
FIRST_SIX = [0.04352, 0.10592, -0.00225, 0.06492, 0.12014, -0.02808]
COSINES = [[1.0, 0.27606, 0.01868], [0.27606, 1.0, 0.00498], [0.01868, 0.00498, 1.0]]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return build_encoder(load_settings().model)


def test_the_weights_are_the_chosen_ones(encoder: Encoder) -> None:
    assert encoder.spec.weights_sha256 == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    assert (encoder.spec.dimension, encoder.spec.max_tokens) == (384, 256)


def test_fixed_sentences_have_fixed_vectors(encoder: Encoder) -> None:
    vectors = encoder.encode_documents([DOCKERS, STRIKE, RECIPE])
    assert vectors[0, :6] == pytest.approx(FIRST_SIX, abs=2e-3)
    cosines = vectors @ vectors.T
    assert cosines == pytest.approx(np.array(COSINES), abs=4e-3)


def test_the_last_sentence_of_a_long_body_is_found(encoder: Encoder) -> None:
    filler = "The committee met again and nothing of note was said about the drains. "
    body = filler * 250 + "A purple walrus was elected mayor of Pellworth."
    assert len(body.split()) > 3_000
    article = Article(id="a", title="Minutes of the drains committee", body=body)
    pieces = split_article(article, encoder.count_tokens, encoder.passage_budget, overlap=1)
    vectors = encoder.encode_documents([piece.text for piece in pieces])
    query = encoder.encode_query("Which animal became mayor?")
    best = pieces[int(np.argmax(vectors @ query))]
    assert body[best.passage.start : best.passage.end].endswith("mayor of Pellworth.")


def test_torch_and_openvino_agree() -> None:
    settings = load_settings().model
    torch = build_encoder(ModelSettings(**{**settings.model_dump(), "backend": "torch"}))
    openvino = build_encoder(settings)
    assert torch.spec == openvino.spec
    texts = [DOCKERS, STRIKE, RECIPE, "word " * 240, "東京 Ünïcödé 🚢"]
    cosines = (torch.encode_documents(texts) * openvino.encode_documents(texts)).sum(axis=1)
    assert cosines.min() > 0.9995


def test_a_model_is_exported_once(tmp_path: Path) -> None:
    settings = ModelSettings(cache=tmp_path)
    first = build_encoder(settings)
    record = next(tmp_path.glob("*/encoder.json"))
    written = record.stat().st_mtime_ns
    second = build_encoder(settings)
    assert record.stat().st_mtime_ns == written
    assert np.array_equal(first.encode_query(DOCKERS), second.encode_query(DOCKERS))
