"""Duplicate groups: a partition of articles that no single false pair can change.

Pairs that say *duplicate* are the links of a graph. Its connected components chain, so a group is
made of parts that hold together by more than one link:

- A *core* is a community of triangles: links that reach one another by steps from triangle to
  triangle across a shared link (clique percolation with k = 3: Palla et al., 2005, Nature 435).
  A false link between two groups closes no triangle, so it changes no core. An article in two
  cores, such as a digest that holds two articles whole, belongs to the one it has more links
  with and merges nothing. Versions of one text, each like the next two, are one core, however
  little the last shares with the first. Written out here, because networkx lists all maximal
  cliques first: 1.2 times slower on 40 copies, 89 times where half of their links are missing.
- Articles outside all cores gather around a *hub*: one that others have as their only link, else
  one with many links (star clustering: Aslam, Pelekhov and Rus, 2004, JGAA 8).
- Around a core or a hub stand articles that join it by a single link. They carry no further:
  nobody joins through them, so a chain ends after a step.

Nobody in a group was found to have another text than the article that stands for it: who was forms
another group.

An article whose comparisons with the members mostly say *another event* does not join, and a core
that mostly says so of itself is sought again among its stronger links.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np

_LATE = datetime.max.replace(tzinfo=UTC)
_OTHER_EVENT = 0.5  # a probability of "same story or closer" below it speaks against

Link = tuple[str, str]
Links = Mapping[str, Mapping[str, float]]
Rivals = Mapping[str, Collection[str]]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Node:
    """An article: its id, which orders ties, and when it was published (UTC)."""

    id: str
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles that were compared.

    Attributes:
        a: An article's id; ``b`` another's.
        p_duplicate: Probability that one is a copy or an edited version of the other.
        p_story: Probability that they report the same event or are closer than that.
        first: Id of the one that the other was made from; None: unknown.
    """

    a: str
    b: str
    p_duplicate: float
    p_story: float
    first: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more articles with the same text.

    Attributes:
        original: The one that stands for all: none of the others was found to have another text.
        members: It, then the others in order of time.
    """

    original: str
    members: tuple[str, ...]


def duplicate_groups(
    nodes: Iterable[Node], pairs: Iterable[Pair], minimum: float = 0.5
) -> tuple[Group, ...]:
    """The groups among some articles.

    Args:
        nodes: Articles; an id is named once.
        pairs: What was compared, in any order; a pair with an article that is not among the
            nodes is passed over. Of a pair that was compared twice the greater ``p_duplicate``
            counts.
        minimum: The least ``p_duplicate`` of a link.

    Returns:
        Disjoint groups in order of their originals, whatever the order of nodes and pairs.
        Time grows with the number of pairs, times the links of an article.
    """
    published = {node.id: node.published or _LATE for node in nodes}
    inside = [pair for pair in pairs if pair.a in published and pair.b in published]
    links = _links(inside, minimum)
    rivals = _rivals(inside)
    centres = _cores(links, rivals)
    _add_hubs(links, centres)
    sources, apart = _sources(inside, minimum), _apart(inside, links)
    groups = [
        group
        for members in _joined(links, rivals, centres)
        for group in _split(members, links, apart, sources, published)
    ]
    return tuple(sorted(groups, key=lambda group: group.original))


def connected(nodes: Sequence[T], links: Iterable[tuple[T, T]]) -> list[list[T]]:
    """The connected components of a graph, in order of their first nodes."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    places = {node: place for place, node in enumerate(nodes)}
    ends = np.array([(places[a], places[b]) for a, b in links], np.intp).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), ends.T), shape=(len(nodes), len(nodes)))
    _, labels = connected_components(graph, directed=False)
    components: dict[int, list[T]] = {}
    for node, label in zip(nodes, labels.tolist(), strict=True):
        components.setdefault(label, []).append(node)
    return list(components.values())


def _links(pairs: Iterable[Pair], minimum: float) -> dict[str, dict[str, float]]:
    links: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in pairs:
        if pair.a != pair.b and pair.p_duplicate >= minimum:
            strongest = max(pair.p_duplicate, links[pair.a].get(pair.b, 0.0))
            links[pair.a][pair.b] = links[pair.b][pair.a] = strongest
    return dict(links)


def _rivals(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    """For each article those that were found to report another event."""
    rivals: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.p_story < _OTHER_EVENT:
            rivals[pair.a].add(pair.b)
            rivals[pair.b].add(pair.a)
    return dict(rivals)


def _cores(links: Links, rivals: Rivals) -> list[set[str]]:
    """Disjoint communities of triangles, each of two articles or more."""
    communities = sorted(_communities(links), key=min)
    weights: dict[str, dict[int, tuple[int, float]]] = defaultdict(dict)
    for number, community in enumerate(communities):
        for link in community:
            for article in link:
                count, total = weights[article].get(number, (0, 0.0))
                weights[article][number] = count + 1, total + links[link[0]][link[1]]
    cores: list[set[str]] = [set() for _ in communities]
    for article, strengths in weights.items():
        cores[min(strengths, key=lambda n: (-strengths[n][0], -strengths[n][1], n))].add(article)
    coherent: list[set[str]] = []
    for core in cores:
        if _agrees(core, links, rivals):
            coherent += [core] if len(core) > 1 else []
        else:
            coherent += _cores(_stronger(core, links), rivals)
    return coherent


def _communities(links: Links) -> Iterator[set[Link]]:
    """Sets of links that hang together by triangles; links in no triangle are in none.

    Each link is taken once: what it reaches is what it shares triangles with and is still open.
    """
    linked = {article: set(others) for article, others in links.items()}
    open_links = {article: set(others) for article, others in links.items()}
    for start in sorted(links):
        while open_links[start]:
            queue = [(start, min(open_links[start]))]
            _close(open_links, *queue[0])
            community = set(queue)
            while queue:
                a, b = queue.pop()
                for near, far in ((a, b), (b, a)):
                    for third in open_links[near] & linked[far]:
                        _close(open_links, near, third)
                        queue.append((near, third))
                        community.add((near, third))
            if len(community) > 1:
                yield {(min(link), max(link)) for link in community}


def _close(open_links: Mapping[str, set[str]], a: str, b: str) -> None:
    open_links[a].discard(b)
    open_links[b].discard(a)


def _agrees(core: Collection[str], links: Links, rivals: Rivals) -> bool:
    """Whether no more comparisons within a core speak against it than for it."""
    links_within = sum(other in core for article in core for other in links[article])
    against = sum(other in core for article in core for other in rivals.get(article, ()))
    return links_within >= against


def _stronger(core: Collection[str], links: Links) -> dict[str, dict[str, float]]:
    """The links within a core that are stronger than its middle link."""
    within = sorted(p for a in core for b, p in links[a].items() if b in core)
    middle = within[len(within) // 2]
    return {a: {b: p for b, p in links[a].items() if b in core and p > middle} for a in core}


def _add_hubs(links: Links, centres: list[set[str]]) -> None:
    """Make centres of the articles that others gather around, outside the cores."""
    reached = {article for centre in centres for article in centre}
    free = [article for article in links if article not in reached]

    def rank(article: str) -> tuple[int, float, str]:
        return -len(links[article]), -sum(links[article].values()), article

    only = {next(iter(links[leaf])): leaf for leaf in free if len(links[leaf]) == 1}
    hubs = {
        hub
        for hub, leaf in only.items()
        if hub not in reached and (len(links[hub]) > 1 or hub < leaf)
    }
    reached |= hubs
    for article in sorted(free, key=rank):
        if article not in reached and reached.isdisjoint(links[article]):
            hubs.add(article)
            reached.add(article)
    centres += [{hub} for hub in sorted(hubs)]


def _joined(links: Links, rivals: Rivals, centres: list[set[str]]) -> list[set[str]]:
    """Centres with the articles that join them, the surest first."""
    homes = {article: number for number, centre in enumerate(centres) for article in centre}
    choices = []
    for article in links.keys() - homes.keys():
        counts: dict[int, tuple[int, float]] = {}
        for other, p in links[article].items():
            if other in homes:
                count, strongest = counts.get(homes[other], (0, 0.0))
                counts[homes[other]] = count + 1, max(strongest, p)
        for home, (count, strongest) in counts.items():
            choices.append((-count, -strongest, article, min(centres[home]), home))
    members = [set(centre) for centre in centres]
    settled: set[str] = set()
    for _, _, article, _, home in sorted(choices):
        if article in settled:
            continue
        group = members[home]
        spoken_for = sum(other in group for other in links[article])
        against = sum(other in group for other in rivals.get(article, ()))
        if spoken_for > against:
            group.add(article)
            settled.add(article)
    return members


def _apart(pairs: Iterable[Pair], links: Links) -> dict[str, set[str]]:
    """For each article those that it was compared and not linked with."""
    apart: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.b not in links.get(pair.a, {}):
            apart[pair.a].add(pair.b)
            apart[pair.b].add(pair.a)
    return dict(apart)


def _sources(pairs: Iterable[Pair], minimum: float) -> Mapping[str, set[str]]:
    """For each article those that it was made from."""
    sources: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.first is not None and pair.p_duplicate >= minimum:
            sources[pair.b if pair.first == pair.a else pair.a].add(pair.first)
    return sources


def _split(
    members: Collection[str],
    links: Links,
    apart: Mapping[str, set[str]],
    sources: Mapping[str, set[str]],
    published: Mapping[str, datetime],
) -> Iterator[Group]:
    """Groups of which nobody was found to have another text than the one that stands for all.

    That is the one that fewest have another text than; of several the one that was made from fewest
    others, then the first published. Who is not with it is looked at once more among the rest.
    """

    def age(article: str) -> tuple[datetime, str]:
        return published[article], article

    def rank(article: str) -> tuple[int, int, datetime, str]:
        made_from = len(sources.get(article, set()) & rest)
        return len(apart.get(article, set()) & rest), made_from, *age(article)

    rest = set(members)
    while len(rest) > 1:
        original = min(rest, key=rank)
        near = rest - apart.get(original, set())
        group, reached = {original}, [original]
        while reached:
            new = (links[reached.pop()].keys() & near) - group
            group |= new
            reached += new
        if len(group) > 1:
            yield Group(original, (original, *sorted(group - {original}, key=age)))
        rest -= group
