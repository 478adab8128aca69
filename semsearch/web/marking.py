"""Sentences in pieces, so that a renderer can mark the words that differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from semsearch.model.comparison import Phrase, SharedFact


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
