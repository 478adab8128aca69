"""Cut sentences and passages into pieces, so that a renderer can highlight words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from semsearch.model.article import Phrase
from semsearch.model.comparison import SharedFact
from semsearch.model.search import Hit, HitPassage

_SHOWN = 420
_MOST_MARKED = 1 / 3  # of the letters of a sentence
_BEFORE = 90


class Mark(StrEnum):
    """Why words are marked: only here, or a word of the question."""

    NONE = ""
    ONLY = "only"
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


def phrases(text: str, marked: Iterable[Phrase]) -> tuple[Piece, ...]:
    """A text with some phrases marked; with none where they are much of it."""
    return _sparing(text, [(phrase.start, phrase.end, Mark.ONLY) for phrase in marked])


def _sparing(text: str, marked: Sequence[tuple[int, int, Mark]]) -> tuple[Piece, ...]:
    """Marks help the eye only where they are few."""
    letters = sum(end - start for start, end, _ in marked)
    return pieces(text, marked if letters <= _MOST_MARKED * len(text) else ())


def worded(fact: SharedFact) -> tuple[tuple[Piece, ...], ...]:
    """Each sentence of a fact, marked where no sentence that is aligned with it has the words.

    A sentence of which that would be much is not marked.
    """
    return tuple(
        _sparing(one.sentence.text, list(_only(fact, number)))
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


_NAMES = {
    "title": "meaning of the headline",
    "lead": "meaning of the headline and the beginning",
    "passage": "meaning of the nearest text",
    "text": "meaning of the text",
    "lexical_title": "words in the headline",
    "lexical_lead": "words in the headline and the beginning",
    "lexical_body": "words in the text",
    "provider": "outlet that was asked for",
    "date": "time that was asked for",
    "freshness": "how new it is",
    "quality": "quality",
    "rerank": "read again by the reranker",
    "diversity": "variety of outlets",
    "need": "best for one part of the question",
}
_MEANING = ("title", "lead", "passage", "text")
WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of the bar, 0-100 across; ``kind`` is meaning, words, wishes or against."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A score as a bar beside those of other hits.

    Attributes:
        slices: From left to right; what counts against the hit covers the right end.
        label: The same in words.
        parts: Every part by its name in words, the largest first.
    """

    score: float
    slices: tuple[Slice, ...]
    label: str
    parts: tuple[tuple[str, float], ...]


def bars(hits: Sequence[Hit]) -> list[Bar]:
    """The bars of hits, on one scale: the longest reaches across."""
    longest = max((sum(_gains(hit.score_parts).values()) for hit in hits), default=0.0)
    return [_bar(hit, WIDTH / longest if longest > 0 else 0.0) for hit in hits]


def _bar(hit: Hit, scale: float) -> Bar:
    slices = []
    start = 0.0
    gains = _gains(hit.score_parts)
    for kind, value in gains.items():
        slices.append(Slice(kind, round(start * scale, 2), round(value * scale, 2)))
        start += value
    against = -sum(value for value in hit.score_parts.values() if value < 0)
    if against > 0:
        low = max(0.0, start - against)
        slices.append(Slice("against", round(low * scale, 2), round((start - low) * scale, 2)))
    said = [f"{kind} {value:.2f}" for kind, value in gains.items()]
    said += [f"against it {against:.2f}"] if against > 0 else []
    parts = sorted(hit.score_parts.items(), key=lambda part: -abs(part[1]))
    return Bar(
        hit.score,
        tuple(slices),
        f"Score {hit.score:.2f}: {', '.join(said) or 'nothing'}",
        tuple((_NAMES.get(name, name), value) for name, value in parts if value),
    )


def _gains(parts: Mapping[str, float]) -> dict[str, float]:
    """What speaks for a hit, by kind."""
    found: dict[str, float] = {}
    for name, value in parts.items():
        if value > 0:
            kind = "words" if name.startswith("lexical") else "wishes"
            kind = "meaning" if name in _MEANING else kind
            found[kind] = found.get(kind, 0.0) + value
    return {kind: found[kind] for kind in ("meaning", "words", "wishes") if kind in found}
