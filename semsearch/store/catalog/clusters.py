"""Clusters of articles that report the same: duplicate groups and stories, in the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from semsearch.model.article import Provider


class ClusterKind(StrEnum):
    """Articles with the same text, or articles on one event."""

    GROUP = "group"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class NewCluster:
    """A group or story as it is from now on; one of the same kind and id ends.

    Attributes:
        lead: The original of a group, the most central article of a story.
        origins: Independent texts among the members.
        first: Earliest publication in seconds, None where no member has a date; ``last`` likewise.
        members: Keys of two or more articles.
    """

    kind: ClusterKind
    id: str
    lead: int
    title: str
    providers: int
    origins: int
    first: int | None
    last: int | None
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group or story as a generation sees it; ``key`` is that of this state of it."""

    key: int
    kind: ClusterKind
    id: str
    lead: int
    title: str
    size: int
    providers: int
    origins: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class ClusterEvent:
    """Something that happened to a story: ``merged`` into ``other``, or ``split`` off it."""

    event: str
    id: str
    other: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClusterFilter:
    """Which groups or stories are listed.

    Attributes:
        providers: With a member by one of these outlets, as they are spelt; None: by any.
        since: With reports at this second or later, ``until`` before this one; None: whenever.
        min_size: Articles at least; ``min_origins`` independent texts at least.
    """

    providers: tuple[Provider, ...] | None = None
    since: int | None = None
    until: int | None = None
    min_size: int = 2
    min_origins: int = 1


@dataclass(frozen=True, slots=True)
class CoverageBatch:
    """Changes of groups and stories that become visible together.

    Attributes:
        changed: New states.
        ended: Ids of each kind that are no more.
        events: What happened to stories.
    """

    changed: Sequence[NewCluster] = ()
    ended: Sequence[tuple[ClusterKind, str]] = ()
    events: Sequence[tuple[str, str, str]] = ()


def cluster_values(new: NewCluster, sequence: int) -> dict[str, object]:
    """Column values of a group or story as it is from a sequence number on."""
    return {
        "id": new.id,
        "kind": new.kind.value,
        "added_seq": sequence,
        "lead_pk": new.lead,
        "title": new.title,
        "size": len(new.members),
        "providers": new.providers,
        "origins": new.origins,
        "first": new.first,
        "last": new.last,
    }


def cluster_from_row(row: Any) -> Cluster:
    """A group or story from a row."""
    return Cluster(
        key=row.pk,
        kind=ClusterKind(row.kind),
        id=row.id,
        lead=row.lead_pk,
        title=row.title,
        size=row.size,
        providers=row.providers,
        origins=row.origins,
        first=row.first,
        last=row.last,
    )
