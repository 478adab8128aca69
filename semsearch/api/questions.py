"""Parameters of a question, as a query string and as JSON."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends
from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field

from semsearch.articles.filter_tree import parse_day, parse_filter
from semsearch.articles.filters import EVERYTHING, Filters, from_timestamp
from semsearch.articles.search import Collapse, Mode, Query
from semsearch.rank.reading import Step

_Names = Annotated[list[str] | None, Parameter()]


class FilterParameters(BaseModel):
    """What an answer must satisfy; given values of one name are alternatives."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    provider: list[str] = Field(default=[], description="Domains or names of outlets.")
    topic: list[str] = Field(default=[], description="Topics.")
    category: list[str] = Field(default=[], description="Categories.")
    type: list[str] = Field(default=[], description="Types, such as article or video.")
    language: list[str] = Field(default=[], description="Language codes.")
    since: str | None = Field(
        default=None, alias="from", description="Published on this day or later (2024-03-05)."
    )
    until: str | None = Field(
        default=None, alias="to", description="Published on this day or earlier."
    )
    min_quality: int | None = Field(default=None, ge=0, le=100)
    stub: bool | None = Field(default=None, description="Only stubs, or none.")

    def filters(self, tree: dict[str, Any] | None = None) -> Filters:
        """As the engine takes them.

        Raises:
            InvalidFilterError: A date or the tree cannot be read.
        """
        return Filters(
            provider=tuple(self.provider),
            topic=tuple(self.topic),
            category=tuple(self.category),
            type=tuple(self.type),
            language=tuple(self.language),
            since=None if self.since is None else from_timestamp(parse_day(self.since)[0]),
            until=None if self.until is None else from_timestamp(parse_day(self.until)[1]),
            min_quality=self.min_quality,
            stub=self.stub,
            tree=EVERYTHING if tree is None else parse_filter(tree),
        )


class FilterBody(FilterParameters):
    """Filters in JSON: the plain ones and a tree."""

    filter: dict[str, Any] | None = Field(
        default=None,
        description="A tree {operator, conditions:[...]} of {field, operator, value}.",
        examples=[{"field": "quality", "operator": ">=", "value": 30}],
    )


class SearchBody(FilterBody):
    """A question in JSON."""

    q: str = Field(description="The question, in any words.")
    k: int = Field(default=10, ge=1, le=1000, description="Hits a page.")
    page_token: str | None = Field(default=None, description="next_page_token of the last page.")
    mode: Mode = Mode.HYBRID
    collapse: Collapse = Collapse.NONE
    asked_at: str | None = Field(default=None, description='The day that "this week" counts from.')
    prefer_quality: bool = Field(default=False, description="Let quality count a little.")
    diversity: bool = Field(default=False, description="Different outlets before more of the same.")
    explain: bool = False
    read: list[str] | None = Field(
        default=None,
        description="Steps of reading the question: phrase, provider, topic, date, spelling, "
        "acronym, needs; none: not read at all. All by default.",
        examples=[["provider", "date"]],
    )

    def query(self) -> Query:
        """As the engine takes it.

        Raises:
            InvalidFilterError: A date or the tree cannot be read.
        """
        return Query(
            text=self.q,
            k=self.k,
            filters=self.filters(self.filter),
            mode=self.mode,
            collapse=self.collapse,
            asked_at=None if self.asked_at is None else from_timestamp(parse_day(self.asked_at)[0]),
            prefer_quality=self.prefer_quality,
            diversity=self.diversity,
            page_token=self.page_token,
            explain=self.explain,
            steps=steps_of(self.read),
        )


def steps_of(read: Sequence[str] | None) -> tuple[str, ...]:
    """The steps of reading that are asked for: all, some, or with "none" none."""
    if read is None:
        return tuple(Step)
    return () if list(read) == ["none"] else tuple(read)


def _filter_parameters(
    *,
    provider: _Names = None,
    topic: _Names = None,
    category: _Names = None,
    type: _Names = None,  # noqa: A002 - the parameter's name
    language: _Names = None,
    since: Annotated[str | None, Parameter(alias="from", examples=["2024-03-01"])] = None,
    until: Annotated[str | None, Parameter(alias="to", examples=["2024-03-31"])] = None,
    min_quality: Annotated[int | None, Parameter(ge=0, le=100)] = None,
    stub: bool | None = None,
) -> FilterParameters:
    return FilterParameters(
        provider=provider or [],
        topic=topic or [],
        category=category or [],
        type=type or [],
        language=language or [],
        **{"from": since, "to": until},
        min_quality=min_quality,
        stub=stub,
    )


FilterQuery = Annotated[FilterParameters, Depends(_filter_parameters)]


def _search_parameters(
    filters: FilterQuery,
    q: Annotated[str, Parameter(description="The question, in any words.")],
    k: Annotated[int, Parameter(ge=1, le=1000, description="Hits a page.")] = 10,
    page_token: str | None = None,
    mode: Mode = Mode.HYBRID,
    collapse: Collapse = Collapse.NONE,
    asked_at: Annotated[str | None, Parameter(examples=["2024-03-08"])] = None,
    read: Annotated[
        list[str] | None, Parameter(description="Steps of reading the question, or none.")
    ] = None,
    *,
    prefer_quality: bool = False,
    diversity: bool = False,
    explain: bool = False,
) -> Query:
    body = SearchBody(
        **filters.model_dump(),
        q=q,
        k=k,
        page_token=page_token,
        mode=mode,
        collapse=collapse,
        asked_at=asked_at,
        prefer_quality=prefer_quality,
        diversity=diversity,
        explain=explain,
        read=read,
    )
    return body.query()


SearchQuery = Annotated[Query, Depends(_search_parameters)]
