"""Find the quotations of a text, in the marks of many languages, and whom they are attributed to.

One pass over the marks of the text with a stack of those that are open. Marks that may be
something else, as an apostrophe may be, are told by what stands beside them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from semsearch.text.numerals import WEEKDAYS

_MARK = re.compile("[“”„‟«»‹›‘’‚‛「」『』〝〞〟＂\"'`]")
# What closes each mark that opens; some languages open with what others close with.
_CLOSERS = {
    "“": '”‟"', "‟": "”", "„": '“”‟"', "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "‘": "’", "‛": "’", "‚": "‘’", "’": "’", "「": "」", "『": "』", "〝": "〞〟", "＂": "＂",
    '"': '"”', "'": "'", "``": "''\"",
}  # fmt: skip
_ALWAYS_OPEN = frozenset("“„«‟‚‛「『〝")
_SINGLE = frozenset("‘’'‚‛")
_OPENS_AFTER = re.compile(r"[\s(\[{<—–―/|:;,¿¡…“„«‘‚‹›»\"'「『-]")
_STRONG_BEFORE = frozenset('.,!?…;:—–»”"')
_STRONG_AFTER = re.compile(r"[.,;:!?)\]»”\"“—–]|$")
_POSSESSIVE = frozenset("sxzSXZ")
# "'90s", "'em": an apostrophe that begins a word.
_ELIDED = re.compile(r"['’‘](?:\d0s|em|tis|twas|til|cause|bout|n)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_DEEPEST = 8
_FENCE = re.compile("`{3,}")
_BLOCK = re.compile(r"^[^\S\n]{0,3}>[^\S\n]?(?P<text>(?:.*)(?:\n[^\S\n]{0,3}>.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A run in quotation marks: characters ``[start, end)`` of the text, without the marks.

    Attributes:
        closed: Whether its closing mark stands in the text.
        inner: Whether it stands within another.
    """

    start: int
    end: int
    closed: bool
    inner: bool


@dataclass(frozen=True, slots=True)
class _Open:
    mark: str
    start: int  # of what is quoted
    paragraph: int


def find_quotations(text: str) -> list[Quotation]:
    """The quotations of a text in order; one that another holds comes after it.

    A quotation goes on over paragraphs where each begins with its opening mark. One that is never
    closed ends with its paragraph, where its mark can only have opened one.
    """
    return sorted(_marked(text), key=lambda one: (one.start, -one.end))


def block_quotations(text: str, found: Sequence[Quotation]) -> list[Quotation]:
    """The block quotations of Markdown and of mail, whose lines begin with ``>``.

    One that holds a quotation in marks of those ``found`` is said by that.
    """
    places = [one.start for one in found]
    blocks = (match.span("text") for match in _BLOCK.finditer(text))
    return [
        Quotation(start, start + len(text[start:end].rstrip()), closed=True, inner=False)
        for start, end in blocks
        if bisect_left(places, start) == bisect_left(places, end)
    ]


def _marked(text: str) -> list[Quotation]:
    marks = list(_marks(text))
    breaks = [gap.end() for gap in _PARAGRAPH.finditer(text)]
    singles = _Singles(text, [start for mark, start in marks if mark in _SINGLE], breaks)
    found: list[Quotation] = []
    stack: list[_Open] = []
    for mark, start in marks:
        end = start + len(mark)
        paragraph = bisect_left(breaks, start + 1)
        if stack and _goes_on(stack[0], mark, start, paragraph, breaks):
            stack = [_Open(stack[0].mark, stack[0].start, paragraph)]
            continue
        if stack and stack[0].paragraph != paragraph:
            found += _unclosed(text, stack, breaks)
            stack = []
        place = _closed_by(stack, mark, start, text, singles)
        if place is not None:
            opened = stack[place]
            found.append(Quotation(opened.start, start, closed=True, inner=place > 0))
            del stack[place:]
        elif _opens(text, mark, start, singles):
            if stack and stack[-1].mark == mark and mark not in "“„":
                stack.pop()  # the one before was never closed
            stack.append(_Open(mark, end, paragraph))
            del stack[:-_DEEPEST]
    return found + list(_unclosed(text, stack, breaks))


def _marks(text: str) -> Iterator[tuple[str, int]]:
    """The marks of a text, two grave accents or straight single ones in a row as one."""
    fences = [place for fence in _FENCE.finditer(text) for place in range(*fence.span())]
    position = 0
    for match in _MARK.finditer(text):
        start = match.start()
        if start < position or _has(fences, start):
            continue
        mark = match[0]
        if mark in "`'" and text.startswith(mark, start + 1):
            mark += mark
        position = start + len(mark)
        if mark != "`":
            yield mark, start


def _goes_on(outer: _Open, mark: str, start: int, paragraph: int, breaks: Sequence[int]) -> bool:
    """Whether a mark at the beginning of the next paragraph says that a quotation goes on."""
    return (
        paragraph == outer.paragraph + 1
        and breaks[paragraph - 1] == start
        and (mark == outer.mark or (outer.mark == "«" and mark == "»"))
    )


def _unclosed(text: str, stack: Sequence[_Open], breaks: Sequence[int]) -> Iterator[Quotation]:
    """The outermost of the quotations that were left open, up to the end of its paragraph."""
    for opened in stack[:1]:
        if opened.mark in _ALWAYS_OPEN and opened.mark not in _SINGLE:
            last = breaks[opened.paragraph] if opened.paragraph < len(breaks) else len(text)
            end = opened.start + len(text[opened.start : last].rstrip())
            yield Quotation(opened.start, end, closed=False, inner=False)


def _closed_by(
    stack: Sequence[_Open], mark: str, start: int, text: str, singles: "_Singles"
) -> int | None:
    """Which of the open quotations a mark closes, by its place; None where it closes none."""
    if mark in _SINGLE and mark != "‚" and not singles.may_close(start):
        return None
    for place in range(len(stack) - 1, -1, -1):
        opened = stack[place]
        if mark in _CLOSERS[opened.mark] and start > opened.start:
            if mark == opened.mark and mark in "\"”»'’" and not _may_close(text, start):
                continue
            return place
    return None


def _may_close(text: str, start: int) -> bool:
    """Whether a mark that could open as well has a word or its punctuation right before it."""
    before = text[start - 1 : start]
    return not before.isspace() or not text[start + 1 : start + 2].strip()


def _opens(text: str, mark: str, start: int, singles: "_Singles") -> bool:
    if mark == "''":
        return False
    if mark in _ALWAYS_OPEN or mark == "``":
        return True
    if mark in _SINGLE:
        return singles.may_open(start)
    return _looks_opening(text, start, len(mark))


def _looks_opening(text: str, start: int, length: int = 1) -> bool:
    before, after = text[start - 1 : start] if start else "", text[start + length : start + 2]
    return bool(after.strip()) and (not before or _OPENS_AFTER.match(before) is not None)


class _Singles:
    """Which single marks are quotation marks and no apostrophes."""

    def __init__(self, text: str, places: Sequence[int], breaks: Sequence[int]) -> None:
        self._text = text
        self._breaks = breaks
        self._openers = [at for at in places if self._is_opener(at)]
        self._closers = [at for at in places if self._is_closer(at)]

    def _is_opener(self, at: int) -> bool:
        if _ELIDED.match(self._text, at):
            return False
        following = self._text[at + 1 : at + 2]
        return _looks_opening(self._text, at) and (
            following.isalnum() or following in '[(…“"«„.$€£¿¡'
        )

    def _is_closer(self, at: int) -> bool:
        before, after = self._text[at - 1 : at] if at else "", self._text[at + 1 : at + 2]
        return bool(before.strip()) and not after.isalnum()

    def may_open(self, at: int) -> bool:
        """Whether a mark opens a quotation that is closed in its paragraph."""
        if not _has(self._openers, at):
            return False
        number = bisect_left(self._closers, at + 1)
        paragraph = bisect_left(self._breaks, at + 1)
        last = self._breaks[paragraph] if paragraph < len(self._breaks) else len(self._text)
        return number < len(self._closers) and self._closers[number] < last

    def may_close(self, at: int) -> bool:
        """Whether a mark closes one: not where it is the apostrophe of "the workers' rights"."""
        if not _has(self._closers, at):
            return False
        before, after = self._text[at - 1], self._text[at + 1 : at + 2]
        if before not in _POSSESSIVE or before in _STRONG_BEFORE or _STRONG_AFTER.match(after):
            return True
        closer, opener = (bisect_left(each, at + 1) for each in (self._closers, self._openers))
        if closer == len(self._closers):
            return True
        paragraph = bisect_left(self._breaks, at + 1)
        last = self._breaks[paragraph] if paragraph < len(self._breaks) else len(self._text)
        if opener < len(self._openers):
            last = min(last, self._openers[opener])
        return self._closers[closer] >= last


def _has(places: Sequence[int], at: int) -> bool:
    number = bisect_left(places, at)
    return number < len(places) and places[number] == at


# --- who is quoted

_CAPITAL = r"(?:(?:Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Prof|Rev|St|[A-Z])\.|[A-Z][\w’'-]*)"
_NAME = rf"{_CAPITAL}(?:\s+(?:(?:of|the|for|de|van|von|bin|al|and)\s+){{0,2}}{_CAPITAL}){{0,6}}"
_ROLE = (
    r"(?:the|a|an|one|his|her|its|their)\s+(?:[\w’'-]+\s+){0,4}?"
    r"(?:spokes(?:man|woman|person)|official|officer|minister|mayor|president|chairman|chairwoman"
    r"|chair|director|secretary|lawyer|attorney|witness|source|aide|leader|union|company|council"
    r"|government|ministry|department|agency|authority|statement|report|judge|court|doctor"
    r"|professor|teacher|resident|farmer|driver|captain|coach|manager|editor|author|analyst)s?"
)
_WHO = rf"(?P<who>{_NAME}|{_ROLE})"
SAYS = (
    r"(?:said|says|say|told\s+[\w\s]{1,40}?|tells|added|adds|asked|asks|wrote|writes|tweeted"
    r"|posted|argued|argues|warned|warns|insisted|insists|claimed|claims|explained|explains"
    r"|continued|continues|concluded|concludes|replied|answered|declared|announced|noted|notes"
    r"|recalled|recalls|stated|states|stressed|vowed|admitted|complained|joked|remarked|observed"
    r"|testified|predicted|promised|shouted|repeated|responded|acknowledged|emphasized|went\s+on)"
)
_AFTER = tuple(
    re.compile(form.replace("WHO", _WHO).replace("SAYS", SAYS))
    for form in (
        r"[\s,—–-]*SAYS\s+(?:(?:also|later|then)\s+)?WHO(?=[\s,.;:—–]|$)",
        r"[\s,—–-]*WHO(?:,[^,.“”\"]{1,80},)?\s+(?:(?:also|later|then|has|had)\s+)?SAYS\b",
        r"[\s,—–-]*according\s+to\s+WHO(?=[\s,.;:—–]|$)",
        r"\s*[—–-]\s*WHO\s*(?:$|\n|,)",
    )
)
_BEFORE = tuple(
    re.compile(form.replace("WHO", _WHO).replace("SAYS", SAYS) + r"[^.!?“”\"]{0,80}[\s,:—–-]*$")
    for form in (
        r"\bWHO(?:,[^,.“”\"]{1,80},)?\s+(?:(?:also|later|then|has|had)\s+)?SAYS\b",
        r"\b[Aa]ccording\s+to\s+WHO(?=[\s,])",
        r"\b[Aa]s\s+WHO\s+(?:put\s+it|SAYS)\b",
    )
)
_BESIDE = 160  # characters
_NOBODY = frozenset(
    """he she it they we i you this that these those who there here but and the a an in
    on at as if when while then so yes no what how why""".split()
).union(WEEKDAYS)


def speaker_of(text: str, start: int, end: int) -> str | None:
    """Whom a text says that its quotation ``[start, end)`` is by.

    Returns:
        The name or description that stands beside it with a verb of speech; None where none does,
        as where a pronoun does.
    """
    opened = max(0, start - 1)
    after = text[end : end + _BESIDE].lstrip("”\"’'»«“‹›」』")
    after = _PARAGRAPH.split(after)[0]
    before = _PARAGRAPH.split(text[max(0, opened - _BESIDE) : opened])[-1]
    for pattern, side, search in (
        *((each, after, False) for each in _AFTER),
        *((each, before, True) for each in _BEFORE),
    ):
        match = pattern.search(side) if search else pattern.match(side)
        if match and match["who"].casefold().split()[0] not in _NOBODY - {"the", "a", "an"}:
            who = " ".join(match["who"].split()).rstrip(".'’-")
            if who.casefold() not in _NOBODY:
                return who
    return None
