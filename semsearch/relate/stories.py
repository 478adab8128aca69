"""Stories: articles that report one event, found as articles arrive.

When articles come, change or go, only the stories of what they were compared with are looked at
again: their texts are clustered anew by average linkage, and the clusters take over the ids of
the stories that they continue. So a story does not depend on the order in which its articles
came, as long as they are touched together, and an article costs the same in an index of any size.

Average linkage (Sokal and Michener, 1958) here works on pairs of which most were never compared.
Two clusters are as alike as their pairs are on average. A pair that was not compared was not near
enough to be and counts as 0; but as an article is compared with its nearest alone, no more than
``COMPARED`` others of a large cluster are expected. Where everything was compared with everything,
this is the usual average linkage.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from heapq import heapify, heappop, heappush
from types import MappingProxyType

from semsearch.relate.groups import Node, Pair

SETTLED = 500
"""Articles of a story that is no longer taken apart; others may still join it."""
MIN_LINKAGE = 0.45
"""Least average probability at which clusters report one event (research/fit_stories.py)."""
COMPARED = 8
"""Others in a large cluster that an article is expected to have been compared with."""
_LATE = datetime.max.replace(tzinfo=UTC)

Scores = Mapping[tuple[str, str], float]
Change = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class StoryCluster:
    """Two or more articles on one event, the first published first."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The stories that take the place of those that were touched.

    Attributes:
        stories: An article that was given and is in none of them is in no story any more.
        changes: ("merged", story that is no more, story it is in now) and ("split", new story,
            story it was in).
    """

    stories: tuple[StoryCluster, ...]
    changes: tuple[Change, ...]


def regroup(
    nodes: Iterable[Node],
    pairs: Iterable[Pair],
    present: Mapping[str, str],
    is_taken: Callable[[str], bool] = lambda _: False,
    texts: Mapping[str, str] = MappingProxyType({}),
) -> Regrouped:
    """Find the stories among some articles anew, and which of the old ones merged or split.

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

    carriers: dict[str, list[str]] = defaultdict(list)
    for article in sorted(published, key=age):
        carriers[_voice(article, texts)].append(article)
    settled = _settled(present, published, texts)
    linked = average_linkage(carriers, _scores(pairs, texts), MIN_LINKAGE, settled)
    clusters = [
        tuple(sorted((article for voice in cluster for article in carriers[voice]), key=age))
        for cluster in linked
    ]
    clusters = [cluster for cluster in clusters if len(cluster) > 1]
    clusters.sort(key=lambda cluster: age(cluster[0]))
    ids = _ids(clusters, present, is_taken)
    stories = tuple(map(StoryCluster, ids, clusters))
    return Regrouped(stories, tuple(_changes(stories, present)))


def average_linkage(
    articles: Iterable[str],
    scores: Scores,
    minimum: float,
    whole: Iterable[Collection[str]] = (),
) -> list[set[str]]:
    """Merge the two most alike clusters until none are alike enough.

    Args:
        articles: What is clustered.
        scores: How alike two of them are, 0-1, at most once for a pair.
        minimum: The least linkage at which clusters merge.
        whole: Disjoint sets of articles that start as one cluster.

    Returns:
        A partition, the same whatever the order of the arguments. Time grows with the number of
        scores n as n log n, times the neighbours of a cluster.
    """
    linkage = _Linkage(articles, scores, whole)
    heap = list(linkage.candidates())
    heapify(heap)
    while heap and -heap[0][0] >= minimum:
        negative, x, y = heappop(heap)
        if linkage.between(x, y) != -negative:
            continue  # one of the two has changed since
        for candidate in linkage.merge(x, y):
            heappush(heap, candidate)
    return [linkage.clusters[name] for name in sorted(linkage.clusters)]


class _Linkage:
    """Clusters, each named after its least member, and the sums of scores between them."""

    def __init__(
        self, articles: Iterable[str], scores: Scores, whole: Iterable[Collection[str]]
    ) -> None:
        self.clusters = {min(cluster): set(cluster) for cluster in whole if cluster}
        home = {article: name for name, cluster in self.clusters.items() for article in cluster}
        for article in articles:
            if article not in home:
                home[article] = article
                self.clusters[article] = {article}
        self._sums: dict[str, dict[str, tuple[float, int]]] = {name: {} for name in self.clusters}
        # Sums of floats depend on their order, so that is always the same.
        for (a, b), score in sorted(scores.items()):
            x, y = home.get(a), home.get(b)
            if x is not None and y is not None and x != y:
                self._add(x, y, (score, 1))

    def between(self, x: str, y: str) -> float | None:
        """How alike two clusters are; None where one is no more."""
        if x not in self.clusters or y not in self._sums[x]:
            return None
        fewer, more = sorted((len(self.clusters[x]), len(self.clusters[y])))
        total, compared = self._sums[x][y]
        return total / max(compared, fewer * min(more, COMPARED))

    def candidates(self, of: str | None = None) -> Iterator[tuple[float, str, str]]:
        """Pairs of clusters, the negative of how alike they are first: all, or those of one."""
        for x in self._sums if of is None else (of,):
            for y in self._sums[x]:
                if of is not None or x < y:
                    yield -(self.between(x, y) or 0.0), min(x, y), max(x, y)

    def merge(self, x: str, y: str) -> Iterator[tuple[float, str, str]]:
        """Make two clusters one, named after the lesser, and return its candidates."""
        self.clusters[x] |= self.clusters.pop(y)
        for other, total in self._sums.pop(y).items():
            del self._sums[other][y]
            if other != x:
                self._add(x, other, total)
        return self.candidates(x)

    def _add(self, x: str, y: str, added: tuple[float, int]) -> None:
        total, compared = self._sums[x].get(y, (0.0, 0))
        self._sums[x][y] = self._sums[y][x] = total + added[0], compared + added[1]


def _voice(article: str, texts: Mapping[str, str]) -> str:
    """What articles with the same text share; the space keeps it apart from ids of articles."""
    return f"text {texts[article]}" if article in texts else article


def _settled(
    present: Mapping[str, str], published: Collection[str], texts: Mapping[str, str]
) -> list[set[str]]:
    """The voices of stories that are no longer taken apart; one in two of them is of the first."""
    stories: dict[str, list[str]] = defaultdict(list)
    for article, story in present.items():
        stories[story].append(article)
    taken: set[str] = set()
    settled = []
    for articles in stories.values():
        if len(articles) > SETTLED:
            voices = {_voice(article, texts) for article in articles if article in published}
            settled.append(voices - taken)
            taken |= voices
    return settled


def _scores(pairs: Iterable[Pair], texts: Mapping[str, str]) -> dict[tuple[str, str], float]:
    """How likely two voices report one event; of what was compared twice the greatest counts."""
    scores: dict[tuple[str, str], float] = {}
    for pair in pairs:
        a, b = _voice(pair.a, texts), _voice(pair.b, texts)
        if a != b:
            key = (min(a, b), max(a, b))
            scores[key] = max(pair.p_story, scores.get(key, 0.0))
    return scores


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
    ids: dict[int, str] = {}
    continued: set[str] = set()
    for (number, story), _ in sorted(
        shares.items(), key=lambda share: (-share[1], first[share[0][1]], share[0])
    ):
        if number not in ids and story not in continued:
            ids[number] = story
            continued.add(story)
    used = set(present.values())
    for number, cluster in enumerate(clusters):
        if number not in ids:
            ids[number] = _new_id(cluster, lambda story: story in used or is_taken(story))
            used.add(ids[number])
    return [ids[number] for number in range(len(clusters))]


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


def _changes(stories: Iterable[StoryCluster], present: Mapping[str, str]) -> Iterator[Change]:
    """Mergers and splits, in order of the stories that are."""
    now = {article: story.id for story in stories for article in story.members}
    living, before = set(now.values()), set(present.values())
    heirs: dict[str, Counter[str]] = defaultdict(Counter)
    for article, old in present.items():
        if article in now:
            heirs[old][now[article]] += 1
    for story in stories:
        origins = Counter(present[one] for one in story.members if one in present)
        if story.id not in before:
            source = _commonest(origins)
            if source is None or origins[source] == 1:
                continue
            yield "split", story.id, source
            del origins[source]
        for old in sorted(origins):
            if old not in living and _commonest(heirs[old]) == story.id:
                yield "merged", old, story.id


def _commonest(counts: Counter[str]) -> str | None:
    return min(counts, key=lambda name: (-counts[name], name), default=None)
