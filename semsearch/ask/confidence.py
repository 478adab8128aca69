"""Judge whether the archive holds an answer at all.

A logistic model of a few signals, fitted on questions with and without an answer over several
archives (docs/measured.md says how, and how often it errs), and of whether the value that is asked
for stands there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from semsearch.ask.answering import best_answer
from semsearch.ask.fusion import Ranked
from semsearch.ask.retrieval import Evidence, PreparedQuery, retrieve, score_exactly
from semsearch.ask.terms import Term
from semsearch.ask.times.spans import Window
from semsearch.config import RankSettings
from semsearch.model.article import Article, Field
from semsearch.model.filters import from_timestamp
from semsearch.model.search import Confidence
from semsearch.text.tokens import forms_of, words

ANSWERING_SHARE = 0.7
"""An article answers that scores so much of the best score."""
_COMPARED = 20
_TOP = 10
_NAMES_IN = 3
_READ = 5
# Coefficients: research/fit_confidence.py, questions b7747791e16da397, seed 0. With the ranking of
# decision 25 the limit of "none" loses 2 of its 45 answerable questions.
_NONE_BELOW = 0.05
_HIGH_FROM = 1.0
_STANDS = 0.2
_UNANSWERED = 4.0  # research/near_misses; fitted alone it is larger, and loses more


@dataclass(frozen=True, slots=True)
class Signals:
    """What the model looks at.

    Attributes:
        distance: Largest cosine of a lead among the first ten hits, in standard deviations above
            the archive's average lead.
        gap: Score of the first hit minus that of the tenth.
        covered: Share (by idf) of the question's content words that stand in the first ten hits.
        names_missing: Share (by idf) of its names and numbers that are in none of the first three.
        unknown_provider: An outlet is asked for that the index does not hold.
        outside_dates: The time asked for lies outside the archive's.
        unanswered: Where a value is asked for (who, where, when, how many, how much, how long, how
            old), 1 less how far a sentence of the first five hits that holds one answers; None
            where none is.
    """

    distance: float
    gap: float
    covered: float
    names_missing: float
    unknown_provider: bool
    outside_dates: bool
    unanswered: float | None = None

    def evidence(self) -> dict[str, float]:
        """The signals and their sum, rounded for showing."""
        signals = {name: round(float(getattr(self, name) or 0), 4) for name in self.__slots__}
        return {**signals, "logit": round(self.logit, 4)}

    @property
    def value_stands(self) -> bool:
        """Whether a value of the kind that is asked for stands beside the question's words.

        Then an answer may be here, however alike all articles are: in an index of one article, or
        of one text, nothing else tells it from the others.
        """
        elsewhere = self.unknown_provider or self.outside_dates
        return self.unanswered is not None and self.unanswered <= _STANDS and not elsewhere

    @property
    def logit(self) -> float:
        """Log-odds that the archive holds an answer."""
        return (
            -1.866
            + 0.205 * self.distance
            + 2.167 * self.gap
            + 2.499 * self.covered
            - 1.192 * self.names_missing
            - 0.657 * self.unknown_provider
            - 1.584 * self.outside_dates
            - _UNANSWERED * (self.unanswered or 0.0)
        )


def judge(signals: Signals | None) -> Confidence:
    """The signals as a word; low where no vector was compared."""
    if signals is None:
        return Confidence.LOW
    if signals.logit < _NONE_BELOW and not signals.value_stands:
        return Confidence.NONE
    return Confidence.HIGH if signals.logit >= _HIGH_FROM else Confidence.LOW


def poor_matches(
    question: PreparedQuery, ranked: Sequence[Ranked], weights: RankSettings
) -> tuple[str, ...]:
    """Say how many hits answer, where without the filters more of them would."""
    free = replace(question, condition=question.same.expand(question.parsed.allowed))
    if free.condition == question.condition or question.holding.required is not None:
        return ()
    shown = [one.pk for one in ranked]
    found = retrieve(free, weights, max(_COMPARED, len(shown)))
    both = replace(found, pks=tuple(dict.fromkeys((*found.pks, *shown))))
    every = score_exactly(free, both, weights).ranking
    scores = every.scores[every.rows]
    answers = scores >= ANSWERING_SHARE * float(scores.max(initial=0.0))
    answering = set(every.pks[every.rows][answers].tolist())
    number = len(answering.intersection(shown))
    if number == min(len(answering), len(shown)):
        return ()
    if len(shown) == 1:
        return ("This article matches poorly; others answer better without the filters.",)
    verb = "answers" if number == 1 else "answer"
    than = "than these" if number == 0 else "than the others"
    filters = f"the filters leave out articles that match better {than}"
    return (f"{number or 'None'} of these {len(shown)} {verb}; {filters}.",)


def measure(
    question: PreparedQuery,
    evidence: Evidence,
    read: Callable[[Sequence[int]], Mapping[int, Article]],
) -> Signals | None:
    """The signals of an answer; None where nothing is ranked or no vector was compared."""
    if question.vector is None or not evidence.ranking:
        return None
    top = evidence.ranking[:_TOP]
    candidates, snapshot = evidence.candidates, question.snapshot
    leads = candidates.best(Field.LEAD, candidates.cosine)[[one.row for one in top]]
    known = leads[~np.isnan(leads)]
    covered, missing = coverage(
        question.terms,
        question.parsed.expansions,
        [one.pk for one in top],
        snapshot.words.containing,
    )
    return Signals(
        distance=snapshot.whitening.standardised(
            question.vector, float(known.max()) if known.size else 0.0
        ),
        gap=top[0].score - top[-1].score,
        covered=covered,
        names_missing=missing,
        unknown_provider=bool(question.parsed.unknown_provider),
        outside_dates=_is_outside(question.parsed.windows, snapshot.span),
        unanswered=_unanswered(question, evidence, read),
    )


def _unanswered(
    question: PreparedQuery,
    evidence: Evidence,
    read: Callable[[Sequence[int]], Mapping[int, Article]],
) -> float | None:
    asked = question.asked
    if asked.kind is None:
        return None
    top = evidence.ranking[:_READ]
    articles = read([one.pk for one in top])
    return 1.0 - max(
        best_answer(asked, articles[one.pk], evidence.candidates.passages(one.row)) for one in top
    )


def _is_outside(windows: Sequence[Window], span: tuple[int, int] | None) -> bool:
    """Whether all days lie wholly before or after an archive's time (in seconds since 1970)."""
    if not windows or span is None:
        return False
    first, last = (from_timestamp(second).date() for second in span)
    return all(window.last < first or window.first > last for window in windows)


def coverage(
    terms: Sequence[Term],
    expansions: Mapping[str, str],
    top: Sequence[int],
    holding: Callable[[Sequence[str], Sequence[int]], Mapping[str, set[int]]],
) -> tuple[float, float]:
    """``covered`` and ``names_missing`` of ``Signals``.

    Args:
        terms: Of the question.
        expansions: Acronyms with their long forms: one also counts as held where that is.
        top: Keys of the first hits, best first.
        holding: For each of some terms those of some articles in which it stands.
    """
    long_forms = {_terms_of(short): _terms_of(long) for short, long in expansions.items()}
    content = [term for term in terms if term.content]
    spelled = {term.term: long_forms.get(tuple(forms_of(term.term)[0]), ()) for term in content}
    places = holding([*spelled, *chain.from_iterable(spelled.values())], top)
    holders = {
        term: places[term] | set.intersection(*(places[part] for part in parts))
        if parts
        else places[term]
        for term, parts in spelled.items()
    }
    total = sum(term.idf for term in content)
    covered = sum(term.idf for term in content if holders[term.term]) / total if total else 0.0
    names = [term for term in content if term.is_name]
    first = set(top[:_NAMES_IN])
    named = sum(term.idf for term in names)
    missing = sum(term.idf for term in names if not holders[term.term] & first)
    return covered, missing / named if named else 0.0


def _terms_of(text: str) -> tuple[str, ...]:
    return tuple(word.term for word in words(text))
