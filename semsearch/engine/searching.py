"""Ask: from a question to ranked articles and a row per provider.

Query -> interpret -> encode -> candidates -> fuse per field, aggregated to articles -> collapse ->
hydrate -> contrast providers -> SearchResults
"""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from semsearch.articles.article import Article, Field
from semsearch.articles.filters import AllOf
from semsearch.articles.search import (
    Collapse,
    Confidence,
    Duplicates,
    Hit,
    Mode,
    Query,
    ReadQuery,
    SearchResults,
    summary,
)
from semsearch.engine.candidates import Asked, candidate_keys, wishes_of
from semsearch.engine.comparing import contrast
from semsearch.engine.library import Library
from semsearch.engine.pages import Page, page_token, read_page_token
from semsearch.errors import (
    InvalidQueryError,
    ModelMismatchError,
    ModelUnavailableError,
    StaleGenerationError,
)
from semsearch.rank.confidence import TOP, Signals, coverage, judge
from semsearch.rank.fuse import Ranked, Weights, attained, fold, fuse
from semsearch.rank.interpret import Interpreter, interpreted, normalised
from semsearch.rank.passage import best_passage
from semsearch.rank.reading import ALL_STEPS
from semsearch.rank.terms import weigh
from semsearch.store.backend import LEXICAL_FIELDS, Candidates, Snapshot
from semsearch.store.lexical import words

MAX_K = 1_000
_MIN_POOL = 200
_POOL_PER_HIT = 4
_INTERPRETERS = 4


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates with exact scores of both kinds, in order of rank."""

    candidates: Candidates
    lexical: Mapping[Field, Mapping[int, float]]
    ranked: Sequence[Ranked]


class Searcher:
    """Answers questions."""

    def __init__(self, library: Library, weights: Weights = Weights()) -> None:
        self._library = library
        self._weights = weights
        self._interpreters: OrderedDict[int, Interpreter] = OrderedDict()
        self._lock = Lock()

    def search(self, query: Query) -> SearchResults:
        """Answer a question from the newest generation, or from that of its page token.

        Raises:
            InvalidQueryError: The question is empty or too long, or a parameter out of range.
            InvalidPageTokenError: The page token belongs to another question.
            StaleGenerationError: The page token's generation is gone.
            NoSuchIndexError: Nothing has been indexed yet.
        """
        started = time.perf_counter()
        _check(query)
        text = normalised(query.text)
        snapshot, page = self._page(query)
        asked = self._read(query, text, snapshot)
        found = self._rank(asked, page.pool)
        signals = _signals(asked, found)
        shown = found.ranked[page.offset : page.offset + query.k]
        articles = self._hydrate(shown)
        hits = tuple(
            _hit(rank, one, articles, found, asked)
            for rank, one in enumerate(shown, start=page.offset + 1)
        )
        after = page.offset + len(shown)
        token = (
            page_token(Page(page.generation, after, page.pool), query)
            if after < len(found.ranked)
            else None
        )
        return SearchResults(
            query=ReadQuery(query.text, interpreted(asked.reading)),
            generation=snapshot.generation,
            took_ms=round((time.perf_counter() - started) * 1000, 2),
            answer_confidence=_confidence(signals, found),
            hits=hits,
            providers=contrast(hits, [articles[one.pk] for one in shown]),
            next_page_token=token,
            confidence_evidence={} if signals is None else signals.evidence(),
        )

    def _page(self, query: Query) -> tuple[Snapshot, Page]:
        if query.page_token is None:
            snapshot = self._library.snapshot()
            pool = max(_MIN_POOL, query.k * _POOL_PER_HIT)
            return snapshot, Page(snapshot.generation, 0, pool)
        page = read_page_token(query.page_token, query)
        return self._library.snapshot_at(page.generation), page

    def _read(self, query: Query, text: str, snapshot: Snapshot) -> Asked:
        reading = self._interpreter(snapshot).read(text, query.asked_at, query.steps)
        vector = (
            None
            if query.mode is Mode.LEXICAL
            else self._library.encoder.encode_query(reading.encoded)
        )
        terms = weigh(reading.text, len(snapshot), snapshot.document_frequency)
        condition = query.filters.condition()
        if reading.topics:
            condition = AllOf((condition, reading.required))
        return Asked(query, reading, terms, vector, condition, snapshot)

    def _interpreter(self, snapshot: Snapshot) -> Interpreter:
        with self._lock:
            held = self._interpreters.get(snapshot.generation)
            if held is None:
                held = Interpreter(snapshot, self._leads, self._is_word)
                self._interpreters[snapshot.generation] = held
                if len(self._interpreters) > _INTERPRETERS:
                    self._interpreters.popitem(last=False)
            return held

    def _leads(self, pks: Sequence[int]) -> list[str]:
        return [article.lead for article in self._library.catalog.by_pk(pks).values()]

    def _is_word(self, text: str) -> bool:
        try:
            return bool(text) and self._library.encoder.count_tokens([text]) == [1]
        except (ModelMismatchError, ModelUnavailableError):
            return True  # words are searched without a model, too; then none is mended

    def _rank(self, asked: Asked, pool: int) -> _Found:
        pks = candidate_keys(asked, self._weights, pool)
        candidates = asked.snapshot.candidates(pks, asked.vector)
        lexical: dict[Field, dict[int, float]] = {}
        if asked.query.mode is not Mode.DENSE:
            lexical = {
                field: attained(
                    asked.snapshot.lexical_scores(field, asked.weights, pks), asked.weights
                )
                for field in LEXICAL_FIELDS
            }
        wishes = wishes_of(asked, pks)
        ranked = fuse(candidates, lexical, asked.query.mode, self._weights, wishes)
        if asked.query.mode is Mode.LEXICAL:
            held = set().union(*lexical.values())
            ranked = [one for one in ranked if one.pk in held]
        if asked.query.collapse is Collapse.DUPLICATES:
            ranked = fold(ranked, candidates)
        return _Found(candidates, lexical, ranked)

    def _hydrate(self, shown: Sequence[Ranked]) -> dict[int, Article]:
        wanted = [pk for one in shown for pk in (one.pk, *one.folded)]
        held = self._library.catalog.by_pk(wanted)
        if len(held) < len(wanted):
            raise StaleGenerationError("The index moved on while the question was answered.")
        return held


def _check(query: Query) -> None:
    if not 1 <= query.k <= MAX_K:
        raise InvalidQueryError(f"k must lie between 1 and {MAX_K:,}, not {query.k}.")
    if query.collapse is Collapse.STORY:
        raise InvalidQueryError(
            "collapse=story needs stories, which this index does not hold.",
            "Use collapse=duplicates or leave it out.",
        )
    unknown = sorted(set(query.steps) - set(ALL_STEPS))
    if unknown:
        raise InvalidQueryError(
            f"There is no step of reading called {unknown[0]!r}.",
            f"The steps are {', '.join(ALL_STEPS)}.",
        )


def _hit(
    rank: int, one: Ranked, articles: Mapping[int, Article], found: _Found, asked: Asked
) -> Hit:
    article = articles[one.pk]
    passages = found.candidates.passages(one.row)
    ids = tuple(articles[pk].id for pk in one.folded)
    return Hit(
        rank=rank,
        score=one.score,
        score_parts=one.parts,
        article=summary(article),
        passage=best_passage(article, passages, {t.term: t.weight for t in asked.terms}),
        duplicates=Duplicates(len(ids), ids),
        explanation=_explanation(one, found, asked) if asked.query.explain else None,
    )


def _explanation(one: Ranked, found: _Found, asked: Asked) -> dict[str, object]:
    candidates = found.candidates
    span = range(candidates.first[one.row], candidates.first[one.row + 1])
    passages = [passage for passage, _ in candidates.passages(one.row)]
    return {
        "mode": asked.query.mode.value,
        "terms": [
            {"term": term.term, "weight": round(term.weight, 4), "idf": round(term.idf, 4)}
            for term in asked.terms
        ],
        "attained": {
            field.value: round(found.lexical.get(field, {}).get(one.pk, 0.0), 6)
            for field in LEXICAL_FIELDS
        },
        "passages": [
            {
                "field": passage.field.value,
                "start": passage.start,
                "end": passage.end,
                "cosine": round(float(candidates.cosine[i]), 6),
                "similarity": round(float(candidates.similarity[i]), 6),
            }
            for i, passage in zip(span, passages, strict=True)
        ],
    }


def _confidence(signals: Signals | None, found: _Found) -> Confidence:
    """How likely the first ten hits hold an answer; low where no vector was compared."""
    if not found.ranked:
        return Confidence.NONE
    return Confidence.LOW if signals is None else judge(signals)


def _signals(asked: Asked, found: _Found) -> Signals | None:
    if asked.vector is None or not found.ranked:
        return None
    top = found.ranked[:TOP]
    leads = found.candidates.best(Field.LEAD, found.candidates.cosine)
    cosine = max(
        (float(leads[one.row]) for one in top if leads[one.row] == leads[one.row]), default=0.0
    )
    covered, missing = coverage(
        asked.terms,
        asked.reading,
        [one.pk for one in top],
        asked.snapshot.holding,
        lambda text: [word.term for word in words(text)],
    )
    span, window = asked.snapshot.span(), asked.reading.window
    outside = (
        span is not None
        and window is not None
        and (
            datetime.combine(window.last, datetime.max.time(), UTC).timestamp() < span[0]
            or datetime.combine(window.first, datetime.min.time(), UTC).timestamp() > span[1]
        )
    )
    return Signals(
        distance=asked.snapshot.standardised(asked.vector, cosine),
        gap=top[0].score - top[-1].score,
        covered=covered,
        names_missing=missing,
        unknown_provider=bool(asked.reading.unknown_provider),
        outside_dates=outside,
    )
