"""Find duplicates: which articles of the index have the text of an article, given or indexed."""

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from numbers import Real

from semsearch.errors import InvalidQueryError, NoSuchArticleError
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.clusters import DuplicatesFound, FoundDuplicate
from semsearch.model.relation import Relation, RelationKind
from semsearch.model.search import summary
from semsearch.relate.candidates import candidates, sketch
from semsearch.relate.profile import Profile, ProfileCache, profile_article
from semsearch.relate.relate import compare, judge
from semsearch.store.catalog.clusters import ClusterKind

_BATCH_SIZE = 64


def duplicates_of_article(
    library: Library, identity: str, min_probability: float
) -> DuplicatesFound:
    """Duplicates of an article of the index."""
    _check(min_probability)
    started = time.perf_counter()
    with library.consistent_read():
        snapshot = library.snapshot()
        pk = library.catalog.pks_at([identity], snapshot.sequence).get(identity)
        if pk is None:
            raise NoSuchArticleError(f"There is no article {identity}.")
        profiles = ProfileCache(library, snapshot)
        mine = profiles.get([pk])[pk]
        coverage = library.coverage
        group = coverage.clusters_of(ClusterKind.GROUP, [pk], snapshot.sequence).get(pk)
        others = set(candidates([mine], [sketch(mine)], coverage, snapshot)[0])
        if group is not None:
            others.update(coverage.members([group.key])[group.key])
        others.discard(pk)
        duplicates, reason = _duplicates(mine, profiles.get(sorted(others)), min_probability)
        return DuplicatesFound(
            article=identity,
            generation=snapshot.generation,
            took_ms=_milliseconds_since(started),
            compared=len(others),
            group=None if group is None else group.id,
            duplicates=duplicates,
            reason=reason,
        )


def duplicates_of_texts(
    library: Library, articles: Iterable[Article], min_probability: float
) -> Iterator[DuplicatesFound]:
    """What one generation of the index holds of each of many texts, in their order.

    Raises:
        InvalidQueryError: The probability is out of range.
        StaleGenerationError: Another index took its place.
    """
    _check(min_probability)
    place = library.refresh()
    snapshot = library.snapshot()
    profiles = ProfileCache(library, snapshot)
    remaining = iter(articles)
    while batch := list(islice(remaining, _BATCH_SIZE)):
        started = time.perf_counter()
        given = [profile_article(library, article) for article in batch]
        sketches = [sketch(profile) for profile in given]
        results = []
        near = candidates(given, sketches, library.coverage, snapshot)
        for profile, others in zip(given, near, strict=True):
            duplicates, reason = _duplicates(profile, profiles.get(others), min_probability)
            results.append(
                DuplicatesFound(
                    article=None,
                    generation=snapshot.generation,
                    took_ms=_milliseconds_since(started),
                    compared=len(others),
                    group=None,
                    duplicates=duplicates,
                    reason=reason,
                )
            )
            started = time.perf_counter()
        library.check_same(place)
        yield from results


def _check(min_probability: float) -> None:
    if not isinstance(min_probability, Real) or not 0 <= min_probability <= 1:
        raise InvalidQueryError(f"min_probability must lie between 0 and 1, not {min_probability}.")


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)


def _duplicates(
    mine: Profile, others: Mapping[int, Profile], min_probability: float
) -> tuple[tuple[FoundDuplicate, ...], str]:
    """Those of some articles that have the text, most probable first; else why none can be told."""
    relations = {
        pk: compare(mine, other)
        for pk, other in others.items()
        if judge(mine, other).p_duplicate >= min_probability
    }
    decided = [pk for pk, r in relations.items() if r.relation is not RelationKind.UNDECIDABLE]
    decided.sort(key=lambda pk: (-relations[pk].p_duplicate, pk))
    reason = "" if decided else next((r.reason for r in relations.values()), "")
    return tuple(_duplicate(others[pk].article, relations[pk]) for pk in decided), reason


def _duplicate(article: Article, relation: Relation) -> FoundDuplicate:
    evidence = relation.evidence
    return FoundDuplicate(
        article=summary(article),
        relation=relation.relation,
        p_duplicate=relation.p_duplicate,
        probabilities=relation.probabilities,
        hours_apart=evidence.hours_apart,
        containment_a=evidence.containment_a,
        containment_b=evidence.containment_b,
        shared_words=evidence.shared_words,
        rested_on=evidence.rested_on,
        lineage=relation.lineage,
    )
