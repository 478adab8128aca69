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


_OTHERS = {
    ending: advice
    for endings, advice in {
        "xlsx xls xlsm ods numbers": "spreadsheets are read as CSV: save them so",
        "docx doc odt rtf pages pdf epub": "documents are read as text or HTML: save them so",
        "mht mhtml eml msg mbox": "saved pages and mail are read as HTML: save them so",
        "ris bib enw nbib": "references are read as CSL-JSON or CSV: export them so",
        "rds rda rdata pkl pickle": "data frames are read as CSV, JSON or Parquet: save them so",
        "opml": "lists of feeds are read by: semsearch feeds import",
    }.items()
    for ending in endings.split()
}


def instead_of(kind: str) -> str:
    """What to do with files of a kind that is not read, such as ``.xlsx``; empty: nothing known."""
    return _OTHERS.get(kind.lower().strip(".").partition(".")[0], "")


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
