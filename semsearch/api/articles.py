"""Endpoints that read, write and remove articles."""

from http import HTTPStatus
from typing import BinaryIO

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from semsearch.api.logs import AUDIT_LOG
from semsearch.api.metrics import metrics_of
from semsearch.api.parameters import ArticleId, IndexDependency, SettingsDependency
from semsearch.api.parsing import (
    Record,
    StrictRoute,
    article_from,
    body_file,
    body_schema,
    check_batch,
    check_lines,
    json_from,
    object_from,
    parsed,
    records_from,
    sends_json_lines,
)
from semsearch.api.request_context import log_fields
from semsearch.errors import InvalidArticleError
from semsearch.index import Index
from semsearch.model.article import ArticleView
from semsearch.model.status import Written

router = APIRouter(tags=["articles"], route_class=StrictRoute)

_MAX_LOGGED_IDS = 20
_VALUES_PER_ARTICLE = 100  # of which a body may hold so many on average
_ARTICLE = {"type": "object", "description": "An article, as in JSON Lines."}
_ARTICLES = {
    "anyOf": [
        {"type": "object", "description": "One article."},
        {"type": "array", "items": {"type": "object"}},
    ]
}


@router.get("/articles/{article_id:path}", summary="One article")
def read(article_id: ArticleId, index: IndexDependency) -> ArticleView:
    """Everything that is held of an article."""
    return index.get(article_id)


@router.put(
    "/articles/{article_id:path}",
    summary="Write one article",
    responses={201: {"model": Written, "description": "The article is new."}},
    openapi_extra=body_schema(_ARTICLE),
)
async def write_one(
    article_id: ArticleId, request: Request, response: Response, index: IndexDependency
) -> Written:
    """Write an article under an id, replacing what was there.

    Answers when the write is durable and searchable: 201 for a new article, else 200.
    """
    if not article_id.strip():
        raise HTTPException(HTTPStatus.NOT_FOUND, "The address holds no article id.")
    body = await request.body()
    record = await parsed(request, len(body), lambda: _record(body, article_id))
    written = await run_in_threadpool(index.add, [record])
    response.status_code = HTTPStatus.CREATED if written.added else HTTPStatus.OK
    return _acknowledge(request, written)


@router.post(
    "/articles",
    summary="Write many articles",
    openapi_extra=body_schema(_ARTICLES, "One article a line."),
)
async def write_many(
    request: Request, index: IndexDependency, settings: SettingsDependency
) -> Written:
    """Write articles from a JSON object or list, or from a stream of JSON Lines.

    Answers when all that could be read is durable and searchable. Of a JSON body everything is
    refused when one article cannot be read; unreadable lines of a stream are listed.
    """
    if sends_json_lines(request):
        with await body_file(request) as stream:
            await run_in_threadpool(check_lines, stream, settings.max_batch)
            written = await run_in_threadpool(_write_lines, index, stream)
            return _acknowledge(request, written)
    body = await request.body()
    records = await parsed(request, len(body), lambda: _records(body, settings.max_batch))
    return _acknowledge(request, await run_in_threadpool(index.add, records))


@router.delete("/articles/{article_id:path}", summary="Remove one article")
def remove(article_id: ArticleId, request: Request, index: IndexDependency) -> Written:
    """Remove an article; answers when the removal is durable and visible."""
    return _acknowledge(request, index.delete([article_id]))


def _record(body: bytes, article_id: str) -> Record:
    fields = object_from(body)
    given = fields.get("id", article_id)
    if given != article_id:
        raise InvalidArticleError(
            "The id in the body is not the one in the address.", "Leave the body's out."
        )
    return article_from({**fields, "id": article_id}, article_id)


def _records(body: bytes, limit: int) -> list[Record]:
    value = json_from(body, max_values=_VALUES_PER_ARTICLE * limit)
    items = value if isinstance(value, list) else [value]
    check_batch(len(items), limit)
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


def _acknowledge(request: Request, written: Written) -> Written:
    """Log who wrote what and count the articles, now that the write is durable."""
    outcomes = {
        "added": written.added,
        "updated": written.updated,
        "unchanged": written.unchanged,
        "removed": written.removed,
    }
    for outcome, ids in outcomes.items():
        metrics_of(request).written(outcome, len(ids))
    AUDIT_LOG.info(
        "written",
        extra={
            "fields": {
                **log_fields(request.scope),
                "sequence": written.sequence,
                "counts": {outcome: len(ids) for outcome, ids in outcomes.items()},
                "ids": {
                    outcome: list(ids[:_MAX_LOGGED_IDS]) for outcome, ids in outcomes.items() if ids
                },
            }
        },
    )
    return written
