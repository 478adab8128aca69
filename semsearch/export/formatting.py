"""Format providers, shares, time lags and measured precisions, and keep texts printable."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from semsearch.export.plain import clean
from semsearch.model.article import DatePrecision

if TYPE_CHECKING:  # who shows an answer needs neither
    from jinja2 import Environment

    from semsearch.model.check import WordChange
    from semsearch.model.comparison import ClaimEvidence, Comparison
    from semsearch.model.search import SearchResults

_SIDE = re.compile(r"\b[ab]\b")
_DAYS_FROM = 72.0

UNANSWERED = "Nothing here answers the question; these are the nearest articles."


def names_of(found: "Comparison") -> dict[str, str]:
    """What each provider is called, by its key; unnamed ones by their article."""
    names = {view.key: view.name or view.domain for view in found.providers}
    return {key: name or f"unnamed ({key})" for key, name in names.items()}


def change_in_words(change: "WordChange") -> str:
    """A change of a quotation, as a terminal and Markdown say it."""
    if not change.was:
        return f"“{change.is_}” added"
    return f"“{change.was}” → “{change.is_}”" if change.is_ else f"“{change.was}” left out"


def moment(at: datetime | None, precision: DatePrecision = DatePrecision.TIME) -> str:
    """A moment to the minute, UTC, or a day."""
    if at is None:
        return "date unknown"
    return at.isoformat(" ", "minutes")[: 10 if precision == DatePrecision.DAY else 16]


def lag(hours: float | None, precision: DatePrecision = DatePrecision.TIME) -> str:
    """How long after the first article; who was first on a day, days do not say."""
    if hours is None:
        return "date unknown"
    if precision is DatePrecision.DAY:
        return f"{hours / 24:+.0f} d" if hours else "same day"
    if hours == 0:
        return "first"
    return f"{hours:+.1f} h" if abs(hours) < _DAYS_FROM else f"{hours / 24:+.0f} d"


def percent(share: float | None) -> str:
    """A share; a dash where nothing can be said."""
    return "–" if share is None else f"{share:.0%}"


def precision(evidence: "ClaimEvidence") -> str:
    """How often claims of a kind were right when last measured; of less sure ones, "may be"."""
    found = evidence.precision
    if found is None:
        return "precision not measured"
    from semsearch.model.comparison import SURE_FROM  # noqa: PLC0415 - as above

    low, high = found.interval
    sure = "" if found.value >= SURE_FROM else "may be: "
    where = f", read on {found.read_on}" if found.read_on else ""
    when = f", {found.at}" if found.at else ""
    return (
        f"{sure}precision {found.value:.2f} ({low:.2f}-{high:.2f}), {found.n} {found.of}"
        f"{where}{when}"
    )


def in_words(label: str) -> str:
    """A label of the source as people write it: ``banking_and_finance``."""
    return label.replace("_", " ")


def web_address(url: str) -> str:
    """The address if it is one of the web, else nothing: it may come from anywhere."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in ("http", "https") else ""


def apart(hours: float) -> str:
    """How far two articles are apart in time, whichever came first."""
    hours = abs(hours)
    if hours < 1 / 60:
        return "at the same time"
    if hours < 1:
        return f"{hours * 60:.0f} min apart"
    return f"{hours:.1f} h apart" if hours < _DAYS_FROM else f"{hours / 24:.0f} days apart"


def extent(results: "SearchResults") -> str:
    """How far the list of an answer with hits goes."""
    first, last = results.hits[0].rank, results.hits[-1].rank
    listed = f"Hits {first:,} to {last:,} of a list of {results.total:,} articles."
    if not results.truncated:
        return listed
    return f"{listed} More satisfy the question than are listed; narrow it with filters."


def size(number: int) -> str:
    """Bytes in a readable unit."""
    value = float(number)
    for unit in ("bytes", "kB", "MB"):
        if value < 1_000:  # noqa: PLR2004 - decimal units
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1_000
    return f"{value:.1f} GB"


def name_sides(reasons: Iterable[str], a: str, b: str) -> str:
    """Reasons of a lineage with the two articles called by name instead of a and b."""
    names = {"a": a, "b": b}
    return "; ".join(_SIDE.sub(lambda side: names[side[0]], reason) for reason in reasons)


@cache
def environment(package: str, folder: str = "") -> "Environment":
    """The templates of a folder of a package, read once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - as above

    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalized(value: object) -> object:
    """Text without control characters; what is markup stays."""
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
