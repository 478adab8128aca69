"""Tables of the whole index: articles with their story and group, and pairs of one text."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from semsearch.library import Library
from semsearch.model.clusters import CoverageOrder
from semsearch.model.columns import ARTICLES, RELATIONS, ArticleRow
from semsearch.relate.relate import ArticleOrId, relate
from semsearch.store.catalog.clusters import ClusterFilter, ClusterKind
from semsearch.tables import concatenated

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 500


def articles_table(library: Library, *, stubs: bool = False) -> "pa.Table":
    """Every article, in order of id, with its story and its group."""
    with library.consistent_read():
        at = library.snapshot().sequence
        articles = library.catalog.all_articles()
        parts = [ARTICLES.of(())]
        while chunk := list(islice(articles, _CHUNK)):
            pks = library.catalog.pks_at([article.id for article in chunk], at)
            found = library.coverage.all_clusters_of(pks.values(), at)
            names = {
                kind: {pk: cluster.id for pk, cluster in by_pk.items()}
                for kind, by_pk in found.items()
            }
            parts.append(
                ARTICLES.of(
                    ArticleRow(
                        article,
                        names[ClusterKind.STORY].get(pks.get(article.id, -1)),
                        names[ClusterKind.GROUP].get(pks.get(article.id, -1)),
                    )
                    for article in chunk
                    if stubs or not article.stub
                )
            )
        return concatenated(parts)


def relations_table(
    library: Library, pairs: Iterable[tuple[ArticleOrId, ArticleOrId]] | None = None
) -> "pa.Table":
    """The relations of pairs, of any number; None: of every group, its original with each other."""
    parts, waiting = [RELATIONS.of(())], iter(_group_pairs(library) if pairs is None else pairs)
    while chunk := list(islice(waiting, min(_CHUNK, library.limits.max_pairs))):
        parts.append(RELATIONS.of(relate(library, chunk).relations))
    return concatenated(parts)


def _group_pairs(library: Library) -> Iterator[tuple[str, str]]:
    """The original of each group with each of its other members, the largest group first."""
    with library.consistent_read():
        at, coverage = library.snapshot().sequence, library.coverage
        number = coverage.counts(at)[ClusterKind.GROUP]
        _, groups = coverage.listing(
            ClusterKind.GROUP, at, ClusterFilter(), CoverageOrder.SIZE, 0, number
        )
        members = coverage.members(group.key for group in groups)
        for group in groups:
            ids = library.catalog.ids_of(members[group.key])
            for pk in members[group.key]:
                if pk != group.lead:
                    yield ids[group.lead], ids[pk]
