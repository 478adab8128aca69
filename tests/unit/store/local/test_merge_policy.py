"""Segments stay few, hold what is alive, and are rewritten seldom."""

from collections.abc import Iterable
from itertools import pairwise
from math import log2

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from semsearch.store.local.generation_writer import Keys, Part, merged

Archive = tuple[list[Part], Keys]


def keys(some: Iterable[int]) -> Keys:
    return np.array(sorted(some), np.int64)


@st.composite
def archives(draw: st.DrawFn) -> Archive:
    """Segments with some keys gone, and new articles."""
    sizes = draw(st.lists(st.integers(1, 40), max_size=6))
    parts = []
    start = 0
    for number, size in enumerate(sizes):
        parts.append(Part(f"s{number}", keys(range(start, start + size))))
        start += size
    gone = draw(st.sets(st.integers(0, start)))
    new = draw(st.integers(0, 40))
    return [*parts, Part(None, keys(range(start, start + new)))], keys(
        pk for pk in gone if pk < start
    )


@given(archives())
def test_every_living_key_is_kept_once_and_in_order(given_: Archive) -> None:
    parts, gone = given_
    before = [pk for part in parts for pk in part.pks if pk not in gone]
    after = [pk for part in merged(parts, gone) for pk in part.pks if pk not in gone]
    assert after == before


@given(archives())
def test_a_segment_is_taken_over_whole_or_written_anew_without_what_is_gone(
    given_: Archive,
) -> None:
    parts, gone = given_
    named = {part.name: part for part in parts if part.name}
    for part in merged(parts, gone):
        assert len(part.pks)
        dead = np.isin(part.pks, gone).sum()
        if part.name is None:
            assert not dead
        else:
            assert part is named[part.name]
            assert dead <= 0.3 * len(part.pks) + 1e-9


@given(archives())
def test_each_segment_is_at_least_twice_as_large_as_the_next(
    given_: Archive,
) -> None:
    for before, after in pairwise(merged(*given_)):
        assert len(before.pks) >= 2 * len(after.pks)


@given(archives(), st.integers(0, 60))
def test_where_somebody_waits_no_more_than_some_articles_are_rewritten(
    given_: Archive, most: int
) -> None:
    parts, gone = given_
    before = [pk for part in parts for pk in part.pks.tolist() if pk not in gone]
    found = merged(parts, gone, most)
    assert [pk for part in found for pk in part.pks.tolist() if pk not in gone] == before
    new = set(parts[-1].pks.tolist())
    for part in found:
        if part.name is None and not set(part.pks.tolist()) <= new:
            assert len(part.pks) <= most


def test_nothing_stays_of_nothing() -> None:
    none = keys([])
    assert merged([], none) == []
    assert merged([Part(None, none)], none) == []
    assert merged([Part("a", keys([1, 2]))], keys([1, 2])) == []


def test_a_segment_stays_until_three_tenths_of_it_are_gone() -> None:
    part = Part("a", keys(range(10)))
    assert merged([part], keys([0, 1, 2])) == [part]
    (anew,) = merged([part], keys([0, 1, 2, 3]))
    assert (anew.name, anew.pks.tolist()) == (None, [4, 5, 6, 7, 8, 9])


def test_a_thousand_single_writes_rewrite_an_article_ten_times_at_most() -> None:
    parts: list[Part] = []
    rewritten = [0] * 1_000
    for number in range(1_000):
        result = merged([*parts, Part(None, keys([number]))], keys([]))
        assert len(result) <= log2(number + 1) + 1
        for part in result:
            for pk in part.pks if part.name is None else ():
                rewritten[pk] += 1
        parts = [Part(f"{p.pks[0]}-{p.pks[-1]}", p.pks) for p in result]
    assert max(rewritten) <= log2(1_000) + 1
