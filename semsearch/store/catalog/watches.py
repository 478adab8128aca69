"""Keep watches, their alerts and what is still to be sent, in the catalog.

An alert, the reports that joined it, what is to be sent of it and how far articles have been judged
are written in one transaction. So a process that is killed at any moment loses no alert and makes
none twice.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from semsearch.model.watch import Alert, AlertQuery, Alerts, DeliveryState, Report, Watch
from semsearch.store.catalog.database import Database, chunks, select_in
from semsearch.store.catalog.deliveries import DeliveryStore, no_longer_gone
from semsearch.store.catalog.schema import alert_reports, alerts, deliveries, watches
from semsearch.store.catalog.statements import read_setting, write_setting
from semsearch.store.catalog.watch_rows import (
    Seen,
    StoredWatch,
    alert_from,
    changeable,
    content_of,
    seen_from,
    shown_watch,
    watch_from,
)

JUDGED_UNTIL = "judged_until"
REVISION = "watches"
"""The setting that counts changes of watches, so that each process reads them again."""
NO_ALERT = ""
"""In place of the alert that an article joined, where that was purged, or the article was."""
_MOST_LOOKED_THROUGH = 10_000


@dataclass(frozen=True, slots=True)
class NewReport:
    """An article that joins an alert."""

    watch: str
    article: str
    alert: str
    relation: str
    sentences: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class JudgedBatch:
    """What judging some articles gave; it becomes durable at once.

    Attributes:
        until: All articles up to this sequence number are judged.
        alerts: New ones, in order, with the places that each is to be sent to.
        reports: Articles that joined alerts, those of ``alerts`` among them.
    """

    until: int
    alerts: Sequence[tuple[Alert, tuple[str, ...]]] = ()
    reports: Sequence[NewReport] = ()


class WatchStore:
    """The watches of a catalog, from any thread of any process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.deliveries = DeliveryStore(database)

    # --- watches ------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """Grows with every change of a watch; 0 where there never was one."""
        with self._database.read() as connection:
            return int(read_setting(connection, REVISION) or 0)

    @property
    def judged_until(self) -> int:
        """The sequence number up to which all articles have been judged."""
        with self._database.read() as connection:
            return int(read_setting(connection, JUDGED_UNTIL) or 0)

    def all(self) -> list[StoredWatch]:
        """Every watch, in order of its making."""
        if not self._database.has(watches.name):
            return []
        with self._database.read() as connection:
            query = select(watches).order_by(watches.c.created, watches.c.id)
            return [watch_from(row) for row in connection.execute(query)]

    def find(self, name: str) -> StoredWatch | None:
        """A watch by its id or name."""
        if not self._database.has(watches.name):
            return None
        with self._database.read() as connection:
            for column in (watches.c.id, watches.c.name):
                row = connection.execute(select(watches).where(column == name)).first()
                if row is not None:
                    return watch_from(row)
        return None

    def counts(self, owner: str | None = None) -> int:
        """How many watches there are, or one key has made."""
        if not self._database.has(watches.name):
            return 0
        query = select(func.count()).select_from(watches)
        if owner is not None:
            query = query.where(watches.c.owner == owner)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def add(self, new: StoredWatch) -> None:
        """Keep a watch. Where it is the first, what was written before is never judged."""
        with self._database.write() as connection:
            if not connection.scalar(select(func.count()).select_from(watches)):
                write_setting(connection, JUDGED_UNTIL, str(new.since))
            connection.execute(
                insert(watches).values(
                    id=new.id,
                    created=new.created.isoformat(),
                    owner=new.owner,
                    since_seq=new.since,
                    **changeable(new),
                )
            )
            _count_up(connection)

    def update(self, changed: StoredWatch) -> None:
        """Keep a watch in place of the one with its id; its alerts stay.

        What waits for a place that it no longer sends to is given up. What was gone is tried again.
        """
        with self._database.write() as connection:
            connection.execute(no_longer_gone(changed.id))
            connection.execute(
                update(deliveries)
                .where(
                    deliveries.c.watch_id == changed.id,
                    deliveries.c.state == DeliveryState.WAITING.value,
                    deliveries.c.target.not_in(changed.spec.to),
                )
                .values(
                    state=DeliveryState.DEAD.value,
                    next_at=None,
                    error="the watch sends there no longer",
                )
            )
            connection.execute(
                update(watches).where(watches.c.id == changed.id).values(**changeable(changed))
            )
            _count_up(connection)

    def remove(self, identity: str) -> None:
        """Remove a watch with its alerts and what is still to be sent of them."""
        with self._database.write() as connection:
            connection.execute(delete(watches).where(watches.c.id == identity))
            for table in (alerts, alert_reports, deliveries):
                connection.execute(delete(table).where(table.c.watch_id == identity))
            _count_up(connection)

    def shown(self, stored: Iterable[StoredWatch]) -> list[Watch]:
        """Watches as they are listed, with counts of their alerts."""
        stored = list(stored)
        if not stored:
            return []
        with self._database.read() as connection:
            query = select(
                alerts.c.watch_id,
                func.count().label("alerts"),
                func.count(alerts.c.read_at).label("read"),
                func.max(alerts.c.at).label("last"),
            ).group_by(alerts.c.watch_id)
            if len(stored) == 1:
                query = query.where(alerts.c.watch_id == stored[0].id)
            counted = {row.watch_id: row for row in connection.execute(query)}
            states = select(deliveries.c.watch_id, deliveries.c.state, func.count())
            if len(stored) == 1:
                states = states.where(deliveries.c.watch_id == stored[0].id)
            grouped = states.group_by(deliveries.c.watch_id, deliveries.c.state)
            sent = {(row[0], row[1]): int(row[2]) for row in connection.execute(grouped)}
            ended = select(deliveries.c.watch_id, deliveries.c.target).distinct()
            ended = ended.where(deliveries.c.state == DeliveryState.GONE.value)
            gone = {(row.watch_id, row.target) for row in connection.execute(ended)}
        return [shown_watch(one, counted.get(one.id), sent, gone) for one in stored]

    # --- judging ------------------------------------------------------------------------------

    def seen_of(self, watch: str, articles: Iterable[str]) -> list[Seen]:
        """What a watch has reported with the alerts that some articles joined, as it came."""
        mine = select(alert_reports).where(
            alert_reports.c.watch_id == watch, alert_reports.c.alert_id != NO_ALERT
        )
        with self._database.read() as connection:
            named = select_in(connection, mine, alert_reports.c.article_id, articles)
            joined = {row.alert_id for row in named}
            rows = list(select_in(connection, mine, alert_reports.c.alert_id, sorted(joined)))
        return [seen_from(row) for row in sorted(rows, key=lambda row: row.pk)]

    def holder_of(
        self, watch: str, sentences: Sequence[bytes], least: int, but: Collection[str]
    ) -> Seen | None:
        """The latest that a watch has reported with so many of some sentences, gone or not.

        Some articles are not looked at, unless they were purged since they were reported.
        """
        query = select(alert_reports).where(alert_reports.c.watch_id == watch)
        query = query.order_by(alert_reports.c.pk.desc()).limit(_MOST_LOOKED_THROUGH)
        with self._database.read() as connection:
            for row in connection.execute(query):
                held = bytes(row.sentences)
                if row.alert_id != NO_ALERT and row.article_id in but:
                    continue
                if sum(sentence in held for sentence in sentences) >= least:
                    return seen_from(row)
        return None

    def write(self, batch: JudgedBatch) -> None:
        """Write what judging gave.

        An article that its watch has reported before joins anew, with its newer version.
        """
        with self._database.write() as connection:
            for alert, targets in batch.alerts:
                connection.execute(
                    insert(alerts).values(
                        id=alert.id,
                        watch_id=alert.watch,
                        article_id=alert.article,
                        at=alert.at.isoformat(),
                        content=content_of(alert),
                    )
                )
                for target in targets:
                    connection.execute(
                        insert(deliveries).values(
                            alert_id=alert.id,
                            watch_id=alert.watch,
                            target=target,
                            state=DeliveryState.WAITING.value,
                            attempts=0,
                            next_at=alert.at.isoformat(),
                            error="",
                        )
                    )
            for new in batch.reports:
                connection.execute(
                    delete(alert_reports).where(
                        alert_reports.c.watch_id == new.watch,
                        alert_reports.c.article_id == new.article,
                    )
                )
                connection.execute(
                    insert(alert_reports).values(
                        watch_id=new.watch,
                        article_id=new.article,
                        alert_id=new.alert,
                        relation=new.relation,
                        sentences=b"".join(new.sentences),
                    )
                )
            write_setting(connection, JUDGED_UNTIL, str(batch.until))

    # --- alerts -------------------------------------------------------------------------------

    def alerts(self, query: AlertQuery, watch: str | None = None) -> Alerts:
        """Alerts, newest first."""
        if not self._database.has(watches.name):
            return Alerts(())
        chosen = select(alerts).order_by(alerts.c.pk.desc()).limit(query.limit + 1)
        if watch is not None:
            chosen = chosen.where(alerts.c.watch_id == watch)
        if query.since is not None:
            since = query.since if query.since.tzinfo else query.since.replace(tzinfo=UTC)
            chosen = chosen.where(alerts.c.at >= since.astimezone(UTC).isoformat())
        if query.unread:
            chosen = chosen.where(alerts.c.read_at.is_(None))
        if query.before:
            last = select(alerts.c.pk).where(alerts.c.id == query.before).scalar_subquery()
            chosen = chosen.where(alerts.c.pk < last)
        with self._database.read() as connection:
            rows = list(connection.execute(chosen))
            found = self._alerts_of(connection, rows[: query.limit])
        more = len(rows) > query.limit
        return Alerts(tuple(found), found[-1].id if more else None)

    def alert(self, identity: str) -> Alert | None:
        """One alert by its id."""
        if not self._database.has(watches.name):
            return None
        with self._database.read() as connection:
            rows = connection.execute(select(alerts).where(alerts.c.id == identity)).all()
            return next(iter(self._alerts_of(connection, rows)), None)

    def mark_read(self, ids: Iterable[str], at: datetime | None) -> int:
        """Mark alerts as read at a moment, or as unread again (None); how many there are."""
        marked = 0
        with self._database.write() as connection:
            for chunk in chunks(ids):
                which = update(alerts).where(alerts.c.id.in_(chunk))
                moment = None if at is None else at.isoformat()
                marked += connection.execute(which.values(read_at=moment)).rowcount
        return marked

    def _alerts_of(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Alert]:
        query = select(
            alert_reports.c.alert_id, alert_reports.c.article_id, alert_reports.c.relation
        ).order_by(alert_reports.c.pk)
        ids = [row.id for row in rows]
        joined: dict[str, list[Report]] = {}
        for row in select_in(connection, query, alert_reports.c.alert_id, ids):
            joined.setdefault(row.alert_id, []).append(Report(row.article_id, row.relation))
        wanted = {row.watch_id for row in rows}
        for of in rows:  # what was reported anew with another alert is still what this one is of
            mine = joined.setdefault(of.id, [])
            if all(one.article != of.article_id for one in mine):
                mine.insert(0, Report(of.article_id, "first"))
        named = select_in(
            connection, select(watches.c.id, watches.c.name), watches.c.id, sorted(wanted)
        )
        names = {row.id: row.name for row in named}
        return [
            alert_from(row, names.get(row.watch_id, ""), joined.get(row.id, ())) for row in rows
        ]


def judged_until(connection: Connection) -> int | None:
    """Up to which sequence number articles are judged; None where there is no watch."""
    until = read_setting(connection, JUDGED_UNTIL)
    if until is None or not connection.scalar(select(func.count()).select_from(watches)):
        return None
    return int(until)


def forget_articles(connection: Connection, ids: Sequence[str]) -> None:
    """Remove what alerts hold of some articles, within a transaction.

    Hashes of their sentences stay, so that no copy is reported again.
    """
    joined_none = update(alert_reports).values(alert_id=NO_ALERT)
    for chunk in chunks(ids):
        own = select(alerts.c.id).where(alerts.c.article_id.in_(chunk))
        gone = list(connection.scalars(own))
        connection.execute(joined_none.where(alert_reports.c.article_id.in_(chunk)))
        for part in chunks(gone):
            # Later reports of the event make an alert of their own again.
            connection.execute(joined_none.where(alert_reports.c.alert_id.in_(part)))
            connection.execute(delete(deliveries).where(deliveries.c.alert_id.in_(part)))
            connection.execute(delete(alerts).where(alerts.c.id.in_(part)))


def _count_up(connection: Connection) -> None:
    revision = int(read_setting(connection, REVISION) or 0) + 1
    write_setting(connection, REVISION, str(revision))
