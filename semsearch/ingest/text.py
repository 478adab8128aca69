"""Repairs that a text gets before anything else looks at it."""

import unicodedata

import ftfy

from semsearch.errors import UnreadableError

# Only mojibake is mended. Quotes, ligatures, line breaks and HTML stay as the outlet set them,
# so that offsets into the text are offsets into what was given.
_MOJIBAKE_ONLY = ftfy.TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization="NFC",
    explain=False,
)


def repair(text: str) -> str:
    """NFC with mojibake repaired ("donâ€™t" becomes "don’t"); idempotent.

    Raises:
        UnreadableError: The text holds a NUL character or half a surrogate pair, which no
            database or encoder accepts.
    """
    if "\0" in text:
        raise UnreadableError("holds a NUL character: not a text")
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableError(
            f"holds half a surrogate pair at character {error.start}: broken Unicode"
        ) from None
    return unicodedata.normalize("NFC", ftfy.fix_text(text, config=_MOJIBAKE_ONLY))
