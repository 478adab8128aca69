"""A checked draft as text for a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from semsearch.export.plain import clean
from semsearch.model.check import ArchiveReach, CheckedQuotation, DraftCheck, QuotationStatus
from semsearch.model.comparison import Span
from semsearch.model.search import ArticleSummary
from semsearch.web.formatting import moment

_STYLE = {
    QuotationStatus.VERBATIM: "green",
    QuotationStatus.CUT: "cyan",
    QuotationStatus.ALTERED: "bold red",
    QuotationStatus.NOT_FOUND: "yellow",
}


def checked(found: DraftCheck) -> RenderableType:
    """Each quotation with what the archive holds of it, then how far the archive reaches."""
    articles = {one.id: one for one in found.articles}
    return Group(
        *(Text(f"Note: {note}", style="italic") for note in found.notes),
        Text(_heading(found.quotations), style="bold"),
        *(part for one in found.quotations for part in _quotation(one, articles)),
        Text(f"\n{reach(found.archive)}", style="dim"),
        Text(f"Generation {found.generation}, {found.took_ms:.0f} ms", style="dim"),
    )


def reach(archive: ArchiveReach) -> str:
    """What was looked through, in a sentence."""
    said = f"Looked through {archive.articles:,} articles of {archive.outlets:,} outlets"
    if archive.first is not None and archive.last is not None:
        said += f", {archive.first:%Y-%m-%d} to {archive.last:%Y-%m-%d}"
    return f"{said}; what is not found may stand elsewhere."


def _heading(quotations: tuple[CheckedQuotation, ...]) -> str:
    if not quotations:
        return "No quotation of five words or more."
    counts = [
        f"{number} {status.value.replace('_', ' ')}"
        for status in QuotationStatus
        if (number := sum(one.status is status for one in quotations))
    ]
    return f"Quotations: {', '.join(counts)}"


def _quotation(
    one: CheckedQuotation, articles: Mapping[str, ArticleSummary]
) -> Iterator[RenderableType]:
    status = one.status.value.replace("_", " ")
    yield Text.assemble("\n", (status, _STYLE[one.status]), " ", f"“{clean(one.text)}”")
    for change in one.changes:
        was, now = (clean(each) or "nothing" for each in (change.was, change.is_))
        yield _line(Text.assemble((f"{change.kind.value}: ", "dim"), f"{was} → {now}"))
    if one.source is not None:
        yield _line(Text(cited(one.source, articles)))
    if one.holders > 1:
        yield _line(
            Text(f"in {one.holders} articles, {one.origins} of them independent", style="dim")
        )
    if one.speaker.given and one.speaker.source and one.speaker.given != one.speaker.source:
        given, source = clean(one.speaker.given), clean(one.speaker.source)
        yield _line(Text(f"said by {given}; in the source by {source}", style="dim"))


def cited(span: Span, articles: Mapping[str, ArticleSummary]) -> str:
    """An article as a source is named in a line."""
    article = articles[span.article]
    outlet = article.provider.name or article.provider.domain or "unknown outlet"
    when = moment(article.published, article.precision)
    return clean(f"{outlet}, {when}: {article.title} ({span.article})")


def _line(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False)
