"""An invented record in the format of real archives, and shorthands to read it."""

from pathlib import Path

from semsearch.ingest.files import SourceFile
from semsearch.ingest.reading import ReadOptions, opened, read_file
from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.article import Article
from semsearch.model.status import Skipped

FRONT_MATTER = """\
---
category: local
title: "Brackwater ferry returns after storm repairs"
excerpt: "Crossings resume on Friday, says the harbour office, “weather permitting” ..."
publishedDateTime: 2024-03-05T09:30:00Z
originalUrl: "https://courier.example/brackwater/ferry-returns?utm_source=feed"
webUrl: "https://www.courier.example/brackwater/ferry-returns"
ampWebUrl: "https://www.courier.example/amp/ferry-returns"
cdnAmpWebUrl: "https://cdn.courier.example/c/ferry-returns"
type: article
quality: 84
heat: -1
published: false

provider:
  name: Meridian Courier
  domain: courier.example
  images:
    - url: "https://courier.example/logo.png"
      width: 64
      height: 64

topics:
  - Ferries
  - Brackwater

images:
  - url: "https://courier.example/pier.jpg"
    width: 700
    height: 450
    isCached: true
    title: "The pier"
    attribution: "Invented Pictures"

related:
  - title: "Storm closes Brackwater pier"
    excerpt: "Gusts of 90 km/h ..."
    publishedDateTime: 2024-02-27T18:00:00
    webUrl: "https://gazette.example/storm-closes-pier"
    type: article
    provider:
      name: Lisk Gazette
      domain: gazette.example
    quality: 17
    images:
      - url: "https://gazette.example/waves.jpg"
        width: 10
        height: 10
        isCached: false
    secured: "c2VjcmV0LXJlbGF0ZWQ="

featuredContent:
  kind: map
  secured: "c2VjcmV0LW5lc3RlZA=="
secured: "c2VjcmV0LXRvcA=="
---
"""


def as_article(record: object) -> Article:
    """The record, which must be an article."""
    assert isinstance(record, Article), record
    return record


def as_skipped(record: object) -> Skipped:
    """The record, which must be a skipped one."""
    assert isinstance(record, Skipped), record
    return record


def article_of(**fields: object) -> Article:
    """The article that a record with these fields is."""
    return as_article(article_from_fields(fields, fallback_id="fallback"))


def read_bytes(
    path: Path, data: bytes, options: ReadOptions | None = None
) -> list[Article | Removed | Skipped]:
    """What a file with these bytes is read as."""
    path.write_bytes(data)
    return list(read_file(SourceFile(path, path.name), options or ReadOptions()))


def read_text(path: Path) -> str:
    """The characters of a file."""
    with opened(path) as source:
        return source.text()
