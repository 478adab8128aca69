"""One YAML mapping: the fields of a front matter file.

libyaml parses the YAML and its events are assembled here, because the ready-made constructors
expand aliases (a kilobyte can stand for a billion items), recurse on nesting, resolve ``no`` and
``12:30`` to surprises, and take four times as long (see docs/decisions/0004).
"""

import re
from functools import lru_cache

import yaml
from ftfy.fixes import fix_c1_controls

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import field_of
from semsearch.ingest.secured import quoted

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
_C1 = re.compile(r"[\x80-\x9f]")
AS_WRITTEN = (
    "values that YAML wants in quotes, such as a title that holds ': ', were read as they are "
    "written"
)
_SENTENCES = ("title", "excerpt", "body", "category")
_MOST_ENTRIES = 1_000
_TABS = re.compile(r"^\t+", re.MULTILINE)
_ENTRY = re.compile(r"^(?=[^\s#\-\]}])", re.MULTILINE)  # a field of the whole mapping begins
_VALUE = re.compile(
    r"(?P<key>[^\s:#'\"{\[][^:\n]{0,99}?):[ \t]+(?P<value>(?:[^\s|>#]|[|>][ \t]+[^\s#])[\s\S]*)\Z"
)
_FIELD_WITHIN = re.compile(r"^[ \t]+([A-Za-z]\w*):(?:[ \t]|$)", re.MULTILINE)
_ESCAPED = re.compile(r'"(?:[^"\\]|\\.)*+"\Z', re.DOTALL)
_INNER = re.compile(
    r"(?P<before>\s+(?:-[ \t]+)?(?:[\w.-]{1,100}:[ \t]+)?)(?P<value>[^\s|>#\[{-].*)\n?\Z"
)


def load_mapping(text: str, first_line: int = 1, notes: list[str] | None = None) -> dict[str, Node]:
    """Read one YAML mapping. Plain numbers, true, false and null are typed; all else is text.

    In fields that are texts everything is text as it is written: 1.10, 007, True.

    Args:
        text: The YAML.
        first_line: Line of the file on which ``text`` starts, for messages.
        notes: Takes a sentence where the YAML is broken and was read all the same; None: it is
            refused. Values that need quotes and have none, such as ``title: Strike: day two``,
            are then texts as they are written.

    Raises:
        UnreadableError: Not a mapping, broken syntax, an alias, a tag, a duplicate key, or
            nesting deeper than 32.
    """
    if _C1.search(text):
        text = fix_c1_controls(text)  # letters of code page 1252, which YAML refuses
    try:
        return _mapping(text, first_line)
    except _BrokenError as error:
        written = _with_quotes(text)
        if notes is None or written is None:
            raise UnreadableError(error.reason, error.line) from None
        try:
            fields = _mapping(written, first_line)
        except UnreadableError:
            raise UnreadableError(error.reason, error.line) from None
        notes.append(AS_WRITTEN)
        return fields


class _BrokenError(UnreadableError):
    """What stands there is not YAML."""


def _mapping(text: str, first_line: int) -> dict[str, Node]:
    builder = _Builder(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + first_line
        problem = error.problem or error.context or ""
        hint = "; put a text that holds ': ' in quotes" if "mapping values" in problem else ""
        raise _BrokenError(f"broken YAML: {problem}{hint}", line) from None
    except yaml.reader.ReaderError as error:
        line = first_line + text.encode()[: error.position].count(b"\n")
        raise UnreadableError(f"broken YAML: {str(error).splitlines()[0]}", line) from None
    except UnicodeEncodeError as error:
        line = first_line + text.count("\n", 0, error.start)
        raise UnreadableError("holds half a surrogate pair: broken Unicode", line) from None
    if builder.root is None and not text.strip():
        return {}
    if not isinstance(builder.root, dict):
        raise UnreadableError("front matter is not a mapping of fields", first_line)
    return builder.root


def _with_quotes(text: str) -> str | None:
    """The text with quotes around values that are no YAML as they stand; None: there are none.

    Lines stay where they are.
    """
    entries = _ENTRY.split(_TABS.sub(lambda tabs: "  " * len(tabs[0]), text))
    if len(entries) > _MOST_ENTRIES:
        return None
    written = "".join(entry if _is_yaml(entry) else _quoted_entry(entry) for entry in entries)
    return None if written == text else written


def _is_yaml(text: str) -> bool:
    try:
        for _ in yaml.parse(text, Loader=_LOADER):
            pass
    except yaml.YAMLError:
        return False
    return True


def _quoted_entry(entry: str) -> str:
    """A field of the mapping, its value in quotes, or those of its lines that need them."""
    found = _VALUE.match(entry)
    if found:
        # A list that is not closed is no text, but a title may begin with a bracket.
        if found["value"][0] in "[{" and field_of(found["key"]) not in _SENTENCES:
            return entry
        if any(field_of(it[1]) for it in _FIELD_WITHIN.finditer(found["value"])):
            return entry  # its next fields are indented by mistake
        return f"{found['key']}: {_quoted_value(found['value'])}\n"
    first, *lines = entry.splitlines(keepends=True)
    return first + "".join(map(_quoted_line, lines))


def _quoted_line(line: str) -> str:
    found = _INNER.match(line)
    if found is None or _is_yaml(line.strip()):
        return line
    return f"{found['before']}{_quoted_value(found['value'])}\n"


def _quoted_value(value: str) -> str:
    """A value in single quotes, without those around it that did not help."""
    mark, bare = value[0], value.strip()
    if _ESCAPED.match(bare):
        return value  # it is an escape that is wrong, not the quotes
    second = bare.find(mark, 1) if mark in "\"'" else -1
    closes = re.match(r"\S\S(?:\s|\Z)", bare[second - 1 :]) if second > 0 else None
    if second > 0 and bare.endswith(mark) and not (closes and second < len(bare) - 1):
        bare = bare[1:-1]
        bare = bare.replace('\\"', '"').replace("\\\\", "\\") if mark == '"' else bare
    inner = bare.replace("''", "'") if mark == "'" else bare
    lines = [line.strip() for line in inner.split("\n")]
    blank = "\n" * value.rstrip("\n").count("\n")  # what follows stays on its line
    return "'" + " ".join(filter(None, lines)).replace("'", "''") + "'" + blank


Tagged = yaml.ScalarEvent | yaml.CollectionStartEvent


class _Builder:
    """Assembles events into dicts, lists and scalars with an explicit stack."""

    def __init__(self, first_line: int) -> None:
        self.root: Node = None
        self._first_line = first_line
        self._stack: list[tuple[dict[str, Node] | list[Node], list[str]]] = []
        self._field = ""  # of the whole mapping, to which the value belongs

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):  # hundreds of thousands, so no match
            self._add(self._scalar(event), event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.MappingStartEvent):
            self._open({}, event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._open([], event)
        elif isinstance(event, yaml.AliasEvent):
            raise self._refused("YAML aliases are not accepted", event)

    def _open(self, node: dict[str, Node] | list[Node], event: Tagged) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._refused(f"nested deeper than {MAX_DEPTH}", event)
        self._add(node, event)
        self._stack.append((node, []))

    def _add(self, node: Node, event: Tagged) -> None:
        if event.tag is not None:
            raise self._refused("YAML tags are not accepted", event)
        if event.anchor is not None:
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
