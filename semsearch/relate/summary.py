"""What a story is called, when it ran, who told it, and from how many origins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import Provider
from semsearch.relate.groups import Pair

_OVERLAP = 0.1  # p_duplicate from which two texts of one agency share wording
_LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class StoryMember:
    """An article of a story.

    Attributes:
        headline: May be empty.
        vector: Unit vector of its lead, float32 (d,).
        text: Id of the original of its duplicate group; its own where it is in none.
        agencies: Agencies it credits.
    """

    id: str
    headline: str
    provider: Provider
    published: datetime | None
    vector: NDArray[np.float32]
    text: str
    agencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StorySummary:
    """A story in a list.

    Attributes:
        lead: Id of the article nearest to the average of all, of those that have a headline where
            any has.
        title: Its headline.
        first_seen: The earliest date of an article; None where none is known.
        last_seen: The latest.
        providers: Keys of the outlets, in alphabetical order, unknown ones left out.
        size: Articles.
        origins: Independent origins: the copies and edited copies of one text count once, and so
            do texts that credit the same agency and share wording.
    """

    lead: str
    title: str
    first_seen: datetime | None
    last_seen: datetime | None
    providers: tuple[str, ...]
    size: int
    origins: int


def summarise(members: Sequence[StoryMember], pairs: Iterable[Pair]) -> StorySummary:
    """Summarise a story.

    Args:
        members: At least one; their order does not matter.
        pairs: What is known of pairs among them.
    """
    dates = [member.published for member in members if member.published is not None]
    lead = _lead(members)
    return StorySummary(
        lead=lead.id,
        title=lead.headline.strip(),
        first_seen=min(dates, default=None),
        last_seen=max(dates, default=None),
        providers=tuple(sorted({member.provider.key for member in members} - {""})),
        size=len(members),
        origins=_origins(members, pairs),
    )


def _lead(members: Sequence[StoryMember]) -> StoryMember:
    """Each text counts once, so that an often copied one is not central for its copies."""
    texts: dict[str, list[NDArray[np.float32]]] = {}
    for member in sorted(members, key=lambda one: one.id):
        texts.setdefault(member.text, []).append(member.vector)
    centre = np.mean([np.mean(vectors, axis=0) for vectors in texts.values()], axis=0)
    return min(
        members,
        key=lambda one: (
            not one.headline.strip(),
            -round(float(one.vector @ centre), 6),
            one.published or _LATE,
            one.id,
        ),
    )


def _origins(members: Sequence[StoryMember], pairs: Iterable[Pair]) -> int:
    """The number of sets that same texts and same agencies make."""
    origin = {member.id: member.text for member in members}
    agencies = {member.id: member.agencies for member in members}

    def root(text: str) -> str:
        while above.get(text, text) != text:
            text = above[text]
        return text

    above: dict[str, str] = {}
    for pair in pairs:
        if pair.a in origin and pair.b in origin and _same_agency(pair, agencies):
            above[root(origin[pair.a])] = root(origin[pair.b])
    return len({root(text) for text in origin.values()})


def _same_agency(pair: Pair, agencies: dict[str, frozenset[str]]) -> bool:
    return pair.p_duplicate >= _OVERLAP and not agencies[pair.a].isdisjoint(agencies[pair.b])
