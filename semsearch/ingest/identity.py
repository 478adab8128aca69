"""Which record is which article."""

import hashlib
import json
import re
from datetime import datetime

from semsearch.model.address import anchor_of, canonical_url
from semsearch.model.article import Article, DatePrecision, Provider, Related

MAX_ID_CHARS = 200
_DERIVED = re.compile(r"[0-9a-f]{20}")
_REVISION = re.compile(r"\d{1,2}")


def article_id(
    *,
    url: str,
    provider: Provider,
    title: str,
    published: datetime | None,
    text: str = "",
    fallback: str,
) -> str:
    """The id of a record without an explicit one: 20 hexadecimal digits.

    From the canonical URL; else from provider, title, date and text, where title and one of
    provider and date are known; else from ``fallback`` (the path of the file, the text itself).
    """
    address = address_id(url)
    if address:
        return address
    if title.strip() and (provider.key or published):
        return _digest(*_headed(provider, title, published), *([text.strip()] if text else []))
    return _digest("source", fallback)


def narrower_id(identity: str, provider: Provider, url: str, guid: str = "") -> str:
    """The id of a record whose own may be that of another; empty where it may not.

    A plain number counts within an outlet, and what stands behind ``#`` in an address, or a feed's
    ``guid`` beside it, may tell two texts on one page apart.
    """
    if identity.isdecimal():
        return f"{provider.key}:{identity}"[:MAX_ID_CHARS] if provider.key else ""
    mark = anchor_of(url) or guid
    if mark and identity == address_id(url):
        return _digest("url", f"{canonical_url(url)}#{mark}")
    return ""


def is_another(article: Article, holder: Article) -> bool:
    """Whether an article is not the one that has its id, where that may be (``narrower_id``)."""
    if article.id.isdecimal():
        return bool(holder.provider.key) and holder.provider.key != article.provider.key
    if holder.stub:
        return False
    guids = {guid_of(article), guid_of(holder)} - {""}
    if anchor_of(article.url) == anchor_of(holder.url) and len(guids) < 2:  # noqa: PLR2004
        return False
    texts = [(each.excerpt + each.body).split() for each in (article, holder)]
    titles = [each.title.casefold().split() for each in (article, holder)]
    return titles[0] != titles[1] and texts[0] != texts[1]


def guid_of(article: Article) -> str:
    """What its feed calls it, beside its address; empty where nothing does.

    The address itself with a number behind ``#`` counts revisions, as feeds of the BBC write it.
    """
    guid = article.extra.get("guid")
    if not isinstance(guid, str):
        return ""
    is_revision = _REVISION.fullmatch(anchor_of(guid)) is not None
    return "" if is_revision and canonical_url(guid) == canonical_url(article.url) else guid


def _mark_of(article: Article) -> str:
    return anchor_of(article.url) or guid_of(article)


def has_derived_id(article: Article) -> bool:
    """Whether its id was made here, as far as its looks tell."""
    return _DERIVED.fullmatch(article.id) is not None


def record_key(article: Article) -> str:
    """What a record keeps when its text is edited; empty where nothing says which it was.

    Of a file that is read again, what has the key of a record that is there now is its earlier
    version, where their ids are made from addresses or texts.
    """
    if article.url:
        return canonical_url(article.url) + "#" + _mark_of(article)
    if article.title.strip() and (article.provider.key or article.published):
        return _digest(*_headed(article.provider, article.title, article.published))
    return ""


def text_digest(article: Article) -> int:
    """64 bits that differ for articles whose title, excerpt or body differ."""
    text = f"{article.title}\x1f{article.excerpt}\x1f{article.body}"
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _headed(provider: Provider, title: str, published: datetime | None) -> tuple[str, ...]:
    day = published.isoformat() if published else ""
    return "record", provider.key, title.strip(), day


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
