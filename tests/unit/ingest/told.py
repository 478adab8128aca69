"""What files come to, for tests of what others write."""

import json
from dataclasses import dataclass
from pathlib import Path

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, blocks_of, records_of
from semsearch.ingest.records import Placed
from semsearch.model.article import Article, DatePrecision
from semsearch.model.status import Note, Skipped

URL = "https://ledger.example/1"
TEN = "2024-03-05T10:00:00+00:00"
DAY = "2024-03-05"


@dataclass(frozen=True)
class Read:
    """What a file came to."""

    articles: tuple[Article, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]


def read(path: Path, data: object) -> Read:
    """What a file with this content comes to."""
    text = data if isinstance(data, bytes | str) else json.dumps(data)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = SourceFile(path, path.name)
    found = [one for block in blocks_of(file) for one in records_of(block, ReadOptions())]
    placed = [one.record for one in found if isinstance(one, Placed)]
    return Read(
        tuple(record for record in placed if isinstance(record, Article)),
        tuple(one.reason for one in found if isinstance(one, Skipped)),
        tuple(one.text for one in found if isinstance(one, Note)),
    )


def told(article: Article) -> tuple[str, str, str, str]:
    """Title, body, outlet and date."""
    date = article.published.isoformat() if article.published else ""
    date = date[:10] if article.precision is DatePrecision.DAY else date
    return article.title, article.body, article.provider.name, date
