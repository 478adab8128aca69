"""A second model, of another shape, works end to end through configuration alone."""

from pathlib import Path

import numpy as np
import pytest

from semsearch.assembly import build_encoder, open_index
from semsearch.config import ModelSettings, Settings
from semsearch.errors import ModelMismatchError, ModelUnavailableError
from semsearch.model.article import Article
from semsearch.model.search import Mode, Query
from tests.support.models import (
    DIMENSION,
    DOCUMENT_PROMPT,
    MAX_TOKENS,
    QUERY_PROMPT,
    TEXTS,
    make_model,
)

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelSettings:
    folder = tmp_path_factory.mktemp("model")
    return ModelSettings(name=str(make_model(folder)), cache=folder / "cache", precision="f32")


def test_its_shape_and_prompts_are_read_from_it(model: ModelSettings) -> None:
    spec = build_encoder(model).spec
    assert (spec.dimension, spec.max_tokens) == (DIMENSION, MAX_TOKENS)
    assert (spec.query_prompt, spec.document_prompt) == (QUERY_PROMPT, DOCUMENT_PROMPT)
    assert "max" in spec.pooling


def test_prompts_are_put_before_questions_and_passages(model: ModelSettings) -> None:
    exported = build_encoder(model)
    torch = build_encoder(model.model_copy(update={"backend": "torch"}))
    text = "the harbour ferry"
    for encoder in (exported, torch):
        query, document = encoder.encode_query(text), encoder.encode_documents([text])[0]
        assert float(query @ document) < 0.9999
    assert exported.encode_query(text) @ torch.encode_query(text) > 0.9999
    both = exported.encode_documents(TEXTS) * torch.encode_documents(TEXTS)
    assert both.sum(axis=1).min() > 0.9999


def test_the_document_prompt_is_counted_into_the_budget(model: ModelSettings) -> None:
    encoder = build_encoder(model)
    prompt = encoder.count_tokens([DOCUMENT_PROMPT])[0]
    assert encoder.passage_budget == MAX_TOKENS - 2 - prompt


def test_an_index_is_made_and_asked_with_it(model: ModelSettings, tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index", model=model)
    services = open_index(settings, create=True)
    articles = [
        Article(id=str(i), title=text, body=f"{text}. " * 9) for i, text in enumerate(TEXTS)
    ]
    services.add(articles)
    for number, text in enumerate(TEXTS):
        hits = services.search(Query(text, mode=Mode.DENSE)).hits
        assert {hit.article.id for hit in hits} == {"0", "1", "2"}
        assert hits[0].article.id == str(number)
    manifest = services.library.generations.manifest(1)
    assert manifest.encoder["document_prompt"] == DOCUMENT_PROMPT
    assert manifest.encoder["dimension"] == DIMENSION
    services.close()

    other = open_index(settings.model_copy(update={"model": ModelSettings()}))
    with pytest.raises(ModelMismatchError, match="all-MiniLM-L6-v2") as refused:
        other.search(Query("harbour"))
    assert str(model.name) in refused.value.hint
    other.close()


def test_a_changed_model_is_exported_anew(model: ModelSettings) -> None:
    before = build_encoder(model).encode_query("harbour")
    record = next(Path(model.cache).glob("*/encoder.json"))
    first = record.stat().st_mtime_ns
    (Path(model.name) / "config.json").touch()
    after = build_encoder(model).encode_query("harbour")
    assert record.stat().st_mtime_ns > first
    assert np.allclose(before, after, atol=1e-5)


@pytest.mark.parametrize("name", ["./no/such/folder", "/nowhere"])
def test_a_missing_model_folder_is_named(name: str) -> None:
    with pytest.raises(ModelUnavailableError, match="no model folder"):
        build_encoder(ModelSettings(name=name))


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelUnavailableError, match="safetensors"):
        build_encoder(ModelSettings(name=str(tmp_path)))
