"""Get articles by their ids: one whole, or some in one line each."""

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from itertools import islice

from semsearch.errors import NoSuchArticleError
from semsearch.ingest.identity import content_hash
from semsearch.library import Library
from semsearch.model.article import FIELDS, Article, ArticleView, MarkedSpan, Passage, export_record
from semsearch.model.search import ArticleSummary, summary
from semsearch.store.catalog.catalog_reader import CatalogReader
from semsearch.text.boilerplate import marks

_SAME = tuple(field.name for field in fields(ArticleView) if field.name != "boilerplate")


def get(library: Library, identity: str) -> ArticleView:
    """The article as the newest generation has it.

    Raises:
        NoSuchArticleError: It is not there.
    """
    return view(find_article(library, identity))


def find_article(library: Library, identity: str) -> Article:
    """The current version of an article.

    Raises:
        NoSuchArticleError: It is not there.
    """
    article = library.catalog.by_id([identity]).get(identity)
    if article is None:
        raise NoSuchArticleError(f"There is no article {identity}.")
    return article


def summaries(library: Library, ids: Collection[str]) -> dict[str, ArticleSummary]:
    """Articles in one line each, by id: without texts; those that are not there are missing."""
    pks = library.catalog.pks_at(ids, library.snapshot().sequence)
    return {head.id: summary(head) for head in library.catalog.heads(pks.values()).values()}


def passages_of(library: Library, identity: str) -> list[Passage]:
    """The passages of an article as the newest generation has them, in text order."""
    snapshot = library.snapshot()
    pk = library.catalog.pks_at([identity], snapshot.sequence).get(identity)
    return [] if pk is None else snapshot.vectors_of(pk)[0]


def view(article: Article) -> ArticleView:
    """The article with what is left out of embedding."""
    marked = tuple(
        MarkedSpan(field, mark.start, mark.end, mark.kind.value)
        for field in FIELDS
        for mark in marks(article.text(field))
    )
    return ArticleView(**{name: getattr(article, name) for name in _SAME}, boilerplate=marked)


_CHUNK = 500


def records(catalog: CatalogReader) -> Iterator[dict[str, object]]:
    """Every current article but stubs, in order of id; reading one gives its content hash again.

    A language that was found and not given is left out: it is found again.
    """
    articles = catalog.all_articles()
    while chunk := list(islice(articles, _CHUNK)):
        known = catalog.known([article.id for article in chunk])
        for article in chunk:
            row = known.get(article.id)
            given = row is None or row.content_hash == content_hash(article)
            if not article.stub:
                yield export_record(article if given else replace(article, language=""))
