"""Whether two articles report the same event (story link detection).

Articles on one topic are near each other whatever they report: two launches, two court cases. What
tells events apart are the words they share, each weighed by how rare it is in the news, the names
and figures that one has and the other lacks, and time: coverage of an event falls within days, and
what resembles it weeks later is another. Dates that are unknown say nothing either way. Weights and
the table of common words were made by research/fit_stories.py.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log1p

from semsearch.model.relation import Judgement
from semsearch.relate.features import Features, days_apart
from semsearch.relate.idf import idf_table
from semsearch.relate.profile import Profile

_TEMPLATE_COSINE = 0.6
"""Cosine of the words of two texts from which an outlet's notices count as from one template."""
_DECAY_DAYS = 3.0
"""Days within which coverage of an event thins out little; from there on by powers of time."""


@dataclass(frozen=True, slots=True)
class EventSignals:
    """What a pair shows of one event; the same whichever article is called a.

    Attributes:
        opening: As in ``features.Features``: how each begins, and the closest of the other.
        words: Cosine of all words weighed by rarity, 0-1.
        agree: As in ``features.Features``: names in common, 0-1.
        figures: As in ``features.Features``: figures that only one has.
        dated: 1 where both dates are known, else 0.
        apart: ln(1 + days apart / 3); 0 where a date is unknown.
        one_outlet: 1 for one provider, which seldom reports an event twice.
    """

    opening: float
    words: float
    agree: float
    figures: float
    dated: float
    apart: float
    one_outlet: float


@dataclass(frozen=True, slots=True)
class EventModel:
    """A logistic decision: a weight for each of ``EventSignals``.

    ``calibration`` names the data that it was fitted on.
    """

    calibration: str
    constant: float
    weights: Mapping[str, float]

    def probability(self, signals: EventSignals) -> float:
        """That both report one event, 0-1."""
        log_odds = self.constant
        for name, weight in self.weights.items():
            log_odds += weight * getattr(signals, name)
        return 1 / (1 + exp(-log_odds))


def same_event(a: Profile, b: Profile, judgement: Judgement, features: Features) -> float:
    """The probability that both report one event, 0-1; the same for a and b swapped.

    Args:
        a: One article.
        b: The other.
        judgement: What ``relate.judge`` says of them. One text reports one event, whatever the
            rest shows. What an outlet says again in much the same words, and is no copy, is the
            next notice from one template.
        features: Their features.
    """
    signals = event_signals(a, b, features)
    if signals.one_outlet and signals.words >= _TEMPLATE_COSINE:
        return judgement.probabilities.same_story
    return max(event_model().probability(signals), judgement.p_duplicate)


def event_signals(a: Profile, b: Profile, features: Features) -> EventSignals:
    """The signals of a pair, some of which are among its features."""
    days = days_apart(a, b)
    return EventSignals(
        opening=features.opening,
        words=idf_table().cosine(a.all_words, b.all_words),
        agree=features.agree,
        figures=features.figures,
        dated=0.0 if days is None else 1.0,
        apart=0.0 if days is None else log1p(days / _DECAY_DAYS),
        one_outlet=features.one_outlet,
    )


@cache
def event_model() -> EventModel:
    """The model that comes with the package."""
    values = json.loads(files(__package__).joinpath("same_event.json").read_text("utf-8"))
    return EventModel(**values)
