"""Parameters of a question, as a query string and as JSON."""

from typing import Annotated, Any

from fastapi import Depends, Path
from fastapi import Query as Parameter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from semsearch.ask.parsing import steps_of
from semsearch.errors import UnreadableError
from semsearch.model.filter_tree import moment_of, parse_filter
from semsearch.model.filters import EVERYTHING, Filters
from semsearch.model.search import Collapse, Mode, Query
from semsearch.text.repair import repair


def _written(identity: str) -> str:
    """The id as records have it: it is found at the address that it was written to."""
    try:
        return repair(identity).strip()
    except UnreadableError:  # no record has it
        return identity


ArticleId = Annotated[str, Path(description="The id of an article."), AfterValidator(_written)]


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
    min_quality: int | None = Field(
        default=None, ge=0, le=100, description="Of this quality or more, as the records say."
    )
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
            since=moment_of(self.since),
            until=moment_of(self.until, after=True),
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
    k: int = Field(
        default=10, ge=1, json_schema_extra={"maximum": 1000}, description="Hits a page."
    )
    page_token: str | None = Field(default=None, description="next_page_token of the last page.")
    mode: Mode = Field(
        default=Mode.HYBRID, description="Which evidence ranks: meaning, words, or both."
    )
    collapse: Collapse = Field(
        default=Collapse.NONE, description="Show one hit of each text, or of each story."
    )
    asked_at: str | None = Field(default=None, description='The day that "this week" counts from.')
    prefer_quality: bool = Field(default=False, description="Let quality count a little.")
    diversity: bool = Field(default=False, description="Different outlets before more of the same.")
    explain: bool = Field(default=False, description="Say how each score came.")
    facets: bool = Field(default=False, description="Count what was ranked, by outlet, topic, day.")
    read: list[str] | None = Field(
        default=None,
        description="Steps of reading the question: phrase, provider, topic, date, spelling, "
        "acronym; none: not read at all. All by default.",
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
            asked_at=moment_of(self.asked_at),
            prefer_quality=self.prefer_quality,
            diversity=self.diversity,
            page_token=self.page_token,
            explain=self.explain,
            facets=self.facets,
            steps=steps_of(self.read),
        )


def _told(field: str, **more: Any) -> Any:
    """A parameter with the description of the field of JSON that it stands for."""
    return Parameter(description=SearchBody.model_fields[field].description, **more)


def _filter_parameters(
    *,
    provider: Annotated[list[str] | None, _told("provider")] = None,
    topic: Annotated[list[str] | None, _told("topic")] = None,
    category: Annotated[list[str] | None, _told("category")] = None,
    type: Annotated[list[str] | None, _told("type")] = None,  # noqa: A002 - the parameter's name
    language: Annotated[list[str] | None, _told("language")] = None,
    since: Annotated[str | None, _told("since", alias="from", examples=["2024-03-01"])] = None,
    until: Annotated[str | None, _told("until", alias="to", examples=["2024-03-31"])] = None,
    min_quality: Annotated[int | None, _told("min_quality", ge=0, le=100)] = None,
    stub: Annotated[bool | None, _told("stub")] = None,
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
    q: Annotated[str, _told("q")],
    k: Annotated[int, _told("k", ge=1, json_schema_extra={"maximum": 1000})] = 10,
    page_token: Annotated[str | None, _told("page_token")] = None,
    mode: Annotated[Mode, _told("mode")] = Mode.HYBRID,
    collapse: Annotated[Collapse, _told("collapse")] = Collapse.NONE,
    asked_at: Annotated[str | None, _told("asked_at", examples=["2024-03-08"])] = None,
    read: Annotated[list[str] | None, _told("read")] = None,
    *,
    prefer_quality: Annotated[bool, _told("prefer_quality")] = False,
    diversity: Annotated[bool, _told("diversity")] = False,
    explain: Annotated[bool, _told("explain")] = False,
    facets: Annotated[bool, _told("facets")] = False,
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
        facets=facets,
        read=read,
    )
    return body.query()


SearchQuery = Annotated[Query, Depends(_search_parameters)]
