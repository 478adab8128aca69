"""Comparisons as tables and text for a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from semsearch.cli.render import folded, listing, notes, numeric
from semsearch.export.formatting import UNANSWERED, lag, names_of, percent, precision
from semsearch.export.highlights import Mark, Piece, phrases, worded
from semsearch.export.plain import clean
from semsearch.model.comparison import ClaimEvidence, Comparison, ProviderView, SentenceRow
from semsearch.model.search import Confidence

_SHOWN = 10
_FRAMES = 3
_STYLE = {Mark.ONLY: "bold"}


def comparison(comparison: Comparison) -> RenderableType:
    """Outlets, then what they share, and what is not found where."""
    names = names_of(comparison)
    return Group(
        Text(clean(comparison.title), style="bold"),
        Text(
            f"{len(comparison.articles)} articles, {len(comparison.voices)} different texts, "
            f"{len(comparison.providers)} outlets"
            + (f"\n{UNANSWERED}" if comparison.answer_confidence is Confidence.NONE else "")
        ),
        *notes(comparison.notes),
        _providers(comparison, names),
        *_facts(comparison, names),
        *_missing(comparison, names),
        *_others(comparison, names),
        *_sentences(comparison.sentences),
    )


def _providers(comparison: Comparison, names: dict[str, str]) -> Table:
    table = listing(
        Column("outlet", overflow="fold", min_width=12),
        folded("headline and frames", ratio=1),
        *map(numeric, ("shared", "unclear", "only here")),
        title="\nBy outlet (bold: in no other headline)",
    )
    for view in comparison.providers:
        shares = view.sentences
        table.add_row(
            Text.assemble(
                clean(names[view.key]),
                "\n",
                (f"{lag(view.lag_hours, view.lag_precision)}, {view.basis}", "dim"),
            ),
            Text("\n").join([*_headlines(view), *_frames(view)]),
            percent(shares.shared),
            percent(shares.unclear),
            percent(shares.only_here),
        )
    return table


def _headlines(view: ProviderView) -> Iterator[Text]:
    for one in view.headlines:
        yield _marked(phrases(one.text, one.only_here))


def _frames(view: ProviderView) -> Iterator[Text]:
    if view.frames.counts:
        counted = (f"{one.frame} {one.sentences}" for one in view.frames.counts[:_FRAMES])
        yield Text(clean(", ".join(counted)), style="dim")


def _facts(comparison: Comparison, names: dict[str, str]) -> Iterator[RenderableType]:
    facts = comparison.shared_facts
    yield Text(f"\nShared facts: {len(facts)} (bold: no aligned sentence has it)", style="bold")
    yield from _precision(comparison.evidence["shared"])
    for number, fact in enumerate(facts[:_SHOWN], start=1):
        for one, marked in zip(fact.sentences, worded(fact), strict=True):
            yield _line(f"{number}.", one.providers, _marked(marked), names)
    yield from _more(len(facts))


def _missing(comparison: Comparison, names: dict[str, str]) -> Iterator[RenderableType]:
    facts = comparison.reported_by_others_not_here
    if not facts:
        return
    yield Text("\nReported by others, not found here", style="bold")
    yield from _precision(facts[0].evidence)
    for missing in facts[:_SHOWN]:
        yield Text(f"Not in {clean(names[missing.provider])}:")
        for one in missing.sentences:
            yield _line("  ", one.providers, Text(clean(one.sentence.text)), names)
    yield from _more(len(facts))


def _others(comparison: Comparison, names: dict[str, str]) -> Iterator[RenderableType]:
    for source in comparison.common_upstream:
        yield Text(f"\n{clean(source.name)} is cited by {_who(source.providers, names)}.")
    for voice in comparison.voices:
        if len(voice.carriers) > 1:
            yield Text(f"\nOne text: {clean(', '.join(voice.carriers))}.")


def _sentences(rows: Sequence[SentenceRow] | None) -> Iterator[RenderableType]:
    if rows is None:
        return
    columns = map(folded, ("article", "sentence", "in the others"))
    table = listing(*columns, title="\nEvery sentence")
    for row in rows:
        others = "\n".join(f"{one.article} {one.status.value}" for one in row.others)
        table.add_row(Text(clean(row.article)), Text(clean(row.text)), Text(clean(others)))
    yield table


def _precision(evidence: ClaimEvidence) -> Iterator[Text]:
    """How often claims of a kind were right; nothing where that was not measured."""
    if evidence.precision is not None:
        yield Text(precision(evidence), style="dim")


def _line(
    label: str, providers: Sequence[str], text: Text, names: dict[str, str]
) -> RenderableType:
    line = Text.assemble(f"{label} ", (f"{_who(providers, names)}: ", "italic"), text)
    return Padding(line, (0, 0, 0, 2), expand=False)


def _marked(marked: Iterable[Piece]) -> Text:
    text = Text()
    for piece in marked:
        text.append(clean(piece.text), _STYLE.get(piece.mark))
    return text


def _who(providers: Iterable[str], names: dict[str, str]) -> str:
    return clean(", ".join(names[provider] for provider in providers))


def _more(number: int) -> Iterator[RenderableType]:
    if number > _SHOWN:
        yield Text(f"and {number - _SHOWN} more; --format md or html shows all.", style="dim")
