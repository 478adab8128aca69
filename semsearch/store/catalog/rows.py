"""Convert articles and passages into rows of the catalog, and back."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Table, select

from semsearch.errors import DamagedIndexError
from semsearch.model.address import canonical_url
from semsearch.model.article import (
    EMBEDDED,
    Article,
    DatePrecision,
    Field,
    Passage,
    Provider,
    Related,
)
from semsearch.store.catalog.database import select_in
from semsearch.store.catalog.schema import mentions, vectors

Float16Array = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage and the hash of the text that its vector was made from."""

    passage: Passage
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class NewArticle:
    """A version of an article to be written."""

    article: Article
    content_hash: str
    source: str | None
    passages: tuple[StoredPassage, ...]


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the catalog says about an id without reading the texts."""

    pk: int
    content_hash: str
    stub: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as last read."""

    path: str
    fingerprint: str
    records: int


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One article as candidate search needs it.

    ``article`` has no texts. ``vectors`` is float16 of shape (passages, dimension).
    ``content`` is the same for articles whose texts, titles apart, are the same.
    """

    pk: int
    article: Article
    passages: tuple[Passage, ...]
    vectors: Float16Array
    content: int


@dataclass(frozen=True, slots=True)
class ChangedVersions:
    """Versions by key, ascending, each with whether it is a stub.

    Attributes:
        added: Those that are current now and were not.
        ended: Those that were current and are not.
    """

    added: Mapping[int, bool]
    ended: Mapping[int, bool]


def article_values(new: NewArticle, seq: int, related: Sequence[int]) -> dict[str, object]:
    """Column values of a new version; ``related``: the keys of what it says of others."""
    article = new.article
    return {
        "id": article.id,
        "added_seq": seq,
        "content_hash": new.content_hash,
        "source": new.source,
        "title": article.title,
        "excerpt": article.excerpt,
        "body": article.body,
        "provider_name": article.provider.name,
        "provider_domain": article.provider.domain,
        "url": article.url,
        "url_key": canonical_url(article.url),
        "published": _iso(article),
        "zone_assumed": article.zone_assumed,
        "topics": list(article.topics),
        "category": article.category,
        "type": article.type,
        "language": article.language,
        "quality": article.quality,
        "heat": article.heat,
        "stub": article.stub,
        "related": list(related),
        "extra": dict(article.extra),
    }


def articles_from_rows(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[Article]:
    """Articles from whole rows, with what they say of others.

    Raises:
        DamagedIndexError: Something of that is lost.
    """
    said = mentioned(connection, (row.related for row in rows))
    try:
        return [article_from_row(row._asdict(), said) for row in rows]
    except KeyError as error:
        raise DamagedIndexError(f"The catalog lacks what an article links to: {error}.") from error


def mentioned(
    connection: Connection, related: Iterable[Sequence[int | Mapping[str, Any]]]
) -> dict[int, Mapping[str, Any]]:
    """What some articles say of others, by the keys that their ``related`` holds."""
    keys = {each for one in related for each in one if isinstance(each, int)}
    rows = select_in(connection, select(mentions.c.pk, mentions.c.value), mentions.c.pk, keys)
    return {row.pk: row.value for row in rows}


def article_from_row(
    row: Mapping[str, Any], said: Mapping[int, Mapping[str, Any]] = MappingProxyType({})
) -> Article:
    """An article from a row by column; texts and lists that were not selected are empty.

    Raises:
        KeyError: ``said`` lacks something that it says of another article.
    """
    return Article(
        id=row["id"],
        title=row.get("title", ""),
        excerpt=row.get("excerpt", ""),
        body=row.get("body", ""),
        provider=Provider(row["provider_name"], row["provider_domain"]),
        url=row.get("url", ""),
        published=moment_from(row["published"]),
        precision=_precision(row["published"], zone_assumed=row["zone_assumed"]),
        zone_assumed=row["zone_assumed"],
        topics=tuple(row["topics"]),
        category=row["category"],
        type=row["type"],
        language=row["language"],
        quality=row["quality"],
        heat=row.get("heat"),
        stub=row["stub"],
        related=tuple(
            _related_from(said[one] if isinstance(one, int) else one)
            for one in row.get("related", ())
        ),
        extra=row.get("extra", {}),
    )


def span_values(pk: int, spans: Iterable[StoredPassage]) -> list[dict[str, object]]:
    """Column values of the passages or sentences of a version."""
    return [
        {
            "article_pk": pk,
            "position": position,
            "field": EMBEDDED.index(stored.passage.field),
            "start": stored.passage.start,
            "end": stored.passage.end,
            "text_hash": stored.text_hash,
        }
        for position, stored in enumerate(spans)
    ]


def spans_with_vectors(
    connection: Connection, table: Table, pks: Iterable[int], *, all_rows: bool = False
) -> Iterator[tuple[int, list[Row[Any]]]]:
    """Passages or sentences of some versions in their order, each with its ``vector``.

    ``all_rows``: with those whose vector is lost; it is None then.
    """
    query = (
        select(table, vectors.c.vector)
        .join(vectors, vectors.c.text_hash == table.c.text_hash, isouter=all_rows)
        .order_by(table.c.article_pk, table.c.position)
    )
    rows = select_in(connection, query, table.c.article_pk, pks)
    for pk, group in groupby(rows, attrgetter("article_pk")):
        yield pk, list(group)


def passage_from_row(row: Row[Any]) -> Passage:
    """A passage from a row."""
    return Passage(EMBEDDED[row.field], row.start, row.end)


def vectors_from_rows(rows: Sequence[Row[*tuple[Any, ...]]], dimension: int = -1) -> Float16Array:
    """The ``vector`` of each row, shape (rows, dimension); without rows it must be said."""
    data = b"".join(row.vector for row in rows)
    return np.frombuffer(data, np.float16).reshape(len(rows), dimension)


def text_hash(text: str) -> bytes:
    """What the vector of a text is stored under, 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def mention_hash(value: Mapping[str, object]) -> bytes:
    """What an article says of another (``related_values``) is stored under, 16 bytes."""
    text = json.dumps(value, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def content_key(passages: Sequence[Passage], hashes: Sequence[bytes]) -> int:
    """A number for the texts of an article without its title: of its title if that is all."""
    texts = [
        text_hash
        for passage, text_hash in zip(passages, hashes, strict=True)
        if passage.field in (Field.EXCERPT, Field.BODY)
    ]
    digest = hashlib.blake2b(b"".join(texts or hashes), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def related_values(link: Related) -> dict[str, object]:
    """What an article says of another, as it is kept."""
    return {
        "id": link.id,
        "title": link.title,
        "url": link.url,
        "excerpt": link.excerpt,
        "published": _iso(link),
        "type": link.type,
        "provider": [link.provider.name, link.provider.domain],
        "quality": link.quality,
    }


def _related_from(values: Mapping[str, Any]) -> Related:
    return Related(
        **{
            **values,
            "published": moment_from(values["published"]),
            "precision": _precision(values["published"]),
            "provider": Provider(*values["provider"]),
        }
    )


def _iso(dated: Article | Related) -> str | None:
    """A day is written as its midnight without minutes, which every version reads as midnight."""
    if dated.published is None:
        return None
    return dated.published.isoformat(
        timespec="hours" if dated.precision is DatePrecision.DAY else "auto"
    )


def moment_from(text: str | None) -> datetime | None:
    """A moment as it is kept."""
    return None if text is None else datetime.fromisoformat(text)


def _precision(text: str | None, *, zone_assumed: bool = False) -> DatePrecision:
    """Version 0.1.0 kept days as midnights of no known zone."""
    day = text is not None and (
        text.endswith("T00+00:00") or (zone_assumed and text.endswith("T00:00:00+00:00"))
    )
    return DatePrecision.DAY if day else DatePrecision.TIME
