"""Write a comparison as a file: Markdown, a page of HTML that stands alone, or CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from semsearch.model.comparison import Comparison, FactSentence, ProviderView, Span
from semsearch.model.confidence import Confidence
from semsearch.web import formatting, plots
from semsearch.web.formatting import (
    UNANSWERED,
    clean,
    key_of,
    lag,
    moment,
    names_of,
    percent,
    precision,
)
from semsearch.web.highlights import Mark, Piece, phrases, worded
from semsearch.web.rendering import environment

# What could be read as a mark within a line: an underscore inside a word cannot, nor can an
# ampersand that begins no character reference.
_INLINE = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|#(?=#*$)")
# What could be read as one where a line begins: a heading, a quotation, a list.
_OPENING = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+-]+(?:\s|$)|>))")


def markdown(found: Comparison) -> str:
    """The comparison as a document; words in bold are those that the others lack."""
    names = names_of(found)
    parts = (
        _head(found),
        _providers(found, names),
        _facts(found, names),
        _missing(found, names),
        _differences(found, names),
        _upstream(found, names),
        _contrast(found, names),
        _sentences(found),
    )
    return "\n".join(line for part in parts for line in part)


def _head(found: Comparison) -> Iterator[str]:
    yield f"# {escaped(found.title)}\n"
    yield (
        f"{len(found.articles)} articles, {len(found.voices)} different texts, "
        f"{len(found.providers)} providers.\n"
    )
    if found.answer_confidence is Confidence.NONE:
        yield f"{UNANSWERED}\n"
    for voice in found.voices:
        if len(voice.carriers) > 1:
            yield f"- One text: {_listed(voice.carriers)}, carried by {_listed(voice.providers)}.\n"


def _providers(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    yield "## Providers\n"
    yield "| provider | held | published | headline | shared | unclear | only here |"
    yield "|---|---|---|---|---:|---:|---:|"
    for view in found.providers:
        shares = view.sentences
        headline = "; ".join(_marked(phrases(h.text, h.only_here)) for h in view.headlines)
        yield (
            f"| {escaped(names[key_of(view)])} | {view.basis} "
            f"| {moment(view.published)} ({lag(view.lag_hours)}) | {headline} "
            f"| {percent(shares.shared)} | {percent(shares.unclear)} "
            f"| {percent(shares.only_here)} |"
        )
    shares = found.providers[0].sentences
    yield f"\nShared: {precision(shares.evidence)}."
    yield f"Only here: {precision(shares.evidence_only_here)}.\n"
    for view in found.providers:
        yield from _provider(view, names)


def _provider(view: ProviderView, names: dict[str, str]) -> Iterator[str]:
    yield f"### {escaped(names[key_of(view)])}\n"
    counted = [f"{each.frame} {each.sentences}" for each in view.frames.counts]
    yield (
        f"- Frames, in sentences: {_listed(counted) or 'none'}; unassigned "
        f"{view.frames.unassigned} ({precision(view.frames.evidence)})"
    )
    sources = [mention.name for mention in (*view.sourcing.agencies, *view.sourcing.outlets)]
    yield f"- Agencies and outlets named: {_listed(sources) or 'none'}"
    if view.sourcing.anonymous:
        yield f"- Sources without a name: {_listed(s.text for s in view.sourcing.anonymous)}"
    yield f"- Quoted: {percent(view.sourcing.quoted_share)} of the text"
    for span in view.sentences.only_here_sentences:
        yield f"- Only here: {_quoted(span)}"
    yield ""


def _facts(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    yield "## Shared facts\n"
    for number, fact in enumerate(found.shared_facts, start=1):
        yield f"{number}. Held: {fact.basis}"
        for one, marked in zip(fact.sentences, worded(fact), strict=True):
            yield f"   - {_who(one.providers, names)}: {_marked(marked)}"
    yield "" if found.shared_facts else "None was found.\n"


def _missing(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    if not found.reported_by_others_not_here:
        return
    yield "## Reported by others, not found here\n"
    for missing in found.reported_by_others_not_here:
        yield f"- Not in {escaped(names[missing.provider])} ({precision(missing.evidence)}):"
        yield from (f"  - {_said(one, names)}" for one in missing.sentences)
    yield ""


def _differences(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    for heading, differences in (
        ("Values that differ", found.differs),
        ("Values that may be of one thing", found.may_differ),
    ):
        if not differences:
            continue
        yield f"## {heading}\n"
        for one in differences:
            yield f"- {one.kind} ({precision(one.evidence)}):"
            for side, value in ((one.a, one.value_a), (one.b, one.value_b)):
                marked = phrases(side.sentence.text, [value], Mark.VALUE)
                yield f"  - {_who(side.providers, names)}: {_marked(marked)}"
        yield ""


def _upstream(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    if not found.common_upstream:
        return
    yield "## Common sources\n"
    for source in found.common_upstream:
        yield f"- {escaped(source.name)}: named by {_who(source.providers, names)}"
    yield ""


def _contrast(found: Comparison, names: dict[str, str]) -> Iterator[str]:
    if not found.frame_contrast:
        return
    yield "## Frames that one uses more or less than the others\n"
    for one in found.frame_contrast:
        yield (
            f"- {escaped(names[one.provider])}: {escaped(one.frame)} {percent(one.share)}, "
            f"others {percent(one.others)} (p = {one.p:.3g})"
        )
    yield ""


def _sentences(found: Comparison) -> Iterator[str]:
    if found.sentences is None:
        return
    yield "## Every sentence\n"
    for row in found.sentences:
        others = _listed(f"{other.article} {other.status}" for other in row.others)
        yield f"- {escaped(row.article)}: {escaped(row.text)}"
        yield f"  - {others}"
    yield ""


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


def _said(one: FactSentence, names: dict[str, str]) -> str:
    return f"{_who(one.providers, names)}: {_quoted(one.sentence)}"


def _quoted(span: Span) -> str:
    return escaped(span.text)


def _who(providers: Iterable[str], names: dict[str, str]) -> str:
    return _listed(names[provider] for provider in providers)


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(escaped, texts))


_PRINTED_COLUMNS = 6  # providers that fit beside each other on a printed page


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
    return (
        environment("")
        .get_template("report.html.jinja")
        .render(
            found=found,
            names=names_of(found),
            rows=_rows(found),
            columns=_PRINTED_COLUMNS,
            Mark=Mark,
            formatting=formatting,
            phrases=phrases,
            # Made by our own plotting, which escapes what stands in it.
            timeline=Markup(plots.timeline(found)),  # noqa: S704
            frames=Markup(plots.frames(found)),  # noqa: S704
        )
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


_COLUMNS = ("fact", "provider", "article", "field", "start", "end", "sentence", "basis")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_table(found: Comparison) -> str:
    """One row per sentence and provider; rows of one fact are what is aligned.

    A text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    lines = io.StringIO(newline="")
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for number, fact in enumerate(found.shared_facts, start=1):
        for one in fact.sentences:
            where = one.sentence
            for provider in one.providers:
                named = (_cell(provider), _cell(where.article), where.field, where.start)
                rows.writerow([number, *named, where.end, _cell(where.text), fact.basis])
    return lines.getvalue()


def _cell(text: str) -> str:
    shown = clean(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
