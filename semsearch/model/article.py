"""An article, its provider, passages and address; how it is shown whole, and exported."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from semsearch.model.tabular import Shown


class Field(StrEnum):
    """The texts of an article that are embedded and searched.

    An article is given three. ``LEAD`` is made of them: the title with the excerpt, or with the
    beginning of the body; it ranks, but is never shown as a passage.
    """

    TITLE = "title"
    EXCERPT = "excerpt"
    BODY = "body"
    LEAD = "lead"


FIELDS = (Field.TITLE, Field.EXCERPT, Field.BODY)
EMBEDDED = (*FIELDS, Field.LEAD)

_LEAD = re.compile(r"\s*(?:\S+\s+){0,119}\S+")  # 120 words


class DatePrecision(StrEnum):
    """How exactly a date is known: its day, or a time of that day."""

    DAY = "day"
    TIME = "time"


class Basis(StrEnum):
    """How much of an article's text is held: claims about absence need ``FULL``."""

    FULL = "full"
    EXCERPT = "excerpt"
    TITLE = "title"


def bare_host(host: str) -> str:
    """Lower case, without a leading ``www.`` or a trailing dot."""
    return host.casefold().rstrip(".").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Provider:
    """An outlet. Either part may be empty where it is unknown."""

    name: str = ""
    domain: str = ""

    @property
    def key(self) -> str:
        """What identifies the outlet: its domain, else its name in lower case."""
        return self.domain or self.name.casefold()


@dataclass(frozen=True, slots=True)
class Related:
    """An entry of an article's ``related`` list: a link to another article, as it was given."""

    id: str
    title: str
    url: str
    excerpt: str = ""
    published: datetime | None = None
    precision: DatePrecision = DatePrecision.TIME
    type: str = ""
    provider: Provider = Provider()
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One record of an archive.

    Attributes:
        id: Explicit id, else derived from the canonical URL (see ``ingest.identity``).
        title: Headline; may be empty only where there is a body.
        excerpt: Teaser; may be empty.
        body: Full text; empty where it is not held. Texts are kept as given but for NFC and
            repaired mojibake, so offsets index them directly.
        url: As given.
        published: UTC, or None where unknown; midnight where only the day is known.
        precision: Whether ``published`` is a day or has a time.
        zone_assumed: The date came without a zone and was taken as UTC.
        quality: 0-100, or None where unknown.
        heat: 0-100, or None where unknown (archives write -1).
        stub: Known only from another article's ``related`` list.
        extra: Fields of the source that have no place here, as they came.
    """

    id: str
    title: str
    excerpt: str = ""
    body: str = ""
    provider: Provider = Provider()
    url: str = ""
    published: datetime | None = None
    precision: DatePrecision = DatePrecision.TIME
    zone_assumed: bool = False
    topics: tuple[str, ...] = ()
    category: str = ""
    type: str = ""
    language: str = ""
    quality: int | None = None
    heat: int | None = None
    stub: bool = False
    related: tuple[Related, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: Field) -> str:
        """The text of one field."""
        match name:
            case Field.TITLE:
                return self.title
            case Field.EXCERPT:
                return self.excerpt
            case Field.BODY:
                return self.body
            case Field.LEAD:
                return self.lead

    @property
    def lead(self) -> str:
        """The title with the excerpt, or with the first 120 words of the body."""
        if self.excerpt.strip():
            beginning = self.excerpt
        else:
            found = _LEAD.match(self.body)
            beginning = found[0] if found else ""
        if not self.has_own_title:
            return beginning or self.title
        ending = "" if self.title.rstrip()[-1] in ".?!…" else "."
        return f"{self.title.rstrip()}{ending}\n\n{beginning}".rstrip()

    @property
    def has_own_title(self) -> bool:
        """Whether the title says something that is not just how the body begins."""
        title = self.title.casefold().split()
        beginning = self.body[: 2 * len(self.title) + 40].casefold().split()
        return bool(title) and title != beginning[: len(title)]

    @property
    def basis(self) -> Basis:
        """The fullest text that is held."""
        if self.body.strip():
            return Basis.FULL
        return Basis.EXCERPT if self.excerpt.strip() else Basis.TITLE

    @property
    def headline(self) -> str:
        """The title, or where there is none the first line of the text."""
        if self.title.strip():
            return self.title
        text = self.excerpt.strip() or self.body.strip()
        return text.splitlines()[0][:160] if text else ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one field that fits the encoder.

    ``article.text(field)[start:end]`` is the passage; offsets are characters.
    """

    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters ``[start, end)`` within the text of a span or headline."""

    start: int
    end: int
    text: str


_HOUR = 3600.0
_NEVER = datetime.max.replace(tzinfo=UTC)


def by_time(article: Article) -> tuple[datetime, str]:
    """Sorts articles by publication, those without a date last, and by id."""
    return article.published or _NEVER, article.id


def first_published(articles: Iterable[Article]) -> Article | None:
    """The one with the earliest date; of a day and a time on it, the day. None: none has a date."""
    return min((each for each in articles if each.published is not None), key=by_time, default=None)


def lag_hours(article: Article, first: Article | None) -> float | None:
    """Hours after the first; whole days where of one only the day is known, None for no date."""
    if article.published is None or first is None or first.published is None:
        return None
    if lag_precision(article, first) is DatePrecision.DAY:
        return 24.0 * (article.published.date() - first.published.date()).days
    return round((article.published - first.published).total_seconds() / _HOUR, 2)


def lag_precision(article: Article, first: Article | None) -> DatePrecision:
    """How exactly ``lag_hours`` is known."""
    day = DatePrecision.DAY in (article.precision, first and first.precision)
    return DatePrecision.DAY if day else DatePrecision.TIME


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Characters ``[start, end)`` of a field that are left out of embedding, and why."""

    field: Field
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class ArticleView(Shown):
    """Everything that is held of an article.

    Attributes:
        boilerplate: Spans that are kept but not embedded.
        precision: Whether ``published`` is a day, given as its midnight, or has a time.
        zone_assumed: The date came without a zone and was taken as UTC.
    """

    id: str
    title: str
    excerpt: str
    body: str
    url: str
    published: datetime | None
    precision: DatePrecision
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
        "publishedDateTime": _date(article, zone=not article.zone_assumed),
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
                "publishedDateTime": _date(link),
                "type": link.type,
                "provider": {"name": link.provider.name, "domain": link.provider.domain},
                "quality": link.quality,
            }
            for link in article.related
        ],
    }
    known = {key: value for key, value in record.items() if value not in (None, "", [])}
    return {**article.extra, **known}


def _date(dated: Article | Related, *, zone: bool = True) -> str | None:
    if dated.published is None:
        return None
    if dated.precision is DatePrecision.DAY:
        return dated.published.date().isoformat() + ("Z" if zone else "")
    return (dated.published if zone else dated.published.replace(tzinfo=None)).isoformat()
