"""Write a comparison as a file: Markdown, a page of HTML that stands alone, or CSV."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from semsearch.model.comparison import Comparison, ProviderView
from semsearch.web import formatting, plots
from semsearch.web.formatting import clean, environment, key_of, names_of
from semsearch.web.highlights import Mark, Piece, phrases, worded

# What could be read as a mark within a line: an underscore inside a word cannot, nor can an
# ampersand that begins no character reference.
_INLINE = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|#(?=#*$)")
# What could be read as one where a line begins: a heading, a quotation, a list.
_OPENING = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+-]+(?:\s|$)|>))")
FIRST_FACTS = 10
"""Shared facts that a reader is shown at once."""
_PRINTED_COLUMNS = 6  # providers that fit beside each other on a printed page
_CSV_COLUMNS = ("fact", "provider", "article", "field", "start", "end", "sentence", "basis")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def markdown(found: Comparison) -> str:
    """The comparison as a document; words in bold are those that the others lack."""
    functions = {"md": escaped, "marked": _marked, "worded": worded, "zip": zip}
    return _report("report.md.jinja", found, **functions).removesuffix("\n")


def _report(template: str, found: Comparison, **context: object) -> str:
    context |= {"names": names_of(found), "formatting": formatting, "phrases": phrases}
    context["first_facts"] = FIRST_FACTS
    return environment("").get_template(template).render(found=found, **context)


def escaped(text: str) -> str:
    """A text as it is, whatever marks it holds, on one line."""
    line = _INLINE.sub(r"\\\g<0>", " ".join(clean(text).split()))
    return _OPENING.sub(r"\g<0>\\", line)


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


def csv_table(found: Comparison) -> str:
    """One row per sentence and provider; rows of one fact are what is aligned.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    lines = io.StringIO(newline="")
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


def spreadsheet_cell(text: str) -> str:
    """The text without control characters, with an apostrophe before what looks like a formula."""
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
