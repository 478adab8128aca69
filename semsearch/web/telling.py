"""A comparison in words: what its pictures show, and how its statements are made."""

import re
from collections.abc import Iterable

from semsearch.model.comparison import Comparison, Evidence
from semsearch.web.naming import key_of, lag, moment, names_of

_TOLD = 4  # articles that the words for a timeline name
_OUTLETS = 6
_FRAMES = 3
_STATEMENTS = {
    "shared": "two sentences report the same",
    "not_found": "not found in a full text, only here",
    "missing": "reported by others, not found here",
    "differs": "two sentences give another value",
    "labels": "another name in the same place",
    "frames": "frame of a sentence",
    "quotes": "quoted text",
    "upstream": "named source",
}
_ALIGNED = "sentences aligned by vectors, words, numbers and neighbouring sentences"
_SIDE = re.compile(r"\b[ab]\b")


def timeline_in_words(found: Comparison) -> str:
    """Who reported when; empty where no date is known."""
    names = names_of(found)
    dated = [one for one in found.timeline if one.published is not None]
    if not dated:
        return ""
    told = [
        f"{names[one.provider]} {moment(one.published)} ({lag(one.lag_hours)})"
        for one in dated[:_TOLD]
    ]
    return f"Who reported when: {'; '.join(told)}{_more(len(dated) - _TOLD)}."


def frames_in_words(found: Comparison) -> str:
    """Each outlet's most frequent frames; empty where no sentence has one."""
    names = names_of(found)
    counted = [view for view in found.providers if view.frames.counts]
    told = [
        f"{names[key_of(view)]}: "
        + ", ".join(f"{one.frame} {one.sentences}" for one in view.frames.counts[:_FRAMES])
        for view in counted[:_OUTLETS]
    ]
    if not told:
        return ""
    return f"Sentences per frame. {'; '.join(told)}{_more(len(counted) - _OUTLETS)}."


def methods(found: Comparison) -> tuple[tuple[str, str, Evidence], ...]:
    """Each kind of statement that is made: what it says, how it is made, how often it was right."""
    view = found.providers[0]
    how = {
        "labels": "words in the same place of two aligned sentences",
        "frames": view.frames.method,
        "quotes": view.sourcing.method,
        "upstream": view.sourcing.method,
    }
    return tuple(
        (_STATEMENTS.get(kind, kind), how.get(kind, _ALIGNED), evidence)
        for kind, evidence in found.evidence.items()
    )


def _more(number: int) -> str:
    return f"; and {number:,} more" if number > 0 else ""


def sided(reasons: Iterable[str], a: str, b: str) -> str:
    """Reasons of a lineage with the two articles called by name instead of a and b."""
    sides = {"a": a, "b": b}
    return "; ".join(_SIDE.sub(lambda found: sides[found[0]], reason) for reason in reasons)
