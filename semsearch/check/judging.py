"""Say of a quotation what the archive holds of it: verbatim, cut, altered or not found.

best places -> how they differ -> the earliest article of those that hold it best -> who else
holds it, and how many of them are independent
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from semsearch.check.alignment import Block, Place, Quoted, numbered, quoted
from semsearch.check.matching import Archive, Holder
from semsearch.check.quotations import Quotation, find_quotations, speaker_of
from semsearch.check.words import is_number, same_letters
from semsearch.model.article import by_time
from semsearch.model.check import (
    CheckedQuotation,
    QuotationStatus,
    Speaker,
    WordChange,
    WordChangeKind,
)
from semsearch.model.comparison import Span
from semsearch.text.sentences import sentences

ALSO_SHOWN = 10
_NEGATIONS = frozenset(
    """not no never nobody none nothing neither nor without cannot nowhere hardly barely nicht kein
    keine keinen nie niemals ne pas jamais aucun nada nunca ningún""".split()
)
_ORDER = {
    WordChangeKind.NUMBER: 0,
    WordChangeKind.NEGATION: 0,
    WordChangeKind.WORD: 1,
    WordChangeKind.CUT: 2,
}
# How much of a quotation must stand in a place for the place to count as its source.
_MIN_SHARE = 0.6
_MIN_WEIGHT, _MIN_WEIGHT_OF_ONE = 0.45, 0.3
"""Of the words that stand there together, in rarities of a word that no article holds; the second
where but one word differs."""
_LEAST_RUN = 4  # words one after the other, where more than one was changed
_LEAST_RARITY = 0.25  # in an archive of a few articles no word is rare
_AROUND = 1_200  # characters of a source beside a quotation in which its sentence ends


@dataclass(frozen=True, slots=True)
class _Judged:
    holder: Holder
    status: QuotationStatus
    changes: tuple[WordChange, ...]


def judge_quotation(draft: str, quotation: Quotation, archive: Archive) -> CheckedQuotation:
    """What the archive holds of one quotation of a draft."""
    wanted = quoted(draft, quotation.start, quotation.end)
    holders = archive.holders(wanted) if len(wanted) else []
    if holders and wanted.brackets:
        wanted, holders = _read_otherwise(draft, quotation, wanted, holders, archive)
    if holders and len(holders[0].place.unmatched) >= _LEAST_RUN:
        wanted, holders = _read_apart(draft, wanted, holders, archive)
    if not holders or not _is_source(wanted, holders[0].place, archive):
        return _not_found(draft, quotation)
    best = _as_good(holders, archive, wanted)
    judged = [_judged(draft, wanted, holder) for holder in best]
    fullest = min(
        judged, key=lambda one: (one.status is not QuotationStatus.VERBATIM, _time(one.holder))
    )
    others = sorted((one for one in best if one is not fullest.holder), key=_time)
    where = fullest.holder
    return CheckedQuotation(
        start=quotation.start,
        end=quotation.end,
        text=draft[quotation.start : quotation.end],
        status=fullest.status,
        source=span_of(where),
        changes=fullest.changes,
        speaker=Speaker(speaker_of(draft, quotation.start, quotation.end), _source_speaker(where)),
        also=tuple(span_of(one) for one in others[:ALSO_SHOWN]),
        holders=len(best),
        origins=archive.origins([one.pk for one in best]),
    )


def _read_otherwise(
    draft: str,
    quotation: Quotation,
    wanted: Quoted,
    holders: list[Holder],
    archive: Archive,
) -> tuple[Quoted, list[Holder]]:
    """A quotation as what stands in square brackets is meant.

    The source may have it, too; or it stands for a few words, or for many as an ellipsis does.
    """
    pks = [one.pk for one in holders]
    literal = quoted(draft, quotation.start, quotation.end, literal=True)
    wide = replace(wanted, ellipses=wanted.ellipses | wanted.brackets)
    read = [
        (literal, archive.places(literal, pks)),
        (wanted, holders),
        (wide, archive.places(wide, pks)),
    ]
    for _, places in read:
        places.sort(key=lambda one: one.place.edits)

    def order(one: tuple[Quoted, list[Holder]]) -> tuple[int, int]:
        place = one[1][0].place
        return place.edits, len(place.cuts)

    return min((one for one in read if one[1]), key=order)


def _not_found(draft: str, quotation: Quotation) -> CheckedQuotation:
    return CheckedQuotation(
        start=quotation.start,
        end=quotation.end,
        text=draft[quotation.start : quotation.end],
        status=QuotationStatus.NOT_FOUND,
        source=None,
        changes=(),
        speaker=Speaker(speaker_of(draft, quotation.start, quotation.end), None),
        also=(),
        holders=0,
        origins=0,
    )


def _read_apart(
    draft: str, wanted: Quoted, holders: list[Holder], archive: Archive
) -> tuple[Quoted, list[Holder]]:
    """A quotation whose sentences stand apart in its source, though nothing says so."""
    between = itertools.pairwise(wanted.spans)
    joints = frozenset(
        number
        for number, (one, other) in enumerate(between, start=1)
        if any(mark in _ENDED for mark in draft[one[1] : other[0]])
    )
    apart = replace(wanted, joints=joints)
    places = archive.places(apart, [one.pk for one in holders]) if joints else []
    places.sort(key=lambda one: (len(one.place.unmatched), one.place.edits))
    if places and len(places[0].place.unmatched) + _LEAST_RUN <= len(holders[0].place.unmatched):
        return apart, places
    return wanted, holders


def _is_source(wanted: Quoted, place: Place, archive: Archive) -> bool:
    """Whether so much of a quotation stands in a place that it can only be its source."""
    if not place.edits:
        return True
    if place.edits > 1 and place.longest_run(len(wanted)) < _LEAST_RUN:
        return False
    matched = len(wanted) - len(place.unmatched)
    between = sum(
        one.source_last - one.source_first
        for one in place.changes
        if one.first == one.last and one.first in wanted.joints
    )
    weight = sum(
        max(archive.rarity(key), _LEAST_RARITY)
        for number, key in enumerate(wanted.keys)
        if number not in place.unmatched
    )
    least = _MIN_WEIGHT if place.edits > 1 else _MIN_WEIGHT_OF_ONE
    share = matched / (matched + place.edits - between)
    return share >= _MIN_SHARE and weight >= least * archive.rarest


def _as_good(holders: Sequence[Holder], archive: Archive, wanted: Quoted) -> list[Holder]:
    """The articles that hold a quotation as the best of them does."""
    first = min((one for one in holders if one.place.edits == holders[0].place.edits), key=_time)
    every = {one.pk: one for one in holders}
    lacking = set(archive.holding(first)) - set(every)
    every |= {one.pk: one for one in archive.places(wanted, lacking)}
    stands = _as_it_stands(first)
    return [
        one
        for one in every.values()
        if one.place.edits == first.place.edits and _as_it_stands(one) == stands
    ]


def _as_it_stands(holder: Holder) -> tuple[tuple[tuple[int, int], tuple[str, ...]], ...]:
    """What stands in a source in place of the words that were changed."""
    place = holder.place
    return tuple(
        ((one.first, one.last), tuple(place.held.keys[one.source_first : one.source_last]))
        for one in place.changes
    )


def _time(holder: Holder) -> tuple[object, str]:
    return by_time(holder.article)


def span_of(holder: Holder) -> Span:
    """A place as it is cited."""
    start, end = holder.span
    text = holder.article.text(holder.field)[start:end]
    return Span(holder.article.id, holder.field, start, end, text)


def _judged(draft: str, wanted: Quoted, holder: Holder) -> _Judged:
    place = holder.place
    text = holder.article.text(holder.field)
    changes = [
        _change(draft, text, wanted, place, block)
        for block in numbered(place.changes)
        if not same_letters(*_keys(wanted, place, block))
    ]
    if changes:
        ordered = sorted(changes, key=lambda one: (_ORDER[one.kind], one.start, one.source_start))
        return _Judged(holder, QuotationStatus.ALTERED, tuple(ordered))
    cuts = [_change(draft, text, wanted, place, block, WordChangeKind.CUT) for block in place.cuts]
    cuts += _cut_ends(wanted, holder)
    status = QuotationStatus.CUT if cuts else QuotationStatus.VERBATIM
    return _Judged(holder, status, tuple(sorted(cuts, key=lambda one: one.source_start)))


def _keys(wanted: Quoted, place: Place, block: Block) -> tuple[Sequence[str], Sequence[str]]:
    own = wanted.keys[block.first : block.last]
    return own, place.held.keys[block.source_first : block.source_last]


def _change(
    draft: str,
    text: str,
    wanted: Quoted,
    place: Place,
    block: Block,
    kind: WordChangeKind | None = None,
) -> WordChange:
    own, theirs = _keys(wanted, place, block)
    start, end = _extent(wanted.spans, block.first, block.last)
    source_start, source_end = _extent(place.held.spans, block.source_first, block.source_last)
    return WordChange(
        kind or _kind(own, theirs),
        text[source_start:source_end],
        draft[start:end],
        start,
        end,
        source_start,
        source_end,
    )


def _extent(spans: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """The characters of some words; of none where they would stand."""
    if first < last:
        return spans[first][0], spans[last - 1][1]
    at = spans[first - 1][1] if first else spans[0][0]
    return at, at


def _kind(own: Sequence[str], theirs: Sequence[str]) -> WordChangeKind:
    if any(map(is_number, own)) != any(map(is_number, theirs)) or (
        any(map(is_number, own)) and any(map(is_number, theirs))
    ):
        return WordChangeKind.NUMBER
    if sum(map(_is_negation, own)) % 2 != sum(map(_is_negation, theirs)) % 2:
        return WordChangeKind.NEGATION
    return WordChangeKind.WORD if own else WordChangeKind.CUT


def _is_negation(key: str) -> bool:
    return key in _NEGATIONS or key.endswith("n't")


# --- where a quotation begins and ends in its source

_OPENING = "“„«»‹›‘‚‛\"'「『〝`"
_CLOSING = "”“»«›‹’\"'」』〟`"
_ENDED = ".!?。！？…‽"


def _cut_ends(wanted: Quoted, holder: Holder) -> list[WordChange]:
    """What of the source's sentence is left out before and after a quotation."""
    text = holder.article.text(holder.field)
    start, end = holder.span
    low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
    line = text.rfind("\n", low, start) + 1 or low
    stop = text.find("\n", end, high)
    stop = high if stop < 0 else stop
    spans = [(low_ + line, high_ + line) for low_, high_ in sentences(text[line:stop])]
    begins = next((one for one in spans if one[0] <= start < one[1]), (start, end))
    ends = next((one for one in spans if one[0] < end <= one[1]), (start, end))
    found = []
    first, last = _before(text, begins[0], start), _after(text, end, ends[1])
    if first < start:
        at = wanted.spans[0][0]
        found.append(
            WordChange(WordChangeKind.CUT, text[first:start].strip(), "", at, at, first, start)
        )
    if last > end:
        at = wanted.spans[-1][1]
        found.append(WordChange(WordChangeKind.CUT, text[end:last].strip(), "", at, at, end, last))
    return found


def _before(text: str, first: int, start: int) -> int:
    """Where what is left out of a sentence ``[first, start)`` begins: not before its quotation."""
    between = text[first:start]
    for place in range(len(between) - 1, -1, -1):
        if between[place] in _OPENING and not _within_word(between, place):
            first += place + 1
            break
    return first if any(letter.isalnum() for letter in text[first:start]) else start


def _after(text: str, end: int, last: int) -> int:
    """Where what is left out of a sentence ``[end, last)`` ends: not after its quotation."""
    between = text[end:last]
    for place, letter in enumerate(between):
        if letter in _CLOSING and not _within_word(between, place):
            last = end + place
            break
    return last if any(letter.isalnum() for letter in text[end:last]) else end


def _within_word(text: str, place: int) -> bool:
    """Whether a mark is an apostrophe, or may be one."""
    before, after = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    return before.isalnum() and after.isalnum()


def _source_speaker(holder: Holder) -> str | None:
    """Whom the source says that it is by, where it quotes it, too."""
    text = holder.article.text(holder.field)
    start, end = holder.span
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    if stop - line > 4 * _AROUND:
        line, stop = max(line, start - _AROUND), min(stop, end + _AROUND)
    for one in find_quotations(text[line:stop]):
        if line + one.start <= start and end <= line + one.end:
            return speaker_of(text, line + one.start, line + one.end)
    return None
