"""Texts that begin with their fields: in YAML, TOML, JSON, or in lines ``name: value``.

libyaml parses the YAML and its events are assembled here, because the ready-made constructors
expand aliases (a kilobyte can stand for a billion items), recurse on nesting, resolve ``no`` and
``12:30`` to surprises, and take four times as long (see docs/decisions/0004).
"""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache

import yaml
from ftfy.fixes import fix_c1_controls

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import field_of, understood
from semsearch.ingest.formats.jsondocument import text_behind
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.formats.reader import TEXT_ENDINGS, Head, RawRecord, Reader
from semsearch.ingest.secured import quoted

MAX_FRONT_MATTER_CHARS = 2_000_000
MAX_DEPTH = 32

Node = None | bool | int | float | str | list["Node"] | dict[str, "Node"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}\Z")
_CONSTANTS: dict[str, Node] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_NOTHING = ("", "~", "null")
_TEXT_FIELDS = frozenset(
    "id title excerpt body webUrl provider provider_domain topics category type language".split()
)
# A comment or blank lines may stand before the fence; the fence may name its language.
_OPENING = re.compile(
    r"\A\ufeff?(?:[ \t]*\r?\n|[ \t]*<!--(?:(?!-->)[\s\S]){0,2000}-->[ \t]*\r?\n)*"
    r"(---[ \t]*(?:ya?ml|json|toml)?|\+\+\+[ \t]*(?:toml)?)[ \t]*\r?\n",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_CLOSING_TOML = re.compile(r"\n(?:\+\+\+|---)[ \t]*(?:\r?\n|\Z)")
_HEADING = re.compile(r"\s*#[ \t]+([^\n]{1,1000}?)[ \t#]*(?:\r?\n|\Z)")
_ORG = re.compile(r"#\+([A-Za-z_]{1,40}):[ \t]*(.*)\Z")
_LINE = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]+(\S.*)\Z|([A-Za-z][\w -]{0,40}):\Z")
_C1 = re.compile(r"[\x80-\x9f]")
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
        return _lines_first(start) is not None

    def records(self, block: str) -> Iterator[RawRecord]:
        """The one article."""
        yield RawRecord(read_front_matter(block))


def read_front_matter(text: str) -> dict[str, object]:
    """The fields of a front matter file, its body among them.

    Raises:
        UnreadableError: The block is not closed, too large, broken, or has no title and no text.
    """
    fields, body, first_line = _parts(text)
    if body.strip():
        fields["body"] = body
    title = fields.get("title") or understood(fields).get("title")
    if title is None and body.strip():
        heading = _HEADING.match(body)
        if heading:
            fields["title"], fields["body"] = heading[1], body[heading.end() :]
    elif not str(title or "").strip() and fields.get("removed") is not True:
        raise UnreadableError("empty title", first_line)
    return fields


def _parts(text: str) -> tuple[dict[str, object], str, int]:
    """The fields of a front matter file, its body, and the line on which the fields begin."""
    opening = _OPENING.match(text)
    if opening is None:
        text = text.lstrip("\ufeff \t\r\n")
        if text.startswith("{"):
            return _json_first(text)
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
    fields = (_load_toml if toml else load_mapping)(block, first_line)
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


def _lines_first(text: str) -> tuple[dict[str, object], str] | None:
    """Fields in lines before the first that is blank, a title among them, as of Pelican or org."""
    fields: dict[str, object] = {}
    place, name = 0, ""
    for line in text[:MAX_FRONT_MATTER_CHARS].splitlines(keepends=True):
        bare = line.rstrip()
        found = _ORG.match(bare) or _LINE.match(bare)
        if found and len(found.groups()) == 2:  # noqa: PLR2004 - org: text may follow at once
            fields[found[1].lower()] = found[2].strip()
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
    except RecursionError:
        raise UnreadableError(f"nested deeper than {MAX_DEPTH}", first_line) from None
    except ValueError as error:
        found = re.search(r"\(at line (\d+)", str(error))
        line = first_line + int(found[1]) - 1 if found else None
        raise UnreadableError(f"broken TOML: {str(error).partition(' (at')[0]}", line) from None
    return {name: _as_text(value) for name, value in loaded.items()}


def _as_text(value: object) -> object:
    """Dates and times of TOML as it writes them."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case list():
            return [_as_text(item) for item in value]
        case dict():
            return {name: _as_text(item) for name, item in value.items()}
    return value


def load_mapping(text: str, first_line: int = 1) -> dict[str, Node]:
    """Read one YAML mapping. Plain numbers, true, false and null are typed; all else is text.

    In fields that are texts everything is text as it is written: 1.10, 007, True.

    Args:
        text: The YAML.
        first_line: Line of the file on which ``text`` starts, for messages.

    Raises:
        UnreadableError: Not a mapping, broken syntax, an alias, a tag, a duplicate key, or
            nesting deeper than 32.
    """
    builder = _Builder(first_line)
    if _C1.search(text):
        text = fix_c1_controls(text)  # letters of code page 1252, which YAML refuses
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + first_line
        problem = error.problem or error.context or ""
        hint = "; put a text that holds ': ' in quotes" if "mapping values" in problem else ""
        raise UnreadableError(f"broken YAML: {problem}{hint}", line) from None
    except yaml.reader.ReaderError as error:
        line = first_line + text.encode()[: error.position].count(b"\n")
        raise UnreadableError(f"broken YAML: {str(error).splitlines()[0]}", line) from None
    except UnicodeEncodeError as error:
        line = first_line + text.count("\n", 0, error.start)
        raise UnreadableError("holds half a surrogate pair: broken Unicode", line) from None
    if not isinstance(builder.root, dict):
        raise UnreadableError("front matter is not a mapping of fields", first_line)
    return builder.root


class _Builder:
    """Assembles events into dicts, lists and scalars with an explicit stack."""

    def __init__(self, first_line: int) -> None:
        self.root: Node = None
        self._first_line = first_line
        self._stack: list[tuple[dict[str, Node] | list[Node], list[str]]] = []
        self._field = ""  # of the whole mapping, to which the value belongs

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event)
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._stack.pop()
            case yaml.AliasEvent():
                raise self._refused("YAML aliases are not accepted", event)

    def _open(self, node: dict[str, Node] | list[Node], event: yaml.Event) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._refused(f"nested deeper than {MAX_DEPTH}", event)
        self._add(node, event)
        self._stack.append((node, []))

    def _add(self, node: Node, event: yaml.Event) -> None:
        if getattr(event, "tag", None) is not None:
            raise self._refused("YAML tags are not accepted", event)
        if getattr(event, "anchor", None) is not None:
            raise self._refused("YAML anchors are not accepted", event)
        if not self._stack:
            if self.root is not None:
                raise self._refused("holds more than one YAML document", event)
            self.root = node
            return
        parent, pending_key = self._stack[-1]
        if isinstance(parent, list):
            parent.append(node)
        elif pending_key:
            parent[pending_key.pop()] = node
        elif isinstance(node, dict | list):
            raise self._refused("a key must be a plain text", event)
        else:
            key = event.value if isinstance(event, yaml.ScalarEvent) else str(node)
            if key in parent:
                raise self._refused(f"{quoted(key)} stands twice", event)
            pending_key.append(key)
            if len(self._stack) == 1:
                self._field = key

    def _scalar(self, event: yaml.ScalarEvent) -> Node:
        if not event.implicit[0]:  # quoted
            return str(event.value)
        if self._stack and _is_text(self._field):
            parent, pending = self._stack[-1]
            name = pending[0] if pending and isinstance(parent, dict) else ""
            if len(self._stack) == 1 or isinstance(parent, list) or _is_text(name):
                return None if event.value in _NOTHING else str(event.value)
        return _scalar(event)

    def _refused(self, reason: str, event: yaml.Event) -> UnreadableError:
        mark = event.start_mark
        return UnreadableError(reason, None if mark is None else mark.line + self._first_line)


@lru_cache(maxsize=1024)
def _is_text(name: str) -> bool:
    return field_of(name) in _TEXT_FIELDS


def _scalar(event: yaml.ScalarEvent) -> Node:
    value: str = event.value
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _INT.match(value):
        return int(value)
    if _FLOAT.match(value) and str(float(value)) == value:
        return float(value)
    return value
