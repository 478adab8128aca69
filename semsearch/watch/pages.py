"""Fetch the page of an entry and take its text, where its host lets robots do so."""

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from semsearch.errors import UnreadableError
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.formats.encodings import declared_in, decoded
from semsearch.ingest.formats.reader import HEAD_BYTES
from semsearch.ingest.formats.webpage import read_page
from semsearch.ingest.records import article_from_fields
from semsearch.model.article import Article
from semsearch.watch.fetched import PAGE_TYPES, Fetched, FetchError

if TYPE_CHECKING:  # HTTP is only imported where something is fetched
    from semsearch.watch.fetching import Fetcher

_ROBOTS_LAST = timedelta(days=1)
_MOST_ROBOTS = 1_000
_MAX_PAUSE_SECONDS = 30.0
_HTML = ("", "text/html", "application/xhtml+xml")
_NAME = "semsearch"


class NoPageError(Exception):
    """There is no text to be had.

    Attributes:
        reason: Why, in plain words.
        passing: Whether it may be otherwise soon.
    """

    def __init__(self, reason: str, *, passing: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing


@dataclass(frozen=True, slots=True)
class _Rules:
    """The robots.txt of an origin.

    Attributes:
        rules: None: nothing may be fetched, because its server failed (RFC 9309, 2.3.1.4).
    """

    rules: RobotFileParser | None
    pause: float
    read: datetime


class Pages:
    """Pages of entries. ``robots.txt`` of each origin is read once a day (RFC 9309)."""

    def __init__(self, fetcher: "Fetcher") -> None:
        self._fetcher = fetcher
        self._rules: dict[str, _Rules] = {}

    async def fetch(self, url: str, now: datetime) -> Fetched:
        """A page.

        Raises:
            NoPageError: It may not be fetched, cannot be, or is none.
        """
        rules = await self._rules_of(url, now)
        if rules.rules is None:
            raise NoPageError("robots.txt of its host cannot be read", passing=True)
        if not rules.rules.can_fetch(_NAME, url):
            raise NoPageError("robots.txt of its host forbids it")
        try:
            fetched = await self._fetcher.fetch(url, accept=PAGE_TYPES, pause=rules.pause)
        except FetchError as error:
            raise NoPageError(error.reason, passing=error.passing) from None
        if fetched.content_type not in _HTML:
            raise NoPageError(f"it is no web page ({fetched.content_type[:80]})")
        return fetched

    async def _rules_of(self, url: str, now: datetime) -> _Rules:
        origin = urljoin(url, "/robots.txt")
        held = self._rules.get(origin)
        if held is not None and now - held.read < _ROBOTS_LAST:
            return held
        if len(self._rules) >= _MOST_ROBOTS:
            self._rules.clear()
        parser = RobotFileParser()
        try:
            fetched = await self._fetcher.fetch(origin, accept="text/plain, */*;q=0.5")
            lines = (fetched.body or b"").decode("utf-8", "replace").removeprefix("\ufeff")
        except FetchError as error:
            if error.passing:
                return _Rules(None, 0.0, now)  # it is asked again with the next page
            lines = ""  # there is none: everything may be fetched
        parser.parse(lines.splitlines())
        rules = _Rules(parser, min(_pause(parser), _MAX_PAUSE_SECONDS), now)
        self._rules[origin] = rules
        return rules


def with_text(article: Article, page: Fetched, names: FieldNames = ()) -> Article:
    """An article with the text of its page, and what else only the page says.

    What the feed says of title, excerpt, outlet and date stays; of two texts the longer counts.

    Raises:
        NoPageError: The page has no text, or less than the feed.
    """
    data = page.body or b""
    try:
        html = decoded(data, "", page.charset or declared_in(data[:HEAD_BYTES])).text
        read = article_from_fields(read_page(html, page.url), fallback_id=article.id, names=names)
    except UnreadableError as error:
        raise NoPageError(error.reason) from None
    if not isinstance(read, Article) or len(read.body.strip()) <= len(article.body.strip()):
        raise NoPageError("the page has no more text than the feed")
    dated = article if article.published else read
    return replace(
        article,
        title=article.title or read.title,
        excerpt=article.excerpt or read.excerpt,
        body=read.body,
        topics=article.topics or read.topics,
        category=article.category or read.category,
        language=article.language or read.language,
        published=dated.published,
        precision=dated.precision,
        zone_assumed=dated.zone_assumed,
        extra={**read.extra, **article.extra},
    )


def has_page(article: Article) -> bool:
    """Whether an article has an address that can be fetched."""
    return re.match(r"https?://[^/]", article.url, re.IGNORECASE) is not None and bool(
        urlsplit(article.url).netloc
    )


def _pause(rules: RobotFileParser) -> float:
    rate = rules.request_rate(_NAME)
    per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return max(float(rules.crawl_delay(_NAME) or 0), per_request)
