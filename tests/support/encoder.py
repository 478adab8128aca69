"""A deterministic encoder that needs no model: words hashed into a vector."""

import hashlib
from collections.abc import Sequence
from threading import Lock

import numpy as np

from semsearch.encode.encoder import EncoderSpec, Vectors
from semsearch.errors import ModelUnavailableError

DIMENSION = 64
BUDGET = 40


class HashingEncoder:
    """A bag of words as a unit vector; tokens are words between blanks.

    Args:
        model: Name in its spec.
        dimension: Length of a vector.
        budget: Words a passage may have; later words are cut off, as by a real model.
        batches: After so many calls for documents it fails; None: never.
    """

    def __init__(
        self,
        model: str = "hashing",
        *,
        dimension: int = DIMENSION,
        budget: int = BUDGET,
        batches: int | None = None,
    ) -> None:
        self._model = model
        self._dimension = dimension
        self._budget = budget
        self._lock = Lock()
        self.batches = batches
        self.texts: list[str] = []

    @property
    def encoded(self) -> int:
        """How many passages it has encoded."""
        return len(self.texts)

    @property
    def spec(self) -> EncoderSpec:
        return EncoderSpec(
            model=self._model,
            weights_sha256=hashlib.sha256(self._model.encode()).hexdigest(),
            dimension=self._dimension,
            max_tokens=self._budget + 2,
            pooling="sum",
        )

    @property
    def passage_budget(self) -> int:
        return self._budget

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            if self.batches is not None:
                if self.batches <= 0:
                    raise ModelUnavailableError("The encoder was told to fail.")
                self.batches -= 1
            self.texts += texts
        rows = [self._vector(text) for text in texts]
        return np.array(rows, np.float32).reshape(len(texts), self._dimension)

    def encode_query(self, text: str) -> Vectors:
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        counts = np.zeros(self._dimension, np.float64)
        counts[0] = 0.01  # a text without words has a direction, too
        for word in text.casefold().split()[: self._budget]:
            digest = hashlib.blake2b(word.strip(".,;:!?\"'()").encode(), digest_size=8).digest()
            counts[int.from_bytes(digest) % self._dimension] += 1
        vector: Vectors = (counts / np.linalg.norm(counts)).astype(np.float32)
        return vector
