"""Measures of pairs are their definitions; a table of pairs is read or refused with its line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.pair_measures import (
    Bin,
    LabelledPair,
    best_threshold,
    calibration_error,
    f1,
    read_pairs,
    reliability,
)
from semsearch.errors import InvalidRequestError
from semsearch.model.relation import RelationKind

SAID = st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=30)


def test_f1() -> None:
    truth = np.array([True, True, False, False])
    assert f1(truth, np.array([True, False, True, False])) == 0.5
    assert f1(truth, truth) == 1
    assert f1(~truth & truth, ~truth & truth) == 1


@given(SAID)
def test_no_threshold_is_better_than_the_best(said: list[tuple[bool, float]]) -> None:
    truth = np.array([one for one, _ in said])
    values = np.array([value for _, value in said])
    best = best_threshold("signal", truth, values).f1
    for at in np.linspace(0, 1, 21):
        if np.any(values >= at):
            assert f1(truth, values >= at) <= best.mean + 1e-6
    assert best.low <= best.high


def test_reliability_is_by_tenths() -> None:
    truth = np.array([False, True, True, True])
    said = np.array([0.05, 0.92, 0.96, 1.0])
    assert reliability(truth, said) == [Bin(1, 0.05, 0.0), Bin(3, 0.96, 1.0)]
    assert calibration_error(truth, said) == pytest.approx((0.05 + 3 * 0.04) / 4)


@given(SAID)
def test_what_comes_true_is_calibrated(said: list[tuple[bool, float]]) -> None:
    truth = np.array([one for one, _ in said])
    assert calibration_error(truth, truth.astype(float)) == 0
    assert 0 <= calibration_error(truth, np.array([value for _, value in said])) <= 1


def test_a_table_is_read(tmp_path: Path) -> None:
    table = tmp_path / "pairs.tsv"
    table.write_text('set_a\tid_a\tset_b\tid_b\tlabel\tnote\nx\ta\tx\tb\tcopy\t"odd\n', "utf-8")
    assert read_pairs(table) == [LabelledPair("a", "b", RelationKind.COPY)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id_a\tid_b\n", "no column label"),
        ("id_a\tid_b\tlabel\na\tb\tundecidable\n", ":2: undecidable is no label"),
        ("", "no column id_a, id_b, label"),
    ],
)
def test_or_refused(tmp_path: Path, text: str, says: str) -> None:
    table = tmp_path / "pairs.tsv"
    table.write_text(text, "utf-8")
    with pytest.raises(InvalidRequestError, match=says):
        read_pairs(table)
