"""Read what callers give as articles: ids, articles, or dictionaries of fields."""

from collections.abc import Iterable, Mapping

from semsearch.errors import InvalidArticleError, InvalidRequestError, UnreadableError
from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.arguments import ArticleLike, Fields, text_given
from semsearch.model.article import Article


def article_or_id(article: ArticleLike, text: str = "") -> str | Article:
    """The id of an article of the index, or an article that need not be in it.

    Args:
        article: Either; empty where a text is given.
        text: A text, in place of an article.

    Raises:
        InvalidArticleError: Neither is given, or both, or no article can be read from it.
    """
    if bool(article) == bool(text):
        raise InvalidArticleError("Name an article, or give a text.")
    if text:
        return Article("text", title="", body=text_given(text, "A text"))
    if isinstance(article, str | Article):
        return article
    if not isinstance(article, Mapping):
        raise InvalidArticleError(
            "An article is its id, an Article, or a dictionary of its fields, not "
            f"{type(article).__name__}.",
            "Several are given one after the other: compare(a, b).",
        )
    try:
        read = article_from_fields({"id": "article", **article}, fallback_id="article")
    except UnreadableError as error:
        raise InvalidArticleError(error.reason) from None
    if isinstance(read, Removed):
        raise InvalidArticleError("The article is marked as removed.")
    return read


def article_given(article: Article | Fields) -> Article:
    """An article that need not be in the index.

    Raises:
        InvalidArticleError: It is an id, or cannot be read.
    """
    side = article_or_id(article)
    if isinstance(side, str):
        raise InvalidArticleError(f"{side!r} is no article.", "For an id: index.duplicates(id).")
    return side


def pair_given(pair: Iterable[ArticleLike]) -> tuple[str | Article, str | Article]:
    """Two articles.

    Raises:
        InvalidRequestError: They are not two.
        InvalidArticleError: See ``article_or_id``.
    """
    two = () if isinstance(pair, str) else tuple(pair)
    if len(two) != 2:  # noqa: PLR2004
        raise InvalidRequestError("A pair is two articles, as in [(a, b), (c, d)].")
    return article_or_id(two[0]), article_or_id(two[1])
