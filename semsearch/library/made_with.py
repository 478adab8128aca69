"""Whether an index can be asked with a model: with the one that it was made with alone."""

from typing import Any

from semsearch.errors import ModelMismatchError


def check_made_with(made_with: dict[str, Any], configured: dict[str, Any]) -> None:
    """Compare what an index was made with and what is configured.

    Raises:
        ModelMismatchError: They differ in what vectors depend on.
    """
    model = (
        "weights_sha256",
        "dimension",
        "max_tokens",
        "pooling",
        "query_prompt",
        "document_prompt",
    )
    for key in model:
        if made_with.get(key) != configured.get(key):
            raise ModelMismatchError(
                f"The index was made with the model {made_with['model']} "
                f"({key} {str(made_with.get(key))[:16]}), but {configured['model']} is configured "
                f"({key} {str(configured.get(key))[:16]}).",
                f"Set model.name to {made_with['model']}, or index again into a new folder.",
            )
    for key, setting in (("passage_tokens", "max_tokens"), ("passage_overlap", "overlap")):
        if made_with.get(key) != configured.get(key):
            raise ModelMismatchError(
                f"The index was made with passages.{setting} = {made_with.get(key)}, "
                f"but {configured.get(key)} is configured.",
                f"Set passages.{setting} to {made_with.get(key)}, or index into a new folder.",
            )
