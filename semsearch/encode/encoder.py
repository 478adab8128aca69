"""The seam between texts and vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from semsearch.config import PassagesSettings
from semsearch.errors import ModelChangedError, ModelMismatchError

Vectors = NDArray[np.float32]

_MODEL = (
    "weights_sha256",
    "dimension",
    "max_tokens",
    "pooling",
    "query_prompt",
    "document_prompt",
)
_PASSAGES = {"passage_tokens": "max_tokens", "passage_overlap": "overlap"}


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


def check_model(made_with: Mapping[str, Any], configured: Mapping[str, Any]) -> None:
    """Compare what an index was made with and what is configured.

    Raises:
        ModelMismatchError: They differ in what vectors depend on.
    """
    model = made_with["model"]
    for key in _MODEL:
        if made_with.get(key) != configured.get(key):
            raise ModelMismatchError(
                f"The index was made with the model {model} "
                f"({key} {str(made_with.get(key))[:16]}), but {configured['model']} is configured "
                f"({key} {str(configured.get(key))[:16]}).",
                f"Set model.name to {model}, or index again into a new folder.",
            )
    for key, setting in _PASSAGES.items():
        if made_with.get(key) != configured.get(key):
            raise ModelMismatchError(
                f"The index was made with passages.{setting} = {made_with.get(key)}, "
                f"but {configured.get(key)} is configured.",
                f"Set passages.{setting} to {made_with.get(key)}, or index into a new folder.",
            )


class CheckedEncoder:
    """The configured encoder, loaded when it is needed first and checked for one index.

    Args:
        load: Gives the encoder, told which model the index was made with, if any.
        passages: How texts are cut.
        made_with: What the index was made with; None before its first article.
    """

    def __init__(
        self,
        load: Callable[[str | None], Encoder],
        passages: PassagesSettings,
        made_with: Callable[[], Mapping[str, Any] | None],
    ) -> None:
        self._load = load
        self._passages = passages
        self._made_with = made_with
        self._lock = Lock()
        self._encoder: Encoder | None = None
        self._checked_for = ""

    @property
    def is_loaded(self) -> bool:
        """Whether it was needed already."""
        return self._encoder is not None

    def get(self, identity: str) -> Encoder:
        """The encoder; checked again where another index, told by ``identity``, took the place.

        Raises:
            ModelUnavailableError: It cannot be loaded.
            ModelMismatchError: The index was made with another.
            ModelChangedError: It was made with this one until another took its place.
        """
        with self._lock:
            if self._encoder is None or self._checked_for != identity:
                made_with = self._made_with()
                model = None if made_with is None else made_with["model"]
                encoder = self._encoder or self._load(model)
                try:
                    if made_with is not None:
                        check_model(made_with, self.settings(encoder))
                except ModelMismatchError:
                    if self._encoder is None:
                        raise
                    raise ModelChangedError(
                        f"The index is made with the model {model} since it was changed, and this "
                        f"process runs {encoder.spec.model}.",
                        f"Set model.name to {model} and start it again.",
                    ) from None
                self._encoder, self._checked_for = encoder, identity
            return self._encoder

    def passage_tokens(self, encoder: Encoder) -> int:
        """Word pieces that a passage may have."""
        budget = encoder.passage_budget
        return min(self._passages.max_tokens or budget, budget)

    def settings(self, encoder: Encoder) -> dict[str, Any]:
        """What an index is made with: what vectors depend on."""
        return {
            **asdict(encoder.spec),
            "passage_tokens": self.passage_tokens(encoder),
            "passage_overlap": self._passages.overlap,
        }
