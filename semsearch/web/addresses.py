"""Addresses of pages with their parameters, and the filters of a list that stand in them."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field

from semsearch.errors import InvalidQueryError
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import moment_of

_LEAST = 2
_MOST_DIGITS = 9
SORTS = {
    CoverageOrder.SIZE: "most articles",
    CoverageOrder.RECENT: "newest",
    CoverageOrder.ORIGINS: "most independent texts",
}


@dataclass(frozen=True, slots=True)
class Link:
    """A path with its parameters, in order."""

    path: str
    parameters: tuple[tuple[str, str], ...] = ()

    def with_(self, name: str, value: object) -> "Link":
        """With one more value of a parameter."""
        return replace(self, parameters=(*self.parameters, (name, str(value))))

    def without(self, name: str, value: object = None) -> "Link":
        """Without a parameter, or without one value of it."""
        return replace(
            self,
            parameters=tuple(
                one
                for one in self.parameters
                if one[0] != name or (value is not None and one[1] != str(value))
            ),
        )

    def below(self, rest: str) -> "Link":
        """The address of what belongs to the page: its path goes on, its parameters stay."""
        return replace(self, path=self.path + rest)

    def __str__(self) -> str:
        if not self.parameters:
            return self.path
        # Half a surrogate pair can stand in a text, not in an address.
        return f"{self.path}?{urlencode(self.parameters, errors='replace')}"


class PageForm(BaseModel):
    """What the form of a page sends, without blanks around it; what is left blank asks nothing."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    def link_to(self, path: str) -> Link:
        """The address of the first page."""
        sent = self.model_dump(by_alias=True, exclude={"page", "start"})
        values = {name: (v,) if isinstance(v, str) else v for name, v in sent.items()}
        return Link(path, tuple((name, each) for name in values for each in values[name] if each))


class ListFilters(PageForm):
    """The filters of a list, as they were typed."""

    provider: str = ""
    since: str = Field(default="", alias="from")
    until: str = Field(default="", alias="to")
    size: str = ""
    sort: str = ""
    page: str = ""

    @property
    def in_use(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.provider or self.since or self.until or self.size)

    def query(self) -> CoverageQuery:
        """What the engine is asked."""
        is_number = self.size.isascii() and self.size.isdigit()
        if self.size and not (is_number and len(self.size) <= _MOST_DIGITS):
            raise InvalidQueryError("The least number of articles must be a whole number.")
        if self.sort and self.sort not in list(CoverageOrder):
            raise InvalidQueryError("The order must be size, recent or origins.")
        return CoverageQuery(
            order=CoverageOrder(self.sort or CoverageOrder.SIZE),
            provider=self.provider,
            since=moment_of(self.since or None),
            until=moment_of(self.until or None, after=True),
            min_size=max(_LEAST, int(self.size or 0)),
            page_token=self.page or None,
        )


ListFiltersDependency = Annotated[ListFilters, Parameter()]
