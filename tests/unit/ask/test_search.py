"""Answers are exact under filters, explained, and proof against odd questions."""

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from semsearch.ask.parsing import QuestionParser
from semsearch.ask.times.reading import Now
from semsearch.config import RankSettings
from semsearch.errors import InvalidQueryError
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.filters import Attribute as On
from semsearch.model.filters import Filters, Not, OneOf
from semsearch.model.search import (
    ALL_STEPS,
    Collapse,
    Confidence,
    Duplicates,
    Mode,
    Query,
    SearchResults,
)
from tests.support.answers import check_answer, check_parts, timeless
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, filled_index, held, open_index
from tests.support.oracle import ExactIndex

ODD = [
    'AND ( " *',
    "title:",
    "-",
    "NOT tram",
    "+otter AND",
    "{}[]^~",
    "\\",
    "🚋",
    "\u202e",
    "((((" * 99,
]
SCRIPTS = [
    "地震がリスクを襲った",
    "Цены на треску",
    "ταραχή στο λιμάνι",
    "زلزال",
    "नमस्ते",
    "Ünïcödé",
]


def archive() -> list[Article]:
    """Sixty articles; three of them are of the Herald and of quality 90."""
    return [
        make_article(
            f"a{n:02}",
            f"Notice {WORDS[n % 20]}",
            excerpt=f"The {WORDS[(n * 3) % 20]} and the {WORDS[(n * 7) % 20]}." if n % 4 else "",
            body=" ".join(WORDS[(n + m) % 20] for m in range(50)) if n % 3 == 0 else "",
            provider=HERALD if n % 20 == 7 else GAZETTE,
            published=datetime(2024, 3, 1 + n % 20, n % 24, tzinfo=UTC),
            topics=("Sea",) if n % 2 else (),
            quality=90 if n % 20 == 7 else None,
        )
        for n in range(60)
    ]


ARTICLES = {article.id: article for article in archive()}


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    with filled_index() as opened:
        for first in range(0, 60, 15):
            opened.add(archive()[first : first + 15])
        yield opened


@pytest.fixture(scope="module")
def oracle() -> ExactIndex:
    exact = ExactIndex(HashingEncoder())
    exact.put(archive())
    return exact


def search(index: Index, text: str, mode: Mode = Mode.HYBRID, k: int = 100) -> SearchResults:
    return index.search(Query(text, k=k, mode=mode))


@pytest.mark.parametrize("text", ["", "  \n\t", "\0", "x" * 4_001, "a \ud800"])
@pytest.mark.parametrize("mode", Mode)
def test_a_question_that_is_none_is_refused(index: Index, text: str, mode: Mode) -> None:
    with pytest.raises(InvalidQueryError):
        search(index, text, mode)


def test_the_longest_question_is_answered(index: Index) -> None:
    check_answer(search(index, "otter " * 666), ARTICLES)


@pytest.mark.parametrize("k", [-1, 0, 1_001])
def test_k_lies_between_1_and_1000(index: Index, k: int) -> None:
    with pytest.raises(InvalidQueryError, match=r"k m(ust|ay) be"):
        search(index, "otter", k=k)
    assert len(search(index, "otter", k=1).hits) == 1
    assert len(search(index, "otter", k=1_000).hits) == 60


def test_a_step_that_is_gone_is_accepted_and_said(index: Index) -> None:
    plain = index.search(Query("otter and tram?", steps=("date",)))
    results = index.search(Query("otter and tram?", steps=("date", "needs")))
    assert results.hits == plain.hits
    assert plain.query.interpreted.notes == ()
    assert results.query.interpreted.notes == ('The step "needs" is gone and does nothing.',)


def test_an_unknown_step_of_reading_is_refused_and_named(index: Index) -> None:
    with pytest.raises(InvalidQueryError, match="guessing"):
        index.search(Query("otter", steps=("date", "guessing")))


@pytest.mark.parametrize("text", [*ODD, *SCRIPTS])
@pytest.mark.parametrize("mode", Mode)
def test_odd_questions_are_answered(
    index: Index, oracle: ExactIndex, text: str, mode: Mode
) -> None:
    results = search(index, text, mode)
    check_answer(results, ARTICLES)
    assert results.query.text == text
    if mode is Mode.DENSE and text != "NOT tram":  # which leaves articles out
        read = results.query.interpreted.text
        check_parts(results, oracle.dense_parts(read, Filters().condition()))


def test_operators_are_words(index: Index) -> None:
    plain = search(index, "tram otter", Mode.LEXICAL)
    odd = search(index, '(tram AND* "otter', Mode.LEXICAL)
    assert [hit.article.id for hit in odd.hits] == [hit.article.id for hit in plain.hits]


@pytest.mark.parametrize("mode", [Mode.DENSE, Mode.HYBRID])
@pytest.mark.parametrize(
    "filters",
    [
        Filters(provider=("herald.example",)),
        Filters(provider=("SENN Herald",), topic=("sea",)),
        Filters(min_quality=90),
        Filters(tree=Not(OneOf(On.PROVIDER, ("gazette.example",)))),
    ],
)
def test_a_filter_that_leaves_three_articles_gives_those_three(
    index: Index, oracle: ExactIndex, filters: Filters, mode: Mode
) -> None:
    results = index.search(Query("glacier", filters=filters, mode=mode))
    assert {hit.article.id for hit in results.hits} == {"a07", "a27", "a47"}
    check_answer(results, ARTICLES)
    expected = oracle.dense_parts("glacier", filters.condition())
    if mode is Mode.HYBRID:
        worded = oracle.lexical_parts(["glacier"], filters.condition())
        expected = {key: parts | worded[key] for key, parts in expected.items()}
    check_parts(results, expected)


@pytest.mark.parametrize("mode", Mode)
def test_nothing_is_found_where_the_filter_leaves_nothing(index: Index, mode: Mode) -> None:
    query = Query("otter", filters=Filters(provider=("nobody.example",)), mode=mode)
    results = index.search(query)
    assert (results.hits, results.providers, results.next_page_token) == ((), (), None)
    assert results.answer_confidence is Confidence.NONE
    assert results.confidence_evidence == {}


@pytest.mark.parametrize("question", ["glacier", "otter salt tram", "Who stole the bank?", "zzz"])
def test_answers_agree_with_the_oracle_in_every_mode(
    index: Index, oracle: ExactIndex, question: str
) -> None:
    everything = Filters().condition()
    words = set(question.casefold().strip("?").split()) & set(WORDS)
    near = oracle.dense_parts(question, everything)
    worded = oracle.lexical_parts(words, everything)
    holding = oracle.lexical(words, everything)
    check_parts(search(index, question, Mode.DENSE), near)
    check_parts(search(index, question, Mode.LEXICAL), {key: worded[key] for key in holding})
    hybrid = search(index, question)
    check_answer(hybrid, ARTICLES)
    check_parts(hybrid, {key: near[key] | worded[key] for key in near})


def test_the_same_question_has_the_same_answer_whatever_was_asked_between(index: Index) -> None:
    before = timeless(search(index, "otter salt"))
    for text in (*ODD, *SCRIPTS):
        search(index, text)
    assert timeless(search(index, "otter salt")) == before
    assert timeless(search(index, "  otter \n salt ")).hits == before.hits


def test_the_shown_passage_is_the_nearest_with_its_words_marked(index: Index) -> None:
    explained = index.search(Query("otter", k=100, explain=True)).hits
    for hit, other in zip(search(index, "otter").hits, explained, strict=True):
        assert other.explanation is not None
        rows = other.explanation["passages"]
        assert isinstance(rows, list)
        assert [row["field"] for row in rows].count("lead") == 1
        texts = [row for row in rows if row["field"] in ("excerpt", "body")]
        texts = texts or [row for row in rows if row["field"] == "title"]
        best = max(row["cosine"] for row in texts)
        shown = (hit.passage.field.value, hit.passage.start, hit.passage.end)
        assert shown in {(r["field"], r["start"], r["end"]) for r in texts if r["cosine"] == best}
        marked = {hit.passage.text[start:end].casefold() for start, end in hit.passage.highlights}
        assert marked == ({"otter"} if "otter" in hit.passage.text.casefold() else set())


def test_an_explanation_is_given_when_asked_for_and_changes_nothing(index: Index) -> None:
    plain = search(index, "otter salt")
    explained = index.search(Query("otter salt", k=100, explain=True))
    assert all(hit.explanation is None for hit in plain.hits)
    for one, other in zip(plain.hits, explained.hits, strict=True):
        assert (one.score, one.article, one.passage) == (other.score, other.article, other.passage)
        assert other.explanation is not None
        assert other.explanation["mode"] == "hybrid"
        terms = other.explanation["terms"]
        assert isinstance(terms, list)
        assert [term["term"] for term in terms] == ["otter", "salt"]
        assert all(term["weight"] == term["idf"] > 0 for term in terms)
        attained = other.explanation["attained"]
        assert isinstance(attained, dict)
        assert set(attained) == {"title", "lead", "body"}
        lead = one.score_parts["lexical_lead"]
        assert lead == pytest.approx(RankSettings().lexical_lead * attained["lead"], abs=2e-6)
        rows = other.explanation["passages"]
        assert isinstance(rows, list)
        assert all(row["similarity"] == row["cosine"] for row in rows)  # too few to be whitened


DENSE_PARTS = {"passage"}
LEXICAL_PARTS = {"lexical_title", "lexical_lead", "lexical_body"}


@pytest.mark.parametrize(
    ("mode", "parts"),
    [
        (Mode.DENSE, DENSE_PARTS),
        (Mode.LEXICAL, LEXICAL_PARTS),
        (Mode.HYBRID, DENSE_PARTS | LEXICAL_PARTS),
    ],
)
def test_every_hit_has_the_parts_of_its_mode(index: Index, mode: Mode, parts: set[str]) -> None:
    for hit in search(index, "otter", mode).hits:
        assert set(hit.score_parts) == parts


def test_parts_for_source_and_time_stand_only_where_they_are_asked_for(index: Index) -> None:
    asked_at = datetime(2024, 3, 21, tzinfo=UTC)
    question = "articles from the Senn Herald about otters in March 2024"
    hits = index.search(Query(question, k=100, asked_at=asked_at)).hits
    for hit in hits:
        assert set(hit.score_parts) == DENSE_PARTS | LEXICAL_PARTS | {"provider", "freshness"}
        ours = hit.article.provider == HERALD
        assert hit.score_parts["provider"] == (0 if ours else -0.5)
        assert 0 < hit.score_parts["freshness"] <= 0.7
    undated = index.search(Query(question, k=3)).hits
    assert {hit.article.id for hit in undated} == {"a07", "a27", "a47"}
    early = index.search(Query("otters before February 2024", k=100)).hits
    assert all(hit.score_parts["date"] < 0 for hit in early)


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("question", ["otter", "otter this week", "otter last autumn"])
def test_the_moment_of_asking_may_be_any(index: Index, question: str, year: int) -> None:
    for day in (datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)):
        check_answer(index.search(Query(question, k=100, asked_at=day)), ARTICLES)


def test_a_question_that_is_taken_as_it_stands_is_not_read(index: Index) -> None:
    question = 'articles from the Senn Herald about "otters" in March 2024'
    results = index.search(Query(question, k=100, steps=()))
    assert results.query.interpreted.text == question
    assert results.query.interpreted.notes == ()
    assert results.query.interpreted.filters == {}
    assert set(results.hits[0].score_parts) == DENSE_PARTS | LEXICAL_PARTS


def test_equal_texts_fold_into_the_best_ranked_and_are_named() -> None:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        body = "The otter crossed the salt bank at night."
        given = [
            make_article("a", "Ferry notice", body=body),
            make_article("b", "Otter salt bank", body=body, provider=HERALD),
            make_article("c", "Otter notice", body=body),
            make_article("d", "Otter salt bank", body="Another text about the otter."),
        ]
        opened.add(given)
        query = Query("otter salt bank")
        plain = opened.search(query)
        check_answer(plain, held(opened))
        assert all(hit.folded == () for hit in plain.hits)
        order = [hit.article.id for hit in plain.hits]
        assert set(order) == {"a", "b", "c", "d"}
        folded = opened.search(replace(query, collapse=Collapse.DUPLICATES))
        check_answer(folded, held(opened))
        rest = [key for key in order if key not in ("b", "d")]
        assert {hit.article.id: hit.folded for hit in folded.hits} == {
            "b": tuple(rest),
            "d": (),
        }
        scores = {hit.article.id: hit.score for hit in plain.hits}
        assert all(hit.score == scores[hit.article.id] for hit in folded.hits)
        opened.close()


LONG = (
    "The ferry Lodestar left Senn harbour at dawn with forty passengers and a crate of otters. "
    "Captain Ilse Varga said the crossing took nine hours because of fog over the salt banks. "
    "Nobody was hurt, but the harbour office has opened an inquiry into the missing beacon lights."
)


def test_duplicates_and_story_of_a_hit_are_named_and_stories_fold() -> None:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        day = datetime(2024, 5, 2, 8, tzinfo=UTC)
        opened.add(
            [
                make_article("first", "Ferry late", body=LONG, published=day),
                make_article(
                    "again",
                    "Otters at sea",
                    body=LONG,
                    provider=HERALD,
                    published=day + timedelta(hours=3),
                ),
                make_article("other", "Harbour budget", body="The harbour budget grew by a tenth."),
            ]
        )
        query = Query("ferry with otters in the fog", collapse=Collapse.NONE)
        hits = {hit.article.id: hit for hit in opened.search(query).hits}
        assert (hits["first"].duplicates.count, hits["first"].duplicates.ids) == (1, ("again",))
        assert hits["again"].duplicates.ids == ("first",)
        assert (hits["other"].duplicates.count, hits["other"].story) == (0, None)
        story = hits["first"].story
        assert story is not None
        assert (story.size, story.providers, story) == (2, 2, hits["again"].story)
        for collapse in (Collapse.DUPLICATES, Collapse.STORY):
            folded = opened.search(replace(query, collapse=collapse)).hits
            assert sorted(hit.folded for hit in folded if hit.folded) == [("again",)] or sorted(
                hit.folded for hit in folded if hit.folded
            ) == [("first",)]
            assert len(folded) == 2
        only = opened.search(replace(query, filters=Filters(provider=(HERALD.domain,))))
        assert [hit.duplicates for hit in only.hits] == [Duplicates()]
        opened.close()


def test_confidence_is_judged_from_what_is_shown(index: Index) -> None:
    near = search(index, "otter salt")
    far = search(index, "quantum zeppelin parliament")
    assert set(near.confidence_evidence) == {
        "distance",
        "gap",
        "covered",
        "names_missing",
        "unknown_provider",
        "outside_dates",
        "unanswered",
        "logit",
    }
    assert (near.confidence_evidence["covered"], far.confidence_evidence["covered"]) == (1, 0)
    assert near.confidence_evidence["logit"] > far.confidence_evidence["logit"]
    top = near.hits[:10]
    gap = top[0].score - top[-1].score
    assert near.confidence_evidence["gap"] == pytest.approx(gap, abs=1e-4)
    outside = index.search(Query("otter in May 1990"))
    assert (
        outside.confidence_evidence["outside_dates"],
        near.confidence_evidence["outside_dates"],
    ) == (1, 0)
    nobody = index.search(Query("What did the Norrby Courier report about otters?"))
    assert nobody.confidence_evidence["unknown_provider"] == 1
    worded = search(index, "otter salt", Mode.LEXICAL)
    assert worded.confidence_evidence == {}
    assert worded.answer_confidence is Confidence.LOW


def test_each_provider_has_a_row_with_its_ranks_and_its_best_headline(index: Index) -> None:
    results = search(index, "otter harbour")
    assert {row.domain for row in results.providers} == {"gazette.example", "herald.example"}
    best = [row.ranks[0] for row in results.providers]
    assert best == sorted(best)
    for row in results.providers:
        mine = [hit for hit in results.hits if hit.article.provider.domain == row.domain]
        assert (row.hits, row.ranks) == (len(mine), tuple(hit.rank for hit in mine))
        lead = ARTICLES[mine[0].article.id]
        assert (row.framing.article, row.framing.headline) == (lead.id, lead.title)
        assert row.framing.passage == mine[0].passage
        assert (row.framing.published, row.framing.basis) == (lead.published, lead.basis)


def test_a_provider_without_a_date_has_no_lag() -> None:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        opened.add(
            [
                make_article("a", "Otter", published=None),
                make_article("b", "Otter", provider=HERALD),
            ]
        )
        rows = {row.domain: row.framing for row in search(opened, "otter").providers}
        assert rows["gazette.example"].lag_hours is None
        assert rows["herald.example"].lag_hours is None  # the answered article is in no story
        opened.close()


def test_ranks_follow_the_scores(index: Index) -> None:
    for mode in Mode:
        hits = search(index, "otter tram", mode).hits
        assert all(one.score >= other.score for one, other in pairwise(hits))


def test_who_read_questions_of_a_generation_is_gone_with_it(index: Index) -> None:
    """A cycle would keep the files of the generation until the collector comes by."""
    index.add([make_article("a", "National Weather Service (NWS) warns of storm")])
    gc.disable()
    try:
        parser = QuestionParser(index.library.snapshot(), lambda _: [], lambda _: False)
        parser.parse("What did the NWS wran of?", Now(date(2024, 4, 1)), ALL_STEPS)
        seen = weakref.ref(parser)
        del parser
        assert seen() is None
    finally:
        gc.enable()


def test_times_are_words_where_no_article_has_a_date(tmp_path: Path) -> None:
    with open_index(tmp_path / "index", HashingEncoder()) as undated:
        undated.add([make_article("a", "Otters of 2004", published=None)])
        for question in ("otters in 2004", "otters not in 2004", "otters since Tuesday"):
            read = undated.search(Query(question)).query.interpreted
            assert any("No article of this index has a date" in note for note in read.notes)
            assert not any("come first" in note for note in read.notes)
            assert question.split()[-1] in read.text
        plain = undated.search(Query("otters")).query.interpreted
        assert plain.notes == ()
