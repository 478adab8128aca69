"""An article's texts in paragraphs, on request with passages and what is left out."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from semsearch.model.article import Field, Passage
from semsearch.model.view import ArticleView, MarkedSpan

_PARAGRAPH = re.compile(r"[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters shown alike.

    Attributes:
        passage: Number of the passage that begins here, from 1; 0: none does.
        left_out: Why they are kept but not searched; empty where they are.
    """

    text: str
    passage: int = 0
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One field of an article in paragraphs."""

    field: Field
    paragraphs: tuple[tuple[Run, ...], ...]


def texts(article: ArticleView, passages: Sequence[Passage], *, marks: bool) -> list[Text]:
    """Excerpt and body, where they are held; with ``marks`` cut at passages and left-out spans."""
    found = []
    for field, text in ((Field.EXCERPT, article.excerpt), (Field.BODY, article.body)):
        if text.strip():
            starts = {p.start: n for n, p in _numbered(passages, field)} if marks else {}
            spans = [span for span in article.boilerplate if span.field is field and marks]
            paragraphs = tuple(_paragraphs(text, starts, spans))
            found.append(Text(field, paragraphs))
    return found


def _numbered(passages: Iterable[Passage], field: Field) -> Iterator[tuple[int, Passage]]:
    yield from enumerate((one for one in passages if one.field is field), start=1)


def _paragraphs(
    text: str, starts: dict[int, int], spans: Sequence[MarkedSpan]
) -> Iterator[tuple[Run, ...]]:
    edges = {*starts, *(span.start for span in spans), *(span.end for span in spans)}
    for paragraph in _PARAGRAPH.finditer(text):
        if not paragraph[0].strip():
            continue
        low, high = paragraph.span()
        cuts = sorted({low, high, *(edge for edge in edges if low < edge < high)})
        yield tuple(
            Run(text[start:end], starts.get(start, 0), _why(spans, start))
            for start, end in pairwise(cuts)
        )


def _why(spans: Sequence[MarkedSpan], place: int) -> str:
    return next((span.kind for span in spans if span.start <= place < span.end), "")
