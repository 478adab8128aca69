"""Deliver alerts to the places of their watches: at least once, retried, given up after a day.

What is to be sent stands in the catalog since the alert was made. An attempt is claimed there
before it is made, so that of several processes one makes it; a process that dies meanwhile leaves a
claim that runs out. A receiver that gets an alert twice tells by its id.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

from semsearch.config import WatchSettings
from semsearch.errors import SemsearchError
from semsearch.model.article import Provider
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, Delivery, DeliveryState, Tested
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.store.catalog.watches import WatchStore
from semsearch.watch.hosts import seconds_asked
from semsearch.watch.places import shown
from semsearch.watch.sending import Sender, SendError

_LOG = logging.getLogger("semsearch.watch")
_WAITS = (10, 30, 60, 120, 300, 600, 1_800, 3_600)
"""Seconds before the next attempts; then each time the last of them."""
_AT_ONCE = 500
_OF_A_PLACE = 20
"""Alerts that one place gets in a round, for which the others wait."""
_PLACES_AT_ONCE = 8
_EVERY_SECONDS = 2.0


class Deliverer:
    """Sends what is due."""

    def __init__(
        self,
        store: WatchStore,
        settings: WatchSettings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sender: Sender | None = None,
        every: float = _EVERY_SECONDS,
    ) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._sender = sender or Sender(settings)
        self._every = every
        self._stopping = Event()
        self._thread: Thread | None = None

    def deliver(self) -> tuple[Delivery, ...]:
        """Send what is due, places at a time; what came of each attempt.

        Where a place fails, what else waits for it is not tried before it is tried again.
        """
        by_place: dict[tuple[str, str], list[tuple[int, Delivery]]] = {}
        for key, delivery in self._store.deliveries.due(self._clock(), _AT_ONCE):
            by_place.setdefault((delivery.watch, delivery.to), []).append((key, delivery))
        if not by_place:
            return ()
        watches = {name: self._store.find(name) for name in {name for name, _ in by_place}}
        with ThreadPoolExecutor(min(_PLACES_AT_ONCE, len(by_place))) as pool:
            tried = pool.map(
                lambda item: self._to_one_place(watches.get(item[0][0]), item[1]),
                by_place.items(),
            )
            return tuple(replace(one, to=shown(one.to)) for each in tried for one in each)

    def test(self, watch: StoredWatch) -> tuple[Tested, ...]:
        """Send an invented alert to the places of a watch; what came of it.

        A place that was gone and takes it gets alerts again.
        """
        alert = _specimen(watch, self._clock())
        tested = []
        for place in watch.spec.to:
            try:
                self._sender.send(place, alert, watch.secret)
                self._store.deliveries.go_on(watch.id, place)
                tested.append(Tested(shown(place), ok=True))
            except SendError as error:
                tested.append(Tested(shown(place), ok=False, error=str(error)))
        return tuple(tested)

    def start(self) -> None:
        """Send what is due from now on, beside everything else."""
        self._thread = Thread(target=self._run, name="delivery", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the attempts that are under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(self._settings.timeout + _EVERY_SECONDS)

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self.deliver()
            except SemsearchError:
                pass  # the catalog does not answer: later
            except Exception:  # noqa: BLE001 - one alert must not stop those of others
                _LOG.exception("alerts were not sent; they are tried again")

    def _to_one_place(
        self, watch: StoredWatch | None, due: Sequence[tuple[int, Delivery]]
    ) -> list[Delivery]:
        tried: list[Delivery] = []
        ended = self._store.deliveries.end_gone(due[0][1].watch, due[0][1].to)
        if ended:
            return [
                replace(one, state=DeliveryState.GONE, next_at=None, error=ended) for _, one in due
            ]
        now = self._clock()
        last_attempts_first = sorted(due, key=lambda item: not self._is_over(item[1].first_at, now))
        for key, delivery in last_attempts_first[:_OF_A_PLACE]:
            if self._stopping.is_set():
                break
            lease = self._clock() + timedelta(seconds=2 * self._settings.timeout + 60)
            if not self._store.deliveries.claim(key, delivery, lease):
                continue  # another process sends it
            made = self._attempt(watch, delivery)
            self._store.deliveries.write(key, made)
            tried.append(made)
            if made.state is DeliveryState.GONE:
                self._store.deliveries.end_gone(made.watch, made.to)
            elif made.state is not DeliveryState.SENT:
                self._store.deliveries.postpone(made, self._clock())
            if made.state is not DeliveryState.SENT:
                break
        return tried

    def _is_over(self, first: datetime | None, now: datetime) -> bool:
        """Whether an alert that was first tried then is given up where it fails now."""
        return first is not None and now - first >= timedelta(hours=self._settings.give_up_hours)

    def _attempt(self, watch: StoredWatch | None, delivery: Delivery) -> Delivery:
        now = self._clock()
        first = delivery.first_at or now
        attempts = delivery.attempts + 1
        alert = self._store.alert(delivery.alert)
        try:
            if watch is None or alert is None:
                raise SendError("the alert is gone")  # noqa: TRY301 - it is one reason of several
            self._sender.send(delivery.to, alert, watch.secret)
        except SendError as error:
            state = DeliveryState.WAITING
            if error.gone:
                state = DeliveryState.GONE
            elif self._is_over(first, now) or watch is None or alert is None:
                state = DeliveryState.DEAD
            next_at = self._next(attempts, first, now, error.retry_after)
            return replace(
                delivery,
                state=state,
                attempts=attempts,
                first_at=first,
                next_at=next_at if state is DeliveryState.WAITING else None,
                error=str(error),
            )
        return replace(
            delivery,
            state=DeliveryState.SENT,
            attempts=attempts,
            first_at=first,
            next_at=None,
            error="",
        )

    def _next(self, attempts: int, first: datetime, now: datetime, retry_after: str) -> datetime:
        """When an alert is tried again; not before its place asks for it, as long as it is kept."""
        wait = _WAITS[min(attempts, len(_WAITS)) - 1]
        last = first + timedelta(hours=self._settings.give_up_hours)
        asked = min(now + timedelta(seconds=seconds_asked(retry_after, now)), last)
        return max(now + timedelta(seconds=wait), asked)


def _specimen(watch: StoredWatch, now: datetime) -> Alert:
    """An alert of no article, for a test."""
    return Alert(
        id=f"test-{watch.id}",
        watch=watch.id,
        watch_name=watch.spec.name,
        article="test",
        title="This is a test: no article was found",
        url="",
        provider=Provider("semsearch"),
        published=now,
        story=None,
        at=now,
        score=0.0,
        score_parts={},
        confidence=Confidence.NONE,
        passage=None,
        new=(),
        reports=(),
    )
