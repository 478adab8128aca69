"""Fusing evidence: one weighted sum whose parts are shown.

Dense evidence is the best cosine per field; lexical evidence is BM25 divided by the best BM25
of the question, so both lie in about 0..1 and their weighted sum can be read. A linear sum of
normalised scores beats reciprocal-rank fusion (Bruch et al., 2023, ACM TOIS 42(1)); measured on
the development sets in docs/measured.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semsearch.articles.article import FIELDS, Field
from semsearch.articles.search import Mode
from semsearch.store.backend import ScoredPassage

LEXICAL = "lexical"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts. Weights of fields that an article lacks go to the others."""

    title: float = 0.35
    excerpt: float = 0.35
    body: float = 0.30
    dense: float = 0.75
    lexical: float = 0.25

    def of(self, field: Field) -> float:
        """The weight of a field among the dense parts."""
        match field:
            case Field.TITLE:
                return self.title
            case Field.EXCERPT:
                return self.excerpt
            case Field.BODY:
                return self.body


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's score and its parts, which sum to it exactly as rounded."""

    pk: int
    score: float
    parts: Mapping[str, float]


def fuse(
    passages: Mapping[int, Sequence[ScoredPassage]],
    lexical: Mapping[int, float],
    mode: Mode,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """Rank candidates.

    Args:
        passages: Every candidate's passages with their cosines.
        lexical: BM25 of the candidates that have any.
        mode: Which evidence counts.
        weights: How much each part counts.

    Returns:
        All candidates, best first; equal scores in order of key.
    """
    dense_weight = {Mode.HYBRID: weights.dense, Mode.DENSE: 1.0, Mode.LEXICAL: 0.0}[mode]
    lexical_weight = {Mode.HYBRID: weights.lexical, Mode.DENSE: 0.0, Mode.LEXICAL: 1.0}[mode]
    top = max(lexical.values(), default=0.0) or 1.0
    ranked = []
    for pk, found in passages.items():
        parts = {}
        if dense_weight:
            for name, value in _dense_parts(found, weights).items():
                parts[name] = round(dense_weight * value, _DIGITS)
        if lexical_weight:
            parts[LEXICAL] = round(lexical_weight * lexical.get(pk, 0.0) / top, _DIGITS)
        ranked.append(Ranked(pk, round(sum(parts.values()), _DIGITS), parts))
    return sorted(ranked, key=lambda one: (-one.score, one.pk))


def _dense_parts(passages: Sequence[ScoredPassage], weights: Weights) -> dict[str, float]:
    best: dict[Field, float] = {}
    for scored in passages:
        field = scored.passage.field
        best[field] = max(best.get(field, -1.0), scored.cosine)
    total = sum(weights.of(field) for field in best) or 1.0
    return {
        field.value: weights.of(field) / total * best[field] for field in FIELDS if field in best
    }
