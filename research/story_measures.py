"""How well stories were found, beside a single threshold and HDBSCAN on the same vectors.

B-cubed (Bagga and Baldwin, 1998, LREC): for each article the share of its cluster that is of its
story, and the share of its story that is in its cluster. ARI: the Rand index corrected for chance
(Hubert and Arabie, 1985), from scikit-learn, as HDBSCAN (Campello, Moulavi and Sander, 2013).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from research.bootstrap import DRAWS, bootstrap
from semsearch.evaluation.measures import Estimate
from semsearch.relate.features import features_of
from semsearch.relate.groups import Node, Pair
from semsearch.relate.profile import Profile
from semsearch.relate.relate import judge
from semsearch.relate.stories import regroup

Labels = Sequence[Hashable] | NDArray[np.int64]
_THRESHOLDS = np.arange(0.4, 0.95, 0.01)
_SIZES = (2, 3, 5)
_SEVERAL = 3


@dataclass(frozen=True, slots=True)
class ClusterFigures:
    """One way to find stories.

    Attributes:
        system: What it is; a setting in brackets was chosen on these very articles.
        precision, recall, f1: B-cubed; intervals are over articles.
        ari: Adjusted Rand index, -0.5 to 1.
        stories: Clusters of two or more.
        largest: Articles of the largest.
    """

    system: str
    precision: Estimate
    recall: Estimate
    f1: Estimate
    ari: float
    stories: int
    largest: int


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """What was found of one window.

    Attributes:
        rows: Precision and recall of each article that is in a group of either, shape (n, 2).
        found: Of each cluster of two or more: pairs of one group, pairs, members; shape (n, 3).
        gold: Of each group of two or more: pairs in one cluster, pairs, members; shape (n, 3).
    """

    rows: NDArray[np.float64]
    found: NDArray[np.int64]
    gold: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """How well groups were found in which most articles are alone.

    Attributes:
        f1: B-cubed over the articles that are in a group of either; the interval is over them.
        right: Share of the pairs put together that belong together; over clusters.
        found: Share of the pairs that belong together that are put together; over groups.
        pure: Share of the clusters of three and more that hold one group alone.
    """

    f1: Estimate
    right: Estimate
    found: Estimate
    pure: Estimate


def b_cubed(found: Labels, gold: Labels) -> NDArray[np.float64]:
    """Precision and recall of each article, shape (n, 2).

    Args:
        found: The cluster of each article.
        gold: Its story.
    """
    sizes: dict[tuple[str, Hashable], int] = {}
    for cluster, story in zip(found, gold, strict=True):
        for key in (("found", cluster), ("gold", story), ("both", (cluster, story))):
            sizes[key] = sizes.get(key, 0) + 1
    return np.array(
        [
            (
                sizes["both", (cluster, story)] / sizes["found", cluster],
                sizes["both", (cluster, story)] / sizes["gold", story],
            )
            for cluster, story in zip(found, gold, strict=True)
        ]
    ).reshape(-1, 2)


def ari(found: Labels, gold: Labels) -> float:
    """The adjusted Rand index."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415

    return float(adjusted_rand_score(_numbered(gold), _numbered(found)))


def figures(system: str, found: Labels, gold: Labels) -> ClusterFigures:
    """Measure one clustering; at least one article."""
    rows = b_cubed(found, gold)
    sizes = np.bincount(_numbered(found))
    return ClusterFigures(
        system=system,
        precision=bootstrap(lambda drawn: float(rows[drawn, 0].mean()), len(rows)),
        recall=bootstrap(lambda drawn: float(rows[drawn, 1].mean()), len(rows)),
        f1=bootstrap(lambda drawn: f1(rows[drawn]), len(rows)),
        ari=round(ari(found, gold), 6),
        stories=int(np.sum(sizes > 1)),
        largest=int(sizes.max()),
    )


def f1(rows: NDArray[np.float64]) -> float:
    """The harmonic mean of mean precision and mean recall."""
    precision, recall = rows.mean(axis=0)
    return float(2 * precision * recall / (precision + recall))


def group_counts(found: Labels, gold: Labels) -> GroupCounts:
    """Count what was found of a whole window, in which most articles are alone."""
    numbers, truth = _numbered(found), _numbered(gold)
    in_any = (np.bincount(numbers)[numbers] > 1) | (np.bincount(truth)[truth] > 1)
    return GroupCounts(
        b_cubed(found, gold)[in_any], _pairs_within(numbers, truth), _pairs_within(truth, numbers)
    )


def group_figures(windows: Sequence[GroupCounts], draws: int = DRAWS) -> GroupFigures:
    """What was found in some windows together; at least one group is in each.

    Args:
        windows: What was counted.
        draws: As for ``bootstrap``.
    """
    rows = np.concatenate([one.rows for one in windows])
    found = np.concatenate([one.found for one in windows])
    gold = np.concatenate([one.gold for one in windows])
    several = found[found[:, 2] >= _SEVERAL]
    return GroupFigures(
        f1=bootstrap(lambda drawn: f1(rows[drawn]), len(rows), draws),
        right=bootstrap(lambda drawn: _share(found[drawn]), len(found), draws),
        found=bootstrap(lambda drawn: _share(gold[drawn]), len(gold), draws),
        pure=bootstrap(
            lambda drawn: float((several[drawn, 0] == several[drawn, 1]).mean()),
            len(several),
            draws,
        ),
    )


def _pairs_within(clusters: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each cluster of two or more: pairs that are together in the others, pairs, members."""
    counted = []
    for cluster in np.flatnonzero(np.bincount(clusters) > 1):
        shares = np.bincount(others[clusters == cluster])
        size = int(shares.sum())
        counted.append((int((shares * (shares - 1)).sum()) // 2, size * (size - 1) // 2, size))
    return np.array(counted, np.int64).reshape(-1, 3)


def _share(counted: NDArray[np.int64]) -> float:
    return float(counted[:, 0].sum() / counted[:, 1].sum())


def evaluate_stories(profiles: Sequence[Profile], gold: Sequence[str]) -> list[ClusterFigures]:
    """Find the stories among some articles, and measure; at least three articles.

    Args:
        profiles: One of each article, with a vector of its lead.
        gold: The story of each.

    Returns:
        Ours first. Thresholds and sizes of the others are those that serve them best.
    """
    vectors = np.stack([one.lead_vector for one in profiles if one.lead_vector is not None])
    measured = [figures("ours", our_stories(profiles, vectors), gold)]
    cosines = vectors @ vectors.T
    linked = {
        f"one threshold on cosine [{at:.2f}]": _components(cosines >= at) for at in _THRESHOLDS
    }
    dense = {f"HDBSCAN [at least {size}]": _hdbscan(vectors, size) for size in _SIZES}
    for family in (linked, dense):
        best = max(family, key=lambda name: f1(b_cubed(family[name], gold)))
        measured.append(figures(best, family[best], gold))
    return measured


def our_stories(profiles: Sequence[Profile], vectors: NDArray[np.float32]) -> list[str]:
    """The story of each article, its own id where it is in none."""
    ids = [one.article.id for one in profiles]
    found = regroup(
        [Node(one.article.id, one.article.published) for one in profiles],
        [
            Pair(ids[a], ids[b], 0.0, story_probability(profiles[a], profiles[b]))
            for a, b in neighbours(vectors)
        ],
        {},
    )
    home = {article: story.id for story in found.stories for article in story.members}
    return [home.get(article, f"only {article}") for article in ids]


def story_probability(a: Profile, b: Profile) -> float:
    """That two articles report one event: the copy of a report does so, whatever its headline."""
    features = features_of(a, b)
    return max(features.p_event, judge(a, b, features).p_duplicate)


def neighbours(vectors: NDArray[np.float32], count: int = 30) -> list[tuple[int, int]]:
    """Pairs of which one is among the nearest ``count`` of the other, in order."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    nearest = np.argsort(-cosines, axis=1, kind="stable")[:, : min(count, len(vectors) - 1)]
    return sorted({(min(a, b), max(a, b)) for a, row in enumerate(nearest.tolist()) for b in row})


def _components(linked: NDArray[np.bool_]) -> NDArray[np.int64]:
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    return np.asarray(connected_components(linked, directed=False)[1], np.int64)


def _hdbscan(vectors: NDArray[np.float32], size: int) -> NDArray[np.int64]:
    """Labels; an outlier is a cluster of its own."""
    from sklearn.cluster import HDBSCAN  # noqa: PLC0415

    found = np.asarray(HDBSCAN(min_cluster_size=size, copy=True).fit_predict(vectors), np.int64)
    return np.where(found < 0, found.max() + 1 + np.arange(len(found)), found)


def _numbered(labels: Labels) -> NDArray[np.int64]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in labels], np.int64)
