"""What callers give to the methods of an index, checked, so that what is wrong is said at once."""

import operator
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import SupportsIndex, TypeVar

from semsearch.errors import InvalidFilterError, InvalidQueryError, InvalidRequestError
from semsearch.model.article import Article
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import moment_of, parse_filter
from semsearch.model.filters import AllOf, AnyOf, Between, Filters, Not, OneOf
from semsearch.model.search import Collapse, Confidence, Mode, Query, Sort
from semsearch.model.watch import WatchSpec

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

Fields = Mapping[str, object]
"""A record: the fields of an article by the names that archives use (see docs/articles.md)."""

ArticleLike = str | Article | Fields
"""The id of an article in the index, or an article that need not be there."""


def text_given(value: object, what: str) -> str:
    """A text, and nothing else.

    Raises:
        InvalidRequestError: It is no text.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(f"{what} is a text (str), not {type(value).__name__}.")
    return value


def given_as(kind: type[T], value: object) -> T:
    """An instance of a class, and nothing else.

    Raises:
        InvalidRequestError: It is none.
    """
    if not isinstance(value, kind):
        raise InvalidRequestError(f"Give a {kind.__name__}(...), not {type(value).__name__}.")
    return value


def whole_number(value: SupportsIndex, name: str) -> int:
    """A whole number, of Python or NumPy.

    Raises:
        InvalidQueryError: It is none.
    """
    try:
        return operator.index(value)
    except TypeError:
        raise InvalidQueryError(f"{name} is a whole number, not {value!r}.") from None


def number_given(value: object, name: str) -> float | None:
    """A number, of Python or NumPy; None: there is none.

    Raises:
        InvalidQueryError: It is none.
    """
    if value is None or isinstance(value, int | float):
        return value
    try:
        if not isinstance(value, str):
            return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        pass
    raise InvalidQueryError(f"{name} must be a number, not {value!r}.")


def one_of(kind: type[E], value: object, name: str) -> E:
    """One of a few values, which may be given as its text.

    Raises:
        InvalidQueryError: It is none of them.
    """
    try:
        return kind(value)  # type: ignore[arg-type]
    except ValueError:
        allowed = ", ".join(kind)
        raise InvalidQueryError(f"{name} must be one of {allowed}, not {value!r}.") from None


def query_fields(query: Query) -> dict[str, object]:
    """The fields of a question as they are typed.

    Raises:
        InvalidRequestError: One is of the wrong kind.
    """
    return {
        "filters": given_as(Filters, query.filters),
        "text": text_given(query.text, "A question"),
        "k": whole_number(query.k, "k"),
        "mode": one_of(Mode, query.mode, "mode"),
        "collapse": one_of(Collapse, query.collapse, "collapse"),
        "sort": one_of(Sort, query.sort, "sort"),
        "asked_at": moment_given(query.asked_at),
        "min_score": number_given(query.min_score, "min_score"),
        "min_confidence": one_of(Confidence, query.min_confidence, "min_confidence"),
        "steps": texts_given(query.steps, "Steps of reading"),
    }


def filters_fields(filters: Filters) -> dict[str, object]:
    """The fields of filters as they are typed.

    A text alone is one value, and a filter tree may be as JSON has it.

    Raises:
        InvalidRequestError: One is of the wrong kind.
    """
    known = isinstance(filters.tree, OneOf | Between | AllOf | AnyOf | Not)
    quality = filters.min_quality
    return {
        "provider": texts_given(filters.provider, "Providers"),
        "topic": texts_given(filters.topic, "Topics"),
        "category": texts_given(filters.category, "Categories"),
        "type": texts_given(filters.type, "Types"),
        "language": texts_given(filters.language, "Languages"),
        "since": moment_given(filters.since),
        "until": moment_given(filters.until, after=True),
        "min_quality": None if quality is None else whole_number(quality, "min_quality"),
        "tree": filters.tree if known else parse_filter(filters.tree),
    }


def watch_fields(spec: WatchSpec) -> dict[str, object]:
    """The fields of a watch as they are typed.

    Raises:
        InvalidRequestError: One is of the wrong kind.
    """
    return {
        "provider": texts_given(spec.provider, "Providers"),
        "to": texts_given(spec.to, "Places"),
        "min_confidence": one_of(Confidence, spec.min_confidence, "min_confidence"),
    }


def coverage_fields(query: CoverageQuery) -> dict[str, object]:
    """The fields of a list of groups or stories as they are typed.

    Raises:
        InvalidRequestError: One is of the wrong kind.
    """
    return {
        "order": one_of(CoverageOrder, query.order, "order"),
        "k": whole_number(query.k, "k"),
        "provider": text_given(query.provider, "The outlet"),
        "since": moment_given(query.since),
        "until": moment_given(query.until, after=True),
        "min_size": whole_number(query.min_size, "min_size"),
        "min_origins": whole_number(query.min_origins, "min_origins"),
    }


def texts_given(value: Iterable[str], what: str) -> tuple[str, ...]:
    """Some texts; one alone stands for itself, not for its letters.

    Raises:
        InvalidRequestError: They are no texts.
    """
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InvalidRequestError(f"{what} are a list of texts, not {type(value).__name__}.")
    return tuple(text_given(one, f"Each of {what.lower()}") for one in value)


def moment_given(value: object, *, after: bool = False) -> datetime | None:
    """A moment: where no time zone is given, of UTC.

    Args:
        value: A moment, a day, or either as a text; None: there is none.
        after: Whether the end of a day is meant, not its beginning.

    Raises:
        InvalidFilterError: It is none of these.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    if value is None or isinstance(value, str):
        return moment_of(value, after=after)
    if not isinstance(value, datetime) or value != value:  # noqa: PLR0124 - NaT of pandas
        raise InvalidFilterError(
            f"{value!r} is not a date.", "Give a datetime, a date, or a text such as 2024-03-05."
        )
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
