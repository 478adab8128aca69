"""The examples in the OpenAPI document are what the sample corpus answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.write_examples import FILE, examples
from semsearch.index import Index
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

pytestmark = pytest.mark.model


def shape(value: Any) -> Any:
    """Names and types, without values."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return "number" if isinstance(value, int | float) else type(value).__name__


def alike(one: Any, other: Any) -> bool:
    """Whether two shapes agree; what is missing or empty in one agrees with anything."""
    if "NoneType" in (one, other) or not one or not other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return alike(one[0], other[0])
    return bool(one == other)


def test_the_examples_have_the_shape_of_what_the_sample_answers(
    sample: Index, tmp_path: Path
) -> None:
    scratch = open_index(tmp_path / "scratch", HashingEncoder())
    made = examples(sample, scratch)
    scratch.close()
    written = json.loads(FILE.read_text("utf-8"))
    assert list(written) == list(made)
    for operation, example in made.items():
        requests = written[operation].get("requests")
        assert alike(shape(example.get("requests")), shape(requests)), operation
        assert alike(shape(example), shape(written[operation])), (
            f"run scripts/write_examples.py: {operation}"
        )
