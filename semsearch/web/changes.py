"""Two texts cut into what both have and what only one of them has."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from semsearch.model.article import FIELDS, Field
from semsearch.model.relation import Lineage, SharedSpan, Side, TextSpan
from semsearch.model.view import ArticleView

_NUMBERED = 12  # words from which a run is worth finding again in the other column
_LONGEST = 700  # characters of a run that are shown whole
_ENDS = 240
_MOST = 24_000  # characters of a column
_GAP = re.compile(r"\W+")
_BLANKS = re.compile(r"\s+")


class Change(StrEnum):
    """What becomes of a run of words; ``ASIDE`` is not compared: captions, notices, a headline."""

    ASIDE = "aside"
    KEPT = "kept"
    ADDED = "added"
    CUT = "cut"


# What becomes of a character, and the number of the kept run that it is in.
Fate = tuple[Change, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters with one fate.

    Attributes:
        number: Of a kept run that stands in the other column too; 0: it has none.
        begins: Whether it is the first piece of that number.
        left_out: Characters in the middle that are not shown; ``text`` is then what comes before
            them and ``after`` what follows.
    """

    text: str
    change: Change
    number: int = 0
    begins: bool = False
    left_out: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a text in runs."""

    field: Field
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """One column; ``beyond`` characters at its end are not shown."""

    parts: tuple[Part, ...]
    beyond: int


def column(
    article: ArticleView,
    side: Side,
    shared: Iterable[SharedSpan],
    lineage: Lineage | None,
    *,
    everything: bool,
) -> Text:
    """An article as one column of the comparison of two.

    Args:
        article: The one.
        side: Which side of the relation it is.
        shared: Runs that both have, numbered in this order on both sides.
        lineage: What was added and cut, where the two are duplicates.
        everything: Long runs and long texts are shown whole.
    """
    numbered = [span for span in shared if not span.boilerplate]
    changed = () if lineage is None else (*lineage.added, *lineage.cut)
    added = set() if lineage is None else set(lineage.added)
    left = sys.maxsize if everything else _MOST
    parts, beyond = [], 0
    for field in FIELDS:
        text = {Field.TITLE: article.title, Field.EXCERPT: article.excerpt}.get(field, article.body)
        if not text.strip():
            continue
        fate = [(Change.ASIDE, 0)] * len(text)
        for number, span in enumerate(numbered, start=1):
            start, end, of = _place(span, side)
            if of is field:
                shown = number if span.words >= _NUMBERED else 0
                fate[start:end] = [(Change.KEPT, shown)] * (end - start)
        for one in changed:
            if one.side == side and one.field is field:
                change = Change.ADDED if one in added else Change.CUT
                fate[one.start : one.end] = [(change, 0)] * (one.end - one.start)
        runs = _runs(text[:left], fate, everything=everything)
        beyond += max(0, len(text) - left)
        left = max(0, left - sum(len(run.text) + len(run.after) for run in runs))
        if runs:
            parts.append(Part(field, runs))
    return Text(tuple(parts), beyond)


def _place(span: SharedSpan, side: Side) -> tuple[int, int, Field]:
    if side == "a":
        return span.start_a, span.end_a, span.field_a
    return span.start_b, span.end_b, span.field_b


def _runs(text: str, fate: Sequence[Fate], *, everything: bool) -> tuple[Run, ...]:
    found: list[Run] = []
    seen = {0}
    pairs = zip(text, _bridged(text, fate), strict=False)
    for (change, number), letters in groupby(pairs, key=lambda one: one[1]):
        run = Run("".join(letter for letter, _ in letters), change, number, number not in seen)
        long = change is Change.KEPT and len(run.text) > _LONGEST
        found.append(_folded(run) if long and not everything else run)
        seen.add(number)
    return tuple(found)


def _folded(run: Run) -> Run:
    """The two ends of a run."""
    return replace(
        run,
        text=run.text[:_ENDS],
        left_out=len(run.text) - 2 * _ENDS,
        after=run.text[-_ENDS:],
    )


def _bridged(text: str, fate: Sequence[Fate]) -> list[Fate]:
    """Between two words, blanks and punctuation share the words' fate.

    Where the two fates differ, what touches a word goes with it: a full stop with the word before,
    a quotation mark with the word after.
    """
    found = list(fate)
    for gap in _GAP.finditer(text):
        start, end = gap.span()
        if fate[start][0] is not Change.ASIDE:
            continue
        before = fate[start - 1] if start else None
        after = fate[end] if end < len(text) else None
        if before == after and before is not None:
            found[start:end] = [before] * (end - start)
            continue
        closing, *between = _BLANKS.split(gap[0])
        if before is not None:
            found[start : start + len(closing)] = [before] * len(closing)
        if after is not None and between:
            found[end - len(between[-1]) : end] = [after] * len(between[-1])
    return found


def characters(spans: Iterable[SharedSpan | TextSpan]) -> int:
    """How many characters some runs have."""
    return sum(
        span.end_a - span.start_a if isinstance(span, SharedSpan) else span.end - span.start
        for span in spans
    )
