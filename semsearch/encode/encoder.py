"""The seam between texts and vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """What makes two encoders give the same vectors; written to the manifest.

    Attributes:
        model: Name or folder as configured.
        weights_sha256: Of the model's weight file.
        dimension: Length of a vector.
        max_tokens: Word pieces a sequence may have, special tokens included.
        pooling: How token vectors become one, in the model's own words.
        query_prompt: Text put before a question.
        document_prompt: Text put before a passage.
    """

    model: str
    weights_sha256: str
    dimension: int
    max_tokens: int
    pooling: str
    query_prompt: str = ""
    document_prompt: str = ""


class Encoder(Protocol):
    """Turns texts into unit vectors; safe to call from several threads."""

    @property
    def spec(self) -> EncoderSpec:
        """What the vectors depend on."""
        ...

    @property
    def passage_budget(self) -> int:
        """Word pieces left for a passage after special tokens and the document prompt."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces of each text, without special tokens or prompt."""
        ...

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Passages to vectors.

        Returns:
            float32 of shape ``(len(texts), dimension)``, each row of length 1.

        Raises:
            ModelUnavailableError: The model fails on them.
        """
        ...

    def encode_query(self, text: str) -> Vectors:
        """A question to a float32 unit vector of shape ``(dimension,)``.

        It is encoded by itself, so its vector does not depend on what else is asked.

        Raises:
            ModelUnavailableError: The model fails on it.
        """
        ...
