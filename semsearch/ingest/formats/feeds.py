"""Feeds as files: RSS, Atom and RDF, read by feedparser.

The outlet of an item is its ``<source>``, where it has one, else the feed it comes from.
"""

import html
import io
from collections.abc import Iterator, Mapping
from typing import Any

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.reader import Head, RawRecord, Reader, Source
from semsearch.ingest.formats.xmlhead import refuse_bombs, root_of
from semsearch.model.address import host_of
from semsearch.text.markup import looks_like_html, text_of_html

_ROOTS = ("rss", "feed", "rdf")
_DATES = ("published", "updated", "created")
_READ = frozenset(
    """title link links summary content id guidislink tags source published updated created
    language authors author author_detail media_content media_thumbnail""".split()
)


class Feed(Reader):
    """RSS, Atom or RDF; an article for each item."""

    endings = (".rss", ".atom", ".rdf", ".xml")

    def recognises(self, head: Head) -> bool:
        """Whether its root is that of a feed."""
        return root_of(head.start) in _ROOTS

    def blocks(self, source: Source) -> Iterator[bytes]:
        """The whole feed; its parser finds the encoding."""
        if root_of(source.head().start) not in _ROOTS:
            raise UnreadableError("XML that is no feed and no NewsML-G2")
        yield source.data()

    def records(self, block: bytes) -> Iterator[RawRecord]:
        """A record for each item."""
        import feedparser  # noqa: PLC0415 - takes a fifth of a second

        refuse_bombs(block)
        try:
            feed = feedparser.parse(io.BytesIO(block), resolve_relative_uris=False)
        except (RecursionError, ValueError, AttributeError, LookupError) as error:
            raise UnreadableError(f"a feed that cannot be read: {_line(error)}") from None
        if not feed.entries:
            fault = feed.get("bozo_exception")
            reason = f": {_line(fault)}" if fault else ""
            raise UnreadableError(f"a feed without items{reason}")
        for place, entry in enumerate(feed.entries, 1):
            yield RawRecord(_fields(entry, feed.feed), place=place)


def _fields(entry: Mapping[str, Any], feed: Mapping[str, Any]) -> dict[str, object]:
    summary = _shown(entry.get("summary"))
    body = "\n\n".join(filter(None, (_shown(one.get("value")) for one in entry.get("content", ()))))
    link, guid = entry.get("link") or "", entry.get("id") or ""
    fields: dict[str, object] = {
        "title": _shown(entry.get("title")),
        "excerpt": "" if summary == body else summary,
        "body": body,
        "publishedDateTime": next((entry[name] for name in _DATES if entry.get(name)), None),
        "webUrl": link,
        "provider": _outlet(entry, feed, link),
        "topics": [
            tag.get("label") or tag.get("term") for tag in entry.get("tags", ()) if tag.get("term")
        ],
        "language": entry.get("language") or feed.get("language") or "",
        "authors": [one["name"] for one in entry.get("authors", ()) if one.get("name")],
        "enclosures": [
            {name: one[name] for name in ("href", "type", "length") if one.get(name)}
            for one in entry.get("links", ())
            if one.get("rel") == "enclosure"
        ],
    }
    if guid and guid != link:
        fields["guid" if link else "id"] = guid
    others = {
        name: value
        for name, value in entry.items()
        if name not in _READ and isinstance(value, str) and not name.endswith("_parsed")
    }
    return {**others, **{name: value for name, value in fields.items() if value}}


def _outlet(entry: Mapping[str, Any], feed: Mapping[str, Any], link: str) -> dict[str, str]:
    source = entry.get("source") or {}
    name, domain = (
        source.get("title") or "",
        host_of(source.get("href") or source.get("link") or ""),
    )
    if name or domain:
        return {"name": name, "domain": domain}
    home = host_of(feed.get("link") or "")
    # What one outlet's feed links to at another is the other's.
    if link and home and host_of(link) != home and not host_of(link).endswith(f".{home}"):
        return {}
    return {"name": _shown(feed.get("title")), "domain": "" if host_of(link) else home}


def _shown(text: str | None) -> str:
    if not text:
        return ""
    # Titles of RSS are often escaped twice.
    return text_of_html(text) if looks_like_html(text) else html.unescape(text).strip()


def _line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
