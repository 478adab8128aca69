"""Feeds as files: RSS, Atom and RDF, read by feedparser.

The outlet of an item is its ``<source>``, where it has one, else the feed it comes from.
"""

import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from xml.sax import SAXException

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.encodings import declared_in, is_encoding
from semsearch.ingest.formats.reader import HEAD_BYTES, Head, RawRecord, Reader, Source
from semsearch.ingest.formats.xmlhead import refuse_bombs, root_of
from semsearch.ingest.titles import without_outlet
from semsearch.model.address import host_of, outlet_of
from semsearch.text.markup import looks_like_html, text_of_html

_ROOTS = ("rss", "feed", "rdf")
_OTHERS = frozenset(
    """attachment revision nav_menu_item custom_css customize_changeset wp_global_styles wp_template
    wp_template_part wp_navigation wp_block oembed_cache""".split()
)
_NOT_PUBLIC = frozenset("draft auto-draft pending future private trash".split())
_NO_POSTS = "drafts, attachments, comments and the like of an export of a blog"
_BROKEN = re.compile(r"unclosed|no element found|mismatched|not well-formed|junk after")
_BLOGGER = "blogger_kind"
_BLOGGER_KIND = re.compile(r"http://schemas\.google\.com/blogger/2008/kind#(\w+)\Z")
_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]{0,200}\?>")
_WORD = re.compile(r"(?<!\S)[^\W\d_]+(?:['’-][^\W\d_]+)*[.,:;!?]?(?!\S)")
_COMMENT_WORDS = 10  # lists of links say less
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
        """The whole feed in UTF-8, for its parser reads silently what is not what it declares."""
        if root_of(source.head().start) not in _ROOTS:
            raise UnreadableError("XML that is no feed and no NewsML-G2")
        yield _DECLARATION.sub("", source.text()).encode()

    def records(self, block: bytes) -> Iterator[RawRecord]:
        """A record for each item."""
        read = read_feed(block)
        if not read.items:
            reason = f": {read.fault}" if read.fault else ""
            raise UnreadableError(f"a feed without items{reason}")
        posts = [one for one in enumerate(read.items, 1) if not _is_no_post(one[1])]
        others = len(read.items) - len(posts)
        if not posts:
            raise UnreadableError(f"a feed without items but {_NO_POSTS}")
        notes: tuple[str, ...] = (f"{others:,} items were left out: {_NO_POSTS}",) if others else ()
        if _BROKEN.search(read.fault):
            what = read.fault.rpartition(": ")[2]
            notes += (f"its XML is broken ({what}): items or parts of them may be missing",)
        for place, fields in posts:
            yield RawRecord(fields, place=place, notes=notes)
            notes = ()


def _is_no_post(fields: Mapping[str, object]) -> bool:
    """Whether an item of an export of WordPress or Blogger is none that readers could see."""
    return bool(
        fields.get("wp_post_type") in _OTHERS
        or fields.get("wp_status") in _NOT_PUBLIC
        or fields.get("wp_post_password")
        or fields.get(_BLOGGER) in ("comment", "settings", "template")
    )


@dataclass(frozen=True, slots=True)
class FeedRead:
    """A feed.

    Attributes:
        title: What it calls itself; may be empty.
        items: The fields of each item, in order.
        fault: What is wrong with its XML, so that items may be missing; empty: nothing.
    """

    title: str
    items: tuple[dict[str, object], ...]
    fault: str = ""


def read_feed(data: bytes, *, url: str = "", charset: str = "", outlet: str = "") -> FeedRead:
    """A feed as it was fetched, or stood in a file.

    Args:
        data: RSS, Atom or RDF.
        url: Where it was fetched, from which addresses in it count; empty: they stay as they are.
        charset: What the server says; it counts where the feed says nothing and is not UTF-8.
        outlet: Name of the outlet of items that do not name their source; empty: as the feed says.

    Raises:
        UnreadableError: It cannot be read, or is a bomb.
    """
    import feedparser  # noqa: PLC0415 - takes a fifth of a second

    refuse_bombs(data)
    data = data.lstrip(b" \t\r\n")  # before its declaration it would be broken XML
    headers = {"content-location": url, "content-type": "application/xml"} if url else {}
    if charset and is_encoding(charset) and not declared_in(data[:HEAD_BYTES]) and not _utf8(data):
        headers["content-type"] = f"application/xml; charset={charset}"
    try:
        # Its own cleaning leaves out all that follows a "<script>" that a text speaks of.
        feed = feedparser.parse(
            io.BytesIO(data),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (RecursionError, ValueError, AttributeError, LookupError) as error:
        raise UnreadableError(f"a feed that cannot be read: {_line(error)}") from None
    fault = feed.get("bozo_exception")
    broken = fault is not None and (not feed.entries or isinstance(fault, SAXException))
    return FeedRead(
        _shown(feed.feed.get("title")),
        tuple(_fields(entry, feed.feed, outlet) for entry in feed.entries),
        _line(fault) if broken else "",
    )


def _utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fields(
    entry: Mapping[str, Any], feed: Mapping[str, Any], outlet: str = ""
) -> dict[str, object]:
    summary = _shown(entry.get("summary"))
    body = "\n\n".join(filter(None, (_shown(one.get("value")) for one in entry.get("content", ()))))
    link, guid = _link(entry), entry.get("id") or ""
    if not link.startswith(("http:", "https:", "/")):
        link = ""  # feedparser takes any guid for one
    comments = len(_WORD.findall(f"{summary} {body}")) >= _COMMENT_WORDS
    elsewhere = link if comments and _is_of_the_feed(guid, link, feed) else ""
    link = guid if elsewhere else link
    tags = [tag for tag in entry.get("tags", ()) if tag.get("term")]
    kinds = [found[1] for tag in tags if (found := _BLOGGER_KIND.match(tag["term"]))]
    if link.startswith("/"):
        link = _at_the_feed(link, feed)
    fields: dict[str, object] = {
        "title": without_outlet(
            " ".join(_shown(entry.get("title")).split()),
            (entry.get("source") or {}).get("title") or "",
        ),
        "excerpt": "" if summary == body else summary,
        "body": body,
        "publishedDateTime": next((entry[name] for name in _DATES if entry.get(name)), None),
        "webUrl": link,
        "external_url": elsewhere,
        "provider": _outlet(entry, feed, link, outlet),
        "topics": [
            tag.get("label") or tag["term"] for tag in tags if not _BLOGGER_KIND.match(tag["term"])
        ],
        _BLOGGER: "".join(kinds[:1]),
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


def _link(entry: Mapping[str, Any]) -> str:
    """The address of an entry's own page: not that of a service between, nor of an enclosure."""
    between = entry.get("feedburner_origlink") or entry.get("pheedo_origlink")
    link = str(between or entry.get("link") or "")
    links = [one for one in entry.get("links", ()) if one.get("href")]
    if link in (one["href"] for one in links if one.get("rel") == "enclosure"):
        pages = (one["href"] for one in links if one.get("rel") == "alternate")
        return next((page for page in pages if page != link), link)
    return link


def _at_the_feed(link: str, feed: Mapping[str, Any]) -> str:
    """The address of a place on a feed's site; empty where the feed names no site."""
    for base in (str(one["href"]) for one in feed.get("links", ()) if one.get("href")):
        with suppress(ValueError):  # no web address
            return urljoin(base, link)
    return ""


def _is_of_the_feed(guid: str, link: str, feed: Mapping[str, Any]) -> bool:
    """Whether an entry is a page of its feed's site on one elsewhere, as those of link blogs.

    What it says would else pass for the other outlet's text.
    """
    home, own, other = host_of(feed.get("link") or ""), host_of(guid), host_of(link)
    return bool(home and other) and _within(own, home) and not _within(other, home)


def _within(host: str, home: str) -> bool:
    return host == home or host.endswith(f".{home}")


def _outlet(
    entry: Mapping[str, Any], feed: Mapping[str, Any], link: str, named: str
) -> dict[str, str]:
    source = entry.get("source") or {}
    name, domain = (
        source.get("title") or "",
        host_of(source.get("href") or source.get("link") or ""),
    )
    if name or domain:
        return {"name": name, "domain": domain}
    if named:
        return {"name": named, "domain": ""}
    home = outlet_of(feed.get("link") or "")
    # What one outlet's feed links to at another is the other's.
    if link and home and not _within(host_of(link), home):
        return {}
    return {"name": _shown(feed.get("title")), "domain": "" if host_of(link) else home}


def _shown(text: str | None) -> str:
    if not text:
        return ""
    # Titles of RSS are often escaped twice.
    return text_of_html(text) if looks_like_html(text) else html.unescape(text).strip()


def _line(error: object) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
