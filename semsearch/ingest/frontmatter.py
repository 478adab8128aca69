"""Files with YAML front matter between ``---`` lines and an optional body."""

import re

from semsearch.errors import UnreadableError
from semsearch.ingest.yaml_events import load_mapping

MAX_FRONT_MATTER_CHARS = 2_000_000

_OPENING = re.compile(r"\A\ufeff?(?:[ \t]*\r?\n)*---[ \t]*\r?\n")
_CLOSING = re.compile(r"\n---[ \t]*(?:\r?\n|\Z)")


def has_front_matter(text: str) -> bool:
    """Whether the first line that is not blank is ``---``."""
    return _OPENING.match(text) is not None


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
