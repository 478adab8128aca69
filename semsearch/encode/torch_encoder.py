"""The reference encoder: sentence-transformers on torch, for GPUs and unusual models."""

from collections.abc import Sequence
from threading import Lock
from typing import cast

import numpy as np

from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.encode.export import load_sentence_transformer, spec_of
from semsearch.encode.models import ModelSource


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
