"""Keep relations, duplicate groups and stories true to the articles as they arrive.

new versions -> sketch -> candidates -> relate -> groups and stories they touch -> sentences of
what is in a story -> commit

What a new article costs depends on its neighbours, not on the size of the index. A run that was
stopped goes on with the next: what is related is marked by sequence number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from semsearch.library import Library
from semsearch.model.article import Article, Passage
from semsearch.model.relation import RelationKind
from semsearch.relate.candidates import candidates, near_in_time, sketch
from semsearch.relate.classify import RULES, relation_model
from semsearch.relate.features import features_of
from semsearch.relate.group_update import MIN_DUPLICATE, groups_after, update_groups
from semsearch.relate.lineage import RULES as LINEAGE_RULES
from semsearch.relate.profile import Profile, ProfileCache
from semsearch.relate.relate import compare, judge
from semsearch.relate.same_event import event_model
from semsearch.relate.story_update import update_stories
from semsearch.store.catalog.catalog_reader import SENTENCE_RULES
from semsearch.store.catalog.clusters import ClusterKind, CoverageBatch
from semsearch.store.catalog.database import chunks
from semsearch.store.catalog.relations import Edge
from semsearch.store.catalog.rows import Float16Array, StoredPassage, text_hash
from semsearch.store.snapshot import Snapshot
from semsearch.text.sentences import CUT_BY, article_sentences

_CALIBRATION_KEY = "relations"
_BATCH_SIZE = 256
_NO_LINK = MIN_DUPLICATE - 0.01
_LEAST_SHARED = 1 / 3
"""Runs of five words of one text in the other: of groups with fewer, two of six were one text (two
readers, two fresh archives)."""
MIN_KEPT = 0.02
"""Least probability of one event that is kept: in a small archive or a thread that is much."""


@dataclass(frozen=True, slots=True)
class RelateProgress:
    """New articles that are related, of how many."""

    done: int
    total: int


def catch_up(library: Library, watch: Callable[[RelateProgress], None] = lambda _: None) -> bool:
    """Relate what was added since the last time, repair what was touched.

    For the writer of an index only. Everything in the catalog must be published. What was related
    with other coefficients or rules than those of today is related anew.

    Returns:
        Whether groups or stories changed: then the next generation shows it.
    """
    catalog, coverage = library.catalog, library.coverage
    rules = (relation_model().calibration, event_model().calibration, RULES, LINEAGE_RULES, CUT_BY)
    calibration = " ".join(map(str, rules))
    related_with = catalog.setting(_CALIBRATION_KEY)
    if related_with != calibration:
        if related_with is not None:
            coverage.reset()
        if catalog.setting(SENTENCE_RULES) != CUT_BY:
            catalog.reset_sentences(CUT_BY)
        catalog.write_setting(_CALIBRATION_KEY, calibration)
    since, until = coverage.related_until, catalog.sequence
    if since >= until:
        return False
    snapshot = library.snapshot()
    profiles = ProfileCache(library, snapshot)
    added = catalog.in_order_of_time(catalog.pks_added(since, until))
    for start in range(0, len(added), _BATCH_SIZE):
        _relate(library, added[start : start + _BATCH_SIZE], profiles, snapshot)
        watch(RelateProgress(min(start + _BATCH_SIZE, len(added)), len(added)))
    changes = _changes(library, added, catalog.pks_ended(since, until), profiles, snapshot)
    stories = [new for new in changes.changed if new.kind is ClusterKind.STORY]
    # Before the commit: a run that is stopped here finds the stories, and what they lack, anew.
    keep_sentences(library, {pk for story in stories for pk in story.members})
    return coverage.write(changes) > snapshot.sequence


def _relate(
    library: Library, pks: Sequence[int], profiles: ProfileCache, snapshot: Snapshot
) -> None:
    """Sketch some new articles, and relate them to their candidates."""
    new = profiles.get(pks)
    sketches = {pk: sketch(profile) for pk, profile in new.items()}
    library.coverage.relations.write_sketches(sketches)
    near = candidates(list(new.values()), list(sketches.values()), library.coverage, snapshot)
    pairs = {
        (min(pk, other), max(pk, other))
        for pk, others in zip(new, near, strict=True)
        for other in others
        if other != pk
    }
    edges = [edge for edge in _judged(pairs, profiles) if edge.p_story >= MIN_KEPT]
    library.coverage.relations.write_relations(edges, pks)


def _changes(
    library: Library,
    added: Collection[int],
    ended: Collection[int],
    profiles: ProfileCache,
    snapshot: Snapshot,
) -> CoverageBatch:
    """The groups and stories that new and ended versions touch."""
    catalog, coverage = library.catalog, library.coverage
    new, gone = set(added), set(ended)
    groups = update_groups(catalog, coverage, new, gone, lambda pairs: _judged(pairs, profiles))
    regrouped = {pk for group in groups.changed for pk in group.members}
    stories = update_stories(
        catalog,
        coverage,
        profiles,
        new | regrouped,
        gone,
        lambda pks: groups_after(coverage, groups, pks),
        lambda days, at_most: near_in_time(days, at_most, snapshot),
    )
    return CoverageBatch(
        changed=(*groups.changed, *stories.changed),
        ended=(*groups.ended, *stories.ended),
        events=stories.events,
    )


def _judged(pairs: Collection[tuple[int, int]], profiles: ProfileCache) -> Iterator[Edge]:
    """What pairs are, in their order; those with a version already collected are left out."""
    for chunk in chunks(sorted(pairs)):
        both = profiles.get({pk for pair in chunk for pk in pair})
        for low, high in chunk:
            if low in both and high in both:
                yield _edge(low, high, both[low], both[high])


def _edge(low: int, high: int, a: Profile, b: Profile) -> Edge:
    features = features_of(a, b)
    judgement = judge(a, b, features)
    if judgement.relation is RelationKind.UNDECIDABLE:  # captions say nothing about events
        return Edge(low, high, 0.0, 0.0)
    p_duplicate = judgement.p_duplicate
    p_story = max(features.p_event, p_duplicate)
    # Another class is likelier than copy and than edited, or too little stands in both.
    if not judgement.relation.is_duplicate or features.larger < _LEAST_SHARED:
        p_duplicate = min(p_duplicate, _NO_LINK)
    first = None
    if p_duplicate >= MIN_DUPLICATE:
        told = compare(a, b).lineage
        first = {"a": low, "b": high, None: None}[None if told is None else told.first]
    return Edge(low, high, p_duplicate, p_story, first)


_AT_ONCE = 64

Cut = tuple[Article, tuple[Passage, ...]]


def keep_sentences(library: Library, pks: Iterable[int]) -> None:
    """Keep the sentences of some versions that have none yet; for the writer of an index only.

    Only texts without a vector are encoded. Each batch is durable by itself.

    Raises:
        ModelUnavailableError, ModelMismatchError: Something must be encoded and cannot be.
    """
    lacking = library.catalog.lacking_sentences(pks)
    for start in range(0, len(lacking), _AT_ONCE):
        held = library.catalog.by_pk(lacking[start : start + _AT_ONCE])
        cut = {pk: (article, article_sentences(article)) for pk, article in held.items()}
        texts = {text_hash(text): text for one in cut.values() for text in sentence_texts(one)}
        known = library.catalog.stored_vectors(texts)
        library.catalog.write_sentences(
            {
                pk: [
                    StoredPassage(span, text_hash(text))
                    for span, text in zip(one[1], sentence_texts(one), strict=True)
                ]
                for pk, one in cut.items()
            },
            encoded_sentences(
                library, {key: text for key, text in texts.items() if key not in known}
            ),
        )


def sentence_texts(cut: Cut) -> list[str]:
    """The text of each sentence of an article."""
    article, spans = cut
    return [article.text(span.field)[span.start : span.end] for span in spans]


def encoded_sentences(library: Library, texts: Mapping[bytes, str]) -> dict[bytes, Float16Array]:
    """Vectors of texts in half precision; the encoder is loaded only where there are any."""
    if not texts:
        return {}
    matrix = library.encode(list(texts.values())).astype(np.float16)
    return dict(zip(texts, matrix, strict=True))
