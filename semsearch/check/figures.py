"""Look up the figures of a sentence in the sentences that report the same.

A figure differs only where everything speaks for one thing at one time: the sentences are as alike
as those that report one fact, nothing but the figure disagrees, it counts the same, and both give
the same day, or the article tells what the draft tells in other sentences, too, and the figure is
no running count. A figure of another day is another figure.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from semsearch.check.quotations import Quotation
from semsearch.compare.agreement import may_agree, said
from semsearch.compare.alignment import Alignment, published_scorer
from semsearch.compare.figures import Figure, FigureKind, figures
from semsearch.compare.sentences import Sentences
from semsearch.model.check import CheckedFigure, FigureStatus
from semsearch.model.comparison import Span
from semsearch.text.tokens import FUNCTION_TERMS, words

_SAME = 1e-9
_TOLD = 2  # other sentences that an article shares with the draft
_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}(?!\d)")
_COUNTED_BY = 3  # words after a figure among which stands what it counts
_RUNNING = re.compile(
    r"\b(?:so far|at least|as of|by now|to date|until now|already|has risen|have risen|rose to"
    r"|climbed to|reached|confirmed cases|death toll|toll)\b",
    re.IGNORECASE,
)

Beside = tuple[Sentences, Alignment]
"""Sentences of an article with how the draft's align with them."""


def check_figures(
    span: Span,
    number: int,
    sentence: int,
    looked: Sequence[Beside],
    quotations: Sequence[Quotation],
) -> list[CheckedFigure]:
    """The figures of a sentence of the draft."""
    found = []
    for figure in _counting(span.text):
        start, end = span.start + figure.start, span.start + figure.end
        if any(one.start <= start < one.end for one in quotations):
            continue
        stated: list[tuple[Span, Figure]] = []
        differs: list[tuple[Span, Figure]] = []
        for other, alignment in looked:
            for where, value in _values(span.text, figure, number, other, alignment):
                same = is_same(span.text, figure, where.text, value)
                (stated if same else differs).append((where, value))
        status, told = FigureStatus.NOT_FOUND, list[tuple[Span, Figure]]()
        if stated:
            status, told = FigureStatus.STATED, stated
        elif differs:
            status, told = FigureStatus.DIFFERS, differs
        source, value_ = told[0] if told else (None, None)
        found.append(
            CheckedFigure(
                start=start,
                end=end,
                text=span.text[figure.start : figure.end],
                status=status,
                kind=figure.kind.value,
                sentence=sentence,
                source=source,
                value=""
                if source is None or value_ is None
                else source.text[value_.start : value_.end],
                also=tuple(dict.fromkeys(where.article for where, _ in told[1:])),
            )
        )
    return found


def figures_of(text: str) -> list[tuple[int, int]]:
    """Where the figures of a text stand."""
    return [(one.start, one.end) for one in _counting(text)]


def _counting(text: str) -> Iterator[Figure]:
    """Its figures; "one of them" counts nothing."""
    return (one for one in figures(text) if text[one.start : one.end].casefold() != "one")


def _values(
    text: str, figure: Figure, number: int, other: Sentences, alignment: Alignment
) -> Iterator[tuple[Span, Figure]]:
    """The figure that stands in the place of one in the sentence of an article that decides."""
    scorer = published_scorer()
    best = int(alignment.best[number])
    where = other.span(best)
    theirs = [one for one in figures(where.text) if one.kind is figure.kind]
    same = [one for one in theirs if is_same(text, figure, where.text, one)]
    if alignment.shared[number, best] and same:
        yield where, same[0]
        return
    if same or alignment.logits[number, best] < scorer.shared_from:
        return
    if not may_agree(_without_figures(text), _without_figures(where.text)):
        return
    own = {one.amount for one in figures(text) if one.kind is figure.kind}
    instead = [
        one
        for one in theirs
        if one.amount not in own and _counts_same(text, figure, where.text, one)
    ]
    if figure.kind is FigureKind.DATE or len(instead) != 1:
        return
    if _same_time(text, where.text, number, alignment):
        yield where, instead[0]


def is_same(a: str, one: Figure, b: str, other: Figure) -> bool:
    """Whether figures of two texts may say the same, in whatever language they are written."""
    return any(
        abs(x - y) <= _SAME * max(1.0, abs(x)) for x in _amounts(a, one) for y in _amounts(b, other)
    )


def _amounts(text: str, figure: Figure) -> set[float]:
    """What a figure may say: in many languages 1.850 is what is 1,850 in English."""
    grouped = _GROUPED.match(text, figure.start, figure.end) is not None
    return {figure.amount, 1_000 * figure.amount} if grouped else {figure.amount}


def _without_figures(text: str) -> str:
    for one in reversed(figures(text)):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def _counts_same(a: str, one: Figure, b: str, other: Figure) -> bool:
    """Whether two figures are followed by the same word, or are sums or shares of the same."""
    counted = (_counted(a, one), _counted(b, other))
    if one.kind is FigureKind.NUMBER:
        return bool(counted[0] & counted[1])
    signs = [re.sub(r"[\w\s.,-]", "", text[f.start : f.end]) for text, f in ((a, one), (b, other))]
    return signs[0] == signs[1]


def _counted(text: str, figure: Figure) -> set[str]:
    following = [word.term for word in words(text[figure.end :])[:_COUNTED_BY]]
    return {term for term in following if term not in FUNCTION_TERMS}


def _same_time(a: str, b: str, number: int, alignment: Alignment) -> bool:
    """Whether both tell of one time: the same day is named, or the article tells the same."""
    one, other = said(a), said(b)
    days = _dates(one.figures), _dates(other.figures)
    if days[0] or days[1]:
        return days[0] == days[1]
    if one.days or other.days:
        return one.days == other.days
    if _RUNNING.search(a) or _RUNNING.search(b):
        return False
    told = np.flatnonzero(alignment.shared.any(axis=1))
    return int(np.count_nonzero(told != number)) >= _TOLD


def _dates(found: Sequence[Figure]) -> set[float]:
    return {one.amount for one in found if one.kind is FigureKind.DATE}
