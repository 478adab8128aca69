"""What must be true of every answer."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from semsearch.model.article import Article, Field
from semsearch.model.search import SearchResults

# Vectors are kept in half precision by the index and by the oracle alike; what is left is
# float32 summing and scores rounded to six digits.
TOLERANCE = 1e-5


def check_answer(results: SearchResults, articles: Mapping[str, Article]) -> None:
    """The invariants that need no knowledge of the question."""
    ranks = [hit.rank for hit in results.hits]
    assert ranks == list(range(1, len(ranks) + 1))
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    shown = [hit.article.id for hit in results.hits]
    assert len(set(shown)) == len(shown)
    for hit in results.hits:
        assert sum(hit.score_parts.values()) == pytest.approx(hit.score, abs=1e-9)
        article = articles[hit.article.id]
        passage = hit.passage
        assert article.text(passage.field)[passage.start : passage.end] == passage.text
        assert passage.field is not Field.LEAD
        for start, end in passage.highlights:
            assert passage.text[start:end].strip() == passage.text[start:end] != ""
        if passage.answer is not None:
            start, end = passage.answer
            assert passage.text[start:end].strip() == passage.text[start:end] != ""
        assert hit.duplicates.count == len(hit.duplicates.ids)
        assert hit.article.title == article.title
        assert hit.article.stub == article.stub
        assert hit.article.basis == article.basis
    assert sorted(rank for row in results.providers for rank in row.ranks) == ranks


def check_scores(results: SearchResults, expected: Mapping[str, float]) -> None:
    """Exactly the expected articles, with their scores, best first."""
    assert {hit.article.id for hit in results.hits} == set(expected)
    for hit in results.hits:
        assert hit.score == pytest.approx(expected[hit.article.id], abs=TOLERANCE)
    exact = [expected[hit.article.id] for hit in results.hits]
    for before, after in pairwise(exact):
        assert before >= after - TOLERANCE


def check_parts(results: SearchResults, expected: Mapping[str, Mapping[str, float]]) -> None:
    """Exactly the expected articles, each with exactly the expected parts of its score."""
    assert {hit.article.id for hit in results.hits} == set(expected)
    for hit in results.hits:
        assert hit.score_parts == pytest.approx(expected[hit.article.id], abs=TOLERANCE)
    check_scores(results, {key: sum(parts.values()) for key, parts in expected.items()})


def timeless(results: SearchResults) -> SearchResults:
    """The answer without the time it took."""
    return replace(results, took_ms=0.0)


def cited(value: object, articles: Mapping[str, Article]) -> int:
    """Check that every span in a comparison slices its text; how many there were."""
    if isinstance(value, dict):
        count = 0
        if {"article", "field", "start", "end", "text"} <= set(value):
            text = articles[value["article"]].text(value["field"])
            assert text[value["start"] : value["end"]] == value["text"]
            count = 1
        return count + sum(cited(each, articles) for each in value.values())
    if isinstance(value, (list, tuple)):
        return sum(cited(each, articles) for each in value)
    return 0
