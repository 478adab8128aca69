"""A report as tables for a terminal and as Markdown: the same sheets, drawn twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from semsearch.evaluation.measures import Estimate
from semsearch.evaluation.report import EvalReport, JudgedHit, SystemFigures, WorstQuestion
from semsearch.evaluation.watches import Share, WatchReport
from semsearch.export.plain import clean

_NAMES = {"ndcg": "nDCG@{k}", "mrr": "MRR", "recall": "recall@{k}", "hit": "hit@1"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def terminal(report: EvalReport) -> RenderableType:
    """For people at a terminal."""
    parts: list[RenderableType] = [Text(sentence) for sentence in summary(report)]
    parts += [table(sheet) for sheet in sheets(report)]
    for question in report.worst:
        parts.append(Text(f"\n{_heading(question)}", style="bold"))
        parts += [Text(f"  {sentence}") for sentence in question.why]
        parts += [Text(f"  {_hit_line(hit)}") for hit in _shown(question)]
    return Group(*parts)


def markdown(report: EvalReport) -> str:
    """For a file."""
    lines = ["# Evaluation", "", *summary(report)]
    for sheet in sheets(report):
        lines += table_lines(sheet)
    if report.worst:
        lines += ["", "## Worst questions"]
    for question in report.worst:
        lines += ["", f"### {_plain(_heading(question))}", ""]
        lines += [f"- {_plain(sentence)}" for sentence in question.why]
        lines += [f"- {_plain(_hit_line(hit))}" for hit in _shown(question)]
    return "\n".join(lines) + "\n"


def table(sheet: Sheet) -> Table:
    """A sheet for people at a terminal."""
    drawn = Table(title=f"\n{sheet.title}", title_justify="left")
    for column in sheet.columns:
        drawn.add_column(column, overflow="fold")
    for row in sheet.rows:
        drawn.add_row(*(escape(_two_lines(cell)) for cell in row))
    return drawn


def table_lines(sheet: Sheet) -> list[str]:
    """A sheet as lines of Markdown, with its heading."""
    rule = "|---" * len(sheet.columns) + "|"
    head = ["", f"## {sheet.title}", "", _line(sheet.columns), rule]
    return head + [_line(row) for row in sheet.rows]


def summary(report: EvalReport) -> list[str]:
    """What was measured, in sentences, with everything that speaks against the figures."""
    told = [
        (
            f"{report.answerable} answerable and {report.unanswerable} unanswerable questions; "
            f"grade {report.threshold} and above is relevant; intervals are 95 % bootstrap over "
            f"questions ({report.resamples:,} resamples, seed {report.seed}); "
            f"MRR looks at the first {report.depth}."
        )
    ]
    told.append(
        "Systems: " + "; ".join(f"{name} - {what}" for name, what in report.systems.items()) + "."
    )
    if report.unjudged:
        told.append(
            f"Left out for want of a relevant article: {len(report.unjudged)} questions "
            f"({', '.join(report.unjudged[:10])}{', ...' if len(report.unjudged) > 10 else ''})."  # noqa: PLR2004
        )
    missing = report.unresolved
    if missing.articles:
        told.append(
            f"{missing.articles} judged articles are not in the index, {missing.relevant} of them "
            f"relevant; these count as not found: {', '.join(missing.names[:5])}"
            f"{', ...' if missing.articles > 5 else ''}."  # noqa: PLR2004
        )
    return told


def sheets(report: EvalReport) -> Iterator[Sheet]:
    """All tables of a report."""
    measured = [(name, label.format(k=report.k)) for name, label in _NAMES.items()]
    columns = ("system", *(label for _, label in measured), f"judged@{report.k}")
    rows = tuple(
        (one.system, *(cell(one.of(name)) for name, _ in measured), _percent(one.judged))
        for one in report.figures
    )
    yield Sheet("Answerable questions", columns, rows)
    sure = tuple(
        (one.system, _percent_cell(one.recognised), _percent_cell(one.lost))
        for one in report.figures
        if one.recognised is not None or one.lost is not None
    )
    if sure:
        head = ("system", "unanswerable recognised", "answerable lost")
        yield Sheet("Answered with confidence none", head, sure)
    if report.differences:
        yield Sheet(
            "Ours less the best of the others",
            ("system", "measure", "best other", "difference"),
            tuple(
                (
                    one.system,
                    _NAMES[one.measure].format(k=report.k),
                    one.other,
                    _signed(one.difference),
                )
                for one in report.differences
            ),
        )
    for name, label in measured:
        sheet = _by_kind(report, label, lambda one, name=name: one.of(name))  # type: ignore[misc]
        if sheet is not None:
            yield sheet
    lost = _by_kind(report, "answerable lost", lambda one: one.lost)
    if lost is not None:
        yield lost


def _by_kind(
    report: EvalReport, label: str, of: Callable[[SystemFigures], Estimate | None]
) -> Sheet | None:
    """A row per kind, a column per system; None where there is one kind only."""
    rows = []
    systems = [one.system for one in report.figures if of(one) is not None]
    for kind, figures in groupby(report.kinds, key=lambda one: one.kind):
        found = {one.system: of(one) for one in figures}
        number = max((one.questions for one in found.values() if one is not None), default=0)
        if number:
            rows.append((kind, str(number), *(cell(found[name]) for name in systems)))
    if len(rows) < 2:  # noqa: PLR2004
        return None
    return Sheet(f"{label} by kind of question", ("kind", "n", *systems), tuple(rows))


def watches(report: WatchReport) -> RenderableType:
    """How labelled watches did, for people at a terminal."""
    told = [
        f"{len(report.watches)} watches; articles were judged {report.judged:,} times.",
        f"Precision: {_share(report.precision)} alerts are about an event of their watch.",
        f"Recall: {_share(report.recall)} events had an alert.",
        f"Repeats: {_share(report.repeats)} reported events had more than one.",
    ]
    if report.delay_hours is not None:
        told.append(
            f"Delay: {report.delay_hours:g} hours from an event's first article to its alert "
            f"(median), {report.delay_most_hours:g} at most."
        )
    if report.undated:
        told.append(f"{report.undated:,} articles have no date and were not judged.")
    if report.unresolved:
        told.append(
            f"{len(report.unresolved)} labelled articles are not in the index: "
            f"{', '.join(report.unresolved[:5])}{', ...' if len(report.unresolved) > 5 else ''}."  # noqa: PLR2004
        )
    rows = tuple(
        (
            one.name,
            f"{one.right} of {one.alerts}",
            f"{one.reported} of {one.events}",
            str(one.repeated),
        )
        for one in report.watches
    )
    columns = ("watch", "alerts right", "events reported", "repeated")
    parts: list[RenderableType] = [Text(sentence) for sentence in told]
    parts.append(table(Sheet("By watch", columns, rows)))
    for one in report.watches:
        parts += [
            Text(clean(f"{one.name}: wrong, {alert.article}: {alert.title or '(no headline)'}"))
            for alert in one.wrong
        ]
        parts += [Text(clean(f"{one.name}: missed, the event of {name}")) for name in one.missed]
    return Group(*parts)


def _share(one: Share) -> str:
    if one.value is None or one.interval is None:
        return "none of 0"
    low, high = one.interval
    return f"{one.value:.2f} ({low:.2f}–{high:.2f}), {one.right} of {one.n}"


def cell(one: Estimate | None) -> str:
    """A mean with its interval."""
    return "-" if one is None else f"{one.mean:.3f} ({one.low:.2f}–{one.high:.2f})"


def _signed(one: Estimate) -> str:
    return f"{one.mean:+.3f} ({one.low:+.2f} to {one.high:+.2f})"


def _percent(one: Estimate | None) -> str:
    return "-" if one is None else f"{one.mean:.0%}"


def _percent_cell(one: Estimate | None) -> str:
    if one is None:
        return "-"
    return f"{one.mean:.0%} of {one.questions} ({one.low:.0%}–{one.high:.0%})"


def _two_lines(cell: str) -> str:
    """The interval under its mean: six systems fit into 80 characters."""
    mean, _, interval = cell.partition(" (")
    return f"{mean}\n{interval.removesuffix(')')}" if interval else cell


def _heading(question: WorstQuestion) -> str:
    return f"{question.id} ({question.kind}), nDCG {question.ndcg:.3f}: {question.text}"


def _shown(question: WorstQuestion) -> tuple[JudgedHit, ...]:
    """The first hits, and the first relevant one where it is not among them."""
    first = question.first_relevant
    if first is None or first in question.hits:
        return question.hits
    return (*question.hits, first)


def _hit_line(hit: JudgedHit) -> str:
    grade = "unjudged" if hit.grade is None else f"grade {hit.grade}"
    day = "" if hit.published is None else hit.published.strftime("%Y-%m-%d")
    about = ", ".join(part for part in (hit.provider or "unknown provider", day) if part)
    parts = " + ".join(f"{name} {value:.3f}" for name, value in hit.score_parts.items())
    title = hit.title or "(no title)"
    return f"{hit.rank}. [{grade}] {title} ({about}): {hit.score:.3f} = {parts}"


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Text that Markdown does not read as markup."""
    flat = " ".join(text.split())
    for mark in "\\`*_|<>#[]":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
