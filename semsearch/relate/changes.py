"""What was changed between two texts that run alike: figures, names, negations.

One changed name or figure is a correction; names and figures changed throughout, and nothing else,
are two notices from one mould (``mould``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from semsearch.model.article import FIELDS
from semsearch.model.relation import Change, ChangeKind, Side, TextSpan
from semsearch.relate.amounts import figures_differ
from semsearch.relate.facts import credits_in
from semsearch.relate.mould import are_of_one_mould
from semsearch.relate.slots import (
    MAX_WORDS,
    MIN_SERIES_DAYS,
    SLOT_WORDS,
    Slot,
    Word,
    aligned_words,
    days_between,
    names_apart,
    places_of,
    slots_between,
    titles_conflict,
)

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

_FEW_FACTS, _RETOUCHED, _MIN_WORDS = 2, 0.1, 8
_NEGATIONS = frozenset(
    """not no never nobody none nothing neither nor without cannot t noone nowhere unhurt
    uninjured""".split()
)
_OPPOSITES = {
    word: (pair, side)
    for pair, sides in enumerate(
        (
            ("rose rise rises risen up increased", "fell fall falls fallen down decreased"),
            ("won win wins", "lost lose loses"),
            ("opens opened open reopened", "closes closed close shut"),
            ("approved accepted passed backed", "rejected refused declined opposed"),
            ("guilty convicted", "innocent acquitted"),
            ("alive survived survives", "dead died dies killed"),
            ("hurt injured wounded", "killed dead"),
            ("more higher above", "less fewer lower below"),
            ("before", "after"),
            ("everybody everyone everything all", "some"),
            ("confirmed confirms", "denied denies"),
        )
    )
    for side, words in enumerate(sides)
    for word in words.split()
}  # fmt: skip
_PIECE = r"(?:article|story|report|item|text|post|page|headline)"
_NOTICE = re.compile(
    r"\b(?:corrections?|clarifications?|retractions?|errat(?:um|a)|corrigendum)\s*[:(—–-]"
    r"|^\W*corrected\s*[:(—–-]|\(correct(?:s|ing) "
    r"|\bearlier version (?:of|said|stated|gave)"
    rf"|\b(?:previous|prior|original) version of (?:this|the|our) {_PIECE}\b"
    rf"|\bthis {_PIECE} (?:has been|was) (?:corrected|amended|updated to|retracted|withdrawn)"
    r"|\brefiled to (?:fix|correct|remove|add|clarify)\b"
    r"|\b(?:misstated|misspelled|misidentified)\b|\bincorrectly (?:said|stated|named|gave|reported)"
    r"|\b(?:was|were|has been|have been) corrected\b|\bcorrects? (?:the )?(?:name|spelling|figure)"
    r"|\bwe (?:regret|apologi[sz]e for) the error",
    re.IGNORECASE | re.MULTILINE,
)
_MOULD_WORDS = 600
_CREDIT_CHARS = 80
_BYLINE = re.compile(r"\s*[Bb][Yy]\s+[A-Z][^\n.!?]{1,60}\s*")
_STAMP = re.compile(r"^\W*(?:updated|published|posted|last (?:updated|modified))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two texts that run alike.

    Attributes:
        changes: Figures, names and negations that were replaced, and correction notices that one
            has; in the order of a.
        is_mould: Names and figures differ throughout, and little else: two notices on two
            subjects, or two of a series.
        is_retouched: Nothing but a fact or two differs, or a word that denies it.
    """

    changes: tuple[Change, ...] = ()
    is_mould: bool = False
    is_retouched: bool = False


def differences(a: "Profile", b: "Profile") -> Differences:
    """What differs between two texts; ``differences(b, a)`` says the same with sides swapped."""
    if a.order > b.order:
        found = differences(b, a)
        return replace(found, changes=tuple(map(_swapped, found.changes)))
    words_a, words_b = aligned_words(a), aligned_words(b)
    slots = slots_between(words_a, words_b)
    changes = [change for slot in slots for change in _changes(slot, a, b)]
    changes += _notices(a, b)
    # By the beginnings of long texts: of two versions the rest may be another.
    begun = slots
    if max(len(words_a), len(words_b)) > _MOULD_WORDS:
        begun = slots_between(words_a[:_MOULD_WORDS], words_b[:_MOULD_WORDS])
    is_mould = are_of_one_mould(begun, a, b)
    is_retouched = bool(changes) and not is_mould and _is_retouched(slots, a, b)
    return Differences(tuple(changes), is_mould, is_retouched)


def _swapped(change: Change) -> Change:
    a = None if change.b is None else replace(change.b, side="a")
    b = None if change.a is None else replace(change.a, side="b")
    return Change(change.kind, a, b)


def _changes(slot: Slot, a: "Profile", b: "Profile") -> list[Change]:
    if (
        not (slot.is_replacement or slot.is_one_word)
        or _is_stamp(slot.a, a)
        or _is_stamp(slot.b, b)
    ):
        return []
    kinds = []
    if slot.is_replacement:
        if figures_differ(slot, a, b):
            kinds.append(ChangeKind.FIGURE)
        if all(names_apart(slot)) and all(names_apart(_uncredited(slot, a, b))):
            kinds.append(ChangeKind.NAME)
    if _is_negated(slot):
        kinds.append(ChangeKind.NEGATION)
    span_a, span_b = _span("a", slot.a, a), _span("b", slot.b, b)
    return [Change(kind, span_a, span_b) for kind in kinds]


def _uncredited(slot: Slot, a: "Profile", b: "Profile") -> Slot:
    """A slot without the words of its bylines, datelines and credits of agencies."""
    sides = [
        [word for word in words if not _is_credit(word, profile)]
        for words, profile in ((slot.a, a), (slot.b, b))
    ]
    return Slot(sides[0], sides[1], slot.in_lead)


def _is_credit(word: Word, profile: "Profile") -> bool:
    held = profile.words
    text = profile.article.text(FIELDS[int(held.fields[word.number])])
    at = int(held.starts[word.number])
    line = text.rfind("\n", 0, at) + 1
    if at - line > _CREDIT_CHARS:
        return False
    end = text.find("\n", line)
    if _BYLINE.fullmatch(text, line, len(text) if end < 0 else end):
        return True
    credit = next(iter(credits_in(text[line : line + _CREDIT_CHARS])), None)
    return credit is not None and at < line + credit[2]


def _is_negated(slot: Slot) -> bool:
    """Whether one side denies what the other says, or says its opposite."""
    counts = [sum(word.text in _NEGATIONS for word in side) for side in (slot.a, slot.b)]
    if counts[0] % 2 != counts[1] % 2:
        return True
    poles = [
        {_OPPOSITES[word.text] for word in side if word.text in _OPPOSITES}
        for side in (slot.a, slot.b)
    ]
    return any((pair, 1 - side) in poles[1] and (pair, 1 - side) not in poles[0]
               and (pair, side) not in poles[1] for pair, side in poles[0])  # fmt: skip


def _is_stamp(words: Sequence[Word], profile: "Profile") -> bool:
    """Whether some words stand in a line that says when the page was changed."""
    if not words:
        return False
    held = profile.words
    first = words[0].number
    text = profile.article.text(FIELDS[int(held.fields[first])])
    line = text.rfind("\n", 0, int(held.starts[first])) + 1
    return bool(_STAMP.match(text[line : line + SLOT_WORDS * 2]))


def _notices(a: "Profile", b: "Profile") -> list[Change]:
    """Correction notices that one of the two has."""
    found = []
    sides: tuple[tuple[Side, Profile, Profile], ...] = (("a", a, b), ("b", b, a))
    for side, own, other in sides:
        for field in FIELDS:
            text = own.article.text(field)
            for match in _NOTICE.finditer(text):
                if match[0].casefold() in other.article.text(field).casefold():
                    continue
                end = min(len(text), match.end() + 100)
                span = TextSpan(side, field, match.start(), end, text[match.start() : end])
                found.append(
                    Change(ChangeKind.CORRECTION, *((span, None) if side == "a" else (None, span)))
                )
                break
    return found


def _is_retouched(slots: Sequence[Slot], a: "Profile", b: "Profile") -> bool:
    """Whether nothing but a fact or two differs, or a word that denies it.

    A day or more apart a second fact may be the date of the next notice.
    """
    differing = sum(len(slot.a) + len(slot.b) for slot in slots)
    words = min(a.size, MAX_WORDS) + min(b.size, MAX_WORDS)
    most = _FEW_FACTS if days_between(a, b) < MIN_SERIES_DAYS else 1
    return (
        min(a.size, b.size) >= _MIN_WORDS
        and all(slot.is_replacement or slot.is_one_word for slot in slots)
        and differing <= _RETOUCHED * words
        and places_of(slots) <= most
        and not titles_conflict(a, b)
    )


def _span(side: Side, words: Sequence[Word], profile: "Profile") -> TextSpan | None:
    if not words:
        return None
    held = profile.words
    first, last = words[0].number, words[-1].number
    field = FIELDS[int(held.fields[first])]
    start = int(held.starts[first])
    end = int(held.ends[last]) if held.fields[last] == held.fields[first] else int(held.ends[first])
    return TextSpan(side, field, start, end, profile.article.text(field)[start:end])
