"""Keep feeds and the entries that they had, beside the articles.

A catalog that was made before there were feeds has no tables of theirs: they are made with the
first feed, and until then there are none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from semsearch.model.feeds import Feed, FeedState
from semsearch.model.status import FeedCounts
from semsearch.store.catalog.database import Database, chunks
from semsearch.store.catalog.schema import feed_entries, feeds, metadata

OVERDUE_SECONDS = 600
_SET = ("id", "every", "provider", "full_text", "added", "added_by")
"""What people set of a feed, beside its address."""
_MOMENTS = ("added", "polled", "read", "changed", "next")


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells whether a feed is as it was when it was fetched last; empty: not known.

    Attributes:
        etag, last_modified: As the server gave them.
        body_hash: Of the bytes.
    """

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """An entry that a feed has, or had within the last month.

    Attributes:
        key: Hash of what identifies it within its feed.
        guid_hash: Hash of its guid; empty where it has none.
        digest: Of what it says.
        pages_tried: Attempts to fetch its page that failed and may succeed later.
        gone: When it left the feed, in seconds; None: it is there.
    """

    key: str
    guid_hash: str
    digest: str
    pages_tried: int = 0
    gone: int | None = None


class FeedStore:
    """Feeds and their entries. It can be asked from any thread; only the writer writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Feed, ...]:
        """Every feed, in the order in which they were added."""
        if not self._database.has(feeds.name):
            return ()
        with self._database.read() as connection:
            rows = connection.execute(select(feeds).order_by(feeds.c.added, feeds.c.id))
            return tuple(map(_feed, rows))

    def get(self, identity: str) -> Feed | None:
        """The feed with an id or an address."""
        if not self._database.has(feeds.name):
            return None
        either = (feeds.c.id == identity) | (feeds.c.url == identity)
        with self._database.read() as connection:
            row = connection.execute(select(feeds).where(either)).first()
            return None if row is None else _feed(row)

    def due(self, now: datetime) -> tuple[Feed, ...]:
        """Feeds that are to be polled now, the longest overdue first."""
        if not self._database.has(feeds.name):
            return ()
        query = select(feeds).where(_active(), feeds.c.next <= _seconds(now))
        with self._database.read() as connection:
            return tuple(map(_feed, connection.execute(query.order_by(feeds.c.next, feeds.c.id))))

    def counts(self, now: datetime) -> FeedCounts:
        """How many feeds are in which state."""
        if not self._database.has(feeds.name):
            return FeedCounts()
        by_state = select(feeds.c.state, func.count()).group_by(feeds.c.state)
        late = feeds.c.next < int(now.timestamp()) - OVERDUE_SECONDS
        overdue = select(func.count()).select_from(feeds).where(_active(), late)
        failing = select(feeds.c.id, feeds.c.failures).where(
            feeds.c.state.in_([FeedState.FAILING, FeedState.STOPPED])
        )
        with self._database.read() as connection:
            states = {row[0]: int(row[1]) for row in connection.execute(by_state)}
            return FeedCounts(
                total=sum(states.values()),
                by_state={state: states.get(state, 0) for state in map(str, FeedState)},
                overdue=connection.scalar(overdue) or 0,
                failing={row.id: row.failures for row in connection.execute(failing)},
            )

    def number_of(self, key: str) -> int:
        """How many feeds an access key has added."""
        if not self._database.has(feeds.name):
            return 0
        query = select(func.count()).select_from(feeds).where(feeds.c.added_by == key)
        with self._database.read() as connection:
            return connection.scalar(query) or 0

    def validators(self, identity: str) -> Validators:
        """Those of a feed as it was fetched last."""
        query = select(feeds.c.etag, feeds.c.last_modified, feeds.c.body_hash)
        with self._database.read() as connection:
            row = connection.execute(query.where(feeds.c.id == identity)).first()
            return Validators() if row is None else Validators(*row)

    def entries(self, identity: str) -> dict[str, KnownEntry]:
        """The entries of a feed by their keys."""
        query = select(feed_entries).where(feed_entries.c.feed_id == identity)
        with self._database.read() as connection:
            return {
                row.key: KnownEntry(row.key, row.guid_hash, row.digest, row.pages_tried, row.gone)
                for row in connection.execute(query)
            }

    def insert(self, added: Iterable[Feed]) -> None:
        """Add feeds; none of their ids and addresses is there."""
        rows = [{**_values(feed), **asdict(Validators())} for feed in added]
        with self._database.write() as connection:
            metadata.create_all(connection, tables=[feeds, feed_entries])
            if rows:
                connection.execute(insert(feeds), rows)

    def change(self, feed: Feed) -> None:
        """Write a feed that somebody has changed; it is fetched anew, whatever it was before."""
        values = _values(feed) | asdict(Validators())
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.id == feed.id).values(values))

    def save_poll(
        self,
        feed: Feed,
        url: str,
        validators: Validators | None = None,
        entries: Iterable[KnownEntry] = (),
        forgotten: Iterable[str] = (),
    ) -> None:
        """Write what a poll has found, in one transaction.

        Nothing is written where the feed was removed, or got another address, meanwhile.

        Args:
            feed: As it is now; what people set of it stays.
            url: Where it was polled.
            validators: As it was fetched now; None: as they are.
            entries: Those that are new or have changed.
            forgotten: Keys of entries that are dropped.
        """
        values = {name: value for name, value in _values(feed).items() if name not in _SET}
        values |= {} if validators is None else asdict(validators)
        rows = [{"feed_id": feed.id, **asdict(entry)} for entry in entries]
        with self._database.write() as connection:
            same = (feeds.c.id == feed.id) & (feeds.c.url == url)
            if not connection.execute(update(feeds).where(same).values(values)).rowcount:
                return
            for chunk in chunks([*(row["key"] for row in rows), *forgotten]):
                mine = feed_entries.c.feed_id == feed.id
                connection.execute(delete(feed_entries).where(mine, feed_entries.c.key.in_(chunk)))
            if rows:
                connection.execute(insert(feed_entries), rows)

    def make_due(self, ids: Sequence[str], now: datetime) -> None:
        """Let feeds that are not stopped be polled now."""
        with self._database.write() as connection:
            for chunk in chunks(ids):
                connection.execute(
                    update(feeds).where(feeds.c.id.in_(chunk), _active()).values(next=_seconds(now))
                )

    def delete(self, identity: str) -> None:
        """Remove a feed with its entries; their articles stay."""
        with self._database.write() as connection:
            connection.execute(delete(feed_entries).where(feed_entries.c.feed_id == identity))
            connection.execute(delete(feeds).where(feeds.c.id == identity))


def _active() -> ColumnElement[bool]:
    return feeds.c.state != FeedState.STOPPED


def _feed(row: Row[tuple[object, ...]]) -> Feed:
    values = {name: getattr(row, name) for name in Feed.__slots__}
    values |= {name: _moment(values[name]) for name in _MOMENTS}
    return Feed(**values | {"state": FeedState(row.state), "found": tuple(row.found)})


def _values(feed: Feed) -> dict[str, object]:
    values = {name: getattr(feed, name) for name in Feed.__slots__}
    values |= {name: _seconds(values[name]) for name in _MOMENTS}
    return values | {"state": str(feed.state), "found": list(feed.found)}


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
