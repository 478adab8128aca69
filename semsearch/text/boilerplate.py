"""What of a text is not the article: marked, never removed.

Offsets of everything else stay as they are, because a marked span is looked at as blanks of
the same length.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


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


# Tags may be escaped, once or more, by name or by number.
_LT, _GT = (
    rf"&(?:amp;){{0,3}}(?:{name}|#0{{0,5}}{number}|#x0{{0,5}}{code});"
    for name, number, code in (("lt", 60, "3c"), ("gt", 62, "3e"))
)
_OPEN, _CLOSE = f"(?:<|{_LT})", f"(?:>|{_GT})"
_EMBEDDED = tuple(
    (
        re.compile(rf"{_OPEN}{name}\b", re.IGNORECASE),
        re.compile(rf"{_OPEN}/{name}\s*{_CLOSE}", re.IGNORECASE),
    )
    for name in ("script", "style")
)
_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--[^<>]*--)>|<!\[CDATA\[|\]\]>")
_ESCAPED_TAG = re.compile(
    rf"{_LT}/?[a-z](?:[^<>&\n]|&(?!{_LT[1:]}|{_GT[1:]})){{0,2000}}{_GT}", re.IGNORECASE
)
# Tags that part no words, as <b> in "<b>H</b>arbour".
_INLINE = re.compile(
    rf"{_OPEN}(?:(?P<closes>/)?(?:a|abbr|b|big|cite|code|del|em|font|i|ins|kbd|mark|nobr|q|s|samp"
    r"|small|span|strike|strong|sub|tt|u|var|wbr)(?![\w-])|!--)",
    re.IGNORECASE,
)
_JOINER = "\u2060"  # is not seen, and no text needs it
# Where a link of Markdown leads, and a picture that stands in the text itself.
_TARGET = re.compile(
    r"(?:!\[\]|(?<=\]))\(\s{0,4}<?(?:[a-zA-Z][\w+.-]{1,20}:(?=[^\s)])|[\w%-]{0,200}[/#.])"
    r"[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?"
    r"(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s{0,4}\)"
    r"|^[ ]{0,3}\[[^\]\n]{1,200}\]:\s*<?(?:https?:|data:|/)\S+",
    re.MULTILINE,
)
# They begin with letters of one case, for which `re` looks 30 times as fast as for a class.
_PICTURES = tuple(
    re.compile(
        rf"{scheme}:(?<!\w{scheme}:)[a-zA-Z]+/[\w.+-]+(?:;[\w=.-]+)*,\s?[A-Za-z0-9+/=%_-]*"
        r"(?:\s+[A-Za-z0-9+/=]{40,})*"  # as mail breaks it
    )
    for scheme in ("data", "DATA")
)
# "[sic]" and "[the minister]" are text; a shortcode has attributes, an underscore or a known name.
_SHORTCODE = re.compile(
    r"\[/?(?:[a-z][a-z0-9]*_[a-z0-9_]*|caption|gallery|embed|video|audio|playlist"
    r"|[a-z][a-z0-9-]*(?=\s+[a-z_-]+=))(?:\s[^\[\]\n]*)?/?\]"
    r"|\{\{[^{}\n]{1,1000}\}\}|\{%[^{}\n]{1,1000}%\}"  # of Hugo, Jekyll and wikis
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
    *((picture, MarkKind.PICTURE) for picture in _PICTURES),
    (_SHORTCODE, MarkKind.SHORTCODE),
    (_ALSO_READ, MarkKind.ALSO_READ),
    (_SHARE, MarkKind.SHARE),
    (_CREDIT, MarkKind.CREDIT),
)


UNSEEN = frozenset((MarkKind.HTML, MarkKind.LINK, MarkKind.PICTURE, MarkKind.SHORTCODE))
"""What readers of the page do not see."""


def without_pictures(text: str) -> str:
    """A text without the pictures that stand in it as ``data:`` addresses."""
    for picture in _PICTURES:
        text = picture.sub("", text)
    return text


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


def blanks(text: str) -> Iterator[tuple[Mark, str]]:
    """The marks of a text, each with what stands in its place: a blank, or nothing in a word."""
    run: list[Mark] = []
    for mark in marks(text):
        if run and run[-1].end != mark.start:
            yield from _with_blank(text, run)
            run = []
        run.append(mark)
    yield from _with_blank(text, run)


def _with_blank(text: str, run: Sequence[Mark]) -> Iterator[tuple[Mark, str]]:
    blank = "" if run and _is_within_word(text, run) else " "
    return ((mark, blank) for mark in run)


def _is_within_word(text: str, run: Sequence[Mark]) -> bool:
    """Whether marks beside each other, between two letters, are tags that part no words.

    Where one element ends and the next begins, as in a row of buttons, words end, too.
    """
    around = text[max(run[0].start - 1, 0) : run[0].start], text[run[-1].end : run[-1].end + 1]
    if not all(map(str.isalnum, around)):
        return False
    tags = [_INLINE.match(text, mark.start) for mark in run]
    return all(tags) and not any(
        tag and after and tag["closes"] and not after["closes"] for tag, after in pairwise(tags)
    )


def masked(text: str) -> str:
    """The text with marked spans as blanks: same length, same offsets, line breaks kept.

    Tags within a word are characters that are not seen.
    """
    parts: list[str] = []
    position = 0
    for mark, blank in blanks(text):
        parts.append(text[position : mark.start])
        parts.append(re.sub(r"[^\n]", blank or _JOINER, text[mark.start : mark.end]))
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
