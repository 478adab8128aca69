"""What another article says about a sentence: stated, differs, unclear, not found, or unknown."""

from collections.abc import Callable, Sequence
from math import exp

from semsearch.articles.comparison import Match, SentenceRow, SentenceStatus, Status
from semsearch.framing.alignment import Alignment, align
from semsearch.framing.differs import DIFFERS_FROM, conflicts
from semsearch.framing.scorer import Scorer
from semsearch.framing.texts import Sentences, Text


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


def statuses(a: Sentences, b: Text, alignment: Alignment, scorer: Scorer) -> list[SentenceStatus]:
    """The status of every sentence of ``a`` in ``b``, with the sentence that decides it."""
    found = []
    for place in range(len(a)):
        best = int(alignment.best[place])
        logit = float(alignment.logits[place, best])
        decided = status(logit, scorer, full=b.is_full)
        where = b.main.spans[best]
        if logit >= DIFFERS_FROM and conflicts(a.span(place).text, b.main.span(best).text):
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
    known: Callable[[str, str], Alignment | None],
    scorer: Scorer,
) -> list[SentenceRow]:
    """Every sentence of an article, title and excerpt included, against every other article.

    Args:
        a: The article.
        others: What it is compared with.
        known: The alignment of the main sentences of two articles, by their ids, where it has
            been made.
        scorer: Scores what has not.
    """
    made = []
    for side in (a.teaser, a.main):
        if not len(side):
            continue
        columns = []
        for other in others:
            alignment = known(a.article.id, other.article.id) if side is a.main else None
            alignment = alignment or align(side, other.main, scorer)[0]
            columns.append(statuses(side, other, alignment, scorer))
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
