"""What relative times count from: the moment of asking, or the newest article of an old archive."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from semsearch.model.filters import from_timestamp

_OLD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Now:
    """What "this week" counts from.

    Attributes:
        day: The day, in UTC.
        note: Why it is not today, and how to count from today; empty where there is nothing to say.
    """

    day: date
    note: str = ""


def counting_from(asked_at: datetime | None, clock: datetime, span: tuple[int, int] | None) -> Now:
    """What relative times count from.

    Args:
        asked_at: The moment that the asker names; None: none.
        clock: The time now.
        span: First and last publication in seconds since 1970; None where no article has a date.
    """
    if asked_at is not None:
        return Now(asked_at.astimezone(UTC).date())
    today = clock.astimezone(UTC).date()
    if span is None:
        return Now(today)
    newest = from_timestamp(span[1]).date()
    if newest >= today - _OLD:
        return Now(today)
    return Now(
        newest,
        f"Times count from {newest}, the day of the newest article; to count from today, say that "
        f"you ask on {today}.",
    )
