import json
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import pytest
from pydantic import TypeAdapter

from semsearch.model import comparison
from semsearch.model.comparison import ClaimEvidence, Comparison, Precision, Status

BLOCKS = [
    comparison.HeadlineView,
    comparison.SentenceShares,
    comparison.FrameProfile,
    comparison.Sourcing,
    comparison.SharedFact,
    comparison.MissingFact,
    comparison.Upstream,
    comparison.TimelineEntry,
]


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_has_basis_method_and_evidence(block: type) -> None:
    assert {"basis", "method", "evidence"} <= set(get_type_hints(block))


def test_all_of_it_is_frozen_and_slotted() -> None:
    made = [
        value
        for value in vars(comparison).values()
        if isinstance(value, type)
        and is_dataclass(value)
        and value.__module__ == comparison.__name__
    ]
    assert len(made) > 20
    for one in made:
        assert one.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert set(one.__slots__) == {field.name for field in fields(one)}  # type: ignore[attr-defined]


def test_it_goes_to_json_and_back() -> None:
    adapter = TypeAdapter(Comparison)
    evidence = {
        "shared": ClaimEvidence(Precision(0.95, (0.9, 1.0), 100, "claims")),
        "missing": ClaimEvidence(),
    }
    given = Comparison((), (), (), (), (), (), (), evidence)
    written = adapter.dump_json(given)
    assert json.loads(written)["evidence"]["shared"]["precision"]["interval"] == [0.9, 1.0]
    assert adapter.validate_json(written) == given


def test_the_statuses_are_those_that_are_documented() -> None:
    assert set(Status) == {"stated", "unclear", "not_found", "unknown"}
