"""Read a draft from a file: its text, and what is to be said of how it was read."""

import re

from semsearch.errors import InvalidArticleError, UnreadableError
from semsearch.ingest.formats.encodings import decoded
from semsearch.text.markup import text_of_html

_PAGE_ENDINGS = (".html", ".htm", ".xhtml")
_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")  # Word, OpenDocument, PDF, RTF


def read_draft(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of a draft and notes; of a page in HTML what it shows.

    Raises:
        InvalidArticleError: It is no text.
    """
    if data.startswith(_PACKED):
        raise InvalidArticleError(
            "The draft is a file of an office program, not a text.",
            "Save it as plain text or HTML, or paste it into the page Check.",
        )
    try:
        found = decoded(data)
    except UnreadableError as error:
        raise InvalidArticleError(f"The draft cannot be read: {error.reason}.") from None
    notes = []
    if found.note:
        how = found.note.partition(" (")[0]
        notes.append(f"The draft is {how}. If that is wrong, save it as UTF-8.")
    if not (name.lower().endswith(_PAGE_ENDINGS) or _PAGE.match(found.text)):
        return found.text, tuple(notes)
    notes.append("The draft was read as HTML: what it shows was checked, and places count in that.")
    return text_of_html(found.text, mark_blocks=True), tuple(notes)
