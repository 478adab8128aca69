"""Keep out sealed fields: a key ``secured`` at any depth, and in a text such a key with its value.

A key counts however it is written: in any case, with blanks, marks or signs between its letters, in
letters that look alike, or garbled by a wrong encoding. It is looked for as it was given and as it
is once it is repaired. In a text only what looks like ciphertext is withheld, with its key; a word
that happens to be "secured" is a word. What is withheld is never quoted.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from math import isfinite

from semsearch.errors import UnreadableError
from semsearch.text.boilerplate import without_pictures
from semsearch.text.repair import repair

MAX_DEPTH = 32
MAX_TEXT_CHARS = 2_000_000
MAX_KEY_CHARS = 1_000
MAX_DIGITS = 4_300
"""Of a number: Python writes none of more as text."""
TOO_LARGE = 10**MAX_DIGITS

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
# A key in a text, with what parts it from its value; between them and other keys; a value.
_KEY = re.compile(r"[\"']?\s{0,8}(?<!\w)secured\b\W{0,8}?[:=]", re.IGNORECASE)
_BETWEEN = re.compile(
    r"(?:\s{1,200}|[\"'{}\[\],|>&!]|-(?=\s)|[\w.]{1,20}[\"']?\s{0,3}[:=](?=[\s\"'{\[])){0,64}+"
)
_VALUE = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")
_LEAST_CHARS = 24
_SHORT_CHARS = 300
_MAX_NESTED = 200  # characters of other values in an object before the first that is ciphertext
_HEX = re.compile(r"(?=.*\d)(?=.*[a-fA-F])[0-9a-fA-F]{32,}")
_RUN = re.compile(r"(?=[A-Za-z0-9]{12})[A-Za-z0-9]+")
_BASE32 = re.compile(r"[A-Z2-7]{24,}={0,6}")
_CASES = 5  # letters for each change from small to capital; words written together have more


@lru_cache(maxsize=4096)  # the records of an archive have the same keys
def is_secured(key: str) -> bool:
    """Whether a key is ``secured``, however it is dressed up."""
    return any(_is_word(form) for form in _forms(key))


def withheld(text: str) -> str:
    """A text without sealed fields: ciphertext, with the key ``secured`` before it."""
    folded = text if text.isascii() else _in_pieces(text)
    if _WORD not in folded.lower() or not any(_sealed(folded)):
        return text
    shown, places = (text, None) if text.isascii() else _with_places(text)
    kept: list[str] = []
    position = 0
    for start, end in _sealed(shown):
        if places is not None:
            start, end = places[start], places[end - 1] + 1  # noqa: PLW2901 - in the text itself
        kept.append(text[position:start])
        position = end
    return "".join([*kept, text[position:]]) if kept else text


def _sealed(text: str) -> Iterator[tuple[int, int]]:
    """Where keys with ciphertext behind them begin and end."""
    position = 0
    while key := _KEY.search(text, position):
        position, end, is_nested = key.end(), 0, False
        while True:
            between = _BETWEEN.match(text, position)
            value = _VALUE.match(text, between.end() if between else position)
            if between is None or value is None:
                break
            is_nested = (is_nested or "{" in between[0]) and "}" not in between[0]
            if _is_ciphertext(value[0]) or (end and value[0].endswith("=")):
                end = value.end()  # the last line of a value is short
            elif not is_nested or value.end() > key.end() + _MAX_NESTED:
                break
            position = value.end()
        if end:
            yield key.start(), end
        position = max(end, key.end())


def _is_ciphertext(value: str) -> bool:
    if len(value) < _LEAST_CHARS:
        return False
    if _HEX.fullmatch(value) or _BASE32.fullmatch(value):
        return True
    changes = sum(a.islower() and b.isupper() for a, b in pairwise(value))
    return changes >= len(value) / _CASES or any(
        any(map(str.isdecimal, run)) and any(map(str.islower, run)) and any(map(str.isupper, run))
        for run in _RUN.findall(value)
    )


@lru_cache(maxsize=4096)
def _folded_letter(letter: str) -> str:
    return _folded(letter)


def _in_pieces(text: str) -> str:
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return "".join(map(_folded, pieces))


def _with_places(text: str) -> tuple[str, list[int]]:
    """A text with its letters folded, and of which character of the text each is."""
    letters, places = list[str](), list[int]()
    for place, letter in enumerate(text):
        shown = letter if letter.isascii() else _folded_letter(letter)
        letters.append(shown)
        places += [place] * len(shown)
    return "".join(letters), places


def _folded(text: str) -> str:
    # Before, too: NFKD makes other letters of some that look alike.
    return unicodedata.normalize("NFKD", text.translate(_FOLDED)).translate(_IN_TEXT)


def quoted(key: str) -> str:
    """A key for a message, in quotes and cut short; no word of one that is sealed or too long."""
    if len(key) > MAX_KEY_CHARS or is_secured(key) or withheld(key) != key:
        return "a key"
    return f"the key {key[:_SHOWN_CHARS]!r}"


def without_secured(
    value: Mapping[str, object], notes: list[str] | None = None
) -> dict[str, object]:
    """A copy without any ``secured`` entry, however deep, and with every text repaired.

    Of texts, what ``withheld`` finds is left out.

    Raises:
        UnreadableError: Nested deeper than 32, a text, key or number that is too long, or broken
            Unicode.
    """
    return _clean_mapping(value, 0, [] if notes is None else notes)


def _clean_mapping(value: Mapping[str, object], depth: int, notes: list[str]) -> dict[str, object]:
    if any(len(str(key)) > MAX_KEY_CHARS for key in value):
        raise UnreadableError(f"a key in it is longer than {MAX_KEY_CHARS:,} characters")
    return {
        _clean_text(str(key), notes): _clean(item, depth + 1, notes)
        for key, item in value.items()
        if not is_secured(str(key))
    }


def _clean(value: object, depth: int, notes: list[str]) -> object:
    if depth > MAX_DEPTH:
        raise UnreadableError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):  # most are
        return _clean_text(value, notes)
    if isinstance(value, Mapping):
        return _clean_mapping(value, depth, notes)
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item, depth + 1, notes) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None  # as tables and data frames write that there is none
    if isinstance(value, int) and abs(value) >= TOO_LARGE:
        raise UnreadableError(f"a number in it has over {MAX_DIGITS:,} digits")
    return value


def _clean_text(text: str, notes: list[str]) -> str:
    if len(text) > MAX_TEXT_CHARS and len(without_pictures(text)) > MAX_TEXT_CHARS:
        raise UnreadableError(f"a text in it is longer than {MAX_TEXT_CHARS:,} characters")
    clean, is_sealed = (_cleaned if len(text) > _SHORT_CHARS else _cleaned_before)(text)
    if is_sealed:
        notes.append("a sealed value, 'secured', was left out of a text")
    return clean


def _cleaned(text: str) -> tuple[str, bool]:
    """A text repaired and without what is sealed; whether something was."""
    given = withheld(text)
    repaired = repair(given)
    clean = withheld(repaired)
    return clean, given != text or clean != repaired


# Forty articles link to one with the same words: of everyday records nine in ten short texts.
_cleaned_before = lru_cache(maxsize=16_384)(_cleaned)


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
