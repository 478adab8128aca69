"""A text as its readers see it, with where each of its characters stands in the text as it is kept.

Soft hyphens and characters without width are gone, entities are the characters that they stand for
(escaped twice or not), and tags, shortcodes, link targets and pictures are blanks.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.text.boilerplate import UNSEEN, marks

_HIDDEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_ODD = re.compile(
    rf"{_HIDDEN.pattern}|&(?:#|[a-zA-Z])|<[a-zA-Z/!]|\]\(|data:|\[/?[a-z]|^ {{0,3}}\[", re.MULTILINE
)
_MOST_ESCAPES = 4


@dataclass(frozen=True, slots=True)
class Visible:
    """What is seen of a text.

    Attributes:
        text: That.
        starts: Where each of its characters begins in the text; None: where it stands here.
        ends: Where each of them ends there.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Characters ``[start, end)`` of what is seen, at least one, as they stand in the text."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def visible(text: str) -> Visible:
    """What is seen of a text."""
    if _ODD.search(text) is None:
        return Visible(text)
    parts, starts, ends = list[str](), list[int](), list[int]()
    position = 0
    for start, end, shown in _replaced(text):
        parts += (text[position:start], shown)
        starts += range(position, start)
        ends += range(position + 1, start + 1)
        starts += [start] * len(shown)
        ends += [end] * len(shown)
        position = end
    if not parts:
        return Visible(text)
    parts.append(text[position:])
    starts += range(position, len(text))
    ends += range(position + 1, len(text) + 1)
    return Visible("".join(parts), tuple(starts), tuple(ends))


def _replaced(text: str) -> Iterator[tuple[int, int, str]]:
    """Spans that are not seen as they stand, in order, and what is seen of them."""
    unseen = [(mark.start, mark.end, " ") for mark in marks(text) if mark.kind in UNSEEN]
    odd = [(one.start(), one.end(), "") for one in _HIDDEN.finditer(text)]
    odd += [
        (one.start(), one.end(), shown)
        for one in _ENTITY.finditer(text)
        if (shown := _decoded(one[0])) != one[0]
    ]
    position = 0
    for start, end, shown in sorted([*unseen, *odd], key=lambda one: (one[0], -one[1])):
        if start >= position:
            yield start, end, shown
            position = end


def _decoded(entity: str) -> str:
    for _ in range(_MOST_ESCAPES):
        entity, before = html.unescape(entity), entity
        if entity == before:
            break
    return _HIDDEN.sub("", entity).replace("\xa0", " ")
