"""Files with YAML front matter between ``---`` lines and an optional body.

libyaml parses the block and its events are assembled here, because the ready-made constructors
expand aliases (a kilobyte can stand for a billion items), recurse on nesting, resolve ``no`` and
``12:30`` to surprises, and take four times as long (see docs/decisions/0004).
"""

import re
from collections.abc import Iterator

import yaml

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.plaintext import PlainText
from semsearch.ingest.formats.reader import RawRecord, Reader
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
_OPENING = re.compile(r"\A\ufeff?(?:[ \t]*\r?\n)*---[ \t]*\r?\n")
_CLOSING = re.compile(r"\n---[ \t]*(?:\r?\n|\Z)")


class FrontMatter(Reader):
    """A text whose first line that is not blank is ``---``; one article a file."""

    endings = PlainText.endings

    def recognises(self, block: str) -> bool:
        """Whether it begins so."""
        return _OPENING.match(block) is not None

    def records(self, block: str) -> Iterator[RawRecord]:
        """The one article."""
        yield RawRecord(read_front_matter(block))


def read_front_matter(text: str) -> dict[str, object]:
    """The fields of a front matter file, its body among them.

    Raises:
        UnreadableError: The block is not closed, too large, broken, or has no title.
    """
    opening = _OPENING.match(text)
    if opening is None:
        raise UnreadableError("no front matter", 1)
    closing = _CLOSING.search(text, opening.end() - 1)
    if closing is None:
        raise UnreadableError("front matter is not closed by a line of ---", 1)
    if closing.start() - opening.end() > MAX_FRONT_MATTER_CHARS:
        raise UnreadableError(f"front matter is longer than {MAX_FRONT_MATTER_CHARS:,} characters")
    first_line = text.count("\n", 0, opening.end()) + 1
    fields: dict[str, object] = dict(
        load_mapping(text[opening.end() : closing.start() + 1], first_line)
    )
    if fields.get("removed") is not True and not str(fields.get("title") or "").strip():
        raise UnreadableError("empty title", first_line)
    body = text[closing.end() :]
    if body.strip():
        fields["body"] = body
    return fields


def load_mapping(text: str, first_line: int = 1) -> dict[str, Node]:
    """Read one YAML mapping. Plain numbers, true, false and null are typed; all else is text.

    Args:
        text: The YAML.
        first_line: Line of the file on which ``text`` starts, for messages.

    Raises:
        UnreadableError: Not a mapping, broken syntax, an alias, a tag, a duplicate key, or
            nesting deeper than 32.
    """
    builder = _Builder(first_line)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + first_line
        raise UnreadableError(f"broken YAML: {error.problem or error.context}", line) from None
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

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(_scalar(event), event)
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

    def _refused(self, reason: str, event: yaml.Event) -> UnreadableError:
        mark = event.start_mark
        return UnreadableError(reason, None if mark is None else mark.line + self._first_line)


def _scalar(event: yaml.ScalarEvent) -> Node:
    value: str = event.value
    if not event.implicit[0]:  # quoted
        return value
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if _INT.match(value):
        return int(value)
    if _FLOAT.match(value):
        return float(value)
    return value
