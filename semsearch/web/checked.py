"""A checked draft as it is read: its text in pieces, each marked by what the archive holds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from semsearch.export import formatting
from semsearch.export.formatting import change_in_words, environment
from semsearch.model.check import (
    ArchiveReach,
    CheckedQuotation,
    CopiedRun,
    DraftCheck,
    FigureStatus,
    QuotationStatus,
    SentenceCheck,
)
from semsearch.model.check_columns import decisive
from semsearch.model.search import ArticleSummary

LABELS = {
    "verbatim": "word for word",
    "cut": "cut",
    "altered": "altered",
    "not_found": "not found",
    "stated": "stated",
    "differs": "another figure",
    "unclear": "unclear",
    "copied": "copied",
}
MOST_MARKED = 60_000
"""Characters of a draft that a page shows."""


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """Characters of a draft.

    Attributes:
        mark: What they are: a status, or ``copied``; empty where nothing is said of them.
        target: The id of the evidence; empty where there is none.
        number: Of the quotation, figure or run, where it begins here; else 0.
        kind: ``quotation``, ``figure`` or ``copied``; empty where nothing is said.
    """

    text: str
    mark: str = ""
    target: str = ""
    number: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """Words of a quotation as they stand in the draft, after those that the source has there."""

    kept: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class _Marked:
    start: int
    end: int
    mark: str
    kind: str
    number: int


def marked(draft: str, found: DraftCheck) -> tuple[MarkedPiece, ...]:
    """A draft in pieces; where marks overlap, a figure stands over a quotation or a run."""
    marks = [
        *_numbered("copied", [(one.start, one.end, "copied") for one in found.copied]),
        *_numbered("quotation", [(one.start, one.end, one.status.value)
                                 for one in found.quotations]),
        *_numbered("figure", [(one.start, one.end, one.status.value) for one in found.figures]),
    ]  # fmt: skip
    text = draft[:MOST_MARKED]
    over: list[_Marked | None] = [None] * len(text)
    for one in marks:
        over[one.start : min(one.end, len(text))] = [one] * (min(one.end, len(text)) - one.start)
    edges = [0, *(at for at in range(1, len(text)) if over[at] is not over[at - 1]), len(text)]
    pieces, begun = [], set[tuple[str, int]]()
    for start, end in pairwise(edges):
        held = over[start] if start < len(over) else None
        if held is None:
            pieces.append(MarkedPiece(text[start:end]))
            continue
        number = 0 if (held.kind, held.number) in begun else held.number
        begun.add((held.kind, held.number))
        target = f"{held.kind}-{held.number}"
        pieces.append(MarkedPiece(text[start:end], held.mark, target, number, held.kind))
    return tuple(pieces)


def _numbered(kind: str, spans: Sequence[tuple[int, int, str]]) -> Iterator[_Marked]:
    for number, (start, end, mark) in enumerate(spans, start=1):
        if start < min(end, MOST_MARKED):
            yield _Marked(start, end, mark, kind, number)


def word_by_word(one: CheckedQuotation) -> tuple[DiffPiece, ...]:
    """A quotation with its changes where they stand."""
    pieces, at = [], one.start
    for change in sorted(one.changes, key=lambda each: (each.start, each.source_start)):
        pieces.append(
            DiffPiece(one.text[at - one.start : change.start - one.start], change.was, change.is_)
        )
        at = max(at, change.end)
    pieces.append(DiffPiece(one.text[at - one.start :], "", ""))
    return tuple(pieces)


def reach(archive: ArchiveReach) -> str:
    """What was looked through, in a sentence."""
    outlets = "outlet" if archive.outlets == 1 else "outlets"
    said = f"Looked through {archive.articles:,} articles of {archive.outlets:,} {outlets}"
    if archive.first is not None and archive.last is not None:
        said += f", {archive.first:%Y-%m-%d} to {archive.last:%Y-%m-%d}"
    if archive.largest:
        said += f" (most of {', '.join(archive.largest)})"
    return f"{said}. What is not found here may stand elsewhere."


def counted(found: DraftCheck) -> str:
    """How many quotations, figures, sentences and copied runs there are, by status."""
    groups = (
        ("Quotations", QuotationStatus, [one.status for one in found.quotations]),
        ("Figures", FigureStatus, [one.status for one in found.figures]),
        ("Sentences", SentenceCheck, [one.status for one in found.sentences]),
    )
    parts = []
    for name, statuses, held in groups:
        counts = [
            f"{number} {LABELS[status.value]}"
            for status in statuses
            if (number := sum(one is status for one in held))
        ]
        parts.append(f"{name}: {', '.join(counts) if counts else 'none'}.")
    parts.append(f"Copied runs: {len(found.copied) or 'none'}.")
    return " ".join(parts)


def holders(one: CheckedQuotation | CopiedRun) -> str:
    """How many articles hold it; empty for one."""
    if one.holders < 2:  # noqa: PLR2004 - more than its source
        return ""
    independent = "one origin" if one.origins == 1 else f"{one.origins} independent origins"
    return f"In {one.holders:,} articles, {independent}"


def html(draft: str, found: DraftCheck) -> str:
    """A check as a page that stands alone: no script, nothing fetched, printable."""

    def address(article: ArticleSummary) -> str:
        return formatting.web_address(article.url)

    return _report("check_report.html.jinja", found, pieces=marked(draft, found), address=address)


def view(found: DraftCheck) -> dict[str, object]:
    """What templates show a check with."""
    helpers: dict[str, Callable[..., object]] = {
        "word_by_word": word_by_word,
        "holders": holders,
        "change_in_words": change_in_words,
        "decisive": decisive,
    }
    return {
        "found": found,
        "articles": {one.id: one for one in found.articles},
        "labels": LABELS,
        "counted": counted(found),
        "reach": reach(found.archive),
        **helpers,
    }


def _report(template: str, found: DraftCheck, **context: object) -> str:
    shown = view(found) | {"formatting": formatting} | context
    return environment("semsearch.web").get_template(template).render(**shown)
