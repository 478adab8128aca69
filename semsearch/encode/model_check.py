"""Check that an index is asked with the model that it was made with."""

from collections.abc import Mapping
from typing import Any

from semsearch.errors import ModelMismatchError

_MODEL = (
    "weights_sha256",
    "dimension",
    "max_tokens",
    "pooling",
    "query_prompt",
    "document_prompt",
)
_PASSAGES = {"passage_tokens": "max_tokens", "passage_overlap": "overlap"}


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
