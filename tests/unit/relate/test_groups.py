"""Groups hold together by more than one link, whatever the order and whatever else is there."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from semsearch.relate.groups import Group, Node, Pair, duplicate_groups

START = datetime(2024, 3, 5, tzinfo=UTC)


def node(name: str, hours: float | None = None) -> Node:
    return Node(name, None if hours is None else START + timedelta(hours=hours))


def alike(a: str, b: str, p: float = 0.9, first: str | None = None) -> Pair:
    return Pair(a, b, p, max(p, 0.95), first)


def other_event(a: str, b: str) -> Pair:
    return Pair(a, b, 0.02, 0.1)


def clique(names: str, p: float = 0.9) -> list[Pair]:
    return [alike(a, b, p) for a, b in combinations(names, 2)]


def found(names: str, pairs: Sequence[Pair]) -> list[str]:
    """Groups as strings of their members in order of the alphabet."""
    groups = duplicate_groups([node(name) for name in names], pairs)
    return sorted("".join(sorted(group.members)) for group in groups)


@dataclass(frozen=True)
class World:
    """True groups and the pairs within them."""

    groups: tuple[frozenset[str], ...]
    nodes: tuple[Node, ...]
    pairs: tuple[Pair, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Groups whose members are a pair, or each in a triangle, or around one hub in twos."""
    groups, pairs = [], []
    probabilities = st.floats(0.5, 1)
    for number in range(draw(st.integers(2, 4))):
        size = draw(st.integers(2, 6))
        names = [f"{number}{'abcdef'[place]}" for place in range(size)]
        groups.append(frozenset(names))
        for a, b in combinations(names, 2):
            neighbours = names.index(b) - names.index(a) <= 2
            # Squared paths at least: each version is like the next two.
            if neighbours or draw(st.booleans()):
                pairs.append(alike(a, b, draw(probabilities)))
    nodes = [node(name) for group in groups for name in sorted(group)]
    return World(tuple(groups), tuple(nodes), tuple(pairs))


def partition(groups: Sequence[Group]) -> set[frozenset[str]]:
    return {frozenset(group.members) for group in groups}


@given(worlds(), st.data())
def test_one_false_link_changes_nothing(world: World, data: st.DataObject) -> None:
    one, other = data.draw(st.permutations(world.groups))[:2]
    false = alike(
        data.draw(st.sampled_from(sorted(one))),
        data.draw(st.sampled_from(sorted(other))),
        data.draw(st.floats(0.5, 1)),
    )
    assert partition(duplicate_groups(world.nodes, world.pairs)) == set(world.groups)
    assert partition(duplicate_groups(world.nodes, [*world.pairs, false])) == set(world.groups)


@given(worlds(), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))), st.data())
def test_order_does_not_matter(
    world: World, more: list[tuple[int, int]], data: st.DataObject
) -> None:
    names = [one.id for one in world.nodes]
    noise = [
        alike(names[a % len(names)], names[b % len(names)], 0.5 + (a * 31 + b) % 50 / 100)
        for a, b in more
    ]
    pairs = [*world.pairs, *noise]
    expected = duplicate_groups(world.nodes, pairs)
    turned = [Pair(one.b, one.a, one.p_duplicate, one.p_story) for one in pairs]
    shuffled = data.draw(st.permutations(turned))
    assert duplicate_groups(data.draw(st.permutations(world.nodes)), shuffled) == expected
    members = [name for group in expected for name in group.members]
    assert len(members) == len(set(members))


@given(worlds(), st.lists(st.floats(0, 0.49), max_size=8))
def test_an_unrelated_article_changes_nothing(world: World, weak: list[float]) -> None:
    pairs = [Pair("z", one.id, p, p) for one, p in zip(world.nodes, weak, strict=False)]
    plain = duplicate_groups(world.nodes, world.pairs)
    assert duplicate_groups([*world.nodes, node("z")], [*world.pairs, *pairs]) == plain


@given(st.integers(4, 60), st.lists(st.floats(0.5, 1), min_size=60, max_size=60))
def test_a_chain_is_no_group(length: int, probabilities: list[float]) -> None:
    names = [f"{number:02d}" for number in range(length)]
    links = [alike(a, b, p) for (a, b), p in zip(pairwise(names), probabilities, strict=False)]
    groups = duplicate_groups([node(name) for name in names], links)
    assert max(len(group.members) for group in groups) <= 3


def test_pairs_hold_against_a_stronger_false_link() -> None:
    assert found("abcd", [alike("a", "b", 0.6), alike("b", "c", 1), alike("c", "d", 0.6)]) == [
        "ab",
        "cd",
    ]


def test_leaves_of_two_hubs_hold_against_a_stronger_false_link() -> None:
    stars = [alike("s", x, 0.6) for x in "abc"] + [alike("t", x, 0.6) for x in "def"]
    assert found("abcdefst", [*stars, alike("a", "d", 1)]) == ["abcs", "deft"]


def test_a_pair_beside_a_core_stays_a_pair() -> None:
    assert found("abcxy", [*clique("abc"), alike("c", "x", 1), alike("x", "y", 0.6)]) == [
        "abc",
        "xy",
    ]


def test_one_strong_link_brings_a_single_article() -> None:
    assert found("abcx", [*clique("abc"), alike("c", "x", 0.8)]) == ["abcx"]


def test_but_not_against_its_other_comparisons() -> None:
    against = [other_event("a", "x"), other_event("b", "x")]
    assert found("abcx", [*clique("abc"), alike("c", "x", 0.8), *against]) == ["abc"]


def test_who_joined_by_one_link_brings_nobody() -> None:
    tail = [alike("c", "w", 0.9), alike("w", "x", 0.9), alike("x", "y", 0.9), alike("y", "z", 0.9)]
    assert found("abcwxyz", [*clique("abc"), *tail]) == ["abcw", "xyz"]


def test_versions_that_share_no_text_with_the_one_that_stands_for_all_are_another_group() -> None:
    takes = "abcdefgh"
    links = [
        alike(a, b) if takes.index(b) - takes.index(a) <= 2 else Pair(a, b, 0.07, 0.8)
        for a, b in combinations(takes, 2)
    ]
    assert found(takes, links) == ["abcde", "fgh"]


@given(worlds(), st.data())
def test_nobody_is_apart_from_the_one_that_stands_for_all(
    world: World, data: st.DataObject
) -> None:
    pairs = [
        Pair(pair.a, pair.b, data.draw(st.floats(0, 1)), 1.0) if data.draw(st.booleans()) else pair
        for pair in world.pairs
    ]
    probability = {frozenset((pair.a, pair.b)): pair.p_duplicate for pair in pairs}
    for group in duplicate_groups(world.nodes, pairs):
        for member in group.members[1:]:
            assert probability.get(frozenset((group.original, member)), 1.0) >= 0.5


def test_a_series_about_other_events_falls_apart() -> None:
    days = "abcdefghijklmno"
    links = []
    for a, b in combinations(days, 2):
        gap = days.index(b) - days.index(a)
        same = days.index(a) // 5 == days.index(b) // 5
        # Within one week surely, across the week's end barely; other days clearly differ.
        p = 0.95 if same else 0.55
        links.append(alike(a, b, p) if same or gap <= 2 else other_event(a, b))
    assert found(days, links) == ["abcde", "fghij", "klmno"]


def test_a_digest_does_not_merge_what_it_contains() -> None:
    digest = [alike("d", x) for x in "abcxyz"]
    assert found("abcxyzd", [*clique("abc"), *clique("xyz"), *digest]) == ["abcd", "xyz"]
    two = [*clique("ab"), *clique("xy"), *(alike("d", x) for x in "abxy")]
    assert len(found("abxyd", two)) == 2
    single = [alike("d", "a", 0.95), alike("d", "x", 0.9), other_event("a", "x")]
    assert found("adx", single) == ["ad"]


def test_the_original_is_what_others_were_made_from() -> None:
    nodes = [node("a", 5), node("b", 1), node("c")]
    assert duplicate_groups(nodes, clique("abc"))[0] == Group("b", ("b", "a", "c"))
    lineage = [alike("a", "b", first="a"), alike("b", "c", first="b"), alike("a", "c", first="a")]
    assert duplicate_groups(nodes, lineage)[0] == Group("a", ("a", "b", "c"))


def test_without_dates_ids_decide() -> None:
    assert duplicate_groups([node("b"), node("a")], clique("ab"))[0].original == "a"


def test_nothing_makes_no_group() -> None:
    assert duplicate_groups([], []) == ()
    assert duplicate_groups([node("a")], [alike("a", "gone"), alike("a", "a")]) == ()
    assert duplicate_groups([node("a"), node("b")], [alike("a", "b", 0.49)]) == ()


def test_the_bar_can_be_raised() -> None:
    nodes = [node("a"), node("b")]
    assert duplicate_groups(nodes, [alike("a", "b", 0.7)], minimum=0.8) == ()


def test_ten_thousand_copies_take_seconds() -> None:
    names = [f"{number:05d}" for number in range(10_000)]
    pairs = [
        alike(name, names[other], 0.8)
        for place, name in enumerate(names)
        for other in range(place + 1, min(place + 26, len(names)))
    ]
    began = time.thread_time()
    groups = duplicate_groups([node(name) for name in names], pairs)
    assert [len(group.members) for group in groups] == [10_000]
    assert time.thread_time() - began < 30
