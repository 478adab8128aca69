"""Results as tables and text for a terminal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from semsearch.model.article import ArticleView
from semsearch.model.report import IndexReport
from semsearch.model.search import (
    Confidence,
    Hit,
    HitPassage,
    ProviderRow,
    SearchResults,
    SimilarResults,
    StoryOfHit,
)
from semsearch.model.status import IndexStatus, Lag
from semsearch.web.formatting import clean, lag, size

_PASSAGE_CHARS = 420
_CONFIDENCE = {
    Confidence.HIGH: "The archive seems to answer this.",
    Confidence.LOW: "The archive may not answer this; the nearest articles:",
    Confidence.NONE: "Nothing here answers this; the nearest articles:",
}


def search_results(results: SearchResults) -> RenderableType:
    """An answer: hits, then one row per provider."""
    notes = results.query.interpreted.notes
    parts: list[RenderableType] = [Text(f"Note: {note}", style="italic") for note in notes]
    if not results.hits:
        return Group(*parts, Text("No article satisfies this."))
    parts.append(Text(_CONFIDENCE[results.answer_confidence], style="italic"))
    for hit in results.hits:
        parts += _hit(hit)
    parts.append(_providers(results.providers))
    parts.append(Text(f"Generation {results.generation}, {results.took_ms:.1f} ms", style="dim"))
    return Group(*parts)


def similar_results(results: SimilarResults) -> RenderableType:
    """Articles like another."""
    if not results.hits:
        return Text("There is no other article.")
    return Group(*(part for hit in results.hits for part in _hit(hit)))


def article(shown: ArticleView) -> RenderableType:
    """One article whole."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = (
        ("id", shown.id),
        ("provider", f"{shown.provider.name} {shown.provider.domain}".strip()),
        ("published", date(shown.published) + (" (zone assumed)" if shown.zone_assumed else "")),
        ("url", shown.url),
        ("topics", ", ".join(shown.topics)),
        ("held", shown.basis.value + (", stub" if shown.stub else "")),
        ("quality", "" if shown.quality is None else str(shown.quality)),
        ("related", ", ".join(link.id for link in shown.related)),
    )
    for name, value in rows:
        if value.strip():
            table.add_row(name, Text(clean(value)))
    texts = [Text(clean(text)) for text in (shown.excerpt, shown.body) if text.strip()]
    spaced: list[RenderableType] = []
    for text in texts:
        spaced += [Text(""), text]
    title = Text(clean(shown.title) or "(no title)", style="bold")
    return Group(title, table, *spaced)


def report(done: IndexReport) -> RenderableType:
    """What indexing did, and every record that was skipped."""
    table = Table(title="Dry run: nothing was written" if done.dry_run else None)
    for column in ("articles", "stubs", "files", "passages"):
        table.add_column(column)
    table.add_row(
        f"{done.added} added\n{done.updated} updated\n{done.unchanged} unchanged\n"
        f"{done.removed} marked removed\n{done.pruned} pruned",
        f"{done.stubs_added} added\n{done.stubs_updated} updated\n"
        f"{done.stubs_replaced} replaced by articles",
        f"{done.files} read\n{done.files_unchanged} unchanged\n{len(done.skipped)} skipped records",
        f"{done.passages} cut\n{done.encoded} encoded\n{done.tokens:,} tokens",
    )
    rate = done.tokens / done.encoding_seconds if done.encoding_seconds else 0
    lines: list[RenderableType] = [table]
    lines += [
        Text(f"Skipped {one.path}{f', line {one.line}' if one.line else ''}: {one.reason}")
        for one in done.skipped
    ]
    summary = (
        f"The index holds {done.articles_total:,} articles and {done.stubs_total:,} stubs "
        f"(generation {done.generation}). {done.seconds:.1f} s"
    )
    lines.append(Text(summary + (f", {rate:,.0f} tokens/s." if rate else ".")))
    return Group(*lines)


def status(shown: IndexStatus) -> RenderableType:
    """An index's counts, sizes and model."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    held = ", ".join(f"{name} {size(number)}" for name, number in shown.bytes.items() if number)
    engine = "; ".join(f"{name} by {what}" for name, what in shown.engine.items())
    rows = (
        ("articles", f"{shown.articles:,} and {shown.stubs:,} stubs"),
        ("passages", f"{shown.passages:,} in {shown.segments} segments ({shown.vectors})"),
        ("providers", f"{shown.providers:,}"),
        ("topics", f"{shown.topics:,}"),
        ("generation", f"{shown.generation} (write {shown.sequence} of {shown.catalog_sequence})"),
        ("engine", engine),
        *([("lag", _lag(shown.lag))] if shown.lag != Lag(0, 0.0, 0) else []),
        ("model", f"{shown.model.name}, {shown.model.dimension} dimensions"),
        ("passage", f"up to {shown.model.passage_tokens} tokens"),
        ("on disk", held),
    )
    for name, value in rows:
        table.add_row(name, Text(value))
    return table


def _lag(lag: Lag) -> str:
    behind = f"{lag.writes:,} writes wait to be searched, for {lag.seconds:.0f} s"
    return f"{behind}; {lag.set_aside:,} articles are set aside"


def _hit(hit: Hit) -> list[RenderableType]:
    found = hit.article
    parts = " + ".join(f"{name} {value:.3f}" for name, value in hit.score_parts.items())
    folded = f" (and {hit.duplicates.count} with the same text)" if hit.duplicates.count else ""
    provider = found.provider.name or found.provider.domain or "unknown provider"
    about = " · ".join(
        part
        for part in (provider, date(found.published), "stub" if found.stub else "", found.id)
        if part
    )
    head = Text.assemble(f"\n{hit.rank:>2}. ", (clean(found.title) or "(no title)", "bold"))
    return [
        head,
        Text(f"    {clean(about)}"),
        _aside(f"{hit.score:.3f} = {parts}{folded}"),
        *([_aside(_explained(hit.explanation))] if hit.explanation else []),
        *([_aside(_story(hit.story))] if hit.story else []),
        _shown(hit.passage),
    ]


def _aside(text: str) -> RenderableType:
    return Padding(Text(text, style="dim"), (0, 0, 0, 4), expand=False)


def _story(story: StoryOfHit) -> str:
    return f"story {story.id}: {story.size} articles, {story.providers} outlets"


def _explained(explanation: Mapping[str, Any]) -> str:
    """The words that count, how much of them each field attains, what passages are nearest."""
    terms = ", ".join(f"{clean(one['term'])} {one['weight']:.2f}" for one in explanation["terms"])
    attained = ", ".join(
        f"{field} {share:.2f}" for field, share in explanation["attained"].items() if share
    )
    nearest: dict[str, float] = {}
    for one in sorted(explanation["passages"], key=lambda one: -one["cosine"]):
        nearest.setdefault(one["field"], one["cosine"])
    cosines = ", ".join(f"{field} {cosine:.2f}" for field, cosine in nearest.items())
    return (
        f"words: {terms or 'none'}; attained: {attained or 'none'}\n"
        f"nearest passage by field (cosine): {cosines or 'none'}\n"
        f"words found by: {explanation['words_by']}"
    )


def _shown(passage: HitPassage) -> RenderableType:
    """The passage around its answering sentence (bold), the question's words underlined."""
    anchor = passage.answer or (passage.highlights[0] if passage.highlights else (0, 0))
    start = 0 if anchor[1] < _PASSAGE_CHARS else max(0, anchor[0] - _PASSAGE_CHARS // 4)
    end = min(len(passage.text), start + _PASSAGE_CHARS)
    text = Text(clean(passage.text))
    if passage.answer is not None:
        text.stylize("bold", *passage.answer)
    for left, right in passage.highlights:
        text.stylize("underline", left, right)
    shown = Text.assemble(
        "…" if start else "", text[start:end], "…" if end < len(passage.text) else ""
    )
    lines = (line for line in shown.split("\n") if line.plain.strip())
    return Padding(Text("\n").join(lines), (0, 0, 0, 4), expand=False)


def _providers(rows: tuple[ProviderRow, ...]) -> Table:
    table = Table(title="\nBy provider", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("provider", overflow="fold", min_width=12)
    table.add_column("ranks", overflow="fold", max_width=12)
    table.add_column("after the first", no_wrap=True)
    table.add_column("headline", overflow="fold")
    for row in rows:
        hours = row.framing.lag_hours
        table.add_row(
            escape(clean(row.name or row.domain) or "unknown"),
            ", ".join(map(str, row.ranks)),
            "date unknown" if hours is None else lag(hours),
            escape(clean(row.framing.headline)),
        )
    return table


def date(moment: datetime | None) -> str:
    """A moment to the minute, UTC; empty where unknown."""
    return "" if moment is None else moment.isoformat(" ", "minutes")[:16]
