"""Ask: from a question to ranked articles and a row per provider.

Query -> interpret -> encode -> candidates -> fuse per field, aggregated to articles -> prefer ->
collapse -> hydrate -> contrast providers -> SearchResults
"""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock

from semsearch.ask.answers import Answers
from semsearch.ask.candidates import Asked
from semsearch.ask.comparing import contrast
from semsearch.ask.confidence import TOP, Signals, coverage, judge
from semsearch.ask.covering import Shared, covered
from semsearch.ask.explaining import explanation
from semsearch.ask.faceting import facets
from semsearch.ask.fuse import Weights
from semsearch.ask.interpret import Interpreter, interpreted, normalised
from semsearch.ask.pages import Page, page_token, read_page_token
from semsearch.ask.passage import best_passage
from semsearch.ask.ranking import Ranked
from semsearch.ask.reading import ALL_STEPS, Reading
from semsearch.ask.rerank import Reranking
from semsearch.ask.scoring import Found, find
from semsearch.ask.terms import weigh
from semsearch.deadline import stage
from semsearch.errors import (
    InvalidQueryError,
    ModelMismatchError,
    ModelUnavailableError,
)
from semsearch.library.library import Library
from semsearch.library.one_index import from_one_index
from semsearch.model.article import Article, Field
from semsearch.model.confidence import Confidence
from semsearch.model.filters import AllOf, Condition
from semsearch.model.search import (
    Hit,
    Mode,
    Query,
    ReadQuery,
    SearchResults,
    summary,
)
from semsearch.store.backend import Snapshot
from semsearch.text.tokens import words

_MIN_POOL = 200
_POOL_PER_HIT = 4
_INTERPRETERS = 4


class Searcher:
    """Answers questions."""

    def __init__(
        self,
        library: Library,
        weights: Weights = Weights(),
        reranking: Reranking | None = None,
    ) -> None:
        self._library = library
        self._weights = weights
        self._reranking = reranking
        self.answers = Answers()
        self._interpreters: OrderedDict[int, Interpreter] = OrderedDict()
        self._lock = Lock()

    @from_one_index
    def search(self, query: Query) -> SearchResults:
        """Answer a question from the newest generation, or from that of its page token.

        Raises:
            InvalidQueryError: The question is empty or too long, or a parameter out of range.
            InvalidPageTokenError: The page token belongs to another question.
            StaleGenerationError: The page token's generation is gone.
            NoSuchIndexError: Nothing has been indexed yet.
        """
        started = time.perf_counter()
        self._library.limits.check_page(query.k)
        self._library.limits.check_question(query.text)
        _check(query)
        text = normalised(query.text)
        snapshot, page = self._page(query)
        answer = self.answers.find(snapshot.generation, query)
        if answer is None:
            answer = self._answer(query, text, snapshot, page)
            self.answers.keep(query, answer)
        return replace(answer, took_ms=round((time.perf_counter() - started) * 1000, 2))

    def _answer(self, query: Query, text: str, snapshot: Snapshot, page: Page) -> SearchResults:
        asked = self._read(query, text, snapshot)
        needs = {need: self._need(asked, need) for need in asked.reading.needs}
        found = find(asked, needs, page.pool, self._weights, self._reranking, self._library)
        signals = _signals(asked, found)
        shown = found.ranked[page.offset : page.offset + query.k]
        articles = self._library.hydrate([one.pk for one in shown])
        shared = covered(self._library, asked, shown)
        hits = tuple(
            _hit(rank, one, articles, shared[one.pk], found, asked)
            for rank, one in enumerate(shown, start=page.offset + 1)
        )
        after = page.offset + len(shown)
        token = (
            page_token(Page(page.generation, after, page.pool), query)
            if after < len(found.ranked)
            else None
        )
        return SearchResults(
            query=ReadQuery(query.text, interpreted(asked.reading, found.notes)),
            generation=snapshot.generation,
            took_ms=0.0,
            answer_confidence=_confidence(signals, found),
            hits=hits,
            providers=contrast(hits, [articles[one.pk] for one in shown]),
            next_page_token=token,
            confidence_evidence={} if signals is None else signals.evidence(),
            facets=facets(self._library, found.ranked.pks.tolist()) if query.facets else None,
        )

    def _page(self, query: Query) -> tuple[Snapshot, Page]:
        if query.page_token is None:
            snapshot = self._library.snapshot()
            pool = max(_MIN_POOL, query.k * _POOL_PER_HIT)
            return snapshot, Page(snapshot.generation, 0, pool)
        page = read_page_token(query.page_token, query)
        self._library.limits.check_page(query.k, page.offset)
        return self._library.snapshot_at(page.generation), page

    def _read(self, query: Query, text: str, snapshot: Snapshot) -> Asked:
        reading = self._interpreter(snapshot).read(text, query.asked_at, query.steps)
        condition = query.filters.condition()
        if reading.topics:
            condition = AllOf((condition, reading.required))
        return self._asked(query, reading, condition, snapshot)

    def _need(self, asked: Asked, need: str) -> Asked:
        """One need of a question, asked under the same conditions."""
        reading = replace(asked.reading, text=need, encoded=need, needs=())
        return self._asked(asked.query, reading, asked.condition, asked.snapshot)

    def _asked(
        self, query: Query, reading: Reading, condition: Condition, snapshot: Snapshot
    ) -> Asked:
        with stage("encode"):
            vector = (
                None
                if query.mode is Mode.LEXICAL
                else self._library.encoder.encode_query(reading.encoded)
            )
        terms = weigh(reading.text, len(snapshot), snapshot.document_frequency)
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


def _check(query: Query) -> None:
    unknown = sorted(set(query.steps) - set(ALL_STEPS))
    if unknown:
        raise InvalidQueryError(
            f"There is no step of reading called {unknown[0]!r}.",
            f"The steps are {', '.join(ALL_STEPS)}; none stands alone.",
        )


def _hit(
    rank: int,
    one: Ranked,
    articles: Mapping[int, Article],
    shared: Shared,
    found: Found,
    asked: Asked,
) -> Hit:
    article = articles[one.pk]
    passages = found.evidence.candidates.passages(one.row)
    return Hit(
        rank=rank,
        score=one.score,
        score_parts=one.parts,
        article=summary(article),
        passage=best_passage(article, passages, {t.term: t.weight for t in asked.terms}),
        duplicates=shared.duplicates,
        story=shared.story,
        folded=shared.folded,
        explanation=explanation(one, found, asked) if asked.query.explain else None,
    )


def _confidence(signals: Signals | None, found: Found) -> Confidence:
    """How likely the first ten hits hold an answer; low where no vector was compared."""
    if not found.ranked:
        return Confidence.NONE
    return Confidence.LOW if signals is None else judge(signals)


def _signals(asked: Asked, found: Found) -> Signals | None:
    if asked.vector is None or not found.ranked:
        return None
    top = found.evidence.ranking[:TOP]
    candidates = found.evidence.candidates
    leads = candidates.best(Field.LEAD, candidates.cosine)
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
