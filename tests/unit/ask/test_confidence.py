"""The signals of an answer are shares of what the question says, and only they decide."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from semsearch.ask.confidence import Signals, coverage, judge
from semsearch.ask.terms import Term
from semsearch.model.search import Confidence, Query
from semsearch.text.tokens import words
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

GOOD = Signals(6.0, 0.3, 1.0, 0.0, unknown_provider=False, outside_dates=False)
BAD = Signals(-1.0, 0.0, 0.0, 1.0, unknown_provider=True, outside_dates=True)


def term(name: str, idf: float, *, is_name: bool = False, content: bool = True) -> Term:
    return Term(name, idf, idf, is_name, content)


def covered(
    terms: Sequence[Term],
    held: dict[str, set[int]],
    top: Sequence[int] = (1, 2, 3, 4),
    **expansions: str,
) -> tuple[float, float]:
    stems = {stem(word): pks for word, pks in held.items()}
    return coverage(
        [replace(one, term=stem(one.term)) for one in terms],
        expansions,
        top,
        lambda terms, pks: {term: stems.get(term, set()) & set(pks) for term in terms},
    )


def stem(word: str) -> str:
    return words(word)[0].term


def test_a_good_answer_is_told_from_none() -> None:
    assert judge(GOOD) is Confidence.HIGH
    assert judge(BAD) is Confidence.NONE


@pytest.mark.parametrize(
    ("signal", "better", "worse"),
    [
        ("distance", 5.0, 1.0),
        ("gap", 0.4, 0.1),
        ("covered", 1.0, 0.2),
        ("names_missing", 0.0, 0.9),
        ("unknown_provider", False, True),
        ("outside_dates", False, True),
    ],
)
def test_every_signal_pulls_its_way(signal: str, better: Any, worse: Any) -> None:
    for base in (GOOD, BAD):
        high, low = replace(base, **{signal: better}), replace(base, **{signal: worse})
        assert high.logit > low.logit


def test_an_answer_that_stands_there_is_not_none_however_alike_all_articles_are() -> None:
    alike = replace(BAD, unknown_provider=False, outside_dates=False)
    assert judge(alike) is Confidence.NONE
    assert judge(replace(alike, unanswered=0.2)) is Confidence.LOW
    assert judge(replace(alike, unanswered=0.3)) is Confidence.NONE
    assert judge(replace(alike, unanswered=0.0, unknown_provider=True)) is Confidence.NONE
    assert judge(replace(alike, unanswered=0.0, outside_dates=True)) is Confidence.NONE
    assert judge(replace(GOOD, unanswered=0.0)) is Confidence.HIGH


@pytest.mark.parametrize("articles", [1, 12])
def test_an_index_of_one_text_answers(tmp_path: Path, articles: int) -> None:
    index = open_index(tmp_path / "index", HashingEncoder())
    with index:
        index.add(
            make_article(
                f"a{n}",
                "Ferry stops for repairs",
                excerpt="Captain Mara Holt said that the repairs of the ferry take three weeks.",
            )
            for n in range(articles)
        )
        for question, expected in {
            "How long do the repairs of the ferry take?": {Confidence.LOW, Confidence.HIGH},
            "Who is the captain of the ferry?": {Confidence.LOW, Confidence.HIGH},
            "How much do the repairs of the ferry cost?": {Confidence.NONE},
        }.items():
            assert index.search(Query(question)).answer_confidence in expected, question


def test_the_evidence_is_every_signal_and_their_sum() -> None:
    signals = replace(GOOD, distance=1 / 3)
    evidence = signals.evidence()
    assert list(evidence) == [*(field.name for field in fields(Signals)), "logit"]
    assert evidence["distance"] == 0.3333
    assert evidence["unknown_provider"] == 0.0
    assert evidence["logit"] == round(signals.logit, 4)


def test_coverage_is_the_share_by_idf_of_content_words_in_the_first_hits() -> None:
    terms = [term("otter", 3), term("tram", 1), term("report", 9, content=False)]
    assert covered(terms, {"otter": {4}, "tram": {2}}) == (1, 0)
    assert covered(terms, {"otter": {4}}) == (0.75, 0)
    assert covered(terms, {"tram": {1}, "otter": {99}}) == (0.25, 0)
    assert covered(terms, {}) == (0, 0)


def test_names_are_looked_for_in_the_first_three_hits() -> None:
    terms = [term("otter", 3), term("lisk", 2, is_name=True), term("2021", 6, is_name=True)]
    assert covered(terms, {"lisk": {3}, "2021": {1}})[1] == 0
    assert covered(terms, {"lisk": {4}, "2021": {1}})[1] == 0.25
    assert covered(terms, {"lisk": {4}})[1] == 1
    assert covered(terms, {"lisk": {4}})[0] == pytest.approx(2 / 11)


def test_a_name_that_says_nothing_of_the_topic_is_not_missed() -> None:
    assert covered([term("who", 1, is_name=True, content=False), term("otter", 1)], {})[1] == 0


def test_an_acronym_is_held_where_all_of_its_long_form_is() -> None:
    terms = [term("hpa", 2, is_name=True)]
    held = {"harbour": {1, 2}, "port": {2, 3}, "authority": {2}}
    assert covered(terms, held) == (0, 1)
    assert covered(terms, held, HPA="Harbour Port Authority") == (1, 0)
    assert covered(terms, held | {"authority": {4}}, HPA="Harbour Port Authority") == (0, 1)


def test_nothing_is_covered_of_nothing() -> None:
    assert covered([], {}) == (0, 0)
    assert covered([term("otter", 1)], {"otter": {1}}, top=()) == (0, 0)
