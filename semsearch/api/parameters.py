"""Define what endpoints take: the open index, and the parameters of questions and lists."""

from typing import Annotated, Any, cast

from fastapi import Depends, Path, Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from semsearch.api.forms import DESCRIPTION, AskedForm
from semsearch.api.request_context import operation_path
from semsearch.config import ServiceSettings
from semsearch.errors import InvalidRequestError, UnreadableError
from semsearch.index import Index
from semsearch.model.clusters import CoverageOrder, CoverageQuery
from semsearch.model.filter_tree import MAX_VALUE_CHARS, MAX_VALUES, moment_of, parse_filter
from semsearch.model.filters import EVERYTHING, Filters
from semsearch.model.search import Collapse, Confidence, Mode, Query, Sort, steps_of
from semsearch.text.repair import repair

_MAX_NUMBER = 1_000_000_000


async def _index(request: Request) -> Index:
    return cast("Index", request.app.state.index)


async def _settings(request: Request) -> ServiceSettings:
    return cast("ServiceSettings", request.app.state.settings)


# Coroutines, for FastAPI hands every other function to a thread.
IndexDependency = Annotated[Index, Depends(_index)]
SettingsDependency = Annotated[ServiceSettings, Depends(_settings)]


async def only_known_parameters(request: Request) -> None:
    """Refuse a query parameter that the operation does not have: a misspelt filter filters nothing.

    Raises:
        InvalidRequestError: There is one, or one that takes a single value is repeated.
    """
    if not request.query_params:
        return
    path = request.app.openapi()["paths"].get(operation_path(request.scope), {})
    takes_list = {
        parameter["name"]: "array" in str(parameter["schema"])
        for parameter in path.get(request.method.lower(), {}).get("parameters", [])
        if parameter["in"] == "query"
    }
    for name in request.query_params:
        if name not in takes_list:
            raise InvalidRequestError(
                f"There is no parameter {name!r}.", f"There are: {', '.join(sorted(takes_list))}."
            )
        if not takes_list[name] and len(request.query_params.getlist(name)) > 1:
            raise InvalidRequestError(f"The parameter {name!r} stands more than once.")


def _repaired(identity: str) -> str:
    """The id as records have it: it is found at the address that it was written to."""
    try:
        return repair(identity).strip()
    except UnreadableError:  # no record has it
        return identity


def _encodable(text: str) -> str:
    """The text; JSON can hold half a character, which no index can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half a character") from None
    return text


ArticleId = Annotated[str, Path(description="The id of an article."), AfterValidator(_repaired)]
StoryId = Annotated[str, Path(description="The id of a story; it stays when articles come.")]
WholeText = Annotated[str, AfterValidator(_encodable)]


def few(most: int) -> BeforeValidator:
    """A list holds at most so many values; said before each of them is looked at."""

    def check(values: object) -> object:
        if isinstance(values, list) and len(values) > most:
            raise PydanticCustomError(
                "too_many", f"At most {most:,} values may be given, not {len(values):,}"
            )
        return values

    return BeforeValidator(check)


_Name = Annotated[str, StringConstraints(max_length=MAX_VALUE_CHARS)]
_Names = Annotated[list[_Name], FailFast(), few(MAX_VALUES)]


class FormParameter(BaseModel):
    """The form of an answer."""

    format: AskedForm = Field(default=None, description=DESCRIPTION)


class FilterParameters(FormParameter):
    """What an answer must satisfy; several values of one name are alternatives."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    provider: _Names = Field(default=[], description="Domains or names of outlets.")
    topic: _Names = Field(default=[], description="Topics.")
    category: _Names = Field(default=[], description="Categories.")
    type: _Names = Field(default=[], description="Types, such as article or video.")
    language: _Names = Field(default=[], description="Languages, by code or name.")
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
        """The filters as an index takes them, with those of a tree.

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


class SimilarParameters(FilterParameters):
    """Which similar articles are listed."""

    k: int = Field(default=10, ge=1, json_schema_extra={"maximum": 1000}, description="How many.")
    collapse: Collapse = Field(
        default=Collapse.NONE, description="Show one article of each text, or of each story."
    )


class QuestionParameters(BaseModel):
    """A question, and how its answer is ranked and shown."""

    q: str = Field(description="The question, in any words.")
    k: int = Field(
        default=10, ge=1, json_schema_extra={"maximum": 1000}, description="Hits a page."
    )
    page_token: str | None = Field(default=None, description="next_page_token of the last page.")
    mode: Mode = Field(
        default=Mode.HYBRID, description="Which evidence ranks: meaning, words, or both."
    )
    sort: Sort = Field(
        default=Sort.RELEVANCE,
        description="By relevance; or the newest or oldest first of those that score at least "
        "seven tenths as much as the best, then all others.",
    )
    collapse: Collapse = Field(
        default=Collapse.NONE, description="Show one hit of each text, or of each story."
    )
    asked_at: str | None = Field(
        default=None,
        description='The day that "this week" counts from, and before which newer articles count '
        "more. Without it the week counts from today, or from the newest article where that is "
        "more than thirty days older.",
    )
    prefer_quality: bool = Field(default=False, description="Let quality count a little.")
    diversity: bool = Field(default=False, description="Different outlets before more of the same.")
    min_score: float | None = Field(default=None, description="Leave out hits of a lower score.")
    min_confidence: Confidence = Field(
        default=Confidence.NONE,
        description="Show no hit where it is less sure that the index holds an answer.",
    )
    explain: bool = Field(default=False, description="Say how each score came.")
    facets: bool = Field(default=False, description="Count what was ranked, by outlet, topic, day.")
    read: Annotated[list[_Name], few(MAX_VALUES)] | None = Field(
        default=None,
        description="Steps of reading the question: phrase, exclusion, provider, topic, date, now "
        "(times that count from the day of asking), newest, spelling, acronym; none: not read at "
        "all. All by default.",
        examples=[["provider", "date"]],
    )


class SearchParameters(FilterParameters, QuestionParameters):
    """A question with filters."""

    def query(self, tree: dict[str, Any] | None = None) -> Query:
        """The question as an index takes it, with the filters of a tree.

        Raises:
            InvalidFilterError: A date or the tree cannot be read.
            InvalidQueryError: A step of reading is unknown.
        """
        return Query(
            text=self.q,
            k=self.k,
            filters=self.filters(tree),
            mode=self.mode,
            sort=self.sort,
            collapse=self.collapse,
            asked_at=moment_of(self.asked_at),
            prefer_quality=self.prefer_quality,
            diversity=self.diversity,
            min_score=self.min_score,
            min_confidence=self.min_confidence,
            page_token=self.page_token,
            explain=self.explain,
            facets=self.facets,
            steps=steps_of(self.read),
        )


FilterTree = Annotated[
    dict[str, Any] | None,
    Field(
        description="A tree {operator, conditions:[...]} of {field, operator, value}.",
        examples=[{"field": "quality", "operator": ">=", "value": 30}],
    ),
]


class ListParameters(FormParameter):
    """Which duplicate groups or stories are listed, in which order."""

    model_config = ConfigDict(extra="forbid")

    sort: CoverageOrder = Field(
        default=CoverageOrder.SIZE,
        description="Most articles, newest, or most independent texts first.",
    )
    k: int = Field(
        default=20, ge=1, json_schema_extra={"maximum": 1000}, description="How many a page."
    )
    provider: str = Field(default="", description="With an article by this outlet.")
    since: str | None = Field(
        default=None,
        alias="from",
        examples=["2024-03-01"],
        description="With reports on this day or later.",
    )
    until: str | None = Field(
        default=None,
        alias="to",
        examples=["2024-03-31"],
        description="With reports on this day or earlier.",
    )
    min_size: int = Field(default=2, ge=2, le=_MAX_NUMBER, description="Articles.")
    min_origins: int = Field(default=1, ge=1, le=_MAX_NUMBER, description="Independent texts.")
    page_token: str | None = Field(default=None, description="next_page_token of the last page.")

    def query(self) -> CoverageQuery:
        """The list as an index takes it.

        Raises:
            InvalidFilterError: A date cannot be read.
        """
        return CoverageQuery(
            order=self.sort,
            k=self.k,
            provider=self.provider,
            since=moment_of(self.since),
            until=moment_of(self.until, after=True),
            min_size=self.min_size,
            min_origins=self.min_origins,
            page_token=self.page_token,
        )
