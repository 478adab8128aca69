"""Whom to compare an article with: those that share its words, and those that mean the same.

Neither look-up grows with the archive: a run of words that stands in many articles says nothing
and is passed over, and meaning is compared within some weeks, in which coverage of one event
falls. A copy that appears later still shares words.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from semsearch.model.filters import (
    EVERYTHING,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    timestamp,
)
from semsearch.relate.profile import Profile
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.snapshot import Snapshot

_WORDS = 20  # articles compared because of shared words, those that share most
_MEANING = 12  # articles compared because of what their leads mean
_WEEK = 7 * 86_400
_WEEKS = 4  # that an event is reported in, before and after
_UNDATED = Not(Between(Attribute.PUBLISHED, None, None))


def neighbours(
    profiles: Sequence[Profile],
    sketches: Sequence[Sequence[int]],
    coverage: Coverage,
    snapshot: Snapshot,
) -> list[list[int]]:
    """Keys of the articles that each should be compared with, at most 32, ascending.

    An article that is in the index is its own neighbour, too.
    """
    found = _by_words(sketches, coverage, snapshot.sequence)
    for week, places in _by_week(profiles).items():
        for place, pks in _by_meaning(profiles, places, snapshot, _near(week)):
            found[place].update(pks)
    return [sorted(pks) for pks in found]


def _by_words(sketches: Sequence[Sequence[int]], coverage: Coverage, at: int) -> list[set[int]]:
    holders = coverage.sharing({key for sketch in sketches for key in sketch}, at)
    found = []
    for sketch in sketches:
        counts: dict[int, int] = {}
        for key in dict.fromkeys(sketch):
            for pk in holders.get(key, ()):
                counts[pk] = counts.get(pk, 0) + 1
        found.append(set(sorted(counts, key=lambda pk: (-counts[pk], pk))[:_WORDS]))
    return found


def _by_meaning(
    profiles: Sequence[Profile], places: Sequence[int], snapshot: Snapshot, condition: Condition
) -> Iterator[tuple[int, list[int]]]:
    leads = [(place, lead) for place in places if (lead := profiles[place].lead_vector) is not None]
    if not leads:
        return
    matrix = np.stack([lead for _, lead in leads])
    hits = snapshot.vectors.nearest_leads(matrix, _MEANING, condition)
    for (place, _), mine in zip(leads, hits, strict=True):
        yield place, [pk for pk, _ in mine]


def _by_week(profiles: Iterable[Profile]) -> dict[int | None, list[int]]:
    """Places of the articles of each week, None: of those without a date.

    Weeks are those of the calendar, so that it does not matter which articles come together.
    """
    weeks: dict[int | None, list[int]] = {}
    for place, one in enumerate(profiles):
        published = one.article.published
        week = None if published is None else timestamp(published) // _WEEK
        weeks.setdefault(week, []).append(place)
    return weeks


def _near(week: int | None) -> Condition:
    """Some weeks before a week to some weeks after it, or without a date."""
    if week is None:
        return EVERYTHING
    low, high = (week - _WEEKS) * _WEEK, (week + 1 + _WEEKS) * _WEEK
    return AnyOf((Between(Attribute.PUBLISHED, low, high), _UNDATED))
