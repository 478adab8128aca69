"""Stories: articles that report one event, found as articles arrive.

When articles come, change or go, only the stories of what they were compared with are looked at
again: their texts are clustered anew by average linkage, and the clusters take over the ids of
the stories that they continue. So a story does not depend on the order in which its articles
came, as long as they are touched together, and an article costs the same in an index of any size.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from types import MappingProxyType

from semsearch.relate.groups import Node, Pair
from semsearch.relate.linkage import average_linkage

SETTLED = 500
"""Articles of a story that is no longer taken apart; others may still join it."""
LEAST = 0.25
"""Least average probability at which clusters report one event (research/fit_stories.py)."""
_LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Story:
    """Two or more articles on one event, the first published first."""

    id: str
    members: tuple[str, ...]


class Change(StrEnum):
    """What happened to a story."""

    CREATED = "created"
    JOINED = "joined"
    LEFT = "left"
    MERGED = "merged"
    SPLIT = "split"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A change of a story.

    Attributes:
        story: The story that was created, joined, left, grew by a merger, was split off or ended.
        articles: Which it is about, in order of id.
        other: The story that was merged into this one, or that this one was split from.
    """

    change: Change
    story: str
    articles: tuple[str, ...]
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The stories that take the place of those that were touched, and what changed.

    An article that was given and is in none of ``stories`` is in no story any more.
    """

    stories: tuple[Story, ...]
    events: tuple[StoryEvent, ...]


def regroup(
    nodes: Iterable[Node],
    pairs: Iterable[Pair],
    present: Mapping[str, str],
    is_taken: Callable[[str], bool] = lambda _: False,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Regrouped:
    """Find the stories among some articles anew, and tell what became of those that were.

    Args:
        nodes: All articles concerned: the new and changed ones, and every article that is still
            there of every touched story. Touched are the stories of the articles that a new or
            changed one was compared with, and those of changed and deleted articles.
        pairs: Everything that is known of pairs among them, in any order.
        present: Article id -> story id, before; deleted articles are named here alone.
        is_taken: Whether the index has a story of an id, touched or not.
        texts: Article id -> duplicate group. Its carriers are one voice: however many they are,
            they weigh as much as one report, and they are in the same story.

    Returns:
        The same, whatever the order of nodes and pairs. Ids go to the cluster with most of a
        story's articles; of several stories in one cluster the one that gave it most articles
        prevails, then the one with the earliest article.
    """
    published = {node.id: node.published or _LATE for node in nodes}

    def age(article: str) -> tuple[datetime, str]:
        return published[article], article

    before: dict[str, set[str]] = defaultdict(set)
    for article, story in present.items():
        before[story].add(article)
    carriers: dict[str, list[str]] = defaultdict(list)
    for article in sorted(published, key=age):
        carriers[_voice(article, texts)].append(article)
    settled = _settled(before.values(), published, texts)
    linked = average_linkage(carriers, _scores(pairs, texts), LEAST, settled)
    clusters = [
        tuple(sorted((one for voice in cluster for one in carriers[voice]), key=age))
        for cluster in linked
    ]
    clusters = [cluster for cluster in clusters if len(cluster) > 1]
    clusters.sort(key=lambda cluster: age(cluster[0]))
    ids = _ids(clusters, present, is_taken)
    stories = tuple(Story(*found) for found in zip(ids, clusters, strict=True))
    return Regrouped(stories, tuple(_events(stories, before, present)))


def _voice(article: str, texts: Mapping[str, str]) -> str:
    """What articles with one text share; the space keeps it apart from ids of articles."""
    return f"text {texts[article]}" if article in texts else article


def _settled(
    stories: Iterable[Collection[str]], known: Collection[str], texts: Mapping[str, str]
) -> list[set[str]]:
    """The voices of stories that are no longer taken apart; one in two of them is of the first."""
    taken: set[str] = set()
    found = []
    for articles in stories:
        if len(articles) > SETTLED:
            voices = {_voice(one, texts) for one in articles if one in known} - taken
            taken |= voices
            found.append(voices)
    return found


def _scores(pairs: Iterable[Pair], texts: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """How likely two voices report one event; of what was compared twice the greatest counts."""
    found: dict[tuple[str, str], float] = {}
    for pair in pairs:
        a, b = _voice(pair.a, texts), _voice(pair.b, texts)
        if a != b:
            key = (min(a, b), max(a, b))
            found[key] = max(pair.p_story, found.get(key, 0.0))
    return found


def _ids(
    clusters: Collection[tuple[str, ...]],
    present: Mapping[str, str],
    is_taken: Callable[[str], bool],
) -> list[str]:
    """For each cluster the id of the story it continues, else a new one."""
    first: dict[str, tuple[int, int]] = {}
    shares: Counter[tuple[int, str]] = Counter()
    for number, cluster in enumerate(clusters):
        for place, article in enumerate(cluster):
            if article in present:
                shares[number, present[article]] += 1
                first.setdefault(present[article], (number, place))
    kept: dict[int, str] = {}
    living: set[str] = set()
    for (number, story), _ in sorted(
        shares.items(), key=lambda one: (-one[1], first[one[0][1]], one[0])
    ):
        if number not in kept and story not in living:
            kept[number] = story
            living.add(story)
    used = set(present.values())
    for number, cluster in enumerate(clusters):
        if number not in kept:
            kept[number] = _new_id(cluster, lambda one: one in used or is_taken(one))
            used.add(kept[number])
    return [kept[number] for number in range(len(clusters))]


def _new_id(cluster: tuple[str, ...], is_taken: Callable[[str], bool]) -> str:
    """Made from the first article; with more of them where another story has that id."""
    digest = blake2b(digest_size=8)
    for article in cluster:
        digest.update(f"{article}\n".encode())
        if not is_taken(digest.hexdigest()):
            break
    while is_taken(digest.hexdigest()):
        digest.update(b"\n")
    return digest.hexdigest()


def _events(
    stories: Iterable[Story], before: Mapping[str, Collection[str]], present: Mapping[str, str]
) -> Iterable[StoryEvent]:
    """What became of the stories that were, in order of the stories that are."""
    now = {article: story.id for story in stories for article in story.members}
    living = set(now.values())
    heirs = {
        story: _commonest(now[one] for one in articles if one in now)
        for story, articles in before.items()
        if story not in living
    }
    gone = {
        story: {article for article in articles if now.get(article) != story}
        for story, articles in before.items()
    }
    for story in stories:
        came: dict[str | None, list[str]] = defaultdict(list)
        for article in sorted(story.members):
            came[present.get(article)].append(article)
        came.pop(story.id, None)
        if story.id not in before:
            source = _commonest(old for old, those in came.items() for _ in those)
            if source is None or len(came[source]) == 1:
                yield StoryEvent(Change.CREATED, story.id, tuple(sorted(story.members)))
                continue
            yield StoryEvent(Change.SPLIT, story.id, tuple(came[source]), source)
            gone[source] -= set(came.pop(source))
        for old in sorted(old for old in came if old and heirs.get(old) == story.id):
            gone[old] -= set(came[old])
            yield StoryEvent(Change.MERGED, story.id, tuple(came.pop(old)), old)
        joined = tuple(sorted(article for those in came.values() for article in those))
        if joined:
            yield StoryEvent(Change.JOINED, story.id, joined)
    for old in sorted(before):
        ended = old not in living and heirs[old] is None
        if gone[old]:
            change = Change.ENDED if ended else Change.LEFT
            yield StoryEvent(change, old, tuple(sorted(gone[old])))


def _commonest(names: Iterable[str | None]) -> str | None:
    counts = Counter(name for name in names if name is not None)
    return min(counts, key=lambda name: (-counts[name], name), default=None)
