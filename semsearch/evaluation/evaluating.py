"""Evaluate: ask every system every question, measure, compare, explain.

queries and qrels -> LabelledSet -> answers per system -> measures -> intervals -> EvalReport
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from semsearch.evaluation.explaining import explain
from semsearch.evaluation.measures import RESAMPLES, SEED, Estimate, Scores, estimate, measure
from semsearch.evaluation.questions import (
    LabelledSet,
    Question,
    SetFiles,
    read_judgments,
    read_questions,
    resolve,
)
from semsearch.evaluation.report import (
    ALL,
    MEASURES,
    Difference,
    EvalReport,
    SystemFigures,
    WorstQuestion,
)
from semsearch.evaluation.systems import DEPTH, Answer, System
from semsearch.index import Index
from semsearch.model.search import Confidence


@dataclass(frozen=True, slots=True)
class Answered:
    """A system's answers to all questions, with the scores of those that are answerable."""

    system: System
    answers: Mapping[str, Answer]
    scores: Mapping[str, Scores]


def load_set(files: SetFiles, index: Index) -> LabelledSet:
    """Read a labelled set and find its articles in the index.

    Raises:
        NotFoundError, InvalidRequestError: A file is missing or cannot be read.
    """
    questions = read_questions(files.queries)
    ids = {question.id for question in questions}
    if files.extra.is_file():
        questions += [
            one for one in read_questions(files.extra, answerable=False) if one.id not in ids
        ]
    asked = {question.id for question in questions}
    judgments = [one for one in read_judgments(files.qrels) if one.question in asked]
    return resolve(questions, judgments, index.ids_of({one.article for one in judgments}))


def evaluate(
    labelled: LabelledSet,
    systems: Sequence[System],
    index: Index,
    *,
    k: int = 10,
    worst: int = 5,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> EvalReport:
    """Measure systems over a labelled set.

    Args:
        labelled: Questions and judgments.
        systems: What is compared; every system answers every question.
        index: The index.
        k: Cut-off of nDCG and recall, 1 to ``systems.DEPTH``.
        worst: How many of our own worst questions are explained.
        on_progress: Told how many questions are answered, of how many.
    """
    started = time.perf_counter()
    given: dict[str, dict[str, Answer]] = {system.name: {} for system in systems}
    for done, question in enumerate(labelled.questions):
        on_progress(done, len(labelled.questions))
        for system in systems:
            given[system.name][question.id] = system.answer(question)
    on_progress(len(labelled.questions), len(labelled.questions))
    answered = [_scored(system, given[system.name], labelled, k) for system in systems]
    kinds = sorted({question.kind for question in labelled.questions})
    return EvalReport(
        questions=len(labelled.questions),
        answerable=len(labelled.answerable),
        unanswerable=len(labelled.unanswerable),
        unjudged=tuple(question.id for question in labelled.unjudged),
        unresolved=labelled.unresolved,
        threshold=labelled.threshold,
        k=k,
        depth=DEPTH,
        resamples=RESAMPLES,
        seed=SEED,
        systems={system.name: system.title for system in systems},
        figures=tuple(_figures(one, labelled, k, ALL) for one in answered),
        kinds=tuple(_figures(one, labelled, k, kind) for kind in kinds for one in answered),
        differences=tuple(_differences(answered)),
        worst=_worst(answered, labelled, index, k, worst),
        generation=index.generations()[-1],
        seconds=round(time.perf_counter() - started, 3),
    )


def _scored(
    system: System, answers: Mapping[str, Answer], labelled: LabelledSet, k: int
) -> Answered:
    rankings = {one.id: answers[one.id].ranked for one in labelled.answerable}
    return Answered(system, answers, measure(rankings, labelled.grades, labelled.threshold, k))


def _figures(one: Answered, labelled: LabelledSet, k: int, kind: str) -> SystemFigures:
    def of_kind(questions: Sequence[Question]) -> list[Question]:
        return [question for question in questions if kind in (ALL, question.kind)]

    asked = of_kind(labelled.answerable)
    scores = [one.scores[question.id] for question in asked]
    judged = [
        _judged(one.answers[question.id].ranked[:k], labelled.grades[question.id])
        for question in asked
    ]
    return SystemFigures(
        system=one.system.name,
        kind=kind,
        ndcg=_estimate([score.ndcg for score in scores]),
        mrr=_estimate([score.mrr for score in scores]),
        recall=_estimate([score.recall for score in scores]),
        hit=_estimate([score.hit for score in scores]),
        judged=_estimate(judged),
        recognised=_none_share(one, of_kind(labelled.unanswerable)),
        lost=_none_share(one, asked),
    )


def _judged(top: Sequence[str], grades: Mapping[str, int]) -> float:
    return sum(article in grades for article in top) / len(top) if top else 1.0


def _none_share(one: Answered, questions: Sequence[Question]) -> Estimate | None:
    """Share of questions answered with confidence ``none``; None where it is not said."""
    said = [one.answers[question.id].confidence for question in questions]
    if any(confidence is None for confidence in said):
        return None
    return _estimate([float(confidence is Confidence.NONE) for confidence in said])


def _estimate(values: Sequence[float]) -> Estimate | None:
    return estimate(values) if values else None


def _differences(answered: Sequence[Answered]) -> list[Difference]:
    """Ours less the other with the best mean, per measure, over the same questions."""
    others = [one for one in answered if not one.system.ours]
    found = []
    for ours in (one for one in answered if one.system.ours):
        if not others or not ours.scores:
            continue
        for name in MEASURES:
            best = max(others, key=lambda one: sum(_values(one, name).values()))
            theirs, mine = _values(best, name), _values(ours, name)
            gap = estimate([mine[question] - theirs[question] for question in mine])
            found.append(Difference(name, ours.system.name, best.system.name, gap))
    return found


def _values(one: Answered, name: str) -> dict[str, float]:
    return {question: asdict(score)[name] for question, score in one.scores.items()}


def _worst(
    answered: Sequence[Answered], labelled: LabelledSet, index: Index, k: int, count: int
) -> tuple[WorstQuestion, ...]:
    """Our worst questions by nDCG, then by reciprocal rank."""
    ours = next((one for one in answered if one.system.ours), None)
    if ours is None:
        return ()
    asked = sorted(
        labelled.answerable,
        key=lambda one: (ours.scores[one.id].ndcg, ours.scores[one.id].mrr),
    )
    others = {one.system.name: one.answers for one in answered if one is not ours}
    return tuple(
        explain(
            question,
            labelled,
            ours.answers[question.id],
            {name: answers[question.id].ranked for name, answers in others.items()},
            ours.scores[question.id].ndcg,
            index.articles,
            k,
        )
        for question in asked[:count]
        if ours.scores[question.id].ndcg < 1
    )
