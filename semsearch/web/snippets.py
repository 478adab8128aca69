"""The passage of a hit as it is shown: its words marked, cut to what surrounds the answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.model.search import HitPassage
from semsearch.web.marking import Mark, Piece, pieces

_SHOWN = 420
_BEFORE = 90


@dataclass(frozen=True, slots=True)
class Snippet:
    """Pieces before, within and after the sentence that answers; the others may be empty.

    ``begins`` and ``ends`` say whether the passage does where the snippet does.
    """

    before: tuple[Piece, ...]
    answer: tuple[Piece, ...]
    after: tuple[Piece, ...]
    begins: bool
    ends: bool


def snippet(passage: HitPassage, shown: int = _SHOWN) -> Snippet:
    """At most about ``shown`` characters of a passage, around its answering sentence."""
    text = passage.text
    low, high = passage.answer or (0, 0)
    start = 0
    if len(text) > shown:
        start = _word_at(text, max(0, min(low - _BEFORE, len(text) - shown)))
    end = min(len(text), max(start + shown, min(high, start + 2 * shown)))
    if end < len(text):
        end = max(start, text.rfind(" ", start, end))
    low, high = max(start, min(low, end)), max(start, min(high, end))
    return Snippet(
        tuple(_cut(passage, start, low)),
        tuple(_cut(passage, low, high)),
        tuple(_cut(passage, high, end)),
        start == 0,
        end == len(text),
    )


def _cut(passage: HitPassage, start: int, end: int) -> Iterator[Piece]:
    marked = [
        (max(low, start) - start, min(high, end) - start, Mark.WORD)
        for low, high in passage.highlights
        if low < end and high > start
    ]
    yield from pieces(passage.text[start:end], marked)


def _word_at(text: str, place: int) -> int:
    """Where a word begins at a place or soon before it."""
    return 0 if place == 0 else max(text.rfind(" ", 0, place + 1) + 1, place - 40, 0)
