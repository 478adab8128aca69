"""Average linkage is scipy's where everything was compared, and never depends on order."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from semsearch.relate.stories import COMPARED, average_linkage

Scores = dict[tuple[str, str], float]


@st.composite
def compared(draw: st.DrawFn) -> tuple[list[str], Scores]:
    names = [f"{number:02d}" for number in range(draw(st.integers(2, 9)))]
    every = list(combinations(names, 2))
    # Different scores, so that no tie is broken one way here and another way there.
    values = draw(
        st.lists(st.integers(1, 10**6), min_size=len(every), max_size=len(every), unique=True)
    )
    return names, {pair: value / 10**6 for pair, value in zip(every, values, strict=True)}


def as_sets(clusters: list[set[str]]) -> set[frozenset[str]]:
    return {frozenset(cluster) for cluster in clusters}


@given(compared())
def test_it_is_the_usual_average_linkage(given_: tuple[list[str], Scores]) -> None:
    names, scores = given_
    distances = 1 - np.array([scores[pair] for pair in combinations(names, 2)])
    labels = fcluster(linkage(distances, "average"), 0.5, "distance")
    expected = {
        frozenset(name for name, label in zip(names, labels, strict=True) if label == one)
        for one in set(labels)
    }
    assert as_sets(average_linkage(names, scores, 0.5)) == expected


@given(compared(), st.data())
def test_order_does_not_matter(given_: tuple[list[str], Scores], data: st.DataObject) -> None:
    names, scores = given_
    some = {pair: score for pair, score in scores.items() if data.draw(st.booleans())}
    turned = dict(data.draw(st.permutations([((b, a), p) for (a, b), p in some.items()])))
    shuffled = data.draw(st.permutations(names))
    assert average_linkage(shuffled, turned, 0.3) == average_linkage(names, some, 0.3)


def test_what_was_not_compared_counts_as_nothing() -> None:
    chain = {("a", "b"): 0.9, ("b", "c"): 0.9}
    assert as_sets(average_linkage("abc", chain, 0.5)) == {frozenset("ab"), frozenset("c")}


def test_no_more_is_expected_than_can_be_compared() -> None:
    names = [f"{number:03d}" for number in range(10 * COMPARED)]
    near = {
        (names[a], names[b]): 0.9
        for a in range(len(names))
        for b in range(a + 1, min(a + 1 + COMPARED // 2, len(names)))
    }
    new = {("new", name): 0.8 for name in names[:COMPARED]}
    (all_in_one,) = average_linkage([*names, "new"], {**near, **new}, 0.3, [names])
    assert all_in_one == {*names, "new"}


def test_what_is_whole_stays_whole() -> None:
    whole = [["c", "a"], ["d"]]
    assert average_linkage("abcd", {("a", "b"): 0.4}, 0.3, whole) == [{"a", "c"}, {"b"}, {"d"}]
    assert average_linkage("abcd", {("a", "b"): 0.8, ("b", "c"): 0.6}, 0.5, whole) == [
        {"a", "b", "c"},
        {"d"},
    ]


def test_nothing_is_nothing() -> None:
    assert average_linkage([], {}, 0.5) == []
    assert average_linkage(["a"], {("a", "gone"): 1.0}, 0.5) == [{"a"}]
