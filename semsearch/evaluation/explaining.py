"""Why a question went badly, in plain words and from what is known."""

from collections.abc import Callable, Collection, Mapping, Sequence

from semsearch.evaluation.questions import LabelledSet, Question
from semsearch.evaluation.report import JudgedHit, WorstQuestion
from semsearch.evaluation.systems import DEPTH, Answer
from semsearch.model.article import Article
from semsearch.model.search import Confidence, Hit

_SHOWN = 5
_TOLD_PARTS = 3
_NAME_CHARS = 80
_WORTH_TELLING = 0.005


def explain(
    question: Question,
    labelled: LabelledSet,
    answer: Answer,
    others: Mapping[str, Sequence[str]],
    ndcg: float,
    articles: Callable[[Collection[str]], Mapping[str, Article]],
    k: int,
) -> WorstQuestion:
    """Everything known about one answer."""
    grades = labelled.grades[question.id]
    relevant = labelled.relevant(question.id)
    hits = [_judged_hit(hit, grades) for hit in answer.hits]
    first = next((hit for hit in hits if hit.article in relevant), None)
    ranks = {name: _first_rank(ranking, relevant) for name, ranking in others.items()}
    unjudged = sum(hit.grade is None for hit in hits[:k])
    confidence = answer.confidence or Confidence.LOW
    why = [
        _where(first, relevant, articles),
        _ahead(hits, first),
        _elsewhere(ranks, first),
        f"{unjudged} of the first {min(k, len(hits))} are unjudged and may be answers: read them."
        if unjudged
        else "",
        "It was taken for a question without an answer." if confidence is Confidence.NONE else "",
    ]
    return WorstQuestion(
        id=question.id,
        text=question.text,
        kind=question.kind,
        ndcg=round(ndcg, 6),
        relevant=len(relevant),
        first_relevant=first,
        other_ranks=ranks,
        unjudged=unjudged,
        confidence=confidence,
        hits=tuple(hits[:_SHOWN]),
        why=tuple(sentence for sentence in why if sentence),
    )


def _where(
    first: JudgedHit | None,
    relevant: frozenset[str],
    articles: Callable[[Collection[str]], Mapping[str, Article]],
) -> str:
    known = (
        f"{len(relevant)} articles are known to answer it"
        if len(relevant) > 1
        else "One article is known to answer it"
    )
    if first is not None:
        return f"{known}; the first of them came at rank {first.rank}."
    held = articles(sorted(relevant))
    if not held:
        return f"{known}, but the index does not hold it."
    one = held[min(held)]
    name = one.title or f"{(one.excerpt or one.body)[:_NAME_CHARS]} …"
    return f"{known}; none came among the first {DEPTH}. One of them: “{name}” ({one.id})."


def _ahead(hits: Sequence[JudgedHit], first: JudgedHit | None) -> str:
    """What the wrong article on top had more of than the first relevant one."""
    if first is None or first.rank == 1:
        return ""
    top = hits[0]
    names = dict.fromkeys([*top.score_parts, *first.score_parts])
    gaps = {
        name: top.score_parts.get(name, 0.0) - first.score_parts.get(name, 0.0) for name in names
    }
    largest = sorted(gaps, key=lambda name: -abs(gaps[name]))[:_TOLD_PARTS]
    told = ", ".join(
        f"{name} {gaps[name]:+.3f}" for name in largest if abs(gaps[name]) >= _WORTH_TELLING
    )
    return (
        f"The article on top scored {top.score:.3f}, that one {first.score:.3f}"
        + (f"; the difference is {told}" if told else "")
        + "."
    )


def _elsewhere(ranks: Mapping[str, int | None], first: JudgedHit | None) -> str:
    """Which other systems did better."""
    limit = DEPTH + 1 if first is None else first.rank
    better = {name: rank for name, rank in ranks.items() if rank is not None and rank < limit}
    if not better:
        return "No other system has an answer further up." if ranks else ""
    told = ", ".join(f"{name} at rank {rank}" for name, rank in better.items())
    return f"Further up elsewhere: {told}."


def _first_rank(ranking: Sequence[str], relevant: frozenset[str]) -> int | None:
    return next(
        (rank for rank, article in enumerate(ranking, start=1) if article in relevant), None
    )


def _judged_hit(hit: Hit, grades: Mapping[str, int]) -> JudgedHit:
    found = hit.article
    return JudgedHit(
        rank=hit.rank,
        article=found.id,
        title=found.title,
        provider=found.provider.name or found.provider.domain,
        published=found.published,
        grade=grades.get(found.id),
        score=hit.score,
        score_parts=hit.score_parts,
    )
