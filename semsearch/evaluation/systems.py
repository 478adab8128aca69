"""The systems that are compared: the parts, their plain fusion, and the product itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from semsearch.config import RankSettings
from semsearch.errors import InvalidRequestError
from semsearch.evaluation.questions import Question
from semsearch.index import Index
from semsearch.model.search import ALL_STEPS, Confidence, Hit, Mode, ParseStep, Query

OURS = "ours"
OURS_DATED = "ours-dated"
# No page of an answer that people look at is longer, and a first page of up to 50 hits ranks the
# same candidates as one of 10.
DEPTH = 50
_RRF = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered.

    Attributes:
        ranked: Article ids, best first, at most ``DEPTH``.
        hits: The same as hits; empty for fused rankings.
        confidence: None where the system does not say.
    """

    ranked: tuple[str, ...]
    hits: tuple[Hit, ...] = ()
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class System:
    """A way to rank.

    Attributes:
        name: As on the command line.
        title: In a few words.
        answer: Answers a question.
        ours: Whether it is the product rather than what it is compared with.
    """

    name: str
    title: str
    answer: Callable[[Question], Answer]
    ours: bool = False


def build_systems(index: Index, *, dated: bool | None = None) -> tuple[System, ...]:
    """All systems over an index.

    ``dated``: whether the product is told when a question was asked; None: measured both ways.
    """
    lexical = _part(index, Mode.LEXICAL, lexical_title=0.15, lexical_lead=0.15, lexical_body=0.45)
    dense_title = _part(index, Mode.DENSE, title=1.0)
    dense_lead = _part(index, Mode.DENSE, lead=1.0)
    systems = [
        System("lexical", "words: title, lead and body", lexical),
        System("dense-title", "vectors: title", dense_title),
        System("dense-lead", "vectors: lead", dense_lead),
        System("rrf", "reciprocal ranks of lexical and dense-lead", _fused(lexical, dense_lead)),
    ]
    if dated is not True:
        systems.append(System(OURS, "semsearch", _ours(index, dated=False), ours=True))
    if dated is not False:
        title = "semsearch, told when it was asked"
        systems.append(System(OURS_DATED, title, _ours(index, dated=True), ours=True))
    return tuple(systems)


def chosen(systems: Sequence[System], names: Sequence[str]) -> tuple[System, ...]:
    """Those of the systems that are named, in their own order; all where none is."""
    there = [system.name for system in systems]
    for name in names:
        if name not in there:
            raise InvalidRequestError(
                f"There is no system {name} here.", f"Systems: {', '.join(there)}."
            )
    return tuple(system for system in systems if not names or system.name in names)


def reciprocal_ranks(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Fuse rankings: an article scores the sum of ``1 / (60 + rank)``.

    Cormack, Clarke and Buettcher (2009), SIGIR; equal scores in order of id.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, article in enumerate(ranking, start=1):
            scores[article] = scores.get(article, 0.0) + 1 / (_RRF + rank)
    return sorted(scores, key=lambda article: (-scores[article], article))


def _part(index: Index, mode: Mode, **weights: float) -> Callable[[Question], Answer]:
    """One part of the evidence alone, of the question exactly as it was typed."""
    off: Mapping[str, float] = dict.fromkeys(
        ("title", "lead", "passage", "lexical_title", "lexical_lead", "lexical_body"), 0.0
    )
    searcher = index.weighted(RankSettings(**{**off, **weights}))

    held: dict[Question, Answer] = {}  # fused rankings ask the same again

    def answer(question: Question) -> Answer:
        if question not in held:
            query = Query(question.text, k=DEPTH, mode=mode, steps=())
            held[question] = Answer(_ids(searcher.search(query).hits))
        return held[question]

    return answer


def _fused(*parts: Callable[[Question], Answer]) -> Callable[[Question], Answer]:
    def answer(question: Question) -> Answer:
        return Answer(tuple(reciprocal_ranks([part(question).ranked for part in parts]))[:DEPTH])

    return answer


def _ours(index: Index, *, dated: bool) -> Callable[[Question], Answer]:
    def answer(question: Question) -> Answer:
        asked_at = question.asked_at if dated else None
        # Asked on another day and not told which, it does not take "last week" for one of today.
        untold = question.asked_at is not None and not dated
        steps = tuple(step for step in ALL_STEPS if not (untold and step == ParseStep.NOW))
        results = index.search(Query(question.text, k=DEPTH, asked_at=asked_at, steps=steps))
        return Answer(_ids(results.hits), results.hits, results.answer_confidence)

    return answer


def _ids(hits: Sequence[Hit]) -> tuple[str, ...]:
    return tuple(hit.article.id for hit in hits)
