"""Assess an article for a watch by the same evidence as a search, and say how sure it is.

An article's score for a question does not depend on what else is found, so what a search would give
it can be told of it alone. Whether it answers is judged by that score and by the signals that a
search's confidence is judged by, as far as they are of one article.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.ask import confidence
from semsearch.ask.hits import best_passage
from semsearch.ask.parsing import ParsedQuery
from semsearch.ask.retrieval import (
    Evidence,
    Found,
    Holding,
    PreparedQuery,
    Vector,
    holding_of,
    score_exactly,
)
from semsearch.ask.search import Searcher
from semsearch.ask.similar import TextProfile
from semsearch.ask.terms import weigh
from semsearch.ask.times.reading import counting_from
from semsearch.ask.wording import normalised
from semsearch.library import Library
from semsearch.model.article import Article, Field
from semsearch.model.filter_tree import parse_filter
from semsearch.model.filters import EVERYTHING, AllOf, Condition, Filters
from semsearch.model.search import ALL_STEPS, Confidence, HitPassage, ParseStep, Query
from semsearch.model.watch import WatchSpec
from semsearch.store.snapshot import Snapshot
from semsearch.text.tokens import single_forms

# Chosen by research/measure_watches.py; see docs/measured.md.
_HIGH_FROM, _LOW_FROM = 1.7, 1.3
USUAL_DISTANCE = 6.7
"""Of a lead whose cosine with a question is 1, in standard deviations, in most archives."""
_MAX_DISTANCE = 7.0
_SIMILAR_HIGH, _SIMILAR_LOW = 0.62, 0.5
_NO_TIMES = "A watch waits for what comes, so the time that it names is left out."
MIN_SCORE = 0.35
"""No article of a lower score answers; such articles are not looked at further."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A watch's question as it was read, for as long as nothing suggests to read it anew.

    Attributes:
        condition: What every article must satisfy.
    """

    query: Query
    parsed: ParsedQuery
    vector: Vector
    condition: Condition


@dataclass(frozen=True, slots=True)
class Signals:
    """What tells whether one article answers.

    Attributes:
        score: As a search gives it.
        distance, covered, names_missing, unanswered: As in ``ask.confidence.Signals``, of this
            article alone.
    """

    score: float
    distance: float
    covered: float
    names_missing: float
    unanswered: float

    @property
    def strength(self) -> float:
        """How strongly the article answers: the weighted sum that confidence is judged by."""
        return (
            self.score
            + self.distance / 6
            + self.covered
            - 0.5 * self.names_missing
            - 0.5 * self.unanswered
        )


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an article is to a watch; ``parts`` sum to ``score``."""

    score: float
    parts: Mapping[str, float]
    confidence: Confidence
    passage: HitPassage | None = None


def filters_of(spec: WatchSpec) -> Filters:
    """A watch's filters.

    Raises:
        InvalidFilterError: The filter tree is malformed.
    """
    tree = EVERYTHING if spec.filter is None else parse_filter(spec.filter)
    return Filters(provider=spec.provider, tree=tree)


def condition_of(spec: WatchSpec) -> Condition:
    """What they ask of articles; raises as ``filters_of``."""
    return filters_of(spec).condition()


def read_question(
    library: Library,
    searcher: Searcher,
    spec: WatchSpec,
    snapshot: Snapshot,
    now: datetime,
    vector: Vector | None = None,
) -> Reading:
    """Read a watch's question as a search reads it.

    ``vector``: of the question, where it was encoded before.

    Raises:
        InvalidQueryError: It is empty or too long.
        ModelUnavailableError: It cannot be encoded.
    """
    parser = searcher.parser(snapshot)
    text = normalised(spec.question, library.limits.max_question_chars)
    today = counting_from(None, now, snapshot.span)
    parsed = _waiting(parser.parse(text, today, ALL_STEPS), today.day)
    condition = AllOf((condition_of(spec), parsed.required))
    return Reading(
        Query(spec.question),
        parsed,
        library.encoder.encode_query(parsed.encoded) if vector is None else vector,
        parser.same.expand(condition),
    )


def _waiting(parsed: ParsedQuery, today: date) -> ParsedQuery:
    """A question as a watch asks it: times that are over, or count from today, say nothing.

    A watch waits for what comes: held against "on Friday", it would miss the news of Saturday.
    """
    over = all(window.last < today for window in parsed.windows)
    if not parsed.windows or not (over or ParseStep.NOW in parsed.steps):
        return parsed
    times = (ParseStep.DATE, ParseStep.NOW)
    kept = [
        (note, step)
        for note, step in zip(parsed.notes, parsed.steps, strict=True)
        if step not in times
    ]
    return replace(
        parsed,
        windows=(),
        notes=(*(note for note, _ in kept), _NO_TIMES),
        steps=(*(step for _, step in kept), ParseStep.DATE),
    )


def prepared(searcher: Searcher, reading: Reading, snapshot: Snapshot) -> PreparedQuery:
    """The question against one generation."""
    parsed = reading.parsed
    terms = weigh(parsed.text, len(snapshot), snapshot.words)
    return PreparedQuery(
        reading.query,
        parsed,
        terms,
        reading.vector,
        reading.condition,
        snapshot,
        Holding(),
        searcher.outlets(snapshot),
    )


def assess_answer(
    question: PreparedQuery,
    pk: int,
    article: Article,
    searcher: Searcher,
    least: Confidence = Confidence.LOW,
) -> tuple[Assessment, Signals] | None:
    """What an article is to a question, and the signals; None where it is no answer at all.

    Args:
        question: Against the generation that the article is searchable in.
        pk: The article's key.
        article: With its texts.
        searcher: Whose weights count.
        least: How sure it must be for its passage to be looked for; else that is None.
    """
    parsed = question.parsed
    if parsed.phrases or parsed.left_out:
        holding = holding_of(parsed, pk, article)
        if pk in holding.left_out or (holding.required is not None and not holding.required):
            return None
        question = replace(question, holding=holding)
    if not question.snapshot.vectors.satisfying([pk], question.condition):
        return None
    evidence = score_exactly(question, Found((pk,), (), 1), searcher.weights)
    measured = confidence.measure(question, evidence, lambda _: {pk: article})
    if measured is None:
        return None
    ranked = evidence.ranking[0]
    signals = Signals(
        ranked.score,
        _distance(question, evidence, measured.distance),
        measured.covered,
        measured.names_missing,
        measured.unanswered or 0.0,
    )
    sure, passage = judged(signals), None
    if sure.reaches(least):
        weights = {form: one.weight for one in question.terms for form in single_forms(one.term)}
        passage = best_passage(article, evidence.candidates.passages(0), weights, question.asked)
    return Assessment(ranked.score, ranked.parts, sure, passage), signals


def _distance(question: PreparedQuery, evidence: Evidence, standardised: float) -> float:
    """How far an article's lead stands above the average, at most 7 standard deviations.

    In an archive of a few articles no average is known, and the cosine tells as much as it does
    in most archives.
    """
    if not question.snapshot.whitening.active:
        lead = evidence.candidates.best(Field.LEAD, evidence.candidates.cosine)
        standardised = USUAL_DISTANCE * float(np.nan_to_num(lead[0]))
    return min(max(standardised, 0.0), _MAX_DISTANCE)


def at_most(
    score: NDArray[np.float32], distance: NDArray[np.float32], covered: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The strengths of articles that lack no name and no value; see ``Signals``."""
    near = np.clip(distance, 0.0, _MAX_DISTANCE) / 6
    return np.asarray(score + near + covered, np.float32)


def least_strength(least: Confidence) -> float:
    """The strength from which an article is reported."""
    return _HIGH_FROM if least is Confidence.HIGH else _LOW_FROM


def judged(signals: Signals) -> Confidence:
    """The signals as a word."""
    if signals.score < MIN_SCORE or signals.strength < _LOW_FROM:
        return Confidence.NONE
    return Confidence.HIGH if signals.strength >= _HIGH_FROM else Confidence.LOW


def assess_likeness(profile: TextProfile, other: TextProfile) -> Assessment:
    """What an article is to a watch for articles like one."""
    parts = profile.compare(other)
    score = round(sum(parts.values()), 6)
    sure = Confidence.HIGH if score >= _SIMILAR_HIGH else Confidence.LOW
    return Assessment(score, parts, sure if score >= _SIMILAR_LOW else Confidence.NONE)
