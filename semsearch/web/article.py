"""Article: its text, and what else is like it."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.export.highlights import bars
from semsearch.model.article import ArticleView, Field, MarkedSpan, Passage
from semsearch.web.page import IndexDependency, page

router = APIRouter()

_SIMILAR = 6
_DUPLICATES = 40
_EXTRA_CHARS = 400


_PARAGRAPH = re.compile(r"[^\r\n]+")


@router.get("/articles/{identity:path}")
def article(
    request: Request, identity: str, index: IndexDependency, *, marks: bool = False
) -> HTMLResponse:
    """An article whole."""
    found = index.get(identity)
    cut = index.passages(identity)
    near = index.similar(identity, k=_SIMILAR).hits if cut else ()
    links = [link.id for link in found.related]
    context = {
        "article": found,
        "marks": marks,
        "texts": field_texts(found, cut, marks=marks),
        "passages": len(cut),
        "duplicates": index.duplicates(identity) if cut else None,
        "most": _DUPLICATES,
        "story": index.story_of(identity),
        "similar": list(zip(near, bars(near), strict=True)),
        "held": index.summaries(links),
        "extra": {name: _shown(value) for name, value in found.extra.items()},
    }
    return page(request, "article.html.jinja", context)


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _EXTRA_CHARS else f"{text[:_EXTRA_CHARS]} …"


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
class FieldText:
    """One field of an article in paragraphs."""

    field: Field
    paragraphs: tuple[tuple[Run, ...], ...]


def field_texts(
    article: ArticleView, passages: Sequence[Passage], *, marks: bool
) -> list[FieldText]:
    """Excerpt and body, where they are held; with ``marks`` cut at passages and left-out spans."""
    found = []
    for field, text in ((Field.EXCERPT, article.excerpt), (Field.BODY, article.body)):
        if text.strip():
            starts = {p.start: n for n, p in _numbered(passages, field)} if marks else {}
            spans = [span for span in article.boilerplate if span.field is field and marks]
            paragraphs = tuple(_paragraphs(text, starts, spans))
            found.append(FieldText(field, paragraphs))
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
