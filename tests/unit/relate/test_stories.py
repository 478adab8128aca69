"""Stories keep their ids through growth, say which merged and split, and heed no order."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from semsearch.relate.groups import Node, Pair
from semsearch.relate.stories import (
    COMPARED,
    SETTLED,
    Regrouped,
    StoryCluster,
    average_linkage,
    regroup,
)

START = datetime(2024, 3, 5, tzinfo=UTC)


def nodes(names: Iterable[str]) -> list[Node]:
    """Published one hour after another."""
    return [Node(name, START + timedelta(hours=hour)) for hour, name in enumerate(names)]


def same(names: str, p: float = 0.9) -> list[Pair]:
    return [Pair(a, b, 0.1, p) for a, b in combinations(names, 2)]


def homes(found: Regrouped) -> dict[str, str]:
    return {article: story.id for story in found.stories for article in story.members}


def members(found: Regrouped) -> list[str]:
    return sorted("".join(sorted(story.members)) for story in found.stories)


def test_a_story_is_created_and_joined_and_keeps_its_id() -> None:
    first = regroup(nodes("ab"), same("ab"), {})
    (story,) = first.stories
    assert story.members == ("a", "b")
    second = regroup(nodes("abc"), same("abc"), homes(first))
    assert second.stories == (StoryCluster(story.id, ("a", "b", "c")),)
    third = regroup(nodes("abc"), same("abc"), homes(second))
    assert third.stories == second.stories
    assert first.changes == second.changes == third.changes == ()


def test_even_when_an_earlier_article_arrives() -> None:
    first = regroup(nodes("bc"), same("bc"), {})
    second = regroup(nodes("abc"), same("abc"), homes(first))
    assert second.stories[0].id == first.stories[0].id
    assert second.stories[0].members == ("a", "b", "c")


def test_single_articles_are_no_story() -> None:
    assert regroup(nodes("ab"), [Pair("a", "b", 0.0, 0.2)], {}) == Regrouped((), ())
    assert regroup([], [], {}) == Regrouped((), ())


def test_a_merger_keeps_the_larger_story() -> None:
    present = dict.fromkeys("ab", "small") | dict.fromkeys("cde", "large")
    found = regroup(nodes("abcdef"), same("abcdef"), present)
    assert found.stories == (StoryCluster("large", tuple("abcdef")),)
    assert found.changes == (("merged", "small", "large"),)


def test_or_of_two_alike_the_older() -> None:
    present = dict.fromkeys("ab", "z-older") | dict.fromkeys("cd", "a-newer")
    found = regroup(nodes("abcd"), same("abcd"), present)
    assert found.stories[0].id == "z-older"
    assert found.changes == (("merged", "a-newer", "z-older"),)


def test_a_split_leaves_the_id_with_most_articles() -> None:
    present = dict.fromkeys("abcde", "one")
    found = regroup(nodes("abcde"), [*same("ab"), *same("cde")], present)
    small, large = found.stories
    assert (large.id, large.members) == ("one", ("c", "d", "e"))
    assert small.id != "one"
    assert found.changes == (("split", small.id, "one"),)


def test_deleting_repairs() -> None:
    present = dict.fromkeys("abcd", "one")
    bridge = [*same("ab"), *same("cd"), *same("abcd")]
    assert homes(regroup(nodes("abd"), bridge, present)) == dict.fromkeys("abd", "one")
    assert regroup(nodes("a"), [], present) == regroup([], [], present) == Regrouped((), ())


def test_an_article_that_changed_moves() -> None:
    present = dict.fromkeys("abc", "one") | dict.fromkeys("def", "two")
    found = regroup(nodes("abcdef"), [*same("ab"), *same("cdef")], present)
    assert members(found) == ["ab", "cdef"]
    assert homes(found)["c"] == "two"
    assert found.changes == ()


def test_chains_are_no_story() -> None:
    names = "abcdefghijklmnopqrstuvwxyz"
    chain = [Pair(a, b, 0.0, 0.9) for a, b in pairwise(names)]
    assert max(map(len, members(regroup(nodes(names), chain, {})))) <= 3


def test_a_taken_id_is_not_given_again() -> None:
    plain = regroup(nodes("ab"), same("ab"), {}).stories[0].id
    other = regroup(nodes("ab"), same("ab"), {}, lambda one: one == plain).stories[0].id
    given_ = {plain, other}
    third = regroup(nodes("ab"), same("ab"), {}, lambda one: one in given_).stories[0].id
    assert len({plain, other, third}) == 3


def test_a_settled_story_is_not_taken_apart_but_can_be_joined() -> None:
    names = [f"{number:04d}" for number in range(SETTLED + 1)]
    new = [Pair("new", name, 0.0, 0.9) for name in names[:40]]
    found = regroup(nodes([*names, "new"]), new, dict.fromkeys(names, "big"))
    assert homes(found) == dict.fromkeys([*names, "new"], "big")


NAMES = "abcdefgh"


@st.composite
def scored(draw: st.DrawFn) -> list[Pair]:
    every = list(combinations(NAMES, 2))
    values = draw(st.lists(st.floats(0, 1), min_size=len(every), max_size=len(every)))
    return [Pair(a, b, 0.0, p) for (a, b), p in zip(every, values, strict=True)]


def partition(found: Regrouped) -> set[frozenset[str]]:
    return {frozenset(story.members) for story in found.stories}


@given(scored(), st.permutations(NAMES), st.data())
def test_the_order_of_arrival_does_not_matter_where_all_are_touched(
    pairs: list[Pair], order: list[str], data: st.DataObject
) -> None:
    at_once = regroup(nodes(NAMES), pairs, {})
    present: Mapping[str, str] = {}
    for count in range(1, len(order) + 1):
        here = [node for node in nodes(NAMES) if node.id in order[:count]]
        arrived = data.draw(st.permutations(pairs))
        step = regroup(here, arrived, present)
        assert step == regroup(list(reversed(here)), pairs, present)
        present = homes(step)
    assert partition(step) == partition(at_once)


@given(scored(), scored())
def test_ids_are_unique_and_mergers_and_splits_are_told(
    pairs: list[Pair], later: list[Pair]
) -> None:
    first = regroup(nodes(NAMES), pairs, {})
    second = regroup(nodes(NAMES), later, homes(first))
    before, after = ({story.id for story in step.stories} for step in (first, second))
    assert len(after) == len(second.stories)
    for change, story, other in second.changes:
        if change == "merged":
            assert story in before - after
            assert other in after
        else:
            assert change == "split"
            assert story in after - before
            assert other in before
    now = homes(second)
    for old in first.stories:
        heirs = [now[article] for article in old.members if article in now]
        heir = min(heirs, key=lambda story: (-heirs.count(story), story), default="")
        if old.id not in after and heir in before:
            assert ("merged", old.id, heir) in second.changes


def test_carriers_of_one_text_are_one_voice() -> None:
    # Two takes of a strike report and one of the settlement, which resembles the copy alone.
    pairs = [Pair("a", "b", 1.0, 1.0), Pair("b", "c", 0.0, 0.3), Pair("c", "d", 0.0, 0.9)]
    pairs += [Pair("a", "d", 0.0, 0.0), Pair("b", "d", 0.0, 0.0)]
    assert members(regroup(nodes("abcd"), pairs, {}, texts={"a": "one", "b": "one"})) == [
        "ab",
        "cd",
    ]


def test_a_text_is_in_one_story_however_little_its_carriers_were_compared() -> None:
    names = [f"copy{number}" for number in range(40)]
    pairs = [Pair(names[0], "report", 0.0, 0.9)]
    found = regroup([*nodes(names), Node("report")], pairs, {}, texts=dict.fromkeys(names, "text"))
    assert [set(story.members) for story in found.stories] == [{*names, "report"}]
    alone = regroup(nodes(names), [], {}, texts=dict.fromkeys(names, "text"))
    assert [len(story.members) for story in alone.stories] == [40]


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_voices_heed_no_order(order: list[str], carriers: set[str]) -> None:
    texts = dict.fromkeys(carriers, "text")
    pairs = [*same("abc", 0.4), *same("cde", 0.5), *same("ef", 0.7)]
    plain = regroup(nodes("abcdef"), pairs, {}, texts=texts)
    mixed = sorted(nodes("abcdef"), key=lambda node: order.index(node.id))
    assert regroup(mixed, pairs[::-1], {}, texts=texts) == plain
    for story in plain.stories:
        assert carriers <= set(story.members) or carriers.isdisjoint(story.members)


def test_settled_stories_that_share_a_text_are_one() -> None:
    one = [f"a{number:03}" for number in range(SETTLED + 1)]
    other = [f"b{number:03}" for number in range(SETTLED + 1)]
    present = dict.fromkeys(one, "A") | dict.fromkeys(other, "B")
    texts = {one[0]: "text", other[0]: "text"}
    found = regroup(nodes([*one, *other]), [], present, texts=texts)
    assert sorted(len(story.members) for story in found.stories) == [SETTLED, SETTLED + 2]


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
