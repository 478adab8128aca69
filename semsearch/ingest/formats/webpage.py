"""HTML pages: what they say of themselves (JSON-LD, Open Graph), their text by trafilatura."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import islice
from urllib.parse import urljoin, urlsplit

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.envelopes import is_article
from semsearch.ingest.formats.jsonvalues import parse_json
from semsearch.ingest.formats.reader import Head, RawRecord, Reader, Source
from semsearch.ingest.renaming import understood
from semsearch.ingest.titles import without_outlet
from semsearch.ingest.values import outlet_in
from semsearch.model.address import canonical_url
from semsearch.text.boilerplate import without_pictures

MAX_PAGE_CHARS = 10 * 2**20
_PAGE = re.compile(
    r"\s*(?:<\?xml(?:(?!\?>).){0,500}\?>\s*|<!--(?:(?!-->).){0,10000}-->\s*)*"
    r"<(?:!doctype\s+html|html[\s>]|head[\s>])",
    re.DOTALL | re.IGNORECASE,
)
_LD = re.compile(r"<script\b[^>]{0,500}application/ld\+json[^>]{0,500}>", re.IGNORECASE)
_END = re.compile(r"</script", re.IGNORECASE)
_AROUND_LD = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:(?://\s*)?(?:\]\]>|-->)|;)\s*\Z"
)
# What browsers and their extensions write into a page that they save.
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://\S+)",
    re.IGNORECASE,
)
_SAVED_CHARS = 4096
_CHANGED = re.compile(
    r"<meta\b[^<>]{0,500}?\b(?:name|property|itemprop|http-equiv)\s*=\s*[\"']?"
    r"[^\"'<>\s]{0,100}(?:modif|updated|revis)[^<>]{0,500}>",
    re.IGNORECASE,
)
_GUESSED = (
    "a page does not say when it was published: a day that stands in its text or address was taken"
)
_MOST_LD = 20
_MOST_NODES = 200
_MOST_HEAD_CHARS = 2**19
_BODY = re.compile(r"<body\b", re.IGNORECASE)
_LINES = re.compile(r"\n+")
_META = {
    "title": ("og:title", "twitter:title", "dc.title"),
    "excerpt": ("og:description", "description", "twitter:description", "dc.description"),
    "publishedDateTime": (
        *("article:published_time", "og:published_time", "date", "pubdate", "publishdate"),
        *("publication_date", "parsely-pub-date", "sailthru.date", "datepublished", "dc.date"),
        *("dc.date.issued", "dcterms.created", "dcterms.issued", "article.published"),
    ),
    "provider": ("og:site_name", "application-name", "dc.publisher", "publisher"),
    "category": ("article:section",),
    "language": ("language", "dc.language", "content-language"),
}
_TAGS = ("article:tag", "news_keywords", "keywords", "parsely-tags")
_AUTHORS = ("author", "dc.creator", "article:author", "parsely-author", "sailthru.author")
_FAULTS = (RecursionError, ValueError, TypeError, AttributeError, LookupError, MemoryError)


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        url: Where it was found; empty where that is not known.
        place: Among those of a file; 0: it is alone.
        fault: Why its characters could not be read; empty: they could.
        note: What is to be said about how it was read; empty: nothing.
    """

    html: str
    url: str = ""
    place: int = 0
    fault: str = ""
    note: str = ""


class WebPage(Reader):
    """An HTML page; one article."""

    endings: tuple[str, ...] = (".html", ".htm", ".xhtml")

    def recognises(self, head: Head) -> bool:
        """Whether it begins as pages do."""
        return _PAGE.match(head.start) is not None

    def blocks(self, source: Source) -> Iterator[Page]:
        """The page."""
        yield Page(source.text())

    def size(self, block: Page) -> int:
        """Characters."""
        return len(block.html)

    def records(self, block: Page) -> Iterator[RawRecord]:
        """The one article."""
        if block.fault:
            raise UnreadableError(f"{block.url}: {block.fault}")
        notes = [block.note] if block.note else []
        fields = read_page(block.html, block.url, notes)
        yield RawRecord(fields, place=block.place, notes=tuple(notes))


def read_page(markup: str, url: str = "", notes: list[str] | None = None) -> dict[str, object]:
    """The fields of a page.

    ``url`` is empty where that is not known; ``notes`` take a sentence on what was guessed.

    Raises:
        UnreadableError: It is too large, or has neither a title nor a text.
    """
    markup = markup if len(markup) <= MAX_PAGE_CHARS else without_pictures(markup)
    if len(markup) > MAX_PAGE_CHARS:
        raise UnreadableError(f"a page of more than {MAX_PAGE_CHARS // 2**20} MiB")
    said = _Said()
    said.take(markup)
    saved = _SAVED.search(markup[:_SAVED_CHARS])
    url = url or (saved[1] if saved else "")
    found = _extracted(markup, url)
    named = (said.canonical, said.first(("og:url",)))
    own = {canonical_url(_address((one,), url)) for one in named} - {""}
    titles = [said.first(_META["title"]), said.title, str(found.get("title") or "")]
    linked = _linked_data(markup, own, titles)
    addresses = (*named, linked.get("webUrl"))
    fields: dict[str, object] = {
        **linked,
        **{
            name: _unescaped(linked.get(name)) or said.first(names) for name, names in _META.items()
        },
        "topics": linked.get("topics") or said.tags(),
        "body": _longer(found.get("text"), linked.get("body")),
        "webUrl": _address(addresses, url),
    }
    last = {
        "title": found.get("title") or said.title,
        "publishedDateTime": found.get("date"),
        "language": said.language,
        "authors": said.authors() or str(found.get("author") or "").split("; "),
    }
    if not fields.get("publishedDateTime") and last["publishedDateTime"] and notes is not None:
        notes.append(_GUESSED)
    fields = {**fields, **{name: fields.get(name) or last[name] for name in last}}
    outlet, _ = outlet_in(fields.get("provider"))
    fields["title"] = without_outlet(str(fields["title"] or ""), outlet)
    fields["body"] = _without_heading(str(fields["body"]), str(fields["title"]))
    fields = {name: value for name, value in fields.items() if value not in (None, "", [], [""])}
    if "title" not in fields and "body" not in fields:
        raise UnreadableError("a page without a title and a text")
    return fields


def _without_heading(body: str, title: str) -> str:
    """The text without the title, where it begins with it."""
    first, _, rest = body.partition("\n\n")
    return rest if rest and first.split() == title.split() else body


def _longer(shown: object, linked: object) -> str:
    """The text that a page shows, or that of its JSON-LD where that is more than twice as long."""
    text = _LINES.sub("\n\n", str(shown or ""))
    return str(linked) if isinstance(linked, str) and len(linked) > 2 * len(text) else text


def _extracted(markup: str, url: str) -> Mapping[str, object]:
    """Text, title, author and day as trafilatura finds them; nothing where it finds no text."""
    import trafilatura  # noqa: PLC0415 - takes half a second

    try:
        document = trafilatura.bare_extraction(
            _CHANGED.sub("", markup),  # when it was changed is no date of publication
            url=url or None,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except _FAULTS:
        return {}
    if document is None:
        return {}
    return {name: getattr(document, name, None) for name in ("text", "title", "author", "date")}


def _linked_data(markup: str, addresses: set[str], titles: list[str]) -> dict[str, object]:
    """The fields of the article in a page's JSON-LD that have a place with us.

    Of several articles that which has one of the page's addresses, else one of its titles, else the
    first: pages tell of those that they show below, too.
    """
    nodes = [node for value in _linked_values(markup) for node in _nodes(value) if is_article(node)]
    if not nodes:
        return {}
    read = [understood(node) for node in nodes]
    heads = [" ".join(title.split()).casefold() for title in titles if title.strip()]
    placed = [
        place for place, one in enumerate(read) if canonical_url(_address_of(one)) in addresses
    ]
    titled = [place for place, one in enumerate(read) if _begins_one(one.get("title"), heads)]
    chosen = next(iter((*placed, *titled, 0)))
    authors, fields = nodes[chosen].get("author"), read[chosen]
    names = [
        one.get("name") if isinstance(one, dict) else one
        for one in (authors if isinstance(authors, list) else [authors])
    ]
    kept = ("title", "excerpt", "body", "publishedDateTime", "provider", "topics")
    return {
        **{name: fields.get(name) for name in (*kept, "category", "language")},
        "webUrl": _address_of(fields),
        "authors": [name for name in names if isinstance(name, str) and name.strip()],
    }


def _unescaped(value: object) -> object:
    """A text of JSON-LD without the entities that pages often have there, too."""
    return html.unescape(value) if isinstance(value, str) else value


def _address_of(fields: Mapping[str, object]) -> str:
    return str(fields.get("webUrl") or fields.get("url") or "")


def _begins_one(title: object, heads: list[str]) -> bool:
    """Whether one of the titles of a page is that of an article, or begins with it."""
    head = " ".join(html.unescape(str(title or "")).split()).casefold()
    return bool(head) and any(one.startswith(head) for one in heads)


def _linked_values(markup: str) -> Iterator[object]:
    """The values of a page's scripts of JSON-LD."""
    for text in islice(_scripts(markup), _MOST_LD):
        try:
            yield parse_json(_AROUND_LD.sub("", text).encode(errors="replace"), lenient=True)
        except UnreadableError:
            continue  # pages often have broken ones


def _scripts(markup: str) -> Iterator[str]:
    """What stands in a page's scripts of JSON-LD."""
    begin = _LD.search(markup)
    while begin:
        end = _END.search(markup, begin.end())
        if end is None:
            return
        yield markup[begin.end() : end.start()]
        begin = _LD.search(markup, end.end())


def _nodes(value: object) -> Iterator[dict[str, object]]:
    """The objects of JSON-LD: itself, those of a list, of a graph, and what a page is about."""
    waiting, seen = [value], 0
    while waiting and seen < _MOST_NODES:
        one = waiting.pop(0)
        seen += 1
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield one
            waiting += [one[name] for name in ("@graph", "mainEntity") if name in one]


def _address(given: tuple[object, ...], url: str) -> str:
    """The address of a page: the first that it names which is that of a page, else where it was."""
    for one in given:
        try:
            address = urljoin(url, one.strip()) if isinstance(one, str) and one.strip() else ""
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and (parts.path.strip("/") or parts.query):
            return address
    return url


class _Said(HTMLParser):
    """What the head of a page says: its title, language, canonical address and meta elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language = ""
        self.canonical = ""
        self._meta: dict[str, list[str]] = {}
        self._in_title = False

    def take(self, markup: str) -> None:
        """Read the head of a page."""
        body = _BODY.search(markup)
        end = body.start() if body and body.start() else len(markup)
        self.feed(markup[: min(end, _MOST_HEAD_CHARS)])
        self.close()
        self.title = " ".join(self.title.split())

    def first(self, names: tuple[str, ...]) -> str:
        """The first of some meta elements that says something."""
        return next((self._meta[name][0] for name in names if name in self._meta), "")

    def authors(self) -> list[str]:
        """Names of authors; addresses of their pages are none."""
        given = next((self._meta[name] for name in _AUTHORS if name in self._meta), [])
        return [name for name in given if not name.startswith(("http:", "https:"))]

    def tags(self) -> list[str]:
        """Topics of the page."""
        name = next((name for name in _TAGS if name in self._meta), "")
        given = self._meta.get(name, [])
        parts = given if name == "article:tag" else ",".join(given).split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.language = given.get("lang") or given.get("xml:lang") or ""
        elif tag == "title":
            self._in_title = not self.title
        elif tag == "link" and "canonical" in given.get("rel", "").lower().split():
            self.canonical = self.canonical or given.get("href", "")
        elif tag == "meta":
            name = given.get("property") or given.get("name") or given.get("itemprop") or ""
            name = (name or given.get("http-equiv", "")).lower()
            if name and given.get("content", "").strip():
                self._meta.setdefault(name, []).append(given["content"].strip())

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if self._in_title:
            self.title += data
