"""Models run by sentence-transformers on torch: the reference encoder, and the reranker.

Only this module imports sentence-transformers, and only when a model is loaded.
"""

import hashlib
import os
from collections.abc import Sequence
from math import exp
from threading import Lock
from typing import Any, cast

import numpy as np

from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.encode.models import ModelSource, weights_sha256
from semsearch.errors import ModelUnavailableError

_RERANK_BATCH = 8
_EXTREME = 40.0


def load_sentence_transformer(source: ModelSource) -> Any:
    """The model in sentence-transformers: safetensors only, no code from the model.

    Raises:
        ModelUnavailableError: It cannot be found or loaded.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    try:
        return SentenceTransformer(
            source.location,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # hub, network and file errors of many kinds
        raise ModelUnavailableError(
            f"The model {source.name} cannot be loaded: {first_line(error)}",
            "Name a model folder, a model that sentence-transformers can reach, or "
            "all-MiniLM-L6-v2, which is installed with semsearch.",
        ) from error


def spec_of(model: Any, source: ModelSource) -> EncoderSpec:
    """What a loaded model's vectors depend on."""
    prompts = dict(model.prompts or {})
    folder = source.folder
    return EncoderSpec(
        model=source.name,
        weights_sha256=_parameters_sha256(model) if folder is None else weights_sha256(folder),
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length or 512),
        pooling=" > ".join(_describe(module) for module in model),
        query_prompt=prompts.get("query") or "",
        document_prompt=prompts.get("document") or prompts.get("passage") or "",
    )


def _describe(module: Any) -> str:
    mode = getattr(module, "pooling_mode", None) or getattr(module, "get_pooling_mode_str", str)
    name = type(module).__name__
    return f"{name}({mode() if callable(mode) else mode})" if name == "Pooling" else name


def _parameters_sha256(model: Any) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().float().numpy().tobytes())
    return digest.hexdigest()


class TorchEncoder:
    """Runs a model in sentence-transformers; see ``Encoder`` for what the methods promise.

    Raises:
        ModelUnavailableError: The model cannot be loaded.
    """

    def __init__(self, source: ModelSource) -> None:
        self._model = load_sentence_transformer(source)
        self._spec = spec_of(self._model, source)
        self._framing = len(self._model.tokenizer("")["input_ids"])
        self._lock = Lock()

    @property
    def spec(self) -> EncoderSpec:
        """What the vectors depend on."""
        return self._spec

    @property
    def passage_budget(self) -> int:
        """Word pieces left for a passage after special tokens and the document prompt."""
        prompt = self._spec.document_prompt
        used = self._framing + (self.count_tokens([prompt])[0] if prompt else 0)
        return self._spec.max_tokens - used

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, without special tokens or prompt."""
        if not texts:
            return []
        lower = getattr(self._model[0], "do_lower_case", False)
        given = [text.lower() if lower else text for text in texts]
        ids = self._model.tokenizer(
            given, add_special_tokens=False, truncation=False, verbose=False
        )["input_ids"]
        return [len(row) for row in ids]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Passages to unit vectors."""
        if not texts:
            return np.empty((0, self._spec.dimension), np.float32)
        with self._lock:
            vectors = self._model.encode_document(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return cast("Vectors", np.asarray(vectors, np.float32))

    def encode_query(self, text: str) -> Vectors:
        """A question to a unit vector, by itself."""
        with self._lock:
            vectors = self._model.encode_query(
                [text], normalize_embeddings=True, show_progress_bar=False
            )
        return cast("Vectors", np.asarray(vectors, np.float32)[0])


class CrossEncoderReranker:
    """Scores question and text read together; see ``ask.rerank.Reranker``.

    Raises:
        ModelUnavailableError: The model cannot be loaded, or gives several scores for a pair.
    """

    batch = _RERANK_BATCH

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
                f"The reranker {source.name} cannot be loaded: {first_line(error)}",
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
                    pairs,
                    batch_size=_RERANK_BATCH,
                    show_progress_bar=False,
                    activation_fn=_unchanged,
                )
        except Exception as error:
            raise ModelUnavailableError(
                f"The reranker {self.name} failed: {first_line(error)}"
            ) from error
        return [1 / (1 + exp(-min(max(float(logit), -_EXTREME), _EXTREME))) for logit in logits]


def _unchanged(logits: Any) -> Any:
    """Models name different functions to be applied to their logits; here all get the same."""
    return logits


def first_line(error: Exception) -> str:
    """The first line of what torch, transformers or the hub say, 300 characters at most."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
