"""Records that are written together, and what of them is new or different from the catalog."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from semsearch.ingest.identity import content_hash
from semsearch.ingest.records import Removed, stubs_of
from semsearch.model.address import canonical_url
from semsearch.model.article import Article
from semsearch.store.catalog.catalog_reader import CatalogReader
from semsearch.store.catalog.rows import FileState, KnownArticle

# A batch is what an interruption can lose: some seconds of encoding.
_BATCH_RECORDS = 512
_BATCH_CHARS = 250_000


@dataclass(slots=True)
class Batch:
    """Records read but not yet written; a later record of an id replaces an earlier one.

    Attributes:
        articles: By id, each with the file that it comes from; None: from none.
        stubs: Articles that those mention, by id.
        removed: Ids that a record says are gone.
        files: Those that are read to their end.
        earlier: Ids that records of these files had before.
    """

    articles: dict[str, tuple[Article, str | None]] = field(default_factory=dict)
    stubs: dict[str, Article] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    files: list[FileState] = field(default_factory=list)
    earlier: set[str] = field(default_factory=set)
    chars: int = 0

    def add(self, record: Article | Removed, source: str | None, *, stubs: bool) -> None:
        """Take a record, and the articles that it mentions if ``stubs``."""
        self.articles.pop(record.id, None)
        self.removed.discard(record.id)
        if isinstance(record, Removed):
            self.removed.add(record.id)
            return
        self.articles[record.id] = (record, source)
        self.chars += len(record.body) + len(record.excerpt)
        if stubs:
            for stub in stubs_of(record):
                known = self.stubs.get(stub.id)
                if known is None or _richness(stub) > _richness(known):
                    self.stubs[stub.id] = stub

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return len(self.articles) >= _BATCH_RECORDS or self.chars >= _BATCH_CHARS


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
        kept: Files by the ids of articles that have a text where the record from there has none.
        stubs: Ids of all stubs that were looked at.
        stubs_added, stubs_updated: How many of them are written.
        stubs_replaced: How many stubs are replaced by the article itself.
    """

    changed: list[Changed] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    stubs: set[str] = field(default_factory=set)
    stubs_added: int = 0
    stubs_updated: int = 0
    stubs_replaced: int = 0


def diff(batch: Batch, catalog: CatalogReader, tried: Collection[str]) -> Changes:
    """Compare a batch with the catalog."""
    changes = Changes()
    known = catalog.known([*batch.articles, *batch.stubs])
    changes.kept = _kept(batch, known, catalog)
    _compare_articles(changes, batch, known, catalog.tombstones(batch.articles))
    stubs = [
        stub
        for stub in batch.stubs.values()
        if stub.id not in batch.articles and stub.id not in batch.removed and stub.id not in tried
    ]
    changes.stubs.update(stub.id for stub in stubs)
    _compare_stubs(changes, stubs, known, catalog)
    return changes


def _kept(
    batch: Batch, known: Mapping[str, KnownArticle], catalog: CatalogReader
) -> dict[str, str]:
    """Articles that have a text, where a record from another file has none: a list of addresses.

    That of a file which is gone is replaced: it was moved.
    """
    without = {
        identity: source
        for identity, (article, source) in batch.articles.items()
        if source is not None and not article.body.strip() and identity in known
        if not known[identity].stub and known[identity].source != source
    }
    held = catalog.by_id(without)
    sources = {identity: known[identity].source for identity in held}
    return {
        identity: without[identity]
        for identity, article in held.items()
        if article.body.strip() and ((source := sources[identity]) is None or Path(source).exists())
    }


def _compare_articles(
    changes: Changes, batch: Batch, known: Mapping[str, KnownArticle], buried: Mapping[str, str]
) -> None:
    for identity, (article, source) in batch.articles.items():
        digest = content_hash(article)
        current = known.get(identity)
        if source is not None and buried.get(identity) == digest:
            changes.unchanged.append(identity)  # deleted, and the file is as it was
            continue
        if current is not None and not current.stub and current.content_hash == digest:
            changes.unchanged.append(identity)
            if source not in (None, current.source):
                changes.moved[identity] = source
            continue
        if identity in changes.kept:
            changes.unchanged.append(identity)
            continue
        changes.changed.append(Changed(article, digest, source))
        if current is None or current.stub:
            changes.stubs_replaced += current is not None
            changes.added.append(identity)
        else:
            changes.updated.append(identity)


def _compare_stubs(
    changes: Changes,
    stubs: Sequence[Article],
    known: Mapping[str, KnownArticle],
    catalog: CatalogReader,
) -> None:
    unknown = [stub for stub in stubs if stub.id not in known]
    buried = catalog.tombstones([stub.id for stub in unknown])
    # The article itself may be there under an id of its own.
    urls = filter(None, (canonical_url(stub.url) for stub in unknown))
    article_urls = catalog.full_articles_at(urls)
    fresh = [
        Changed(stub, content_hash(stub), None)
        for stub in unknown
        if stub.id not in buried and canonical_url(stub.url) not in article_urls
    ]
    mentioned = {
        stub.id: Changed(stub, digest, None)
        for stub in stubs
        if stub.id in known and known[stub.id].stub
        if (digest := content_hash(stub)) != known[stub.id].content_hash
    }
    current = catalog.by_id(mentioned)
    richer = [
        mention
        for identity, mention in mentioned.items()
        if identity in current and _richness(mention.article) > _richness(current[identity])
    ]
    changes.changed += fresh + richer
    changes.stubs_added += len(fresh)
    changes.stubs_updated += len(richer)


def _richness(stub: Article) -> tuple[int, int, str]:
    """Of two mentions of one article the one that says more is kept, whichever came first."""
    return len(stub.excerpt), len(stub.title), content_hash(stub)
