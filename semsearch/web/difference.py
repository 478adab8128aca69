"""The page that lays two articles side by side: what one kept, added and cut, and why."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.export.formatting import name_sides
from semsearch.model.article import FIELDS, ArticleView, Field
from semsearch.model.relation import Agreement, Lineage, Relation, SharedSpan, Side, TextSpan
from semsearch.web.page import IndexDependency, page

router = APIRouter()

_FACTS = ("names", "numbers", "months", "regions")


_NUMBERED = 12  # words from which a run is worth finding again in the other column
_LONGEST = 700  # characters of a run that are shown whole
_ENDS = 240
_MOST = 24_000  # characters of a column
_GAP = re.compile(r"\W+")
_BLANKS = re.compile(r"\s+")


@router.get("/difference")
def difference(
    request: Request,
    index: IndexDependency,
    a: str = "",
    b: str = "",
    *,
    everything: bool = False,
) -> HTMLResponse:
    """Two articles side by side, the one that came first, or is dated first, on the left."""
    a, b = a.strip(), b.strip()
    if not a or not b:
        return page(request, "difference.html.jinja", {"relation": None})
    articles = {"a": index.get(a), "b": index.get(b)}
    relation = index.relate(a, b)
    first = _first(relation, articles["a"], articles["b"])
    later: Side = "b" if first == "a" else "a"
    lineage = relation.lineage

    def in_words(reasons: Iterable[str]) -> str:
        return name_sides(reasons, _name(articles["a"]), _name(articles["b"]))

    shared = () if lineage is None else lineage.kept
    if not shared:
        shared = relation.evidence.shared
    context: dict[str, object] = {
        "a": a,
        "b": b,
        "relation": relation,
        "first": articles[first],
        "later": articles[later],
        "columns": [
            diff_column(articles[side], side, shared, lineage, everything=everything)
            for side in (first, later)
        ],
        "sizes": None
        if lineage is None
        else {
            Change.KEPT: characters(lineage.kept),
            Change.ADDED: characters(lineage.added),
            Change.CUT: characters(lineage.cut),
            Change.ONLY: characters((*lineage.added, *lineage.cut)),
        },
        "in_words": in_words,
        "why": "" if lineage is None else in_words(lineage.reasons),
        "sides": _sides(relation, first),
        "facts": _facts(relation, first),
        "changes": [
            _turned(
                (
                    change.kind.value,
                    "" if change.a is None else change.a.text,
                    "" if change.b is None else change.b.text,
                ),
                first,
            )
            for change in relation.evidence.changes
        ],
        "everything": everything,
        "name": _name,
    }
    return page(request, "difference.html.jinja", context)


def _name(article: ArticleView) -> str:
    return article.provider.name or article.provider.domain or article.id


def _first(relation: Relation, a: ArticleView, b: ArticleView) -> Side:
    """The side that came first, by lineage, else by date, else the one that was named first."""
    if relation.lineage is not None and relation.lineage.first is not None:
        return relation.lineage.first
    if a.published is not None and b.published is not None and b.published < a.published:
        return "b"
    return "a"


def _sides(relation: Relation, first: Side) -> list[tuple[str, str, str]]:
    """Rows of evidence that has a value for each side: what, of the first, of the later."""
    evidence = relation.evidence
    rows = [
        ("words compared", f"{evidence.words_a:,}", f"{evidence.words_b:,}"),
        (
            "of its text the other has",
            f"{evidence.containment_a:.0%}",
            f"{evidence.containment_b:.0%}",
        ),
    ]
    return [_turned(row, first) for row in rows]


def _facts(relation: Relation, first: Side) -> list[tuple[str, str, str, str, bool]]:
    """Names and figures: what, in both, in the first alone, in the later alone, in conflict."""
    rows = []
    for name in _FACTS:
        found: Agreement = getattr(relation.evidence, name)
        if found.agree or found.only_a or found.only_b:
            _, left, right = _turned(
                (name, ", ".join(found.only_a), ", ".join(found.only_b)), first
            )
            rows.append((name, ", ".join(found.agree), left, right, found.conflict))
    return rows


def _turned(row: tuple[str, str, str], first: Side) -> tuple[str, str, str]:
    what, of_a, of_b = row
    return (what, of_a, of_b) if first == "a" else (what, of_b, of_a)


class Change(StrEnum):
    """What becomes of a run of words.

    ``ASIDE`` is not compared: captions, notices, a headline. ``ONLY``: the other has it not, and
    which came first cannot be told.
    """

    ASIDE = "aside"
    KEPT = "kept"
    ADDED = "added"
    CUT = "cut"
    ONLY = "only"


# What becomes of a character, and the number of the kept run that it is in.
Fate = tuple[Change, int]


@dataclass(frozen=True, slots=True)
class DiffRun:
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
class DiffField:
    """A field of a text in runs."""

    field: Field
    runs: tuple[DiffRun, ...]


@dataclass(frozen=True, slots=True)
class DiffColumn:
    """One column; ``beyond`` characters at its end are not shown."""

    parts: tuple[DiffField, ...]
    beyond: int


def diff_column(
    article: ArticleView,
    side: Side,
    shared: Iterable[SharedSpan],
    lineage: Lineage | None,
    *,
    everything: bool,
) -> DiffColumn:
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
                if lineage is not None and lineage.first is None:
                    change = Change.ONLY
                fate[one.start : one.end] = [(change, 0)] * (one.end - one.start)
        runs = _runs(text[:left], fate, everything=everything)
        beyond += max(0, len(text) - left)
        left = max(0, left - sum(len(run.text) + len(run.after) for run in runs))
        if runs:
            parts.append(DiffField(field, runs))
    return DiffColumn(tuple(parts), beyond)


def _place(span: SharedSpan, side: Side) -> tuple[int, int, Field]:
    if side == "a":
        return span.start_a, span.end_a, span.field_a
    return span.start_b, span.end_b, span.field_b


def _runs(text: str, fate: Sequence[Fate], *, everything: bool) -> tuple[DiffRun, ...]:
    found: list[DiffRun] = []
    seen = {0}
    pairs = zip(text, _bridged(text, fate), strict=False)
    for (change, number), letters in groupby(pairs, key=lambda one: one[1]):
        run = DiffRun("".join(letter for letter, _ in letters), change, number, number not in seen)
        long = change is Change.KEPT and len(run.text) > _LONGEST
        found.append(_folded(run) if long and not everything else run)
        seen.add(number)
    return tuple(found)


def _folded(run: DiffRun) -> DiffRun:
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
