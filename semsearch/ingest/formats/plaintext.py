"""Plain text files: title, then the first paragraph as excerpt, then the body."""

import re
from collections.abc import Iterator

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.reader import TEXT_ENDINGS, RawRecord, Reader
from semsearch.model.article import Provider
from semsearch.text.markup import looks_like_html, text_of_html

MAX_TITLE_CHARS = 1_000

_NAME = r"(?:the\s+)?[A-Z][\w&.’'-]*(?:\s+(?:of|the|and|&|[A-Z0-9][\w&.’'-]*)){0,5}"
# Such as: BRACKWATER, March 5 (Meridian News Agency) - The harbour ...
_DATELINE = re.compile(rf"\A[A-Z][^\n()]{{1,60}}\(({_NAME})\)\s*[-–—:]")
# Such as: BRACKWATER, March 5, 2024 (MNA) - The harbour ..., with or without the outlet
_DATED = re.compile(
    r"\A[A-Z][^\n()\d]{1,60},\s*"
    r"([A-Z][a-z]+\.?\s\d{1,2},?\s\d{4}|\d{1,2}\s[A-Z][a-z]+\.?\s\d{4}|\d{4}-\d\d-\d\d)"
    r"\s*(?:\([^\n()]{1,80}\)\s*)?[-–—:]"
)
# Such as: in at least five key cities…reports Harbour Ledger
_REPORTS = re.compile(rf"\b(?:reports|writes)\s+({_NAME})\s*\Z")
_BROKEN_FENCE = re.compile(r"(?:[-+;]{3,}|[—–―]+)\s*\w*$")
# Lines that are no title: comments, rules, fences of code, and the code of MDX.
_BEFORE_TITLE = re.compile(
    r"\A(?:[\s\ufeff\u200b\u2060]|<!--(?:(?!-->)[\s\S]){0,2000}-->"
    r"|(?:([=~^*_#'\"])\1{2,}|`{3,}\w*)[ \t\r]*\n"
    r"|(?:import\s(?:[^\n]*\sfrom\s)?\s*[\"'][^\n]*"
    r"|export (?:const|let|default|function)\b[^\n]*)\n)*"
)
_UNDERLINE = re.compile(r"\A([-=~^*_#'\"+])\1{2,}[ \t]*(?:\r?\n|\Z)\s*")  # marks titles
_HEADING = re.compile(r"(?:#{1,6}|={1,5})[ \t]+(.*?)(?:[ \t]+#+)?")  # of Markdown or AsciiDoc
_OTHERS = {"%PDF-": "PDF", "{\\rtf": "RTF", "%!PS": "PostScript"}
_OTHER = re.compile("|".join(map(re.escape, _OTHERS)))
_FIELD = re.compile(r"[A-Z][A-Z0-9]  +(?:- *)?\S")  # of RIS, and of some press databases
_FIELDS = 3
_COUNTED = re.compile(r"\d{1,5} of \d{1,5} DOCUMENTS?\s*\Z")  # of others, above each article
_EXPORT = (
    "an export of a press database or of a reference manager: export a table (CSV) or JSON, or "
    "each article as a file of its own"
)
_UNTITLED = (
    f"a text whose first line is longer than {MAX_TITLE_CHARS:,} characters was read without a "
    "title"
)
_BLANK_LINES = re.compile(r"\r?\n[ \t]*\r?\n\s*")


class PlainText(Reader):
    """Any text that is of no other format; one article a file."""

    endings = TEXT_ENDINGS

    def records(self, block: str) -> Iterator[RawRecord]:
        """The one article."""
        fields = read_plain_text(block)
        yield RawRecord(fields, notes=() if fields["title"] else (_UNTITLED,))


def read_plain_text(text: str) -> dict[str, object]:
    """The fields of a plain text file; provider and date where the text itself names them.

    The provider stands in a dateline or in "reports X", the date in a dateline with its year.

    Raises:
        UnreadableError: The file is blank, or what its first line says is no text.
    """
    stripped = _BEFORE_TITLE.sub("", text, count=1)
    if not stripped.strip():
        raise UnreadableError("empty file", 1)
    if other := _OTHER.match(stripped):
        raise UnreadableError(f"its content is {_OTHERS[other[0]]}, not a text", 1)
    title, _, rest = stripped.partition("\n")
    lines = stripped.split("\n", 10)[:10]
    if _COUNTED.match(title.strip()) or (
        _FIELD.match(title) and sum(map(bool, map(_FIELD.match, lines))) >= _FIELDS
    ):
        raise UnreadableError(_EXPORT, 1)
    title = text_of_html(title) if looks_like_html(title) else title
    if _BROKEN_FENCE.match(title.strip()):
        raise UnreadableError("looks like front matter, but its first line is not just ---", 1)
    heading = _HEADING.fullmatch(title.strip())
    title = heading[1] if heading else title
    rest = _UNDERLINE.sub("", rest, count=1).lstrip()
    boundary = _BLANK_LINES.search(rest)
    excerpt = rest if boundary is None else rest[: boundary.start()]
    body = "" if boundary is None else rest[boundary.end() :]
    if len(title) > MAX_TITLE_CHARS:
        title, excerpt, body = "", "", stripped  # a paragraph
    fields: dict[str, object] = {"title": title.strip(), "excerpt": excerpt.strip(), "body": body}
    provider = _named_provider(excerpt, body)
    if provider is not None:
        fields["provider"] = {"name": provider.name, "domain": provider.domain}
    dated = _DATED.match(excerpt.strip()) or _DATED.match(body.lstrip())
    if dated is not None:
        fields["published"] = dated[1].replace(".", "")
    return fields


def _named_provider(excerpt: str, body: str) -> Provider | None:
    for text in (excerpt.strip(), body.lstrip()):
        found = _DATELINE.match(text)
        if found:
            return Provider(found[1])
    found = _REPORTS.search(excerpt.strip())
    return Provider(found[1].rstrip(".")) if found else None
