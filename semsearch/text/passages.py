"""Passages: runs of whole sentences that fit the encoder."""

import html
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from semsearch.deadline import go_on
from semsearch.model.article import FIELDS, Article, Field, Passage
from semsearch.text.boilerplate import masked
from semsearch.text.sentences import sentences
from semsearch.text.tokens import visible

TokenCounter = Callable[[Sequence[str]], Sequence[int]]
"""Word pieces of each text, without the special tokens that frame a sequence."""


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage and the text of it that is embedded: marked spans out, blanks folded."""

    passage: Passage
    text: str


def split_article(
    article: Article, count: TokenCounter, budget: int, overlap: int
) -> list[PassageText]:
    """All passages of an article, in the order title, excerpt, body, lead.

    The lead is one passage, cut where the encoder ends: all of it stands in other passages, too.
    A title that only repeats how the text begins gets none.

    Args:
        article: Its three fields are split one by one.
        count: The encoder's token counter.
        budget: Word pieces a passage may have, special tokens not counted; at least 8.
        overlap: Sentences repeated from one passage to the next.

    Returns:
        Passages of which none is longer than ``budget``. Every word of every field that is not
        marked as boilerplate is in at least one of them, so nothing is cut off unseen.
    """
    pieces = [
        piece
        for field in (FIELDS if article.has_own_title else FIELDS[1:])
        for piece in split_field(field, article.text(field), count, budget, overlap)
    ]
    return pieces + list(islice(split_field(Field.LEAD, article.lead, count, budget, 0), 1))


def split_field(
    field: Field, text: str, count: TokenCounter, budget: int, overlap: int
) -> Iterator[PassageText]:
    """The passages of one field; see ``split_article``."""
    if not text.strip():
        return
    clean = masked(text)
    whole = _span(clean, 0, len(clean))
    if whole is None or not _embedded(clean, *whole):
        return
    # Short fields, nearly all titles and excerpts, need no sentence boundaries.
    if len(clean) <= budget * 8 and count([_embedded(clean, *whole)])[0] <= budget:
        yield PassageText(Passage(field, *whole), _embedded(clean, *whole))
        return
    spans = []
    for sentence in sentences(clean):
        go_on()
        if (span := _span(clean, *sentence)) is not None:
            spans.append(span)
    sizes = list(count([_embedded(clean, *span) for span in spans]))
    if max(sizes) > budget:
        spans = [piece for span in spans for piece in _fitting(clean, span, count, budget)]
        sizes = list(count([_embedded(clean, *span) for span in spans]))

    def fits(first: int, last: int) -> bool:
        # A sum of word pieces is not exact where no blank parts two spans.
        return count([_embedded(clean, spans[first][0], spans[last][1])])[0] <= budget

    for first, last in _runs(sizes, budget, overlap, fits):
        start, end = spans[first][0], spans[last][1]
        yield PassageText(Passage(field, start, end), _embedded(clean, start, end))


def _runs(
    sizes: Sequence[int], budget: int, overlap: int, fits: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    """Runs ``first..last`` of sentences, each within the budget, overlapping where it fits."""
    first = 0
    while first < len(sizes):
        last, total = first, sizes[first]
        while last + 1 < len(sizes) and total + sizes[last + 1] <= budget:
            last += 1
            total += sizes[last]
        while last > first and not fits(first, last):
            last -= 1
        yield first, last
        if last + 1 == len(sizes):
            return
        following = last + 1
        first = following
        carried = 0
        while first > max(following - overlap, 0) and first - 1 > last - overlap:
            carried += sizes[first - 1]
            if carried + sizes[following] > budget or not fits(first - 1, following):
                break
            first -= 1


def _fitting(
    text: str, span: tuple[int, int], count: TokenCounter, budget: int
) -> Iterator[tuple[int, int]]:
    """The span, cut between words (within a word only when it alone is too long)."""
    found = _span(text, *span)
    if found is None:
        return
    start, end = found
    if end - start == 1 or count([_embedded(text, start, end)])[0] <= budget:
        yield start, end
        return
    middle = (start + end) // 2
    gaps = (at for at in (*range(middle, start, -1), *range(middle + 1, end)) if text[at].isspace())
    cut = next(gaps, middle)
    yield from _fitting(text, (start, cut), count, budget)
    yield from _fitting(text, (cut, end), count, budget)


def _span(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without blanks at its ends; None where nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    if left == len(piece):
        return None
    return start + left, start + len(piece.rstrip())


def _embedded(text: str, start: int, end: int) -> str:
    return " ".join(html.unescape(visible(text[start:end]).text).split())
