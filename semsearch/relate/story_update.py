"""Update the stories that an indexing run touches, and summarise each."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import Article, Provider
from semsearch.model.filters import timestamp
from semsearch.relate.facts import credited_agencies
from semsearch.relate.groups import Node, Pair, connected
from semsearch.relate.profile import ProfileCache
from semsearch.relate.stories import regroup
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.clusters import ClusterKind, NewCluster
from semsearch.store.catalog.coverage import Coverage

_MIN_SAME_EVENT = 0.2
"""The least probability of one event by which an article touches another."""
_MIN_SHARED_WORDING = 0.1
"""p_duplicate from which two texts of one agency share wording."""
_LATE = datetime.max.replace(tzinfo=UTC)

GroupsOf = Callable[[Iterable[int]], Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class StoryChanges:
    """What stories are from now on, ids of those that are no more, and what merged or split.

    ``events`` are (merged | split, story, other) as the catalog keeps them.
    """

    changed: tuple[NewCluster, ...]
    ended: tuple[str, ...]
    events: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class StoryArticle:
    """An article of a story, as the story is summarised by it.

    Attributes:
        pk: Key of its version.
        headline: May be empty.
        vector: Unit vector of its lead, float32 (d,).
        text: Id of its duplicate group; its own where it is in none.
        agencies: Agencies it credits.
    """

    pk: int
    id: str
    headline: str
    provider: Provider
    published: datetime | None
    vector: NDArray[np.float32]
    text: str
    agencies: frozenset[str] = frozenset()


def update_stories(
    catalog: Catalog,
    coverage: Coverage,
    profiles: ProfileCache,
    touched: Iterable[int],
    gone: Iterable[int],
    groups_of: GroupsOf,
) -> StoryChanges:
    """Find the stories around some articles anew.

    Args:
        catalog: Holds the articles.
        coverage: Holds the relations, those of new articles among them.
        profiles: Gives what articles are summarised by.
        touched: Keys of new articles, and of those whose duplicate groups changed.
        gone: Keys of articles that are no more.
        groups_of: Gives the duplicate groups that articles are in, by every member of them.
    """
    gone = set(gone)
    reached = set(touched) | {
        pk
        for edge in coverage.edges_of(touched)
        if edge.p_story >= _MIN_SAME_EVENT
        for pk in (edge.low, edge.high)
    }
    reached |= groups_of(reached).keys()  # one text is in one story
    before = coverage.clusters_of(ClusterKind.STORY, gone | reached)
    members = coverage.members(cluster.key for cluster in before.values())
    story_of = {pk: cluster.id for cluster in before.values() for pk in members[cluster.key]}
    concerned = (reached | story_of.keys()) - gone
    heads = catalog.heads(concerned | gone)
    groups = groups_of(concerned)
    pairs = [
        Pair(heads[edge.low].id, heads[edge.high].id, edge.p_duplicate, edge.p_story)
        for edge in coverage.edges_of(concerned)
        if edge.low in concerned and edge.high in concerned
    ]
    regrouped = regroup(
        [Node(heads[pk].id, heads[pk].published) for pk in sorted(concerned)],
        pairs,
        {heads[pk].id: story for pk, story in story_of.items() if pk in heads},
        lambda identity: coverage.cluster(ClusterKind.STORY, identity) is not None,
        {heads[pk].id: groups[pk] for pk in concerned if pk in groups},
    )
    pks = {heads[pk].id: pk for pk in concerned}
    home = {member: story.id for story in regrouped.stories for member in story.members}
    within: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        if pair.a in home and home[pair.a] == home.get(pair.b):
            within[home[pair.a]].append(pair)
    clusters = []
    for story in regrouped.stories:
        articles = _articles([pks[member] for member in story.members], heads, profiles, groups)
        clusters.append(summarise(story.id, articles, within[story.id]))
    present = {cluster.id: cluster for cluster in before.values()}

    def is_unchanged(new: NewCluster) -> bool:
        old = present.get(new.id)
        return (
            old is not None
            and tuple(members[old.key]) == new.members
            and (old.lead, old.title, old.origins) == (new.lead, new.title, new.origins)
        )

    return StoryChanges(
        changed=tuple(new for new in clusters if not is_unchanged(new)),
        ended=tuple(sorted(present.keys() - {story.id for story in regrouped.stories})),
        events=tuple((one.kind.value, one.story, one.other) for one in regrouped.changes),
    )


def _articles(
    pks: Collection[int],
    heads: Mapping[int, Article],
    profiles: ProfileCache,
    groups: Mapping[int, str],
) -> list[StoryArticle]:
    articles = []
    by_pk = profiles.get(pks)
    for pk in pks:
        profile, head = by_pk[pk], heads[pk]
        vector = profile.lead_vector
        articles.append(
            StoryArticle(
                pk=pk,
                id=head.id,
                headline=head.title,
                provider=head.provider,
                published=head.published,
                vector=np.zeros(profile.passages.shape[1], np.float32)
                if vector is None
                else vector,
                text=groups.get(pk, head.id),
                agencies=frozenset(credited_agencies(profile.article)),
            )
        )
    return articles


def summarise(identity: str, articles: Sequence[StoryArticle], pairs: Iterable[Pair]) -> NewCluster:
    """A story with its title, dates, outlets and independent origins.

    The lead is the article nearest to the average of all, of those that have a headline where any
    has. Origins are independent: the copies and edited copies of one text count once, and so do
    texts that credit the same agency and share wording.

    Args:
        identity: The story's id.
        articles: At least one; their order does not matter.
        pairs: What is known of pairs among them.
    """
    dates = [timestamp(date) for article in articles if (date := article.published) is not None]
    lead = _lead(articles)
    return NewCluster(
        kind=ClusterKind.STORY,
        id=identity,
        lead=lead.pk,
        title=lead.headline.strip(),
        providers=len({article.provider.key for article in articles} - {""}),
        origins=_origins(articles, pairs),
        first=min(dates, default=None),
        last=max(dates, default=None),
        members=tuple(sorted(article.pk for article in articles)),
    )


def _lead(articles: Sequence[StoryArticle]) -> StoryArticle:
    """Each text counts once, so that an often copied one is not central for its copies."""
    texts: dict[str, list[NDArray[np.float32]]] = {}
    for article in sorted(articles, key=lambda article: article.id):
        texts.setdefault(article.text, []).append(article.vector)
    centre = np.mean([np.mean(vectors, axis=0) for vectors in texts.values()], axis=0)
    return min(
        articles,
        key=lambda article: (
            not article.headline.strip(),
            -round(float(article.vector @ centre), 6),
            article.published or _LATE,
            article.id,
        ),
    )


def _origins(articles: Sequence[StoryArticle], pairs: Iterable[Pair]) -> int:
    """The number of sets that same texts and same agencies make."""
    by_id = {article.id: article for article in articles}
    shared = [
        (by_id[pair.a].text, by_id[pair.b].text)
        for pair in pairs
        if pair.p_duplicate >= _MIN_SHARED_WORDING
        and by_id.keys() >= {pair.a, pair.b}
        and not by_id[pair.a].agencies.isdisjoint(by_id[pair.b].agencies)
    ]
    return len(connected(list(dict.fromkeys(article.text for article in articles)), shared))
