"""Reading, writing and removing articles."""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO, cast

from fastapi import APIRouter, Body, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from semsearch.api import examples
from semsearch.api.questions import FilterBody, FilterQuery
from semsearch.api.services import ServicesDependency
from semsearch.articles.article import Article
from semsearch.articles.report import Skipped
from semsearch.articles.view import ArticleView
from semsearch.engine.indexing import Indexer, Written
from semsearch.engine.showing import show
from semsearch.engine.similar import SimilarResults
from semsearch.errors import InvalidArticleError, UnreadableError
from semsearch.ingest.jsonlines import parse_json, read_json_lines
from semsearch.ingest.records import Removed, article_from_fields

router = APIRouter(tags=["articles"])

_MEMORY_BYTES = 8 * 2**20
_NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
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
    article_id: str,
    services: ServicesDependency,
    filters: FilterQuery,
    k: Annotated[int, Parameter(ge=1, le=1000)] = 10,
) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    return services.similar.like_article(article_id, k, filters.filters())


class SimilarBody(FilterBody):
    """An article that is not in the index: a text, or any of the three fields."""

    text: str = ""
    title: str = ""
    excerpt: str = ""
    body: str = ""
    k: int = 10


@router.post(
    "/similar",
    summary="Articles like a text that is not in the index",
    responses=examples.answers(examples.SIMILAR),
)
def similar_to_text(
    request: Annotated[
        SimilarBody, Body(openapi_examples={"text": {"value": {"text": examples.TEXT, "k": 3}}})
    ],
    services: ServicesDependency,
) -> SimilarResults:
    """The nearest articles by title and text, best first."""
    fields = {
        "title": request.title,
        "excerpt": request.excerpt,
        "body": "\n\n".join(part for part in (request.text, request.body) if part),
    }
    article = _article(fields, "text")
    if isinstance(article, Removed):
        raise InvalidArticleError("A removed article cannot be compared.")
    return services.similar.like_text(article, request.k, request.filters(request.filter))


@router.get(
    "/articles/{article_id:path}",
    summary="One article",
    responses=examples.answers(examples.ARTICLE_VIEW),
)
def read(article_id: str, services: ServicesDependency) -> ArticleView:
    """Everything that is held of an article."""
    return show(services.library, article_id)


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
    article_id: str, request: Request, response: Response, services: ServicesDependency
) -> WriteResult:
    """Write an article under an id, replacing what was there.

    Answers when the write is durable and searchable: 201 for a new article, else 200.
    """
    if not article_id.strip():
        raise HTTPException(HTTPStatus.NOT_FOUND, "The address holds no article id.")
    fields = _object(await request.body())
    given = fields.get("id", article_id)
    if given != article_id:
        raise InvalidArticleError(
            f"The body has the id {given!r}, the address {article_id!r}.", "Leave the body's out."
        )
    record = _article({**fields, "id": article_id}, article_id)
    written = await run_in_threadpool(services.indexer.put, [record])
    response.status_code = HTTPStatus.CREATED if written.added else HTTPStatus.OK
    return _result([written], [])


@router.post(
    "/articles",
    summary="Write many articles",
    responses=examples.answers(examples.WRITTEN),
    openapi_extra=_ARTICLES_BODY,
)
async def write_many(request: Request, services: ServicesDependency) -> WriteResult:
    """Write articles from a JSON object or list, or from a stream of JSON Lines.

    Answers when all that could be read is durable and searchable. Of a JSON body everything is
    refused when one article cannot be read; unreadable lines of a stream are listed.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    if kind in _NDJSON:
        with tempfile.SpooledTemporaryFile(max_size=_MEMORY_BYTES) as spool:
            async for chunk in request.stream():
                spool.write(chunk)
            spool.seek(0)
            return await run_in_threadpool(_write_lines, services.indexer, cast("BinaryIO", spool))
    if kind != "application/json":
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send application/json or {_NDJSON[0]}."
        )
    value = _json(await request.body())
    items = value if isinstance(value, list) else [value]
    records = [_article(item, f"request:{place}") for place, item in enumerate(items)]
    if not records:
        raise InvalidArticleError("There is no article in the request.")
    return _result([await run_in_threadpool(services.indexer.put, records)], [])


@router.delete(
    "/articles/{article_id:path}",
    summary="Remove one article",
    responses=examples.answers(examples.REMOVED),
)
def remove(article_id: str, services: ServicesDependency) -> WriteResult:
    """Remove an article; answers when the removal is durable and visible."""
    return _result([services.indexer.delete([article_id])], [])


def _write_lines(indexer: Indexer, stream: BinaryIO) -> WriteResult:
    written: list[Written] = []
    skipped: list[Skipped] = []
    batch: list[Article | Removed] = []
    for record in _records(stream):
        if isinstance(record, Skipped):
            skipped.append(record)
            continue
        batch.append(record)
        if len(batch) >= _BATCH:
            written.append(indexer.put(batch))
            batch = []
    if batch or not (written or skipped):
        if not batch:
            raise InvalidArticleError("There is no article in the request.")
        written.append(indexer.put(batch))
    return _result(written, skipped)


def _records(stream: BinaryIO) -> Iterator[Article | Removed | Skipped]:
    for line in read_json_lines(stream):
        try:
            if isinstance(line.fields, UnreadableError):
                raise line.fields
            yield article_from_fields(line.fields, fallback_id=json.dumps(line.fields))
        except UnreadableError as error:
            yield Skipped("request", line.number, error.reason)


def _result(written: list[Written], skipped: list[Skipped]) -> WriteResult:
    return WriteResult(
        added=tuple(i for one in written for i in one.added),
        updated=tuple(i for one in written for i in one.updated),
        unchanged=tuple(i for one in written for i in one.unchanged),
        removed=tuple(i for one in written for i in one.removed),
        skipped=tuple(skipped),
        sequence=max((one.sequence for one in written), default=0),
        generation=max((one.generation for one in written), default=0),
    )


def _article(fields: object, fallback: str) -> Article | Removed:
    if not isinstance(fields, dict):
        raise InvalidArticleError("An article must be a JSON object.")
    try:
        return article_from_fields(fields, fallback_id=fallback)
    except UnreadableError as error:
        raise InvalidArticleError(f"The article cannot be read: {error.reason}.") from None


def _object(data: bytes) -> dict[str, object]:
    value = _json(data)
    if not isinstance(value, dict):
        raise InvalidArticleError("An article must be a JSON object.")
    return value


def _json(data: bytes) -> object:
    try:
        return parse_json(data)
    except UnreadableError as error:
        raise InvalidArticleError(f"The body cannot be read: {error.reason}.") from None
