"""Whether two articles report the same event (story link detection).

Articles on one topic are near each other whatever they report: two launches, two court cases. What
tells events apart are whether each text has the words of the other's headline, each weighed by how
rare it is in the news, the names and figures that one has and the other lacks, the days that they
name, what they quote, and time: coverage of an event falls within days, and what resembles it a
week later is its next step. Weights were made by research/fit_stories.py from every article of
whole windows, in which most pairs of like articles report different events.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp

from semsearch.model.relation import Judgement
from semsearch.relate.features import Features, cosine, days_apart
from semsearch.relate.idf import idf_table
from semsearch.relate.profile import Profile
from semsearch.text.shingles import shared_count

_TEMPLATE_COSINE = 0.6
"""Cosine of the words of two texts from which an outlet's notices count as from one template."""
_MAX_DAYS = 30.0
CROWD = 80
"""Articles within days of one another in the archives that the weights were fitted on."""
_LEAST_CROWD = 4
_CROWD_POWER = 2.0


@dataclass(frozen=True, slots=True)
class EventSignals:
    """What a pair shows of one event; the same whichever article is called a.

    Attributes:
        lead: Cosine of the two beginnings with their titles, -1 to 1.
        title: Share of the words of a title that the other article has, by rarity, 0-1; the
            smaller of the two. Where only one has a title, its own.
        quoted: 1 where both quote the same four words in a row.
        names: Share of the names of a beginning that the other article has nowhere, by rarity,
            0-1; the smaller of the two.
        figures: As in ``features.Features``: figures that only one has.
        other_days: 1 where both beginnings name days, and none in common.
        other_first_day: 1 where the first days that they name differ.
        same_day: 1 where both name a day in common.
        undated: 1 where a date is unknown.
        apart: Days apart, at most 30; 0 where a date is unknown.
    """

    lead: float
    title: float
    quoted: float
    names: float
    figures: float
    other_days: float
    other_first_day: float
    same_day: float
    undated: float
    apart: float


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
    if features.one_outlet and idf_table().cosine(a.all_words, b.all_words) >= _TEMPLATE_COSINE:
        return judgement.probabilities.same_story
    signals = event_signals(a, b, features)
    return max(event_model().probability(signals), judgement.p_duplicate)


def in_crowd(probability: float, crowd: int) -> float:
    """The probability that two articles report one event, by how many others are of those days.

    Where a thousand articles appear in a week, two that are alike are mostly steps of one affair;
    where ten do, they are mostly one event. The odds fall with the square of the number, which
    was chosen so that the stories of the sample corpus stay whole (research/fit_stories.py).

    Args:
        probability: As ``same_event`` gives it, 0-1, for a crowd of ``CROWD`` or more.
        crowd: Articles of the archive within three days.
    """
    factor = (CROWD / min(max(crowd, _LEAST_CROWD), CROWD)) ** _CROWD_POWER
    return probability * factor / (probability * factor + 1 - probability)


def event_signals(a: Profile, b: Profile, features: Features) -> EventSignals:
    """The signals of a pair, some of which are among its features."""
    table = idf_table()
    days = days_apart(a, b)
    titles = [
        table.share(one.title_words, other.all_words)
        for one, other in ((a, b), (b, a))
        if len(one.title_words)
    ]
    name_days = bool(a.days and b.days)
    common = not set(a.days).isdisjoint(b.days)
    missing = [
        1 - table.share(one.names, other.all_words) if len(one.names) else 0.0
        for one, other in ((a, b), (b, a))
    ]
    return EventSignals(
        lead=cosine(a.lead_vector, b.lead_vector) or 0.0,
        title=min(titles, default=0.0),
        quoted=float(shared_count(a.quoted, b.quoted) > 0),
        names=min(missing),
        figures=features.figures,
        other_days=float(name_days and not common),
        other_first_day=float(name_days and a.days[0] != b.days[0]),
        same_day=float(common),
        undated=float(days is None),
        apart=0.0 if days is None else min(days, _MAX_DAYS),
    )


@cache
def event_model() -> EventModel:
    """The model that comes with the package."""
    values = json.loads(files(__package__).joinpath("same_event.json").read_text("utf-8"))
    return EventModel(**values)
