"""Find the articles whose text is nearest to that of a given one."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.get import find_article
from semsearch.ask.page_tokens import check_page
from semsearch.ask.passage import best_passage
from semsearch.deadline import go_on
from semsearch.errors import InvalidArticleError
from semsearch.library import Library
from semsearch.model.article import Article, Field, Passage
from semsearch.model.filters import Filters
from semsearch.model.search import Hit, SimilarResults, summary
from semsearch.store.snapshot import Snapshot
from semsearch.text.shingles import shortened

_TITLE_WEIGHT = 0.3
_POOL_PER_HIT = 5
_MIN_POOL = 50
_MAX_PASSAGES = 64

Matrix = NDArray[np.float32]


def find_similar(
    library: Library, article: str | Article, k: int = 10, filters: Filters = Filters()
) -> SimilarResults:
    """Articles like one of the index, named by its id, or like one that need not be there.

    Raises:
        NoSuchArticleError: There is no article with that id.
        InvalidArticleError: It holds no text.
        InvalidQueryError: ``k`` is out of range.
    """
    started = time.perf_counter()
    with library.consistent_read():
        identity = article if isinstance(article, str) else None
        given = find_article(library, article) if isinstance(article, str) else article
        check_page(library.limits, k)
        snapshot = library.snapshot()
        profile = _Profile.of(*_passages_with_vectors(library, given, identity, snapshot))
        pks = _candidates(snapshot, profile, max(_MIN_POOL, k * _POOL_PER_HIT), filters)
        scored = []
        for pk in pks:
            go_on()
            parts = profile.compare(_Profile.of(*snapshot.vectors_of(pk)))
            scored.append((round(sum(parts.values()), 6), pk, parts))
        scored.sort(key=lambda one: (-one[0], one[1]))
        articles = library.hydrate([pk for _, pk, _ in scored[: k + 1]])
        others = [one for one in scored[: k + 1] if articles[one[1]].id != identity]
        hits = tuple(
            Hit(
                rank,
                score,
                parts,
                summary(articles[pk]),
                best_passage(
                    articles[pk], snapshot.candidates([pk], profile.anchor).passages(0), {}
                ),
            )
            for rank, (score, pk, parts) in enumerate(others[:k], start=1)
        )
    took = round((time.perf_counter() - started) * 1000, 2)
    return SimilarResults(identity, snapshot.generation, took, hits)


def _passages_with_vectors(
    library: Library, article: Article, identity: str | None, snapshot: Snapshot
) -> tuple[list[Passage], Matrix]:
    """The passages of an article and their unit vectors, shape (passages, dimension).

    Those of an article of the index are held; others are encoded.
    """
    if identity is not None:
        pk = library.catalog.pks_at([identity], snapshot.sequence).get(identity)
        if pk is not None:
            return snapshot.vectors_of(pk)
    pieces = library.split(shortened(article))[:_MAX_PASSAGES]
    if not pieces:
        raise InvalidArticleError("The article holds no text to compare.")
    vectors = library.encode([piece.text for piece in pieces])
    return [piece.passage for piece in pieces], vectors


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


def _candidates(snapshot: Snapshot, profile: _Profile, pool: int, filters: Filters) -> list[int]:
    condition = filters.condition()
    pks = [pk for pk, _ in snapshot.vectors.nearest(profile.anchor, pool, condition)]
    if profile.title is not None:
        pks += [pk for pk, _ in snapshot.vectors.nearest(profile.title, pool, condition)]
    return list(dict.fromkeys(pks))
