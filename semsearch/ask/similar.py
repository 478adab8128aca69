"""Find the articles whose text is nearest to that of a given one."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.get import find_article
from semsearch.ask.hits import best_passage, hit_coverage, homes_of
from semsearch.ask.page_tokens import check_page
from semsearch.ask.parsing import QuestionParser
from semsearch.deadline import go_on
from semsearch.errors import InvalidArticleError
from semsearch.library import Library
from semsearch.model.article import Article, Field, Passage
from semsearch.model.filters import Condition, Filters
from semsearch.model.search import Collapse, Hit, SimilarResults, summary
from semsearch.store.snapshot import Snapshot
from semsearch.text.shingles import shortened

_TITLE_WEIGHT = 0.3
_POOL_PER_HIT = 5
_MIN_POOL = 50
_MAX_POOL = 4_000
_MAX_PASSAGES = 64

Matrix = NDArray[np.float32]


def find_similar(
    library: Library,
    article: str | Article,
    k: int,
    filters: Filters,
    collapse: Collapse,
    parser: Callable[[Snapshot], QuestionParser],
) -> SimilarResults:
    """Articles like one of the index, named by its id, or like one that need not be there.

    See ``Index.similar``.
    """
    started = time.perf_counter()
    with library.consistent_read():
        identity = article if isinstance(article, str) else None
        given = find_article(library, article) if isinstance(article, str) else article
        check_page(library.limits, k)
        snapshot = library.snapshot()
        knows = parser(snapshot)
        condition = knows.same.expand(filters.condition())
        profile = TextProfile.of(*_passages_with_vectors(library, given, identity, snapshot))
        own = library.catalog.pks_at([identity], snapshot.sequence) if identity else {}
        nearest = _nearest(library, snapshot, profile, condition, k, collapse, set(own.values()))
        folded = {one.pk: one.folded for one in nearest}
        coverage = hit_coverage(library, snapshot, condition, folded)
        articles = library.hydrate(list(folded))
        hits = tuple(
            Hit(
                rank,
                one.score,
                one.parts,
                summary(articles[one.pk]),
                best_passage(
                    articles[one.pk], snapshot.candidates([one.pk], profile.anchor).passages(0), {}
                ),
                duplicates=coverage[one.pk].duplicates,
                story=coverage[one.pk].story,
                folded=coverage[one.pk].folded,
            )
            for rank, one in enumerate(nearest, start=1)
        )
    took = round((time.perf_counter() - started) * 1000, 2)
    return SimilarResults(identity, snapshot.generation, took, hits, knows.unknown(filters))


@dataclass(frozen=True, slots=True)
class _Near:
    """An article, how near it is by title and text, and the keys of those that it stands for."""

    pk: int
    score: float
    parts: Mapping[str, float]
    folded: tuple[int, ...] = ()


def _nearest(
    library: Library,
    snapshot: Snapshot,
    profile: "TextProfile",
    condition: Condition,
    k: int,
    collapse: Collapse,
    own: set[int],
) -> list[_Near]:
    """The ``k`` nearest but the article itself; more are looked at where many are folded."""
    pool = max(_MIN_POOL, k * _POOL_PER_HIT)
    compared: dict[int, _Near] = {}
    while True:
        pks = [pk for pk in _candidates(snapshot, profile, pool, condition) if pk not in own]
        for pk in pks:
            if pk not in compared:
                go_on()
                parts = profile.compare(TextProfile.of(*snapshot.vectors_of(pk)))
                compared[pk] = _Near(pk, round(sum(parts.values()), 6), parts)
        ranked = sorted((compared[pk] for pk in pks), key=lambda one: (-one.score, one.pk))
        if collapse is Collapse.NONE:
            return ranked[:k]
        shown = _folded(library, snapshot, collapse, ranked)
        if len(shown) >= k or len(pks) < pool - len(own) or pool >= _MAX_POOL:
            return shown[:k]
        pool = min(2 * pool, _MAX_POOL)


def _folded(
    library: Library, snapshot: Snapshot, collapse: Collapse, ranked: Sequence[_Near]
) -> list[_Near]:
    """The nearest of each group or story, with those that it stands for."""
    candidates = snapshot.candidates([one.pk for one in ranked], None)
    homes = homes_of(library, snapshot, collapse, candidates).tolist()
    home = dict(zip(candidates.pks.tolist(), homes, strict=True))
    together: dict[int, list[_Near]] = {}
    for one in ranked:
        together.setdefault(home[one.pk], []).append(one)
    return [
        replace(first, folded=tuple(one.pk for one in others))
        for first, *others in together.values()
    ]


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
class TextProfile:
    """An article as two unit vectors: its title and the mean of its other passages."""

    title: Matrix | None
    text: Matrix | None

    @classmethod
    def of(cls, passages: Sequence[Passage], vectors: Matrix) -> "TextProfile":
        """Of an article's passages with their unit vectors, shape (passages, dimension)."""
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

    def compare(self, other: "TextProfile") -> dict[str, float]:
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


def _candidates(
    snapshot: Snapshot, profile: TextProfile, pool: int, condition: Condition
) -> list[int]:
    pks = [pk for pk, _ in snapshot.vectors.nearest(profile.anchor, pool, condition)]
    if profile.title is not None:
        pks += [pk for pk, _ in snapshot.vectors.nearest(profile.title, pool, condition)]
    return list(dict.fromkeys(pks))
