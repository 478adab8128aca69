"""What of a text is not the article: marked, never removed.

Offsets of everything else stay as they are, because a marked span is looked at as blanks of
the same length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class MarkKind(StrEnum):
    """Why a span is left out of embedding."""

    HTML = "html"
    LINK = "link"
    PICTURE = "picture"
    SHORTCODE = "shortcode"
    ALSO_READ = "also_read"
    SHARE = "share"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``[start, end)`` of a field that are left out of embedding."""

    start: int
    end: int
    kind: MarkKind


# Tags may be escaped, once or twice.
_OPEN, _CLOSE = r"(?:<|&(?:amp;)?lt;)", r"(?:>|&(?:amp;)?gt;)"
_EMBEDDED = tuple(
    (
        re.compile(rf"{_OPEN}{name}\b", re.IGNORECASE),
        re.compile(rf"{_OPEN}/{name}\s*{_CLOSE}", re.IGNORECASE),
    )
    for name in ("script", "style")
)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--[^<>]*--)>")
_ESCAPED_TAG = re.compile(
    r"&(?:amp;)?lt;/?[a-zA-Z](?:[^<>&\n]|&(?!(?:amp;)?[lg]t;)){0,2000}&(?:amp;)?gt;"
)
# Where a link of Markdown leads, and a picture that stands in the text itself.
_TARGET = re.compile(
    r"(?:!\[\]|(?<=\]))\(\s{0,4}<?(?:https?:|data:|mailto:|/|#|\.)[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?"
    r"(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s{0,4}\)"
    r"|^[ ]{0,3}\[[^\]\n]{1,200}\]:\s*<?(?:https?:|data:|/)\S+",
    re.MULTILINE,
)
# It begins with letters of one case, for which `re` looks 30 times as fast as for a class.
_PICTURE = re.compile(r"data:(?<!\wdata:)[a-zA-Z]+/[\w.+-]+(?:;[\w=.-]+)*,[A-Za-z0-9+/=%_-]*")
# "[sic]" and "[the minister]" are text; a shortcode has attributes, an underscore or a known name.
_SHORTCODE = re.compile(
    r"\[/?(?:[a-z][a-z0-9]*_[a-z0-9_]*|caption|gallery|embed|video|audio|playlist"
    r"|[a-z][a-z0-9-]*(?=\s+[a-z_-]+=))(?:\s[^\[\]\n]*)?/?\]"
)
_ALSO_READ = re.compile(
    r"^[ \t]*(?:also read|read also|read more|see also|also see|related(?: stories| articles)?"
    r"|recommended(?: for you)?|more on this(?: story)?)[ \t]*[:|–—-][^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SHARE = re.compile(
    r"^[ \t]*(?:share this|share on|click to share|follow us on|tweet this|like us on"
    r"|sign up (?:for|to) our|subscribe to our|download our app|advertisement\b)[^\n]{0,160}$",
    re.IGNORECASE | re.MULTILINE,
)
_AGENCIES = (
    "Reuters|AP|Associated Press|AFP|Agence France-Presse|ANI|PTI|IANS|UPI|Xinhua|dpa|TASS"
    "|Bloomberg|EFE|Kyodo|Yonhap|CNA|PA|PA Media|Anadolu"
)
# "(ANI)" closing a line, or a line that is nothing but a credit.
_CREDIT = re.compile(
    rf"\((?:{_AGENCIES}|[A-Z]{{2,5}})\)[ \t]*\r?$"
    rf"|^[ \t]*+(?:--|—|-)?[ \t]*+(?:{_AGENCIES})[ \t]*\r?$",
    re.MULTILINE,
)
_LINES = (
    (_TAG, MarkKind.HTML),
    (_ESCAPED_TAG, MarkKind.HTML),
    (_TARGET, MarkKind.LINK),
    (_PICTURE, MarkKind.PICTURE),
    (_SHORTCODE, MarkKind.SHORTCODE),
    (_ALSO_READ, MarkKind.ALSO_READ),
    (_SHARE, MarkKind.SHARE),
    (_CREDIT, MarkKind.CREDIT),
)


UNSEEN = frozenset((MarkKind.HTML, MarkKind.LINK, MarkKind.PICTURE, MarkKind.SHORTCODE))
"""What readers of the page do not see."""


def without_pictures(text: str) -> str:
    """A text without the pictures that stand in it as ``data:`` addresses."""
    return _PICTURE.sub("", text)


def marks(text: str) -> tuple[Mark, ...]:
    """The spans of a field that are left out of embedding, in order, without overlaps."""
    found = sorted(
        [
            *_embedded(text),
            *(
                Mark(match.start(), match.end(), kind)
                for pattern, kind in _LINES
                for match in pattern.finditer(text)
            ),
        ],
        key=lambda mark: (mark.start, -mark.end),
    )
    kept: list[Mark] = []
    for mark in found:
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
        elif mark.end > kept[-1].end:  # they overlap: the first grows
            kept[-1] = Mark(kept[-1].start, mark.end, kept[-1].kind)
    return tuple(kept)


def masked(text: str) -> str:
    """The text with marked spans as blanks: same length, same offsets, line breaks kept."""
    parts: list[str] = []
    position = 0
    for mark in marks(text):
        parts.append(text[position : mark.start])
        parts.append(re.sub(r"[^\n]", " ", text[mark.start : mark.end]))
        position = mark.end
    parts.append(text[position:])
    return "".join(parts)


def _embedded(text: str) -> Iterator[Mark]:
    for opens, closes in _EMBEDDED:
        position = 0
        while opening := opens.search(text, position):
            closing = closes.search(text, opening.end())
            if closing is None:
                break
            yield Mark(opening.start(), closing.end(), MarkKind.HTML)
            position = closing.end()
