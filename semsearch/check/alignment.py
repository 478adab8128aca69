"""Lay a quotation beside a text: where it stands there, and word by word what differs.

Edit distance over words (Levenshtein, by rapidfuzz). A quotation is cut into pieces at its
ellipses; the longest is looked for first, the others before and after it. What a mark says was
changed, an ellipsis or square brackets, is a cut and no change.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from semsearch.check.words import Words, same_letters, words_of

_ELLIPSIS = re.compile(r"[\[(]?\s?(?:…|\.\s?\.\s?\.(?:\s?\.)?)\s?[\])]?")
_BRACKET = re.compile(r"\[[^\[\]\n]{0,200}\]")
_ASIDE = re.compile(
    r"\[\s*(?:sic|emphasis (?:added|mine)|laughs|laughter|applause)\b[^\]]*\]", re.IGNORECASE
)
_LEFT_OUT = 250
"""Words that an ellipsis may leave out."""
_SLACK = 24
"""Words that a piece may lack or add within."""
_MAX_EDITED = 0.5
"""Share of a piece's words that may differ where it is looked for beside another."""
_OTHER = "\0"
_FIRST_CODE = 0x10000


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation as it is looked for.

    Attributes:
        keys: Its words as they are compared, without those in square brackets.
        spans: The characters of the draft at which each stands.
        ellipses: Before which of its words, by number, something is left out.
        brackets: Before which of its words something stands in square brackets.
        amended: Words with letters in square brackets: "go[es]".
        joints: Before which of its words something may be left out though nothing says so.
    """

    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    ellipses: frozenset[int]
    brackets: frozenset[int]
    amended: frozenset[int]
    joints: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """The runs of words between ellipses, at least one."""
        cuts = [0, *sorted((self.ellipses | self.joints) - {0, len(self)}), len(self)]
        return list(itertools.pairwise(cuts))

    @property
    def runs(self) -> list[tuple[int, int]]:
        """The runs of words that no mark interrupts."""
        marked = self.ellipses | self.brackets
        marked |= {place for word in self.amended for place in (word, word + 1)}
        cuts = [0, *sorted(marked - {0, len(self)}), len(self)]
        runs = itertools.pairwise(cuts)
        return [(first, last) for first, last in runs if first not in self.amended]


@dataclass(frozen=True, slots=True)
class Block:
    """Words ``[first, last)`` of the quotation where ``[source_first, source_last)`` stand."""

    first: int
    last: int
    source_first: int
    source_last: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quotation stands in a text.

    Attributes:
        held: The words of the text that are numbered here.
        first: Its first word there; ``last`` is the one after its last.
        changes: What differs, in order.
        cuts: What differs where a mark says so, in order.
        unmatched: Words of the quotation that do not stand there, by number.
    """

    held: Words
    first: int
    last: int
    changes: tuple[Block, ...]
    cuts: tuple[Block, ...]
    unmatched: frozenset[int]

    @property
    def edits(self) -> int:
        """How many words were changed, left out or put in."""
        return sum(
            max(one.last - one.first, one.source_last - one.source_first) for one in self.changes
        )

    def longest_run(self, count: int) -> int:
        """How many of a quotation's ``count`` words stand here one after the other, at most."""
        blocks = sorted((one.first, one.last) for one in (*self.changes, *self.cuts))
        edges = [0, *itertools.chain.from_iterable(blocks), count]
        return max(last - first for first, last in zip(edges[::2], edges[1::2], strict=True))


def quoted(text: str, start: int, end: int, *, literal: bool = False) -> Quoted:
    """The quotation ``[start, end)`` of a text as it is looked for.

    ``literal``: whether words in square brackets count as its own, as where its source has them.
    """
    inside = text[start:end]
    found = words_of(inside)
    asides = [match.span() for match in _ASIDE.finditer(inside)]
    gaps = [match.span() for match in _ELLIPSIS.finditer(inside)]
    squares = [
        match.span()
        for match in _BRACKET.finditer(inside)
        if not literal and not any(a <= match.start() < b for a, b in (*asides, *gaps))
    ]
    keys, starts, ends = list[str](), list[int](), list[int]()
    amended: set[int] = set()
    places: dict[str, set[int]] = {"ellipses": set(), "brackets": set()}
    marks = sorted([(a, b, "ellipses") for a, b in gaps] + [(a, b, "brackets") for a, b in squares])
    asides.sort()
    at_mark, at_aside, open_to, joins = 0, 0, -1, False
    for key, (first, last) in zip(found.keys, found.spans, strict=True):
        while at_aside < len(asides) and asides[at_aside][1] <= first:
            at_aside += 1
        if at_aside < len(asides) and asides[at_aside][0] <= first:
            continue
        while at_mark < len(marks) and marks[at_mark][0] <= first:
            opened, open_to, kind = marks[at_mark]
            at_mark += 1
            joins = kind == "brackets" and (
                (bool(ends) and ends[-1] - start == opened)
                or inside[open_to : open_to + 1].isalnum()
            )
            if not joins:
                places[kind].add(len(keys))
        within = first < open_to
        if within and not joins:
            continue
        if keys and inside[ends[-1] - start : first] in ("[", "]"):
            keys[-1] += key
            ends[-1] = start + last
            amended.add(len(keys) - 1)
            continue
        keys.append(key)
        starts.append(start + first)
        ends.append(start + last)
    for _, _, kind in marks[at_mark:]:
        places[kind].add(len(keys))
    return Quoted(
        tuple(keys),
        tuple(zip(starts, ends, strict=True)),
        frozenset(places["ellipses"]),
        frozenset(places["brackets"]),
        frozenset(amended),
    )


class Aligner:
    """Looks for one quotation in many texts."""

    def __init__(self, wanted: Quoted) -> None:
        self._wanted = wanted
        self._codes: dict[str, str] = {}
        for key in wanted.keys:
            self._codes.setdefault(key, chr(_FIRST_CODE + len(self._codes)))
        self._encoded = "".join(self._codes[key] for key in wanted.keys)

    @cached_property
    def _main(self) -> int:
        pieces = self._wanted.pieces
        return max(range(len(pieces)), key=lambda n: pieces[n][1] - pieces[n][0])

    def likeness(self, held: Words) -> float:
        """How much of the longest piece of the quotation stands in a text, 0-100; it is quick."""
        first, last = self._wanted.pieces[self._main]
        return fuzz.partial_ratio(self._encoded[first:last], self._encode(held))

    def _encode(self, held: Words) -> str:
        get = self._codes.get
        return "".join([get(key, _OTHER) for key in held.keys])

    def place(self, held: Words, speech: Callable[[], Words | None]) -> Place | None:
        """The best place of the quotation in a text; None where none of its words stand there.

        ``speech`` gives the words without those that interrupt a quotation of the text; None where
        none do.
        """
        place = self._place(held)
        if place is None or not place.edits:
            return place
        words = speech()
        other = None if words is None else self._place(words)
        return other if other is not None and other.edits < place.edits else place

    def _place(self, held: Words) -> Place | None:
        pieces = self._wanted.pieces
        encoded = self._encode(held)
        found: dict[int, tuple[int, int] | None] = {}
        first, last = pieces[self._main]
        found[self._main] = _window(self._encoded[first:last], encoded)
        main = found[self._main]
        if main is None:
            return None
        begin, stop = main
        for number in range(self._main + 1, len(pieces)):
            first, last = pieces[number]
            near = _beside(self._encoded[first:last], encoded[stop : stop + _LEFT_OUT], after=True)
            found[number] = None if near is None else (stop + near[0], stop + near[1])
            if near is not None:
                stop += near[1]
        for number in range(self._main - 1, -1, -1):
            first, last = pieces[number]
            low = max(0, begin - _LEFT_OUT)
            near = _beside(self._encoded[first:last], encoded[low:begin], after=False)
            found[number] = None if near is None else (low + near[0], low + near[1])
            if near is not None:
                begin = low + near[0]
        return self._put_together(found, held, encoded)

    def _put_together(
        self,
        found: dict[int, tuple[int, int] | None],
        held: Words,
        encoded: str,
    ) -> Place:
        changes: list[Block] = []
        cuts: list[Block] = []
        unmatched: set[int] = set()
        windows = [window for window in found.values() if window is not None]
        begin, stop = min(one[0] for one in windows), max(one[1] for one in windows)
        at = begin
        for number, (first, last) in enumerate(self._wanted.pieces):
            window = found[number]
            if window is None:
                changes.append(Block(first, last, at, at))
                unmatched.update(range(first, last))
                continue
            if number and window[0] > at:
                left_out = cuts if first in self._wanted.ellipses else changes
                left_out.append(Block(first, first, at, window[0]))
            quote, place = self._encoded[first:last], encoded[window[0] : window[1]]
            for block in _blocks(quote, place, first, window[0]):
                changed = self._trimmed(block, held)
                if changed is not None:
                    unmatched.update(range(changed.first, changed.last))
                    (cuts if self._is_marked(changed) else changes).append(changed)
            at = window[1]
        return Place(held, begin, stop, tuple(changes), tuple(cuts), frozenset(unmatched))

    def _trimmed(self, block: Block, held: Words) -> Block | None:
        """A block without what differs in typography alone; None where nothing else does."""
        own = self._wanted.keys[block.first : block.last]
        theirs = held.keys[block.source_first : block.source_last]
        if same_letters(own, theirs):
            return None
        if max(len(own), len(theirs)) > _LOOKED_THROUGH:
            return block
        before, source_before = _same_ends(own, theirs)
        after, source_after = _same_ends(
            own[before:][::-1], theirs[source_before:][::-1], backwards=True
        )
        return Block(
            block.first + before,
            block.last - after,
            block.source_first + source_before,
            block.source_last - source_after,
        )

    def _is_marked(self, block: Block) -> bool:
        """Whether square brackets say that something was changed here."""
        if block.first == block.last:
            return block.first in self._wanted.brackets
        return self._wanted.amended.issuperset(range(block.first, block.last))


_LOOKED_THROUGH = 8  # words of a change


def _same_ends(
    own: Sequence[str], theirs: Sequence[str], *, backwards: bool = False
) -> tuple[int, int]:
    """With how many words two runs begin the same but for typography; of both."""
    step = -1 if backwards else 1
    for count in range(len(own), 0, -1):
        for other in range(len(theirs), 0, -1):
            if same_letters(own[:count][::step], theirs[:other][::step]):
                return count, other
    return 0, 0


def _window(quote: str, text: str) -> tuple[int, int] | None:
    """Where in a text a run of words stands best."""
    exact = text.find(quote)
    if exact >= 0:
        return exact, exact + len(quote)
    padded = text + _OTHER * max(0, len(quote) - len(text))
    found = fuzz.partial_ratio_alignment(quote, padded)
    if found is None or not found.score:
        return None
    start, end = found.dest_start, min(found.dest_end, len(text))
    slack = min(_SLACK, max(4, len(quote)))
    for _ in range(2):
        end = min(
            range(max(start, end - slack), min(len(text), end + slack) + 1),
            key=lambda stop: (
                Levenshtein.distance(quote, text[start:stop]),
                not text.endswith(quote[-1], start, stop),
                abs(stop - start - len(quote)),
            ),
        )
        start = min(
            range(max(0, start - slack), min(end, start + slack) + 1),
            key=lambda begin: (
                Levenshtein.distance(quote, text[begin:end]),
                not text.startswith(quote[0], begin, end),
                abs(end - begin - len(quote)),
            ),
        )
    return (start, end) if start < end else None


def _beside(quote: str, text: str, *, after: bool) -> tuple[int, int] | None:
    """Where a piece stands before or after another, the nearest place where it stands whole."""
    exact = text.find(quote) if after else text.rfind(quote)
    if exact >= 0:
        return exact, exact + len(quote)
    window = _window(quote, text)
    if window is None:
        return None
    edits = Levenshtein.distance(quote, text[window[0] : window[1]])
    return window if edits <= max(1, _MAX_EDITED * len(quote)) else None


def _blocks(quote: str, place: str, first: int, source_first: int) -> Iterator[Block]:
    """Where two runs differ; what touches is one block."""
    held: Block | None = None
    for code in Levenshtein.opcodes(quote, place):
        if code.tag == "equal":
            if held is not None:
                yield held
            held = None
            continue
        block = Block(
            first + code.src_start,
            first + code.src_end,
            source_first + code.dest_start,
            source_first + code.dest_end,
        )
        held = (
            block
            if held is None
            else Block(held.first, block.last, held.source_first, block.source_last)
        )
    if held is not None:
        yield held


def numbered(blocks: Sequence[Block]) -> Iterator[Block]:
    """Changes word by word: where as many words stand on both sides, each is its own."""
    for block in blocks:
        own, theirs = block.last - block.first, block.source_last - block.source_first
        if own != theirs:
            yield block
            continue
        for place in range(own):
            yield Block(
                block.first + place,
                block.first + place + 1,
                block.source_first + place,
                block.source_first + place + 1,
            )
