"""Feeds: where articles come from by themselves, and what became of them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from semsearch.errors import InvalidFeedError
from semsearch.model.status import Skipped

SHORTEST_SECONDS = 60
LONGEST_SECONDS = 7 * 86_400
DEFAULT_SECONDS = 900
_INTERVAL = re.compile(r"(\d{1,9})\s*(s|m|h|d)?", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class FeedState(StrEnum):
    """How a feed is.

    ``new``: not polled yet; ``ok``: read the last time; ``failing``: not read the last time, it
    will be tried again; ``stopped``: it is not polled any more, until it is changed.
    """

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and how it is. Moments are in UTC.

    Attributes:
        id: 12 hexadecimal digits; it stays when the address changes.
        url: Where it is fetched; after a permanent redirect the new address.
        every: Seconds between two polls.
        provider: The outlet of its entries, unless they name their source; empty: as it says.
        full_text: Whether the page of each new entry is fetched, too.
        title: What it calls itself.
        state: See ``FeedState``.
        note: What is wrong, and what is to be known about how it was read; empty: nothing.
        found: Addresses of feeds that the page names which stands at its address instead.
        entries: How many it had when it was last read.
        articles: How many articles it has brought in.
        failures: Polls that have failed, one after another.
        added: When it was added; ``polled``: asked last; ``read``: answered last with a feed, or
            that it is as it was; ``changed``: last had something new; ``next``: is due.
        added_by: Id of the access key that it was added with; empty: none.
    """

    id: str
    url: str
    added: datetime
    every: int = DEFAULT_SECONDS
    provider: str = ""
    full_text: bool = False
    title: str = ""
    state: FeedState = FeedState.NEW
    note: str = ""
    found: tuple[str, ...] = ()
    entries: int = 0
    articles: int = 0
    failures: int = 0
    polled: datetime | None = None
    read: datetime | None = None
    changed: datetime | None = None
    next: datetime | None = None
    added_by: str = ""


@dataclass(frozen=True, slots=True)
class FeedList:
    """All feeds, in the order in which they were added."""

    feeds: tuple[Feed, ...]


class PollOutcome(StrEnum):
    """What became of a poll.

    ``read``: something was new; ``unchanged``: nothing was; ``failed``: see its note; ``waiting``:
    the index is being written to by another process, it is tried again.
    """

    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class FeedPoll:
    """One poll of one feed.

    Attributes:
        feed: Its id.
        entries: How many it has; those of an unchanged feed are not counted again.
        added: Ids of articles that are new; ``updated`` likewise.
        kept: Entries that say less than the article that is held, or whose article was deleted.
        skipped: Entries that could not be read.
        note: In plain words, what went wrong or is to be known; empty: nothing.
    """

    feed: str
    url: str
    outcome: PollOutcome
    note: str = ""
    entries: int = 0
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    kept: int = 0
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPolls:
    """Polls of several feeds.

    Attributes:
        elsewhere: Whether another process polls the feeds; those that were named are polled there.
    """

    polls: tuple[FeedPoll, ...]
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class FeedsImported:
    """What an OPML file held.

    Attributes:
        added: Feeds that are new.
        known: Addresses that were there before.
        skipped: Entries that could not be taken, with the reason.
    """

    added: tuple[Feed, ...]
    known: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def seconds_of(interval: str | int) -> int:
    """The seconds of an interval such as ``15m``, ``2h``, ``1d`` or ``90`` (seconds).

    Raises:
        InvalidFeedError: It cannot be read, or is shorter than a minute or longer than a week.
    """
    found = _INTERVAL.fullmatch(str(interval).strip())
    if found is None:
        raise InvalidFeedError(f"{interval!r} is no interval.", "Write it as 15m, 2h or 1d.")
    seconds = int(found[1]) * _UNITS[(found[2] or "s").lower()]
    if not SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS:
        raise InvalidFeedError(
            f"A feed is polled every minute at most and every week at least, not every {interval}."
        )
    return seconds


def interval_of(seconds: int) -> str:
    """Seconds as an interval: ``15m``."""
    unit = next(unit for unit in "dhms" if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"
