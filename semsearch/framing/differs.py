"""Conflicting values of two aligned sentences."""

from dataclasses import dataclass
from math import floor, log10

from semsearch.articles.comparison import Conflict, Phrase
from semsearch.framing.texts import FUNCTION_TERMS
from semsearch.framing.values import Bound, Value, values
from semsearch.store.lexical import words

_AMOUNTS = (Conflict.NUMBER, Conflict.QUANTITY)
# Log-odds of a match from which values that disagree are about the same thing.
DIFFERS_FROM = 3.0
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
    Conflict.TIME: 2,
}
# A line that says when it was published or updated, or a fragment, is no report.
_MIN_TERMS = 5
_MAX_CHARS = 1000  # what is longer is a list or a table
_DATELINE = frozenset(
    word.term
    for word in words(
        """january february march april may june july august september october november december
        jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
        saturday sunday mon tue wed thu fri sat sun updated update published posted edited last
        modified watch gmt est edt pst pdt bst et pt am pm photo file"""
    )
)


@dataclass(frozen=True, slots=True)
class ConflictingValues:
    """Two values of one thing; phrases index the first and the second sentence."""

    kind: Conflict
    a: Phrase
    b: Phrase


def conflicts(a: str, b: str) -> tuple[ConflictingValues, ...]:
    """Values of the same thing that two sentences about one fact do not agree in.

    A value of ``a`` conflicts with one of ``b`` where both count or date the same kind of thing
    among words that both sentences share, where no other value of either could be meant, where
    not each stands beside a name that the other sentence does not hold, and where neither
    sentence holds the other's value. Rounding is no conflict.
    """
    if not _reports(a) or not _reports(b):
        return ()
    values_a, values_b = values(a), values(b)
    terms_a, terms_b = ({word.term for word in words(text)} for text in (a, b))
    found = []
    for one in values_a:
        rivals = [other for other in values_b if _comparable(one, other)]
        if len(rivals) != 1:
            continue
        rival = rivals[0]
        back = [other for other in values_a if _comparable(other, rival)]
        if (
            len(back) == 1
            and not (one.names - terms_b and rival.names - terms_a)
            and not _held(one, values_b)
            and not _held(rival, values_a)
        ):
            found.append(ConflictingValues(one.kind, one.phrase, rival.phrase))
    return tuple(found)


def _reports(sentence: str) -> bool:
    if len(sentence) > _MAX_CHARS:
        return False
    terms = {word.term for word in words(sentence)} - FUNCTION_TERMS - _DATELINE
    return sum(not term[0].isdigit() for term in terms) >= _MIN_TERMS


def _comparable(a: Value, b: Value) -> bool:
    same_kind = a.kind is b.kind or (a.kind in _AMOUNTS and b.kind in _AMOUNTS)
    return (
        same_kind and bool(a.of) and a.of == b.of and len(a.near & b.near) >= _SHARED_NEAR[a.kind]
    )


def _held(value: Value, among: tuple[Value, ...]) -> bool:
    return any(_agree(value, other) for other in among)


def _agree(a: Value, b: Value) -> bool:
    """Whether two values may be the same one, told more or less exactly."""
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
    """The place value of the last digit that is not 0: 1,850 is told to 10, 3.6 to 0.1."""
    if amount == 0:
        return 1.0
    for power in range(floor(log10(amount)), -_DIGITS, -1):
        unit = 10.0**power
        if abs(amount / unit - round(amount / unit)) < _EXACT:
            return unit
    return 10.0**-_DIGITS
