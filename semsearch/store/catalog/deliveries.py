"""What is still to be sent of alerts, and what was, in the catalog."""

from datetime import datetime

from sqlalchemy import Update, func, select, update

from semsearch.model.watch import Delivery, DeliveryState
from semsearch.store.catalog.database import Database
from semsearch.store.catalog.schema import deliveries
from semsearch.store.catalog.watch_rows import delivery_from, text_of


def no_longer_gone(watch: str) -> Update:
    """A statement that lets alerts of a watch go to its places again that were gone."""
    mine = (deliveries.c.watch_id == watch, deliveries.c.state == DeliveryState.GONE.value)
    return update(deliveries).where(*mine).values(state=DeliveryState.DEAD.value)


class DeliveryStore:
    """The deliveries of a catalog, from any thread of any process."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, limit: int) -> list[tuple[int, Delivery]]:
        """What is to be sent by now, with the key of each.

        Longest waiting first, then what was tried least: an alert that its place refuses does not
        hold up the others.
        """
        if not self._database.has(deliveries.name):
            return []
        query = (
            select(deliveries)
            .where(
                deliveries.c.state == DeliveryState.WAITING.value,
                deliveries.c.next_at <= now.isoformat(),
            )
            .order_by(deliveries.c.next_at, deliveries.c.attempts, deliveries.c.pk)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(row.pk, delivery_from(row)) for row in connection.execute(query)]

    def listed(self, watch: str | None, state: DeliveryState | None) -> list[Delivery]:
        """What was or is to be sent, newest first, at most 1,000."""
        if not self._database.has(deliveries.name):
            return []
        query = select(deliveries).order_by(deliveries.c.pk.desc()).limit(1_000)
        if watch is not None:
            query = query.where(deliveries.c.watch_id == watch)
        if state is not None:
            query = query.where(deliveries.c.state == state.value)
        with self._database.read() as connection:
            return [delivery_from(row) for row in connection.execute(query)]

    def claim(self, key: int, delivery: Delivery, until: datetime) -> bool:
        """Whether this process makes the next attempt; no other does before the claim runs out."""
        query = (
            update(deliveries)
            .where(
                deliveries.c.pk == key,
                deliveries.c.state == DeliveryState.WAITING.value,
                deliveries.c.next_at == text_of(delivery.next_at),
            )
            .values(next_at=until.isoformat())
        )
        with self._database.write() as connection:
            return connection.execute(query).rowcount == 1

    def write(self, key: int, delivery: Delivery) -> None:
        """Write what came of an attempt; what was given up meanwhile is not tried again."""
        values = {
            "state": delivery.state.value,
            "attempts": delivery.attempts,
            "first_at": text_of(delivery.first_at),
            "next_at": text_of(delivery.next_at),
            "error": delivery.error,
        }
        query = update(deliveries).where(deliveries.c.pk == key).values(**values)
        if delivery.state is DeliveryState.WAITING:
            query = query.where(deliveries.c.state == DeliveryState.WAITING.value)
        with self._database.write() as connection:
            connection.execute(query)

    def end_gone(self, watch: str, target: str) -> str:
        """Give up all that waits for a place of a watch, where that said that it is gone.

        Returns:
            What it said; empty where it is not gone.
        """
        mine = (deliveries.c.watch_id == watch, deliveries.c.target == target)
        gone = select(deliveries.c.error).where(
            *mine, deliveries.c.state == DeliveryState.GONE.value
        )
        with self._database.read() as connection:
            said = connection.scalar(gone.limit(1))
        if said is None:
            return ""
        query = update(deliveries).where(*mine, deliveries.c.state == DeliveryState.WAITING.value)
        with self._database.write() as connection:
            connection.execute(
                query.values(state=DeliveryState.GONE.value, next_at=None, error=said)
            )
        return str(said)

    def go_on(self, watch: str, target: str) -> None:
        """Send to a place again that was gone; what was given up meanwhile stays so."""
        with self._database.write() as connection:
            connection.execute(no_longer_gone(watch).where(deliveries.c.target == target))

    def postpone(self, failed: Delivery, due_by: datetime) -> None:
        """Let all that is due by now at a place where one failed wait as long as that one.

        For what was not tried before this counts as its first attempt.
        """
        if failed.next_at is None:
            return
        query = (
            update(deliveries)
            .where(
                deliveries.c.watch_id == failed.watch,
                deliveries.c.target == failed.to,
                deliveries.c.state == DeliveryState.WAITING.value,
                deliveries.c.next_at <= due_by.isoformat(),
            )
            .values(
                next_at=text_of(failed.next_at),
                error=failed.error,
                first_at=func.coalesce(deliveries.c.first_at, text_of(due_by)),
            )
        )
        with self._database.write() as connection:
            connection.execute(query)
