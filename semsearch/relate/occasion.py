"""What a report says of its event beyond names and figures: the days it names, and what it quotes.

Two steps of one affair share names, words and meaning. What tells them apart are the day that each
report names at its beginning ("on Thursday") and the words that were said on that occasion, which
every report of it quotes. Days are read in English alone; a text in another language names none.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from semsearch.text.numerals import MONTHS, WEEKDAYS
from semsearch.text.shingles import Hashes, rolling, word_hash

QUOTED_RUN = 4
"""Words in a row that two writers hardly ever put between quotation marks by chance."""
_BEGINNING_CHARS = 700
_QUOTES_CHARS = 8_000
_NEAR = timedelta(days=40)
"""A month and day further from the publication than this is history or a plan."""
_MONTHS = [name[:3] for name in MONTHS]
_RELATIVE = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = re.compile(
    rf"\b(?:(next) )?({'|'.join(WEEKDAYS)})\b|\b({'|'.join(_RELATIVE)})\b"
    rf"|\b{_MONTH} (\d{{1,2}})\b|\b(\d{{1,2}}) {_MONTH}(?!\w)"
)
_QUOTATION = re.compile(r"[“\"]([^“”\"]{15,400})[”\"]")
_WORD = re.compile(r"[^\W_]+")


def days_named(text: str, published: datetime | None) -> tuple[int, ...]:
    """The days that the beginning of a text names, in order, as ordinals of the calendar.

    A weekday is the last one up to the publication, unless "next" stands before it; a month and
    day counts within forty days of the publication.

    No day is known where ``published`` is None.
    """
    if published is None:
        return ()
    day = published.date()
    found = _days(text[:_BEGINNING_CHARS].lower(), day)
    return tuple(dict.fromkeys(one.toordinal() for one in found))


def quoted_runs(text: str) -> Hashes:
    """The distinct runs of four words between quotation marks, as sorted uint64 hashes."""
    runs = []
    for match in _QUOTATION.finditer(text[:_QUOTES_CHARS]):
        words = _WORD.findall(match[1].replace("’", "").replace("'", ""))
        runs.append(rolling(np.array([word_hash(word) for word in words], np.uint64), QUOTED_RUN))
    return np.unique(np.concatenate(runs)) if runs else np.empty(0, np.uint64)


def _days(text: str, published: date) -> Iterator[date]:
    for match in _DAY.finditer(text):
        try:
            found = _day(match, published)
        except (ValueError, OverflowError):  # no such day, or before the year 1
            continue
        if abs(found - published) <= _NEAR:
            yield found


def _day(match: re.Match[str], published: date) -> date:
    following, weekday, relative, month, day, day_before, month_after = match.groups()
    if weekday:
        back = (published.weekday() - WEEKDAYS.index(weekday)) % 7
        return published + timedelta(days=7 - back if following else -back)
    if relative:
        return published + timedelta(days=_RELATIVE[relative])
    number = _MONTHS.index(month or month_after) + 1
    year = published.year + round((published.month - number) / 12)  # the nearest such day
    return date(year, number, int(day or day_before))
