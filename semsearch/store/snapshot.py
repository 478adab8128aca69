"""The embedded backend: segments and a word index of one generation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.articles.article import FIELDS, Field, Passage, Provider
from semsearch.articles.filters import EVERYTHING, Attribute, Condition
from semsearch.store.backend import ScoredPassage
from semsearch.store.lexical import LexicalIndex
from semsearch.store.segment import Mask, Segment

# An article has about this many passages; the first guess at how many to ask for.
_PASSAGES_PER_ARTICLE = 2


@dataclass(frozen=True)
class EmbeddedSnapshot:
    """A generation in memory; see ``Snapshot`` for what the methods promise.

    ``removed`` holds the keys, ascending, that are in segments but no longer in the index.
    """

    generation: int
    sequence: int
    segments: tuple[Segment, ...]
    removed: NDArray[np.int64]
    lexical_index: LexicalIndex
    _alive: tuple[Mask, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        alive = tuple(
            ~np.isin(segment.articles["pk"], self.removed, assume_unique=True)
            for segment in self.segments
        )
        object.__setattr__(self, "_alive", alive)

    def __len__(self) -> int:
        """How many articles there are, stubs included."""
        return sum(int(mask.sum()) for mask in self._alive)

    def count(self, condition: Condition) -> int:
        """How many articles satisfy a condition."""
        return sum(
            int((alive & segment.mask(condition)).sum())
            for segment, alive in zip(self.segments, self._alive, strict=True)
        )

    def dense(
        self, vector: NDArray[np.float32], k: int, condition: Condition
    ) -> list[tuple[int, float]]:
        """The ``k`` articles with the nearest passages."""
        best: list[tuple[int, float]] = []
        for segment, alive in zip(self.segments, self._alive, strict=True):
            best += _nearest_articles(segment, alive, vector, k, condition)
        return sorted(best, key=lambda hit: (-hit[1], hit[0]))[:k]

    def lexical(
        self, terms: Sequence[str], boosts: dict[Field, float], k: int, condition: Condition
    ) -> list[tuple[int, float]]:
        """The ``k`` best articles by BM25."""
        return self.lexical_index.search(terms, boosts, k, condition)

    def passages(
        self, pks: Sequence[int], vector: NDArray[np.float32] | None
    ) -> dict[int, list[ScoredPassage]]:
        """All passages of some articles with exact cosines, in text order."""
        found: dict[int, list[ScoredPassage]] = {}
        wanted = np.unique(np.array(pks, np.int64))
        for segment in self.segments:
            rows = segment.rows_of(wanted)
            spans = [segment.passage_span(int(row)) for row in rows]
            numbers = np.concatenate(
                [np.arange(start, end) for start, end in spans] or [np.empty(0, np.int64)]
            )
            cosines = (
                np.zeros(len(numbers), np.float32)
                if vector is None or not len(numbers)
                else segment.vectors.cosines(vector, numbers)
            )
            position = 0
            for row, (start, end) in zip(rows, spans, strict=True):
                found[int(segment.articles["pk"][row])] = [
                    ScoredPassage(_passage(record), float(cosine))
                    for record, cosine in zip(
                        segment.passages[start:end],
                        cosines[position : position + end - start],
                        strict=True,
                    )
                ]
                position += end - start
        return found

    def vectors_of(self, pk: int) -> tuple[list[Passage], NDArray[np.float32]]:
        """An article's passages and their unit vectors."""
        for segment in self.segments:
            for row in segment.rows_of(np.array([pk], np.int64)):
                start, end = segment.passage_span(int(row))
                passages = [_passage(record) for record in segment.passages[start:end]]
                return passages, segment.vectors.vectors(np.arange(start, end))
        return [], np.empty((0, 0), np.float32)

    def document_frequency(self, term: str) -> int:
        """In how many articles an index term stands."""
        return self.lexical_index.document_frequency(term)

    def providers(self) -> list[tuple[Provider, int]]:
        """Every provider with its number of articles, most articles first."""
        counts: dict[Provider, int] = {}
        for segment, alive in zip(self.segments, self._alive, strict=True):
            terms = [*segment.terms[Attribute.PROVIDER.value], ""]  # code -1: unknown
            pairs = np.stack([segment.articles["name"], segment.articles["domain"]], axis=1)
            unique, numbers = np.unique(pairs[alive], axis=0, return_counts=True)
            for (name, domain), number in zip(unique, numbers, strict=True):
                provider = Provider(terms[name], terms[domain])
                counts[provider] = counts.get(provider, 0) + int(number)
        return sorted(counts.items(), key=lambda row: (-row[1], row[0].domain, row[0].name))

    def topics(self) -> list[tuple[str, int]]:
        """Every topic with its number of articles, most articles first."""
        counts: dict[str, int] = {}
        for segment, alive in zip(self.segments, self._alive, strict=True):
            ends = np.append(segment.articles["first_topic"][1:], len(segment.topics))
            owners = np.repeat(
                np.arange(len(segment.articles)), ends - segment.articles["first_topic"]
            )
            codes, numbers = np.unique(segment.topics[alive[owners]], return_counts=True)
            for code, number in zip(codes, numbers, strict=True):
                name = segment.terms[Attribute.TOPIC.value][code]
                counts[name] = counts.get(name, 0) + int(number)
        return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def _nearest_articles(
    segment: Segment,
    alive: Mask,
    vector: NDArray[np.float32],
    k: int,
    condition: Condition,
) -> list[tuple[int, float]]:
    """At most ``k`` articles of one segment; asks for more passages until there are enough."""
    unrestricted = condition == EVERYTHING and bool(alive.all())
    rows = alive if condition == EVERYTHING else alive & segment.mask(condition)
    allowed = None if unrestricted else rows[segment.passages["article"]]
    available = len(segment.vectors) if allowed is None else int(allowed.sum())
    wanted = min(k, int(rows.sum()))
    number = min(available, k * _PASSAGES_PER_ARTICLE)
    while number > 0:
        numbers, cosines = segment.vectors.search(vector, number, allowed)
        owners = segment.passages["article"][numbers]
        first = np.sort(np.unique(owners, return_index=True)[1])  # nearest passage of each
        if len(first) >= wanted or number >= available:
            return [
                (int(segment.articles["pk"][owners[place]]), float(cosines[place]))
                for place in first[:k]
            ]
        number = min(available, number * 4)
    return []


def _passage(record: Any) -> Passage:
    return Passage(FIELDS[record["field"]], int(record["start"]), int(record["end"]))
