"""Filters as people write them: trees in JSON, and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeGuard

from semsearch.errors import InvalidFilterError
from semsearch.model.filters import (
    TEXT_ATTRIBUTES,
    AllOf,
    AnyOf,
    Attribute,
    Between,
    Condition,
    Not,
    OneOf,
    from_timestamp,
    normal_text,
    timestamp,
)

MAX_DEPTH = 8
MAX_CONDITIONS = 256
MAX_VALUES = 1_000
"""Most values of a list, and of all lists of a tree together."""
MAX_VALUE_CHARS = 1_000


def parse_filter(tree: object) -> Condition:
    """Read a filter tree as sent in JSON.

    A tree is ``{"operator": "AND"|"OR"|"NOT", "conditions": [tree, ...]}`` or
    ``{"field": ..., "operator": "=="|"!="|"in"|"not in"|">"|">="|"<"|"<=", "value": ...}``.
    ``NOT`` holds when not all of its conditions do.

    Raises:
        InvalidFilterError: The tree is malformed, deeper than 8 or wider than 256 conditions, or
            it holds more than 1,000 values or one of more than 1,000 characters.
    """
    return _parse(tree, _Budget(MAX_CONDITIONS, MAX_VALUES), depth=0)


@dataclass(slots=True)
class _Budget:
    """What the rest of a tree may hold."""

    conditions: int
    values: int


def _parse(tree: object, budget: _Budget, depth: int) -> Condition:
    budget.conditions -= 1
    if depth > MAX_DEPTH or budget.conditions < 0:
        raise InvalidFilterError(
            f"The filter is deeper than {MAX_DEPTH} or has more than {MAX_CONDITIONS} conditions."
        )
    if not isinstance(tree, Mapping):
        raise InvalidFilterError(f"A filter must be an object, not {_kind(tree)}.")
    operator = tree.get("operator")
    if "field" in tree:
        _only(tree, {"field", "operator", "value"})
        value = tree.get("value")
        budget.values -= len(value) if isinstance(value, list) else 1
        if budget.values < 0:
            raise InvalidFilterError(f"The filter has more than {MAX_VALUES:,} values.")
        return _comparison(tree["field"], operator, value)
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
    if any(len(item) > MAX_VALUE_CHARS for item in values):
        raise InvalidFilterError(f"A value has more than {MAX_VALUE_CHARS:,} characters.")
    condition = OneOf(attribute, tuple(normal_text(attribute, item) for item in values))
    return Not(condition) if operator in ("!=", "not in") else condition


def _stub_comparison(operator: object, value: object) -> Condition:
    if operator not in ("==", "!=") or not isinstance(value, bool):
        raise InvalidFilterError("'stub' takes == or != with true or false.")
    wanted = int(value if operator == "==" else not value)
    return Between(Attribute.STUB, wanted, wanted + 1)


def _number_comparison(attribute: Attribute, operator: object, value: object) -> Condition:
    if operator in ("in", "not in"):
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise InvalidFilterError(f"'{attribute} {operator}' takes a list.")
        condition = AnyOf(tuple(_number_comparison(attribute, "==", item) for item in value))
        return Not(condition) if operator == "not in" else condition
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


def moment_of(day: str | None, *, after: bool = False) -> datetime | None:
    """The moment at which a date begins, or the one after it ends; None: there is no date.

    Raises:
        InvalidFilterError: It cannot be read as a date.
    """
    return None if day is None else from_timestamp(parse_day(day)[after])


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
