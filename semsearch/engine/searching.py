"""Ask: from a question to ranked articles and a row per provider.

Query -> interpret -> encode -> candidates -> fuse per field, aggregated to articles -> hydrate ->
contrast providers -> SearchResults
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.articles.article import Article, Field
from semsearch.articles.filters import Condition
from semsearch.articles.search import (
    Collapse,
    Hit,
    Mode,
    Query,
    ReadQuery,
    SearchResults,
    summary,
)
from semsearch.engine.comparing import contrast
from semsearch.engine.library import Library
from semsearch.engine.pages import Page, page_token, read_page_token
from semsearch.errors import InvalidQueryError, StaleGenerationError
from semsearch.rank.confidence import confidence
from semsearch.rank.fuse import Ranked, Weights, fuse
from semsearch.rank.interpret import interpret
from semsearch.rank.passage import best_passage
from semsearch.rank.terms import content_words
from semsearch.store.backend import ScoredPassage, Snapshot
from semsearch.store.lexical import words

MAX_K = 1_000
_BOOSTS = {Field.TITLE: 2.0, Field.EXCERPT: 1.0, Field.BODY: 1.0}
_MIN_POOL = 200
_POOL_PER_HIT = 4


@dataclass(frozen=True, slots=True)
class _Candidates:
    """What was found before ranking: every candidate's passages, and BM25 where it has any."""

    passages: Mapping[int, Sequence[ScoredPassage]]
    lexical: Mapping[int, float]


class Searcher:
    """Answers questions."""

    def __init__(self, library: Library, weights: Weights = Weights()) -> None:
        self._library = library
        self._weights = weights

    def search(self, query: Query) -> SearchResults:
        """Answer a question from the newest generation, or from that of its page token.

        Raises:
            InvalidQueryError: The question is empty or too long, or ``k`` is not in 1..1000.
            InvalidPageTokenError: The page token belongs to another question.
            StaleGenerationError: The page token's generation is gone.
            NoSuchIndexError: Nothing has been indexed yet.
        """
        started = time.perf_counter()
        if not 1 <= query.k <= MAX_K:
            raise InvalidQueryError(f"k must lie between 1 and {MAX_K:,}, not {query.k}.")
        if query.collapse is not Collapse.NONE:
            raise InvalidQueryError(
                f"collapse={query.collapse} needs relations between articles, which this index "
                "does not hold.",
                "Leave collapse out.",
            )
        interpreted = interpret(query.text)
        snapshot, page = self._page(query)
        terms = question_terms(interpreted.text)
        vector = (
            None
            if query.mode is Mode.LEXICAL
            else self._library.encoder.encode_query(interpreted.text)
        )
        condition = query.filters.condition()
        candidates = _candidates(snapshot, vector, terms, query.mode, page.pool, condition)
        ranked = fuse(candidates.passages, candidates.lexical, query.mode, self._weights)
        shown = ranked[page.offset : page.offset + query.k]
        articles = self._hydrate(shown)
        hits = tuple(
            _hit(rank, one, article, candidates, terms, query)
            for rank, (one, article) in enumerate(
                zip(shown, articles, strict=True), start=page.offset + 1
            )
        )
        after = page.offset + len(shown)
        token = (
            page_token(Page(page.generation, after, page.pool), query)
            if after < len(ranked)
            else None
        )
        return SearchResults(
            query=ReadQuery(query.text, interpreted),
            generation=snapshot.generation,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            answer_confidence=confidence(_best_cosine(ranked, candidates, vector)),
            hits=hits,
            providers=contrast(hits, articles),
            next_page_token=token,
        )

    def _page(self, query: Query) -> tuple[Snapshot, Page]:
        if query.page_token is None:
            snapshot = self._library.snapshot()
            pool = max(_MIN_POOL, query.k * _POOL_PER_HIT)
            return snapshot, Page(snapshot.generation, 0, pool)
        page = read_page_token(query.page_token, query)
        return self._library.snapshot_at(page.generation), page

    def _hydrate(self, shown: Sequence[Ranked]) -> list[Article]:
        held = self._library.catalog.by_pk([one.pk for one in shown])
        if len(held) < len(shown):
            raise StaleGenerationError("The index moved on while the question was answered.")
        return [held[one.pk] for one in shown]


def question_terms(text: str) -> list[str]:
    """The index terms of a question's content words."""
    return content_words([(text[w.start : w.end].lower(), w.term) for w in words(text)])


def _candidates(
    snapshot: Snapshot,
    vector: NDArray[np.float32] | None,
    terms: Sequence[str],
    mode: Mode,
    pool: int,
    condition: Condition,
) -> _Candidates:
    """The best by vectors and the best by words, with exact scores of both kinds."""
    near = [] if vector is None else snapshot.dense(vector, pool, condition)
    worded = [] if mode is Mode.DENSE else snapshot.lexical(terms, _BOOSTS, pool, condition)
    pks = list(dict.fromkeys([pk for pk, _ in near] + [pk for pk, _ in worded]))
    return _Candidates(snapshot.passages(pks, vector), dict(worded))


def _hit(
    rank: int,
    one: Ranked,
    article: Article,
    candidates: _Candidates,
    terms: Sequence[str],
    query: Query,
) -> Hit:
    passages = candidates.passages[one.pk]
    explanation = None
    if query.explain:
        explanation = {
            "mode": query.mode.value,
            "cosines": [
                {
                    "field": scored.passage.field.value,
                    "start": scored.passage.start,
                    "end": scored.passage.end,
                    "cosine": round(scored.cosine, 6),
                }
                for scored in passages
            ],
            "bm25": round(candidates.lexical.get(one.pk, 0.0), 6),
            "terms": list(terms),
        }
    return Hit(
        rank=rank,
        score=one.score,
        score_parts=one.parts,
        article=summary(article),
        passage=best_passage(article, passages, terms),
        explanation=explanation,
    )


def _best_cosine(
    ranked: Sequence[Ranked], candidates: _Candidates, vector: NDArray[np.float32] | None
) -> float | None:
    if vector is None or not ranked:
        return None
    return max((one.cosine for one in candidates.passages[ranked[0].pk]), default=None)
