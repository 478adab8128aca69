"""A checked draft as text for a terminal."""

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from semsearch.export.formatting import change_in_words, moment
from semsearch.export.plain import clean
from semsearch.model.check import CheckedFigure, CheckedQuotation, CopiedRun, DraftCheck
from semsearch.model.comparison import Span
from semsearch.model.search import ArticleSummary
from semsearch.web.checked import LABELS, counted, holders, reach

_STYLE = {
    "verbatim": "green",
    "stated": "green",
    "cut": "cyan",
    "altered": "bold red",
    "differs": "bold red",
    "not_found": "yellow",
    "unclear": "dim",
    "copied": "magenta",
}
_CHARS = 300

Articles = Mapping[str, ArticleSummary]


def checked(found: DraftCheck) -> RenderableType:
    """Quotations, copied runs, figures and sentences, then how far the archive reaches."""
    articles = {one.id: one for one in found.articles}
    return Group(
        *(Text(f"Note: {note}", style="italic") for note in found.notes),
        Text(counted(found), style="bold"),
        *(part for one in found.quotations for part in _quotation(one, articles)),
        *(part for run in found.copied for part in _copied(run, articles)),
        *(part for figure in found.figures for part in _figure(figure, articles)),
        Text("\nSentences" if found.sentences else "", style="bold"),
        *(
            Text.assemble(
                (LABELS[one.status.value], _STYLE[one.status.value]), f" {_short(one.text)}"
            )
            for one in found.sentences
        ),
        Text(f"\n{reach(found.archive)}", style="dim"),
        Text(f"Generation {found.generation}, {found.took_ms:.0f} ms", style="dim"),
    )


def _quotation(one: CheckedQuotation, articles: Articles) -> Iterator[RenderableType]:
    yield _heading(one.status.value, f"“{_short(one.text)}”")
    for change in one.changes:
        said = _short(change_in_words(change))
        yield _line(Text.assemble((f"{change.kind.value}: ", "dim"), said))
    if one.source is not None:
        yield _line(Text(_cited(one.source, articles)))
    yield from _held(one)
    given, source = one.speaker.given, one.speaker.source
    if given and source and given != source:
        said = f"said by {clean(given)}; in the source by {clean(source)}"
        yield _line(Text(said, style="dim"))


def _copied(run: CopiedRun, articles: Articles) -> Iterator[RenderableType]:
    yield _heading("copied", f"{run.words} words: {_short(run.text)}")
    yield _line(Text(_cited(run.source, articles)))
    yield from _held(run)


def _figure(one: CheckedFigure, articles: Articles) -> Iterator[RenderableType]:
    differs = one.status.value == "differs"  # whose label says "another figure"
    said = f"{clean(one.text)}; there: {clean(one.value)}" if differs else clean(one.text)
    yield _heading(one.status.value, said if differs else f"figure {said}")
    if one.source is not None:
        yield _line(Text(_cited(one.source, articles)))


def _held(one: CheckedQuotation | CopiedRun) -> Iterator[RenderableType]:
    if said := holders(one):
        yield _line(Text(said, style="dim"))


def _cited(span: Span, articles: Articles) -> str:
    article = articles[span.article]
    outlet = article.provider.name or article.provider.domain or "unknown outlet"
    when = moment(article.published, article.precision)
    return clean(f"{outlet}, {when}: {article.title} ({span.article})")


def _heading(status: str, text: str) -> Text:
    return Text.assemble("\n", (LABELS[status], _STYLE[status]), " ", text)


def _short(text: str) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= _CHARS else f"{line[:_CHARS]} …"


def _line(text: Text) -> RenderableType:
    return Padding(text, (0, 0, 0, 2), expand=False)
