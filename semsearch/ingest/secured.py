"""Keep out sealed fields: a key ``secured`` at any depth, and a text that holds such a field.

A key counts however it is written: in any case, with blanks, marks or signs between its letters, in
letters that look alike, or garbled by a wrong encoding. It is tested as it was given and as it is
once it is repaired. What is dropped or refused is never quoted.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from math import isfinite

from semsearch.errors import UnreadableError
from semsearch.text.repair import repair

MAX_DEPTH = 32
MAX_TEXT_CHARS = 2_000_000
MAX_KEY_CHARS = 1_000

_WORD = "secured"
_MAX_GARBLED_CHARS = 200  # seven letters of two bytes each, garbled four times
_MAX_GARBLINGS = 4
_SHOWN_CHARS = 80
_PIECE = 2**16  # characters that are folded at a time: other threads have their turn in between

# Letters that look like one of the word, of Unicode's list of confusables (UTS 39), and small
# capitals. Full-width, mathematical and circled letters are folded by NFKC.
_LOOK_ALIKE = {
    "s": "ѕЅƽꜱꮪՏᏕᏚꓢ𑣁𐑈𖼺𐊖𐐠ꞩʂșşśš",
    "e": "℮ꬲеЕҽєЄεΕɛⴹᎬꓰ𑢦𑢮𐊆⋿ᴇ",
    "c": "ᴄϲϹⲥⲤсСꮯᏟꓚ🝌𑣲𑣩𐊢𐌂𐐕𐐽𐔜ƈȼ",
    "u": "ꞟᴜꭎꭒʋυս𐓶𑣘∪⋃Սሀ𐓎ᑌꓴ𖽂𑢸ʉ",
    "r": "ꭇꭈᴦⲅгГꮁƦʀᎡᏒ𐒴ᖇꓣ𖼵ꭱɍɼ",
    "d": "ԁԀᏧᑯꓒᎠᗞᗪꓓᴅꭰđĐɗɖÐð",
}
_FOLDED = {ord(sign): letter for letter, signs in _LOOK_ALIKE.items() for sign in signs} | {
    start + ord(letter) - ord("a"): letter
    for start in (0x1F150, 0x1F170, 0x1F1E6)  # letters in black circles and squares, of flags
    for letter in _LOOK_ALIKE
}
# Signs that are not seen, or that stand on a letter.
_UNSEEN = dict.fromkeys(
    code
    for first, last in (
        *((0xAD, 0xAD), (0x300, 0x36F), (0x61C, 0x61C), (0x180E, 0x180E), (0x200B, 0x200F)),
        *((0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
        *((0xE0000, 0xE007F), (0xE0100, 0xE01EF)),
    )
    for code in range(first, last + 1)
)
_IN_TEXT = _FOLDED | _UNSEEN
# A sealed field in a text, by what stands before the word and after it: a value that is no prose, a
# nested one, or a JSON key.
_FIELDS = tuple(
    (re.compile(before, re.MULTILINE), re.compile(after, re.MULTILINE))
    for before, after in (
        (r"(?<!\w)\Z", r"\W{0,8}[:=]\W{0,8}[a-z0-9+/]{24}"),
        (
            r"^\W{0,8}\Z",
            r"\W{0,8}[:=]\s{0,8}(?:[{\[|>&!]|[\"']?[a-z0-9+/=_-]{8,}[\"']?\s*$)",
        ),
        (r"[\"']\s{0,8}\Z", r"\s{0,8}[\"']\s{0,8}:"),
    )
)
_BEFORE = 9  # characters, of which no pattern takes more than the last


@lru_cache(maxsize=4096)  # the records of an archive have the same keys
def is_secured(key: str) -> bool:
    """Whether a key is ``secured``, however it is dressed up."""
    return any(_is_word(form) for form in _forms(key))


def holds_secured(text: str) -> bool:
    """Whether a text holds a sealed field: as JSON, as YAML, or as a word with a coded value."""
    if not text.isascii():
        pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
        text = "".join(map(_folded, pieces))
    text = text.lower()
    place = text.find(_WORD)
    while place >= 0:
        opening = text[max(place - _BEFORE, 0) : place]
        for before, after in _FIELDS:
            if before.search(opening) and after.match(text, place + len(_WORD)):
                return True
        place = text.find(_WORD, place + 1)
    return False


def _folded(text: str) -> str:
    # Before, too: NFKD makes other letters of some that look alike.
    return unicodedata.normalize("NFKD", text.translate(_FOLDED)).translate(_IN_TEXT)


def quoted(key: str) -> str:
    """A key for a message, in quotes and cut short; no word of one that is sealed or too long."""
    if len(key) > MAX_KEY_CHARS or is_secured(key) or holds_secured(key):
        return "a key"
    return f"the key {key[:_SHOWN_CHARS]!r}"


def without_secured(value: Mapping[str, object]) -> dict[str, object]:
    """A copy without any ``secured`` entry, however deep, and with every text repaired.

    Raises:
        UnreadableError: Nested deeper than 32, a text or key that is too long, broken Unicode, or a
            text that holds such a field.
    """
    return _clean_mapping(value, depth=0)


def _clean_mapping(value: Mapping[str, object], depth: int) -> dict[str, object]:
    if any(len(str(key)) > MAX_KEY_CHARS for key in value):
        raise UnreadableError(f"a key in it is longer than {MAX_KEY_CHARS:,} characters")
    return {
        _clean_text(str(key)): _clean(item, depth + 1)
        for key, item in value.items()
        if not is_secured(str(key))
    }


def _clean(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise UnreadableError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, Mapping):
        return _clean_mapping(value, depth)
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None  # as tables and data frames write that there is none
    return value


def _clean_text(text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        raise UnreadableError(f"a text in it is longer than {MAX_TEXT_CHARS:,} characters")
    repaired = repair(text)
    if holds_secured(text) or (repaired != text and holds_secured(repaired)):
        raise UnreadableError("a text in it holds a 'secured' field")
    return repaired


def _forms(key: str) -> Iterator[str]:
    """The key, repaired, and as it would be had its bytes been taken for those of another code."""
    yield key
    if key.isascii():
        return
    with suppress(UnreadableError):  # whoever reads on is told
        yield repair(key)
    if len(key) > _MAX_GARBLED_CHARS:
        return
    forms = {key}
    for _ in range(_MAX_GARBLINGS):
        forms = {decoded for form in forms for decoded in _decoded(form)}
        yield from forms


def _decoded(text: str) -> Iterator[str]:
    for code in ("latin-1", "sloppy-windows-1252"):  # the second is of ftfy, as browsers read it
        try:
            yield text.encode(code).decode()
        except UnicodeError:
            continue


def _is_word(text: str) -> bool:
    text = unicodedata.normalize("NFKD", text.translate(_FOLDED)).translate(_FOLDED)
    text = text.casefold().translate(_FOLDED)
    return "".join(letter for letter in text if letter.isalnum()) == _WORD
