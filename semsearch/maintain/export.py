"""Export articles as records that are read back as the same articles."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from semsearch.ingest.identity import content_hash
from semsearch.model.article import export_record
from semsearch.store.catalog.catalog_reader import CatalogReader

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
