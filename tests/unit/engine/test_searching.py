"""Answers are exact under filters, explained, and proof against odd questions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from semsearch.articles.article import Article, Field
from semsearch.articles.filters import Attribute as On
from semsearch.articles.filters import Filters, Not, OneOf
from semsearch.articles.search import Collapse, Confidence, Mode, Query, SearchResults
from semsearch.engine.services import Services
from semsearch.errors import InvalidQueryError
from tests.support.answers import check_answer, check_scores, timeless
from tests.support.articles import GAZETTE, HERALD, WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_index
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
def index() -> Iterator[Services]:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        for first in range(0, 60, 15):
            opened.indexer.put(archive()[first : first + 15])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def oracle() -> ExactIndex:
    exact = ExactIndex(HashingEncoder())
    exact.put(archive())
    return exact


def search(index: Services, text: str, mode: Mode = Mode.HYBRID, k: int = 100) -> SearchResults:
    return index.searcher.search(Query(text, k=k, mode=mode))


@pytest.mark.parametrize("text", ["", "  \n\t", "\0", "x" * 4_001, "a \ud800"])
@pytest.mark.parametrize("mode", Mode)
def test_a_question_that_is_none_is_refused(index: Services, text: str, mode: Mode) -> None:
    with pytest.raises(InvalidQueryError):
        search(index, text, mode)


def test_the_longest_question_is_answered(index: Services) -> None:
    check_answer(search(index, "otter " * 666), ARTICLES)


@pytest.mark.parametrize("k", [-1, 0, 1_001])
def test_k_lies_between_1_and_1000(index: Services, k: int) -> None:
    with pytest.raises(InvalidQueryError, match="k must lie"):
        search(index, "otter", k=k)
    assert len(search(index, "otter", k=1).hits) == 1
    assert len(search(index, "otter", k=1_000).hits) == 60


@pytest.mark.parametrize("collapse", [Collapse.DUPLICATES, Collapse.STORY])
def test_collapsing_what_is_not_known_is_refused(index: Services, collapse: Collapse) -> None:
    with pytest.raises(InvalidQueryError, match="collapse"):
        index.searcher.search(Query("otter", collapse=collapse))


@pytest.mark.parametrize("text", [*ODD, *SCRIPTS])
@pytest.mark.parametrize("mode", Mode)
def test_odd_questions_are_answered(
    index: Services, oracle: ExactIndex, text: str, mode: Mode
) -> None:
    results = search(index, text, mode)
    check_answer(results, ARTICLES)
    assert results.query.text == text
    if mode is Mode.DENSE:
        check_scores(results, oracle.dense(results.query.interpreted.text, Filters().condition()))


def test_operators_are_words(index: Services) -> None:
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
    index: Services, oracle: ExactIndex, filters: Filters, mode: Mode
) -> None:
    results = index.searcher.search(Query("glacier", filters=filters, mode=mode))
    assert {hit.article.id for hit in results.hits} == {"a07", "a27", "a47"}
    check_answer(results, ARTICLES)
    if mode is Mode.DENSE:
        check_scores(results, oracle.dense("glacier", filters.condition()))


@pytest.mark.parametrize("mode", Mode)
def test_nothing_is_found_where_the_filter_leaves_nothing(index: Services, mode: Mode) -> None:
    query = Query("otter", filters=Filters(provider=("nobody.example",)), mode=mode)
    results = index.searcher.search(query)
    assert (results.hits, results.providers, results.next_page_token) == ((), (), None)
    assert results.answer_confidence is Confidence.LOW


@pytest.mark.parametrize("question", ["glacier", "otter salt tram", "Who stole the bank?", "zzz"])
def test_answers_agree_with_the_oracle_in_every_mode(
    index: Services, oracle: ExactIndex, question: str
) -> None:
    everything = Filters().condition()
    near = oracle.dense(question, everything)
    words = set(question.casefold().strip("?").split()) & set(WORDS)
    worded = oracle.lexical(words, everything)
    check_scores(search(index, question, Mode.DENSE), near)
    assert {hit.article.id for hit in search(index, question, Mode.LEXICAL).hits} == worded
    hybrid = search(index, question)
    check_answer(hybrid, ARTICLES)
    for hit in hybrid.hits:
        dense = hit.score - hit.score_parts["lexical"]
        assert dense == pytest.approx(0.75 * near[hit.article.id], abs=1e-5)
        assert (hit.score_parts["lexical"] > 0) == (hit.article.id in worded)
    assert max((hit.score_parts["lexical"] for hit in hybrid.hits), default=0) == (
        0.25 if worded else 0
    )


def test_the_same_question_has_the_same_answer_whatever_was_asked_between(index: Services) -> None:
    before = timeless(search(index, "otter salt"))
    for text in (*ODD, *SCRIPTS):
        search(index, text)
    assert timeless(search(index, "otter salt")) == before
    assert timeless(search(index, "  otter \n salt ")).hits == before.hits


def test_the_shown_passage_is_the_nearest_with_its_words_marked(index: Services) -> None:
    for hit in search(index, "otter").hits:
        cosines = index.searcher.search(Query("otter", k=100, explain=True)).hits[hit.rank - 1]
        assert cosines.explanation is not None
        rows = cosines.explanation["cosines"]
        assert isinstance(rows, list)
        texts = [row for row in rows if row["field"] != "title"] or rows
        best = max(row["cosine"] for row in texts)
        shown = (hit.passage.field.value, hit.passage.start, hit.passage.end)
        assert shown in {(r["field"], r["start"], r["end"]) for r in texts if r["cosine"] == best}
        marked = {hit.passage.text[start:end].casefold() for start, end in hit.passage.highlights}
        assert marked == ({"otter"} if "otter" in hit.passage.text.casefold() else set())


def test_an_explanation_is_given_when_asked_for_and_changes_nothing(index: Services) -> None:
    plain = search(index, "otter salt")
    explained = index.searcher.search(Query("otter salt", k=100, explain=True))
    assert all(hit.explanation is None for hit in plain.hits)
    for one, other in zip(plain.hits, explained.hits, strict=True):
        assert (one.score, one.article, one.passage) == (other.score, other.article, other.passage)
        assert other.explanation is not None
        assert other.explanation["mode"] == "hybrid"
        assert other.explanation["terms"] == ["otter", "salt"]
        assert bool(other.explanation["bm25"]) == bool(one.score_parts["lexical"])


def test_parts_are_named_after_the_fields_that_are_held(index: Services) -> None:
    for hit in search(index, "otter").hits:
        article = ARTICLES[hit.article.id]
        fields = {name.value for name in Field if article.text(name)}
        assert set(hit.score_parts) == fields | {"lexical"}
    assert set(search(index, "otter", Mode.LEXICAL).hits[0].score_parts) == {"lexical"}


def test_each_provider_has_a_row_with_its_ranks_and_its_best_headline(index: Services) -> None:
    results = search(index, "otter harbour")
    assert {row.domain for row in results.providers} == {"gazette.example", "herald.example"}
    best = [row.ranks[0] for row in results.providers]
    assert best == sorted(best)
    leads = []
    for row in results.providers:
        mine = [hit for hit in results.hits if hit.article.provider.domain == row.domain]
        assert (row.hits, row.ranks) == (len(mine), tuple(hit.rank for hit in mine))
        lead = ARTICLES[mine[0].article.id]
        assert (row.framing.article, row.framing.headline) == (lead.id, lead.title)
        assert row.framing.passage == mine[0].passage
        assert (row.framing.published, row.framing.basis) == (lead.published, lead.basis)
        leads.append(lead)
    first = min(lead.published for lead in leads if lead.published)
    for row, lead in zip(results.providers, leads, strict=True):
        assert lead.published is not None
        hours = (lead.published - first).total_seconds() / 3600
        assert row.framing.lag_hours == pytest.approx(hours, abs=0.01)
    assert min(row.framing.lag_hours or 0 for row in results.providers) == 0


def test_a_provider_without_a_date_has_no_lag() -> None:
    with fast_folder() as folder:
        opened = open_index(folder / "index", HashingEncoder())
        opened.indexer.put(
            [
                make_article("a", "Otter", published=None),
                make_article("b", "Otter", provider=HERALD),
            ]
        )
        rows = {row.domain: row.framing for row in search(opened, "otter").providers}
        assert rows["gazette.example"].lag_hours is None
        assert rows["herald.example"].lag_hours == 0
        opened.close()


def test_ranks_follow_the_scores(index: Services) -> None:
    for mode in Mode:
        hits = search(index, "otter tram", mode).hits
        assert all(one.score >= other.score for one, other in pairwise(hits))
