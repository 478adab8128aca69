"""Cut sentences and passages into pieces, so that a renderer can highlight words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from semsearch.model.article import Phrase
from semsearch.model.comparison import SharedFact
from semsearch.model.search import HitPassage

_SHOWN = 420
_BEFORE = 90


class Mark(StrEnum):
    """Why words are marked: only here, another label, another value, or a word of the question."""

    NONE = ""
    ONLY = "only"
    LABEL = "label"
    VALUE = "value"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters marked alike."""

    text: str
    mark: Mark


def pieces(text: str, marked: Iterable[tuple[int, int, Mark]]) -> tuple[Piece, ...]:
    """A text cut where marks ``(start, end, mark)`` begin and end; later marks win."""
    marks = [Mark.NONE] * len(text)
    for start, end, mark in marked:
        marks[start:end] = [mark] * len(text[start:end])
    return tuple(
        Piece("".join(character for character, _ in run), mark)
        for mark, run in groupby(zip(text, marks, strict=True), lambda one: one[1])
    )


def phrases(text: str, marked: Iterable[Phrase], mark: Mark = Mark.ONLY) -> tuple[Piece, ...]:
    """A text with some phrases marked."""
    return pieces(text, [(phrase.start, phrase.end, mark) for phrase in marked])


def worded(fact: SharedFact) -> tuple[tuple[Piece, ...], ...]:
    """Each sentence of a fact, marked where no sentence that is aligned with it has the words."""
    return tuple(
        pieces(one.sentence.text, [*_only(fact, number), *_labels(fact, number)])
        for number, one in enumerate(fact.sentences)
    )


def _only(fact: SharedFact, number: int) -> Iterator[tuple[int, int, Mark]]:
    against = [each.only_a for each in fact.wording if each.a == number]
    against += [each.only_b for each in fact.wording if each.b == number]
    if not against:
        return
    held = [{at for phrase in each for at in range(phrase.start, phrase.end)} for each in against]
    common = sorted(set.intersection(*held))
    text = fact.sentences[number].sentence.text
    for _, run in groupby(enumerate(common), lambda one: one[1] - one[0]):
        places = [at for _, at in run]
        start, end = places[0], places[-1] + 1
        start += len(text[start:end]) - len(text[start:end].lstrip())
        yield start, start + len(text[start:end].rstrip()), Mark.ONLY


def _labels(fact: SharedFact, number: int) -> Iterator[tuple[int, int, Mark]]:
    for each in fact.wording:
        for label in each.labels:
            if each.a == number:
                yield label.a.start, label.a.end, Mark.LABEL
            if each.b == number:
                yield label.b.start, label.b.end, Mark.LABEL


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
