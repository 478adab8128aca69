"""Who reports the same: relations, duplicates, stories."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Body, Depends, HTTPException, Path, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from semsearch.api import coverage_examples as examples
from semsearch.api.bodies import (
    StrictRoute,
    WholeText,
    articles_from,
    check_lines,
    compared,
    object_from,
    spooled,
)
from semsearch.api.dependencies import IndexDependency, SettingsDependency
from semsearch.api.examples import TEXT, answers
from semsearch.api.questions import ArticleId
from semsearch.api.requests import NDJSON, media_type
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.coverage import (
    CoverageOrder,
    CoverageQuery,
    DuplicateGroups,
    DuplicatesFound,
    Relations,
    Stories,
    StoryView,
)
from semsearch.model.filter_tree import moment_of
from semsearch.model.report import Skipped

router = APIRouter(tags=["coverage"], route_class=StrictRoute)

_AT_ONCE = 64
_BREAKS = "\u0085\u2028\u2029"  # end a line for some who read lines, though not in JSON Lines
_MOST = 1_000_000_000
StoryId = Annotated[str, Path(description="The id of a story; it stays when articles come.")]
_FOUND = TypeAdapter(DuplicatesFound)
_SKIPPED = TypeAdapter(Skipped)
_Probability = Annotated[float, Parameter(ge=0, le=1, description="The least p_duplicate.")]
_TEXTS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "A text, or the fields of an article.",
                },
                "example": {"text": TEXT},
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One text or article a line."},
                "example": json.dumps({"text": TEXT}) + "\n",
            },
        },
    }
}


class RelationsBody(BaseModel):
    """Pairs of articles, each side an id or an article."""

    model_config = ConfigDict(extra="forbid")

    pairs: list[tuple[WholeText | dict[str, Any], WholeText | dict[str, Any]]] = Field(
        json_schema_extra={"maxItems": 1000},
        description="Each side: the id of an article, or an article itself.",
    )


def _coverage_query(
    *,
    sort: Annotated[
        CoverageOrder,
        Parameter(description="Most articles, newest, or most independent texts first."),
    ] = CoverageOrder.SIZE,
    k: Annotated[
        int, Parameter(ge=1, json_schema_extra={"maximum": 1000}, description="How many a page.")
    ] = 20,
    provider: Annotated[str, Parameter(description="With an article by this outlet.")] = "",
    since: Annotated[
        str | None,
        Parameter(
            alias="from", examples=["2024-03-01"], description="With reports on this day or later."
        ),
    ] = None,
    until: Annotated[
        str | None,
        Parameter(
            alias="to", examples=["2024-03-31"], description="With reports on this day or earlier."
        ),
    ] = None,
    min_size: Annotated[int, Parameter(ge=2, le=_MOST, description="Articles.")] = 2,
    min_origins: Annotated[int, Parameter(ge=1, le=_MOST, description="Independent texts.")] = 1,
    page_token: Annotated[
        str | None, Parameter(description="next_page_token of the last page.")
    ] = None,
) -> CoverageQuery:
    return CoverageQuery(
        order=sort,
        k=k,
        provider=provider,
        since=moment_of(since),
        until=moment_of(until, after=True),
        min_size=min_size,
        min_origins=min_origins,
        page_token=page_token,
    )


CoverageParameters = Annotated[CoverageQuery, Depends(_coverage_query)]


@router.post(
    "/relations",
    summary="What articles are to each other",
    responses=answers(examples.RELATIONS),
)
def relations(
    body: Annotated[RelationsBody, Body(openapi_examples=examples.PAIRS)],
    index: IndexDependency,
) -> Relations:
    """The relation of each pair, with its evidence, in the order of the pairs."""
    return index.relate_pairs([(_side(a), _side(b)) for a, b in body.pairs])


def _side(given: str | dict[str, Any]) -> str | Article:
    return given if isinstance(given, str) else compared(given, "text")


@router.get(
    "/duplicates",
    summary="Every duplicate group",
    responses=answers(examples.DUPLICATE_GROUPS),
)
def groups(query: CoverageParameters, index: IndexDependency) -> DuplicateGroups:
    """Groups of articles with one text, each with its original."""
    return index.groups(query)


@router.get(
    "/articles/{article_id:path}/duplicates",
    summary="Duplicates of an article in the index",
    responses=answers(examples.DUPLICATES),
)
def of_article(
    article_id: ArticleId, index: IndexDependency, min_probability: _Probability = 0.5
) -> DuplicatesFound:
    """Articles with its text, most probable first, with the evidence."""
    return index.duplicates(article_id, min_probability=min_probability)


@router.post(
    "/duplicates",
    summary="Have we got this already?",
    responses=answers(examples.DUPLICATES),
    response_model=DuplicatesFound,
    openapi_extra=_TEXTS,
)
async def of_text(
    request: Request,
    index: IndexDependency,
    settings: SettingsDependency,
    min_probability: _Probability = 0.5,
) -> Response | DuplicatesFound:
    """Articles of the index with the text that is sent.

    JSON Lines are answered line by line: each line of the answer is that of the line sent, or
    says why that one could not be read.
    """
    kind = media_type(request.headers)
    if kind in NDJSON:
        stream = await spooled(request)
        await run_in_threadpool(check_lines, stream, settings.max_batch)
        lines = _answers(stream, index, min_probability)
        # What forbids any answer, such as an empty index, is told before the first one is sent.
        first = await run_in_threadpool(next, lines, b"")
        return StreamingResponse(chain([first], lines), media_type=NDJSON[0])
    if kind != "application/json":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send application/json or {NDJSON[0]}."
        )
    fields = await run_in_threadpool(object_from, await request.body())
    article = compared(fields, "text")
    return await run_in_threadpool(
        lambda: index.duplicates(article, min_probability=min_probability)
    )


def _answers(stream: BinaryIO, index: Index, least: float) -> Iterator[bytes]:
    with stream:
        batch: list[Article | Skipped] = []
        for article in articles_from(stream):
            batch.append(article)
            if len(batch) >= _AT_ONCE:
                yield from _answered(batch, index, least)
                batch = []
        yield from _answered(batch, index, least)


def _answered(batch: list[Article | Skipped], index: Index, least: float) -> Iterator[bytes]:
    found = index.duplicates_of_each([one for one in batch if isinstance(one, Article)], least)
    for one in batch:
        line = (
            _SKIPPED.dump_json(one) if isinstance(one, Skipped) else _FOUND.dump_json(next(found))
        )
        for character in _BREAKS:
            line = line.replace(character.encode(), json.dumps(character)[1:-1].encode())
        yield line + b"\n"


@router.get("/stories", summary="Every story", responses=answers(examples.STORIES))
def stories(query: CoverageParameters, index: IndexDependency) -> Stories:
    """Events that several articles report."""
    return index.stories(query)


@router.get("/stories/{story_id}", summary="One story", responses=answers(examples.STORY))
def story(story_id: StoryId, index: IndexDependency) -> StoryView:
    """A story with its articles and outlets, in order of time."""
    return index.story(story_id)
