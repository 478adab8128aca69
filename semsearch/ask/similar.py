"""Similar: articles whose text is nearest to that of a given one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.get import find_article
from semsearch.ask.page_tokens import check_page
from semsearch.ask.passage import best_passage
from semsearch.deadline import go_on
from semsearch.errors import InvalidArticleError, StaleGenerationError
from semsearch.library import Library, consistent_read
from semsearch.model.article import Article, Field, Passage
from semsearch.model.filters import Condition, Filters
from semsearch.model.search import Hit, SimilarResults, summary
from semsearch.store.snapshot import Snapshot

_TITLE_WEIGHT = 0.3
_POOL_PER_HIT = 5
_MIN_POOL = 50
_MAX_PASSAGES = 64

Matrix = NDArray[np.float32]


class SimilarFinder:
    """Finds articles like another."""

    def __init__(self, library: Library) -> None:
        self._library = library

    @consistent_read
    def like_article(
        self, identity: str, k: int = 10, filters: Filters = Filters()
    ) -> SimilarResults:
        """Articles like one in the index.

        Raises:
            NoSuchArticleError: It is not there.
            InvalidQueryError: ``k`` is out of range.
        """
        return self._find(find_article(self._library, identity), identity, k, filters)

    @consistent_read
    def like_text(
        self, article: Article, k: int = 10, filters: Filters = Filters()
    ) -> SimilarResults:
        """Articles like one that is not in the index.

        Raises:
            InvalidArticleError: It holds no text.
            InvalidQueryError: ``k`` is out of range.
        """
        return self._find(article, None, k, filters)

    def _find(
        self, article: Article, identity: str | None, k: int, filters: Filters
    ) -> SimilarResults:
        started = time.perf_counter()
        check_page(self._library.limits, k)
        snapshot = self._library.snapshot()
        mine = _Profile.of(*self._vectors(article, identity, snapshot))
        candidates = _candidates(snapshot, mine, max(_MIN_POOL, k * _POOL_PER_HIT), filters)
        scored = []
        for pk in candidates:
            go_on()
            passages, vectors = snapshot.vectors_of(pk)
            parts = mine.compare(_Profile.of(passages, vectors))
            scored.append((round(sum(parts.values()), 6), pk, parts))
        scored.sort(key=lambda one: (-one[0], one[1]))
        held = self._library.catalog.by_pk([pk for _, pk, _ in scored[: k + 1]])
        hits: list[Hit] = []
        for score, pk, parts in scored[: k + 1]:
            if pk not in held:
                raise StaleGenerationError("The index moved on while the question was answered.")
            if held[pk].id != identity and len(hits) < k:
                hits.append(self._hit(len(hits) + 1, score, parts, held[pk], mine, snapshot, pk))
        took = round((time.perf_counter() - started) * 1000, 2)
        return SimilarResults(identity, snapshot.generation, took, tuple(hits))

    def _vectors(
        self, article: Article, identity: str | None, snapshot: Snapshot
    ) -> tuple[list[Passage], Matrix]:
        """The passages with their vectors; those of an article of the index are held."""
        if identity is not None:
            pk = self._library.catalog.pks_at([identity], snapshot.sequence).get(identity)
            if pk is not None:
                return snapshot.vectors_of(pk)
        pieces = self._library.split(article)[:_MAX_PASSAGES]
        if not pieces:
            raise InvalidArticleError("The article holds no text to compare.")
        vectors = self._library.encode([piece.text for piece in pieces])
        return [piece.passage for piece in pieces], vectors

    @staticmethod
    def _hit(
        rank: int,
        score: float,
        parts: dict[str, float],
        article: Article,
        mine: "_Profile",
        snapshot: Snapshot,
        pk: int,
    ) -> Hit:
        passages = snapshot.candidates([pk], mine.anchor).passages(0)
        return Hit(rank, score, parts, summary(article), best_passage(article, passages, {}))


@dataclass(frozen=True, slots=True)
class _Profile:
    """An article as two unit vectors: its title and the mean of its other passages."""

    title: Matrix | None
    text: Matrix | None

    @classmethod
    def of(cls, passages: Sequence[Passage], vectors: Matrix) -> "_Profile":
        titles = [i for i, passage in enumerate(passages) if passage.field is Field.TITLE]
        others = [i for i, p in enumerate(passages) if p.field in (Field.EXCERPT, Field.BODY)]
        return cls(_mean(vectors[titles]), _mean(vectors[others]))

    @property
    def anchor(self) -> Matrix:
        """The vector that candidates are looked for with."""
        anchor = self.text if self.text is not None else self.title
        if anchor is None:
            raise InvalidArticleError("The article holds no text to compare.")
        return anchor

    def compare(self, other: "_Profile") -> dict[str, float]:
        """The parts of the similarity; a missing title or text leaves its weight to the other.

        Where the two have no field in common the title of one is held against the text of the
        other.
        """
        parts = {}
        if self.title is not None and other.title is not None:
            parts["title"] = float(self.title @ other.title)
        if self.text is not None and other.text is not None:
            parts["text"] = float(self.text @ other.text)
        if not parts:
            return {"text": round(float(self.anchor @ other.anchor), 6)}
        weights = {"title": _TITLE_WEIGHT, "text": 1 - _TITLE_WEIGHT}
        total = sum(weights[name] for name in parts)
        return {name: round(weights[name] / total * value, 6) for name, value in parts.items()}


def _mean(vectors: Matrix) -> Matrix | None:
    if not len(vectors):
        return None
    mean = vectors.mean(axis=0)
    length = float(np.linalg.norm(mean))
    return None if length == 0 else mean / np.float32(length)


def _candidates(snapshot: Snapshot, mine: _Profile, pool: int, filters: Filters) -> list[int]:
    condition: Condition = filters.condition()
    found = [pk for pk, _ in snapshot.vectors.nearest(mine.anchor, pool, condition)]
    if mine.title is not None:
        found += [pk for pk, _ in snapshot.vectors.nearest(mine.title, pool, condition)]
    return list(dict.fromkeys(found))
