"""Duplicates: have we got this already, and which articles have one text."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from semsearch.errors import InvalidQueryError, NoSuchArticleError, NoSuchGroupError
from semsearch.library import Library, consistent_read
from semsearch.model.article import Article, by_time
from semsearch.model.coverage import (
    CoverageQuery,
    DuplicateGroup,
    DuplicateGroups,
    DuplicatesFound,
    FoundDuplicate,
    GroupMember,
    GroupView,
)
from semsearch.model.filters import from_timestamp
from semsearch.model.relation import Relation, RelationKind
from semsearch.model.search import summary
from semsearch.relate.candidate_pairs import neighbours
from semsearch.relate.group_lineage import agencies_of, descent
from semsearch.relate.listing import listed
from semsearch.relate.profile import Profile
from semsearch.relate.profile_cache import Profiles
from semsearch.relate.relate import compare, judge
from semsearch.relate.relating import profile_of
from semsearch.relate.sketch import sketch
from semsearch.store.catalog.clusters import Cluster, ClusterKind
from semsearch.store.snapshot import Snapshot

_AT_ONCE = 64
_SHOWN_MEMBERS = 200
_NAMED_OUTLETS = 20


class DuplicateFinder:
    """Finds articles with one text."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._coverage = library.coverage

    @consistent_read
    def groups(
        self, query: CoverageQuery = CoverageQuery(), *, members: bool = True
    ) -> DuplicateGroups:
        """The duplicate groups of the index, page by page.

        Args:
            query: Which groups.
            members: Whether their members are judged and shown.

        Raises:
            InvalidQueryError: A parameter is out of range.
            InvalidPageTokenError, StaleGenerationError: The page token cannot be used.
        """
        page = listed(self._library, ClusterKind.GROUP, query)
        pks = self._coverage.members(cluster.key for cluster in page.clusters)
        shown = [(cluster, _shown(cluster, pks[cluster.key])) for cluster in page.clusters]
        heads = self._library.catalog.heads(pk for _, some in shown for pk in some)
        profiles = Profiles(self._library, page.snapshot)
        return DuplicateGroups(
            generation=page.snapshot.generation,
            total=page.total,
            groups=tuple(
                _group(cluster, some, heads, _members(profiles.of(some), some) if members else ())
                for cluster, some in shown
            ),
            next_page_token=page.next_page_token,
        )

    @consistent_read
    def group(self, identity: str) -> GroupView:
        """A duplicate group whole: its members, and from whom each has the text.

        Raises:
            NoSuchGroupError: It is not there.
        """
        snapshot = self._library.snapshot()
        cluster = self._coverage.cluster(ClusterKind.GROUP, identity, snapshot.sequence)
        if cluster is None:
            raise NoSuchGroupError(f"There is no group {identity}.")
        shown = _shown(cluster, self._coverage.members([cluster.key])[cluster.key])
        profiles = Profiles(self._library, snapshot).of(shown)
        members = _members(profiles, shown)
        by_id = {one.article.id: one for one in profiles.values()}
        original, *others = (by_id[member.article.id] for member in members)
        story = self._coverage.clusters_of(ClusterKind.STORY, shown[:1], snapshot.sequence)
        return GroupView(
            generation=snapshot.generation,
            group=_group(cluster, shown, self._library.catalog.heads(shown), members),
            agencies=agencies_of(original),
            descent=descent(original, others),
            story=story[cluster.lead].id if story else None,
        )

    @consistent_read
    def of_article(self, identity: str, min_probability: float = 0.5) -> DuplicatesFound:
        """Duplicates of an article of the index.

        Raises:
            NoSuchArticleError: It is not there.
            InvalidQueryError: The probability is out of range.
        """
        _check(min_probability)
        started = time.perf_counter()
        snapshot = self._library.snapshot()
        pk = self._library.catalog.pks_at([identity], snapshot.sequence).get(identity)
        if pk is None:
            raise NoSuchArticleError(f"There is no article {identity}.")
        profiles = Profiles(self._library, snapshot)
        mine = profiles.of([pk])[pk]
        group = self._coverage.clusters_of(ClusterKind.GROUP, [pk], snapshot.sequence).get(pk)
        others = set(neighbours([mine], [sketch(mine)], self._coverage, snapshot)[0]) - {pk}
        if group is not None:
            others |= set(self._coverage.members([group.key])[group.key]) - {pk}
        found, reason = _found(mine, profiles.of(sorted(others)), min_probability)
        return DuplicatesFound(
            article=identity,
            generation=snapshot.generation,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            compared=len(others),
            group=None if group is None else group.id,
            duplicates=found,
            reason=reason,
        )

    def of_text(self, article: Article, min_probability: float = 0.5) -> DuplicatesFound:
        """What the index holds of a text that need not be in it."""
        return next(self.of_texts([article], min_probability))

    def of_texts(
        self, articles: Iterable[Article], min_probability: float = 0.5
    ) -> Iterator[DuplicatesFound]:
        """What one generation of the index holds of each of many texts, in their order.

        Raises:
            InvalidQueryError: The probability is out of range.
            StaleGenerationError: Another index took its place.
        """
        _check(min_probability)
        place = self._library.refresh()
        snapshot = self._library.snapshot()
        profiles = Profiles(self._library, snapshot)
        waiting = iter(articles)
        while chunk := list(islice(waiting, _AT_ONCE)):
            found = list(self._of_chunk(chunk, snapshot, profiles, min_probability))
            self._library.check_same(place)
            yield from found

    def _of_chunk(
        self,
        articles: Sequence[Article],
        snapshot: Snapshot,
        profiles: Profiles,
        min_probability: float,
    ) -> Iterator[DuplicatesFound]:
        started = time.perf_counter()
        mine = [profile_of(self._library, article) for article in articles]
        sketches = [sketch(profile) for profile in mine]
        near = neighbours(mine, sketches, self._coverage, snapshot)
        for profile, others in zip(mine, near, strict=True):
            found, reason = _found(profile, profiles.of(others), min_probability)
            took = round((time.perf_counter() - started) * 1000, 2)
            started = time.perf_counter()
            yield DuplicatesFound(None, snapshot.generation, took, len(others), None, found, reason)


def _check(min_probability: float) -> None:
    if not 0 <= min_probability <= 1:
        raise InvalidQueryError(
            f"min_probability must lie between 0 and 1, not {min_probability:g}."
        )


def _found(
    mine: Profile, others: Mapping[int, Profile], min_probability: float
) -> tuple[tuple[FoundDuplicate, ...], str]:
    """Those of some articles that have the text, most probable first; else why none can be told."""
    judged = [(judge(mine, other), pk) for pk, other in others.items()]
    likely = [pk for found, pk in judged if found.p_duplicate >= min_probability]
    relations = [(pk, compare(mine, others[pk])) for pk in likely]
    decided = [(pk, r) for pk, r in relations if r.relation is not RelationKind.UNDECIDABLE]
    decided.sort(key=lambda one: (-one[1].p_duplicate, one[0]))
    reason = "" if decided else next((r.reason for _, r in relations), "")
    return tuple(_duplicate(others[pk].article, relation) for pk, relation in decided), reason


def _duplicate(article: Article, relation: Relation) -> FoundDuplicate:
    evidence = relation.evidence
    return FoundDuplicate(
        article=summary(article),
        relation=relation.relation,
        p_duplicate=relation.p_duplicate,
        probabilities=relation.probabilities,
        hours_apart=evidence.hours_apart,
        containment_a=evidence.containment_a,
        containment_b=evidence.containment_b,
        shared_words=evidence.shared_words,
        rested_on=evidence.rested_on,
        lineage=relation.lineage,
    )


def _shown(cluster: Cluster, pks: Sequence[int]) -> list[int]:
    """Keys of the members that are shown, the original's first."""
    others = [pk for pk in pks if pk != cluster.lead]
    return [cluster.lead, *others[: _SHOWN_MEMBERS - 1]]


def _group(
    cluster: Cluster,
    shown: Sequence[int],
    heads: Mapping[int, Article],
    members: tuple[GroupMember, ...],
) -> DuplicateGroup:
    original = heads[cluster.lead]
    later = sorted((heads[pk] for pk in shown[1:]), key=by_time)
    names = (one.provider.name or one.provider.domain for one in (original, *later))
    outlets = tuple(dict.fromkeys(name for name in names if name))
    return DuplicateGroup(
        id=cluster.id,
        original=original.id,
        title=cluster.title or "(no title)",
        size=cluster.size,
        providers=cluster.providers,
        first_published=None if cluster.first is None else from_timestamp(cluster.first),
        last_published=None if cluster.last is None else from_timestamp(cluster.last),
        members=members,
        outlets=outlets[:_NAMED_OUTLETS],
    )


def _members(held: Mapping[int, Profile], shown: Sequence[int]) -> tuple[GroupMember, ...]:
    """The original, and what the others are to it, in order of time."""
    original = held[shown[0]]
    others = sorted((held[pk] for pk in shown[1:]), key=lambda one: by_time(one.article))
    return (
        GroupMember(summary(original.article)),
        *(_member(original, other) for other in others),
    )


def _member(original: Profile, profile: Profile) -> GroupMember:
    found = judge(original, profile)
    return GroupMember(
        article=summary(profile.article),
        relation=found.relation,
        p_duplicate=found.p_duplicate,
        lag_hours=lag_hours(original.seconds, profile.seconds),
    )


def lag_hours(first: float | None, second: float | None) -> float | None:
    """Hours from one moment to another; None where one is unknown."""
    return None if first is None or second is None else round((second - first) / 3600, 2)
