"""Relations, duplicates and stories as tables and text for a terminal."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from semsearch.cli.render import date, fixed, folded, listing, more, notes, numeric
from semsearch.export.formatting import lag
from semsearch.export.plain import clean
from semsearch.model.clusters import (
    DuplicateGroup,
    DuplicateGroups,
    DuplicatesFound,
    Stories,
    Story,
    StoryView,
    Thread,
)
from semsearch.model.relation import Agreement, Change, Lineage, Relation
from semsearch.model.search import ArticleSummary

_MOST_CHANGES = 20
_SHOWN_SPANS = 5
_SPAN_CHARS = 160


def relation(relation: Relation, a: str, b: str) -> RenderableType:
    """The relation of two articles with its evidence."""
    why = relation.reason or relation.statement
    lines: list[RenderableType] = [
        Text.assemble((relation.relation.value, "bold"), f": {clean(why)}"),
        Text(
            "  ".join(
                f"{kind} {getattr(relation.probabilities, kind):.2f}"
                for kind in ("copy", "edited", "story", "related", "unrelated")
            )
            + f"  (same text: {relation.p_duplicate:.2f})",
            style="dim",
        ),
    ]
    lines += [Text(f"rests on {clean(signal)}") for signal in relation.evidence.rested_on]
    lines += [Text(line) for line in _both(relation)]
    lines.append(_evidence(relation, a, b))
    if relation.evidence.changes:
        lines.append(_changes(relation.evidence.changes))
    if relation.lineage is not None:
        lines.append(_lineage(relation.lineage))
    spans = [span for span in relation.evidence.shared if not span.boilerplate][:_SHOWN_SPANS]
    if spans:
        lines.append(Text("Longest runs of words that both have:"))
        lines += [_indented(f"{span.words} words: {span.text}") for span in spans]
    return Group(*lines)


def _both(relation: Relation) -> list[str]:
    """What is said of the pair, not of a side."""
    by_field = (
        (name, getattr(relation.evidence.cosine, name))
        for name in ("title", "excerpt", "body", "lead")
    )
    cosines = ", ".join(f"{name} {value:.2f}" for name, value in by_field if value is not None)
    hours = relation.evidence.hours_apart
    apart = "" if hours is None else f"{abs(hours):,.1f} hours apart"
    return [line for line in (cosines and f"cosine: {cosines}", apart) if line]


def _evidence(relation: Relation, a: str, b: str) -> Table:
    evidence = relation.evidence
    table = listing(Column("evidence"), folded(f"A {clean(a)}"), folded(f"B {clean(b)}"))
    table.add_row("words compared", f"{evidence.words_a:,}", f"{evidence.words_b:,}")
    table.add_row(
        "of its text the other has",
        f"{evidence.containment_a:.0%}",
        f"{evidence.containment_b:.0%}",
    )
    for name in ("names", "numbers", "months", "regions"):
        agreement: Agreement = getattr(evidence, name)
        if agreement.agree:
            table.add_row(f"{name} in both", escape(_list(agreement.agree)), "")
        if agreement.only_a or agreement.only_b:
            label = f"{name} that conflict" if agreement.conflict else f"{name} in one only"
            table.add_row(label, escape(_list(agreement.only_a)), escape(_list(agreement.only_b)))
    return table


def _changes(changes: Sequence[Change]) -> RenderableType:
    lines: list[RenderableType] = [Text("Changed (A → B):")]
    for change in changes[:_MOST_CHANGES]:
        one, other = (clean(span.text) if span else "(nothing)" for span in (change.a, change.b))
        lines.append(_indented(f"{change.kind.value}: {one} → {other}"))
    if len(changes) > _MOST_CHANGES:
        lines.append(_indented(f"and {len(changes) - _MOST_CHANGES} more"))
    return Group(*lines)


def _lineage(lineage: Lineage) -> RenderableType:
    first = (
        "the original is not known"
        if lineage.first is None
        else (f"{lineage.first.upper()} came first")
    )
    source = f" from {lineage.source}" if lineage.source else ""
    lines: list[RenderableType] = [
        Text(f"Lineage: {lineage.kind.value.replace('_', ' ')}{clean(source)}; {first}")
    ]
    lines += [_indented(reason) for reason in lineage.reasons]
    added, cut = (
        sum(span.end - span.start for span in spans) for spans in (lineage.added, lineage.cut)
    )
    kept = sum(span.end_a - span.start_a for span in lineage.kept)
    changed = (
        f"only in A {cut:,}, only in B {added:,}"
        if lineage.first is None
        else f"added {added:,}, cut {cut:,}"
    )
    lines.append(_indented(f"kept {kept:,}, {changed} characters"))
    return Group(*lines)


def duplicates(matches: DuplicatesFound) -> RenderableType:
    """What the index holds of one text."""
    if not matches.duplicates:
        text = f"No article here has this text ({matches.compared} compared)."
        return Text(f"{text} {clean(matches.reason)}".strip())
    table = listing(
        fixed("p"), fixed("relation"), folded("article", ratio=3), folded("why", ratio=2)
    )
    for match in matches.duplicates:
        table.add_row(
            f"{match.p_duplicate:.2f}",
            match.relation.value,
            _titled(match.article),
            Text(clean("; ".join(match.rested_on[:2]))),
        )
    return table


def groups(page: DuplicateGroups) -> RenderableType:
    """Duplicate groups, each with its original and a table of its members."""
    parts = notes(page.notes)
    if not page.groups:
        return Group(*parts, Text("No group matches."))
    parts.append(Text(f"{_count(page.total, 'group', 'groups')} of copies and edited copies"))
    for group in page.groups:
        parts += [Text(""), Text(clean(group.title), style="bold"), _members(group)]
    parts += more(page.next_page_token)
    return Group(*parts)


def _members(group: DuplicateGroup) -> Table:
    columns = map(fixed, ("relation", "p", "published", "after"))
    table = listing(*columns, folded("outlet and id"))
    for member in group.members:
        table.add_row(
            _standing(group) if member.relation is None else member.relation.value,
            "" if member.p_duplicate is None else f"{member.p_duplicate:.2f}",
            date(member.article.published, member.article.precision),
            "" if member.lag_hours is None else lag(member.lag_hours, member.lag_precision),
            Text.assemble(_outlet(member.article), "\n", (clean(member.article.id), "dim")),
        )
    return table


def _standing(group: DuplicateGroup) -> str:
    return "original" if group.original_known else "shown first (original is not known)"


def stories(page: Stories) -> RenderableType:
    """Stories, one a row."""
    if not page.stories:
        return Group(*notes(page.notes), Text("No story matches."))
    title = _count(page.total, "story", "stories")
    counts = map(numeric, ("articles", "origins", "outlets"))
    table = listing(folded("story and id"), *counts, fixed("first, last"), title=title)
    for story in page.stories:
        table.add_row(
            Text.assemble(clean(story.title), "\n", (story.id + _doubt(story), "dim")),
            str(story.size),
            str(story.origins),
            str(story.providers),
            _days(story.first_seen, story.last_seen),
        )
    return Group(table, *more(page.next_page_token))


def _doubt(story: Story) -> str:
    return f", {story.statement}" if story.providers == 1 else ""


def story(view: StoryView) -> RenderableType:
    """One story: its outlets in order of their first report, its articles in order of time."""
    head = view.story
    providers = listing(
        folded("outlet"),
        fixed("first report"),
        fixed("after"),
        numeric("articles"),
        title="\nOutlets",
    )
    for row in view.providers:
        providers.add_row(
            escape(clean(row.name or row.domain) or "unknown"),
            date(row.first_published, row.precision),
            lag(row.lag_hours, row.lag_precision),
            str(len(row.articles)),
        )
    headline = folded("headline, outlet and id")
    members = listing(fixed("published"), headline, title="\nArticles")
    for member in view.members:
        members.add_row(
            date(member.article.published, member.article.precision), _titled(member.article)
        )
    events = [
        Text(f"{event.at:%Y-%m-%d %H:%M}: {event.story} {_event(event.event)} {event.other}")
        for event in view.events
    ]
    counts = (
        f"{head.size} articles, {head.origins} independent texts, {head.providers} outlets, "
        f"{head.statement}"
    )
    thread = [] if view.thread is None else [_thread(view.thread, head.id)]
    title = Text(clean(head.title), style="bold")
    return Group(title, Text(counts), Text(view.caution), providers, members, *thread, *events)


def _thread(thread: Thread, here: str) -> RenderableType:
    """The stories and articles that a story continues or that continue it, in order of time."""
    headline = folded("story or headline, and id")
    title = f"\nThread: what continues it, {thread.size:,} articles"
    table = listing(fixed("first, last"), numeric("articles"), headline, title=title)
    for one in thread.stories:
        name = f"{one.id}, this story" if one.id == here else one.id
        about = Text.assemble(clean(one.title), "\n", (name, "dim"))
        table.add_row(_days(one.first_seen, one.last_seen), str(one.size), about)
    for article in thread.articles:
        table.add_row(_days(article.published, None), "1", _titled(article))
    more = [Text("There may be more; ask for another of these stories.")] if thread.cut else []
    return Group(table, *more)


def _titled(article: ArticleSummary) -> Text:
    about = f"{_outlet(article)} · {clean(article.id)}"
    return Text.assemble(clean(article.title) or "(no title)", "\n", (about, "dim"))


def _event(event: str) -> str:
    return {"merged": "was merged into", "split": "was split off"}.get(event, event)


def _days(first: datetime | None, last: datetime | None) -> str:
    """The first day and the last, each once."""
    days = (moment.date().isoformat() for moment in (first, last) if moment is not None)
    return "\n".join(dict.fromkeys(days))


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _outlet(article: ArticleSummary) -> str:
    return clean(article.provider.name or article.provider.domain) or "unknown"


def _list(values: Iterable[str]) -> str:
    return clean(", ".join(values))


def _indented(text: str) -> RenderableType:
    line = " ".join(text.split())
    cut = line if len(line) <= _SPAN_CHARS else f"{line[: _SPAN_CHARS - 1]}…"
    return Padding(Text(clean(cut)), (0, 0, 0, 4), expand=False)
