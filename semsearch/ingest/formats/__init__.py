"""Input formats: one file each, found through one table, by content and then by ending.

A new format is a file here with a ``Reader``, and a line in ``READERS``.
"""

from pathlib import PurePath

from semsearch.ingest.formats.archives import ENDINGS as ARCHIVES
from semsearch.ingest.formats.compression import without_ending
from semsearch.ingest.formats.feeds import Feed
from semsearch.ingest.formats.frontmatter import FrontMatter
from semsearch.ingest.formats.jsondocument import JsonDocument
from semsearch.ingest.formats.jsonlines import JsonLines
from semsearch.ingest.formats.newsml import NewsMl
from semsearch.ingest.formats.plaintext import PlainText
from semsearch.ingest.formats.reader import Head, Reader
from semsearch.ingest.formats.tables import Arrow, Csv, Parquet
from semsearch.ingest.formats.warc import Warc
from semsearch.ingest.formats.webpage import WebPage

READERS: tuple[Reader, ...] = (
    FrontMatter(),
    JsonLines(),
    JsonDocument(),
    Parquet(),
    Arrow(),
    Csv(),
    NewsMl(),
    Feed(),
    Warc(),
    WebPage(),
    PlainText(),
)
"""The first that recognises a file's content reads it, else the one that has its ending."""

ENDINGS = tuple(dict.fromkeys(ending for reader in READERS for ending in reader.endings))
"""Of all files that can be read, in lower case, without that of a compression."""


def can_read(name: str) -> bool:
    """Whether a file's name says that it can be read, by itself or as an archive."""
    return without_ending(name).lower().endswith((*ENDINGS, *ARCHIVES))


def kind_of(path: str) -> str:
    """The ending of a file that is not read, with that of its compression: ``.warc.gz``."""
    name = PurePath(path).name.lower()
    inner = without_ending(name)
    return PurePath(inner).suffix + name[len(inner) :] or "without ending"


def reader_of(head: Head) -> Reader | None:
    """What reads a file that begins so; None: nothing does."""
    for reader in READERS:
        if reader.recognises(head):
            return reader
    return next((reader for reader in READERS if head.name.endswith(reader.endings)), None)
