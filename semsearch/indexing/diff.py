"""What of a batch is new or different from what the catalog holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from semsearch.indexing.batch import Batch, richness
from semsearch.ingest.identity import content_hash
from semsearch.model.article import Article
from semsearch.model.urls import canonical_url
from semsearch.store.catalog.catalog_reader import CatalogReader
from semsearch.store.catalog.rows import Known


@dataclass(frozen=True, slots=True)
class Changed:
    """An article to be written.

    Attributes:
        source: The file that it comes from; None: from none.
    """

    article: Article
    content_hash: str
    source: str | None


@dataclass(slots=True)
class Changes:
    """What a batch changes.

    Attributes:
        changed: What is to be written, stubs included.
        moved: Files by the ids of articles that are as they were and now come from there.
        added, updated, unchanged: Ids of its articles, each in one of them.
        stubs: Ids of all stubs that were looked at.
        stubs_added, stubs_updated: How many of them are written.
        stubs_replaced: How many stubs are replaced by the article itself.
    """

    changed: list[Changed] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    stubs: set[str] = field(default_factory=set)
    stubs_added: int = 0
    stubs_updated: int = 0
    stubs_replaced: int = 0


def diff(batch: Batch, catalog: CatalogReader, tried: Collection[str]) -> Changes:
    """Compare a batch with the catalog.

    Args:
        batch: What was read.
        catalog: What is held.
        tried: Ids of stubs that were compared before.
    """
    changes = Changes()
    known = catalog.known([*batch.articles, *batch.stubs])
    _compare_articles(changes, batch, known, catalog.buried(batch.articles))
    stubs = [
        stub
        for stub in batch.stubs.values()
        if stub.id not in batch.articles and stub.id not in batch.removed and stub.id not in tried
    ]
    changes.stubs.update(stub.id for stub in stubs)
    _compare_stubs(changes, stubs, known, catalog)
    return changes


def _compare_articles(
    changes: Changes, batch: Batch, known: Mapping[str, Known], buried: Mapping[str, str]
) -> None:
    for identity, (article, source) in batch.articles.items():
        digest = content_hash(article)
        held = known.get(identity)
        if source is not None and buried.get(identity) == digest:
            changes.unchanged.append(identity)  # deleted, and the file is as it was
            continue
        if held is not None and not held.stub and held.content_hash == digest:
            changes.unchanged.append(identity)
            if source not in (None, held.source):
                changes.moved[identity] = source
            continue
        changes.changed.append(Changed(article, digest, source))
        if held is None or held.stub:
            changes.stubs_replaced += held is not None
            changes.added.append(identity)
        else:
            changes.updated.append(identity)


def _compare_stubs(
    changes: Changes, stubs: Sequence[Article], known: Mapping[str, Known], catalog: CatalogReader
) -> None:
    unknown = [stub for stub in stubs if stub.id not in known]
    buried = catalog.buried([stub.id for stub in unknown])
    # The article itself may be there under an id of its own.
    held_urls = catalog.full_articles_at(
        filter(None, (canonical_url(stub.url) for stub in unknown))
    )
    fresh = [
        Changed(stub, content_hash(stub), None)
        for stub in unknown
        if stub.id not in buried and canonical_url(stub.url) not in held_urls
    ]
    mentioned = {
        stub.id: Changed(stub, digest, None)
        for stub in stubs
        if stub.id in known and known[stub.id].stub
        if (digest := content_hash(stub)) != known[stub.id].content_hash
    }
    held = catalog.by_id(mentioned)
    richer = [
        one
        for identity, one in mentioned.items()
        if identity in held and richness(one.article) > richness(held[identity])
    ]
    changes.changed += fresh + richer
    changes.stubs_added += len(fresh)
    changes.stubs_updated += len(richer)
