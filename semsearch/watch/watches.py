"""Make, change, list and remove watches, and list what they report."""

import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock

from semsearch.ask.search import Searcher
from semsearch.config import WatchSettings
from semsearch.errors import (
    InvalidWatchError,
    NoSuchAlertError,
    NoSuchWatchError,
    TooManyChangesError,
    TooManyWatchesError,
    WatchExistsError,
)
from semsearch.library import Library
from semsearch.model.search import Confidence
from semsearch.model.watch import (
    Alert,
    AlertQuery,
    Alerts,
    Delivery,
    DeliveryState,
    MadeWatch,
    Watch,
    WatchSpec,
)
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.watch.assessing import condition_of
from semsearch.watch.places import check_places, is_webhook, unmasked
from semsearch.watch.places import shown as shown_place
from semsearch.watch.reading import read_watch

_MAX_NAME = 100
_MAX_ALERTS = 1_000
_MAX_PLACES = 10


class Watches:
    """The watches of one index. ``Index`` says what its methods raise."""

    def __init__(
        self,
        library: Library,
        searcher: Searcher,
        settings: WatchSettings = WatchSettings(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library = library
        self._store = library.watches
        self._searcher = searcher
        self._settings = settings
        self._clock = clock
        self._changes: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def add(self, spec: WatchSpec, owner: str = "", secret: str | None = None) -> MadeWatch:
        """Make a watch: articles that are written from now on are judged."""
        self.count_change(owner)
        spec = self._checked(spec)
        with self._library.writing():
            self._check_number(owner)
            self._check_name(spec.name, None)
            self._library.publish_first()
            key, now = self._secret(spec, secret), self._clock()
            made = self._read(
                StoredWatch(
                    id=sha256(f"{spec.name} {now.isoformat()}".encode()).hexdigest()[:12],
                    spec=spec,
                    created=now,
                    owner=owner,
                    secret=key,
                    since=self._library.catalog.sequence,
                )
            )
            self._store.add(made)
        return MadeWatch(self._shown(made), key if secret is None else "")

    def change(
        self, name: str, spec: WatchSpec, owner: str = "", secret: str | None = None
    ) -> MadeWatch:
        """Let a watch wait for something else, or report elsewhere; its alerts stay."""
        self.count_change(owner)
        with self._library.writing():
            before = self.stored(name)
            spec = self._checked(spec, before.spec.to)
            self._check_name(spec.name, before.id)
            key = secret if secret is not None else before.secret
            key = self._secret(spec, key or None)
            changed = self._read(replace(before, spec=spec, secret=key))
            self._store.update(changed)
        return MadeWatch(self._shown(changed), key if key != before.secret and not secret else "")

    def all(self) -> tuple[Watch, ...]:
        """Every watch, in order of its making."""
        return tuple(map(_masked, self._store.shown(self._store.all())))

    def get(self, name: str) -> Watch:
        """A watch by its id or name."""
        return self._shown(self.stored(name))

    def remove(self, name: str) -> Watch:
        """Remove a watch, its alerts and what is still to be sent of them."""
        with self._library.writing():
            gone = self.stored(name)
            shown = self._shown(gone)
            self._store.remove(gone.id)
        return shown

    def alerts(self, query: AlertQuery) -> Alerts:
        """Alerts, newest first."""
        if not 1 <= query.limit <= _MAX_ALERTS:
            raise InvalidWatchError(f"limit must be 1 to {_MAX_ALERTS:,}, not {query.limit}.")
        if query.before and self._store.alert(query.before) is None:
            raise NoSuchAlertError(f"There is no alert {query.before}.")
        return self._store.alerts(query, self.stored(query.watch).id if query.watch else None)

    def alert(self, identity: str) -> Alert:
        """One alert."""
        found = self._store.alert(identity)
        if found is None:
            raise NoSuchAlertError(f"There is no alert {identity}.")
        return found

    def mark_read(self, ids: Sequence[str], *, read: bool = True) -> int:
        """Mark alerts as read, or as unread again; how many of them there are."""
        return self._store.mark_read(ids, self._clock() if read else None)

    def deliveries(
        self, name: str = "", state: DeliveryState | None = None
    ) -> tuple[Delivery, ...]:
        """What was or is to be sent, newest first, at most 1,000."""
        watch = self.stored(name).id if name else None
        found = self._store.deliveries.listed(watch, state)
        return tuple(replace(one, to=shown_place(one.to)) for one in found)

    def unkept(self, spec: WatchSpec) -> StoredWatch:
        """A watch as it would be judged by, without keeping it."""
        spec = self._checked(spec)
        return self._read(StoredWatch(id="", spec=spec, created=self._clock()))

    def _read(self, watch: StoredWatch) -> StoredWatch:
        return read_watch(self._library, self._searcher, watch, self._clock())

    def count_change(self, owner: str) -> None:
        """Count something that a key asks for, which costs more than a question."""
        if not owner:
            return
        now = self._clock()
        with self._lock:
            made = self._changes.setdefault(owner, deque())
            while made and now - made[0] >= timedelta(minutes=1):
                made.popleft()
            if len(made) >= self._settings.changes_per_minute:
                raise TooManyChangesError(
                    f"A key may make, change or test {self._settings.changes_per_minute:g} "
                    "watches a minute."
                )
            made.append(now)

    # --- checks -------------------------------------------------------------------------------

    def stored(self, name: str) -> StoredWatch:
        """A watch as it is judged by."""
        found = self._store.find(name)
        if found is None:
            raise NoSuchWatchError(f"There is no watch {name}.")
        return found

    def _shown(self, stored: StoredWatch) -> Watch:
        return _masked(self._store.shown([stored])[0])

    def _checked(self, spec: WatchSpec, places: Sequence[str] = ()) -> WatchSpec:
        """A watch with a name, and with its places whole: ``places`` are those that it had."""
        given = [one for one in (spec.question, spec.similar, spec.story) if one.strip()]
        if len(given) != 1:
            raise InvalidWatchError(
                "A watch waits for one thing.", "Give a question, an article or a story."
            )
        if spec.min_confidence is Confidence.NONE:
            raise InvalidWatchError("min_confidence must be high or low.")
        if len(spec.to) > _MAX_PLACES:
            raise InvalidWatchError(f"At most {_MAX_PLACES} places, not {len(spec.to)}.")
        name = " ".join((spec.name or given[0]).split())
        if not spec.name and len(name) > _MAX_NAME:
            name = name[: _MAX_NAME - 1] + "…"
        if len(name) > _MAX_NAME or not name.isprintable():
            raise InvalidWatchError(
                f"A name has at most {_MAX_NAME} characters, all of which can be printed."
            )
        condition_of(spec)
        to = unmasked(spec.to, places)
        check_places(to, self._settings)
        return replace(spec, name=name, to=to)

    def _check_number(self, owner: str) -> None:
        if self._store.counts() >= self._settings.most:
            raise TooManyWatchesError(f"There are {self._settings.most:,} watches already.")
        if owner and self._store.counts(owner) >= self._settings.most_of_key:
            raise TooManyWatchesError(
                f"This key has made {self._settings.most_of_key:,} watches already."
            )

    def _check_name(self, name: str, identity: str | None) -> None:
        other = self._store.find(name)
        if other is not None and other.id != identity:
            raise WatchExistsError(f"There is a watch {name} already.")

    @staticmethod
    def _secret(spec: WatchSpec, given: str | None) -> str:
        if not any(map(is_webhook, spec.to)):
            return ""
        return secrets.token_urlsafe(32) if given is None else given


def _masked(watch: Watch) -> Watch:
    """A watch with its places as they may be shown."""
    to, gone = (tuple(map(shown_place, places)) for places in (watch.to, watch.gone))
    return replace(watch, to=to, gone=gone)
