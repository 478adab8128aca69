"""An article as it is shown whole, and as it is exported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from semsearch.model.article import Article, Basis, Field, Provider, Related


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Characters ``[start, end)`` of a field that are left out of embedding, and why."""

    field: Field
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class ArticleView:
    """Everything that is held of an article.

    Attributes:
        boilerplate: Spans that are kept but not embedded.
        zone_assumed: The date came without a zone and was taken as UTC.
    """

    id: str
    title: str
    excerpt: str
    body: str
    url: str
    published: datetime | None
    zone_assumed: bool
    provider: Provider
    topics: tuple[str, ...]
    category: str
    type: str
    language: str
    quality: int | None
    heat: int | None
    basis: Basis
    stub: bool
    related: tuple[Related, ...]
    boilerplate: tuple[MarkedSpan, ...]
    extra: Mapping[str, object]


def export_record(article: Article) -> dict[str, object]:
    """The article as one record of JSON Lines; reading it gives the same article again."""
    record: dict[str, object] = {
        "id": article.id,
        "title": article.title,
        "excerpt": article.excerpt,
        "body": article.body,
        "provider": {"name": article.provider.name, "domain": article.provider.domain},
        "url": article.url,
        "publishedDateTime": _date(article.published, zone=not article.zone_assumed),
        "topics": list(article.topics),
        "category": article.category,
        "type": article.type,
        "language": article.language,
        "quality": article.quality,
        "heat": article.heat,
        "related": [
            {
                "title": link.title,
                "excerpt": link.excerpt,
                "webUrl": link.url,
                "publishedDateTime": _date(link.published),
                "type": link.type,
                "provider": {"name": link.provider.name, "domain": link.provider.domain},
                "quality": link.quality,
            }
            for link in article.related
        ],
    }
    known = {key: value for key, value in record.items() if value not in (None, "", [])}
    return {**article.extra, **known}


def _date(moment: datetime | None, *, zone: bool = True) -> str | None:
    if moment is None:
        return None
    return (moment if zone else moment.replace(tzinfo=None)).isoformat()
