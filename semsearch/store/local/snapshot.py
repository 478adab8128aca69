"""The embedded backend: segments and a word index of one generation."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import EMBEDDED, Field, Passage, Provider
from semsearch.model.filters import EVERYTHING, Attribute, Condition
from semsearch.store.backend import LEXICAL_FIELDS, UNDATED, Candidates
from semsearch.store.local.lexical import LexicalIndex
from semsearch.store.local.segment import Mask, Segment, ranges
from semsearch.store.whitening import Whitening

# An article has about this many passages; the first guess at how many to ask for.
_PASSAGES_PER_ARTICLE = 2
# Of so few articles all passages are compared, which takes less than telling FAISS which they are.
_FEW = 2_000
# So many leads are read and compared in the time that a search by codes takes.
_MANY_LEADS = 100_000
_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class EmbeddedSnapshot:
    """A generation in memory; see ``Snapshot`` for what the methods promise.

    ``removed`` holds the keys, ascending, that are in segments but no longer in the index.
    """

    generation: int
    sequence: int
    segments: tuple[Segment, ...]
    removed: NDArray[np.int64]
    whitening: Whitening
    lexical_index: LexicalIndex
    _alive: tuple[Mask, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        alive = tuple(
            ~np.isin(segment.articles["pk"], self.removed, assume_unique=True)
            for segment in self.segments
        )
        object.__setattr__(self, "_alive", alive)

    @property
    def words_by(self) -> str:
        """What searches words."""
        return "tantivy"

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

    def nearest_leads(
        self, vectors: NDArray[np.float32], k: int, condition: Condition
    ) -> list[list[tuple[int, float]]]:
        """For each of many vectors the ``k`` articles with the nearest leads."""
        best: list[list[tuple[int, float]]] = [[] for _ in vectors]
        for segment, alive in zip(self.segments, self._alive, strict=True):
            chosen = _with_lead(segment, alive & segment.mask(condition))
            if len(chosen) > _MANY_LEADS and segment.vectors.coded:
                for row, near in enumerate(_leads_by_codes(segment, chosen, vectors, k)):
                    best[row] = _best(k, best[row], near)
                continue
            for rows in _blocks(chosen):
                pks = segment.articles["pk"][rows]
                leads = segment.vectors.vectors(segment.articles["lead"][rows])
                # Of equal vectors products may differ in the last place.
                cosines = np.round(vectors @ leads.T, 6)
                least = len(rows) - max(1, min(k, len(rows)))
                bounds = np.partition(cosines, least, axis=1)[:, least]
                for row, bound in enumerate(bounds):
                    mine = np.flatnonzero(cosines[row] >= bound)
                    hits = zip(pks[mine].tolist(), cosines[row, mine].tolist(), strict=True)
                    best[row] = _best(k, best[row], hits)
        return best

    def lexical(
        self,
        weights: Mapping[Field, Mapping[str, float]],
        k: int,
        condition: Condition,
        told: Callable[[str], None] = lambda _: None,
    ) -> list[tuple[int, float]]:
        """The ``k`` best articles by words."""
        told(self.words_by)
        return self.lexical_index.search(weights, k, condition)

    def lexical_scores(
        self, field: Field, weights: Mapping[str, float], pks: Sequence[int]
    ) -> dict[int, float]:
        """The weighted saturation of terms in a field."""
        return self.lexical_index.scores(field, weights, pks)

    def holding(self, terms: Sequence[str], pks: Sequence[int]) -> dict[str, set[int]]:
        """For each term those of the articles in which it stands."""
        return self.lexical_index.holding(terms, pks)

    def phrase(
        self,
        terms: Sequence[str],
        k: int,
        condition: Condition,
        fields: Sequence[Field] = LEXICAL_FIELDS,
    ) -> list[int]:
        """Articles in which terms stand one after the other."""
        return self.lexical_index.phrase(terms, k, condition, fields)

    def document_frequency(self, term: str) -> int:
        """In how many articles an index term stands."""
        return self.lexical_index.document_frequency(term)

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        return self.lexical_index.vocabulary()

    def vocabulary(self) -> Mapping[str, int]:
        """Every word with the number of articles it stands in; read on first use."""
        return self._vocabulary

    def candidates(self, pks: Sequence[int], vector: NDArray[np.float32] | None) -> Candidates:
        """Exact scores and attributes of some articles."""
        wanted = np.unique(np.array(pks, np.int64))
        probes = None if vector is None else self.whitening.probes(vector)
        parts = [_columns(segment, wanted, probes, self.whitening) for segment in self.segments]
        joined = {
            name: np.concatenate([part[name] for part in parts])
            for name in (parts[0] if parts else ())
        }
        if not joined:
            joined = _columns_of_none()
        counts = joined.pop("count")
        order = np.argsort(joined["pks"], kind="stable")  # segments follow keys, mostly
        if not np.array_equal(order, np.arange(len(order))):
            starts = np.cumsum(counts) - counts
            rows = ranges(starts[order], counts[order])
            for name in ("pks", "published", "content"):
                joined[name] = joined[name][order]
            for name in ("field", "start", "end", "cosine", "similarity"):
                joined[name] = joined[name][rows]
            counts = counts[order]
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Candidates(first=first, **joined)

    def satisfying(self, pks: Sequence[int], condition: Condition) -> set[int]:
        """Those of the articles that satisfy a condition."""
        wanted = np.unique(np.array(pks, np.int64))
        found: set[int] = set()
        for segment in self.segments:
            rows = segment.rows_of(wanted)
            chosen = rows[segment.mask(condition)[rows]]
            found.update(segment.articles["pk"][chosen].tolist())
        return found

    def standardised(self, vector: NDArray[np.float32], cosine: float) -> float:
        """How many standard deviations a lead's cosine stands above the average lead's."""
        return self.whitening.standardised(vector, cosine)

    @cached_property
    def _span(self) -> tuple[int, int] | None:
        dates = [
            segment.articles["published"][alive & (segment.articles["published"] != UNDATED)]
            for segment, alive in zip(self.segments, self._alive, strict=True)
        ]
        known = np.concatenate([np.empty(0, np.int64), *dates])
        return (int(known.min()), int(known.max())) if len(known) else None

    def span(self) -> tuple[int, int] | None:
        """First and last publication in seconds."""
        return self._span

    def vectors_of(self, pk: int) -> tuple[list[Passage], NDArray[np.float32]]:
        """An article's passages and their unit vectors."""
        for segment in self.segments:
            for row in segment.rows_of(np.array([pk], np.int64)):
                numbers, _ = segment.passages_of(np.array([row]))
                return _passages(segment, numbers), segment.vectors.vectors(numbers)
        return [], np.empty((0, 0), np.float32)

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
            living = np.repeat(alive, np.diff(segment.articles["first_topic"]))
            codes, numbers = np.unique(segment.topics[living], return_counts=True)
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
    wanted = min(k, int(np.count_nonzero(rows)))
    if not unrestricted and np.count_nonzero(rows) <= _FEW:
        passages, _ = segment.passages_of(np.flatnonzero(rows))
        found = segment.vectors.nearest_of(passages, vector, len(passages))
        return _owners(segment, *found)[:k]
    allowed = None if unrestricted else segment.passages_in(rows)
    available = len(segment.vectors) if allowed is None else int(np.count_nonzero(allowed))
    number = min(available, k * _PASSAGES_PER_ARTICLE)
    while number > 0:
        hits = _owners(segment, *segment.vectors.search(vector, number, allowed))
        if len(hits) >= wanted or number >= available:
            return hits[:k]
        number = min(available, number * 4)
    return []


def _owners(
    segment: Segment, numbers: NDArray[np.int64], cosines: NDArray[np.float32]
) -> list[tuple[int, float]]:
    """The articles of passages, best first, each with the cosine of its best."""
    owners = segment.passages["article"][numbers]
    first = np.sort(np.unique(owners, return_index=True)[1])
    pks = segment.articles["pk"][owners[first]]
    return list(zip(pks.tolist(), cosines[first].tolist(), strict=True))


def _with_lead(segment: Segment, chosen: Mask) -> NDArray[np.int64]:
    """The rows of those articles that have a lead."""
    return np.flatnonzero(chosen & (segment.articles["lead"] >= 0))


def _leads_by_codes(
    segment: Segment, rows: NDArray[np.int64], vectors: NDArray[np.float32], k: int
) -> Iterator[list[tuple[int, float]]]:
    """For each vector the articles with the nearest leads among some, proposed by codes."""
    allowed = np.zeros(len(segment.vectors), np.bool_)
    allowed[segment.articles["lead"][rows]] = True
    for vector in vectors:
        numbers, cosines = segment.vectors.search(vector, k, allowed)
        pks = segment.articles["pk"][segment.passages["article"][numbers]]
        yield list(zip(pks.tolist(), np.round(cosines, 6).tolist(), strict=True))


def _best(k: int, *found: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """The ``k`` best of some hits, equal ones in order of key."""
    return sorted(chain(*found), key=lambda hit: (-hit[1], hit[0]))[:k]


def _blocks(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The rows in blocks, whose vectors are read at once."""
    for start in range(0, len(rows), _BLOCK):
        yield rows[start : start + _BLOCK]


def _columns(
    segment: Segment,
    wanted: NDArray[np.int64],
    probes: NDArray[np.float32] | None,
    whitening: Whitening,
) -> dict[str, NDArray[Any]]:
    """The columns of ``Candidates`` of one segment, with ``count`` passages for each article."""
    rows = segment.rows_of(wanted)
    numbers, counts = segment.passages_of(rows)
    if probes is None:
        cosine = similarity = np.zeros(len(numbers), np.float32)
    else:
        products = segment.vectors.products(probes, numbers)
        cosine = products[0]
        similarity = whitening.similarities(probes, products, segment.lengths[numbers])
    return {
        **{
            name: segment.articles[column][rows]
            for name, column in (("pks", "pk"), ("published", "published"), ("content", "content"))
        },
        "count": counts,
        **{name: segment.passages[name][numbers] for name in ("field", "start", "end")},
        "cosine": cosine,
        "similarity": similarity,
    }


def _columns_of_none() -> dict[str, NDArray[Any]]:
    names = ("pks", "published", "content", "count")
    columns: dict[str, NDArray[Any]] = {name: np.empty(0, np.int64) for name in names}
    columns |= {name: np.empty(0, np.int32) for name in ("start", "end")}
    columns |= {name: np.empty(0, np.float32) for name in ("cosine", "similarity")}
    return columns | {"field": np.empty(0, np.int8)}


def _passages(segment: Segment, numbers: NDArray[np.int64]) -> list[Passage]:
    columns = [segment.passages[name][numbers].tolist() for name in ("field", "start", "end")]
    return [Passage(EMBEDDED[of], start, end) for of, start, end in zip(*columns, strict=True)]
