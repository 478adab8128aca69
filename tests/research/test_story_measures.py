"""B-cubed by the definition; the others by what they must agree with."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from research.story_measures import ari, b_cubed, f1, figures, neighbours

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12)


@given(LABELS)
def test_b_cubed_is_its_definition(labels: list[tuple[int, int]]) -> None:
    found, gold = zip(*labels, strict=True)
    rows = b_cubed(found, gold)
    for place in range(len(labels)):
        mine = [other for other in range(len(labels)) if found[other] == found[place]]
        story = [other for other in range(len(labels)) if gold[other] == gold[place]]
        both = len(set(mine) & set(story))
        assert rows[place].tolist() == [both / len(mine), both / len(story)]


@given(LABELS)
def test_names_of_clusters_do_not_matter(labels: list[tuple[int, int]]) -> None:
    found, gold = zip(*labels, strict=True)
    renamed = [f"cluster {one}" for one in found]
    assert b_cubed(renamed, gold).tolist() == b_cubed(found, gold).tolist()
    assert ari(renamed, gold) == ari(found, gold)
    assert ari(gold, gold) == 1
    assert f1(b_cubed(gold, gold)) == 1


def test_everything_in_one_is_found_and_imprecise() -> None:
    found = figures("one", [0] * 4, [0, 0, 1, 1])
    assert (found.precision.mean, found.recall.mean) == (0.5, 1.0)
    assert (found.stories, found.largest, found.ari) == (1, 4, 0.0)
    assert found.f1.low <= found.f1.mean <= found.f1.high


def test_neighbours_are_the_nearest_of_either() -> None:
    angles = np.array([0.0, 0.1, 0.25, 3.0])
    vectors = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    assert neighbours(vectors, 1) == [(0, 1), (1, 2), (2, 3)]
    assert len(neighbours(vectors, 30)) == 6
