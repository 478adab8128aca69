"""How a hit's score came about, in full."""

from semsearch.ask.candidates import Asked
from semsearch.ask.ranking import Ranked
from semsearch.ask.scoring import Found
from semsearch.store.backend import LEXICAL_FIELDS


def explanation(one: Ranked, found: Found, asked: Asked) -> dict[str, object]:
    """The terms of the question, what the hit attains of them, its passages and its needs."""
    candidates, lexical = found.evidence.candidates, found.evidence.lexical
    span = range(candidates.first[one.row], candidates.first[one.row + 1])
    passages = [passage for passage, _ in candidates.passages(one.row)]
    explained: dict[str, object] = {
        "mode": asked.query.mode.value,
        "words_by": " and ".join(found.words_by) or asked.snapshot.words_by,
        "terms": [
            {"term": term.term, "weight": round(term.weight, 4), "idf": round(term.idf, 4)}
            for term in asked.terms
        ],
        "attained": {
            field.value: round(lexical.get(field, {}).get(one.pk, 0.0), 6)
            for field in LEXICAL_FIELDS
        },
        "passages": [
            {
                "field": passage.field.value,
                "start": passage.start,
                "end": passage.end,
                "cosine": round(float(candidates.cosine[i]), 6),
                "similarity": round(float(candidates.similarity[i]), 6),
            }
            for i, passage in zip(span, passages, strict=True)
        ],
    }
    if found.needs:
        # The need that it answers best stands first; of equals, the first of the question.
        scores = {need: float(s.ranking.scores[one.row]) for need, s in found.needs.items()}
        explained["needs"] = [
            {"need": need, "score": scores[need]}
            for need in sorted(scores, key=lambda n: -scores[n])
        ]
    return explained
