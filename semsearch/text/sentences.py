"""Sentences with character offsets, by syntok (boundary F1 .92 on news; pysbd .85)."""

import re
from collections.abc import Iterator

from syntok import segmenter
from syntok._segmentation_states import State
from syntok.tokenizer import Tokenizer

from semsearch.deadline import go_on
from semsearch.model.article import FIELDS, Article, Field, Passage
from semsearch.text.boilerplate import masked
from semsearch.text.statements import are_statements, joined

CUT_BY = "statements 3"
"""Names the rules by which the sentences that are compared are cut, for those that are kept."""

# One paragraph is tokenised at a time; offsets are counted from where it starts.
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
# Chinese and Japanese put no blank after the end of a sentence.
_FULL_STOP = re.compile(r"[。！？]+[」』”’）)]*(?=\S)")
_TOKENIZER = Tokenizer(replace_not_contraction=False)
# Where a paragraph has none of these, but for a mark at its end, it is one sentence. Where it opens
# with a blank without width, which the tokenizer takes for a blank, that is one by itself.
_MAY_END = re.compile(f"[{re.escape(''.join(sorted({'…', *State.terminals} - {'...'})))}]")
_MAY_OPEN = re.compile(f"[\u200b{re.escape(''.join(sorted(State.opening_brackets)))}]")


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The spans ``[start, end)`` of the sentences of a text, in order.

    Spans do not overlap, begin and end at characters that are not blank, and together hold
    every character that is not blank. A blank line always ends a sentence.
    """
    position = 0
    for gap in _BLANK_LINES.finditer(text):
        yield from _in_paragraph(text[position : gap.start()], position)
        position = gap.end()
    yield from _in_paragraph(text[position:], position)


def _in_paragraph(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    stripped = paragraph.strip()
    if not stripped:
        return
    if not _MAY_END.search(stripped, 0, len(stripped) - 1) and not _MAY_OPEN.search(stripped):
        start = offset + paragraph.index(stripped[0])
        yield start, start + len(stripped)
        return
    starts: list[int] = []
    for sentence in segmenter.split(_TOKENIZER.tokenize(paragraph, 0)):
        go_on()
        if sentence:
            starts.append(sentence[0].offset)
    first = len(paragraph) - len(paragraph.lstrip())
    starts += [found.end() for found in _FULL_STOP.finditer(paragraph)]
    starts = [first, *sorted({start for start in starts if start > first})]
    for start, end in zip(starts, [*starts[1:], len(paragraph)], strict=True):
        stripped = paragraph[start:end].rstrip()
        if stripped:
            yield offset + start, offset + start + len(stripped)


def article_sentences(article: Article) -> tuple[Passage, ...]:
    """The sentences that are compared; a title is one.

    Of excerpt and body those that state something: boilerplate, headings, captions, links, notices
    and fragments are left out.
    """
    spans: list[Passage] = []
    english = article.language.partition("-")[0] in ("", "en")
    for field in FIELDS:
        text = masked(article.text(field))
        if field is Field.TITLE:
            if stripped := text.strip():
                start = text.index(stripped)
                spans.append(Passage(field, start, start + len(stripped)))
            continue
        cut = list(joined(text, sentences(text)))
        state = are_statements(
            [text[start:end] for start, end in cut], english=english, body=field is Field.BODY
        )
        spans += [
            Passage(field, start, end)
            for (start, end), states in zip(cut, state, strict=True)
            if states
        ]
    return tuple(spans)
