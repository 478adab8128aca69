"""Answer a question: from its text to ranked articles and a row per provider.

parse -> encode -> candidates -> exact evidence, fused -> articles in the order that the question or
its asker prefers -> passages, duplicates and stories -> provider rows. ``Searcher._answer`` takes
these steps; ``retrieval`` and ``hits`` hold the ones that find and that show.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from threading import Lock

import numpy as np

from semsearch.ask import confidence, hits
from semsearch.ask.fusion import Ranking, diversity_part, quality_part
from semsearch.ask.hits import nearest_text
from semsearch.ask.outlets import SameOutlets
from semsearch.ask.page_tokens import Page, check_page, page_token, read_page_token
from semsearch.ask.parsing import QuestionParser
from semsearch.ask.rerank import Reranking, rerank_part
from semsearch.ask.retrieval import (
    REACH,
    Evidence,
    Found,
    PreparedQuery,
    look_up,
    retrieve,
    score_exactly,
)
from semsearch.ask.terms import weigh
from semsearch.ask.times.reading import Now, counting_from
from semsearch.ask.wording import check_steps, normalised
from semsearch.config import RankSettings
from semsearch.deadline import stage
from semsearch.errors import InvalidQueryError, ModelMismatchError, ModelUnavailableError
from semsearch.library import Library, consistent_read
from semsearch.model.address import canonical_url
from semsearch.model.filters import EVERYTHING, AllOf
from semsearch.model.search import (
    Collapse,
    Confidence,
    Facets,
    Mode,
    Query,
    ReadQuery,
    SearchResults,
    Sort,
)
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import is_pointed, is_unspaced

# An archive of so many articles is ranked whole. In a larger one the first hits come from few
# candidates, and only pages behind them draw as many as a list may hold.
_WHOLE = 1_000
_NEAR = 200
_SETTLED = 100
_MAX_PARSERS = 4
_NO_WORD = "The question holds no word, so nothing is looked for; what comes is no answer."
_NOTHING = "No article satisfies all filters."
_NOTHING_ASKED = "No article satisfies all that the question and its filters ask for."
_ALL_LEFT_OUT = "All articles that satisfy the rest of the question and its filters are left out."
_NO_WORD_HELD = "No article that satisfies the question and its filters holds a word of it."
_UNREADABLE = (
    "The question holds \ufffd, which stands for letters that could not be read; send it as UTF-8."
)
_CUT = "The question is longer than the model reads: only its beginning is compared by meaning."
_SPECIAL_TOKENS = 2  # before and behind a sequence
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_MOST_IDS = 5
_NOT_SURE = (
    "No article is shown: it is not sure enough that this index answers the question (confidence"
    " {0}; at least {1} is asked for)."
)
_LACKS_UNSPACED = (
    "Some articles were indexed before words of this script could be found; `semsearch rebuild`"
    " makes them findable and encodes nothing anew."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    """What is listed.

    Attributes:
        near: Keys of the nearest candidates, which facets are counted over.
        evidence: What the articles are ranked by.
        ranking: The list, as far as it is known.
        total: How many articles the list holds to its end, folded ones counted.
        matching: How many satisfy the question and its filters; see ``Found``.
    """

    near: Sequence[int]
    evidence: Evidence
    ranking: Ranking
    total: int
    matching: int

    def empty(self) -> "_Order":
        """Nothing is listed."""
        return replace(self, ranking=self.ranking.first(0), total=0, matching=0)


def _nothing_matches(question: PreparedQuery) -> tuple[str, ...]:
    """Why no article satisfies a question and its filters, in a sentence."""
    if not len(question.snapshot):
        return ()
    filters, count = question.query.filters.condition(), question.snapshot.vectors.count
    if filters != EVERYTHING and not count(question.same.expand(filters)):
        return (_NOTHING,)
    if not count(question.condition):
        return (_NOTHING_ASKED,)
    if question.holding.left_out:
        return (_ALL_LEFT_OUT,)
    if question.query.mode is Mode.LEXICAL and question.holding.required is None:
        return (_NO_WORD_HELD,)
    return ()


class Searcher:
    """Answers questions; safe to use from several threads."""

    def __init__(
        self,
        library: Library,
        weights: RankSettings = RankSettings(),
        reranking: Reranking | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        outlets: Mapping[str, str] | None = None,
    ) -> None:
        self._library = library
        self.weights = weights
        self._reranking = reranking
        self._clock = clock
        self._outlets = outlets
        self.answers = AnswerCache()
        self._parsers: OrderedDict[int, QuestionParser] = OrderedDict()
        self._lock = Lock()

    @consistent_read
    def search(self, query: Query) -> SearchResults:
        """Answer a question from the newest generation, or from that of its page token."""
        started = time.perf_counter()
        check_page(self._library.limits, query.k)
        if query.min_score is not None and not math.isfinite(query.min_score):
            raise InvalidQueryError(f"min_score must be a number, not {query.min_score}.")
        text = normalised(query.text, self._library.limits.max_question_chars)
        notes = check_steps(query.steps)
        snapshot, page = self._page(query)
        now = counting_from(query.asked_at, self._clock(), snapshot.span)
        if query.page_token is None:
            page = replace(page, day=now.day)
        else:
            now = replace(now, day=page.day)  # pages go on where midnight passes between them
        results = self.answers.get(snapshot.generation, query, now.day)
        if results is None:
            question = self._prepare(query, text, snapshot, now)
            parser = self.parser(snapshot)
            notes = (*notes, *parser.unknown(query.filters))
            if question.vector is not None and self._is_cut(question.parsed.encoded):
                notes = (*notes, _CUT)
            if _ADDRESS.fullmatch(text):
                notes = (*notes, self._at_address(text, snapshot))
            if not any(map(str.isalnum, text)):
                notes = (*notes, _NO_WORD)
            if "\ufffd" in text:
                notes = (*notes, _UNREADABLE)
            if (is_unspaced(text) and parser.lacks_unspaced) or (
                is_pointed(text) and parser.lacks_pointed
            ):
                notes = (*notes, _LACKS_UNSPACED)
            results = self._answer(question, page, notes)
            self.answers.put(query, results, now.day)
        return replace(results, took_ms=round((time.perf_counter() - started) * 1000, 2))

    def _page(self, query: Query) -> tuple[Snapshot, Page]:
        """The generation that is asked, and which of its ranked articles are shown."""
        if query.page_token is None:
            snapshot = self._library.snapshot()
            return snapshot, Page(snapshot.generation, 0)
        page = read_page_token(self._library.page_secret(), query.page_token, query)
        check_page(self._library.limits, query.k, page.offset)
        return self._library.snapshot_at(page.generation), page

    def _prepare(self, query: Query, text: str, snapshot: Snapshot, now: Now) -> PreparedQuery:
        parser = self.parser(snapshot)
        parsed = parser.parse(text, now, query.steps)
        condition = query.filters.condition()
        if parsed.required != EVERYTHING:
            condition = AllOf((condition, parsed.required))
        condition = parser.same.expand(condition)
        holding = look_up(parsed, snapshot, condition, self._library.catalog.by_pk)
        parsed = replace(
            parsed,
            phrases=holding.phrases,
            notes=(*parsed.notes, *(note for _, note in holding.notes)),
            steps=(*parsed.steps, *(step for step, _ in holding.notes)),
        )
        vector = None
        with stage("encode"):
            if query.mode is not Mode.LEXICAL:
                vector = self._library.encoder.encode_query(parsed.encoded)
        terms = weigh(parsed.text, len(snapshot), snapshot.words)
        return PreparedQuery(
            query, parsed, terms, vector, condition, snapshot, holding, parser.same
        )

    def _answer(self, question: PreparedQuery, page: Page, notes: Sequence[str]) -> SearchResults:
        query, limits = question.query, self._library.limits
        order = self._ordered(question, page.offset + query.k)
        if not order.matching:
            notes = (*notes, *_nothing_matches(question))
        elif query.min_score is not None and order.matching and not order.ranking:
            notes = (*notes, f"No article has a score of {query.min_score:g} or more.")
        signals = confidence.measure(question, order.evidence, self._library.hydrate)
        sure = confidence.judge(signals) if order.ranking else Confidence.NONE
        if not sure.reaches(query.min_confidence):
            order = order.empty()
            notes = (*notes, _NOT_SURE.format(sure, query.min_confidence))
        evidence, ranking = order.evidence, order.ranking
        ranked = ranking[page.offset : page.offset + query.k]
        shown, articles = hits.show_hits(self._library, question, evidence, ranked, page.offset + 1)
        after, token = replace(page, offset=page.offset + len(ranked)), None
        if after.offset < len(ranking) and after.offset <= limits.max_depth:
            token = page_token(self._library.page_secret(), after, query)
        if page.offset == 0:
            notes = (*notes, *confidence.poor_matches(question, ranked, self.weights))
        if self._reranking is not None:
            notes = (*notes, self._reranking.note())
        return SearchResults(
            query=ReadQuery(query.text, question.parsed.interpreted(notes)),
            generation=question.snapshot.generation,
            took_ms=0.0,
            answer_confidence=sure,
            hits=shown,
            providers=hits.provider_rows(
                shown,
                articles,
                question.same,
                hits.answered_story(self._library, question, ranking),
            ),
            next_page_token=token,
            confidence_evidence={} if signals is None else signals.evidence(),
            facets=self._facets(question, order.near) if query.facets else None,
            total=order.total,
            truncated=order.matching > min(REACH, limits.max_depth + query.k),
        )

    def _ordered(self, question: PreparedQuery, end: int) -> "_Order":
        """All that is listed, in one order whatever the page, known for certain up to ``end``.

        The first hits are the best of the nearest few. Behind them the list goes on with the best
        of all others; those are drawn only where a page or a limit needs them.
        """
        settled = _SETTLED
        if self._reranking is not None:
            settled = max(settled, self._reranking.prepared()[1])
        whole = len(question.snapshot) <= _WHOLE
        near = retrieve(question, self.weights, _WHOLE if whole else _NEAR)
        order = self._arranged(question, near, near, settled)
        more = near.matching > len(near.pks)
        everywhere = question.query.min_score is not None or question.sort is not Sort.RELEVANCE
        if more and (end >= order.ranking.settled or everywhere):
            every = retrieve(question, self.weights, REACH)
            every = replace(every, pks=tuple(dict.fromkeys((*near.pks, *every.pks))))
            order = self._arranged(question, near, every, settled)
        elif more:
            order = replace(order, total=min(near.matching, REACH))
        return order

    def _arranged(
        self, question: PreparedQuery, near: Found, found: Found, settled: int
    ) -> "_Order":
        """Candidates in the order of the list, the best of the near ones first."""
        evidence = score_exactly(question, found, self.weights)
        is_near = np.isin(evidence.candidates.pks, near.pks)
        evidence = replace(evidence, ranking=evidence.ranking.settle(is_near, settled))
        ranking = self._preferred(question, evidence, evidence.ranking)
        if question.query.min_score is not None:
            ranking = ranking.among(ranking.scores >= question.query.min_score)
        if question.sort is not Sort.RELEVANCE:
            ranking = ranking.by_time(
                evidence.candidates.published,
                newest=question.sort is Sort.NEWEST,
                share=confidence.ANSWERING_SHARE,
            )
        ranking = ranking.first(REACH)
        total = len(ranking)
        if question.query.collapse is not Collapse.NONE:
            homes = hits.homes_of(
                self._library, question.snapshot, question.query.collapse, evidence.candidates
            )
            ranking = ranking.fold(homes, is_near)
        return _Order(near.pks, evidence, ranking, total, found.matching)

    def _facets(self, question: PreparedQuery, near: Sequence[int]) -> Facets:
        """Counts over the nearest articles of the index, those of them that the filters leave.

        So a filter never raises a count.
        """
        if question.query.filters.condition() != EVERYTHING:
            unfiltered = replace(question, condition=question.same.expand(question.parsed.required))
            whole = len(question.snapshot) <= _WHOLE
            found = retrieve(unfiltered, self.weights, _WHOLE if whole else _NEAR)
            near = tuple(question.snapshot.vectors.satisfying(found.pks, question.condition))
        return hits.count_facets(self._library, near, question.same)

    def _preferred(self, question: PreparedQuery, evidence: Evidence, ranking: Ranking) -> Ranking:
        """The order by evidence, then by what the question or its asker prefers.

        Confidence is judged by the evidence alone.
        """
        query = question.query
        pks = ranking.pks.tolist()
        if query.prefer_quality:
            heads = self._library.hydrate(pks, texts=False)
            ranking = ranking.adding("quality", quality_part([heads[pk].quality for pk in pks]))
        if self._reranking is not None:
            ranking = self._reranked(self._reranking, ranking, question, evidence)
        if query.diversity or question.parsed.variety:
            heads = self._library.hydrate(pks, texts=False)
            providers = [question.same.key(heads[pk].provider) for pk in pks]
            ranking = ranking.adding("diversity", diversity_part(providers, ranking.rows))
        return ranking

    def _reranked(
        self, reranking: Reranking, ranking: Ranking, question: PreparedQuery, evidence: Evidence
    ) -> Ranking:
        reranker, number = reranking.prepared()
        first = ranking[:number]
        articles = self._library.hydrate([one.pk for one in first])
        texts = [
            nearest_text(articles[one.pk], evidence.candidates.passages(one.row)) for one in first
        ]
        part = rerank_part(ranking, question.parsed.encoded, texts, reranker)
        return ranking.adding("rerank", part)

    def parser(self, snapshot: Snapshot) -> QuestionParser:
        """The parser of a generation; those of the latest are kept."""
        with self._lock:
            parser = self._parsers.get(snapshot.generation)
            if parser is None:
                parser = QuestionParser(
                    snapshot,
                    self._leads,
                    self._is_word,
                    self._library.catalog.usual_language,
                    self._outlets,
                )
                self._parsers[snapshot.generation] = parser
                if len(self._parsers) > _MAX_PARSERS:
                    self._parsers.popitem(last=False)
            return parser

    def outlets(self, snapshot: Snapshot) -> SameOutlets:
        """The outlets of a generation, in all the ways in which it knows them."""
        return self.parser(snapshot).same

    def _leads(self, pks: Sequence[int]) -> list[str]:
        return [article.lead for article in self._library.catalog.by_pk(pks).values()]

    def _at_address(self, text: str, snapshot: Snapshot) -> str:
        """Which articles have an address, for a question that is one."""
        url = canonical_url(text)
        ids = self._library.catalog.ids_at_address(url, snapshot.sequence) if url else []
        if not ids:
            return "No article of this index has this address; it is searched as words."
        if len(ids) == 1:
            found = f"The article of this address has the id {ids[0]}"
        else:
            more = f" and {len(ids) - _MOST_IDS:,} more" if len(ids) > _MOST_IDS else ""
            found = f"Articles with this address: {', '.join(ids[:_MOST_IDS])}{more}"
        return f"{found}; the address is searched as words."

    def _is_cut(self, text: str) -> bool:
        """Whether the encoder reads a question only in part; a token has at least a character."""
        encoder = self._library.encoder
        whole, room = encoder.spec.query_prompt + text, encoder.spec.max_tokens - _SPECIAL_TOKENS
        return len(whole) > room and encoder.count_tokens([whole])[0] > room

    def _is_word(self, text: str) -> bool:
        try:
            return bool(text) and self._library.encoder.count_tokens([text]) == [1]
        except (ModelMismatchError, ModelUnavailableError):
            return True  # words are searched without a model, too; then none is mended


_MAX_BYTES = 4 * 2**20  # as JSON; in memory some four times as much
_HIT_BYTES = 1_500  # of a hit and what a row of its outlet adds, without their texts


@dataclass(frozen=True, slots=True)
class _Kept:
    results: SearchResults
    size: int


class AnswerCache:
    """The latest answers by generation and question.

    A generation never changes, and a question says all that its answer depends on beside the day
    that relative times count from: so an answer is never out of date, only no longer asked for.

    It holds ``max_bytes`` of questions and answers, as JSON; what was not used for longest goes
    first, and what is larger than a fourth of it is not kept.
    """

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._answers: OrderedDict[tuple[int, Query, date | None], _Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many answers there are."""
        return len(self._answers)

    def get(self, generation: int, query: Query, day: date | None = None) -> SearchResults | None:
        """The answer to a question that was asked on a day, if there is one."""
        with self._lock:
            key = (generation, query, day)
            kept = self._answers.get(key)
            if kept is None:
                return None
            self._answers.move_to_end(key)
            return kept.results

    def put(self, query: Query, results: SearchResults, day: date | None = None) -> None:
        """Keep the answer to a question that was asked on a day."""
        size = size_of(query, results)
        if size > self._max_bytes // 4:
            return
        with self._lock:
            key = (results.generation, query, day)
            self._drop(key)
            self._answers[key] = _Kept(results, size)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0

    def _drop(self, key: tuple[int, Query, date | None]) -> None:
        dropped = self._answers.pop(key, None)
        if dropped is not None:
            self._bytes -= dropped.size


def size_of(query: Query, results: SearchResults) -> int:
    """About how many bytes a question and its answer take when they are written down."""
    texts = sum(
        len(hit.article.excerpt) + len(hit.passage.text) + len(repr(hit.explanation))
        for hit in results.hits
    )
    return len(repr((query, results.facets))) + _HIT_BYTES * len(results.hits) + texts
