"""Results as tables and text for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from semsearch.export.formatting import extent, lag, moment, size
from semsearch.export.plain import clean
from semsearch.model.article import ArticleView, DatePrecision
from semsearch.model.search import (
    Confidence,
    Hit,
    HitPassage,
    ProviderFraming,
    ProviderRow,
    SearchResults,
    SimilarResults,
    StoryOfHit,
)
from semsearch.model.status import FeedCounts, IndexReport, IndexStatus, Lag, Understood

if TYPE_CHECKING:  # a command imports the engines when it runs
    from semsearch.maintain.purge import Purged

_PASSAGE_CHARS = 420
_MOST_COLLISIONS = 20
_CONFIDENCE = {
    Confidence.HIGH: "The archive seems to answer this.",
    Confidence.LOW: "The archive may not answer this; the nearest articles:",
    Confidence.NONE: "Nothing here answers this; the nearest articles:",
}


def notes(said: Iterable[str]) -> list[RenderableType]:
    """What an answer says of how it was asked, a line each."""
    return [Text(f"Note: {note}", style="italic") for note in said]


def search_results(results: SearchResults) -> RenderableType:
    """An answer: hits, then one row per outlet."""
    parts = notes(results.query.interpreted.notes)
    if not results.hits:
        return Group(*parts, Text("No article satisfies this."))
    parts.append(Text(_CONFIDENCE[results.answer_confidence], style="italic"))
    for hit in results.hits:
        parts += _hit(hit)
    parts.append(_providers(results.providers))
    parts.append(Text(extent(results), style="dim"))
    parts.append(Text(f"Generation {results.generation}, {results.took_ms:.1f} ms", style="dim"))
    return Group(*parts, *more(results.next_page_token))


def more(token: str | None) -> list[RenderableType]:
    """How a list goes on."""
    return [] if token is None else [Text(f"More: --page {token}", style="dim")]


def beside_a_file(result: object) -> Iterator[str]:
    """What a table or citations of a result have no place for, in sentences."""
    if isinstance(result, SearchResults):
        hits = result.hits
        yield from result.query.interpreted.notes
        if not hits:
            yield "No article satisfies this."
        elif result.answer_confidence is not Confidence.HIGH:
            yield _CONFIDENCE[result.answer_confidence]
        if hits and (result.truncated or result.total > hits[-1].rank):
            yield extent(result)
    else:  # by name, as a question needs none of the other classes
        yield from getattr(result, "notes", ())
    if token := getattr(result, "next_page_token", None):
        yield f"More: --page {token}"


def similar_results(results: SimilarResults) -> RenderableType:
    """Articles like another."""
    parts = notes(results.notes)
    if not results.hits:
        return Group(*parts, Text("No other article satisfies this."))
    return Group(*parts, *(part for hit in results.hits for part in _hit(hit)))


def article(article: ArticleView) -> RenderableType:
    """One article whole."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows = (
        ("id", article.id),
        ("provider", f"{article.provider.name} {article.provider.domain}".strip()),
        (
            "published",
            date(article.published, article.precision)
            + (" (zone assumed)" if article.zone_assumed else ""),
        ),
        ("url", article.url),
        ("topics", ", ".join(article.topics)),
        ("held", article.basis.value + (", stub" if article.stub else "")),
        ("quality", "" if article.quality is None else str(article.quality)),
        ("related", ", ".join(link.id for link in article.related)),
    )
    for name, value in rows:
        if value.strip():
            table.add_row(name, Text(clean(value)))
    texts = [Text(clean(text)) for text in (article.excerpt, article.body) if text.strip()]
    spaced: list[RenderableType] = []
    for text in texts:
        spaced += [Text(""), text]
    title = Text(clean(article.title) or "(no title)", style="bold")
    return Group(title, table, *spaced)


def report(report: IndexReport) -> RenderableType:
    """What indexing did, and every record that was skipped."""
    title = "Dry run: nothing was written" if report.dry_run else None
    table = Table("articles", "stubs", "files", "passages", title=title)
    table.add_row(
        f"{report.added} added\n{report.updated} changed\n{report.unchanged} unchanged\n"
        f"{report.removed} marked removed\n{report.pruned} pruned",
        f"{report.stubs_added} added\n{report.stubs_updated} changed\n"
        f"{report.stubs_replaced} became articles",
        f"{report.files} read\n{report.files_unchanged} unchanged\n"
        f"{len(report.skipped)} skipped records",
        f"{report.passages} cut\n{report.encoded} encoded\n{report.tokens:,} tokens",
    )
    rate = report.tokens / report.encoding_seconds if report.encoding_seconds else 0
    lines: list[RenderableType] = [table]
    lines += [Text(f"Skipped {_place(one.path, one.line)}: {one.reason}") for one in report.skipped]
    lines += map(Text, _found(report))
    lines += [Text(_understood(place, one)) for place, one in enumerate(report.understood, 1)]
    summary = (
        f"The index holds {report.articles_total:,} articles and {report.stubs_total:,} stubs "
        f"(generation {report.generation}). {report.seconds:.1f} s"
    )
    lines.append(Text(summary + (f", {rate:,.0f} tokens/s." if rate else ".")))
    lines += [Text(f"Next: {step}") for step in report.next]
    return Group(*lines)


def _found(report: IndexReport) -> Iterator[str]:
    """What a run read otherwise than it stands, or did not read, a line for each kind."""
    if report.passed_over:
        kinds = ", ".join(f"{number:,} {kind}" for kind, number in report.passed_over.items())
        yield f"Passed over: {kinds}."
    if report.unread_dates.records:
        examples = ", ".join(f'"{text}"' for text in report.unread_dates.examples)
        yield f"Dates not read: {report.unread_dates.records:,}, such as {examples}."
    for missing in report.without_text:
        told = f"their longest unknown field is {missing.field}" if missing.field else "title only"
        place = _place(missing.path, missing.line)
        yield f"Records without text: {missing.records:,}, {told}; the first is {place}."
    for note in report.notes:
        yield f"Note: {note.text}: {note.records:,}, the first is {_place(note.path, note.line)}."
    for one in report.collisions[:_MOST_COLLISIONS]:
        places = f"{_place(one.path, one.line)} and {_place(one.later_path, one.later_line)}"
        yield f"One id, two texts: {one.id} in {places}; the later is kept."
    if len(report.collisions) > _MOST_COLLISIONS:
        yield f"One id, two texts: {len(report.collisions):,} in all; --json lists them."


def _understood(place: int, one: Understood) -> str:
    outlet = one.provider.name or one.provider.domain or "no outlet"
    if one.provider.domain and one.provider.domain != outlet:
        outlet += f" ({one.provider.domain})"
    form = "%Y-%m-%d" if one.precision is DatePrecision.DAY else "%Y-%m-%d %H:%M UTC"
    date = one.published.strftime(form) if one.published else "no date"
    texts = f"excerpt {one.excerpt_chars:,} characters, body {one.body_chars:,}"
    topics = f"topics {', '.join(one.topics)}" if one.topics else "no topics"
    lines = [
        f"{place}. {one.title or '(no title)'}",
        f"{_place(one.path, one.line)}; id {one.id}",
        f"{outlet}; {date}; {one.url or 'no address'}",
        "; ".join(filter(None, (texts, topics, one.category, one.language))),
    ]
    if one.others:
        lines.append(f"kept, and not understood: {', '.join(one.others)}")
    return "\n   ".join(lines)


def _place(path: str, line: int | None) -> str:
    return f"{path}, line {line}" if line else path


def purged(purged: "Purged") -> str:
    """What was purged, and a line for each place where something stays."""
    lines = [f"Purged {len(purged.purged)} (generation {purged.generation})."]
    lines += [f"Stays: {one.what} - {one.where} - until: {one.until}" for one in purged.remains]
    return "\n".join(lines)


def status(status: IndexStatus) -> RenderableType:
    """An index's counts, sizes and model."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    sizes = ", ".join(f"{name} {size(number)}" for name, number in status.bytes.items() if number)
    engine = "; ".join(f"{name} by {what}" for name, what in status.engine.items())
    rows = (
        ("articles", f"{status.articles:,} and {status.stubs:,} stubs"),
        ("passages", f"{status.passages:,} in {status.segments} segments ({status.vectors})"),
        ("outlets", f"{status.providers:,}"),
        ("topics", f"{status.topics:,}"),
        (
            "generation",
            f"{status.generation} (write {status.sequence} of {status.catalog_sequence})",
        ),
        ("engine", engine),
        *([("lag", _lag(status.lag))] if status.lag != Lag(0, 0.0, 0) else []),
        *([("feeds", _feeds(status.feeds))] if status.feeds.total else []),
        ("model", f"{status.model.name}, {status.model.dimension} dimensions"),
        ("passage", f"up to {status.model.passage_tokens} tokens"),
        ("on disk", sizes),
    )
    for name, value in rows:
        table.add_row(name, Text(value))
    return table


def _feeds(feeds: FeedCounts) -> str:
    states = ", ".join(f"{number:,} {state}" for state, number in feeds.by_state.items() if number)
    late = f"; {feeds.overdue:,} overdue: no process polls them" if feeds.overdue else ""
    return f"{feeds.total:,} ({states}){late}"


def _lag(lag: Lag) -> str:
    behind = f"{lag.writes:,} writes wait to be searched, for {lag.seconds:.0f} s"
    related = f"{lag.unrelated:,} are not related to other articles yet"
    return f"{behind}; {related}; {lag.set_aside:,} articles are set aside"


def _hit(hit: Hit) -> list[RenderableType]:
    article = hit.article
    about = " · ".join(
        part
        for part in (
            article.provider.name or article.provider.domain or "unknown outlet",
            date(article.published, article.precision),
            "stub" if article.stub else "",
        )
        if part
    )
    copies = f"and {hit.duplicates.count} with the same text" if hit.duplicates.count else ""
    beside = " · ".join(part for part in (copies, _story(hit.story)) if part)
    address = " · ".join(part for part in (article.url, f"id {article.id}") if part)
    head = Text.assemble(f"\n{hit.rank:>2}. ", (clean(article.title) or "(no title)", "bold"))
    return [
        head,
        Text(f"    {clean(about)}"),
        _passage(hit.passage),
        *([_aside(beside)] if beside else []),
        _aside(clean(address)),
        *([_aside(_score(hit)), _aside(_explanation(hit.explanation))] if hit.explanation else []),
    ]


def _score(hit: Hit) -> str:
    parts = " + ".join(f"{name} {value:.3f}" for name, value in hit.score_parts.items())
    return f"{hit.score:.3f} = {parts}"


def _aside(text: str) -> RenderableType:
    return Padding(Text(text, style="dim"), (0, 0, 0, 4), expand=False)


def _story(story: StoryOfHit | None) -> str:
    if story is None:
        return ""
    outlets = f"{story.providers} outlets"
    if story.providers == 1:
        outlets = f"1 outlet, {story.statement}"
    return f"story {story.id}: {story.size} articles, {outlets}"


def _explanation(explanation: Mapping[str, Any]) -> str:
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


def _passage(passage: HitPassage) -> RenderableType:
    """The passage around its answering sentence (bold), the question's words underlined."""
    anchor = passage.answer or (passage.highlights[0] if passage.highlights else (0, 0))
    start = 0 if anchor[1] < _PASSAGE_CHARS else max(0, anchor[0] - _PASSAGE_CHARS // 4)
    end = min(len(passage.text), start + _PASSAGE_CHARS)
    text = Text(clean(passage.text))
    if passage.answer is not None:
        text.stylize("bold", *passage.answer)
    for left, right in passage.highlights:
        text.stylize("underline", left, right)
    excerpt = Text.assemble(
        "…" if start else "", text[start:end], "…" if end < len(passage.text) else ""
    )
    lines = (line for line in excerpt.split("\n") if line.plain.strip())
    return Padding(Text("\n").join(lines), (0, 0, 0, 4), expand=False)


def _providers(rows: tuple[ProviderRow, ...]) -> Table:
    table = listing(
        Column("outlet", overflow="fold", min_width=12),
        Column("ranks", overflow="fold", max_width=12),
        fixed("after the first"),
        folded("headline"),
        title="\nBy outlet",
    )
    for row in rows:
        table.add_row(
            escape(clean(row.name or row.domain) or "unknown"),
            ", ".join(map(str, row.ranks)),
            _reported(row.framing),
            escape(clean(row.framing.headline)),
        )
    return table


def _reported(framing: ProviderFraming) -> str:
    """How long after the first article of the story; of an article that is not of it, when."""
    if framing.lag_hours is None:
        return moment(framing.published, framing.precision)
    return lag(framing.lag_hours, framing.lag_precision)


def listing(*columns: Column, title: str | None = None) -> Table:
    """A table with a line below its head and no other."""
    return Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def folded(name: str, ratio: int | None = None) -> Column:
    """A column whose texts are broken where they do not fit."""
    return Column(name, overflow="fold", ratio=ratio)


def fixed(name: str) -> Column:
    """A column that is as wide as its longest text."""
    return Column(name, no_wrap=True)


def numeric(name: str) -> Column:
    """A column of numbers."""
    return Column(name, justify="right", no_wrap=True)


def date(at: datetime | None, precision: DatePrecision = DatePrecision.TIME) -> str:
    """A moment to the minute, UTC, or a day; empty where unknown."""
    return "" if at is None else moment(at, precision)
