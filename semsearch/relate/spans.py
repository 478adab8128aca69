"""Where two texts share runs of words, also where blocks have moved, and where they do not."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import FIELDS
from semsearch.model.relation import SharedSpan, Side, TextSpan
from semsearch.relate.profile import Profile
from semsearch.text.shingles import RUN, ArticleWords, rolling

_PLACES = 8
"""Places of a repeated run that are looked at for the longest match."""
_STEP = 64


def shared_spans(a: Profile, b: Profile) -> tuple[SharedSpan, ...]:
    """The common runs of at least five words, the longest first.

    Runs end where a field ends or boilerplate begins, which may leave a piece shorter. Whichever
    article is called a, the same runs are found, in the same order.
    """
    if a.order <= b.order:
        found = sorted(_matches(a.words, b.words), key=_longest)
        return tuple(_span(a, b, *match) for match in found)
    found = sorted(_matches(b.words, a.words), key=_longest)
    return tuple(_span(a, b, own, other, count) for other, own, count in found)


def unshared_spans(side: Side, own: Profile, other: Profile) -> tuple[TextSpan, ...]:
    """The runs of words of the report that are in no run of five that the other article has."""
    words = own.words
    shared = np.zeros(len(words), np.bool_)
    run = min(RUN, len(words), len(other.words))
    if run:
        theirs = np.unique(rolling(other.words.hashes, run))
        hits = np.flatnonzero(np.isin(rolling(words.hashes, run), theirs))
        for place in range(run):
            shared[hits + place] = True
    left = np.flatnonzero(~shared & words.is_report)
    if not len(left):
        return ()
    breaks = np.flatnonzero((np.diff(left) > 1) | (np.diff(words.fields[left]) != 0)) + 1
    return tuple(
        _text_span(side, own, int(piece[0]), int(piece[-1])) for piece in np.split(left, breaks)
    )


def _longest(match: tuple[int, int, int]) -> tuple[int, int, int]:
    return -match[2], match[0], match[1]


def _matches(a: ArticleWords, b: ArticleWords) -> Iterator[tuple[int, int, int]]:
    """First word in a, first word in b, and length of each match, in the order of a."""
    run = min(RUN, len(a), len(b))
    if not run:
        return
    runs_a, runs_b = rolling(a.hashes, run), rolling(b.hashes, run)
    places: dict[int, list[int]] = defaultdict(list)
    shared = np.flatnonzero(np.isin(runs_b, runs_a))
    for place, value in zip(shared.tolist(), runs_b[shared].tolist(), strict=True):
        places[value].append(place)
    kinds_a, kinds_b = _kinds(a), _kinds(b)
    at, following = 0, 0
    values = runs_a.tolist()
    while at < len(values):
        best, length = 0, 0
        for place in _nearest(places.get(values[at], ()), following):
            reach = _common(a, b, at, place)
            if reach > length:
                best, length = place, reach
        if not length:
            at += 1
            continue
        yield from _pieces(kinds_a, kinds_b, at, best, length)
        at += length
        following = best + length


def _nearest(places: tuple[int, ...] | list[int], wanted: int) -> list[int]:
    """The places to try, the one that continues the last match first."""
    if len(places) <= _PLACES:
        return sorted(places, key=lambda place: place != wanted)
    return sorted(places, key=lambda place: abs(place - wanted))[:_PLACES]


def _common(a: ArticleWords, b: ArticleWords, at: int, place: int) -> int:
    """Words from ``at`` and ``place`` on that are the same."""
    most = min(len(a) - at, len(b) - place)
    reach, step = 0, _STEP
    while reach < most:
        end = min(reach + step, most)
        differ = a.hashes[at + reach : at + end] != b.hashes[place + reach : place + end]
        if differ.any():
            return reach + int(differ.argmax())
        reach, step = end, 2 * step
    return most


def _kinds(words: ArticleWords) -> NDArray[np.int8]:
    return words.fields.astype(np.int8) * 2 + words.boilerplate


def _pieces(
    kinds_a: NDArray[np.int8], kinds_b: NDArray[np.int8], at: int, place: int, length: int
) -> Iterator[tuple[int, int, int]]:
    """A match, cut where one side's field or kind of text changes."""
    changes = (np.diff(kinds_a[at : at + length]) != 0) | (
        np.diff(kinds_b[place : place + length]) != 0
    )
    cuts = [0, *(np.flatnonzero(changes) + 1).tolist(), length]
    for start, end in pairwise(cuts):
        yield at + start, place + start, end - start


def _span(a: Profile, b: Profile, at: int, place: int, count: int) -> SharedSpan:
    own = _text_span("a", a, at, at + count - 1)
    other = _text_span("b", b, place, place + count - 1)
    return SharedSpan(
        field_a=own.field,
        start_a=own.start,
        end_a=own.end,
        field_b=other.field,
        start_b=other.start,
        end_b=other.end,
        words=count,
        boilerplate=bool(a.words.boilerplate[at] or b.words.boilerplate[place]),
        text=own.text,
    )


def _text_span(side: Side, profile: Profile, first: int, last: int) -> TextSpan:
    words = profile.words
    field = FIELDS[int(words.fields[first])]
    start, end = int(words.starts[first]), int(words.ends[last])
    return TextSpan(side, field, start, end, profile.article.text(field)[start:end])
