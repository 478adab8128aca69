"""The simpler ways beside a check: fuzzy matching over the texts of the first ten search hits.

Each is given what helps it: the words are compared without case, punctuation and hyphens; the
quotation is searched by its words alone and nothing of it is read as a date or a filter; a
quotation that stands in a hit is verbatim, one whose pieces between ellipses do, or that begins or
ends inside a sentence there, is cut; and the score from which a quotation is altered and not
missing is the one that is right most often for these very quotations.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from research.draft_archive import Archive
from research.draft_quotations import Draft, Planted, words
from semsearch.index import Index
from semsearch.model.search import Mode, Query

HITS = 10
_QUESTION_CHARS = 4_000
_ELLIPSIS = re.compile(r"[\[(]?(?:…|\.\s?\.\s?\.)[\])]?")
_ENDED = ".,!?…”\"'’"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is most like a quotation.

    Attributes:
        score: How much, 0-100.
        words: What stands there.
    """

    score: float
    article: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a way says of a planted quotation; ``changes`` as ``Planted`` has them."""

    planted: Planted
    status: str
    source: str | None
    changes: frozenset[tuple[str, str]]


Way = Callable[[Sequence[str], str, Sequence[str]], tuple[float, tuple[str, ...]]]


def simpler(index: Index, drafts: Sequence[Draft], archive: Archive) -> dict[str, list[Told]]:
    """What each of them says of the quotations of some drafts."""
    bodies = {one.id: f"{one.title}\n{one.body}" for one in archive.held}
    plain = {one: " ".join(words(body)) for one, body in bodies.items()}
    split = {one: text.split() for one, text in plain.items()}
    planted = [one for draft in drafts for _, _, one in draft.planted]
    hits = [
        [
            hit.article.id
            for hit in index.search(
                Query(one.text[:_QUESTION_CHARS], k=HITS, mode=Mode.LEXICAL, steps=())
            ).hits
        ]
        for one in planted
    ]
    ways: dict[str, Way] = {"rapidfuzz, ten hits": _by_letters, "difflib, ten hits": _by_words}
    told = {}
    for name, way in ways.items():
        best = []
        for one, found in zip(planted, hits, strict=True):
            places = []
            for article in found:
                score, held = way(words(one.text), plain[article], split[article])
                places.append(Place(score, article, held))
            best.append(max(places, key=lambda place: place.score, default=Place(0.0, "", ())))
        whole = [
            _as_it_stands(one, [(article, plain[article]) for article in found])
            for one, found in zip(planted, hits, strict=True)
        ]
        least = _best_limit(planted, best, whole)
        told[name] = [
            _told(one, place, stands, least)
            for one, place, stands in zip(planted, best, whole, strict=True)
        ]
    return told


def _by_letters(
    wanted: Sequence[str], plain: str, _: Sequence[str]
) -> tuple[float, tuple[str, ...]]:
    text = " ".join(wanted)
    found = fuzz.partial_ratio_alignment(text, plain)
    if found is None:
        return 0.0, ()
    start = plain.rfind(" ", 0, found.dest_start + 1) + 1
    end = plain.find(" ", max(found.dest_end - 1, start))
    return found.score, tuple(plain[start : len(plain) if end < 0 else end].split())


def _by_words(wanted: Sequence[str], _: str, held: Sequence[str]) -> tuple[float, tuple[str, ...]]:
    """The share of a quotation's words in matching blocks around its longest one."""
    longest = SequenceMatcher(None, held, wanted, autojunk=False).find_longest_match()
    low = max(0, longest.a - longest.b)
    near = held[low : low + len(wanted)]
    return 100 * SequenceMatcher(None, near, wanted, autojunk=False).ratio(), tuple(near)


def _as_it_stands(planted: Planted, texts: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Verbatim or cut, and in which text, where a quotation stands in one as it is."""
    pieces = [" ".join(words(piece)) for piece in _ELLIPSIS.split(planted.text)]
    pieces = [f" {piece} " for piece in pieces if piece]
    for article, text in texts:
        if all(piece in f" {text} " for piece in pieces):
            bare = planted.text.lstrip("[(“\"'‘").rstrip()
            inside = bare[:1].islower() or bare[-1:] not in _ENDED
            return "cut" if len(pieces) > 1 or inside else "verbatim", article
    return None


def _best_limit(
    planted: Sequence[Planted],
    best: Sequence[Place],
    whole: Sequence[tuple[str, str] | None],
) -> float:
    """The score from which "altered" is right most often."""
    known = [
        (place.score, one.status)
        for one, place, stands in zip(planted, best, whole, strict=True)
        if stands is None and one.status in ("altered", "not_found")
    ]

    def right(limit: float) -> int:
        return sum((score >= limit) is (status == "altered") for score, status in known)

    return max(sorted({score for score, _ in known}, reverse=True), key=right, default=100.0)


def _told(planted: Planted, place: Place, stands: tuple[str, str] | None, least: float) -> Told:
    if stands is not None:
        return Told(planted, stands[0], stands[1], frozenset())
    if place.score < least:
        return Told(planted, "not_found", None, frozenset())
    return Told(planted, "altered", place.article, frozenset(_changes(planted, place.words)))


def _changes(planted: Planted, held: Sequence[str]) -> Iterator[tuple[str, str]]:
    wanted = words(planted.text)
    for kind, a, b, c, d in SequenceMatcher(None, held, wanted, autojunk=False).get_opcodes():
        at_end = c == d and (a == 0 or b == len(held))
        if kind == "equal" or at_end:
            continue
        if b - a == d - c:
            yield from zip(held[a:b], wanted[c:d], strict=True)
        else:
            yield " ".join(held[a:b]), " ".join(wanted[c:d])
