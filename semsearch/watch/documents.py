"""What was fetched at a feed's address: a feed in any format, or a page that names feeds."""

import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from semsearch.config import FeedsSettings
from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.formats import reader_of
from semsearch.ingest.formats.encodings import beginning, declared_in, decoded
from semsearch.ingest.formats.feeds import Feed as XmlFeed
from semsearch.ingest.formats.feeds import read_feed
from semsearch.ingest.formats.jsondocument import JsonDocument
from semsearch.ingest.formats.jsonlines import JsonLines
from semsearch.ingest.formats.newsml import NewsMl
from semsearch.ingest.formats.reader import HEAD_BYTES, Head, RawRecord, Reader, Source
from semsearch.ingest.formats.webpage import WebPage
from semsearch.ingest.records import UNREAD_DATE, Removed, article_from_fields
from semsearch.model.article import Provider
from semsearch.model.feeds import Feed
from semsearch.model.status import Skipped
from semsearch.watch.entries import Entry, entry_of
from semsearch.watch.fetched import Fetched

_OTHERS = (JsonDocument, JsonLines, NewsMl)
_FEED_TYPES = frozenset(
    """application/rss+xml application/atom+xml application/rdf+xml application/feed+json
    application/json""".split()
)
_MOST_FOUND = 20
_MOST_HEAD_CHARS = 2**19
_AHEAD = timedelta(days=1)
"""How far an entry may be dated ahead: clocks and zones are often wrong by less."""


class NoFeedError(Exception):
    """Something else lies there.

    Attributes:
        reason: What, in plain words.
        found: Addresses of feeds that the page there names.
    """

    def __init__(self, reason: str, found: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it was read.

    Attributes:
        title: What it calls itself; may be empty.
        entries: Each once, in order.
        skipped: Entries that could not be read.
        notes: What is to be said about it, in sentences.
    """

    title: str
    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]


def read_document(
    fetched: Fetched, feed: Feed, settings: FeedsSettings, now: datetime, names: FieldNames = ()
) -> Document:
    """The entries of a feed that was fetched.

    Raises:
        NoFeedError: It is no feed, or cannot be read.
    """
    data = fetched.body or b""
    if not data.strip():
        raise NoFeedError("its answer is empty")
    try:
        title, records, notes = _records(data, fetched, feed.provider)
    except UnreadableError as error:
        raise NoFeedError(error.reason) from None
    if len(records) > settings.max_entries:
        notes.append(
            f"It has {len(records):,} entries; the first {settings.max_entries:,} are read."
        )
        records = records[: settings.max_entries]
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    ahead = 0
    for place, record in enumerate(records, 1):
        try:
            entry, undated = _entry(record, place, fetched.url, feed, now, names)
        except UnreadableError as error:
            skipped.append(Skipped(feed.url, None, f"entry {place}: {error.reason}"))
            continue
        ahead += undated
        if entry is not None:
            entries.append(entry)
    if skipped and not entries:
        raise NoFeedError(f"none of its entries can be read; {skipped[0].reason}")
    notes += _notes(ahead, skipped, len(records))
    return Document(title, tuple(entries), tuple(skipped), tuple(notes))


def _notes(ahead: int, skipped: list[Skipped], records: int) -> list[str]:
    notes = []
    if ahead:
        notes.append(
            f"{_entries(ahead)} dated in the future: read without a date, which is kept as "
            f"{UNREAD_DATE}."
        )
    if skipped:
        notes.append(f"{_entries(len(skipped))} left out; the first: {skipped[0].reason}.")
    if not records:
        notes.append("It has no entries now.")
    return notes


def _records(data: bytes, fetched: Fetched, outlet: str) -> tuple[str, list[RawRecord], list[str]]:
    """Title, records and notes of a feed."""
    head = Head(data[:HEAD_BYTES], beginning(data[:HEAD_BYTES]), "feed")
    reader = reader_of(head)
    if isinstance(reader, WebPage) or (reader is None and "html" in fetched.content_type):
        raise _page(data, fetched)
    if isinstance(reader, XmlFeed):
        read = read_feed(data, url=fetched.url, charset=fetched.charset, outlet=outlet)
        if read.fault and not read.items:
            raise UnreadableError(f"its XML is broken: {read.fault}")
        notes = [f"Its XML is broken, so entries may be missing: {read.fault}."] * bool(read.fault)
        return read.title, [RawRecord(fields) for fields in read.items], notes
    if reader is None or not isinstance(reader, _OTHERS):
        kind = f" ({fetched.content_type})" if fetched.content_type else ""
        raise NoFeedError(f"there is no feed at its address, but something else{kind}")
    source = Source("feed", io.BufferedReader(io.BytesIO(data)), declared=fetched.charset)
    records = _all_records(reader, source)
    title = ""
    for record in records:
        if isinstance(record.fields, dict):
            of_feed = record.fields.get("source")
            if isinstance(of_feed, dict):
                title = title or str(of_feed.get("name") or "")
                if outlet:
                    record.fields["source"] = {"name": outlet}
    return title, records, list(source.notes)


def _all_records(reader: Reader, source: Source) -> list[RawRecord]:
    return [one for block in reader.blocks(source) for one in reader.records(block)]


def _entry(
    record: RawRecord, place: int, base: str, feed: Feed, now: datetime, names: FieldNames
) -> tuple[Entry | None, bool]:
    """An entry, None where it is withdrawn; and whether its date was left out."""
    if isinstance(record.fields, UnreadableError):
        raise record.fields
    fields = {
        name: urljoin(base, value.strip())
        if name in ("url", "webUrl") and isinstance(value, str) and _is_relative(value)
        else value
        for name, value in record.fields.items()
    }
    guid = str(fields.get("guid") or fields.pop("id", "") or "").strip()
    article = article_from_fields(
        fields,
        fallback_id=f"{feed.id}:{guid or place}",
        default_provider=Provider(feed.provider),
        names=names,
    )
    if isinstance(article, Removed):
        return None, False
    ahead = article.published is not None and article.published > now + _AHEAD
    if article.published is not None and ahead:
        extra = {**article.extra, UNREAD_DATE: article.published.isoformat()}
        article = replace(article, published=None, zone_assumed=False, extra=extra)
    return entry_of(article, guid, base), ahead


def _is_relative(address: str) -> bool:
    try:
        return bool(address.strip()) and not urlsplit(address.strip()).scheme
    except ValueError:
        return False


def _page(data: bytes, fetched: Fetched) -> NoFeedError:
    try:
        text = decoded(data, "", fetched.charset or declared_in(data[:HEAD_BYTES])).text
    except UnreadableError:
        text = data.decode("utf-8", "replace")
    links = _FeedLinks(fetched.url)
    links.feed(text[:_MOST_HEAD_CHARS])
    found = tuple(dict.fromkeys(links.found))[:_MOST_FOUND]
    if found:
        return NoFeedError("it is a web page, not a feed; it names these feeds, add one", found)
    return NoFeedError("it is a web page, not a feed, and names none")


class _FeedLinks(HTMLParser):
    """The feeds that a page names in its head."""

    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._base = url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        given = {name: value or "" for name, value in attrs}
        try:
            if tag == "base" and given.get("href"):
                self._base = urljoin(self._base, given["href"].strip())
            kind = given.get("type", "").partition(";")[0].strip().lower()
            rel = given.get("rel", "").lower().split()
            if tag == "link" and "alternate" in rel and kind in _FEED_TYPES and given.get("href"):
                address = urljoin(self._base, given["href"].strip())
                if urlsplit(address).scheme in ("http", "https"):
                    self.found.append(address)
        except ValueError:
            return


def _entries(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number:,} entries are"
