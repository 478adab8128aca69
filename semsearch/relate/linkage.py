"""Average linkage over pairs of which most were never compared.

Two clusters are as alike as their pairs are on average. A pair that was not compared was not near
enough to be and counts as 0; but as no article is compared with more than ``COMPARED`` others, of
large clusters no more pairs are expected than that allows. Where everything was compared with
everything, this is the usual average linkage (Sokal and Michener, 1958).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush

COMPARED = 30
"""Others that an article is compared with at most."""

Scores = Mapping[tuple[str, str], float]


def average_linkage(
    articles: Iterable[str],
    scores: Scores,
    least: float,
    whole: Iterable[Collection[str]] = (),
) -> list[set[str]]:
    """Merge the two most alike clusters until none are alike enough.

    Args:
        articles: What is clustered.
        scores: How alike two of them are, 0-1, at most once for a pair.
        least: The least linkage at which clusters merge.
        whole: Disjoint sets of articles that start as one cluster.

    Returns:
        A partition, the same whatever the order of the arguments. Time grows with the number of
        scores n as n log n, times the neighbours of a cluster.
    """
    linkage = _Linkage(articles, scores, whole)
    waiting = list(linkage.candidates())
    heapify(waiting)
    while waiting and -waiting[0][0] >= least:
        negative, x, y = heappop(waiting)
        if linkage.between(x, y) != -negative:
            continue  # one of the two has changed since
        for candidate in linkage.merge(x, y):
            heappush(waiting, candidate)
    return [linkage.clusters[name] for name in sorted(linkage.clusters)]


Candidate = tuple[float, str, str]


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
        self._sums: dict[str, dict[str, float]] = {name: {} for name in self.clusters}
        # Sums of floats depend on their order, so that is always the same.
        for (a, b), score in sorted(scores.items()):
            x, y = home.get(a), home.get(b)
            if x is not None and y is not None and x != y:
                self._sums[x][y] = self._sums[y][x] = self._sums[x].get(y, 0.0) + score

    def between(self, x: str, y: str) -> float | None:
        """How alike two clusters are; None where one is no more."""
        if x not in self.clusters or y not in self._sums[x]:
            return None
        fewer, more = sorted((len(self.clusters[x]), len(self.clusters[y])))
        return self._sums[x][y] / (fewer * min(more, COMPARED))

    def candidates(self, of: str | None = None) -> Iterator[Candidate]:
        """Pairs of clusters, the negative of how alike they are first: all, or those of one."""
        for x in self._sums if of is None else (of,):
            for y in self._sums[x]:
                if of is not None or x < y:
                    yield -(self.between(x, y) or 0.0), min(x, y), max(x, y)

    def merge(self, x: str, y: str) -> Iterator[Candidate]:
        """Make two clusters one, named after the lesser, and return its candidates."""
        self.clusters[x] |= self.clusters.pop(y)
        for other, total in self._sums.pop(y).items():
            del self._sums[other][y]
            if other != x:
                self._sums[x][other] = self._sums[other][x] = self._sums[x].get(other, 0.0) + total
        return self.candidates(x)
