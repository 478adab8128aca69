"""From candidates to their order: exact evidence, then what the question or its asker prefers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from semsearch.ask.candidates import Asked, candidate_keys, wishes_of
from semsearch.ask.fuse import Weights, attained, fuse
from semsearch.ask.needs import FIRST, need_part
from semsearch.ask.passage import nearest_text
from semsearch.ask.preferences import diversity_part, quality_part
from semsearch.ask.ranking import Ranking
from semsearch.ask.rerank import Reranking, rerank_part
from semsearch.deadline import stage
from semsearch.library.library import Library
from semsearch.model.article import Field
from semsearch.model.search import Collapse, Mode
from semsearch.store.backend import LEXICAL_FIELDS, Candidates
from semsearch.store.catalog.coverage_rows import ClusterKind


@dataclass(frozen=True, slots=True)
class Scored:
    """Candidates with exact scores of both kinds, and their order by that evidence."""

    candidates: Candidates
    lexical: Mapping[Field, Mapping[int, float]]
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question.

    Attributes:
        evidence: By the question's own evidence: what confidence is judged by.
        needs: The same candidates for each of its needs, if it has several.
        ranked: The order of the answer.
        notes: What was done to it that the question does not say, in sentences.
        words_by: What found articles by words, for people; empty where nothing did.
    """

    evidence: Scored
    needs: Mapping[str, Scored]
    ranked: Ranking
    notes: tuple[str, ...]
    words_by: tuple[str, ...]


def find(
    asked: Asked,
    needs: Mapping[str, Asked],
    pool: int,
    weights: Weights,
    reranking: Reranking | None,
    library: Library,
) -> Found:
    """Candidates of a question and of its needs, in the order of the answer.

    Args:
        asked: The question.
        needs: Each of its needs, asked by itself.
        pool: Candidates of each kind that are drawn for each.
        weights: How much each part counts.
        reranking: Reads the first ones again; None: nothing does.
        library: Holds the articles, and who reports the same.
    """
    words_by: list[str] = []
    drawn = [
        candidate_keys(one, weights, pool, words_by.append) for one in (asked, *needs.values())
    ]
    pks = list(dict.fromkeys(pk for keys in drawn for pk in keys))
    evidence = score(asked, pks, weights)
    by_need = {need: score(one, pks, weights) for need, one in needs.items()}
    ranked, notes = evidence.ranking, []
    if asked.query.prefer_quality:
        held = library.hydrate(ranked.pks.tolist(), texts=False)
        qualities = [held[pk].quality for pk in ranked.pks.tolist()]
        ranked = ranked.adding("quality", quality_part(qualities))
    if reranking is not None:
        ranked = _reranked(ranked, evidence.candidates, asked, reranking, library)
        notes.append(reranking.note())
    if asked.query.diversity or asked.reading.variety:
        held = library.hydrate(ranked.pks.tolist(), texts=False)
        providers = [held[pk].provider.key for pk in ranked.pks.tolist()]
        ranked = ranked.adding("diversity", diversity_part(providers, ranked.rows))
    if by_need and len(ranked):
        best = [int(one.ranking.rows[0]) for one in by_need.values() if len(one.ranking)]
        part = need_part(ranked, best, min(FIRST, asked.query.k))
        if part.any():
            ranked = ranked.adding("need", part)
    if asked.query.collapse is not Collapse.NONE:
        ranked = ranked.fold(_homes(asked, evidence.candidates, library))
    return Found(evidence, by_need, ranked, tuple(notes), tuple(dict.fromkeys(words_by)))


def score(asked: Asked, pks: Sequence[int], weights: Weights) -> Scored:
    """Exact scores of some articles; with words alone only those that hold any are ranked."""
    with stage("vector"):
        candidates = asked.snapshot.candidates(pks, asked.vector)
    lexical: dict[Field, dict[int, float]] = {}
    if asked.query.mode is not Mode.DENSE:
        with stage("lexical"):
            lexical = {
                field: attained(
                    asked.snapshot.lexical_scores(field, asked.weights, pks), asked.weights
                )
                for field in LEXICAL_FIELDS
            }
    ranking = fuse(candidates, lexical, asked.query.mode, weights, wishes_of(asked, pks))
    if asked.query.mode is Mode.LEXICAL:
        ranking = ranking.among(np.isin(ranking.pks, list(set().union(*lexical.values()))))
    return Scored(candidates, lexical, ranking)


def _homes(asked: Asked, candidates: Candidates, library: Library) -> NDArray[np.int64]:
    """Equal for candidates that are shown as one, shape (n,): by group or story.

    Texts that are equal but too short to be called duplicates are shown as one, too.
    """
    duplicates = asked.query.collapse is Collapse.DUPLICATES
    kind = ClusterKind.GROUP if duplicates else ClusterKind.STORY
    pks = candidates.pks.tolist()
    held = library.coverage.clusters_of(kind, pks, asked.snapshot.sequence)
    content = candidates.content.tolist() if duplicates else pks
    keys = [
        (0, held[pk].key) if pk in held else (1, same)
        for pk, same in zip(pks, content, strict=True)
    ]
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([numbers[key] for key in keys], np.int64)


def _reranked(
    ranked: Ranking,
    candidates: Candidates,
    asked: Asked,
    reranking: Reranking,
    library: Library,
) -> Ranking:
    reranker, number = reranking.prepared()
    first = ranked[:number]
    held = library.hydrate([one.pk for one in first])
    texts = [nearest_text(held[one.pk], candidates.passages(one.row)) for one in first]
    return ranked.adding("rerank", rerank_part(ranked, asked.reading.encoded, texts, reranker))
