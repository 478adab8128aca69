"""Texts of articles where other programs read them: without control characters, as what they are.

A title may hold anything: escapes for a terminal, marks of Markdown, a formula for a spreadsheet.
"""

import re

# A feed must not reach a screen or terminal with control characters or reversed directions.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# What could be read as a mark within a line: an underscore inside a word cannot, nor can an
# ampersand that begins no character reference.
_INLINE = re.compile(r"[\\`*\[\]<|~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|#(?=#*$)")
# What could be read as one where a line begins: a heading, a quotation, a list.
_OPENING = re.compile(r"^(?:\d{1,9}(?=[.)](?:\s|$))|(?=[#+-]+(?:\s|$)|>))")
# The full-width forms are formulas to spreadsheets of East Asia.
_SIGNS = "=+@＝＋－＠-"
_FORMULA = re.compile(rf"\s*[{_SIGNS}]|[\t\n]")  # some pass over blanks before a sign
# Where a spreadsheet that separates cells by these begins one within a text, quoted or not.
_CELL = re.compile(rf"[;|\t\n](?=[\s\"']*[{_SIGNS}])")


def clean(text: str) -> str:
    """The text with control characters shown as replacement characters: same length."""
    return _CONTROL.sub("\ufffd", text)


def line(text: str) -> str:
    """The text on one line, without control characters and blanks around it."""
    return " ".join(clean(text).split())


def escaped(text: str) -> str:
    """A text for Markdown as it is, whatever marks it holds, on one line."""
    return _OPENING.sub(r"\g<0>\\", _INLINE.sub(r"\\\g<0>", line(text)))


def spreadsheet_cell(text: str) -> str:
    """The text without control characters, with an apostrophe before what looks like a formula.

    So at its beginning, and behind what a spreadsheet set to another separator cuts it at.
    """
    shown = _CELL.sub(r"\g<0>'", clean(text))
    return f"'{shown}" if _FORMULA.match(shown) else shown
