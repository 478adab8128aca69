"""Which record is which article."""

import hashlib
import json
from datetime import datetime

from semsearch.model.article import Article, DatePrecision, Provider, Related, canonical_url

MAX_ID_CHARS = 200


def article_id(
    *, url: str, provider: Provider, title: str, published: datetime | None, fallback: str
) -> str:
    """The id of a record without an explicit one: 20 hexadecimal digits.

    From the canonical URL; else from provider, title and date, where title and one of the other
    two are known; else from ``fallback`` (the path of the file, the text itself).
    """
    address = address_id(url)
    if address:
        return address
    if title.strip() and (provider.key or published):
        day = published.isoformat() if published else ""
        return _digest("record", provider.key, title.strip(), day)
    return _digest("source", fallback)


def address_id(url: str) -> str:
    """The id that an article has by its address alone; empty where that is no web address."""
    address = canonical_url(url)
    return _digest("url", address) if address else ""


def content_hash(article: Article) -> str:
    """32 hexadecimal digits that change whenever anything of the article changes."""
    parts = [
        article.id,
        article.title,
        article.excerpt,
        article.body,
        article.provider.name,
        article.provider.domain,
        article.url,
        _date(article),
        article.zone_assumed,
        article.topics,
        article.category,
        article.type,
        article.language,
        article.quality,
        article.heat,
        article.stub,
        [
            [
                link.id,
                link.title,
                link.url,
                link.excerpt,
                _date(link),
                link.type,
                link.provider.name,
                link.provider.domain,
                link.quality,
            ]
            for link in article.related
        ],
        dict(article.extra),
    ]
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _date(dated: Article | Related) -> str:
    if dated.published is None:
        return ""
    day = dated.precision is DatePrecision.DAY
    return (dated.published.date() if day else dated.published).isoformat()


def _digest(*parts: str) -> str:
    # Names of files may hold bytes that are not UTF-8; Python shows them as half surrogates.
    data = "\x1f".join(parts).encode(errors="surrogatepass")
    return hashlib.blake2b(data, digest_size=10).hexdigest()
