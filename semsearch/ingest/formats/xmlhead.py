"""What an XML file says before its first element: its root, and whether it is a bomb."""

import re

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.encodings import beginning

_PROLOGUE = re.compile(
    r"\s*(?:<\?(?:(?!\?>).){0,2000}\?>\s*|<!--(?:(?!-->).){0,10000}-->\s*"
    r"|<!DOCTYPE[^\[>]{0,1000}(?:\[[^\]]{0,50000}\]\s*)?>\s*)*<([A-Za-z_][\w.:-]*)",
    re.DOTALL | re.IGNORECASE,
)
_ENTITY = re.compile(
    r"<!ENTITY\s+(%\s+)?[\w.:-]+\s+(?:\"([^\"]*)\"|'([^']*)'|(SYSTEM|PUBLIC)\b|)", re.IGNORECASE
)
_OF_OTHERS = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)|%")
_LOOKED_AT = 2**20
_MAX_ENTITY_CHARS = 200


def root_of(text: str) -> str:
    """The name of a document's root, without its prefix, in lower case; empty where it has none."""
    found = _PROLOGUE.match(text)
    return found[1].rpartition(":")[2].lower() if found else ""


def refuse_bombs(data: bytes) -> None:
    """Return if a document declares no entities but such as stand for a few characters.

    Raises:
        UnreadableError: It declares entities that stand for others, for much, or for other files.
    """
    for found in _ENTITY.finditer(beginning(data[:_LOOKED_AT])):
        value = found[2] or found[3] or ""
        if found[1] or found[4] or len(value) > _MAX_ENTITY_CHARS or _OF_OTHERS.search(value):
            raise UnreadableError(
                "it declares XML entities that stand for others or for files: not read"
            )
