"""What another article says about a sentence: stated, differs, unclear, not found, or unknown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

from semsearch.compare.alignment import Alignment, align
from semsearch.compare.differs import disagreements, placed
from semsearch.compare.scorer import Scorer
from semsearch.compare.texts import Sentences, Text
from semsearch.model.comparison import Match, SentenceRow, SentenceStatus, Status


@dataclass(frozen=True, slots=True)
class Known:
    """How the sentences of two texts match, and which hold values of one thing that conflict."""

    alignment: Alignment
    conflicting: frozenset[tuple[int, int]]


def probability(logit: float) -> float:
    """Log-odds as a probability, rounded for showing."""
    return round(1 / (1 + exp(-logit)), 4)


def status(logit: float, scorer: Scorer, *, full: bool) -> Status:
    """The status by the log-odds of the best sentence alone.

    What is not reported for sure is ``UNKNOWN`` where the body is not held: the rest of the
    article may say it.
    """
    if logit >= scorer.shared_from:
        return Status.STATED
    if not full:
        return Status.UNKNOWN
    return Status.NOT_FOUND if logit < scorer.not_found_below else Status.UNCLEAR


def statuses(a: Sentences, b: Text, known: Known, scorer: Scorer) -> list[SentenceStatus]:
    """The status of every sentence of ``a`` in ``b``, with the sentence that decides it."""
    found = []
    for place in range(len(a)):
        best = int(known.alignment.best[place])
        logit = float(known.alignment.logits[place, best])
        decided = status(logit, scorer, full=b.is_full)
        where = b.main.spans[best]
        if (place, best) in known.conflicting:
            decided = Status.DIFFERS
        absent = decided in (Status.NOT_FOUND, Status.UNKNOWN)
        found.append(
            SentenceStatus(
                article=b.article.id,
                status=decided,
                score=probability(logit),
                match=None if absent else Match(where.field, where.start, where.end),
            )
        )
    return found


def rows(
    a: Text,
    others: Sequence[Text],
    known: Callable[[str, str], Known | None],
    scorer: Scorer,
) -> list[SentenceRow]:
    """Every sentence of an article, title and excerpt included, against every other article.

    Args:
        a: The article.
        others: What it is compared with.
        known: What has been made of the main sentences of two articles, by their ids.
        scorer: Scores what has not.
    """
    made = []
    for side in (a.teaser, a.main):
        if not len(side):
            continue
        columns = []
        for other in others:
            made_before = known(a.article.id, other.article.id) if side is a.main else None
            columns.append(
                statuses(side, other, made_before or _known(side, other, scorer), scorer)
            )
        for place in range(len(side)):
            span = side.span(place)
            made.append(
                SentenceRow(
                    article=span.article,
                    field=span.field,
                    start=span.start,
                    end=span.end,
                    text=span.text,
                    others=tuple(column[place] for column in columns),
                )
            )
    return made


def _known(a: Sentences, b: Text, scorer: Scorer) -> Known:
    """Values are compared in bodies alone, or where there is none in what stands for it."""
    alignment, _ = align(a, b.main, scorer)
    if not a.spans or a.spans[0].field is not b.main.spans[0].field:
        return Known(alignment, frozenset())
    found = disagreements(placed(a), placed(b.main), alignment)
    return Known(alignment, frozenset((one.i, one.j) for one in found if one.certain))
