"""Labelled articles, the pairs of them that an index would compare, and the stories they make."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from research.story_measures import neighbours
from semsearch.config import load_settings
from semsearch.encode.export import exported
from semsearch.encode.models import find_model
from semsearch.encode.openvino_encoder import OpenVinoEncoder
from semsearch.model.article import Article, Field
from semsearch.relate.features import features_of
from semsearch.relate.groups import Node, Pair, connected
from semsearch.relate.profile import Profile
from semsearch.relate.relate import judge
from semsearch.relate.same_event import (
    CROWD,
    SAME_MOULD,
    EventModel,
    EventSignals,
    event_signals,
    in_crowd,
)
from semsearch.relate.stories import average_linkage, regroup
from semsearch.relate.threads import MIN_CONTINUES
from semsearch.relate.update import MIN_KEPT
from semsearch.text.passages import PassageText, split_article, split_field

NEAREST = 12  # as relate.candidates compares by meaning


@dataclass(frozen=True, slots=True)
class Compared:
    """Two articles by their places, what they show, and whether they are of one event.

    Attributes:
        duplicate: Probability that they are one text, 0-1.
        decided: The probability of one event where no weights decide it; None elsewhere.
    """

    a: int
    b: int
    signals: EventSignals
    duplicate: float
    decided: float | None

    def probability(self, model: EventModel, crowd: int = CROWD) -> float:
        """As ``relate.update`` and ``in_crowd`` have it, with other weights."""
        if self.decided is not None:
            return self.decided
        found = max(model.probability(self.signals), self.duplicate)
        return in_crowd(found, self.duplicate, crowd)


class EventPairs:
    """Some labelled articles and the pairs that are compared among them.

    Attributes:
        gold: The event of each article.
        labels: 1 for each pair of one event, else 0.
    """

    def __init__(self, profiles: Sequence[Profile], gold: Sequence[str]) -> None:
        self.profiles = profiles
        self.ids = [one.article.id for one in profiles]
        self.gold = gold
        leads = [one.lead_vector for one in profiles if one.lead_vector is not None]
        self.pairs = [_compared(a, b, profiles) for a, b in neighbours(np.stack(leads), NEAREST)]
        self.labels = np.array([gold[pair.a] == gold[pair.b] for pair in self.pairs], float)

    def values(self, names: Sequence[str]) -> NDArray[np.float64]:
        """The signals of each pair, shape (pairs, names)."""
        return np.array([[getattr(pair.signals, name) for name in names] for pair in self.pairs])

    def probabilities(self, model: EventModel, crowd: int = CROWD) -> list[float]:
        """That each pair is of one event."""
        return [pair.probability(model, crowd) for pair in self.pairs]

    def clusters(
        self, probabilities: Sequence[float], least: float, linkage: str = "average"
    ) -> list[int]:
        """The cluster of each article when all are there at once."""
        if linkage == "average":
            scores = {
                (self.ids[pair.a], self.ids[pair.b]): p
                for pair, p in zip(self.pairs, probabilities, strict=True)
            }
            home = {
                article: number
                for number, cluster in enumerate(average_linkage(self.ids, scores, least))
                for article in cluster
            }
            return [home[one] for one in self.ids]
        distances = np.ones((len(self.ids), len(self.ids)))
        rows, columns = np.array([(pair.a, pair.b) for pair in self.pairs]).T
        distances[rows, columns] = distances[columns, rows] = 1 - np.array(probabilities)
        np.fill_diagonal(distances, 0)
        tree = hierarchy.linkage(squareform(distances, checks=False), linkage)
        return list(map(int, hierarchy.fcluster(tree, 1 - least, "distance")))

    def threads(self, model: EventModel) -> list[int]:
        """The thread of each article, as ``relate.threads`` links them."""
        linked = [
            pair
            for pair in self.pairs
            if (p := pair.probability(model)) >= MIN_KEPT
            and model.at_one_time(p, pair.duplicate, pair.signals.apart) >= MIN_CONTINUES
        ]
        home = {
            article: number
            for number, part in enumerate(
                connected(self.ids, [(self.ids[pair.a], self.ids[pair.b]) for pair in linked])
            )
            for article in part
        }
        return [home[one] for one in self.ids]

    def arriving(self, probabilities: Sequence[float], order: Sequence[int]) -> list[str]:
        """The story of each article when they come one by one."""
        near: dict[int, list[tuple[int, float]]] = {place: [] for place in range(len(self.ids))}
        for pair, p in zip(self.pairs, probabilities, strict=True):
            near[pair.a].append((pair.b, p))
            near[pair.b].append((pair.a, p))
        home: dict[str, str] = {}
        members: dict[str, list[int]] = {}
        here: set[int] = set()
        for place in order:
            here.add(place)
            met = [other for other, _ in near[place] if other in here]
            touched = {home[self.ids[one]] for one in met if self.ids[one] in home}
            some = {place, *met, *(one for story in touched for one in members[story])}
            found = regroup(
                [Node(self.ids[one]) for one in sorted(some)],
                [
                    Pair(self.ids[a], self.ids[b], 0.0, p)
                    for a in sorted(some)
                    for b, p in near[a]
                    if b in some and a < b
                ],
                {self.ids[one]: home[self.ids[one]] for one in some if self.ids[one] in home},
                members.__contains__,
            )
            for story in touched:
                for one in members.pop(story):
                    home.pop(self.ids[one], None)
            index = {self.ids[one]: one for one in some}
            for cluster in found.stories:
                members[cluster.id] = [index[one] for one in cluster.members]
                home |= dict.fromkeys(cluster.members, cluster.id)
        return [home.get(one, f"only {one}") for one in self.ids]


def profiled(held: Sequence[Article], work: Path, *, leads_only: bool = False) -> list[Profile]:
    """Profiles of articles; those of leads alone have what ``event_signals`` needs of vectors.

    Args:
        held: The articles.
        work: Keeps vectors, which are made on the first run.
        leads_only: Whether no passage but the lead is embedded.
    """
    encoder = _encoder()
    pieces = [_lead(one) if leads_only else _whole(one) for one in held]
    texts = [piece.text for some in pieces for piece in some]
    kept = work / f"{hashlib.sha256(chr(0).join(texts).encode()).hexdigest()[:16]}.npy"
    if not kept.exists():
        np.save(kept, encoder.encode_documents(texts))
    vectors = iter(np.load(kept))
    return [
        Profile.of(
            article,
            [piece.passage for piece in some],
            np.array([next(vectors) for _ in some], np.float32),
        )
        for article, some in zip(held, pieces, strict=True)
    ]


@cache
def _encoder() -> OpenVinoEncoder:
    model = load_settings().model
    return OpenVinoEncoder(
        exported(find_model(model.name), model.cache), threads=1, precision=model.precision
    )


def _whole(article: Article) -> list[PassageText]:
    encoder = _encoder()
    return split_article(article, encoder.count_tokens, encoder.passage_budget, 1)


def _lead(article: Article) -> list[PassageText]:
    encoder = _encoder()
    pieces = split_field(Field.LEAD, article.lead, encoder.count_tokens, encoder.passage_budget, 0)
    return list(pieces)[:1]


def _compared(a: int, b: int, profiles: Sequence[Profile]) -> Compared:
    one, other = profiles[a], profiles[b]
    features = features_of(one, other)
    judgement = judge(one, other, features)
    signals = event_signals(one, other, features.figures, features.one_outlet)
    is_decided = signals.mould >= SAME_MOULD or features.round_up
    decided = judgement.p_duplicate if is_decided else None
    return Compared(a, b, signals, judgement.p_duplicate, decided)
