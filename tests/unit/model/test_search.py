from dataclasses import fields
from datetime import UTC, datetime

from semsearch.model.article import Article, Basis, Provider
from semsearch.model.search import ArticleSummary, Query, summary

ARTICLE = Article(
    id="a1",
    title="Ferry returns",
    excerpt="Crossings resume.",
    body="The ferry is back.",
    provider=Provider("Lisk Gazette", "gazette.example"),
    url="https://gazette.example/ferry",
    published=datetime(2024, 3, 5, tzinfo=UTC),
    topics=("ferries",),
    category="local",
    type="article",
    language="en",
    quality=70,
    heat=3,
    stub=True,
)


def test_a_summary_says_what_the_article_says() -> None:
    shown = summary(ARTICLE)
    assert shown.basis is Basis.FULL
    for name in (field.name for field in fields(ArticleSummary) if field.name != "basis"):
        assert getattr(shown, name) == getattr(ARTICLE, name), name


def test_two_questions_that_say_the_same_are_equal() -> None:
    assert Query("when does the ferry return?") == Query("when does the ferry return?")
    assert hash(Query("ferry")) == hash(Query("ferry"))
