"""Find values of two texts of one event that do not agree, though they are about the same thing.

Values are compared where they count alike, in sentences that would count as shared but for them.
Where a text holds other values of the kind, any of them could be meant. What runs on within hours
(counts of cases or votes, prices, where a storm is) is no conflict, and neither are reports of
different days.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import floor, log10

from semsearch.compare.agreement import may_agree
from semsearch.compare.alignment import Alignment
from semsearch.compare.sentences import Sentences
from semsearch.compare.values import Bound, Value, values
from semsearch.model.comparison import Conflict
from semsearch.text.tokens import FUNCTION_TERMS, terms

_AMOUNTS = (Conflict.NUMBER, Conflict.QUANTITY)
_FAR = 4.0  # one more than so many times the other is of something else
_LARGE = 1000.0  # from here on numbers are rounded in the news
_DIGITS = 4
_EXACT = 1e-6
_MINUTES = 10.0
_HALF_DAY = 720.0
_MARGIN = 0.2  # how far "about" and "more than" reach
# Content terms that must stand near both values.
_SHARED_NEAR = {
    Conflict.NUMBER: 2,
    Conflict.QUANTITY: 4,  # there are many shares and sums in one story
    Conflict.DATE: 2,
    Conflict.TIME: 1,
}
# What happened in another year is background to one of the two.
_ANOTHER_TIME = re.compile(
    r"\b(?:(?:1[6-9]|20)\d\d|(?:years?|months?|decades?) (?:ago|earlier|later|before)"
    r"|(?:last|past|previous|earlier this) (?:year|month|decade|century|season))\b",
    re.IGNORECASE,
)
# A line that says when it was published or updated, a caption, or a fragment, is no report.
_CAPTION = re.compile(r"@\w|\((?:AP|Photo|Reuters|Getty)\b|Getty Images|file photo", re.IGNORECASE)
_MIN_TERMS = 3
_MAX_CHARS = 1000  # what is longer is a list or a table
_RUNNING = terms(
    """cases infections tested precincts ballots counted tally dow nasdaq index points shares
    stocks futures yield barrel crude price prices mph winds miles away so far latest update"""
)
_DATELINE = terms(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
    saturday sunday mon tue wed thu fri sat sun updated update published posted edited last
    modified watch gmt est edt pst pdt bst et pt am pm photo file"""
)


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """A value with its sentence.

    Attributes:
        sentence: Which one of the text.
        text: Of that sentence.
        terms: Its words.
        dated: Whether it tells of another time, in words that are not the value.
    """

    sentence: int
    text: str
    value: Value
    terms: frozenset[str]
    dated: bool


@dataclass(frozen=True, slots=True)
class ValueConflict:
    """Two values of one thing that do not agree.

    Attributes:
        a: The value in the first text.
        b: In the second.
        score: Log-odds that their sentences report the same.
    """

    a: ReportedValue
    b: ReportedValue
    score: float


def reported_values(text: Sentences) -> list[ReportedValue]:
    """The values of a text that can be compared, in order."""
    return [
        ReportedValue(
            number,
            sentence,
            value,
            frozenset(text.words[number].terms),
            _is_of_another_time(sentence, value),
        )
        for number in range(len(text))
        if _is_report(sentence := text.span(number).text)
        for value in values(sentence)
        if value.of.things
    ]


def find_conflicts(
    a: Sequence[ReportedValue], b: Sequence[ReportedValue], alignment: Alignment
) -> tuple[ValueConflict, ...]:
    """Values of one thing that two texts of one event do not agree in.

    Two values are compared where both count or date alike, where their sentences are each other's
    best match, alike enough and agree in all else, where neither text holds the other's value, and
    where no other value of the kind could be meant in either. Rounding is no conflict.

    Args:
        a: Values of a text.
        b: Of another.
        alignment: The first looked up in the second.
    """
    best_of_a, best_of_b = alignment.best, alignment.reverse.best
    conflicts: dict[tuple[float, float], ValueConflict] = {}
    for one, other in product(a, b):
        if (
            not alignment.alike[one.sentence, other.sentence]
            or best_of_a[one.sentence] != other.sentence
            or best_of_b[other.sentence] != one.sentence
            or not _may_disagree(one.value, other.value)
            or not _of_one_scene(one, other)
            or _runs_on(one)
            or _runs_on(other)
            or not may_agree(one.text, other.text, figures=False)
            or not _alone(one, a, other.value)
            or not _alone(other, b, one.value)
            or _is_reported(one.value, b)
            or _is_reported(other.value, a)
        ):
            continue
        # Content terms that stand near both values, or name what both count, beyond the first.
        shared = len(one.value.near & other.value.near)
        shared += len(one.value.of.things & other.value.of.things) - 1
        if one.value.of.is_period() or shared < _SHARED_NEAR[one.value.kind]:
            continue
        score = float(alignment.logits[one.sentence, other.sentence])
        amounts = one.value.amount, other.value.amount
        # The same two values in other sentences too are shown once, where they match best.
        if amounts not in conflicts or score > conflicts[amounts].score:
            conflicts[amounts] = ValueConflict(one, other, score)
    return tuple(conflicts.values())


def _runs_on(reported: ReportedValue) -> bool:
    """Whether a value is of what changes within hours."""
    return bool(reported.terms & _RUNNING)


def _is_of_another_time(sentence: str, value: Value) -> bool:
    return any(
        match.end() <= value.phrase.start or value.phrase.end <= match.start()
        for match in _ANOTHER_TIME.finditer(sentence)
    )


def _is_report(sentence: str) -> bool:
    if len(sentence) > _MAX_CHARS or _CAPTION.search(sentence):
        return False
    content = terms(sentence) - FUNCTION_TERMS - _DATELINE
    return sum(not term[0].isdigit() for term in content) >= _MIN_TERMS


def _is_reported(value: Value, among: Sequence[ReportedValue]) -> bool:
    return any(
        value.of.things & other.value.of.things and _agree(value, other.value) for other in among
    )


def _of_one_scene(a: ReportedValue, b: ReportedValue) -> bool:
    """Whether not each stands beside a name that the other lacks, nor one alone in another time."""
    strange = a.value.names - b.terms and b.value.names - a.terms
    return not strange and a.dated == b.dated


def _may_disagree(a: Value, b: Value) -> bool:
    of_one_kind = a.kind is b.kind or (a.kind in _AMOUNTS and b.kind in _AMOUNTS)
    if not of_one_kind or not a.of.is_like(b.of) or _agree(a, b):
        return False
    if a.kind not in _AMOUNTS:
        return True
    if a.of.is_period() and not a.near & b.near:
        return False
    low, high = sorted((a.amount, b.amount))
    # "One" is mostly no count.
    return high <= _FAR * low and (low > 1 or bool(a.of.fate))


def _alone(reported: ReportedValue, among: Sequence[ReportedValue], rival: Value) -> bool:
    """Whether no other value of a text could be the one that is meant by the other text."""
    return all(
        _agree(each.value, reported.value) or not _may_disagree(each.value, rival) for each in among
    )


def _agree(a: Value, b: Value) -> bool:
    """Whether two values may be the same one, given more or less exactly."""
    distance = abs(a.amount - b.amount)
    if a.kind is Conflict.TIME and b.kind is Conflict.TIME:
        return min(distance, abs(distance - _HALF_DAY)) <= _MINUTES
    if a.bound or b.bound:
        return _within(a, b) or _within(b, a)
    if a.kind is Conflict.DATE or b.kind is Conflict.DATE:
        return distance == 0
    if max(a.amount, b.amount) < _LARGE and a.amount == floor(a.amount) == a.amount:
        return distance == 0 or (b.amount != floor(b.amount) and distance < 1)
    return distance < max(_step(a.amount), _step(b.amount))


def _within(bound: Value, value: Value) -> bool:
    """Whether "more than 600" or "nearly 600" may be this value."""
    low, high = {
        Bound.ABOVE: (1.0, 1 + _MARGIN),
        Bound.BELOW: (1 - _MARGIN, 1.0),
        Bound.ABOUT: (1 - _MARGIN, 1 + _MARGIN),
        Bound.NONE: (1.0, 1.0),
    }[bound.bound]
    return low * bound.amount <= value.amount <= high * bound.amount


def _step(amount: float) -> float:
    """The place value of the last digit that is not 0: 1,850 is given to 10, 3.6 to 0.1."""
    if amount == 0:
        return 1.0
    for power in range(floor(log10(amount)), -_DIGITS, -1):
        unit = 10.0**power
        if abs(amount / unit - round(amount / unit)) < _EXACT:
            return unit
    return 10.0**-_DIGITS
