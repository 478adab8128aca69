"""Measures against values worked out by hand and against a plain second implementation."""

import sys
from collections.abc import Mapping, Sequence
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.errors import ConfigurationError
from semsearch.evaluation.measures import Estimate, estimate, gains, measure

GRADES = {"a": 2, "b": 1, "c": 0, "d": 2}


def test_one_question_worked_out_by_hand() -> None:
    scores = measure({"q": ["b", "x", "a", "c"]}, {"q": GRADES}, threshold=2)["q"]
    ideal = 3 + 3 / log2(3) + 1 / 2  # a and d gain 3, b gains 1
    assert scores.ndcg == pytest.approx((1 + 3 / 2) / ideal)
    assert scores.ndcg == pytest.approx(0.463582, abs=1e-6)
    assert scores.mrr == pytest.approx(1 / 3)
    assert scores.recall == pytest.approx(1 / 2)
    assert scores.hit == 0


def test_the_cut_off_holds_for_ndcg_and_recall_but_not_for_mrr() -> None:
    scores = measure({"q": ["b", "x", "a", "c"]}, {"q": GRADES}, threshold=2, k=2)["q"]
    assert scores.ndcg == pytest.approx(1 / (3 + 3 / log2(3)))
    assert scores.recall == 0
    assert scores.mrr == pytest.approx(1 / 3)


def test_a_perfect_ranking_is_all_ones_and_an_empty_one_all_zeros() -> None:
    found = measure({"q": ["d", "a", "b"], "r": []}, {"q": GRADES, "r": GRADES}, threshold=2)
    assert (found["q"].ndcg, found["q"].mrr, found["q"].recall, found["q"].hit) == (1, 1, 1, 1)
    assert (found["r"].ndcg, found["r"].mrr, found["r"].recall, found["r"].hit) == (0, 0, 0, 0)


def test_only_empty_rankings_are_measured_too() -> None:
    assert measure({"q": []}, {"q": GRADES}, threshold=1)["q"].ndcg == 0


def test_the_threshold_decides_what_is_relevant() -> None:
    lenient = measure({"q": ["b", "a"]}, {"q": GRADES}, threshold=1)["q"]
    strict = measure({"q": ["b", "a"]}, {"q": GRADES}, threshold=2)["q"]
    assert (lenient.hit, lenient.mrr) == (1, 1)
    assert lenient.recall == pytest.approx(2 / 3)
    assert (strict.hit, strict.mrr, strict.recall) == (0, 1 / 2, 1 / 2)
    assert lenient.ndcg == strict.ndcg


def test_questions_without_grades_have_no_scores() -> None:
    assert measure({"q": ["a"], "r": ["a"]}, {"r": {"a": 1}}, threshold=1).keys() == {"r"}
    assert measure({}, {}, threshold=1) == {}


def test_gains_are_exponential() -> None:
    assert gains({"q": {"a": 1, "b": 3}, "r": {"c": 2, "d": 0}}) == {1: 1, 2: 3, 3: 7}


def plain(ranking: Sequence[str], grades: Mapping[str, int], threshold: int, k: int) -> list[float]:
    """nDCG, MRR, recall and hit@1 straight from their definitions."""

    def dcg(of: Sequence[int]) -> float:
        gained = ((2.0**grade - 1) / log2(rank + 1) for rank, grade in enumerate(of[:k], start=1))
        return float(sum(gained))

    relevant = {one for one, grade in grades.items() if grade >= threshold}
    ranks = [rank for rank, one in enumerate(ranking, start=1) if one in relevant]
    ideal = dcg(sorted(grades.values(), reverse=True))
    return [
        dcg([grades.get(one, 0) for one in ranking]) / ideal if ideal else 0.0,
        1 / ranks[0] if ranks else 0.0,
        len(relevant & set(ranking[:k])) / len(relevant) if relevant else 0.0,
        float(ranks[:1] == [1]),
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(list("abcdefghijkl")),
    st.dictionaries(st.sampled_from("abcdefghijklmn"), st.integers(0, 3), min_size=1),
    st.integers(1, 3),
    st.integers(1, 12),
)
def test_measures_are_what_their_definitions_say(
    ranking: list[str], grades: dict[str, int], threshold: int, k: int
) -> None:
    found = measure({"q": ranking}, {"q": grades}, threshold, k)["q"]
    expected = plain(ranking, grades, threshold, k)
    assert [found.ndcg, found.mrr, found.recall, found.hit] == pytest.approx(expected)


def test_the_bootstrap_gives_the_same_interval_every_time() -> None:
    values = [number % 37 / 37 for number in range(80)]
    assert estimate(values) == estimate(values)
    assert estimate(values) != estimate(values, seed=1)


def test_intervals_hold_the_mean_and_are_as_wide_as_theory_says() -> None:
    found = estimate([0.0, 1.0] * 200)
    assert found.mean == 0.5
    assert found.questions == 400
    half = 1.96 * 0.5 / 20  # a mean of 400 draws with standard deviation 1/2
    assert found.low == pytest.approx(0.5 - half, abs=0.006)
    assert found.high == pytest.approx(0.5 + half, abs=0.006)


def test_what_never_varies_has_an_interval_of_no_width() -> None:
    assert estimate([0.25, 0.25]) == Estimate(0.25, 0.25, 0.25, 2)
    assert estimate([1.0]) == Estimate(1.0, 1.0, 1.0, 1)


def test_without_its_library_measuring_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ConfigurationError) as caught:
        measure({"q": ["a"]}, {"q": {"a": 1}}, 1)
    assert "semsearch[eval]" in caught.value.hint
