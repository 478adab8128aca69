"""Frames that one provider uses more or less than the others, where chance does not explain it.

The test permutes sentences between the provider and the others. How many of the provider's would
then fall into the frame is hypergeometric, so its p-value is computed and not drawn. Sentences of
one article are not independent, which makes the test generous; Holm's correction over all
contrasts that were tried makes up for the number of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

METHOD = "permutation test over sentences of full texts, p < 0.05 after Holm's correction"
_LEVEL = 0.05
_MIN_SENTENCES = 5  # of the provider, and of the others


@dataclass(frozen=True, slots=True)
class Contrast:
    """A frame whose share differs; ``p`` is corrected."""

    frame: str
    provider: str
    share: float
    others: float
    p: float


def contrasts(counts: Mapping[str, Mapping[str, int]], totals: Mapping[str, int]) -> list[Contrast]:
    """The contrasts that pass, smallest p first.

    Args:
        counts: Sentences per frame for each provider.
        totals: All sentences of each provider, those without a frame included.
    """
    everyone = sum(totals.values())
    frames = sorted({frame for each in counts.values() for frame in each})
    tried = []
    for provider in sorted(totals):
        own = totals[provider]
        if own < _MIN_SENTENCES or everyone - own < _MIN_SENTENCES:
            continue
        for frame in frames:
            here = counts[provider].get(frame, 0)
            anywhere = sum(each.get(frame, 0) for each in counts.values())
            p = permutation_p(here, own, anywhere, everyone)
            others = (anywhere - here) / (everyone - own)
            tried.append(Contrast(frame, provider, here / own, others, p))
    tried.sort(key=lambda one: (one.p, one.provider, one.frame))
    passed = []
    corrected = 0.0
    for place, one in enumerate(tried):
        corrected = max(corrected, min(1.0, one.p * (len(tried) - place)))
        if corrected > _LEVEL:
            break
        passed.append(Contrast(one.frame, one.provider, one.share, one.others, corrected))
    return passed


def permutation_p(here: int, own: int, anywhere: int, everyone: int) -> float:
    """Two-sided p-value of ``here`` of ``own`` sentences in a frame that has ``anywhere`` in all.

    The share of permutations in which a count as unlikely, or less likely, comes about.
    """
    ways = [
        comb(anywhere, k) * comb(everyone - anywhere, own - k)
        for k in range(max(0, own - (everyone - anywhere)), min(own, anywhere) + 1)
    ]
    first = max(0, own - (everyone - anywhere))
    observed = ways[here - first]
    return sum(way for way in ways if way <= observed) / sum(ways)
