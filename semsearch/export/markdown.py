"""Results as Markdown: what is quoted, each with the number of its source, and the sources."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import singledispatch
from itertools import chain

from semsearch.export import comparison
from semsearch.export.citations import Reference, references
from semsearch.export.formatting import change_in_words, extent
from semsearch.export.plain import escaped, line
from semsearch.model.article import ArticleView
from semsearch.model.check import CheckedQuotation, DraftCheck
from semsearch.model.check_columns import decisive
from semsearch.model.clusters import DuplicatesFound, GroupView, StoryView
from semsearch.model.comparison import Comparison, Span
from semsearch.model.search import Confidence, Hit, SearchResults, SimilarResults
from semsearch.model.watch import Alert, Alerts

CONFIDENCE = {
    Confidence.HIGH: "The archive seems to answer this.",
    Confidence.LOW: "The archive may not answer this; the nearest articles:",
    Confidence.NONE: "Nothing here answers this; the nearest articles:",
}
_UNWANTED = str.maketrans({"<": "%3C", ">": "%3E", " ": "%20"})

Told = (
    SearchResults
    | SimilarResults
    | DuplicatesFound
    | GroupView
    | StoryView
    | Comparison
    | DraftCheck
    | Alerts
    | ArticleView
)


def markdown(result: Told) -> str:
    """The result with numbered citations."""
    cited = references(result)
    if isinstance(result, Comparison):
        return comparison.told(result, numbers_of(cited), list(sources(cited)))
    lines = chain(_told(result, numbers_of(cited)), ("", "## Sources", ""), sources(cited))
    return "\n".join(lines) + "\n"


def numbers_of(cited: Iterable[Reference]) -> dict[str, int]:
    """The number of each source, by the id of its article."""
    return {one.id: number for number, one in enumerate(cited, start=1)}


def sources(cited: Iterable[Reference]) -> Iterator[str]:
    """A numbered line for each source."""
    for number, one in enumerate(cited, start=1):
        at = f"{one.published:%Y-%m-%d}" if one.published else "no date"
        url = f" <{one.url.translate(_UNWANTED)}>" if one.url else ""
        said = ", ".join(filter(None, (escaped(one.outlet), at)))
        title = escaped(one.title) or "(no headline)"
        stop = "" if title.endswith((".", "!", "?", "…")) else "."
        yield f"{number}. {title}{stop} {said}.{url} `{_code(one.id)}`"


def _code(identity: str) -> str:
    return line(identity).replace("`", "'")


@singledispatch
def _told(result: object, numbers: dict[str, int]) -> Iterator[str]:
    """What stands above the sources."""
    del numbers
    raise TypeError(type(result).__name__)


@_told.register
def _answer(result: SearchResults, numbers: dict[str, int]) -> Iterator[str]:
    yield f"# {escaped(result.query.text)}"
    yield ""
    yield CONFIDENCE[result.answer_confidence] if result.hits else "No article satisfies this."
    for note in result.query.interpreted.notes:
        yield f"Note: {escaped(note)}"
    if result.hits and (result.truncated or result.total > result.hits[-1].rank):
        yield ""
        yield extent(result)
    yield from _hits(result.hits, numbers)


@_told.register
def _similar(result: SimilarResults, numbers: dict[str, int]) -> Iterator[str]:
    yield "# Similar articles"
    for note in result.notes:
        yield ""
        yield f"Note: {escaped(note)}"
    yield from _hits(result.hits, numbers)


@_told.register
def _duplicates(result: DuplicatesFound, numbers: dict[str, int]) -> Iterator[str]:
    yield "# Articles with this text"
    yield ""
    if result.reason:
        yield escaped(result.reason)
    for found in result.duplicates:
        yield (
            f"- {found.relation.value}, probability {found.p_duplicate:.2f}, "
            f"{found.shared_words:,} words shared [{numbers[found.article.id]}]"
        )


@_told.register
def _group(result: GroupView, numbers: dict[str, int]) -> Iterator[str]:
    del numbers
    group = result.group
    yield f"# {escaped(group.title)}"
    yield ""
    yield f"{group.size:,} articles with the same text, by {group.providers:,} outlets."


@_told.register
def _story(result: StoryView, numbers: dict[str, int]) -> Iterator[str]:
    del numbers
    story = result.story
    yield f"# {escaped(story.title)}"
    yield ""
    yield (
        f"{story.size:,} articles by {story.providers:,} outlets, "
        f"{story.origins:,} independent texts, {story.statement}."
    )
    yield ""
    yield result.caution


@_told.register
def _article(result: ArticleView, numbers: dict[str, int]) -> Iterator[str]:
    yield f"# {escaped(result.title)}"
    for text in (result.excerpt, result.body):
        for paragraph in text.splitlines():
            if paragraph.strip():
                yield from ("", f"> {escaped(paragraph)} [{numbers[result.id]}]")


def _hits(hits: Iterable[Hit], numbers: dict[str, int]) -> Iterator[str]:
    for hit in hits:
        yield from ("", f"> {escaped(hit.passage.text)} [{numbers[hit.article.id]}]")


@_told.register
def _check(found: DraftCheck, numbers: dict[str, int]) -> Iterator[str]:
    archive = found.archive
    yield "# What the archive holds of a draft"
    yield ""
    span = ""
    if archive.first and archive.last:
        span = f", {archive.first:%Y-%m-%d} to {archive.last:%Y-%m-%d}"
    yield (
        f"Looked through: {archive.articles:,} articles of {archive.outlets:,} outlets{span}. "
        "What is not found here may stand elsewhere."
    )
    for note in found.notes:
        yield f"Note: {escaped(note)}"
    for title, rows in (
        ("Quotations", [(one.text, _told_of(one), one.source) for one in found.quotations]),
        ("Figures", [(one.text, _named(one.status), one.source) for one in found.figures]),
        ("Sentences", [(one.text, _named(one.status), decisive(one)) for one in found.sentences]),
        ("Copied", [(one.text, f"{one.words:,} words", one.source) for one in found.copied]),
    ):
        if rows:
            yield from ("", f"## {title}", "")
        for text, status, source in rows:
            yield f"- {escaped(text)}: {status}{_where(source, numbers)}"


def _told_of(one: CheckedQuotation) -> str:
    """Its status, and what was changed."""
    changes = [f"{change.kind.value} {escaped(change_in_words(change))}" for change in one.changes]
    return f"{_named(one.status)} ({'; '.join(changes)})" if changes else _named(one.status)


def _named(status: StrEnum) -> str:
    return status.value.replace("_", " ")


def _where(source: Span | None, numbers: dict[str, int]) -> str:
    return f": {escaped(source.text)} [{numbers[source.article]}]" if source else ""


@_told.register
def _alerts(found: Alerts, numbers: dict[str, int]) -> Iterator[str]:
    yield "# Alerts"
    for alert in found.alerts:
        yield from ("", f"## {escaped(alert.title) or '(no headline)'}", "")
        yield f"{escaped(alert.watch_name)}, {alert.at:%Y-%m-%d %H:%M} UTC.{_joined(alert)}"
        for sentence in alert.new:
            yield from ("", f"> {escaped(sentence.text)} [{numbers[alert.article]}]")
        if not alert.new:
            yield from (
                "",
                f"> {escaped(alert.title) or '(no headline)'} [{numbers[alert.article]}]",
            )
    if found.next_before is not None:
        yield from ("", "There are older alerts, which are not listed here.")


def _joined(alert: Alert) -> str:
    more = len(alert.reports) - 1
    again = " New facts beyond what was reported before." if alert.again else ""
    return f"{again} {more} more report{'' if more == 1 else 's'} of it." if more > 0 else again
