"""What settings are built into."""

from pathlib import Path

import pytest

from semsearch.assembly import build_reranking
from semsearch.config import RerankSettings, load_settings
from semsearch.errors import ConfigurationError, ModelUnavailableError


def test_without_a_model_nothing_is_reranked() -> None:
    assert build_reranking(RerankSettings()) is None
    assert build_reranking(load_settings().rerank) is None


def test_a_missing_reranker_is_told_when_it_is_needed(tmp_path: Path) -> None:
    reranking = build_reranking(RerankSettings(model=str(tmp_path / "nowhere")))
    assert reranking is not None
    with pytest.raises(ModelUnavailableError, match="no model folder"):
        reranking.prepared()


@pytest.mark.parametrize("line", ["top: 0", "top: 1001", "budget_ms: 0", "share: 1"])
def test_settings_out_of_range_are_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "semsearch.yaml"
    file.write_text(f"rerank:\n  {line}\n", "utf-8")
    with pytest.raises(ConfigurationError, match="rerank"):
        load_settings(file)
