"""Watches, what they have seen, alerts and deliveries as rows of the catalog, and back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from sqlalchemy import Row

from semsearch.model.watch import Alert, Delivery, DeliveryState, Report, Watch, WatchSpec
from semsearch.store.catalog.rows import moment_from

_HASH = 16
_COLUMNS = {"id", "watch", "watch_name", "article", "at", "reports", "read"}

Vector = NDArray[np.float32]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class StoredWatch:
    """A watch as articles are judged by it.

    Attributes:
        owner: The id of the key that made it; empty: a command.
        since: Articles that were written up to this sequence number are not reported.
        terms: Index terms of its question.
        anchors: Ids of the articles that a watch of a story or an article begins from.
        model: Names the encoder of the vector.
        vector: Of a question, shape (dimension,); of an article text and title, shape
            (2 * dimension,); None where it has none.
    """

    id: str
    spec: WatchSpec
    created: datetime
    owner: str = ""
    secret: str = field(default="", repr=False)
    since: int = 0
    interpreted: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    model: str = ""
    vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An article that a watch has reported.

    Attributes:
        alert: Id of the alert that it joined.
        sentences: Hashes of its sentences.
    """

    article: str
    alert: str
    sentences: frozenset[bytes]


@cache
def _as_json(kind: type[T]) -> TypeAdapter[T]:
    return TypeAdapter(kind)  # made when it is needed: a question does without


def text_of(moment: datetime | None) -> str | None:
    """A moment as it is kept."""
    return None if moment is None else moment.isoformat()


def changeable(watch: StoredWatch) -> dict[str, Any]:
    """The columns that a change may change."""
    return {
        "name": watch.spec.name,
        "spec": _as_json(WatchSpec).dump_python(watch.spec, mode="json"),
        "secret": watch.secret,
        "interpreted": list(watch.interpreted),
        "terms": list(watch.terms),
        "anchors": list(watch.anchors),
        "model": watch.model,
        "vector": None if watch.vector is None else watch.vector.tobytes(),
    }


def watch_from(row: Row[Any]) -> StoredWatch:
    """A watch that is kept."""
    return StoredWatch(
        id=row.id,
        spec=_as_json(WatchSpec).validate_python(row.spec),
        created=datetime.fromisoformat(row.created),
        owner=row.owner,
        secret=row.secret,
        since=row.since_seq,
        interpreted=tuple(row.interpreted),
        terms=tuple(row.terms),
        anchors=tuple(row.anchors),
        model=row.model,
        vector=None if row.vector is None else np.frombuffer(row.vector, np.float32),
    )


def shown_watch(
    stored: StoredWatch,
    counted: Row[Any] | None,
    sent: Mapping[tuple[str, str], int],
    gone: Collection[tuple[str, str]],
) -> Watch:
    """A watch as it is listed.

    Args:
        stored: As it is judged by.
        counted: How many alerts it has.
        sent: How many alerts are in each state on their way, by watch and state.
        gone: Places that said that they are gone, with the id of the watch.
    """
    values = {name: getattr(stored.spec, name) for name in stored.spec.__slots__}
    return Watch(
        id=stored.id,
        created=stored.created,
        interpreted=stored.interpreted,
        alerts=0 if counted is None else counted.alerts,
        unread=0 if counted is None else counted.alerts - counted.read,
        last_alert=None if counted is None else moment_from(counted.last),
        waiting=sent.get((stored.id, DeliveryState.WAITING.value), 0),
        dead=sum(
            sent.get((stored.id, state.value), 0)
            for state in (DeliveryState.DEAD, DeliveryState.GONE)
        ),
        gone=tuple(place for place in stored.spec.to if (stored.id, place) in gone),
        signed=bool(stored.secret),
        **values,
    )


def seen_from(row: Row[Any]) -> Seen:
    """An article that a watch has reported."""
    held = bytes(row.sentences)
    hashes = frozenset(held[start : start + _HASH] for start in range(0, len(held), _HASH))
    return Seen(row.article_id, row.alert_id, hashes)


def content_of(alert: Alert) -> dict[str, Any]:
    """What is kept of an alert beside its columns."""
    values: dict[str, Any] = _as_json(Alert).dump_python(alert, mode="json", exclude=_COLUMNS)
    return values


def alert_from(row: Row[Any], name: str, reports: Sequence[Report]) -> Alert:
    """An alert that is kept, with the name of its watch and the reports that joined it."""
    columns = {
        "id": row.id,
        "watch": row.watch_id,
        "watch_name": name,
        "article": row.article_id,
        "at": row.at,
        "reports": tuple(reports),
        "read": row.read_at,
    }
    alert: Alert = _as_json(Alert).validate_python({**row.content, **columns})
    return alert


def delivery_from(row: Row[Any]) -> Delivery:
    """What was or is to be sent."""
    return Delivery(
        alert=row.alert_id,
        watch=row.watch_id,
        to=row.target,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        first_at=moment_from(row.first_at),
        next_at=moment_from(row.next_at),
        error=row.error,
    )
