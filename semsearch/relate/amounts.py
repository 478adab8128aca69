"""Figures by their value: 5,400 and 5400 are one, so are 3.2 million and 3,200,000.

What a figure counts is not read: metres are as good as years.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from semsearch.model.article import FIELDS
from semsearch.relate.slots import Slot, Word, figures_of

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

_SCALES = {
    "hundred": 2, "thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9,
    "trillion": 12, "tn": 12,
}  # fmt: skip
_SHORT_SCALES = {"k": 3, "m": 6, "b": 9}
"""Behind an amount of money alone: else "5m" are metres, and "5k" is a run."""
_AMOUNT = re.compile(
    r"(?P<money>[$€£¥][ \u00a0]?)?(?<![\w.,])(?P<digits>\d+(?:[.,]\d+)*)"
    rf"(?:[ \u00a0]?(?P<scale>{'|'.join(_SCALES)})\b|(?P<short>[kmb])\b)?",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+[.,]?\d*")
_JOINED = re.compile(r"(?<!\d)\d+(?:[-–:]\d+)+")

_NUMBER_CHARS = 20
_NUMBER_BEFORE = re.compile(r"(?:[$€£¥][ \u00a0]?(?:\d+[.,])*|(?:\d+[.,])+)$")
_NUMBER_AFTER = re.compile(r"(?:[.,]\d+)+")


def figures_differ(slot: Slot, a: "Profile", b: "Profile") -> bool:
    """Whether each side of a slot has a figure that the other lacks, however figures are written.

    Scores, such as 3-2, differ where their order does.
    """
    text_a, figures_a = _by_value(slot.a, a)
    text_b, figures_b = _by_value(slot.b, b)
    scores_a, scores_b = _scores_in(text_a), _scores_in(text_b)
    return bool(
        (figures_a - figures_b and figures_b - figures_a)
        or (scores_a - scores_b and scores_b - scores_a)
    )


def _by_value(words: Sequence[Word], profile: "Profile") -> tuple[str, set[str]]:
    """The text of some words, those of a number whole, and the values of its figures."""
    held, first = profile.words, words[0].number
    of_field = [word for word in words if held.fields[word.number] == held.fields[first]]
    text = profile.article.text(FIELDS[int(held.fields[first])])
    start, end = int(held.starts[first]), int(held.ends[of_field[-1].number])
    if before := _NUMBER_BEFORE.search(text, max(start - _NUMBER_CHARS, 0), start):
        start = before.start()
    if after := _NUMBER_AFTER.match(text, end, end + _NUMBER_CHARS):
        end = after.end()
    text = text[start:end]
    amounts = list(_amounts_in(text))
    rest = [
        word
        for word in words
        if held.fields[word.number] != held.fields[first]
        or not any(at <= held.starts[word.number] - start < to for _, at, to in amounts)
    ]
    return text, {value for value, _, _ in amounts} | figures_of(rest)


def _amounts_in(text: str) -> Iterator[tuple[str, int, int]]:
    """The value of each amount in digits, and the characters ``[start, end)`` where it stands."""
    for match in _AMOUNT.finditer(text):
        scale = _SCALES.get((match["scale"] or "").casefold(), 0)
        if match["money"] and match["short"]:
            scale = _SHORT_SCALES[match["short"].casefold()]
        yield _value(match["digits"], scale), match.start("digits"), match.end()


def _scores_in(text: str) -> set[str]:
    """Numbers that belong together in their order, such as the score of a match: "3-2"."""
    return {re.sub("[–:]", "-", match[0]) for match in _JOINED.finditer(text)}


def _value(digits: str, scale: int) -> str:
    if _THOUSANDS.fullmatch(digits):
        digits = digits.replace(",", "")
    if not _DECIMAL.fullmatch(digits):
        return digits  # a date, or the like
    value = Decimal(digits.replace(",", ".")).scaleb(scale)
    return format(value.normalize(), "f")
