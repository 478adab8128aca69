"""Replay a watch: what it would have reported over a period, without writing anything.

Articles are judged in order of publication, against the archive as it is now: its words are weighed
and its stories found with what came later. Alerts and reports are remembered here alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from semsearch.ask.search import Searcher
from semsearch.errors import InvalidFilterError
from semsearch.library import Library
from semsearch.model.arguments import moment_given
from semsearch.model.watch import Alert, Replay, ReplayedAlert
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.watch.judging import Judge
from semsearch.watch.reporting import Memory

_BEFORE_ALL = -1


@dataclass(frozen=True, slots=True)
class Replayed:
    """What watches would have reported: alerts in order, each with the articles that joined it."""

    alerts: tuple[tuple[Alert, tuple[str, ...]], ...]
    judged: int


def judge_in_order(
    library: Library,
    searcher: Searcher,
    watches: Sequence[StoredWatch],
    pks: Sequence[int],
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Replayed:
    """Judge articles for watches in the order of their keys as given; nothing is written."""
    judge = Judge(library, searcher, clock)
    judge.load([replace(watch, since=_BEFORE_ALL) for watch in watches])
    snapshot, memory, judged = library.snapshot(), Memory(durable=False), 0
    for arrived in judge.arrivals(pks, snapshot):
        judge.judge(arrived, snapshot, memory)
        judged += 1
    joined: dict[str, list[str]] = {}
    for new in memory.reports.values():
        joined.setdefault(new.alert, []).append(new.article)
    alerts = tuple((alert, tuple(joined.get(alert.id, ()))) for alert, _ in memory.alerts)
    return Replayed(alerts, judged)


def replay(
    library: Library,
    searcher: Searcher,
    watch: StoredWatch,
    since: str | date,
    until: str | date,
) -> Replay:
    """What a watch would have reported of the articles published over a period.

    See ``Index.replay_watch``.
    """
    first, last = _period(since, until)
    with library.consistent_read():
        dated, undated = library.catalog.pks_published(first, last)
        found = judge_in_order(library, searcher, [watch], dated)
    return Replay(
        watch=watch.spec.name,
        since=first,
        until=last,
        judged=found.judged,
        undated=undated,
        alerts=tuple(
            ReplayedAlert(
                article=alert.article,
                title=alert.title,
                provider=alert.provider,
                published=alert.published,
                story=alert.story,
                score=alert.score,
                confidence=alert.confidence,
                new=tuple(sentence.text for sentence in alert.new),
                reports=reports,
                again=alert.again is not None,
            )
            for alert, reports in found.alerts
        ),
    )


def _period(since: str | date, until: str | date) -> tuple[datetime, datetime]:
    first, last = moment_given(since), moment_given(until, after=True)
    if first is None or last is None:
        raise InvalidFilterError("A replay needs a first and a last day.")
    if first >= last:
        raise InvalidFilterError(
            f"The period ends before it begins: from {first:%Y-%m-%d}, "
            f"but to {last - timedelta(seconds=1):%Y-%m-%d}.",
            "Swap the two dates.",
        )
    return first, last
