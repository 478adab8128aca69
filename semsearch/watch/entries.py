"""Entries of feeds: which is which, and which are new.

An entry is known again by its link, then by its guid. Servers that give new guids with every
answer, or count readers in them, so bring nothing twice.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from semsearch.ingest.identity import MAX_ID_CHARS
from semsearch.model.address import canonical_url, host_of
from semsearch.model.article import Article
from semsearch.store.catalog.feeds import KnownEntry


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as its feed has it now.

    Attributes:
        key: Hash of what identifies it within the feed: its link, else its guid, else what it says.
        guid_hash: Hash of its guid; empty where it has none.
        digest: Of what a reader sees of it.
        article: What it becomes.
    """

    key: str
    guid_hash: str
    digest: str
    article: Article


def entry_of(article: Article, guid: str, feed_url: str) -> Entry:
    """The entry of an article."""
    digest = _digest_of(article)
    link = canonical_url(article.url)
    if guid and not link:
        article = replace(article, id=_id_of(guid, feed_url))
    kind, what = ("link", link) if link else ("guid", guid) if guid else ("text", digest)
    return Entry(_hash(kind, what), _hash("guid", guid) if guid else "", digest, article)


def told_apart(entries: Iterable[Entry], known: Mapping[str, KnownEntry]) -> list[Entry]:
    """Each entry once, those with one link told apart by their guids, where these differ.

    A feed may link all its entries to one page. The one that had the link first keeps it, the
    others are articles of their own. Where the guid is the same, too, titles tell them apart.
    """
    digests = {entry.digest: entry.key for entry in known.values()}
    distinct = {(entry.key, entry.digest): entry for entry in reversed(list(entries))}
    in_order = list(reversed(distinct.values()))
    sharing = Counter(entry.key for entry in in_order)
    titles: dict[str, set[str]] = {}
    first: dict[str, str] = {}  # digests
    for entry in in_order:
        titles.setdefault(entry.key, set()).add(_title(entry))
        first.setdefault(entry.key, known[entry.key].digest if entry.key in known else entry.digest)
    holders = {key: known[key].guid_hash for key in sharing.keys() & known.keys()}
    taken: dict[str, Entry] = {}
    for entry in in_order:
        one = entry
        holder = holders.setdefault(one.key, one.guid_hash)
        another = one.guid_hash and holder and holder != one.guid_hash
        shares = sharing[one.key] > 1 and another
        unlinked = not canonical_url(one.article.url) and one.key not in known
        own = _hash(one.key, one.guid_hash)
        if own in known:
            one = replace(one, key=own, article=replace(one.article, id=own))
        elif (shares or unlinked) and one.digest in digests:
            one = replace(one, key=digests[one.digest])  # its guid is a new one each time
        elif shares:
            one = replace(one, key=own, article=replace(one.article, id=own))
        elif len(titles[one.key]) > 1 and one.digest != first[one.key]:
            own = _hash(one.key, _title(one), str(one.article.published))
            one = replace(one, key=own, article=replace(one.article, id=own))
        taken.setdefault(one.key, one)
    return list(taken.values())


def _title(entry: Entry) -> str:
    return " ".join(entry.article.title.casefold().split())


def _id_of(guid: str, feed_url: str) -> str:
    """The id of an article that only has a guid: itself where that is one of the whole world."""
    identity = guid if ":" in guid else f"{host_of(feed_url)}:{guid}"
    fits = len(identity) <= MAX_ID_CHARS and identity.isprintable() and "/" not in identity
    return identity if fits else _hash("guid", identity)


def _digest_of(article: Article) -> str:
    """Changes when a reader would see a change; not with counters, guids and the like."""
    seen = (
        *(article.title, article.excerpt, article.body, canonical_url(article.url)),
        *(article.provider.name, article.provider.domain, article.category, article.language),
        article.published.isoformat() if article.published else "",
        *sorted(article.topics),
    )
    return _hash(json.dumps(seen))


def _hash(*parts: str) -> str:
    data = "\x1f".join(parts).encode(errors="surrogatepass")
    return hashlib.blake2b(data, digest_size=10).hexdigest()
