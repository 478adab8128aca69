"""Records that were read and are to be written together."""

from dataclasses import dataclass, field

from semsearch.ingest.identity import content_hash
from semsearch.ingest.records import Removed, stubs_of
from semsearch.model.article import Article
from semsearch.store.catalog.rows import FileState

# A batch is what an interruption can lose: some seconds of encoding.
_RECORDS = 512
_CHARS = 250_000


@dataclass(slots=True)
class Batch:
    """Records read but not yet written; a later record of an id replaces an earlier one.

    Attributes:
        articles: By id, each with the file that it comes from; None: from none.
        stubs: Articles that those mention, by id.
        removed: Ids that a record says are gone.
        files: Those that are read to their end.
    """

    articles: dict[str, tuple[Article, str | None]] = field(default_factory=dict)
    stubs: dict[str, Article] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    files: list[FileState] = field(default_factory=list)
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
                held = self.stubs.get(stub.id)
                if held is None or richness(stub) > richness(held):
                    self.stubs[stub.id] = stub

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        return len(self.articles) >= _RECORDS or self.chars >= _CHARS


def richness(stub: Article) -> tuple[int, int, str]:
    """Of two mentions of one article the one that says more is kept, whichever came first."""
    return len(stub.excerpt), len(stub.title), content_hash(stub)
