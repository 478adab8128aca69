"""An article, its provider and its passages."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


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


class Basis(StrEnum):
    """How much of an article's text is held: claims about absence need ``FULL``."""

    FULL = "full"
    EXCERPT = "excerpt"
    TITLE = "title"


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
        published: UTC, or None where unknown.
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


_HOUR = 3600.0
_NEVER = datetime.max.replace(tzinfo=UTC)


def by_time(article: Article) -> tuple[datetime, str]:
    """Sorts articles by publication, those without a date last, and by id."""
    return article.published or _NEVER, article.id


def lag_hours(published: datetime | None, first: datetime | None) -> float | None:
    """Hours after the first, None where either is unknown."""
    if published is None or first is None:
        return None
    return round((published - first).total_seconds() / _HOUR, 2)
