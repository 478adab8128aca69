"""Repairs that a text gets before anything else looks at it."""

import re
import unicodedata
from functools import cache
from typing import Any

from semsearch.errors import UnreadableError

# What is mended may be mojibake again; real texts are done after two passes.
MAX_PASSES = 20
# Putting a run of combining marks in order takes the square of its length.
MAX_COMBINING_MARKS = 500
# Characters of a line that are mended at a time: other threads have their turn in between.
MAX_PIECE = 2**16
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_TERMINAL = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_NO_LETTERS = re.compile(rf"[^\w\s\x00-\x7f]{{{MAX_COMBINING_MARKS},}}")


def repair(text: str) -> str:
    """NFC with mojibake repaired ("donâ€™t" becomes "don’t"); idempotent.

    Raises:
        UnreadableError: The text holds a NUL character or half a surrogate pair, which no
            database or encoder accepts, or hundreds of combining marks in a row.
    """
    _accept(text)
    if text.isascii():
        return text
    fix_text, config = _mojibake_fixer()
    for _ in range(MAX_PASSES):
        mended = fix_text(text, config=config)
        _accept(mended)  # mojibake may stand for anything, a NUL among others
        mended = unicodedata.normalize("NFC", mended)
        if mended == text:
            break
        text = mended
    return text


def without_controls(text: str, notes: list[str]) -> str:
    """A text without control characters but tabs and line breaks; those of pages are blanks.

    Escape codes of terminals go whole; ``notes`` take a sentence where there were some.
    """
    if not _CONTROLS.search(text):
        return text
    notes.append("control characters were left out")
    text = _TERMINAL.sub("", text)
    return _CONTROLS.sub(lambda found: " " if found[0] in "\v\f\x1c\x1d\x1e" else "", text)


@cache
def _mojibake_fixer() -> tuple[Any, Any]:
    """The function of ftfy and its settings, loaded by the first text that is not ASCII."""
    import ftfy  # noqa: PLC0415 - as above

    # Only mojibake is mended. Quotes, ligatures, line breaks and HTML stay as the outlet set them,
    # so that offsets into the text are offsets into what was given.
    config = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
        max_decode_length=MAX_PIECE,
    )
    return ftfy.fix_text, config


def _accept(text: str) -> None:
    if "\0" in text:
        raise UnreadableError("holds a NUL character: not a text")
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableError(
            f"holds half a surrogate pair at character {error.start}: broken Unicode"
        ) from None
    for run in _NO_LETTERS.finditer(text):
        if sum(unicodedata.combining(char) != 0 for char in run[0]) >= MAX_COMBINING_MARKS:
            raise UnreadableError(f"holds {MAX_COMBINING_MARKS} combining marks: not a text")
