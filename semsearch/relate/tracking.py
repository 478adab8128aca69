"""Coverage: relations, duplicate groups and stories, kept true to the articles as they arrive.

new versions -> sketch -> neighbours -> relate -> groups and stories they touch -> sentences of
what is in a story -> commit

What a new article costs depends on its neighbours, not on the size of the index. A run that was
stopped goes on with the next: what is related is marked by sequence number.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from semsearch.library import Library
from semsearch.model.relation import RelationKind
from semsearch.relate import classify, events
from semsearch.relate.candidate_pairs import neighbours
from semsearch.relate.events import same_event
from semsearch.relate.evidence import features
from semsearch.relate.group_updates import DUPLICATE, changed_groups
from semsearch.relate.profile import Profile
from semsearch.relate.profile_cache import Profiles
from semsearch.relate.relate import compare, judge
from semsearch.relate.sentence_vectors import keep_sentences
from semsearch.relate.sketch import sketch
from semsearch.relate.story_updates import changed_stories
from semsearch.store.catalog.clusters import ClusterKind, CoverageBatch, Edge
from semsearch.store.catalog.database import chunks
from semsearch.store.snapshot import Snapshot

_CALIBRATION_KEY = "relations"
_AT_ONCE = 256
_WORTH_KEEPING = 0.1  # a smaller probability of one event is looked at by nothing


@dataclass(frozen=True, slots=True)
class Tracked:
    """How far relating is: new articles related, of how many."""

    done: int
    total: int


class Tracker:
    """Brings coverage up to date; for the writer of an index only."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._catalog = library.catalog
        self._coverage = library.coverage

    def catch_up(self, watch: Callable[[Tracked], None] = lambda _: None) -> bool:
        """Relate what was added since the last time, repair what was touched.

        Everything in the catalog must be published. What was related with other coefficients
        than those of today is related anew.

        Returns:
            Whether groups or stories changed: then the next generation shows it.
        """
        calibration = f"{classify.fitted().calibration} {events.fitted().calibration}"
        related_with = self._catalog.setting(_CALIBRATION_KEY)
        if related_with != calibration:
            if related_with is not None:
                self._coverage.reset()
            self._catalog.write_setting(_CALIBRATION_KEY, calibration)
        since, until = self._coverage.related_until, self._catalog.sequence
        if since >= until:
            return False
        snapshot = self._library.snapshot()
        profiles = Profiles(self._library, snapshot)
        added = self._catalog.in_order_of_time(self._catalog.pks_added(since, until))
        for start in range(0, len(added), _AT_ONCE):
            self._relate(added[start : start + _AT_ONCE], profiles, snapshot)
            watch(Tracked(min(start + _AT_ONCE, len(added)), len(added)))
        ended = self._catalog.pks_ended(since, until)
        changes = self._changes(added, ended, profiles)
        stories = [new for new in changes.changed if new.kind is ClusterKind.STORY]
        # Before the commit: a run that is stopped here finds the stories, and what they lack, anew.
        keep_sentences(self._library, {pk for story in stories for pk in story.members})
        return self._coverage.write(changes) > snapshot.sequence

    def _relate(self, pks: Sequence[int], profiles: Profiles, snapshot: Snapshot) -> None:
        """Sketch some new articles, and relate them to their neighbours."""
        mine = profiles.of(pks)
        sketches = {pk: sketch(profile) for pk, profile in mine.items()}
        self._coverage.write_sketches(sketches)
        found = neighbours(list(mine.values()), list(sketches.values()), self._coverage, snapshot)
        pairs = {
            (min(pk, other), max(pk, other))
            for pk, others in zip(mine, found, strict=True)
            for other in others
            if other != pk
        }
        edges = _judged(pairs, profiles)
        self._coverage.write_relations([e for e in edges if e.p_story >= _WORTH_KEEPING], pks)

    def _changes(
        self, added: Sequence[int], ended: Sequence[int], profiles: Profiles
    ) -> CoverageBatch:
        touched = set(added)
        groups = changed_groups(
            self._catalog,
            self._coverage,
            touched,
            ended,
            lambda pairs: _judged(pairs, profiles),
        )
        regrouped = {pk for group in groups.changed for pk in group.members}
        stories = changed_stories(
            self._catalog,
            self._coverage,
            profiles,
            touched | regrouped,
            ended,
            lambda pks: groups.of(self._coverage, pks),
        )
        return CoverageBatch(
            changed=(*groups.changed, *stories.changed),
            ended=tuple(
                [(ClusterKind.GROUP, identity) for identity in groups.ended]
                + [(ClusterKind.STORY, identity) for identity in stories.ended]
            ),
            events=stories.events,
        )


def _judged(pairs: Collection[tuple[int, int]], profiles: Profiles) -> Iterator[Edge]:
    """What pairs are, in their order; those with a version already collected are left out."""
    for chunk in chunks(sorted(pairs)):
        held = profiles.of({pk for pair in chunk for pk in pair})
        for low, high in chunk:
            if low in held and high in held:
                yield _edge(low, high, held[low], held[high])


def _edge(low: int, high: int, a: Profile, b: Profile) -> Edge:
    signals = features(a, b)
    found = judge(a, b, signals)
    if found.relation is RelationKind.UNDECIDABLE:  # captions and notices say nothing about events
        return Edge(low, high, 0.0, 0.0)
    event = same_event(a, b, found, signals)
    first = None
    if found.p_duplicate >= DUPLICATE:
        lineage = compare(a, b).lineage
        first = {"a": low, "b": high, None: None}[None if lineage is None else lineage.first]
    return Edge(low, high, found.p_duplicate, max(event, found.p_duplicate), first)
