"""HTML fields: the text that a piece of HTML shows, with its paragraphs."""

import html
import re
from html.parser import HTMLParser

_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|img|figure|table|blockquote|section"
    r"|article|hr|pre|iframe|script)\b[^<>]{0,2000}>",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    """address article aside blockquote dd div dl dt fieldset figcaption figure footer form h1 h2 h3
    h4 h5 h6 header hr main nav ol p pre section table ul""".split()
)
_LINES = frozenset("br li tr".split())
_UNSEEN = frozenset("head iframe math noscript object script style svg template title".split())
_CELLS = frozenset("td th option".split())
_NAMES = "|".join(sorted(_UNSEEN))
_OPENS_UNSEEN = re.compile(rf"<({_NAMES})(\s[^<>]{{0,2000}})?>", re.IGNORECASE | re.ASCII)
_CLOSES_UNSEEN = re.compile(rf"</({_NAMES})", re.IGNORECASE | re.ASCII)
_PARTED = re.compile(r"<(?:p|br|div|pre)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_BLANKS = re.compile(r"[ \t\r\f\v\n]+")
_AROUND_BREAK = re.compile(r"[ \t]*\n[ \t]*")
_MANY_BREAKS = re.compile(r"\n{3,}")


def looks_like_html(text: str) -> bool:
    """Whether a text has a tag that texts in HTML have."""
    return "<" in text and _TAG.search(text) is not None


def text_of_html(markup: str, *, mark_blocks: bool = False) -> str:
    """What a piece of HTML shows: paragraphs parted by an empty line, entities as characters.

    Scripts, styles, frames and pictures show nothing. Anything is HTML, so nothing is refused.
    A script that is not closed is the word of a text on scripts, and hides nothing. Where no
    element parts paragraphs, blank lines do, as in blogs that add the elements later.

    With ``mark_blocks`` paragraphs of a block quotation begin with ``>``, as in Markdown.
    """
    shown = _Shown(mark_blocks=mark_blocks)
    markup = _without_unclosed(_CDATA.sub("", markup))  # of XML, which hides nothing
    shown.feed(markup if _PARTED.search(markup) else _BLANK_LINE.sub("<p>", markup))
    shown.close()
    text = _AROUND_BREAK.sub("\n", "".join(shown.parts))
    return _MANY_BREAKS.sub("\n\n", text).strip()


def _without_unclosed(markup: str) -> str:
    """The markup with elements that would hide all that follows, as they are never closed, as text.

    With attributes they are markup that breaks off, and left out.
    """
    if _OPENS_UNSEEN.search(markup) is None:
        return markup
    closed = {end[1].lower(): end.start() for end in _CLOSES_UNSEEN.finditer(markup)}
    return _OPENS_UNSEEN.sub(
        lambda tag: (
            tag[0]
            if tag.start() < closed.get(tag[1].lower(), -1)
            else ""
            if tag[2]
            else html.escape(tag[0])
        ),
        markup,
    )


class _Shown(HTMLParser):
    """Collects what is seen."""

    def __init__(self, *, mark_blocks: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._mark_blocks = mark_blocks
        self._quoting = 0  # how many block quotations are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        del attrs
        if tag in _UNSEEN:
            self._hidden += 1
        self._part(tag)
        self._quoting += tag == "blockquote"
        if tag in _CELLS and not self._hidden:
            self.parts.append(" ")
        if tag == "q" and not self._hidden:
            self.parts.append("“")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element without content."""
        del attrs
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _UNSEEN and self._hidden:
            self._hidden -= 1
        if tag not in _LINES:
            self._part(tag)
        if tag == "blockquote" and self._quoting:
            self._quoting -= 1
        if tag == "q" and not self._hidden:
            self.parts.append("”")

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self._hidden:
            return
        begins = not self.parts or self.parts[-1].endswith("\n")
        if self._mark_blocks and self._quoting and begins:
            if not data.strip():
                return  # else what an element within the line begins with were no beginning
            self.parts.append("> ")
        self.parts.append(_BLANKS.sub(" ", data))

    def _part(self, tag: str) -> None:
        if self._hidden:
            return
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
