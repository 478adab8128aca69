"""What an article is linked to: the event that it reports, and the thread that it continues."""

from dataclasses import dataclass

from semsearch.library import Library
from semsearch.relate.threads import linked_stories
from semsearch.store.catalog.clusters import ClusterKind

_MIN_SAME = 0.15
"""Least probability of one event from which a report joins an alert; in a story it is more."""


@dataclass(frozen=True, slots=True)
class Links:
    """What an article is linked to, as ids of articles.

    Attributes:
        story: The id of its story; None where it is in none.
        copies: Articles with its text.
        event: Those that report the same event, copies among them.
        thread: Those of events that it continues, or that continue it.
    """

    story: str | None
    copies: frozenset[str]
    event: frozenset[str]
    thread: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Everything that it is linked to."""
        return self.event | self.thread


def links_of(library: Library, pk: int, at: int) -> Links:
    """What an article is linked to.

    Args:
        library: The index.
        pk: The article.
        at: The sequence number of a generation.
    """
    coverage = library.coverage
    clusters = coverage.all_clusters_of([pk], at)
    homes = {kind: found.get(pk) for kind, found in clusters.items()}
    members = coverage.members(home.key for home in homes.values() if home is not None)
    group, story = homes[ClusterKind.GROUP], homes[ClusterKind.STORY]
    copies = set(members[group.key]) if group is not None else set()
    event = copies | (set(members[story.key]) if story is not None else set())
    event |= {
        other
        for edge in coverage.edges_of([pk], at)
        if edge.p_story >= _MIN_SAME
        for other in (edge.low, edge.high)
    }
    linked = linked_stories(coverage, [pk], at)
    thread = set(linked.alone).union(*coverage.members(linked.stories).values()) - event
    ids = library.catalog.ids_of((event | thread) - {pk})

    def named(pks: set[int]) -> frozenset[str]:
        return frozenset(ids[other] for other in pks if other in ids)

    return Links(None if story is None else story.id, named(copies), named(event), named(thread))
