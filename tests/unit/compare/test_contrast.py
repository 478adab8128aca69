from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.compare.contrast import contrasts, permutation_p


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_the_p_value_is_that_of_all_permutations(
    own: int, others: int, data: st.DataObject
) -> None:
    marks = data.draw(st.lists(st.booleans(), min_size=own + others, max_size=own + others))
    here = sum(marks[:own])
    counts = [sum(marks[i] for i in chosen) for chosen in combinations(range(own + others), own)]
    chance = {count: counts.count(count) for count in set(counts)}
    extreme = sum(many for many in chance.values() if many <= chance[here])
    found = permutation_p(here, own, sum(marks), own + others)
    assert found == pytest.approx(extreme / len(counts))


def test_a_clear_contrast_passes_and_an_even_share_does_not() -> None:
    counts = {"a.example": {"economic": 15}, "b.example": {"morality": 3}}
    totals = {"a.example": 20, "b.example": 20}
    found = contrasts(counts, totals)
    assert {one.frame for one in found} == {"economic"}
    assert all(one.p < 0.05 for one in found)
    even = {name: {"economic": 10} for name in totals}
    assert contrasts(even, totals) == []


def test_few_sentences_show_nothing() -> None:
    counts = {"a.example": {"economic": 4}, "b.example": {}}
    assert contrasts(counts, {"a.example": 4, "b.example": 40}) == []


def test_one_provider_contrasts_with_nobody() -> None:
    assert contrasts({"a.example": {"economic": 9}}, {"a.example": 9}) == []
