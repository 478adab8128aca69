"""Candidates: which articles to compare one with, by shared words and by meaning.

Neither look-up grows with the archive: a run of words that stands in many articles says nothing
and is passed over, and meaning is compared within some weeks, in which coverage of one event
falls. A copy that appears later still shares words.

Shared words are found by a sketch of each article, MinHash (Broder, 1997): of its runs of five
words, the smallest value under each of several random orders. Two texts with Jaccard index J share
a given one with probability J, so at least one of 24 with 1 - (1 - J)^24: 92 % at J = .1. A teaser
is a small part of its article, so the beginning has eight numbers of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from semsearch.model.filters import EVERYTHING, AnyOf, Attribute, Between, Condition, Not, timestamp
from semsearch.relate.profile import Profile
from semsearch.relate.same_event import CROWD_DAYS
from semsearch.store.catalog.coverage import Coverage
from semsearch.store.snapshot import Snapshot
from semsearch.text.shingles import BEGINNING, Hashes, shingles

if TYPE_CHECKING:
    from datasketch import MinHash

WHOLE_KEYS, OPENING_KEYS = 24, 8
_SEED = 1
_MAX_BY_WORDS = 20
_MAX_BY_MEANING = 12
_DAY = 86_400
_WEEK = 7 * _DAY
_WEEKS = 4  # that an event is reported in, before and after
_UNDATED = Not(Between(Attribute.PUBLISHED, None, None))


def sketch(profile: Profile) -> tuple[int, ...]:
    """The keys of an article, each 0 <= key < 2**63; none where there is no text.

    The same text gives the same keys in every process and on every platform. Articles with any
    key in common are candidates; a key holds its place, so equal numbers in different places do
    not meet.
    """
    if not profile.size:
        return ()
    values = [
        *_minima(profile.shingles, WHOLE_KEYS),
        *_minima(shingles(profile.words.report[:BEGINNING]), OPENING_KEYS),
    ]
    return tuple(place << 32 | value for place, value in enumerate(values))


def _minima(hashes: Hashes, count: int) -> list[int]:
    minhash = _empty_minhash(count).copy()
    minhash.update_batch((hashes >> 32).tolist())
    return [int(value) for value in minhash.hashvalues]


@cache
def _empty_minhash(count: int) -> "MinHash":
    from datasketch import MinHash  # noqa: PLC0415 - it brings scipy, which a question needs not

    return MinHash(num_perm=count, seed=_SEED, hashfunc=int)


def candidates(
    profiles: Sequence[Profile],
    sketches: Sequence[Sequence[int]],
    coverage: Coverage,
    snapshot: Snapshot,
) -> list[list[int]]:
    """Keys of the articles that each should be compared with, at most 32, ascending.

    An article that is in the index is its own candidate, too.
    """
    pks = _by_words(sketches, coverage, snapshot.sequence)
    for week, places in _by_week(profiles).items():
        leads = {at: lead for at in places if (lead := profiles[at].lead_vector) is not None}
        if leads:
            matrix = np.stack(list(leads.values()))
            nearest = snapshot.vectors.nearest_leads(matrix, _MAX_BY_MEANING, _near(week))
            for at, hits in zip(leads, nearest, strict=True):
                pks[at].update(pk for pk, _ in hits)
    return [sorted(each) for each in pks]


def near_in_time(days: Iterable[int], at_most: int, snapshot: Snapshot) -> dict[int, set[int]]:
    """Keys of the articles of the index that are dated within three days of each day.

    Args:
        days: Days since 1970 (UTC).
        at_most: How many of each day are looked for; those without a lead are not seen.
        snapshot: Holds the articles.
    """
    # What lies within days is looked up by a vector, and any will do.
    probe = np.zeros((1, len(snapshot.whitening.mean)), np.float32)
    probe[0, 0] = 1
    found = {}
    for day in days:
        low, high = (day - CROWD_DAYS) * _DAY, (day + 1 + CROWD_DAYS) * _DAY
        within = Between(Attribute.PUBLISHED, low, high)
        (hits,) = snapshot.vectors.nearest_leads(probe, at_most, within)
        found[day] = {pk for pk, _ in hits}
    return found


def _by_words(sketches: Sequence[Sequence[int]], coverage: Coverage, at: int) -> list[set[int]]:
    """For each sketch, the articles that share most keys with it."""
    holders = coverage.relations.sharing({key for sketch in sketches for key in sketch}, at)
    nearest = []
    for sketch in sketches:
        counts = Counter(pk for key in dict.fromkeys(sketch) for pk in holders.get(key, ()))
        nearest.append(set(sorted(counts, key=lambda pk: (-counts[pk], pk))[:_MAX_BY_WORDS]))
    return nearest


def _by_week(profiles: Iterable[Profile]) -> dict[int | None, list[int]]:
    """Places of the articles of each week, None: of those without a date.

    Weeks are those of the calendar, so that it does not matter which articles come together.
    """
    weeks: dict[int | None, list[int]] = {}
    for place, profile in enumerate(profiles):
        published = profile.article.published
        week = None if published is None else timestamp(published) // _WEEK
        weeks.setdefault(week, []).append(place)
    return weeks


def _near(week: int | None) -> Condition:
    """Some weeks before a week to some weeks after it, or without a date."""
    if week is None:
        return EVERYTHING
    low, high = (week - _WEEKS) * _WEEK, (week + 1 + _WEEKS) * _WEEK
    return AnyOf((Between(Attribute.PUBLISHED, low, high), _UNDATED))
