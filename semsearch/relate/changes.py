"""What was changed between two texts that run alike: figures, names, negations.

The words of both reports are aligned (longest common subsequence). A *slot* is a place where a few
words of the one stand for a few of the other. One changed name or figure is a correction; names
and figures changed throughout, beginning with what the text is about, and nothing else, are two
notices from one mould.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from semsearch.model.article import FIELDS
from semsearch.model.relation import Change, ChangeKind, Side, TextSpan
from semsearch.relate.facts import NO_NAMES, SPELLED_DIGITS, regions
from semsearch.relate.idf import is_rare

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

_MAX_WORDS = 600
"""Words of each report that are aligned."""
_SLOT_WORDS = 12
_FEW_WORDS = 2
_SHORT_WORDS = 5
_LEAST_ALIKE = 5
"""Words at the end of two titles that are alike, from which they are of one mould."""
_LEAD_WORDS = 60
"""Words in which a report says whom and what it is about."""
_ALIKE = 75.0
"""Similarity of two spellings of one name, 0-100."""
_MIN_FACTS, _MIN_SHARE, _MIN_LEAD_SHARE, _MIN_OF_FACTS = 3, 0.6, 0.8, 0.75
_MIN_PLACES, _FEW_FACTS, _RETOUCHED, _MIN_WORDS = 2, 2, 0.1, 8
_SOME_FIGURES, _MANY_FIGURES, _MIN_SERIES_DAYS = 2, 5, 0.5

_DATES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december""".split()
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ONES = frozenset("123456789")
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_IN_FIGURES = {word: str(number) for word, number in _TENS.items()} | {
    "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17",
    "eighteen": "18", "nineteen": "19", "dozen": "12", "hundred": "100", "thousand": "1000",
    "million": "1000000", "billion": "1000000000",
}  # fmt: skip
"""Numbers in words; those up to twelve are figures in the words that are compared."""
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
_NOTICE = re.compile(
    r"\bcorrections?\s*[:(—–-]|\bclarifications?\s*[:(—–-]"
    r"|\bearlier version (?:of|said|stated|gave)"
    r"|\bthis (?:article|story|report|item|text) (?:has been|was) (?:corrected|amended|updated to)"
    r"|\b(?:misstated|misspelled|misidentified)\b|\bincorrectly (?:said|stated|named|gave|reported)"
    r"|\b(?:was|were|has been|have been) corrected\b|\bcorrects? (?:the )?(?:name|spelling|figure)"
    r"|\bwe (?:regret|apologi[sz]e for) the error",
    re.IGNORECASE,
)
_STAMP = re.compile(r"^\W*(?:updated|published|posted|last (?:updated|modified))\b", re.IGNORECASE)
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…\n“”\"‘(\[—–|])\s*$")


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


@dataclass(frozen=True, slots=True)
class _Word:
    text: str  # as compared: case folded, numbers in digits
    written: str
    number: int  # among the words of the article
    opens: bool  # a sentence


@dataclass(frozen=True, slots=True)
class _Slot:
    a: Sequence[_Word]
    b: Sequence[_Word]
    in_lead: bool

    @property
    def is_replacement(self) -> bool:
        return 0 < len(self.a) <= _SLOT_WORDS and 0 < len(self.b) <= _SLOT_WORDS

    @property
    def is_short(self) -> bool:
        return all(
            sum(not word.text[0].isdigit() for word in side) <= _SHORT_WORDS
            for side in (self.a, self.b)
        )

    @property
    def is_passage(self) -> bool:
        """Where one text goes on and the other does not."""
        return min(len(self.a), len(self.b)) <= _SLOT_WORDS < max(len(self.a), len(self.b))

    @property
    def is_one_word(self) -> bool:
        """A word or two that one text has and the other lacks: "not"."""
        return min(len(self.a), len(self.b)) == 0 and len(self.a) + len(self.b) <= _FEW_WORDS


def differences(a: "Profile", b: "Profile") -> Differences:
    """What differs between two texts; ``differences(b, a)`` says the same with sides swapped."""
    if _order(a) > _order(b):
        found = differences(b, a)
        return replace(found, changes=tuple(map(_swapped, found.changes)))
    words_a, words_b = _words(a), _words(b)
    slots = _slots(words_a, words_b)
    changes = [change for slot in slots for change in _changes(slot, a, b)]
    changes += _notices(a, b)
    is_mould = _is_mould(slots, a, b)
    is_retouched = bool(changes) and not is_mould and _is_retouched(slots, a, b)
    return Differences(tuple(changes), is_mould, is_retouched)


def titles_conflict(a: "Profile", b: "Profile") -> bool:
    """Whether two titles name different things: each has a name or a figure that the other lacks.

    Of titles only words count that are rare in the news or written in capitals, as all of theirs
    may begin with one.
    """
    own, other = (_title_facts(each.article.title) for each in (a, b))
    return bool(own - other) and bool(other - own)


def _title_facts(title: str) -> set[str]:
    def is_fact(word: str) -> bool:
        is_acronym = word.isupper() and len(word) > 1 and not title.isupper()
        return word[0].isdigit() or is_acronym or (word[0].isupper() and is_rare(word))

    return {*regions(title)} | {
        word.casefold() for word in re.findall(r"[^\W_]+", title) if is_fact(word)
    }


def _order(profile: "Profile") -> tuple[str, ...]:
    article = profile.article
    return (article.body, article.excerpt, article.title, article.id)


def _swapped(change: Change) -> Change:
    a = None if change.b is None else replace(change.b, side="a")
    b = None if change.a is None else replace(change.a, side="b")
    return Change(change.kind, a, b)


def _words(profile: "Profile") -> list[_Word]:
    words = profile.words
    texts = [profile.article.text(field) for field in FIELDS]
    places = np.flatnonzero(words.is_report)[:_MAX_WORDS]
    found = []
    for at, field, start, end in zip(
        places.tolist(),
        *(each[places].tolist() for each in (words.fields, words.starts, words.ends)),
        strict=True,
    ):
        text = texts[field]
        written = text[start:end]
        folded = written.casefold()
        opens = bool(_SENTENCE_START.search(text, max(start - 4, 0), start))
        found.append(_Word(SPELLED_DIGITS.get(folded, folded), written, at, opens))
    return found


def _slots(a: Sequence[_Word], b: Sequence[_Word]) -> list[_Slot]:
    """Where the texts differ; a word alone between two differences belongs to them."""
    from rapidfuzz.distance import Indel  # noqa: PLC0415 - questions need it not

    blocks: list[list[int]] = []
    equal = _SLOT_WORDS
    for code in Indel.opcodes([word.text for word in a], [word.text for word in b]):
        if code.tag == "equal":
            equal = code.src_end - code.src_start
            continue
        if blocks and equal <= 1:
            blocks[-1][1], blocks[-1][3] = code.src_end, code.dest_end
        else:
            blocks.append([code.src_start, code.src_end, code.dest_start, code.dest_end])
        equal = 0
    return [
        _Slot(a[at:end], b[place:stop], max(at, place) < _LEAD_WORDS)
        for at, end, place, stop in blocks
    ]


def _changes(slot: _Slot, a: "Profile", b: "Profile") -> list[Change]:
    """The changed facts of one slot."""
    if (
        not (slot.is_replacement or slot.is_one_word)
        or _is_stamp(slot.a, a)
        or _is_stamp(slot.b, b)
    ):
        return []
    kinds = []
    if slot.is_replacement:
        if all(_only(_figures(slot.a), _figures(slot.b))):
            kinds.append(ChangeKind.FIGURE)
        if all(_names_apart(slot)):
            kinds.append(ChangeKind.NAME)
    if _is_negated(slot):
        kinds.append(ChangeKind.NEGATION)
    span_a, span_b = _span("a", slot.a, a), _span("b", slot.b, b)
    return [Change(kind, span_a, span_b) for kind in kinds]


def _is_negated(slot: _Slot) -> bool:
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


def _is_stamp(words: Sequence[_Word], profile: "Profile") -> bool:
    """Whether some words stand in a line that says when the page was changed."""
    if not words:
        return False
    held = profile.words
    first = words[0].number
    text = profile.article.text(FIELDS[int(held.fields[first])])
    line = text.rfind("\n", 0, int(held.starts[first])) + 1
    return bool(_STAMP.match(text[line : line + _SLOT_WORDS * 2]))


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


def _is_mould(slots: Sequence[_Slot], a: "Profile", b: "Profile") -> bool:
    """Whether names and figures differ throughout, in all of both texts or in how they begin.

    Where one of the two goes on after the mould only the beginnings tell.
    """
    if _is_next_in_series(slots, a, b) or _is_on_another(a, b):
        return True
    if sum(slot.is_replacement for slot in slots) < _MIN_PLACES:
        return False
    whole, lead = _counted(slots), _counted([slot for slot in slots if slot.in_lead])
    if lead.names and whole.facts >= _MIN_FACTS and whole.words_replaced >= _MIN_SHARE:
        return True
    is_filled = lead.are_facts or lead.words_replaced >= _MIN_LEAD_SHARE
    if lead.names and lead.figures and lead.facts >= _MIN_FACTS and is_filled:
        return True
    if lead.words_replaced < _MIN_LEAD_SHARE:
        return False
    are_days_apart = whole.is_other_day or _days_apart(a, b) >= _MIN_SERIES_DAYS
    is_series = are_days_apart and whole.words_replaced >= _MIN_LEAD_SHARE
    few = whole.facts >= _MIN_FACTS and whole.figures >= _SOME_FIGURES
    return (is_series and few) or lead.figures >= _MANY_FIGURES


def _is_on_another(a: "Profile", b: "Profile") -> bool:
    """Whether two titles begin with two names and then say the same, and so do the texts.

    "Ferrant Air has earned the seal of safe flying" and "Nordwind has earned the seal of safe
    flying": each text has the name of its own title, and neither that of the other's. One outlet's
    texts of one day may be a text and its correction.
    """
    if a.article.provider.key == b.article.provider.key and _days_apart(a, b) < 1:
        return False
    own, other = (re.findall(r"[^\W_]+", each.article.title) for each in (a, b))
    alike = 0
    while alike < min(len(own), len(other)) and own[-1 - alike] == other[-1 - alike]:
        alike += 1
    names = own[: len(own) - alike], other[: len(other) - alike]
    if alike < _LEAST_ALIKE or not all(0 < len(name) <= _SHORT_WORDS for name in names):
        return False
    texts = [
        " ".join(re.findall(r"[^\W_]+", f"{it.article.excerpt} {it.article.body}")) for it in (a, b)
    ]
    return all(
        any(word.casefold() in _title_facts(it.article.title) for word in name)
        and name[0][0].isupper()
        and _has_words(text, name)
        and not any(_has_words(text, [word]) for word in others if word[0].isupper())
        for it, name, others, text in zip((a, b), names, reversed(names), texts, strict=True)
    )


def _has_words(text: str, words: Sequence[str]) -> bool:
    return f" {' '.join(words)} ".casefold() in f" {text} ".casefold()


def _is_next_in_series(slots: Sequence[_Slot], a: "Profile", b: "Profile") -> bool:
    """Whether two facts or more differ, and a weekday moved on as the dates of one outlet did.

    "On Monday with a high of 16 degrees" and "on Friday with a high of 20 degrees", four days
    apart, are two bulletins; a corrected weekday stands in a text of much the same day.
    """
    days = _days_apart(a, b)
    outlet = a.article.provider.key
    if not outlet or outlet != b.article.provider.key or days < _MIN_SERIES_DAYS:
        return False
    if _places(slots) < _MIN_PLACES or not all(
        slot.is_replacement and slot.is_short for slot in slots
    ):
        return False
    facts = (
        all(_only(_figures(one.a), _figures(one.b))) or all(_names_apart(one)) for one in slots
    )
    later, earlier = ("b", "a") if (a.seconds or 0) <= (b.seconds or 0) else ("a", "b")
    moved = {
        (_WEEKDAYS.index(new) - _WEEKDAYS.index(old)) % 7
        for slot in slots
        for new in _weekdays(getattr(slot, later))
        for old in _weekdays(getattr(slot, earlier))
    }
    return moved == {round(days) % 7} and all(facts)


def _weekdays(words: Sequence[_Word]) -> list[str]:
    return [word.text for word in words if word.text in _WEEKDAYS]


def _is_retouched(slots: Sequence[_Slot], a: "Profile", b: "Profile") -> bool:
    """Whether nothing but a fact or two differs, or a word that denies it.

    A day or more apart a second fact may be the date of the next notice.
    """
    differing = sum(len(slot.a) + len(slot.b) for slot in slots)
    words = min(a.size, _MAX_WORDS) + min(b.size, _MAX_WORDS)
    most = _FEW_FACTS if _days_apart(a, b) < _MIN_SERIES_DAYS else 1
    return (
        min(a.size, b.size) >= _MIN_WORDS
        and all(slot.is_replacement or slot.is_one_word for slot in slots)
        and differing <= _RETOUCHED * words
        and _places(slots) <= most
        and not titles_conflict(a, b)
    )


def _places(slots: Sequence[_Slot]) -> int:
    """In how many of the places something else stands; what is replaced again counts once."""
    seen: tuple[set[str], set[str]] = set(), set()
    found = 0
    for slot in slots:
        a, b = ({word.text for word in words} for words in (slot.a, slot.b))
        found += not (a <= seen[0] and b <= seen[1])
        seen[0].update(a)
        seen[1].update(b)
    return found


def _days_apart(a: "Profile", b: "Profile") -> float:
    """0 where a date is unknown."""
    return 0.0 if a.seconds is None or b.seconds is None else abs(a.seconds - b.seconds) / 86_400


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was replaced.

    Attributes:
        facts: Distinct names, figures and other short runs of words; of them ``names`` and
            ``figures``.
        is_other_day: A weekday or month was replaced.
        words_replaced: The share of words in short places, as a mould leaves them, among all that
            differ.
        are_facts: Three in four of the places where the texts differ, passages that one of them has
            left out, hold names or figures.
    """

    facts: int
    names: int
    figures: int
    is_other_day: bool
    words_replaced: float
    are_facts: bool


def _counted(slots: Sequence[_Slot]) -> _Counted:
    differing = sum(len(slot.a) + len(slot.b) for slot in slots)
    replaced = [slot for slot in slots if slot.is_replacement]
    names: set[tuple[str, str]] = set()
    figures: set[tuple[str, str]] = set()
    others: set[tuple[str, str]] = set()
    for slot in replaced:
        both_names, both_figures = _names_apart(slot), _only(_figures(slot.a), _figures(slot.b))
        for found, both in ((names, both_names), (figures, both_figures)):
            if all(both):
                found.update(zip(sorted(both[0]), sorted(both[1]), strict=False))
        if not all(both_names) and not all(both_figures):
            others.add((slot.a[0].text, slot.b[0].text))
    of_facts = len(replaced) - len(others)
    places = sum(not slot.is_passage for slot in slots)
    return _Counted(
        facts=len(names) + len(figures) + len(others),
        names=len(names),
        figures=len(figures),
        is_other_day=any(_DATES.issuperset(pair) for pair in figures),
        words_replaced=sum(len(slot.a) + len(slot.b) for slot in replaced if slot.is_short)
        / max(differing, 1),
        are_facts=places > 0 and of_facts >= _MIN_OF_FACTS * places,
    )


def _figures(words: Sequence[_Word]) -> set[str]:
    """Figures and dates; a number in words is the figure that it is ("twenty-one": 21)."""
    found: list[str] = []
    tens = 0
    for word in words:
        text = _IN_FIGURES.get(word.text, word.text)
        if tens and text in _ONES:
            found[-1] = str(tens + int(text))
        elif text[0].isdigit() or text in _DATES:
            found.append(text)
        tens = _TENS.get(word.text, 0)
    return set(found)


def _only(a: set[str], b: set[str]) -> tuple[set[str], set[str]]:
    return a - b, b - a


def _names_apart(slot: _Slot) -> tuple[set[str], set[str]]:
    """The names of either side that the other has in no spelling."""
    from rapidfuzz import fuzz  # noqa: PLC0415

    a, b = _names(slot.a), _names(slot.b)

    if _initials(slot.a) in b or _initials(slot.b) in a:  # an agency, written out or not
        return set(), set()

    def is_in(name: str, others: set[str]) -> bool:
        return any(fuzz.ratio(name, other) >= _ALIKE for other in others)

    return {name for name in a if not is_in(name, b)}, {name for name in b if not is_in(name, a)}


def _initials(words: Sequence[_Word]) -> str:
    return "".join(word.text[0] for word in words if word.written[0].isupper())


def _names(words: Sequence[_Word]) -> set[str]:
    """The words of names, in lower case."""
    found = set()
    for at, word in enumerate(words):
        if (
            len(word.text) > 1
            and word.written[0].isupper()
            and word.text not in NO_NAMES
            and word.text not in _DATES
            and not (word.opens and not _is_name(word, words[at + 1 : at + 2]))
        ):
            found.add(word.text)
    return found


def _is_name(word: _Word, following: Sequence[_Word]) -> bool:
    """Whether the first word of a sentence is a name: rare, or followed by another."""
    if following and following[0].written[0].isupper():
        return True
    return is_rare(word.text)


def _span(side: Side, words: Sequence[_Word], profile: "Profile") -> TextSpan | None:
    if not words:
        return None
    held = profile.words
    first, last = words[0].number, words[-1].number
    field = FIELDS[int(held.fields[first])]
    start = int(held.starts[first])
    end = int(held.ends[last]) if held.fields[last] == held.fields[first] else int(held.ends[first])
    return TextSpan(side, field, start, end, profile.article.text(field)[start:end])
