"""Who else reports what a hit reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.ask.candidates import Asked
from semsearch.ask.ranking import Ranked
from semsearch.library.library import Library
from semsearch.model.search import Duplicates, StoryOfHit
from semsearch.store.catalog.coverage_rows import ClusterKind

_NAMED = 100


@dataclass(frozen=True, slots=True)
class Shared:
    """The duplicates and the story of a hit, and the ids of what it stands for."""

    duplicates: Duplicates
    story: StoryOfHit | None
    folded: tuple[str, ...]


def covered(library: Library, asked: Asked, shown: Sequence[Ranked]) -> dict[int, Shared]:
    """What other articles share with hits, by key.

    Duplicates outside the question's filters are neither counted nor named.

    Raises:
        StaleGenerationError: The generation is no longer kept.
    """
    pks = [one.pk for one in shown]
    at = asked.snapshot.sequence
    homes = library.coverage.homes_of(pks, at)
    groups, stories = homes[ClusterKind.GROUP], homes[ClusterKind.STORY]
    members = library.coverage.members({group.key for group in groups.values()})
    within = asked.snapshot.satisfying(
        [pk for held in members.values() for pk in held], asked.condition
    )
    folded = {pk for one in shown for pk in one.folded}
    heads = library.hydrate(within | folded, texts=False)
    order = {pk: (head.published is None, head.published, head.id) for pk, head in heads.items()}

    def shared(one: Ranked) -> Shared:
        group, story = groups.get(one.pk), stories.get(one.pk)
        mine = [] if group is None else [pk for pk in members[group.key] if pk in within]
        others = sorted((pk for pk in mine if pk != one.pk), key=order.__getitem__)
        return Shared(
            Duplicates(len(others), tuple(heads[pk].id for pk in others[:_NAMED])),
            None if story is None else StoryOfHit(story.id, story.size, story.providers),
            tuple(heads[pk].id for pk in one.folded),
        )

    return {one.pk: shared(one) for one in shown}
