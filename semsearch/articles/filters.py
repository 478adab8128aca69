"""Filters over articles: one tree, one meaning.

``Condition.matches`` is the definition. Index backends evaluate the same tree inside their
candidate search, in their own terms, and are tested against it.

Rules that all evaluations share: text compares without regard to case; ``provider`` equals
either the domain or the name; ``topic`` is true when any of the article's topics is; a
comparison with an unknown value (no date, no quality) is false, so its negation is true.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeGuard

from semsearch.articles.article import Article
from semsearch.articles.urls import bare_host
from semsearch.errors import InvalidFilterError

_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
MAX_DEPTH = 8
MAX_CONDITIONS = 256


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


def normal_text(attribute: Attribute, value: str) -> str:
    """How a text value is compared: lower case; a provider's host without ``www.``."""
    value = value.strip().casefold()
    return bare_host(value) if attribute is Attribute.PROVIDER else value


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
    """Whole seconds since 1970-01-01 UTC; exact for years 1 to 9999, rounds down."""
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


def parse_filter(tree: object) -> Condition:
    """Read a filter tree as sent in JSON.

    A tree is ``{"operator": "AND"|"OR"|"NOT", "conditions": [tree, ...]}`` or
    ``{"field": ..., "operator": "=="|"!="|"in"|"not in"|">"|">="|"<"|"<=", "value": ...}``.
    ``NOT`` holds when not all of its conditions do.

    Raises:
        InvalidFilterError: The tree is malformed, deeper than 8 or wider than 256 conditions.
    """
    budget = [MAX_CONDITIONS]
    return _parse(tree, budget, depth=0)


def _parse(tree: object, budget: list[int], depth: int) -> Condition:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise InvalidFilterError(
            f"The filter is deeper than {MAX_DEPTH} or has more than {MAX_CONDITIONS} conditions."
        )
    if not isinstance(tree, Mapping):
        raise InvalidFilterError(f"A filter must be an object, not {_kind(tree)}.")
    operator = tree.get("operator")
    if "field" in tree:
        _only(tree, {"field", "operator", "value"})
        return _comparison(tree["field"], operator, tree.get("value"))
    _only(tree, {"operator", "conditions"})
    conditions = tree.get("conditions")
    if not isinstance(conditions, Sequence) or isinstance(conditions, str) or not conditions:
        raise InvalidFilterError("'conditions' must be a list with at least one condition.")
    parts = tuple(_parse(condition, budget, depth + 1) for condition in conditions)
    match operator:
        case "AND":
            return AllOf(parts)
        case "OR":
            return AnyOf(parts)
        case "NOT":
            return Not(AllOf(parts))
        case _:
            raise InvalidFilterError(f"Unknown operator {operator!r}: use AND, OR or NOT.")


def _comparison(name: object, operator: object, value: object) -> Condition:
    try:
        attribute = Attribute(str(name))
    except ValueError:
        raise InvalidFilterError(f"Unknown filter field {name!r}.") from None
    if attribute in TEXT_ATTRIBUTES:
        return _text_comparison(attribute, operator, value)
    if attribute is Attribute.STUB:
        return _stub_comparison(operator, value)
    return _number_comparison(attribute, operator, value)


def _text_comparison(attribute: Attribute, operator: object, value: object) -> Condition:
    match operator:
        case "==" | "!=":
            if not isinstance(value, str):
                raise InvalidFilterError(f"'{attribute}' compares with text, not {_kind(value)}.")
            values = [value]
        case "in" | "not in":
            if not _is_text_list(value):
                raise InvalidFilterError(f"'{attribute} {operator}' takes a list of texts.")
            values = list(value)
        case _:
            raise InvalidFilterError(f"'{attribute}' takes ==, !=, in or not in, not {operator!r}.")
    found = OneOf(attribute, tuple(normal_text(attribute, item) for item in values))
    return Not(found) if operator in ("!=", "not in") else found


def _stub_comparison(operator: object, value: object) -> Condition:
    if operator not in ("==", "!=") or not isinstance(value, bool):
        raise InvalidFilterError("'stub' takes == or != with true or false.")
    wanted = int(value if operator == "==" else not value)
    return Between(Attribute.STUB, wanted, wanted + 1)


def _number_comparison(attribute: Attribute, operator: object, value: object) -> Condition:
    if operator in ("in", "not in"):
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise InvalidFilterError(f"'{attribute} {operator}' takes a list.")
        found = AnyOf(tuple(_number_comparison(attribute, "==", item) for item in value))
        return Not(found) if operator == "not in" else found
    first, after = _span(attribute, value)
    same = Between(attribute, first, after)
    conditions: dict[object, Condition] = {
        "==": same,
        "!=": Not(same),
        ">=": Between(attribute, first, None),
        ">": Between(attribute, after, None),
        "<": Between(attribute, None, first),
        "<=": Between(attribute, None, after),
    }
    if not isinstance(operator, str) or operator not in conditions:
        raise InvalidFilterError(f"Unknown operator {operator!r} for '{attribute}'.")
    return conditions[operator]


def _span(attribute: Attribute, value: object) -> tuple[int, int]:
    """The half-open span of seconds or points that a value stands for: a date is a whole day."""
    if attribute is Attribute.PUBLISHED:
        if not isinstance(value, str):
            raise InvalidFilterError("'published' compares with a date such as \"2024-03-05\".")
        return parse_day(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidFilterError(f"'{attribute}' compares with a whole number.")
    if abs(value) > 2**31:
        raise InvalidFilterError(f"'{attribute}' is out of range.")
    return value, value + 1


def parse_day(value: str) -> tuple[int, int]:
    """A date (a whole UTC day) or a date with time (one second) as seconds ``[first, after)``.

    Raises:
        InvalidFilterError: It is not an ISO 8601 date.
    """
    try:
        if len(value) <= len("2024-03-05"):
            start = datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
            length = 86_400
        else:
            start = datetime.fromisoformat(value)
            start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
            length = 1
    except (ValueError, OverflowError):
        raise InvalidFilterError(
            f"{value!r} is not a date.", "Write dates as 2024-03-05 or 2024-03-05T14:00:00Z."
        ) from None
    first = timestamp(start)
    return first, first + length


def _is_text_list(value: object) -> TypeGuard[Sequence[str]]:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(item, str) for item in value)
    )


def _only(tree: Mapping[str, object], allowed: set[str]) -> None:
    unknown = sorted(str(key) for key in tree if key not in allowed)
    if unknown:
        raise InvalidFilterError(f"Unknown key in filter: {unknown[0]!r}.")


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
