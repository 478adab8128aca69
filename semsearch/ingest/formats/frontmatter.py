"""Texts that begin with their fields: in YAML, TOML, JSON, or in lines ``name: value``."""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import field_of
from semsearch.ingest.formats.jsondocument import text_behind
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.formats.reader import TEXT_ENDINGS, Head, RawRecord, Reader
from semsearch.ingest.formats.yamlfields import MAX_DEPTH, load_mapping
from semsearch.ingest.renaming import understood
from semsearch.ingest.secured import TOO_LARGE
from semsearch.text.repair import without_controls

MAX_FRONT_MATTER_CHARS = 2_000_000

# Blank lines, a comment, YAML's version or a fence of code may stand before the fence, which may
# name its language.
_OPENING = re.compile(
    r"\A[\ufeff\u200b\u2060]*"
    r"(?:[ \t]*(?:<!--(?:(?!-->)[\s\S]){0,2000}-->[ \t]*|%YAML[ \d.]*|```\w*)?\r?\n)*"
    r"(---[ \t]*(?:ya?ml|json|toml)?|\+\+\+[ \t]*(?:toml)?)[ \t]*\r?\n",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_CLOSING_TOML = re.compile(r"\n(?:\+\+\+|---)[ \t]*(?:\r?\n|\Z)")
_HASH = re.compile(
    r"^(?:(\w+):[ \t]+(?:[^\s\"'|>#\[{][^\n]*?[ \t])?|[ \t]*-[ \t]+)#(?=[^\s#])", re.MULTILINE
)
_HEADING = re.compile(r"\s*#[ \t]+([^\n]{1,1000}?)[ \t#]*(?:\r?\n|\Z)")
_ORG = re.compile(r"#\+([A-Za-z_]{1,40}):[ \t]*(.*)\Z")
_ORG_DATE = re.compile(r"[<\[](\d{4}-\d\d-\d\d)[^\d>\]]*(\d\d?:\d\d)?[^>\]]*[>\]]\Z")
_ORG_ID = re.compile(r"^:ID:[ \t]+(\S{1,200})", re.MULTILINE | re.IGNORECASE)
_DRAWER = re.compile(r":PROPERTIES:\r?\n(?::[^\n]*\n){0,50}?:END:[ \t]*\r?\n\s*", re.IGNORECASE)
_PANDOC = re.compile(r"%[ \t]+(\S[^\n]{0,1000})\n(?:%([^\n]{0,1000})\n)?(?:%([^\n]{0,200})\n)?")
_LINE = re.compile(r"(?:\.\. )?([A-Za-z][\w -]{0,40})::?[ \t]+(\S.*)\Z|([A-Za-z][\w -]{0,40}):\Z")
_IN_COMMENT = re.compile(r"<!--[ \t]*\r?\n((?:(?!-->)[\s\S]){0,10000})-->[ \t]*(?:\r?\n|\Z)")
_MAPPING = r"(?:[A-Za-z][\w-]{0,40}:[^\n]*\n(?:(?:[ \t]|-(?!--))[^\n]*\n)*)+"
_UNOPENED = re.compile(rf"({_MAPPING})---[ \t]*(?:\r?\n|\Z)")  # YAML as Hexo writes it
_TITLED = re.compile(r"^title:", re.MULTILINE)
_SECOND = re.compile(rf"(?:\A|\n)---[ \t]*\r?\n({_MAPPING})---[ \t]*(?:\r?\n|\Z)")
_TABLES = (".csv", ".tsv", ".tab")


class FrontMatter(Reader):
    """A text that begins with its fields; one article a file."""

    def recognises(self, head: Head) -> bool:
        """Whether it begins so."""
        if head.name.endswith(_TABLES):
            return False
        if _OPENING.match(head.text) is not None:
            return True
        if not head.name.endswith(TEXT_ENDINGS):
            return False
        start = head.start
        if start.startswith("{"):
            return text_behind(start) is not None
        return _unopened(start) is not None or _lines_first(start) is not None

    def records(self, block: str) -> Iterator[RawRecord]:
        """The one article."""
        notes: list[str] = []
        fields = read_front_matter(block, notes)
        yield RawRecord(fields, notes=tuple(notes))


def read_front_matter(text: str, notes: list[str] | None = None) -> dict[str, object]:
    """The fields of a front matter file, its body among them.

    ``notes`` take a sentence on what is read otherwise than it stands.

    Raises:
        UnreadableError: The block is not closed, too large, broken, or has no title and no text.
    """
    fields, body, first_line = _parts(text, [] if notes is None else notes)
    if body.strip():
        fields["body"] = body
        if notes is not None and any(_TITLED.search(it[1]) for it in _SECOND.finditer(body)):
            notes.append("a second block of fields was read as text: a file holds one article")
    title = fields.get("title") or understood(fields).get("title")
    if title is None and body.strip():
        heading = _HEADING.match(body)
        if heading:
            fields["title"], fields["body"] = heading[1], body[heading.end() :]
    elif not str(title or "").strip() and fields.get("removed") is not True:
        raise UnreadableError("empty title", first_line)
    return fields


def _parts(text: str, notes: list[str]) -> tuple[dict[str, object], str, int]:
    """The fields of a front matter file, its body, and the line on which the fields begin."""
    opening = _OPENING.match(text)
    if opening is None:
        text = text.lstrip("\ufeff \t\r\n")
        if text.startswith("{"):
            return _json_first(text)
        if unopened := _unopened(text):
            return dict(load_mapping(unopened[1], 1, notes)), text[unopened.end() :], 1
        found = _lines_first(text)
        if found is None:
            raise UnreadableError("no front matter", 1)
        return *found, 1
    first_line = text.count("\n", 0, opening.end()) + 1
    fence = opening[1][:3]
    toml = fence == "+++" or opening[1].lower().endswith("toml")
    closing = (_CLOSING_TOML if toml else _CLOSING).search(text, opening.end() - 1)
    if closing is None:
        raise UnreadableError(f"front matter is not closed by a line of {fence}", 1)
    if closing.start() - opening.end() > MAX_FRONT_MATTER_CHARS:
        raise UnreadableError(f"front matter is longer than {MAX_FRONT_MATTER_CHARS:,} characters")
    block = text[opening.end() : closing.start() + 1]
    block = without_controls(block, notes)
    if toml:
        return _load_toml(block, first_line), text[closing.end() :], first_line
    fields = load_mapping(block, first_line, notes)
    if any(not found[1] or field_of(found[1]) for found in _HASH.finditer(block)):
        notes.append("what stands behind ' #' in YAML is a comment: put such a text in quotes")
    return dict(fields), text[closing.end() :], first_line


def _json_first(text: str) -> tuple[dict[str, object], str, int]:
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except RecursionError:
        raise UnreadableError("nested too deep", 1) from None
    except ValueError as error:
        raise UnreadableError(f"not JSON: {error}", 1) from None
    fields = parse_json(text[:end].encode(errors="surrogatepass"))
    if not isinstance(fields, dict):
        raise UnreadableError("front matter is not a mapping of fields", 1)
    return fields, text[end:].lstrip("\r\n"), 1


def _unopened(text: str) -> re.Match[str] | None:
    """Fields in YAML that are closed by a fence, but not opened by one, a title among them."""
    found = _UNOPENED.match(text[:MAX_FRONT_MATTER_CHARS])
    return found if found and _TITLED.search(found[1]) else None


def _lines_first(text: str) -> tuple[dict[str, object], str] | None:
    """Fields in lines before the first that is blank, a title among them, as of Pelican or org.

    Also the three lines of Pandoc, the drawer of properties of org, and lines in a comment, as
    Nikola has them.
    """
    if comment := _IN_COMMENT.match(text):
        inner = _lines_first(comment[1])
        return inner and (inner[0], text[comment.end() :].lstrip("\r\n"))
    if pandoc := _PANDOC.match(text):
        given = zip(("title", "authors", "date"), pandoc.groups(), strict=True)
        named: dict[str, object] = {name: one.strip() for name, one in given if one}
        return named, text[pandoc.end() :].lstrip("\r\n")
    if drawer := _DRAWER.match(text):
        within = _lines_first(text[drawer.end() :])
        identity = _ORG_ID.search(drawer[0])
        return within and ({**within[0], **({"id": identity[1]} if identity else {})}, within[1])
    fields: dict[str, object] = {}
    place, name = 0, ""
    for line in text[:MAX_FRONT_MATTER_CHARS].splitlines(keepends=True):
        bare = line.rstrip()
        found = _ORG.match(bare) or _LINE.match(bare)
        if found and len(found.groups()) == 2:  # noqa: PLR2004 - org: text may follow at once
            value = found[2].strip()
            dated = _ORG_DATE.match(value)
            fields[found[1].lower()] = " ".join(filter(None, dated.groups())) if dated else value
        elif not bare or (fields and text.startswith("#+")):
            break
        elif found:
            name = (found[1] or found[3]).strip().lower()
            fields[name] = (found[2] or "").strip()
        elif name and line[0] in " \t":
            fields[name] = f"{fields[name]} {bare.strip()}".strip()
        else:
            return None
        place += len(line)
    if len(fields) < 2 or not fields.get("title"):  # noqa: PLR2004 - one line may be a sentence
        return None
    return fields, text[place:].lstrip("\r\n")


def _load_toml(text: str, first_line: int) -> dict[str, object]:
    try:
        loaded = tomllib.loads(text.replace("\r\n", "\n"), parse_float=str)
        return {name: _as_text(value) for name, value in loaded.items()}
    except RecursionError:
        raise UnreadableError(f"nested deeper than {MAX_DEPTH}", first_line) from None
    except ValueError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = first_line + int(found[1]) - 1 if found else None
        raise UnreadableError(f"broken TOML: {str(error).partition(' (at')[0]}", line) from None
    return {name: _as_text(value) for name, value in loaded.items()}


def _as_text(value: object) -> object:
    """Dates and times of TOML as it writes them, and hexadecimal numbers that are too large."""
    match value:
        case int() if abs(value) >= TOO_LARGE:
            return hex(value)
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return [_as_text(item) for item in value]
        case dict():
            return {name: _as_text(item) for name, item in value.items()}
    return value
