"""Stories that an indexing run touches, found anew."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.model.article import Article
from semsearch.model.filters import timestamp
from semsearch.relate.agencies import credits_of
from semsearch.relate.groups import Node, Pair
from semsearch.relate.profile import Profile
from semsearch.relate.profile_cache import Profiles
from semsearch.relate.stories import Change, Regrouped, Story, regroup
from semsearch.relate.summary import StoryMember, summarise
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import Cluster, ClusterKind, NewCluster
from semsearch.store.catalog.coverage import Coverage

_TOUCHED = 0.2  # the least probability of one event by which an article touches another
_RECORDED = (Change.MERGED, Change.SPLIT)

GroupsOf = Callable[[Iterable[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class StoryChanges:
    """What stories are from now on, which are no more, and what merged or split."""

    changed: tuple[NewCluster, ...]
    ended: tuple[str, ...]
    events: tuple[tuple[str, str, str], ...]


def changed_stories(
    catalog: Catalog,
    coverage: Coverage,
    profiles: Profiles,
    touched: Iterable[int],
    gone: Iterable[int],
    groups_of: GroupsOf,
) -> StoryChanges:
    """The stories around some articles.

    Args:
        catalog: Holds the articles.
        coverage: Holds the relations, those of new articles among them.
        profiles: Gives what articles are summarised by.
        touched: Keys of new articles, and of those whose duplicate groups changed.
        gone: Keys of articles that are no more.
        groups_of: Gives the duplicate groups that articles are in, by every member of them.
    """
    lost = set(gone)
    reached = set(touched) | {
        pk
        for edge in coverage.edges_of(touched)
        if edge.p_story >= _TOUCHED
        for pk in (edge.low, edge.high)
    }
    reached |= groups_of(reached).keys()  # one text is in one story
    before = coverage.clusters_of(ClusterKind.STORY, lost | reached)
    members = coverage.members(cluster.key for cluster in before.values())
    held = {pk: cluster for cluster in before.values() for pk in members[cluster.key]}
    concerned = (reached | set(held)) - lost
    heads = catalog.heads(concerned | lost)
    groups = groups_of(concerned)
    pairs = [
        Pair(heads[edge.low].id, heads[edge.high].id, edge.p_duplicate, edge.p_story)
        for edge in coverage.edges_of(concerned)
        if edge.low in concerned and edge.high in concerned
    ]
    found = regroup(
        [Node(heads[pk].id, heads[pk].published) for pk in sorted(concerned)],
        pairs,
        {heads[pk].id: cluster.id for pk, cluster in held.items() if pk in heads},
        lambda identity: coverage.cluster(ClusterKind.STORY, identity) is not None,
        {heads[pk].id: groups[pk] for pk in concerned if pk in groups},
    )
    told = _Teller({heads[pk].id: pk for pk in concerned}, heads, profiles, groups)
    return _changes(found, told.all(found.stories, pairs), before, members)


def _changes(
    found: Regrouped,
    clusters: Sequence[NewCluster],
    before: Mapping[int, Cluster],
    members: Mapping[int, Sequence[int]],
) -> StoryChanges:
    present = {cluster.id: cluster for cluster in before.values()}
    return StoryChanges(
        changed=tuple(new for new in clusters if not _same(new, present.get(new.id), members)),
        ended=tuple(sorted(present.keys() - {story.id for story in found.stories})),
        events=tuple(
            # A merger is told of the story that is no more, a split of the one that is new.
            (event.change.value, event.other or "", event.story)
            if event.change is Change.MERGED
            else (event.change.value, event.story, event.other or "")
            for event in found.events
            if event.change in _RECORDED
        ),
    )


def _same(new: NewCluster, old: Cluster | None, members: Mapping[int, Sequence[int]]) -> bool:
    return (
        old is not None
        and tuple(members[old.key]) == new.members
        and (old.lead, old.title, old.origins) == (new.lead, new.title, new.origins)
    )


@dataclass(frozen=True, slots=True)
class _Teller:
    """Summarises stories: ``pks`` by id, ``groups`` by key."""

    pks: Mapping[str, int]
    heads: Mapping[int, Article]
    profiles: Profiles
    groups: Mapping[int, str]

    def all(self, stories: Iterable[Story], pairs: Iterable[Pair]) -> list[NewCluster]:
        home = {member: story.id for story in stories for member in story.members}
        within: dict[str, list[Pair]] = defaultdict(list)
        for pair in pairs:
            if pair.a in home and home[pair.a] == home.get(pair.b):
                within[home[pair.a]].append(pair)
        return [self._cluster(story, within[story.id]) for story in stories]

    def _cluster(self, story: Story, pairs: Iterable[Pair]) -> NewCluster:
        pks = sorted(self.pks[member] for member in story.members)
        profiles = self.profiles.of(pks)
        summary = summarise([self._member(pk, profiles[pk]) for pk in pks], pairs)
        return NewCluster(
            kind=ClusterKind.STORY,
            id=story.id,
            lead=self.pks[summary.lead],
            title=summary.title,
            providers=len(summary.providers),
            origins=summary.origins,
            first=None if summary.first_seen is None else timestamp(summary.first_seen),
            last=None if summary.last_seen is None else timestamp(summary.last_seen),
            members=tuple(pks),
        )

    def _member(self, pk: int, profile: Profile) -> StoryMember:
        head = self.heads[pk]
        vector = profile.lead_vector
        return StoryMember(
            id=head.id,
            headline=head.title,
            provider=head.provider,
            published=head.published,
            vector=np.zeros(profile.passages.shape[1], np.float32) if vector is None else vector,
            text=self.groups.get(pk, head.id),
            agencies=frozenset(credit.agency for credit in credits_of("a", profile.article)),
        )
