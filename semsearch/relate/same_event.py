"""Whether two articles report the same event (story link detection).

Articles on one topic are near each other whatever they report: two launches, two court cases. What
tells events apart are whether each text has the words of the other's headline, each weighed by how
rare it is in the news, the names and figures that one has and the other lacks, the days that they
name, what they quote, and time: coverage of an event falls within days, and what resembles it a
week later is its next step. What one outlet says twice in few and like words are two notices.
Weights were made by research/fit_stories.py from every article of whole windows, in which most
pairs of like articles report different events.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, log1p

from semsearch.relate.idf import idf_table
from semsearch.relate.profile import Profile, cosine, days_apart
from semsearch.text.shingles import shared_count

NO_EVENT = -6.0
"""Log-odds that two notices from one mould, or a round-up and a report, are of one event."""
SAME_MOULD = 0.6
"""Cosine of the words of two texts of one outlet from which they count as from one mould."""
_MAX_DAYS = 30.0
CROWD = 80
"""Articles within days of one another in the archives that the weights were fitted on."""
CROWD_DAYS = 3
"""Days before and after in which an article belongs to the crowd."""
_LEAST_CROWD = 4
_NOTICE_WORDS = 150.0
"""Words from which a text is no mere notice."""


@dataclass(frozen=True, slots=True)
class EventSignals:
    """What a pair shows of one event; the same whichever article is called a.

    Attributes:
        lead: Cosine of the two beginnings with their titles, -1 to 1.
        title: Share of the words of a title that the other article has, by rarity, 0-1; the
            smaller of the two. Where only one has a title, its own.
        titles: Cosine of the words of the two titles, by rarity, 0-1.
        quoted: 1 where both quote the same four words in a row.
        names: Share of the names of a beginning that the other article has nowhere, by rarity,
            0-1; the smaller of the two.
        shared_names: Summed rarity of the names in both beginnings, a tenth: of what is alike,
            so much is whom it is about, not what happened.
        figures: As in ``features.Features``: figures that only one has.
        other_first_day: 1 where both beginnings name days, and the first of each differ.
        same_day: 1 where both name a day in common.
        length: Logarithm of the words of the shorter text.
        mould: Cosine of all words by rarity, of two texts of one outlet; else 0.
        notice: 1 for two texts of one outlet of which one has hardly any words, falling to 0 at
            150 words; else 0.
        undated: 1 where neither date is known.
        apart: Days apart, at most 30; 0 where a date is unknown.
    """

    lead: float
    title: float
    titles: float
    quoted: float
    names: float
    shared_names: float
    figures: float
    other_first_day: float
    same_day: float
    length: float
    mould: float
    notice: float
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

    def log_odds(self, signals: EventSignals) -> float:
        """That both report one event."""
        log_odds = self.constant
        for name, weight in self.weights.items():
            log_odds += weight * getattr(signals, name)
        return log_odds

    def probability(self, signals: EventSignals) -> float:
        """That both report one event, 0-1."""
        return 1 / (1 + exp(-self.log_odds(signals)))

    def at_one_time(self, p_story: float, p_duplicate: float, days: float | None) -> float:
        """The probability that two articles would report one event, had they appeared together.

        ``days`` is None where a date is unknown.
        """
        if days is None or p_story <= p_duplicate or not 0 < p_story < 1:
            return p_story
        log_odds = log(p_story / (1 - p_story)) - self.weights["apart"] * min(days, _MAX_DAYS)
        return 1 / (1 + exp(-log_odds))


def event_log_odds(signals: EventSignals, *, is_round_up: bool) -> float:
    """Log-odds that both report one event; the same for a and b swapped.

    Args:
        signals: What the pair shows. What an outlet says again in much the same words is the next
            notice from one mould.
        is_round_up: Whether one is a round-up, which reports no one event.
    """
    if signals.mould >= SAME_MOULD or is_round_up:
        return NO_EVENT
    return event_model().log_odds(signals)


def in_crowd(p_story: float, p_duplicate: float, crowd: int) -> float:
    """The probability that two articles report one event, by how many others are of those days.

    Whether two are one text is seen in the texts.
    """
    if p_story <= p_duplicate:
        return p_story
    factor = exp(of_few(crowd))
    return p_story * factor / (p_story * factor + 1 - p_story)


def of_few(crowd: int) -> float:
    """What it adds to the log-odds of one event that few articles are of those days, 0 or more.

    Where a thousand articles appear in a week, two that are alike are mostly steps of one affair;
    where ten do, they are more often one event. The prior odds that two articles report the same
    of n events are 1 : n - 1, so the odds fall with the number of articles.
    """
    return log(CROWD / min(max(crowd, _LEAST_CROWD), CROWD))


def event_signals(a: Profile, b: Profile, figures: float, one_outlet: float) -> EventSignals:
    """The signals of a pair."""
    sides = ((a, b), (b, a))
    titles = [x.headline.share(y.all_words) for x, y in sides if len(x.headline.words)]
    missing = [1 - x.weighed_names.share(y.all_words) if len(x.names) else 0.0 for x, y in sides]
    size = min(a.size, b.size)
    return EventSignals(
        lead=cosine(a.lead_vector, b.lead_vector) or 0.0,
        title=min(titles, default=0.0),
        titles=a.headline.cosine(b.headline),
        quoted=float(shared_count(a.quoted, b.quoted) > 0),
        names=min(missing),
        shared_names=a.weighed_names.shared(b.names) / 10,
        figures=figures,
        other_first_day=float(bool(a.days and b.days) and a.days[0] != b.days[0]),
        same_day=float(not set(a.days).isdisjoint(b.days)),
        length=log1p(size),
        mould=idf_table().cosine(a.all_words, b.all_words) if one_outlet else 0.0,
        notice=one_outlet * max(0.0, 1 - size / _NOTICE_WORDS),
        undated=float(a.seconds is None and b.seconds is None),
        apart=min(days_apart(a, b) or 0.0, _MAX_DAYS),
    )


@cache
def event_model() -> EventModel:
    """The model that comes with the package."""
    values = json.loads(files(__package__).joinpath("same_event.json").read_text("utf-8"))
    return EventModel(**values)
