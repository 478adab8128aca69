"""One row per provider in an answer, and the words that only its headline uses."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.ask.hits import provider_rows
from semsearch.index import Index
from semsearch.model.article import Article, Provider
from semsearch.model.filters import Filters
from semsearch.model.search import Query
from semsearch.text.tokens import words
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index


def outlet(identity: str, name: str, title: str) -> Article:
    return make_article(identity, title, provider=Provider(name, f"{name}.example"))


def test_words_that_no_other_provider_uses(folder: Path) -> None:
    index = open_index(folder, HashingEncoder())
    index.add(
        [
            outlet("a", "ledger", "Harbour strike ends in a storm"),
            outlet("b", "weekly", "Striking harbour crews return"),
            outlet("c", "ledger", "Harbour crews go home"),
        ]
    )
    rows = index.search(Query("harbour")).providers
    shown = {row.framing.article: [phrase.text for phrase in row.framing.only_here] for row in rows}
    index.close()
    assert shown["b"] == ["return"]
    (own,) = set(shown) - {"b"}
    assert shown[own] == {"a": ["ends", "storm"], "c": ["go home"]}[own]


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_only_here_is_nowhere_else(given_: list[tuple[str, list[str]]]) -> None:
    articles = [
        outlet(f"a{number}", name, " ".join(title)) for number, (name, title) in enumerate(given_)
    ]
    rows = provider_rows([_Hit(number + 1) for number in range(len(articles))], articles)  # type: ignore[misc]
    for row in rows:
        others = {
            word.term
            for article in articles
            if article.provider.domain != row.domain
            for word in words(article.headline)
        }
        only = {word.term for phrase in row.framing.only_here for word in words(phrase.text)}
        assert only == {word.term for word in words(row.framing.headline)} - others
        for phrase in row.framing.only_here:
            assert row.framing.headline[phrase.start : phrase.end] == phrase.text


class _Hit:
    """As much of a hit as a row needs."""

    passage = None

    def __init__(self, rank: int) -> None:
        self.rank = rank


def test_counts_are_those_of_all_that_is_ranked(index: Index) -> None:
    index.add(
        [
            make_article(
                f"a{number:02}",
                f"{WORDS[number % 7]} {WORDS[number % 5]}",
                provider=Provider(f"Outlet {number % 4}", ""),
                published=None if number % 6 == 0 else datetime(2024, 3, number, tzinfo=UTC),
                topics=("Ports", f"Topic {number % 3}", "Ports"),
            )
            for number in range(30)
        ]
    )
    hits = index.search(Query("harbour", k=1_000)).hits
    found = index.search(Query("harbour", k=1, facets=True)).facets
    assert found is not None
    assert found.articles == len(hits) > 1
    assert {one.day: one.articles for one in found.days} == Counter(
        hit.article.published.date() for hit in hits if hit.article.published is not None
    )
    assert {one.topic: one.articles for one in found.topics} == Counter(
        topic for hit in hits for topic in set(hit.article.topics)
    )
    assert {one.provider: one.articles for one in found.providers} == Counter(
        hit.article.provider for hit in hits
    )


def test_only_what_the_filters_leave_is_counted(index: Index) -> None:
    herald = Provider("Senn Herald", "herald.example")
    index.add(
        [
            make_article("a", "Storm at the harbour", topics=("Ports",)),
            make_article("b", "Storm at the dam", provider=herald, topics=("Ports", "Water")),
            make_article("c", "Trams", published=datetime(2024, 4, 1, tzinfo=UTC)),
        ]
    )
    wanted = Filters(topic=("ports",))
    found = index.search(Query("storm", filters=wanted, k=1, facets=True)).facets
    assert found is not None
    assert found.articles == 2
    assert [(one.topic, one.articles) for one in found.topics] == [("Ports", 2), ("Water", 1)]
    assert [one.articles for one in found.providers] == [1, 1]
    assert [one.articles for one in found.days] == [2]


def test_facets_are_counted_only_where_they_are_asked_for(index: Index) -> None:
    index.add([make_article("a")])
    assert index.search(Query("notice")).facets is None


def test_a_page_token_serves_with_and_without_facets(index: Index) -> None:
    index.add([make_article(str(number)) for number in range(3)])
    token = index.search(Query("notice", k=2)).next_page_token
    later = index.search(Query("notice", k=2, page_token=token, facets=True))
    assert len(later.hits) == 1


def test_facets_fold_what_is_written_in_two_ways(index: Index) -> None:
    index.add(
        [
            make_article(
                "a", topics=("Ports", "ports"), provider=Provider("Harbour Echo", "echo.example")
            ),
            make_article("b", topics=("ports",), provider=Provider("Harbour Echo", "echo.example")),
            make_article("c", topics=("PORTS",), provider=Provider("The Echo", "echo.example")),
            make_article("d", topics=("ports",), provider=Provider("The Echo", "")),
        ]
    )
    found = index.search(Query("notice", facets=True)).facets
    assert found is not None
    assert [(one.topic, one.articles) for one in found.topics] == [("ports", 4)]
    # "The Echo" stands with that domain elsewhere, so its name alone is the same outlet.
    assert [(one.provider.name, one.articles) for one in found.providers] == [("Harbour Echo", 4)]
