"""What every reranker promises; a new one joins by a line in ``RERANKERS``."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from semsearch.ask.rerank import Reranker
from semsearch.encode.models import find_model
from semsearch.encode.torch_models import CrossEncoderReranker
from semsearch.errors import ModelUnavailableError
from tests.support.models import make_cross_encoder
from tests.support.reranker import OverlapReranker

QUESTION = "When does the harbour ferry leave?"
TEXTS = [
    "The harbour ferry leaves before the storm.",
    "Otters return to the dam",
    "",
    "地震がリスクを襲った",
    "x",
    "salt cod market " * 200,
    "The harbour ferry leaves before the storm.",
    "The mayor closed the tunnel.",
    "\ud800",
]


RERANKERS: dict[str, Callable[[Path], Reranker]] = {
    "overlap": lambda _: OverlapReranker(),
    "cross-encoder": lambda folder: CrossEncoderReranker(
        find_model(str(make_cross_encoder(folder)))
    ),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=[] if name == "overlap" else pytest.mark.model)
        for name in RERANKERS
    ],
)
def reranker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    return RERANKERS[request.param](tmp_path_factory.mktemp("reranker"))


def test_it_has_a_name_and_a_batch(reranker: Reranker) -> None:
    assert reranker.name
    assert reranker.batch >= 1


def test_every_text_gets_a_score_from_0_to_1(reranker: Reranker) -> None:
    found = reranker.scores(QUESTION, TEXTS[:-1])
    assert len(found) == len(TEXTS) - 1
    assert all(0 <= score <= 1 for score in found)
    assert reranker.scores(QUESTION, []) == []


def test_a_score_depends_on_question_and_text_alone(reranker: Reranker) -> None:
    together = reranker.scores(QUESTION, TEXTS[:-1])
    alone = [reranker.scores(QUESTION, [text])[0] for text in TEXTS[:-1]]
    assert together == pytest.approx(alone, abs=1e-5)
    assert together[0] == pytest.approx(together[6], abs=1e-6)
    assert reranker.scores(QUESTION, TEXTS[:-1]) == together
    assert reranker.scores("Who sells salt cod?", TEXTS[:2]) != together[:2]


def test_texts_are_told_apart(reranker: Reranker) -> None:
    assert len({round(score, 6) for score in reranker.scores(QUESTION, TEXTS[:2])}) == 2


def test_it_may_be_asked_from_several_threads(reranker: Reranker) -> None:
    expected = reranker.scores(QUESTION, TEXTS[:4])
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: reranker.scores(QUESTION, TEXTS[:4]), range(8)):
            assert found == expected


@pytest.mark.model
class TestCrossEncoder:
    def test_one_that_gives_several_scores_is_refused(self, tmp_path: Path) -> None:
        folder = make_cross_encoder(tmp_path, labels=3)
        with pytest.raises(ModelUnavailableError, match="3 scores"):
            CrossEncoderReranker(find_model(str(folder)))

    def test_a_folder_that_holds_none_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "model.safetensors").write_bytes(b"x")
        with pytest.raises(ModelUnavailableError, match="cannot be loaded") as refused:
            CrossEncoderReranker(find_model(str(tmp_path)))
        assert str(tmp_path) in refused.value.message

    def test_a_text_that_it_cannot_read_is_told(self, tmp_path: Path) -> None:
        reranker = CrossEncoderReranker(find_model(str(make_cross_encoder(tmp_path))))
        with pytest.raises(ModelUnavailableError, match="failed"):
            reranker.scores(QUESTION, TEXTS[-1:])
