"""Threads: stories that continue one another, such as a trial or the week of a crash.

An event and its next step share names, words and meaning; what parts them is mostly time. So two
articles continue one another where they would report one event had they appeared together, and a
thread is everything that such links lead to, story by story. Threads are not kept: they follow
from the stories and pairs of a generation, whatever the order in which articles came.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from semsearch.model.article import Article
from semsearch.model.filters import timestamp
from semsearch.relate.same_event import event_model
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import Cluster, ClusterKind, Edge
from semsearch.store.catalog.coverage import Coverage

MIN_CONTINUES = 0.2
"""Least probability, time aside, from which articles continue one another."""
MAX_ARTICLES = 500
"""Articles from which on no further links are followed."""
_SECONDS_A_DAY = 86_400


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


def linked_stories(
    catalog: Catalog, coverage: Coverage, pks: Iterable[int], at: int
) -> LinkedStories:
    """Follow the links of some articles, and of every story that they lead to.

    Args:
        catalog: Holds the articles.
        coverage: Holds their relations and stories.
        pks: Keys of the articles of a story.
        at: The sequence number of a generation.
    """
    reached: set[int] = set()
    stories: dict[int, Cluster] = {}
    frontier = set(pks)
    while frontier and len(reached) < MAX_ARTICLES:
        of = coverage.clusters_of(ClusterKind.STORY, frontier, at)
        new = {story.key: story for story in of.values() if story.key not in stories}
        stories |= new
        frontier = frontier.union(*coverage.members(new).values())
        reached |= frontier
        edges = coverage.edges_of(frontier, at)
        heads = catalog.heads({pk for edge in edges for pk in (edge.low, edge.high)})
        frontier = _continued(edges, heads) - reached
    alone = reached - {pk for pks in coverage.members(stories).values() for pk in pks}
    return LinkedStories(stories, frozenset(alone), bool(frontier))


def _continued(edges: Collection[Edge], heads: Mapping[int, Article]) -> set[int]:
    """The articles of those pairs that continue one another."""
    return {
        pk
        for edge in edges
        if _continues(edge, _days_apart(heads[edge.low], heads[edge.high]))
        for pk in (edge.low, edge.high)
    }


def _continues(edge: Edge, days: float | None) -> bool:
    return event_model().at_one_time(edge.p_story, edge.p_duplicate, days) >= MIN_CONTINUES


def _days_apart(a: Article, b: Article) -> float | None:
    if a.published is None or b.published is None:
        return None
    return abs(timestamp(a.published) - timestamp(b.published)) / _SECONDS_A_DAY
