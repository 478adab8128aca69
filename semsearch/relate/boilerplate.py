"""What two texts share may be a block that outlets print under or above their news.

An author box, a newsletter's invitation, an agency's notice, a demand for consent: one run of words
with which both texts end, or begin. Where nothing else is in common, titles included, and the run
says nothing of what either text reports, it is no text of theirs.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from semsearch.model.article import FIELDS, Field
from semsearch.relate.facts import name_words
from semsearch.relate.idf import is_rare
from semsearch.text.shingles import RUN, Hashes

if TYPE_CHECKING:
    from semsearch.relate.profile import Profile

Places = NDArray[np.intp]

_MIN_WORDS = 8
"""Words of each text without the block; of fewer nothing can be told."""
_MIN_RARE = 3
"""Rare words and names of each text without the block, by which it would be known again."""
_MAX_SHARED = 0.1
"""Share of these that may stand in both by chance, and one in any case: the outlet's town."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """A block in common: the places of its words among those of either article."""

    a: Places
    b: Places


def shared_boilerplate(a: "Profile", b: "Profile") -> Block | None:
    """The block that is all that two texts share; None where there is none.

    They are looked at with their notices, too: news that mention a newsletter may have been taken
    for one, which leaves the block alone.
    """
    reports = (np.flatnonzero(each.words.is_report) for each in (a, b))
    return _block(a, b, *reports) or _block(a, b, *map(_with_notices, (a, b)))


def _block(a: "Profile", b: "Profile", in_a: Places, in_b: Places) -> Block | None:
    one, two = a.words.hashes[in_a], b.words.hashes[in_b]
    at_start, at_end = _alike(one, two), _alike(one[::-1], two[::-1])
    length = max(at_start, at_end)
    if (
        min(at_start, at_end) >= RUN
        or length < RUN
        or min(len(one), len(two)) < length + _MIN_WORDS
    ):
        return None
    cut = slice(-length, None) if at_end > at_start else slice(0, length)
    block = Block(in_a[cut], in_b[cut])
    said = _rare(_written(a, block.a))
    titles, facts = [], []
    for each, places, inside in ((a, in_a, block.a), (b, in_b, block.b)):
        title = _rare(each.article.title)
        titles.append(title)
        facts.append(title | _rare(_written(each, np.setdiff1d(places, inside))))
    if min(map(len, facts)) < _MIN_RARE or not _are_apart(facts[0], facts[1]):
        return None
    # A new beginning over the rest of a report shares no rare word with the old one, either; but
    # the titles name what the rest is about.
    if not any(titles) or not all(map(said.isdisjoint, titles)):
        return None
    return block if all(_are_apart(each, said) for each in facts) else None


def _with_notices(profile: "Profile") -> Places:
    """The words of a body, and of an excerpt that is text of the article."""
    words = profile.words
    if not words.excerpt_aside:
        return np.arange(len(words))
    return np.flatnonzero(words.fields == FIELDS.index(Field.BODY))


def _alike(a: Hashes, b: Hashes) -> int:
    """How many words two texts begin with in common."""
    length = min(len(a), len(b))
    differing = np.flatnonzero(a[:length] != b[:length])
    return int(differing[0]) if len(differing) else length


def _are_apart(a: set[str], b: set[str]) -> bool:
    return len(a & b) <= max(1, int(_MAX_SHARED * min(len(a), len(b))))


def _written(profile: "Profile", places: Places) -> str:
    words = profile.words
    pieces = []
    for number in np.unique(words.fields[places]):
        of_field = places[words.fields[places] == number]
        text = profile.article.text(FIELDS[number])
        pieces.append(text[words.starts[of_field[0]] : words.ends[of_field[-1]]])
    return "\n".join(pieces)


def _rare(text: str) -> set[str]:
    """The rare words of a text, and those of its names, in lower case."""
    words = {word.casefold() for word in _WORD.findall(text)}
    return {word for word in words if len(word) > 1 and is_rare(word)} | name_words(text)
