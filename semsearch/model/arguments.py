"""What callers give to the methods of an index, checked, so that what is wrong is said at once."""

import operator
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import SupportsIndex

from semsearch.errors import InvalidFilterError, InvalidQueryError, InvalidRequestError
from semsearch.model.filter_tree import moment_of


def text_given(value: object, what: str) -> str:
    """A text, and nothing else.

    Raises:
        InvalidRequestError: It is no text.
    """
    if not isinstance(value, str):
        raise InvalidRequestError(f"{what} is a text (str), not {type(value).__name__}.")
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
