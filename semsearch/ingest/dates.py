"""Publication dates as archives write them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_FORMATS = (
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%d-%b-%Y %H:%M:%S.%f",
    "%d-%b-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%B %d %Y",
)


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date in UTC; ``zone_assumed`` where it came without a zone and was taken as UTC."""

    moment: datetime
    zone_assumed: bool


def parse_date(text: str) -> ReadDate | None:
    """Read ISO 8601, RFC 2822 and the day formats seen in archives; None where it is no date."""
    text = text.strip()
    moment = _iso(text) or _rfc2822(text) or _formats(text)
    return None if moment is None else in_utc(moment)


def in_utc(moment: datetime) -> ReadDate | None:
    """The moment in UTC; None where that lies outside the years 1 to 9999."""
    if moment.tzinfo is None:
        return ReadDate(moment.replace(tzinfo=UTC), zone_assumed=True)
    try:
        return ReadDate(moment.astimezone(UTC), zone_assumed=False)
    except OverflowError:  # year 1 or 9999 moved over the edge by its zone
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc2822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _formats(text: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is settled by parse_date
        except ValueError:
            continue
    return None
