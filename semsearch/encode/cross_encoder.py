"""A cross-encoder of sentence-transformers; the only module that loads one."""

from collections.abc import Sequence
from math import exp
from threading import Lock
from typing import Any

from semsearch.encode.models import ModelSource
from semsearch.errors import ModelUnavailableError

_BATCH = 8
_EXTREME = 40.0


class CrossEncoderReranker:
    """Scores question and text read together; see ``rank.rerank.Reranker``.

    Raises:
        ModelUnavailableError: The model cannot be loaded, or gives several scores for a pair.
    """

    batch = _BATCH

    def __init__(self, source: ModelSource) -> None:
        self.name = source.name
        self._lock = Lock()
        try:
            from sentence_transformers import CrossEncoder  # noqa: PLC0415 - heavy

            self._model = CrossEncoder(
                source.location,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # torch, transformers and the hub raise what they like
            raise ModelUnavailableError(
                f"The reranker {source.name} cannot be loaded: {_first_line(error)}",
                "Set rerank.model to a folder of a cross-encoder, or leave it empty.",
            ) from error
        if self._model.num_labels != 1:
            raise ModelUnavailableError(
                f"{source.name} gives {self._model.num_labels} scores for a text, not one.",
                "Set rerank.model to a cross-encoder for ranking.",
            )

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """How well each text answers the question, 0 to 1."""
        if not texts:
            return []
        pairs = [(question, text) for text in texts]
        try:
            with self._lock:
                logits = self._model.predict(
                    pairs, batch_size=_BATCH, show_progress_bar=False, activation_fn=_unchanged
                )
        except Exception as error:
            raise ModelUnavailableError(
                f"The reranker {self.name} failed: {_first_line(error)}"
            ) from error
        return [1 / (1 + exp(-min(max(float(logit), -_EXTREME), _EXTREME))) for logit in logits]


def _unchanged(logits: Any) -> Any:
    """Models name different functions to be applied to their logits; here all get the same."""
    return logits


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
