"""Keep what one call returns short, and say what was left out."""

from typing import Any, TypeVar

from pydantic_core import to_json

from semsearch.mcp.results import Answer

T = TypeVar("T", bound=Answer)


def fitted(result: T, most: int, *lists: str) -> T:
    """The result with the ends of its lists left out until it is short enough.

    Args:
        result: An answer with the field ``left_out``.
        most: Characters of its JSON.
        lists: Names of its lists; the first is cut first.

    Returns:
        The same where it fits. ``left_out`` says how many entries each list lost.
    """
    beyond = json_length(result) - most
    changed: dict[str, Any] = {}
    left_out: dict[str, int] = {}
    for name in lists:
        kept = list(getattr(result, name))
        if beyond > 0 and kept:
            beyond += len(name) + 12  # what left_out itself takes
        while kept and beyond > 0:
            beyond -= json_length(kept.pop()) + 1
            left_out[name] = left_out.get(name, 0) + 1
            changed[name] = tuple(kept)
    if not changed:
        return result
    return result.model_copy(update={"left_out": left_out, **changed})


def beginning(text: str, most: int) -> str:
    """The beginning of a text, as long as its JSON has at most so many characters."""
    kept = text[:most]
    while kept and (length := json_length(kept) - 2) > most:
        kept = kept[: min(len(kept) - 1, len(kept) * most // length)]
    return kept


def json_length(value: object) -> int:
    """Characters of the value as JSON."""
    return len(to_json(value).decode())
