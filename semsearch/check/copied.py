"""Find runs of a draft, outside quotation marks, that stand word for word in the archive.

every six words of the draft -> articles that hold them (word index) -> the longest run around
them -> those that are no boilerplate, each with the earliest article that holds it
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from semsearch.check.matching import Archive
from semsearch.check.quotations import Quotation
from semsearch.check.words import Words, words_of
from semsearch.deadline import go_on
from semsearch.model.article import FIELDS, Article, Field, by_time
from semsearch.model.check import CopiedRun
from semsearch.model.comparison import Span
from semsearch.text.boilerplate import masked
from semsearch.text.statements import is_notice

MIN_WORDS = 12
"""Words of a run that is told."""
_STEP = 6  # any run of twelve words holds one of these pieces whole
_COMMON = 60  # articles that hold a piece, at most, that are looked at
_MOST_ARTICLES = 200
_ALSO = 10
_REPEATED = 3  # independent articles of one outlet that hold its boilerplate
_OTHER = "\0"
_FIRST_CODE = 0x10000


@dataclass(frozen=True, slots=True)
class _Run:
    """Words ``[first, last)`` of the draft, and where they stand in an article."""

    first: int
    last: int
    pk: int
    article: Article
    field: Field
    start: int
    end: int


def copied_runs(text: str, quotations: Sequence[Quotation], archive: Archive) -> list[CopiedRun]:
    """The runs of twelve words or more that some article holds, in the order of the text."""
    words = words_of(text)
    segments = list(_outside(words, quotations))
    runs = [run for segment in segments for run in _runs(text, words, segment, archive)]
    found = []
    taken: list[tuple[int, int]] = []
    for span in sorted({(one.first, one.last) for one in runs}, key=_longest):
        go_on()
        first, last = _beside(span, taken)
        if last - first < MIN_WORDS:
            continue
        taken.append((first, last))
        holders = [one for one in runs if one.first <= first and last <= one.last]
        start, end = words.spans[first][0], words.spans[last - 1][1]
        if _is_boilerplate(text[start:end], holders, archive):
            continue
        found.append(_told(text, words, first, last, holders, archive))
    return sorted(found, key=lambda one: one.start)


def _longest(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _beside(span: tuple[int, int], taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """What of a run no longer run has; nothing where one holds all of it."""
    first, last = span
    for begin, end in taken:
        if first < end and begin < last:
            first, last = (end, last) if begin <= first else (first, begin)
    return first, last


def _outside(words: Words, quotations: Sequence[Quotation]) -> Iterator[tuple[int, int]]:
    """The runs of words of a draft that stand in no quotation marks."""
    outer = [one for one in quotations if not one.inner]
    first, number = 0, 0
    for place, (start, _) in enumerate(words.spans):
        while number < len(outer) and outer[number].end <= start:
            number += 1
        if number < len(outer) and outer[number].start <= start:
            if place - first >= MIN_WORDS:
                yield first, place
            first = place + 1
    if len(words) - first >= MIN_WORDS:
        yield first, len(words)


def _runs(text: str, words: Words, segment: tuple[int, int], archive: Archive) -> Iterator[_Run]:
    """The longest runs of a segment in each of the articles that hold a piece of it."""
    first, last = segment
    pieces: dict[int, list[int]] = {}
    counts: Counter[int] = Counter()
    for place in range(first, last - _STEP + 1, _STEP):
        go_on()
        start, end = words.spans[place][0], words.spans[place + _STEP - 1][1]
        held = archive.with_text(text[start:end], _COMMON)
        for pk in held:
            pieces.setdefault(pk, []).append(place)
        counts.update(held)
    likely = [pk for pk, _ in counts.most_common(_MOST_ARTICLES)]
    codes: dict[str, str] = {}
    for key in words.keys[first:last]:
        codes.setdefault(key, chr(_FIRST_CODE + len(codes)))
    own = "".join(codes[key] for key in words.keys[first:last])
    for pk, article in archive.articles(likely).items():
        go_on()
        for field in FIELDS:
            if not article.text(field):
                continue
            held_words = archive.words(pk, field)
            held_text = "".join([codes.get(key, _OTHER) for key in held_words.keys])
            for at, place, length in _maximal(own, held_text, [p - first for p in pieces[pk]]):
                if length >= MIN_WORDS:
                    start = held_words.spans[place][0]
                    end = held_words.spans[place + length - 1][1]
                    yield _Run(first + at, first + at + length, pk, article, field, start, end)


def _maximal(own: str, held: str, places: Iterable[int]) -> Iterator[tuple[int, int, int]]:
    """The runs around some pieces of a text in another: where in both, and how long."""
    reached = 0
    for at in places:
        if at + _STEP <= reached:
            continue
        best = (0, 0, 0)
        found = held.find(own[at : at + _STEP])
        while found >= 0:
            start, place = at, found
            while start and place and own[start - 1] == held[place - 1]:
                start, place = start - 1, place - 1
            end, stop = at + _STEP, found + _STEP
            while end < len(own) and stop < len(held) and own[end] == held[stop]:
                end, stop = end + 1, stop + 1
            best = max(best, (end - start, -start, -place))
            found = held.find(own[at : at + _STEP], stop)
        if best[0]:
            reached = best[0] - best[1]
            yield -best[1], -best[2], best[0]


def _is_boilerplate(text: str, holders: Sequence[_Run], archive: Archive) -> bool:
    """Whether a run is what an outlet prints under its texts, or a notice of a page."""
    if not masked(text).strip() or is_notice(text):
        return True
    by_outlet: dict[str, set[int]] = {}
    for one in holders:
        if one.article.provider.key:
            by_outlet.setdefault(one.article.provider.key, set()).add(one.pk)
    return any(
        len(pks) >= _REPEATED and archive.origins(pks) >= _REPEATED for pks in by_outlet.values()
    )


def _told(
    text: str,
    words: Words,
    first: int,
    last: int,
    holders: Sequence[_Run],
    archive: Archive,
) -> CopiedRun:
    by_article = {one.pk: one for one in sorted(holders, key=lambda one: one.last - one.first)}
    ordered = sorted(by_article.values(), key=lambda one: by_time(one.article))
    spans = [
        Span(one.article.id, one.field, one.start, one.end,
             one.article.text(one.field)[one.start : one.end])
        for one in ordered
    ]  # fmt: skip
    start, end = words.spans[first][0], words.spans[last - 1][1]
    return CopiedRun(
        start=start,
        end=end,
        text=text[start:end],
        words=last - first,
        source=spans[0],
        also=tuple(spans[1 : 1 + _ALSO]),
        holders=len(ordered),
        origins=archive.origins([one.pk for one in ordered]),
    )
