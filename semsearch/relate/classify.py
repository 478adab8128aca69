"""From features to calibrated probabilities: a chain of four logistic decisions.

One text or two? If one: copy or edited? If two: one event or not (``same_event``, as stories are
made)? If not: one topic or not?
Each decision weighs only the features that bear on it, and each weight has the sign that its
feature must have, so that more shared text never makes a duplicate less likely. Coefficients come
from research/fit_relations.py, which says what they were fitted on.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, expm1

from semsearch.model.relation import Probabilities, RelationKind
from semsearch.relate.features import Features

RULES = "relations-12"
"""Which rules of definition these are; an index related by others is related anew."""
_MAX_LOG_ODDS = 30.0
_MIN_EFFECT = 0.2
"""Log-odds below which a feature decided nothing."""
_MAX_REASONS = 5
_EVEN = 0.5
CLASSES = tuple(kind for kind in RelationKind if kind is not RelationKind.UNDECIDABLE)
_IDENTICAL = Probabilities(copy=0.985, edited=0.009, story=0.002, related=0.002, unrelated=0.002)
"""Of two texts that are the same to the word."""
_COPY_IF_CHANGED = 0.05
_DUPLICATE_IF_MOULD, _STORY_IF_MOULD, _DUPLICATE_IF_RETOUCHED = 0.02, 0.05, 0.9
_DUPLICATE_IF_BOILERPLATE = _DUPLICATE_IF_SPEECH = 0.02
_DUPLICATE_IF_LATER = 0.3
"""Bounds set by definition, not fitted: a changed fact is an edit; a mould's next notice is
another text, and so is one that shares an author box or quotations alone, or an outlet's later
report or notice (``features.Features.later``)."""

_IN_WORDS: dict[str, Callable[[Features], str]] = {
    "larger": lambda f: f"{f.larger:.0%} of the runs of five words of one stand in the other",
    "smaller": lambda f: f"{f.smaller:.0%} of the runs of five words of the fuller one are shared",
    "shared": lambda f: f"{expm1(f.shared):.0f} runs of five words are shared",
    "words": lambda f: f"{f.words:.0%} of the different words of one stand in the other",
    "text": lambda f: f"the texts are alike in meaning by {f.text:.2f} (cosine)",
    "opening": lambda f: f"each beginning is met in the other text by {f.opening:.2f} (cosine)",
    "agree": lambda f: f"{f.agree:.0%} of the names at the beginnings stand in both",
    "short_clash": lambda f: (
        "short texts that differ in names, figures or dates"
        if f.short_clash
        else "no names, figures or dates set short texts apart"
    ),
    "slots": lambda f: f"{f.slots:.0%} of the words that differ are names, figures or dates",
    "recurs": lambda f: (
        "what differs are names, figures and dates, as in a series"
        if f.recurs
        else "what differs is not just names, figures and dates"
    ),
    "brief": lambda f: (
        "a text of a sentence or two" if f.brief else "both texts are longer than a teaser"
    ),
    "days": lambda f: (
        f"{expm1(f.days):.1f} days lie between the two dates"
        if f.days
        else "the dates are not apart, or one is unknown"
    ),
    "event": lambda f: (
        "by titles, names, figures, days and beginnings they report one event with a probability"
        f" of {f.p_event:.2f}"
    ),
    "event_in_short": lambda f: (
        "short texts on one event" if f.p_event >= _EVEN else "short texts on other events"
    ),
    "one_outlet": lambda f: (
        "both are of one outlet" if f.one_outlet else "the outlets differ, or are unknown"
    ),
}


_RULES = {
    "identical": "the texts are the same to the word",
    "mould": "names and figures differ throughout, and the rest is a mould",
    "boilerplate": (
        "they share nothing but a block at one end that is on neither's subject, such as an author"
        " box; what remains was compared"
    ),
    "speech": "all that they share was said by those they quote",
    "later": "one outlet printed both, the second as a new report or notice",
    "notice": "no word of either headline stands in what they share",
    "round_up": "one of them, by its headline, is a round-up of many events",
    "retouched": "nothing but a fact or two differs",
    "changed": "a figure, a name or a negation was changed, or one text says it was corrected",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One logistic decision.

    Attributes:
        constant: Log-odds where all features are 0.
        weights: Per feature.
        typical: Mean of each feature where the decision was fitted, from which reasons are weighed.
    """

    constant: float
    weights: Mapping[str, float]
    typical: Mapping[str, float]

    def probability(self, features: Features) -> float:
        """That the answer is yes, 0-1."""
        log_odds = self.constant
        for name, weight in self.weights.items():
            log_odds += weight * getattr(features, name)
        return 1 / (1 + exp(-max(-_MAX_LOG_ODDS, min(log_odds, _MAX_LOG_ODDS))))


_STORY = Decision(0.0, {"event": 1.0}, {"event": -3.2})
"""What says that two articles are of one story says so of a pair; typical is the mean of the read
pairs."""


@dataclass(frozen=True, slots=True)
class RelationModel:
    """The decisions but that on one event, and which data they were fitted on."""

    calibration: str
    duplicate: Decision
    copy: Decision
    related: Decision

    def probabilities(self, features: Features) -> Probabilities:
        """Of the five classes; they sum to 1."""
        if features.identical:
            return _IDENTICAL
        duplicate = self.duplicate.probability(features)
        copy = self.copy.probability(features)
        one_event = _STORY.probability(features)
        if features.changed:
            copy = min(copy, _COPY_IF_CHANGED)
        if features.retouched:
            duplicate = max(duplicate, _DUPLICATE_IF_RETOUCHED)
        if features.boilerplate:
            duplicate = min(duplicate, _DUPLICATE_IF_BOILERPLATE)
        if features.speech:
            duplicate = min(duplicate, _DUPLICATE_IF_SPEECH)
        if features.later:
            duplicate = min(duplicate, _DUPLICATE_IF_LATER)
        if features.mould or features.notice:
            duplicate = min(duplicate, _DUPLICATE_IF_MOULD)
            one_event = min(one_event, _STORY_IF_MOULD)
        story = (1 - duplicate) * one_event
        related = (1 - duplicate - story) * self.related.probability(features)
        return Probabilities(
            copy=duplicate * copy,
            edited=duplicate * (1 - copy),
            story=story,
            related=related,
            unrelated=1 - duplicate - story - related,
        )

    def reasons(self, relation: RelationKind, features: Features) -> tuple[str, ...]:
        """The features that spoke for a class, in words, the weightiest first, at most five.

        Each is weighed by how far it moves the log-odds from a typical pair's, over the decisions
        that lead to the class.
        """
        effects: dict[str, float] = defaultdict(float)
        for decision, sign in self._path(relation):
            for name, weight in decision.weights.items():
                effect = weight * (getattr(features, name) - decision.typical[name])
                effects[name] += sign * effect
        strongest = sorted(
            (name for name, effect in effects.items() if effect >= _MIN_EFFECT),
            key=lambda name: (-effects[name], name),
        )
        reasons = [_IN_WORDS[name](features) for name in strongest]
        rules = [_RULES[name] for name in _RULES if getattr(features, name)]
        return tuple([*rules, *reasons][:_MAX_REASONS])

    def _path(self, relation: RelationKind) -> tuple[tuple[Decision, int], ...]:
        match relation:
            case RelationKind.COPY:
                return (self.duplicate, 1), (self.copy, 1)
            case RelationKind.EDITED:
                return (self.duplicate, 1), (self.copy, -1)
            case RelationKind.STORY:
                return (self.duplicate, -1), (_STORY, 1)
            case RelationKind.RELATED:
                return (self.duplicate, -1), (_STORY, -1), (self.related, 1)
            case _:
                return (self.duplicate, -1), (_STORY, -1), (self.related, -1)


def likeliest(probabilities: Probabilities) -> RelationKind:
    """The likeliest class; of equally likely ones the closer."""
    return max(CLASSES, key=lambda kind: getattr(probabilities, kind.value))


@cache
def relation_model() -> RelationModel:
    """The model that comes with the package, as research/fit_relations.py wrote it."""
    values = json.loads(files(__package__).joinpath("relations.json").read_text("utf-8"))
    decisions = {name: Decision(**values[name]) for name in ("duplicate", "copy", "related")}
    return RelationModel(values["calibration"], **decisions)
