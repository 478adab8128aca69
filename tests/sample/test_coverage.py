"""Coverage of the sample corpus is what its truth file says, found with the real model."""

from pathlib import Path

import pytest

from semsearch.index import Index
from semsearch.model.clusters import CoverageQuery
from semsearch.model.relation import Relation, RelationKind
from tests.sample.test_truth import SAMPLE, TRUTH

pytestmark = pytest.mark.model


Stems = dict[str, str]
EVERYTHING = CoverageQuery(k=1_000)
# What says little of the event itself: columns on it, and what came of it days later.
APART = {
    "2023-09-15-a-ban-is-not-a-timetable",
    "2023-11-14-the-fault-that-should-have-been-quiet",
    "2023-11-16-supplier-password-breach-lessons",
    "2023-12-01-let-the-mutuals-choose",
    "2024-01-19-maid-of-esk-refloated",
    "2024-02-08-picking-winners-with-your-wallet",
    "2024-02-09-whose-factory-is-it",
    "2024-03-05-banana-drama-docks",
    "2024-03-14-dividends-first-water-later",
    "2024-04-16-what-heat-does-to-a-vaccine",
    "2024-05-30-nanny-gets-on-her-bike",
    "2024-07-16-holiday-hell-albatross",
    "2024-08-09-ash-on-the-windowsill",
}


@pytest.fixture(scope="module")
def stems(sample: Index) -> Stems:
    """File stems by article id; stubs come from no file."""
    return {identity: stem for stem, identity in sample.library.catalog.stems().items()}


@pytest.fixture(scope="module")
def groups(sample: Index, stems: Stems) -> dict[frozenset[str], str]:
    """Members and the original of each duplicate group."""
    return {
        frozenset(stems.get(m.article.id, m.article.url) for m in group.members): stems[
            group.original
        ]
        for group in sample.groups(EVERYTHING).groups
    }


@pytest.fixture(scope="module")
def stories(sample: Index, stems: Stems) -> set[frozenset[str]]:
    """The articles of each story, stubs left out, which the truth says nothing about."""
    found = set()
    for one in sample.stories(EVERYTHING).stories:
        members = sample.story(one.id).members
        held = frozenset(stems[m.article.id] for m in members if not m.article.stub)
        found.add(held)
    return {held for held in found if len(held) > 1}


def relation(sample: Index, stems: Stems, a: str, b: str) -> Relation:
    ids = {stem: identity for identity, stem in stems.items()}
    return sample.relate_pairs([(ids[a], ids[b])]).relations[0]


def expected_groups() -> set[frozenset[str]]:
    """What copies and edited copies make of one original."""
    made: dict[str, set[str]] = {}
    for entry in (*TRUTH["copies"], *TRUTH["edited"]):
        made.setdefault(entry["of"], {entry["of"]}).add(entry.get("copy") or entry["edited"])
    return {frozenset(members) for members in made.values()}


CLASSES = [
    *((entry["of"], entry["copy"], RelationKind.COPY) for entry in TRUTH["copies"]),
    *((entry["of"], entry["edited"], RelationKind.EDITED) for entry in TRUTH["edited"]),
    *((e["earlier"], e["later"], RelationKind.RELATED) for e in TRUTH["follow_ups"]),
    *((entry["a"], entry["b"], RelationKind.RELATED) for entry in TRUTH["series"]),
    *((entry["a"], entry["b"], RelationKind.UNRELATED) for entry in TRUTH["template_twins"]),
]


@pytest.mark.parametrize(("a", "b", "kind"), CLASSES, ids=lambda one: str(one)[:60])
def test_the_relations_are_those_of_the_truth(
    sample: Index, stems: Stems, a: str, b: str, kind: RelationKind
) -> None:
    found = relation(sample, stems, a, b)
    assert found.relation is kind, found.probabilities
    assert (found.lineage is not None) == kind.is_duplicate


@pytest.mark.parametrize(
    "twins", [*TRUTH["template_twins"], *TRUTH["series"]], ids=lambda twins: str(twins["b"])
)
def test_twins_are_never_one_text_and_have_little_chance_to_be(
    sample: Index, stems: Stems, twins: dict[str, str]
) -> None:
    found = relation(sample, stems, twins["a"], twins["b"])
    assert found.relation in (RelationKind.RELATED, RelationKind.UNRELATED)
    assert found.p_duplicate < 0.1


def test_the_duplicate_groups_are_those_of_the_truth(
    groups: dict[frozenset[str], str],
) -> None:
    assert set(groups) == expected_groups()


def test_the_originals_are_those_of_the_truth(groups: dict[frozenset[str], str]) -> None:
    originals = {entry["of"] for entry in (*TRUTH["copies"], *TRUTH["edited"])}
    assert set(groups.values()) == originals


@pytest.mark.parametrize("story", TRUTH["stories"], ids=lambda story: str(story["id"]))
def test_a_story_is_that_of_the_truth(
    stories: set[frozenset[str]], story: dict[str, list[str]]
) -> None:
    wanted = frozenset(story["articles"]) - APART
    assert [held for held in stories if held & wanted] == [wanted]


def test_nothing_stands_apart_that_need_not(stories: set[frozenset[str]]) -> None:
    whole = [frozenset(story["articles"]) for story in TRUTH["stories"]]
    assert all(any(held <= story for story in whole) for held in stories)
    assert not [held for held in stories if held & APART and held - APART]


def test_what_the_truth_puts_in_no_story_is_in_none(stories: set[frozenset[str]]) -> None:
    told = {stem for one in TRUTH["stories"] for stem in one["articles"]}
    alone = {entry[side] for entry in TRUTH["template_twins"] for side in ("a", "b")}
    assert not [held for held in stories if len(held & alone) > 1]
    assert {stem for held in stories for stem in held} <= told


def test_no_follow_up_is_in_the_story_it_follows(stories: set[frozenset[str]]) -> None:
    for entry in TRUTH["follow_ups"]:
        for held in stories:
            assert not {entry["earlier"], entry["later"]} <= held


def test_every_file_of_the_truth_is_indexed(stems: Stems) -> None:
    files = {path.stem for path in Path(SAMPLE / "articles").iterdir()} - set(TRUTH["removed"])
    assert set(stems.values()) == files
