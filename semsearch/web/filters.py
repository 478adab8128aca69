"""The filters of a list of stories or duplicates, as they stand in an address and in a form."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi import Query as Parameter

from semsearch.errors import InvalidQueryError
from semsearch.model.coverage import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import moment_of
from semsearch.web.links import Link

_LEAST = 2
_MOST_DIGITS = 9
SORTS = {
    CoverageOrder.SIZE: "most articles",
    CoverageOrder.RECENT: "newest",
    CoverageOrder.ORIGINS: "most independent texts",
}


@dataclass(frozen=True, slots=True)
class ListFilters:
    """What a form sends, as it was typed; what is left blank filters nothing."""

    provider: str = ""
    since: str = ""
    until: str = ""
    size: str = ""
    sort: str = ""
    page: str = ""

    @property
    def in_use(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.provider or self.since or self.until or self.size)

    def query(self) -> CoverageQuery:
        """What the engine is asked.

        Raises:
            InvalidQueryError: A size or an order is none.
            InvalidFilterError: A date is none.
        """
        return CoverageQuery(
            order=_order(self.sort),
            provider=self.provider,
            since=moment_of(self.since or None),
            until=moment_of(self.until or None, after=True),
            min_size=_size(self.size),
            page_token=self.page or None,
        )

    def link(self, path: str) -> Link:
        """The address of the first page."""
        given = (
            ("provider", self.provider),
            ("from", self.since),
            ("to", self.until),
            ("size", self.size),
            ("sort", self.sort),
        )
        return Link(path, tuple((name, value) for name, value in given if value))


def _list_filters(
    provider: str = "",
    since: Annotated[str, Parameter(alias="from")] = "",
    until: Annotated[str, Parameter(alias="to")] = "",
    size: str = "",
    sort: str = "",
    page: str = "",
) -> ListFilters:
    return ListFilters(*(one.strip() for one in (provider, since, until, size, sort, page)))


ListFiltersDependency = Annotated[ListFilters, Depends(_list_filters)]


def _size(given: str) -> int:
    if not given:
        return _LEAST
    if not (given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS):
        raise InvalidQueryError("The least number of articles must be a whole number.")
    return max(_LEAST, int(given))


def _order(given: str) -> CoverageOrder:
    if not given:
        return CoverageOrder.SIZE
    if given not in list(CoverageOrder):
        raise InvalidQueryError("The order must be size, recent or origins.")
    return CoverageOrder(given)
