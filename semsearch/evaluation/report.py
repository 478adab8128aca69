"""What an evaluation found. The same dataclasses make the table, the Markdown and the JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from semsearch.evaluation.measures import Estimate
from semsearch.evaluation.questions import Unresolved
from semsearch.model.search import Confidence

ALL = "all"
MEASURES = ("ndcg", "mrr", "recall", "hit")


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """One system's figures over the questions of one kind; None where there are none.

    Attributes:
        kind: A kind of question, or ``all``.
        ndcg: nDCG@k with gain 2^grade - 1, over answerable questions; ``mrr``, ``recall`` (@k)
            and ``hit`` (the first article is relevant) likewise.
        judged: Share of the first k articles that somebody has judged. Where it is low, the
            other figures are too low.
        recognised: Share of the unanswerable questions answered with confidence ``none``; only
            for systems that say how sure they are.
        lost: Share of the answerable questions answered with confidence ``none``.
    """

    system: str
    kind: str
    ndcg: Estimate | None
    mrr: Estimate | None
    recall: Estimate | None
    hit: Estimate | None
    judged: Estimate | None
    recognised: Estimate | None
    lost: Estimate | None

    def of(self, measure: str) -> Estimate | None:
        """The estimate of one of ``MEASURES``."""
        return {"ndcg": self.ndcg, "mrr": self.mrr, "recall": self.recall, "hit": self.hit}[measure]


@dataclass(frozen=True, slots=True)
class Difference:
    """A system less the best of the others by a measure, question by question."""

    measure: str
    system: str
    other: str
    difference: Estimate


@dataclass(frozen=True, slots=True)
class JudgedHit:
    """A hit with what readers said. ``grade`` is None where nobody has judged it."""

    rank: int
    article: str
    title: str
    provider: str
    published: datetime | None
    grade: int | None
    score: float
    score_parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WorstQuestion:
    """A question that our own system answered badly, and how that came about.

    Attributes:
        ndcg: Of this question.
        relevant: How many articles answer it.
        first_relevant: The best ranked of them; None: not among the ranked.
        other_ranks: Where each other system has its first relevant article; None: nowhere.
        unjudged: How many of the first k articles nobody has judged.
        hits: The first five.
        why: What can be said about it, in sentences.
    """

    id: str
    text: str
    kind: str
    ndcg: float
    relevant: int
    first_relevant: JudgedHit | None
    other_ranks: Mapping[str, int | None]
    unjudged: int
    confidence: Confidence
    hits: tuple[JudgedHit, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Everything that one evaluation found.

    Attributes:
        questions: How many; ``answerable`` - with a known answer, on which ranking is measured;
            ``unanswerable`` - without one.
        unjudged: Ids of questions left out: said to be answerable, without a known answer.
        unresolved: Judged articles that the index lacks; they count as not found.
        threshold: The least grade that is relevant.
        k: Cut-off of nDCG and recall; ``depth`` - of MRR.
        resamples: Of the bootstrap, with ``seed``.
        systems: System name -> what it is.
        figures: Over all questions, a system each; ``kinds`` - the same by kind of question.
        differences: Ours less the best of the others.
        generation: Of the index.
    """

    questions: int
    answerable: int
    unanswerable: int
    unjudged: tuple[str, ...]
    unresolved: Unresolved
    threshold: int
    k: int
    depth: int
    resamples: int
    seed: int
    systems: Mapping[str, str]
    figures: tuple[SystemFigures, ...]
    kinds: tuple[SystemFigures, ...]
    differences: tuple[Difference, ...]
    worst: tuple[WorstQuestion, ...]
    generation: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What a round of labelling did.

    Attributes:
        asked: Questions added.
        judged: Articles graded in this round.
        skipped: Articles passed over; they come again.
        left: Articles of the pool that are still without a grade.
    """

    asked: int
    judged: int
    skipped: int
    left: int
