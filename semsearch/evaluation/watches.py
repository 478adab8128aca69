"""Labelled watches: what each should report, and how well a replay of it does.

A file has one watch a line, as JSON; docs/evaluate.md has the format.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

from pydantic import TypeAdapter, ValidationError

from semsearch.errors import InvalidRequestError
from semsearch.evaluation.audit_score import wilson
from semsearch.evaluation.questions import lines_of, reason_of
from semsearch.index import Index
from semsearch.model.search import Confidence
from semsearch.model.watch import Replay, ReplayedAlert, WatchSpec

_FIRST, _LAST = "0001-01-02", "9999-12-30"
_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A line of the file as it stands there; articles by id or by the name of their file."""

    events: tuple[tuple[str, ...], ...]
    again: tuple[str, ...] = ()
    name: str = ""
    question: str = ""
    similar: str = ""
    story: str = ""
    provider: tuple[str, ...] = ()
    filter: dict[str, object] | None = None
    min_confidence: Confidence = Confidence.HIGH
    since: str = _FIRST
    until: str = _LAST


@dataclass(frozen=True, slots=True)
class LabelledWatch:
    """A watch and what it should report; articles by id.

    Attributes:
        events: Of each event that it should report once the articles that report it.
        again: Articles whose new facts may raise another alert for an event.
        since, until: The days that are replayed.
    """

    spec: WatchSpec
    events: tuple[frozenset[str], ...]
    again: frozenset[str]
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class LabelledWatches:
    """A labelled file; ``unresolved`` are names of articles that the index does not hold."""

    watches: tuple[LabelledWatch, ...]
    unresolved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How often something held: ``value`` is ``right / n``, with Wilson's 95 % interval.

    Both are None where it could not hold at all.
    """

    right: int
    n: int
    value: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class WrongAlert:
    """An alert about none of the events that its watch should report."""

    article: str
    title: str


@dataclass(frozen=True, slots=True)
class WatchOutcome:
    """How one watch did.

    Attributes:
        alerts: How many it made; ``right`` of them are about an event that it should report.
        events: How many it should report; ``reported`` of them had an alert.
        repeated: How many had an alert more than once, by articles that may not raise one again.
        wrong: The other alerts.
        missed: Of each event without an alert one article.
        delays: Of each reported event, in hours: from its first article to that of its alert.
    """

    name: str
    alerts: int
    right: int
    events: int
    reported: int
    repeated: int
    wrong: tuple[WrongAlert, ...]
    missed: tuple[str, ...]
    delays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class WatchReport:
    """How labelled watches did in a replay.

    Attributes:
        precision: Of all alerts those about an event that their watch should report.
        recall: Of all events those that had an alert.
        repeats: Of the reported events those that had one more than once.
        delay_hours, delay_most_hours: From an event's first article to that of its alert, median
            and most; None where nothing was reported.
        judged: How often an article was judged for a watch.
        undated: Articles that could not be judged, for want of a date.
        unresolved: Labelled articles that the index does not hold.
    """

    precision: Share
    recall: Share
    repeats: Share
    delay_hours: float | None
    delay_most_hours: float | None
    judged: int
    undated: int
    unresolved: tuple[str, ...]
    watches: tuple[WatchOutcome, ...]


def read_watches(path: Path, index: Index) -> LabelledWatches:
    """Read labelled watches, one JSON object a line.

    Raises:
        NotFoundError: There is no such file.
        InvalidRequestError: A line cannot be read, an article stands in two events of a watch, or
            the index holds none of the articles; names the line.
    """
    adapter = TypeAdapter(_Line)
    read: list[_Line] = []
    for number, line in lines_of(path, "docs/evaluate.md says how such a file is written."):
        try:
            read.append(_checked(adapter.validate_python(_renamed(json.loads(line)))))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            reason = f"{where}: {first['msg']}" if where else first["msg"]
            raise InvalidRequestError(f"{path}, line {number}: {reason}.") from None
        except (ValueError, RecursionError) as error:
            raise InvalidRequestError(f"{path}, line {number}: {reason_of(error)}.") from None
    if not read:
        raise InvalidRequestError(f"{path} holds no watches.")
    named = {name for line in read for event in line.events for name in event}
    ids = index.ids_of(named | {name for line in read for name in (*line.again, line.similar)})
    if named and not named & ids.keys():
        raise InvalidRequestError(
            f"None of the {len(named):,} labelled articles is in the index.",
            "Name articles by their id (semsearch search shows it) or by their file's name "
            "without its ending, and check --index.",
        )
    return LabelledWatches(
        tuple(_labelled(line, ids) for line in read), tuple(sorted(named - ids.keys()))
    )


def evaluate_watches(
    labelled: LabelledWatches, index: Index, on_progress: Callable[[int, int], None]
) -> WatchReport:
    """Replay each watch over its days, and compare with what it should report."""
    outcomes: list[WatchOutcome] = []
    judged = undated = 0
    for done, one in enumerate(labelled.watches):
        on_progress(done, len(labelled.watches))
        replay = index.replay_watch(one.spec, one.since, one.until)
        first = first_articles(index, one.events)
        outcomes.append(outcome_of(one, replay, first))
        judged, undated = judged + replay.judged, max(undated, replay.undated)
    on_progress(len(labelled.watches), len(labelled.watches))
    delays = [hours for outcome in outcomes for hours in outcome.delays]
    reported = sum(one.reported for one in outcomes)
    return WatchReport(
        precision=share(sum(one.right for one in outcomes), sum(one.alerts for one in outcomes)),
        recall=share(reported, sum(one.events for one in outcomes)),
        repeats=share(sum(one.repeated for one in outcomes), reported),
        delay_hours=round(median(delays), 2) if delays else None,
        delay_most_hours=round(max(delays), 2) if delays else None,
        judged=judged,
        undated=undated,
        unresolved=labelled.unresolved,
        watches=tuple(outcomes),
    )


def first_articles(index: Index, events: Sequence[frozenset[str]]) -> tuple[datetime | None, ...]:
    """When the first article of each event was published; None where no date is known."""
    held = index.articles(sorted(frozenset().union(*events)))
    return tuple(
        min(
            (at for name in event if name in held and (at := held[name].published) is not None),
            default=None,
        )
        for event in events
    )


def outcome_of(
    labelled: LabelledWatch, replay: Replay, first: Sequence[datetime | None]
) -> WatchOutcome:
    """How a watch did."""
    event_of = {name: place for place, event in enumerate(labelled.events) for name in event}
    right = 0
    wrong: list[WrongAlert] = []
    told: Counter[int] = Counter()
    delays: dict[int, float] = {}
    for alert in replay.alerts:
        event = _about(alert, event_of)
        if event is None:
            wrong.append(WrongAlert(alert.article, alert.title))
            continue
        right += 1
        if event not in told or alert.article not in labelled.again:
            told[event] += 1
        began = first[event]
        if event not in delays and began is not None and alert.published is not None:
            delays[event] = max((alert.published - began).total_seconds(), 0.0) / _HOUR
    return WatchOutcome(
        name=replay.watch,
        alerts=len(replay.alerts),
        right=right,
        events=len(labelled.events),
        reported=len(told),
        repeated=sum(times > 1 for times in told.values()),
        wrong=tuple(wrong),
        missed=tuple(
            min(event) for place, event in enumerate(labelled.events) if place not in told
        ),
        delays=tuple(round(hours, 2) for _, hours in sorted(delays.items())),
    )


def share(right: int, n: int) -> Share:
    """How often something held, of so many times."""
    return Share(right, n, round(right / n, 4) if n else None, wilson(right, n) if n else None)


def _about(alert: ReplayedAlert, event_of: Mapping[str, int]) -> int | None:
    """The event of an alert: of its article, else of the first labelled one that joined it."""
    for name in (alert.article, *alert.reports):
        if name in event_of:
            return event_of[name]
    return None


def _renamed(fields: object) -> object:
    """``from`` and ``to``, which cannot be names of fields here."""
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - told with the line
    own = {"from": "since", "to": "until"}
    unknown = sorted(set(fields) - set(_Line.__dataclass_fields__) - set(own))
    if unknown or set(own.values()) & set(fields):
        raise ValueError(f"there is no field {(unknown or ['since'])[0]}")
    return {own.get(name, name): value for name, value in fields.items()}


def _checked(line: _Line) -> _Line:
    if sum(map(bool, (line.question.strip(), line.similar, line.story))) != 1:
        raise ValueError("say one of question, similar and story")
    times = Counter(name for event in line.events for name in set(event))
    for name, number in times.items():
        if number > 1:
            raise ValueError(f"{name} stands in two events")
    if not all(line.events):
        raise ValueError("an event has no articles")
    return line


def _labelled(line: _Line, ids: Mapping[str, str]) -> LabelledWatch:
    spec = WatchSpec(
        name=line.name,
        question=line.question,
        similar=ids.get(line.similar, line.similar),
        story=line.story,
        provider=line.provider,
        filter=line.filter,
        min_confidence=line.min_confidence,
    )
    return LabelledWatch(
        spec,
        tuple(frozenset(ids.get(name, name) for name in event) for event in line.events),
        frozenset(ids.get(name, name) for name in line.again),
        line.since,
        line.until,
    )
