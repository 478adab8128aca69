"""Reading, writing and removing articles."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Body, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import Field
from starlette.exceptions import HTTPException

from semsearch.api import examples
from semsearch.api.audit import audit
from semsearch.api.bodies import (
    Record,
    StrictRoute,
    article_from,
    check_batch,
    check_lines,
    compared,
    json_from,
    object_from,
    records_from,
    spooled,
)
from semsearch.api.dependencies import IndexDependency, SettingsDependency
from semsearch.api.questions import ArticleId, FilterBody, FilterQuery
from semsearch.api.requests import NDJSON, media_type
from semsearch.errors import InvalidArticleError
from semsearch.index import Index
from semsearch.model.article import ArticleView
from semsearch.model.report import Skipped, Written
from semsearch.model.search import SimilarResults

router = APIRouter(tags=["articles"], route_class=StrictRoute)

_BATCH = 1_000
_ARTICLE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "description": "An article, as in JSON Lines."},
                "example": examples.ARTICLE,
            }
        },
    }
}
_ARTICLES_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"type": "object", "description": "One article."},
                        {"type": "array", "items": {"type": "object"}},
                    ]
                },
                "example": [examples.ARTICLE],
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One article a line."},
                "example": json.dumps(examples.ARTICLE),
            },
        },
    }
}


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of the articles of one request; durable and searchable.

    Attributes:
        sequence: Of the last write; ``generation`` - the first that shows it.
        skipped: Lines that could not be read; all others were written.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    sequence: int
    generation: int


@router.get(
    "/articles/{article_id:path}/similar",
    summary="Articles like one in the index",
    responses=examples.answers(examples.SIMILAR),
)
def similar(
    article_id: ArticleId,
    index: IndexDependency,
    filters: FilterQuery,
    k: Annotated[
        int, Parameter(ge=1, json_schema_extra={"maximum": 1000}, description="How many.")
    ] = 10,
) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    return index.similar(article_id, k=k, filters=filters.filters())


class SimilarBody(FilterBody):
    """An article that is not in the index: a text, or any of the three fields."""

    text: str = Field(default="", description="All of it, where the parts are not told apart.")
    title: str = Field(default="", description="Its headline.")
    excerpt: str = Field(default="", description="Its teaser.")
    body: str = Field(default="", description="Its text.")
    k: int = Field(default=10, description="How many.")


@router.post(
    "/similar",
    summary="Articles like a text that is not in the index",
    responses=examples.answers(examples.SIMILAR),
)
def similar_to_text(
    request: Annotated[
        SimilarBody, Body(openapi_examples={"text": {"value": {"text": examples.TEXT, "k": 3}}})
    ],
    index: IndexDependency,
) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    fields = {
        "title": request.title,
        "excerpt": request.excerpt,
        "body": "\n\n".join(part for part in (request.text, request.body) if part),
    }
    article = compared(fields, "text")
    return index.similar(article, k=request.k, filters=request.filters(request.filter))


@router.get(
    "/articles/{article_id:path}",
    summary="One article",
    responses=examples.answers(examples.ARTICLE_VIEW),
)
def read(article_id: ArticleId, index: IndexDependency) -> ArticleView:
    """Everything that is held of an article."""
    return index.get(article_id)


@router.put(
    "/articles/{article_id:path}",
    summary="Write one article",
    responses={
        **examples.answers(examples.WRITTEN),
        201: {"model": WriteResult, "description": "The article is new."},
    },
    openapi_extra=_ARTICLE_BODY,
)
async def write_one(
    article_id: ArticleId, request: Request, response: Response, index: IndexDependency
) -> WriteResult:
    """Write an article under an id, replacing what was there.

    Answers when the write is durable and searchable: 201 for a new article, else 200.
    """
    if not article_id.strip():
        raise HTTPException(HTTPStatus.NOT_FOUND, "The address holds no article id.")
    fields = await run_in_threadpool(object_from, await request.body())
    given = fields.get("id", article_id)
    if given != article_id:
        raise InvalidArticleError(
            f"The body has the id {given!r}, the address {article_id!r}.", "Leave the body's out."
        )
    record = article_from({**fields, "id": article_id}, article_id)
    written = await run_in_threadpool(index.add, [record])
    response.status_code = HTTPStatus.CREATED if written.added else HTTPStatus.OK
    return _acknowledged(request, written)


@router.post(
    "/articles",
    summary="Write many articles",
    responses=examples.answers(examples.WRITTEN),
    openapi_extra=_ARTICLES_BODY,
)
async def write_many(
    request: Request, index: IndexDependency, settings: SettingsDependency
) -> WriteResult:
    """Write articles from a JSON object or list, or from a stream of JSON Lines.

    Answers when all that could be read is durable and searchable. Of a JSON body everything is
    refused when one article cannot be read; unreadable lines of a stream are listed.
    """
    kind = media_type(request.headers)
    if kind in NDJSON:
        with await spooled(request) as stream:
            await run_in_threadpool(check_lines, stream, settings.max_batch)
            written = await run_in_threadpool(_write_lines, index, stream)
            return _acknowledged(request, written)
    if kind != "application/json":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send application/json or {NDJSON[0]}."
        )
    records = await run_in_threadpool(_records, await request.body(), settings.max_batch)
    written_once = await run_in_threadpool(index.add, records)
    return _acknowledged(request, written_once)


@router.delete(
    "/articles/{article_id:path}",
    summary="Remove one article",
    responses=examples.answers(examples.REMOVED),
)
def remove(article_id: ArticleId, request: Request, index: IndexDependency) -> WriteResult:
    """Remove an article; answers when the removal is durable and visible."""
    return _acknowledged(request, index.delete([article_id]))


def _records(body: bytes, most: int) -> list[Record]:
    value = json_from(body)
    items = value if isinstance(value, list) else [value]
    check_batch(len(items), most)
    if not items:
        raise InvalidArticleError("There is no article in the request.")
    return [article_from(item, f"request:{place}") for place, item in enumerate(items)]


def _write_lines(index: Index, stream: BinaryIO) -> Written:
    written = index.add(records_from(stream))
    if not any(
        (written.added, written.updated, written.unchanged, written.removed, written.skipped)
    ):
        raise InvalidArticleError("There is no article in the request.")
    return written


def _acknowledged(request: Request, written: Written) -> WriteResult:
    result = WriteResult(
        added=written.added,
        updated=written.updated,
        unchanged=written.unchanged,
        removed=written.removed,
        skipped=written.skipped,
        sequence=written.sequence,
        generation=written.generation,
    )
    outcomes = {
        "added": result.added,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "removed": result.removed,
    }
    audit(request, outcomes, result.sequence)
    return result
