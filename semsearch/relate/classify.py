"""From signals to calibrated probabilities: a chain of four logistic decisions.

One text or two? If one: copy or edited? If two: one event or not? If not: one topic or not?
Each asks only the signals that bear on it, and each weight has the sign that its signal must
have, so that more shared text never makes a duplicate less likely. Coefficients come from
research/fit_relations.py, which says what they were fitted on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import TypedDict

from semsearch.model.relation import Probabilities, RelationKind
from semsearch.relate.evidence import Features

_STEEPEST = 30.0


class DecisionValues(TypedDict):
    """A decision as it stands in relations.json."""

    constant: float
    weights: dict[str, float]
    typical: dict[str, float]


class ModelValues(TypedDict):
    """relations.json."""

    calibration: str
    duplicate: DecisionValues
    copy: DecisionValues
    story: DecisionValues
    related: DecisionValues


@dataclass(frozen=True, slots=True)
class Decision:
    """One logistic decision.

    Attributes:
        constant: Log-odds where all signals are 0.
        weights: Per signal.
        typical: Mean of each signal where the decision was fitted, from which ``effects`` count.
    """

    constant: float
    weights: Mapping[str, float]
    typical: Mapping[str, float]

    def effects(self, features: Features) -> dict[str, float]:
        """How far each signal moves the log-odds from a typical pair's."""
        return {
            name: weight * (getattr(features, name) - self.typical[name])
            for name, weight in self.weights.items()
        }

    def probability(self, features: Features) -> float:
        """That the answer is yes, 0-1."""
        total = self.constant
        for name, weight in self.weights.items():
            total += weight * getattr(features, name)
        return 1 / (1 + exp(-max(-_STEEPEST, min(total, _STEEPEST))))


@dataclass(frozen=True, slots=True)
class Model:
    """The four decisions, and which data they were fitted on."""

    calibration: str
    duplicate: Decision
    copy: Decision
    story: Decision
    related: Decision

    def probabilities(self, features: Features) -> Probabilities:
        """Of the five classes; they sum to 1."""
        duplicate = self.duplicate.probability(features)
        copy = self.copy.probability(features)
        story = (1 - duplicate) * self.story.probability(features)
        related = (1 - duplicate - story) * self.related.probability(features)
        return Probabilities(
            copy=duplicate * copy,
            edited=duplicate * (1 - copy),
            story=story,
            related=related,
            unrelated=1 - duplicate - story - related,
        )

    def effects(self, relation: RelationKind, features: Features) -> dict[str, float]:
        """How far each signal speaks for a class, over the decisions that lead to it."""
        total: dict[str, float] = {}
        for decision, sign in self._path(relation):
            for name, effect in decision.effects(features).items():
                total[name] = total.get(name, 0.0) + sign * effect
        return total

    def _path(self, relation: RelationKind) -> tuple[tuple[Decision, int], ...]:
        match relation:
            case RelationKind.COPY:
                return (self.duplicate, 1), (self.copy, 1)
            case RelationKind.EDITED:
                return (self.duplicate, 1), (self.copy, -1)
            case RelationKind.STORY:
                return (self.duplicate, -1), (self.story, 1)
            case RelationKind.RELATED:
                return (self.duplicate, -1), (self.story, -1), (self.related, 1)
            case _:
                return (self.duplicate, -1), (self.story, -1), (self.related, -1)


def decided(probabilities: Probabilities) -> RelationKind:
    """The class, one question at a time: a duplicate is one exactly from 1/2 on."""
    if probabilities.duplicate >= 1 / 2:
        more_copy = probabilities.copy >= probabilities.edited
        return RelationKind.COPY if more_copy else RelationKind.EDITED
    if probabilities.same_story >= 1 / 2:
        return RelationKind.STORY
    more_related = probabilities.related >= probabilities.unrelated
    return RelationKind.RELATED if more_related else RelationKind.UNRELATED


@cache
def fitted() -> Model:
    """The model that comes with the package."""
    return model_from(json.loads(files(__package__).joinpath("relations.json").read_text("utf-8")))


def model_from(values: ModelValues) -> Model:
    """The model in a document as research/fit_relations.py writes it."""
    return Model(
        calibration=values["calibration"],
        duplicate=Decision(**values["duplicate"]),
        copy=Decision(**values["copy"]),
        story=Decision(**values["story"]),
        related=Decision(**values["related"]),
    )
