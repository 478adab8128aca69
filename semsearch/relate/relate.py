"""The relation of two articles: ``judge`` for many pairs, ``compare`` with all the evidence."""

from semsearch.model.article import Basis
from semsearch.model.relation import (
    Agreement,
    Cosines,
    Evidence,
    Judgement,
    Relation,
    RelationKind,
    SharedSpan,
    Side,
)
from semsearch.relate.classify import decided, fitted
from semsearch.relate.evidence import Features, cosine, days_apart, features
from semsearch.relate.facts import Facts, facts_of
from semsearch.relate.lineage import lineage
from semsearch.relate.profile import Profile
from semsearch.relate.reasons import rested_on
from semsearch.relate.spans import shared_spans
from semsearch.text.words import MAX_CHARS, contained

__all__ = ["Profile", "compare", "judge"]

_TOO_SHORT = 8
"""Words below which a text is a caption or a line at most."""
_PERHAPS_ONE_EVENT = 0.2
"""Probability of one event from which a headline alone leaves open what else it may be."""
_FACTS_CHARS = 20_000
_MOST_SPANS = 200


def judge(a: Profile, b: Profile, signals: Features | None = None) -> Judgement:
    """What a pair is; the same for ``judge(b, a)``.

    Args:
        a: One article.
        b: The other.
        signals: Their features, from whoever has them already.
    """
    return _judged(a, b, features(a, b) if signals is None else signals)


def compare(a: Profile, b: Profile) -> Relation:
    """What a pair is, and why; ``compare(b, a)`` says the same with the sides swapped."""
    signals = features(a, b)
    found = _judged(a, b, signals)
    shared = shared_spans(a, b)
    likeliest = decided(found.probabilities)
    return Relation(
        relation=found.relation,
        probabilities=found.probabilities,
        p_duplicate=found.p_duplicate,
        calibration=fitted().calibration,
        evidence=_evidence(a, b, shared, rested_on(fitted(), likeliest, signals)),
        lineage=lineage(found.relation, a, b, shared) if found.relation.is_duplicate else None,
        reason=_too_little(a, b, found.probabilities.same_story),
    )


def _judged(a: Profile, b: Profile, signals: Features) -> Judgement:
    probabilities = fitted().probabilities(signals)
    undecidable = _too_little(a, b, probabilities.same_story)
    relation = RelationKind.UNDECIDABLE if undecidable else decided(probabilities)
    return Judgement(relation, probabilities, probabilities.duplicate)


def _too_little(a: Profile, b: Profile, same_story: float) -> str:
    """Why too little text is held to tell; empty where there is enough."""
    reasons = [reason for side in _sides(a, b) if (reason := _lacks(*side, same_story))]
    return "; ".join(reasons)


def _sides(a: Profile, b: Profile) -> tuple[tuple[Side, Profile], tuple[Side, Profile]]:
    return ("a", a), ("b", b)


def _lacks(side: Side, profile: Profile, same_story: float) -> str:
    if not profile.size:
        kind = "nothing but captions and notices" if len(profile.words) else "no text"
        return f"{side} holds {kind}"
    if same_story < _PERHAPS_ONE_EVENT:
        return ""
    if profile.article.basis is Basis.TITLE:
        return f"of {side} only the title is held: headlines do not tell copies from other reports"
    if profile.size < _TOO_SHORT:
        return f"{side} holds {profile.size} words of text"
    return ""


def _evidence(
    a: Profile, b: Profile, shared: tuple[SharedSpan, ...], reasons: tuple[str, ...]
) -> Evidence:
    facts_a, facts_b = _facts(a), _facts(b)
    days = days_apart(a, b)
    return Evidence(
        words_a=a.size,
        words_b=b.size,
        containment_a=contained(a.runs, b.known),
        containment_b=contained(b.runs, a.known),
        shared_words=sum(span.words for span in shared if not span.boilerplate),
        shared=shared[:_MOST_SPANS],
        cosine=Cosines(
            title=cosine(a.title_vector, b.title_vector),
            excerpt=cosine(a.excerpt_vector, b.excerpt_vector),
            body=cosine(a.body_vector, b.body_vector),
            lead=cosine(a.lead_vector, b.lead_vector),
            text=cosine(a.text_vector, b.text_vector),
        ),
        hours_apart=None if days is None else days * 24,
        names=_agreement(facts_a.names, facts_b.names),
        numbers=_agreement(facts_a.numbers, facts_b.numbers),
        months=_agreement(facts_a.months, facts_b.months),
        regions=_agreement(facts_a.regions, facts_b.regions),
        rested_on=reasons,
        cut=tuple(
            f"of each text of {side} only the first {MAX_CHARS:,} characters were compared"
            for side, profile in _sides(a, b)
            if profile.words.cut
        ),
    )


def _facts(profile: Profile) -> Facts:
    article = profile.article
    text = f"{article.title}\n{article.excerpt[:_FACTS_CHARS]}\n{article.body[:_FACTS_CHARS]}"
    return facts_of(text)


def _agreement(a: frozenset[str], b: frozenset[str]) -> Agreement:
    """Facts conflict where each article names some that the other does not."""
    return Agreement(
        agree=tuple(sorted(a & b)),
        only_a=tuple(sorted(a - b)),
        only_b=tuple(sorted(b - a)),
        conflict=bool(a - b) and bool(b - a),
    )
