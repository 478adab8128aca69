"""Filters over articles: one tree, one meaning.

``Condition.matches`` is the definition. Index backends evaluate the same tree inside their
candidate search, in their own terms, and are tested against it.

Rules that all evaluations share: text compares without regard to case or to how its accents are
written; ``provider`` equals either the domain or the name; ``language`` equals the first part of a
code, by whichever name; ``topic`` is true when any of the article's topics is; a
comparison with an unknown value (no date, no quality) is false, so its negation is true.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import chain
from types import UnionType
from unicodedata import normalize

from semsearch.errors import InvalidFilterError
from semsearch.model.article import Article, bare_host
from semsearch.model.languages import code_of

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


class Attribute(StrEnum):
    """What can be filtered on."""

    PROVIDER = "provider"
    TOPIC = "topic"
    CATEGORY = "category"
    TYPE = "type"
    LANGUAGE = "language"
    QUALITY = "quality"
    PUBLISHED = "published"
    STUB = "stub"


TEXT_ATTRIBUTES = frozenset(
    {
        Attribute.PROVIDER,
        Attribute.TOPIC,
        Attribute.CATEGORY,
        Attribute.TYPE,
        Attribute.LANGUAGE,
    }
)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text attribute equals one of the values (lower case)."""

    attribute: Attribute
    values: tuple[str, ...]

    def matches(self, article: Article) -> bool:
        """Whether the article passes."""
        return any(value in self.values for value in attribute_texts(article, self.attribute))


@dataclass(frozen=True, slots=True)
class Between:
    """A number lies in ``[low, high)``; None leaves a side open.

    ``published`` counts in seconds since 1970-01-01 UTC.
    """

    attribute: Attribute
    low: int | None
    high: int | None

    def matches(self, article: Article) -> bool:
        """Whether the article passes."""
        value = attribute_number(article, self.attribute)
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds; true when there is none."""

    conditions: tuple["Condition", ...]

    def matches(self, article: Article) -> bool:
        """Whether the article passes."""
        return all(condition.matches(article) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds; false when there is none."""

    conditions: tuple["Condition", ...]

    def matches(self, article: Article) -> bool:
        """Whether the article passes."""
        return any(condition.matches(article) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"

    def matches(self, article: Article) -> bool:
        """Whether the article passes."""
        return not self.condition.matches(article)


Condition = OneOf | Between | AllOf | AnyOf | Not

EVERYTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class Filters:
    """The plain filters of a question plus an optional tree; all must hold.

    Attributes:
        provider: Domains or names, any of them.
        topic: Any of them.
        since: Earliest publication, inclusive.
        until: Latest publication, exclusive.
        min_quality: 0-100.
        tree: A further condition.
    """

    provider: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_quality: int | None = None
    stub: bool | None = None
    tree: Condition = field(default=EVERYTHING)

    def __post_init__(self) -> None:
        """Take a text for what it says: a text alone is one value, a day is a moment.

        Raises:
            InvalidRequestError: A field is of the wrong kind.
        """
        texts = (self.provider, self.topic, self.category, self.type, self.language)
        typed = (
            are_of(tuple, *texts)
            and are_of(str, *chain(*texts))
            and are_moments(self.since, self.until)
            and are_of(int | None, self.min_quality)
            and are_of(OneOf | Between | AllOf | AnyOf | Not, self.tree)
        )
        if not typed:
            from semsearch.model.arguments import filters_fields  # noqa: PLC0415 - it needs this

            for name, value in filters_fields(self).items():
                object.__setattr__(self, name, value)

    def condition(self) -> Condition:
        """All of it as one condition."""
        parts: list[Condition] = [
            OneOf(attribute, tuple(normal_text(attribute, value) for value in values))
            for attribute, values in (
                (Attribute.PROVIDER, self.provider),
                (Attribute.TOPIC, self.topic),
                (Attribute.CATEGORY, self.category),
                (Attribute.TYPE, self.type),
                (Attribute.LANGUAGE, self.language),
            )
            if values
        ]
        if self.since is not None or self.until is not None:
            low = None if self.since is None else timestamp(self.since)
            high = None if self.until is None else timestamp(self.until)
            parts.append(Between(Attribute.PUBLISHED, low, high))
        if self.min_quality is not None:
            parts.append(Between(Attribute.QUALITY, self.min_quality, None))
        if self.stub is not None:
            parts.append(Between(Attribute.STUB, int(self.stub), int(self.stub) + 1))
        if self.tree != EVERYTHING:
            parts.append(self.tree)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def are_of(kind: type | UnionType, *values: object) -> bool:
    """Whether all values are of a kind."""
    return all(isinstance(value, kind) for value in values)


def are_moments(*values: object) -> bool:
    """Whether all are moments with their time zones, or None; nothing else is certain."""
    return all(
        value is None or (type(value) is datetime and value.tzinfo is not None) for value in values
    )


def normal_text(attribute: Attribute, value: str) -> str:
    """How a text value is compared: composed (NFC), without regard to case.

    A provider's host has no ``www.``. A language is its first part: ``en-US`` and ``en_GB`` are
    ``en``, and so is ``English``.
    """
    value = normalize("NFC", normalize("NFC", value).strip().casefold())
    match attribute:
        case Attribute.PROVIDER:
            return bare_host(value)
        case Attribute.LANGUAGE:
            return code_of(value.replace("_", "-").partition("-")[0]) or value
        case _:
            return value


def attribute_texts(article: Article, attribute: Attribute) -> tuple[str, ...]:
    """The article's values of a text attribute, as compared; unknown values are left out."""
    match attribute:
        case Attribute.PROVIDER:
            values: tuple[str, ...] = (article.provider.domain, article.provider.name)
        case Attribute.TOPIC:
            values = article.topics
        case Attribute.CATEGORY:
            values = (article.category,)
        case Attribute.TYPE:
            values = (article.type,)
        case Attribute.LANGUAGE:
            values = (article.language,)
        case _:
            raise InvalidFilterError(f"{attribute} is not a text attribute")
    return tuple(dict.fromkeys(normal_text(attribute, value) for value in values if value.strip()))


def attribute_number(article: Article, attribute: Attribute) -> int | None:
    """The article's value of a number attribute; None where unknown."""
    match attribute:
        case Attribute.QUALITY:
            return article.quality
        case Attribute.PUBLISHED:
            return None if article.published is None else timestamp(article.published)
        case Attribute.STUB:
            return int(article.stub)
        case _:
            raise InvalidFilterError(f"{attribute} is not a number attribute")


def timestamp(moment: datetime) -> int:
    """Whole seconds since 1970-01-01 UTC; exact for years 1 to 9999, rounds down.

    A moment without a time zone is of UTC.
    """
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def from_timestamp(seconds: int) -> datetime:
    """The inverse of ``timestamp``; years before 1 and after 9999 become those.

    ``datetime.fromtimestamp`` fails for early years on some systems.
    """
    moment = datetime(1970, 1, 1, tzinfo=UTC)
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return _LATEST if seconds > 0 else _EARLIEST
