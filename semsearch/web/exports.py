"""Write a comparison as a file: Markdown, a page of HTML that stands alone, or CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from semsearch.export.citations import references
from semsearch.export.markdown import numbers_of, sources
from semsearch.export.plain import escaped, spreadsheet_cell
from semsearch.export.tables import BOM
from semsearch.model.comparison import Comparison, ProviderView
from semsearch.web import formatting, plots
from semsearch.web.formatting import environment, key_of, names_of
from semsearch.web.highlights import Mark, Piece, phrases, worded

FIRST_FACTS = 10
"""Shared facts that a reader is shown at once."""
_PRINTED_COLUMNS = 6  # providers that fit beside each other on a printed page
_CSV_COLUMNS = ("fact", "provider", "article", "field", "start", "end", "sentence", "basis")


def markdown(found: Comparison) -> str:
    """The comparison with numbered citations; words in bold are those that the others lack."""
    functions = {"md": escaped, "marked": _marked, "worded": worded, "zip": zip}
    cited = references(found)
    given = {"numbers": numbers_of(cited), "sources": list(sources(cited))}
    return _report("report.md.jinja", found, **functions, **given).removesuffix("\n")


def _report(template: str, found: Comparison, **context: object) -> str:
    context |= {"names": names_of(found), "formatting": formatting, "phrases": phrases}
    context["first_facts"] = FIRST_FACTS
    return environment("").get_template(template).render(found=found, **context)


def _marked(marked: Sequence[Piece]) -> str:
    return "".join(
        f"{' ' * piece.text[:1].isspace()}{shown}{' ' * piece.text[-1:].isspace()}"
        if not (shown := escaped(piece.text)) or piece.mark is Mark.NONE
        else f"**{shown}**"
        for piece in marked
    )


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A shared fact: the marked sentence of each provider that states it, by its key."""

    number: int
    cells: dict[str, tuple[Piece, ...]]
    basis: str

    def said_by(self, group: Iterable[ProviderView]) -> bool:
        """Whether one of some providers states it."""
        return any(key_of(view) in self.cells for view in group)


def html(found: Comparison) -> str:
    """The comparison as a page that stands alone: no script, nothing fetched, printable."""
    return _report(
        "report.html.jinja",
        found,
        rows=_rows(found),
        columns=_PRINTED_COLUMNS,
        # Made by our own plotting, which escapes what stands in it.
        timeline=Markup(plots.timeline(found)),  # noqa: S704
        frames=Markup(plots.frames(found)),  # noqa: S704
    )


def _rows(found: Comparison) -> list[ReportRow]:
    return [
        ReportRow(
            number,
            {
                provider: marked
                for one, marked in zip(fact.sentences, worded(fact), strict=True)
                for provider in one.providers
            },
            fact.basis.value,
        )
        for number, fact in enumerate(found.shared_facts, start=1)
    ]


def csv_table(found: Comparison, *, bom: bool = False) -> str:
    """One row per sentence and provider; rows of one fact are what is aligned.

    A text that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        found: A comparison.
        bom: Begin with a byte-order mark, by which Excel takes the file for UTF-8.
    """
    lines = io.StringIO(BOM if bom else "", newline="")
    lines.seek(0, io.SEEK_END)
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(_CSV_COLUMNS)
    for number, fact in enumerate(found.shared_facts, start=1):
        for one in fact.sentences:
            where = one.sentence
            for provider in one.providers:
                named = (
                    spreadsheet_cell(provider),
                    spreadsheet_cell(where.article),
                    where.field,
                    where.start,
                )
                rows.writerow([number, *named, where.end, spreadsheet_cell(where.text), fact.basis])
    return lines.getvalue()
