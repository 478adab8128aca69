"""The words of a text as quotations are compared by them, whatever its typography.

Case, accents, the shape of marks, thousands separators and where a word is hyphenated do not
count; each word keeps the characters of the text that it stands at.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from semsearch.text.numerals import TENS, UNITS
from semsearch.text.tokens import Visible, visible

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f"
)
_LETTER = rf"[^\W_{_UNSPACED}]"
# Signs of vowels and tones are marks that the letters of many scripts do not do without.
_SIGNS_IN_WORDS = "".join(
    chr(code) for code in range(0x300, 0x3100) if unicodedata.category(chr(code)).startswith("M")
)
_RUN = rf"{_LETTER}+(?:[{_SIGNS_IN_WORDS}]+{_LETTER}*)*"
_WORD = re.compile(
    rf"\d+(?:[.,]\d+)+(?!{_LETTER})|{_RUN}(?:['’‘ʼ´`]{_RUN})*|[$€£¥%&]|[{_UNSPACED}]"
)
_MARKS = re.compile("[\u0300-\u036f\u0653-\u0655]")  # the last part letters of Arabic in two
_THOUSANDS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d\d)+,\d{3})(?:\.\d+)?")
_SIGNS = {"%": "percent", "&": "and"}
_SPELLED = {word: str(number) for word, number in ({"zero": 0, "twenty": 20} | UNITS).items()}
_UNSPACED_WORD = re.compile(rf"[{_UNSPACED}]")
_CHARACTERS_A_WORD = 2  # of scripts without blanks


@dataclass(frozen=True)
class Words:
    """The words of a text in order.

    Attributes:
        keys: As they are compared.
        seen: The text as its readers see it.
        numbers: Which of its words these are; None: all of them.
    """

    keys: Sequence[str]
    seen: Visible
    numbers: Sequence[int] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def spans(self) -> Sequence[tuple[int, int]]:
        """The characters ``[start, end)`` of the text at which each word stands."""
        spans = [match.span() for match in _WORD.finditer(self.seen.text)]
        if self.seen.starts is not None:
            spans = [self.seen.span(*span) for span in spans]
        return spans if self.numbers is None else [spans[number] for number in self.numbers]

    def only(self, numbers: Sequence[int]) -> "Words":
        """Some of the words of a whole text, by number."""
        return Words([self.keys[number] for number in numbers], self.seen, numbers)

    @property
    def count(self) -> float:
        """How many words there are; of scripts without blanks two characters are one."""
        characters = sum(_UNSPACED_WORD.match(key) is not None for key in self.keys)
        return len(self.keys) - characters + characters / _CHARACTERS_A_WORD


def words_of(text: str) -> Words:
    """The words of a text as its readers see it."""
    seen = visible(text)
    return Words([key_of(word) for word in _WORD.findall(seen.text)], seen)


@lru_cache(maxsize=1 << 16)
def key_of(word: str) -> str:
    """A word as it is compared: without case, accents and thousands separators."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFD", folded))
        folded = re.sub("[’‘ʼ´]", "'", unicodedata.normalize("NFC", folded))
    folded = folded.replace("`", "'")
    if _THOUSANDS.fullmatch(folded):
        return folded.replace(",", "")
    return _SIGNS.get(folded, folded)


def same_letters(a: Sequence[str], b: Sequence[str]) -> bool:
    """Whether two runs of words differ in typography alone: "per cent" and "%", "three" and "3"."""
    return _joined(a) == _joined(b) or ",".join(a) == ",".join(b)  # "12, 18" as "12,18"


def _joined(keys: Sequence[str]) -> str:
    return "".join(_SPELLED.get(key, key) for key in keys).replace("'", "")


def is_number(key: str) -> bool:
    """Whether a word is a number, in digits or spelled out."""
    return any(letter.isdigit() for letter in key) or key in _NUMBERS


_NUMBERS = frozenset(_SPELLED).union(
    TENS,
    """hundred hundreds thousand thousands million millions billion billions trillion half dozen
    dozens twice double triple first second third fourth fifth sixth seventh eighth ninth
    tenth""".split(),
)
