"""One row per provider in an answer, and the words that only its headline uses."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from semsearch.ask.hits import provider_rows
from semsearch.model.article import Article, Provider
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
