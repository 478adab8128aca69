"""Drawing candidates for a question: by vectors, by words, and where it asks to look."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.fuse import Weights, Wishes
from semsearch.ask.interpret import condition_of
from semsearch.ask.reading import Reading
from semsearch.ask.terms import Term
from semsearch.deadline import stage
from semsearch.model.article import Field
from semsearch.model.filters import AllOf, Attribute, Between, Condition, OneOf, timestamp
from semsearch.model.search import Mode, Query
from semsearch.store.backend import LEXICAL_FIELDS, Snapshot
from semsearch.text.tokens import words

_FRESH_DAYS = 21
_DAY = 86_400

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read, against one generation."""

    query: Query
    reading: Reading
    terms: tuple[Term, ...]
    vector: Vector | None
    condition: Condition
    snapshot: Snapshot

    @property
    def weights(self) -> dict[str, float]:
        """Weights of the terms that the index holds."""
        return {term.term: term.weight for term in self.terms if term.weight > 0}


def by_field(terms: Mapping[str, float], weights: Weights) -> dict[Field, dict[str, float]]:
    """The weight of each term in each field."""
    return {
        field: {term: getattr(weights, f"lexical_{field}") * w for term, w in terms.items()}
        for field in LEXICAL_FIELDS
    }


def candidate_keys(
    asked: Asked, weights: Weights, pool: int, told: Callable[[str], None]
) -> list[int]:
    """The best by vectors and by words, and again among what the question asks for.

    ``told`` is told what found them by words.
    """
    if asked.reading.phrases:
        told(asked.snapshot.words_by)
        return _holding_phrases(asked, pool)
    limits = [asked.condition]
    wanted = _asked_for(asked)
    if wanted is not None:
        limits.append(AllOf((asked.condition, wanted)))
    weighed = by_field(asked.weights, weights)
    pks: dict[int, None] = {}
    for condition in limits:
        if asked.vector is not None:
            with stage("vector"):
                found = asked.snapshot.dense(asked.vector, pool, condition)
            pks |= dict.fromkeys(pk for pk, _ in found)
        if asked.query.mode is not Mode.DENSE:
            with stage("lexical"):
                found = asked.snapshot.lexical(weighed, pool, condition, told)
            pks |= dict.fromkeys(pk for pk, _ in found)
    return list(pks)


def _holding_phrases(asked: Asked, pool: int) -> list[int]:
    """Articles that hold every quoted phrase of the question."""
    found: set[int] | None = None
    for phrase in asked.reading.phrases:
        terms = [word.term for word in words(phrase)]
        held = set(asked.snapshot.phrase(terms, pool * 10, asked.condition))
        found = held if found is None else found & held
    return sorted(found or ())[: pool * 2]


def _asked_for(asked: Asked) -> Condition | None:
    """Providers and times that are asked for: more candidates are drawn from there."""
    parts = [part for part in (condition_of(asked.reading), _window_of(asked)) if part is not None]
    return AllOf(tuple(parts)) if parts else None


def _window_of(asked: Asked) -> Condition | None:
    window = asked.reading.window
    if window is not None:
        first = datetime.combine(window.first, datetime.min.time(), UTC)
        last = datetime.combine(window.last, datetime.max.time(), UTC)
        return Between(Attribute.PUBLISHED, timestamp(first), timestamp(last) + 1)
    if asked.query.asked_at is not None:
        now = timestamp(asked.query.asked_at)
        return Between(Attribute.PUBLISHED, now - _FRESH_DAYS * _DAY, now + 2 * _DAY)
    return None


def wishes_of(asked: Asked, pks: Sequence[int]) -> Wishes:
    """What the question asks of the sources and the time of these candidates."""
    reading = asked.reading
    limit = condition_of(reading)
    unwanted = (
        frozenset[int]()
        if limit is None
        else frozenset(pks) - asked.snapshot.satisfying(pks, limit)
    )
    mentioned = OneOf(Attribute.PROVIDER, tuple(sorted(reading.mentioned)))
    favoured = asked.snapshot.satisfying(pks, mentioned) if reading.mentioned else set[int]()
    return Wishes(unwanted, frozenset(favoured), reading.window, asked.query.asked_at)
