import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.absence import probability, status
from semsearch.compare.scorer import Scorer
from semsearch.model.comparison import Status

SCORER = Scorer(np.zeros(0), 0.0, np.zeros(0), 0.0, shared_from=1.0, not_found_below=-2.0)


@pytest.mark.parametrize(
    ("logit", "full", "expected"),
    [
        (1.0, True, Status.STATED),
        (1.0, False, Status.STATED),
        (0.9, True, Status.UNCLEAR),
        (-2.0, True, Status.UNCLEAR),
        (-2.1, True, Status.NOT_FOUND),
        (0.9, False, Status.UNKNOWN),
        (-9.0, False, Status.UNKNOWN),
    ],
)
def test_four_values_and_doubt(logit: float, full: bool, expected: Status) -> None:  # noqa: FBT001
    assert status(logit, SCORER, full=full) is expected


@given(st.floats(-500, 500))
def test_nothing_is_absent_from_what_is_not_held(logit: float) -> None:
    assert status(logit, SCORER, full=False) in (Status.STATED, Status.UNKNOWN)
    assert 0 <= probability(logit) <= 1
