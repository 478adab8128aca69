"""Columns give the same order as adding up and sorting article by article."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from semsearch.ask.fusion import Column, Ranked, Ranking
from semsearch.store.snapshot import Candidates

VALUES = st.floats(-1, 1, allow_subnormal=False)
PARTS = st.integers(0, 12).flatmap(
    lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=1, max_size=4)
)


def column(values: list[float]) -> Column:
    return np.array(values, np.float64)


def made(parts: list[list[float]]) -> Ranking:
    columns = {f"part{i}": column(values) for i, values in enumerate(parts)}
    return Ranking.of(np.arange(len(parts[0])) * 3 + 5, columns)


def candidates(content: list[int]) -> Candidates:
    n = len(content)
    none = np.zeros(0, np.float32)
    return Candidates(
        pks=np.arange(n) * 3 + 5,
        published=np.zeros(n, np.int64),
        content=np.array(content, np.int64),
        first=np.zeros(n + 1, np.int64),
        field=np.zeros(0, np.int8),
        start=np.zeros(0, np.int32),
        end=np.zeros(0, np.int32),
        cosine=none,
        similarity=none,
    )


def plain(parts: list[list[float]]) -> list[Ranked]:
    """The same, slowly."""
    articles = []
    for row, values in enumerate(zip(*parts, strict=True)):
        rounded = {f"part{i}": float(np.round(v, 6)) for i, v in enumerate(values)}
        total = 0.0
        for value in rounded.values():
            total += value
        score = float(np.round(total, 6))
        articles.append(Ranked(row * 3 + 5, row, score, rounded))
    return sorted(articles, key=lambda one: (-one.score, one.pk))


@given(PARTS)
def test_it_is_what_adding_and_sorting_gives(parts: list[list[float]]) -> None:
    assert list(made(parts)) == plain(parts)


@given(PARTS)
def test_parts_may_be_added_one_after_the_other(parts: list[list[float]]) -> None:
    ranking = made(parts[:1])
    for i, values in enumerate(parts[1:], start=1):
        ranking = ranking.adding(f"part{i}", column(values))
    found = list(ranking)
    assert sorted(found, key=lambda one: one.pk) == sorted(plain(parts), key=lambda one: one.pk)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_part_that_is_the_same_for_all_moves_nobody() -> None:
    ranking = made([[0.1, 0.3, 0.3, 0.2]])
    assert [one.row for one in ranking] == [1, 2, 3, 0]
    ranking = ranking.adding("a", column([0, 0, 0.1, 0])).adding("b", column([0, 0.1, 0, 0]))
    assert [one.row for one in ranking] == [2, 1, 3, 0]  # equal now, and as they were before


@given(PARTS, st.data())
def test_some_of_them_keep_their_order(parts: list[list[float]], data: st.DataObject) -> None:
    ranking = made(parts)
    n = len(ranking)
    keep = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    expected = [one for one in ranking if keep[one.row]]
    assert list(ranking.among(np.array(keep, np.bool_))) == expected


@given(st.lists(st.tuples(st.integers(0, 3), VALUES), max_size=12))
def test_folding_is_what_grouping_one_by_one_gives(given_: list[tuple[int, float]]) -> None:
    content = [group for group, _ in given_]
    ranking = made([[value for _, value in given_]])
    groups: dict[int, list[Ranked]] = {}
    for one in ranking:
        groups.setdefault(content[one.row], []).append(one)
    expected = [
        replace(best, folded=tuple(one.pk for one in rest)) for best, *rest in groups.values()
    ]
    assert list(ranking.fold(np.array(content, np.int64))) == expected


def test_it_is_a_sequence() -> None:
    ranking = made([[0.1, 0.3, 0.2]])
    assert len(ranking) == 3
    assert [one.row for one in ranking[:2]] == [1, 2]
    assert ranking[-1].row == ranking[2].row == 0
    assert ranking[5:] == []
    assert ranking[1] in ranking
