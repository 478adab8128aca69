"""Align the words of two texts that run alike: the places where a few words stand for others.

The words of both reports are aligned (longest common subsequence). A *slot* is a place where a few
words of the one stand for a few of the other; names and figures in it are facts that differ.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from semsearch.model.article import FIELDS
from semsearch.relate.facts import NO_NAMES, SPELLED_DIGITS, regions
from semsearch.relate.idf import is_rare
from semsearch.text.numerals import MONTHS, NUMBERS, TENS, WEEKDAYS

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

MAX_WORDS = 5_000
"""Words of each report that are aligned: a correction may stand anywhere."""
SLOT_WORDS = 12
_FEW_WORDS = 2
SHORT_WORDS = 5
_LEAD_WORDS = 60
"""Words in which a report says whom and what it is about."""
_ALIKE = 75.0
"""Similarity of two spellings of one name, 0-100."""
MIN_SERIES_DAYS = 0.5
"""Between two notices of a series, at least."""
DATES = frozenset((*WEEKDAYS, *MONTHS)) - {"may"}
_ONES = frozenset("123456789")
_IN_FIGURES = {word: str(number) for word, number in NUMBERS.items() if word not in SPELLED_DIGITS}
_IN_FIGURES |= {
    "dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000",
    "billion": "1000000000",
}  # fmt: skip
"""Numbers in words; those up to twelve are figures in the words that are compared."""
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…\n“”\"‘(\[—–|])\s*$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a report."""

    text: str  # as compared: case folded, numbers in digits
    written: str
    number: int  # among the words of the article
    opens: bool  # a sentence


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where two texts differ: the words of either there."""

    a: Sequence[Word]
    b: Sequence[Word]
    in_lead: bool

    @property
    def is_replacement(self) -> bool:
        """Whether a few words of the one stand for a few of the other."""
        return 0 < len(self.a) <= SLOT_WORDS and 0 < len(self.b) <= SLOT_WORDS

    @property
    def is_short(self) -> bool:
        """Whether either side has a few words at most, figures aside."""
        return all(
            sum(not word.text[0].isdigit() for word in side) <= SHORT_WORDS
            for side in (self.a, self.b)
        )

    @property
    def is_passage(self) -> bool:
        """Where one text goes on and the other does not."""
        return min(len(self.a), len(self.b)) <= SLOT_WORDS < max(len(self.a), len(self.b))

    @property
    def is_one_word(self) -> bool:
        """A word or two that one text has and the other lacks: "not"."""
        return min(len(self.a), len(self.b)) == 0 and len(self.a) + len(self.b) <= _FEW_WORDS


def titles_conflict(a: "Profile", b: "Profile") -> bool:
    """Whether two titles name different things: each has a name or a figure that the other lacks.

    Of titles only words count that are rare in the news or written in capitals, as all of theirs
    may begin with one.
    """
    own, other = (title_facts(each.article.title) for each in (a, b))
    return bool(own - other) and bool(other - own)


def title_facts(title: str) -> set[str]:
    """Names, figures and regions of a title."""

    def is_fact(word: str) -> bool:
        is_acronym = word.isupper() and len(word) > 1 and not title.isupper()
        return word[0].isdigit() or is_acronym or (word[0].isupper() and is_rare(word))

    return {*regions(title)} | {
        word.casefold() for word in re.findall(r"[^\W_]+", title) if is_fact(word)
    }


def aligned_words(profile: "Profile") -> list[Word]:
    """The words of a report that are aligned."""
    words = profile.words
    texts = [profile.article.text(field) for field in FIELDS]
    places = np.flatnonzero(words.is_report)[:MAX_WORDS]
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
        found.append(Word(SPELLED_DIGITS.get(folded, folded), written, at, opens))
    return found


def slots_between(a: Sequence[Word], b: Sequence[Word]) -> list[Slot]:
    """Where the texts differ; a word alone between two differences belongs to them."""
    from rapidfuzz.distance import Indel  # noqa: PLC0415 - questions need it not

    blocks: list[list[int]] = []
    equal = SLOT_WORDS
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
        Slot(a[at:end], b[place:stop], max(at, place) < _LEAD_WORDS)
        for at, end, place, stop in blocks
    ]


def places_of(slots: Sequence[Slot]) -> int:
    """In how many of the places something else stands; what is replaced again counts once."""
    seen: tuple[set[str], set[str]] = set(), set()
    found = 0
    for slot in slots:
        a, b = ({word.text for word in words} for words in (slot.a, slot.b))
        found += not (a <= seen[0] and b <= seen[1])
        seen[0].update(a)
        seen[1].update(b)
    return found


def days_between(a: "Profile", b: "Profile") -> float:
    """How many days lie between two dates; 0 where one is unknown."""
    return 0.0 if a.seconds is None or b.seconds is None else abs(a.seconds - b.seconds) / 86_400


def figures_apart(slot: Slot) -> tuple[set[str], set[str]]:
    """The figures and dates of either side that the other lacks."""
    a, b = figures_of(slot.a), figures_of(slot.b)
    return a - b, b - a


def figures_of(words: Sequence[Word]) -> set[str]:
    """Figures and dates; a number in words is the figure that it is ("twenty-one": 21)."""
    found: list[str] = []
    tens = 0
    for word in words:
        text = _IN_FIGURES.get(word.text, word.text)
        if tens and text in _ONES:
            found[-1] = str(tens + int(text))
        elif text[0].isdigit() or text in DATES:
            found.append(text)
        tens = TENS.get(word.text, 0)
    return set(found)


def names_apart(slot: Slot) -> tuple[set[str], set[str]]:
    """The names of either side that the other has in no spelling."""
    from rapidfuzz import fuzz  # noqa: PLC0415

    a, b = _names(slot.a), _names(slot.b)

    if _initials(slot.a) in b or _initials(slot.b) in a:  # an agency, written out or not
        return set(), set()

    def is_in(name: str, others: set[str]) -> bool:
        return any(fuzz.ratio(name, other) >= _ALIKE for other in others)

    return {name for name in a if not is_in(name, b)}, {name for name in b if not is_in(name, a)}


def _initials(words: Sequence[Word]) -> str:
    return "".join(word.text[0] for word in words if word.written[0].isupper())


def _names(words: Sequence[Word]) -> set[str]:
    found = set()
    for at, word in enumerate(words):
        if (
            len(word.text) > 1
            and word.written[0].isupper()
            and word.text not in NO_NAMES
            and word.text not in DATES
            and not (word.opens and not _is_name(word, words[at + 1 : at + 2]))
        ):
            found.add(word.text)
    return found


def _is_name(word: Word, following: Sequence[Word]) -> bool:
    """Whether the first word of a sentence is a name: rare, or followed by another."""
    if following and following[0].written[0].isupper():
        return True
    return is_rare(word.text)
