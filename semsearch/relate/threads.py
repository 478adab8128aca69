"""Threads: stories that continue one another, such as a trial or the week of a crash.

An event and its next step share names, words and meaning; what parts them is mostly time. So two
articles continue one another where they would report one event had they appeared together, and a
thread is everything that such links lead to, story by story. Threads are not kept: they follow
from the stories and pairs of a generation, whatever the order in which articles came.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from semsearch.relate.same_event import event_model
from semsearch.store.catalog.clusters import Cluster, ClusterKind
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.catalog.relations import DatedPair

MIN_CONTINUES = 0.2
"""Least probability, time aside, from which articles continue one another."""
MAX_ARTICLES = 500
"""Articles from which on no further links are followed."""


@dataclass(frozen=True, slots=True)
class LinkedStories:
    """What a story's links lead to.

    Attributes:
        stories: By key, the one that was asked about among them.
        alone: Keys of the articles that are in no story.
        cut: Whether there may be more.
    """

    stories: Mapping[int, Cluster]
    alone: frozenset[int]
    cut: bool


def linked_stories(coverage: Coverage, pks: Iterable[int], at: int) -> LinkedStories:
    """Follow the links of some articles, and of every story that they lead to."""
    reached: set[int] = set()
    stories: dict[int, Cluster] = {}
    frontier = set(pks)
    while frontier and len(reached) < MAX_ARTICLES:
        of = coverage.clusters_of(ClusterKind.STORY, frontier, at)
        new = {story.key: story for story in of.values() if story.key not in stories}
        stories |= new
        frontier = frontier.union(*coverage.members(new).values())
        reached |= frontier
        frontier = _continued(coverage.relations.dated_pairs_of(frontier, at)) - reached
    alone = reached - {pk for pks in coverage.members(stories).values() for pk in pks}
    return LinkedStories(stories, frozenset(alone), bool(frontier))


def _continued(pairs: Iterable[DatedPair]) -> set[int]:
    """The articles of those pairs that continue one another."""
    model = event_model()
    return {
        pk
        for pair in pairs
        if model.at_one_time(pair.p_story, pair.p_duplicate, pair.days) >= MIN_CONTINUES
        for pk in (pair.low, pair.high)
    }
