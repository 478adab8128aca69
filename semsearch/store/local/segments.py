"""Searches the segments of a generation by vectors, and reads their attributes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import Provider
from semsearch.model.filters import EVERYTHING, Attribute, Condition
from semsearch.store.local.segment import Mask, Segment
from semsearch.store.protocols import MAX_HITS, UNDATED, ArticleColumns, Hits, Vector

# An article has about this many passages; the first guess at how many to ask for.
_PASSAGES_PER_ARTICLE = 2
# Of so few articles all passages are compared, which takes less than telling FAISS which they are.
_FEW = 2_000
# So many leads are read and compared in the time that a search by codes takes.
_MANY_LEADS = 100_000
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class SegmentVectors:
    """The segments of a generation; see ``VectorIndex`` for what the methods promise.

    ``removed`` holds the keys, ascending, that are in segments but no longer in the index.
    """

    segments: tuple[Segment, ...]
    removed: NDArray[np.int64]
    _alive: tuple[Mask, ...] = field(init=False, repr=False)
    _size: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        alive = tuple(
            ~np.isin(segment.articles["pk"], self.removed, assume_unique=True)
            for segment in self.segments
        )
        object.__setattr__(self, "_alive", alive)
        object.__setattr__(self, "_size", sum(int(mask.sum()) for mask in alive))

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        return self._size

    def nearest(self, vector: Vector, k: int, condition: Condition) -> Hits:
        """The ``k`` articles with the nearest passages."""
        k = min(k, MAX_HITS)
        hits: Hits = []
        for segment, alive in zip(self.segments, self._alive, strict=True):
            hits += _nearest_articles(segment, alive, vector, k, condition)
        return _best(k, hits)

    def nearest_leads(self, vectors: Vector, k: int, condition: Condition) -> list[Hits]:
        """For each of many vectors the ``k`` articles with the nearest leads."""
        k = min(k, MAX_HITS)
        best: list[Hits] = [[] for _ in vectors]
        for segment, alive in zip(self.segments, self._alive, strict=True):
            with_lead = alive & segment.mask(condition) & (segment.articles["lead"] >= 0)
            candidates = np.flatnonzero(with_lead)
            if len(candidates) > _MANY_LEADS and segment.vectors.has_codes:
                for row, coded in enumerate(_leads_by_codes(segment, candidates, vectors, k)):
                    best[row] = _best(k, best[row], coded)
                continue
            for start in range(0, len(candidates), _BLOCK):
                rows = candidates[start : start + _BLOCK]
                pks = segment.articles["pk"][rows]
                leads = segment.vectors.vectors(segment.articles["lead"][rows])
                # Of equal vectors products may differ in the last place.
                cosines = np.round(vectors @ leads.T, 6)
                least = len(rows) - max(1, min(k, len(rows)))
                bounds = np.partition(cosines, least, axis=1)[:, least]
                for row, bound in enumerate(bounds):
                    near = np.flatnonzero(cosines[row] >= bound)
                    hits = zip(pks[near].tolist(), cosines[row, near].tolist(), strict=True)
                    best[row] = _best(k, best[row], hits)
        return best

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        if not len(pks):
            return set()
        keys = np.unique(np.array(pks, np.int64))
        passing: set[int] = set()
        for segment in self.segments:
            rows = segment.rows_of(keys)
            rows = rows[segment.satisfying(rows, condition)]
            passing.update(segment.articles["pk"][rows].tolist())
        return passing

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        if condition == EVERYTHING:
            return len(self)
        pairs = zip(self.segments, self._alive, strict=True)
        return sum(int(np.count_nonzero(one.mask(condition) & alive)) for one, alive in pairs)

    def columns(self, pks: Sequence[int], *, vectors: bool) -> Iterator[ArticleColumns]:
        """Some articles, a block of each segment."""
        keys = np.unique(np.array(pks, np.int64))
        for segment in self.segments:
            rows = segment.rows_of(keys)
            numbers, counts = segment.passages_of(rows)
            yield ArticleColumns(
                pks=segment.articles["pk"][rows],
                published=segment.articles["published"][rows],
                content=segment.articles["content"][rows],
                counts=counts,
                field=segment.passages["field"][numbers],
                start=segment.passages["start"][numbers],
                end=segment.passages["end"][numbers],
                vectors=segment.vectors.vectors(numbers) if vectors else None,
                lengths=segment.lengths[numbers] if vectors else None,
            )

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds."""
        dates = [
            segment.articles["published"][alive & (segment.articles["published"] != UNDATED)]
            for segment, alive in zip(self.segments, self._alive, strict=True)
        ]
        known = np.concatenate([np.empty(0, np.int64), *dates])
        return (int(known.min()), int(known.max())) if len(known) else None

    def providers(self) -> Counter[Provider]:
        """Every provider with its number of articles."""
        counts = Counter[Provider]()
        for segment, alive in zip(self.segments, self._alive, strict=True):
            terms = [*segment.terms[Attribute.PROVIDER.value], ""]  # code -1: unknown
            for (name, domain), number in segment.outlets(np.flatnonzero(~alive)).items():
                counts[Provider(terms[name], terms[domain])] += number
        return counts

    def topics(self) -> Counter[str]:
        """Every topic with its number of articles."""
        counts = Counter[str]()
        for segment, alive in zip(self.segments, self._alive, strict=True):
            for code, number in segment.topic_counts(np.flatnonzero(~alive)).items():
                counts[segment.terms[Attribute.TOPIC.value][code]] += number
        return counts

    def values(self, attribute: Attribute) -> set[str]:
        """Every category, type or language that an article has."""
        found = set[str]()
        for segment, alive in zip(self.segments, self._alive, strict=True):
            codes = segment.articles[attribute.value][alive].astype(np.int64)
            used = np.flatnonzero(np.bincount(codes + 1)[1:])  # code -1: unknown
            found.update(segment.terms[attribute.value][code] for code in used.tolist())
        return found


def _nearest_articles(
    segment: Segment,
    alive: Mask,
    vector: Vector,
    k: int,
    condition: Condition,
) -> Hits:
    """At most ``k`` articles of one segment; asks for more passages until there are enough."""
    unrestricted = condition == EVERYTHING and bool(alive.all())
    rows = alive if condition == EVERYTHING else alive & segment.mask(condition)
    enough = min(k, int(np.count_nonzero(rows)))
    if not unrestricted and np.count_nonzero(rows) <= _FEW:
        passages, _ = segment.passages_of(np.flatnonzero(rows))
        nearest = segment.vectors.nearest_of(passages, vector, len(passages))
        return _owners(segment, *nearest)[:k]
    allowed = None if unrestricted else segment.passages_in(rows)
    available = len(segment.vectors) if allowed is None else int(np.count_nonzero(allowed))
    number = min(available, k * _PASSAGES_PER_ARTICLE)
    while number > 0:
        hits = _owners(segment, *segment.vectors.search(vector, number, allowed))
        if len(hits) >= enough or number >= available:
            return hits[:k]
        number = min(available, number * 4)
    return []


def _owners(segment: Segment, numbers: NDArray[np.int64], cosines: Vector) -> Hits:
    """The articles of passages, best first, each with the cosine of its best."""
    owners = segment.passages["article"][numbers]
    first = np.sort(np.unique(owners, return_index=True)[1])
    pks = segment.articles["pk"][owners[first]]
    return list(zip(pks.tolist(), cosines[first].tolist(), strict=True))


def _leads_by_codes(
    segment: Segment, rows: NDArray[np.int64], vectors: Vector, k: int
) -> Iterator[Hits]:
    """For each vector the articles with the nearest leads among some, proposed by codes."""
    allowed = np.zeros(len(segment.vectors), np.bool_)
    allowed[segment.articles["lead"][rows]] = True
    for vector in vectors:
        numbers, cosines = segment.vectors.search(vector, k, allowed)
        pks = segment.articles["pk"][segment.passages["article"][numbers]]
        yield list(zip(pks.tolist(), np.round(cosines, 6).tolist(), strict=True))


def _best(k: int, *hits: Iterable[tuple[int, float]]) -> Hits:
    """The ``k`` best of some hits, equal ones in order of key."""
    return sorted(chain(*hits), key=lambda hit: (-hit[1], hit[0]))[:k]
