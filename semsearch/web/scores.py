"""Why a hit ranks where it does: the parts of its score as a bar and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from semsearch.model.search import Hit

_NAMES = {
    "title": "meaning of the headline",
    "lead": "meaning of the headline and the beginning",
    "passage": "meaning of the best passage",
    "text": "meaning of the text",
    "lexical_title": "words in the headline",
    "lexical_lead": "words in the headline and the beginning",
    "lexical_body": "words in the text",
    "provider": "outlet that was asked for",
    "date": "time that was asked for",
    "freshness": "how new it is",
    "quality": "quality",
    "rerank": "read again by the reranker",
    "diversity": "variety of outlets",
    "need": "best for one part of the question",
}
_MEANING = ("title", "lead", "passage", "text")
WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of the bar, 0-100 across; ``kind`` is meaning, words, wishes or against."""

    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A score as a bar beside those of other hits.

    Attributes:
        slices: From left to right; what counts against the hit covers the right end.
        label: The same in words.
        parts: Every part by its name in words, the largest first.
    """

    score: float
    slices: tuple[Slice, ...]
    label: str
    parts: tuple[tuple[str, float], ...]


def bars(hits: Sequence[Hit]) -> list[Bar]:
    """The bars of hits, on one scale: the longest reaches across."""
    longest = max((sum(_gains(hit.score_parts).values()) for hit in hits), default=0.0)
    return [_bar(hit, WIDTH / longest if longest > 0 else 0.0) for hit in hits]


def _bar(hit: Hit, scale: float) -> Bar:
    slices = []
    start = 0.0
    gains = _gains(hit.score_parts)
    for kind, value in gains.items():
        slices.append(Slice(kind, round(start * scale, 2), round(value * scale, 2)))
        start += value
    against = -sum(value for value in hit.score_parts.values() if value < 0)
    if against > 0:
        low = max(0.0, start - against)
        slices.append(Slice("against", round(low * scale, 2), round((start - low) * scale, 2)))
    said = [f"{kind} {value:.2f}" for kind, value in gains.items()]
    said += [f"against it {against:.2f}"] if against > 0 else []
    parts = sorted(hit.score_parts.items(), key=lambda part: -abs(part[1]))
    return Bar(
        hit.score,
        tuple(slices),
        f"Score {hit.score:.2f}: {', '.join(said) or 'nothing'}",
        tuple((_NAMES.get(name, name), value) for name, value in parts if value),
    )


def _gains(parts: Mapping[str, float]) -> dict[str, float]:
    """What speaks for a hit, by kind."""
    found: dict[str, float] = {}
    for name, value in parts.items():
        if value > 0:
            kind = "words" if name.startswith("lexical") else "wishes"
            kind = "meaning" if name in _MEANING else kind
            found[kind] = found.get(kind, 0.0) + value
    return {kind: found[kind] for kind in ("meaning", "words", "wishes") if kind in found}
