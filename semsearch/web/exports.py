"""Write a comparison as a file: a page of HTML that stands alone, or CSV."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from semsearch.export import formatting
from semsearch.export.comparison import FIRST_FACTS
from semsearch.export.formatting import environment, names_of
from semsearch.export.forms import BOM
from semsearch.export.highlights import Piece, phrases, worded
from semsearch.export.plain import spreadsheet_cell
from semsearch.model.comparison import Comparison, ProviderView
from semsearch.web import plots

_PRINTED_COLUMNS = 6  # providers that fit beside each other on a printed page
_CSV_COLUMNS = ("fact", "provider", "article", "field", "start", "end", "sentence", "basis")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A shared fact: the marked sentence of each provider that states it, by its key."""

    number: int
    cells: dict[str, tuple[Piece, ...]]
    basis: str

    def said_by(self, group: Iterable[ProviderView]) -> bool:
        """Whether one of some providers states it."""
        return any(view.key in self.cells for view in group)


def html(found: Comparison) -> str:
    """The comparison as a page that stands alone: no script, nothing fetched, printable."""
    template = environment("semsearch.web").get_template("report.html.jinja")
    return template.render(
        found=found,
        names=names_of(found),
        formatting=formatting,
        phrases=phrases,
        first_facts=FIRST_FACTS,
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
