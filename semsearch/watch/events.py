"""What an article is linked to: the event that it reports, and the thread that it continues."""

from dataclasses import dataclass

from semsearch.library import Library
from semsearch.relate.threads import linked_stories
from semsearch.store.catalog.clusters import ClusterKind

_MIN_SAME = 0.15
"""Least probability of one event from which a report joins an alert; in a story it is more."""
_SURE = 0.5
"""Probability from which it is called a report of the same event."""


@dataclass(frozen=True, slots=True)
class Links:
    """What an article is linked to, as ids of articles.

    Attributes:
        story: The id of its story; None where it is in none.
        event: Those that may report the same event, copies among them.
        sure: Those of them that do, as far as can be told.
        thread: Those of events that it continues, or that continue it.
    """

    story: str | None
    event: frozenset[str]
    sure: frozenset[str]
    thread: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Everything that it is linked to."""
        return self.event | self.thread


def links_of(library: Library, pk: int, at: int) -> Links:
    """What an article is linked to."""
    coverage = library.coverage
    clusters = coverage.all_clusters_of([pk], at)
    story = clusters[ClusterKind.STORY].get(pk)
    members = coverage.members(found[pk].key for found in clusters.values() if pk in found)
    edges = coverage.relations.edges_of([pk], at)

    def near(least: float) -> set[int]:
        return {
            other for edge in edges if edge.p_story >= least for other in (edge.low, edge.high)
        }.union(*members.values())

    event = near(_MIN_SAME)
    linked = linked_stories(coverage, [pk], at)
    thread = set(linked.alone).union(*coverage.members(linked.stories).values()) - event
    ids = library.catalog.ids_of((event | thread) - {pk})

    def named(pks: set[int]) -> frozenset[str]:
        return frozenset(ids[other] for other in pks if other in ids)

    return Links(
        None if story is None else story.id, named(event), named(near(_SURE)), named(thread)
    )
