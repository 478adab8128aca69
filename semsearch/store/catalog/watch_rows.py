"""Watches, what they have seen, alerts and deliveries as rows of the catalog, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from semsearch.model.article import Field, Provider
from semsearch.model.search import Confidence, HitPassage
from semsearch.model.watch import (
    Alert,
    Delivery,
    DeliveryState,
    NewSentence,
    Report,
    Watch,
    WatchSpec,
)
from semsearch.store.catalog.rows import moment_from

_HASH = 16

Vector = NDArray[np.float32]


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


def text_of(moment: datetime | None) -> str | None:
    """A moment as it is kept."""
    return None if moment is None else moment.isoformat()


def changeable(watch: StoredWatch) -> dict[str, Any]:
    """The columns that a change may change."""
    return {
        "name": watch.spec.name,
        "spec": _spec_values(watch.spec),
        "secret": watch.secret,
        "interpreted": list(watch.interpreted),
        "terms": list(watch.terms),
        "anchors": list(watch.anchors),
        "model": watch.model,
        "vector": None if watch.vector is None else watch.vector.tobytes(),
    }


def _spec_values(spec: WatchSpec) -> dict[str, Any]:
    values = asdict(spec)
    return {**values, "provider": list(spec.provider), "to": list(spec.to)}


def watch_from(row: Row[Any]) -> StoredWatch:
    """A watch that is kept."""
    values: dict[str, Any] = dict(row.spec)
    spec = WatchSpec(
        **{
            **values,
            "provider": tuple(values["provider"]),
            "to": tuple(values["to"]),
            "min_confidence": Confidence(values["min_confidence"]),
        }
    )
    return StoredWatch(
        id=row.id,
        spec=spec,
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
    stored: StoredWatch, counted: Row[Any] | None, sent: Mapping[tuple[str, str], int]
) -> Watch:
    """A watch as it is listed: with counts of its alerts, and of what is sent, by id and state."""
    values = {name: getattr(stored.spec, name) for name in stored.spec.__slots__}
    return Watch(
        id=stored.id,
        created=stored.created,
        interpreted=stored.interpreted,
        alerts=0 if counted is None else counted.alerts,
        unread=0 if counted is None else counted.alerts - counted.read,
        last_alert=None if counted is None else moment_from(counted.last),
        waiting=sent.get((stored.id, DeliveryState.WAITING.value), 0),
        dead=sent.get((stored.id, DeliveryState.DEAD.value), 0),
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
    values = asdict(replace(alert, reports=(), published=None))
    for name in ("id", "watch", "watch_name", "article", "at", "reports", "read"):
        del values[name]
    return {**values, "published": text_of(alert.published)}


def alert_from(row: Row[Any], name: str, reports: Sequence[Report]) -> Alert:
    """An alert that is kept, with the name of its watch and the reports that joined it."""
    content: dict[str, Any] = dict(row.content)
    passage = content["passage"]
    return Alert(
        **{
            **content,
            "id": row.id,
            "watch": row.watch_id,
            "watch_name": name,
            "article": row.article_id,
            "provider": Provider(**content["provider"]),
            "published": moment_from(content["published"]),
            "at": datetime.fromisoformat(row.at),
            "confidence": Confidence(content["confidence"]),
            "passage": None if passage is None else _passage_of(passage),
            "new": tuple(
                NewSentence(**{**one, "field": Field(one["field"])}) for one in content["new"]
            ),
            "reports": tuple(reports),
            "read": moment_from(row.read_at),
        }
    )


def _passage_of(values: Mapping[str, Any]) -> HitPassage:
    answer = values["answer"]
    return HitPassage(
        Field(values["field"]),
        values["start"],
        values["end"],
        values["text"],
        tuple((start, end) for start, end in values["highlights"]),
        None if answer is None else (answer[0], answer[1]),
    )


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
