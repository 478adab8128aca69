"""What several voices report: sentences of different voices that match each other."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from semsearch.compare.alignment import Alignment
from semsearch.compare.scorer import Scorer

# A sentence: which text, and which of its sentences.
Place = tuple[int, int]


def facts(
    alignments: Mapping[tuple[int, int], Alignment],
    speakers: Sequence[frozenset[str]],
    scorer: Scorer,
) -> list[tuple[Place, ...]]:
    """Groups of sentences that report one fact, at most one of each provider.

    Sentences that are each other's best match are joined, the most certain first. A group stays
    together only while no two of its sentences are ruled out as a match, so that groups do not
    chain from one fact to the next.

    Args:
        alignments: Of all pairs of texts.
        speakers: Who carries each text.
        scorer: Whose limits count.
    """
    edges: list[tuple[float, Place, Place]] = []
    for a, b in alignments:
        if a > b:
            continue
        there, back = alignments[a, b], alignments[b, a].best
        for i, j in enumerate(there.best):
            if back[j] == i and there.logits[i, j] >= scorer.shared_from:
                edges.append((-round(float(there.logits[i, j]), 6), (a, i), (b, int(j))))
    group: dict[Place, list[Place]] = {}
    for _, one, other in sorted(edges):
        first, second = group.get(one, [one]), group.get(other, [other])
        if first is second or not _together(first, second, alignments, speakers, scorer):
            continue
        merged = sorted([*first, *second])
        for place in merged:
            group[place] = merged
    distinct = {id(members): tuple(members) for members in group.values()}
    return sorted(distinct.values(), key=lambda members: (-len(members), members))


def _together(
    first: Sequence[Place],
    second: Sequence[Place],
    alignments: Mapping[tuple[int, int], Alignment],
    speakers: Sequence[frozenset[str]],
    scorer: Scorer,
) -> bool:
    for (a, i), (b, j) in product(first, second):
        if speakers[a] & speakers[b]:
            return False
        if alignments[a, b].logits[i, j] < scorer.not_found_below:
            return False
    return True


def missing_from(
    fact: Sequence[Place],
    texts: Sequence[int],
    alignments: Mapping[tuple[int, int], Alignment],
    scorer: Scorer,
) -> bool:
    """Whether none of some texts holds a fact that others report.

    Every sentence of the fact is looked up in every text. The clearest sentence must be ruled
    out, and their average must come half the way: one may hold a second fact that is there.
    """
    for text in texts:
        tops = [float(alignments[a, text].logits[i].max()) for a, i in fact]
        if min(tops) >= scorer.not_found_below or np.mean(tops) >= scorer.not_found_below / 2:
            return False
    return True
