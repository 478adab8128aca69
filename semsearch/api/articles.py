"""Endpoints that read, write and remove articles."""

from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.logs import AUDIT_LOG
from semsearch.api.metrics import metrics_of
from semsearch.api.parameters import ArticleId, IndexDependency, SettingsDependency
from semsearch.api.parsing import (
    FORMATS,
    Read,
    Record,
    StrictRoute,
    article_from,
    body_file,
    body_schema,
    charset_of,
    check_batch,
    check_lines,
    fields_from,
    format_sent,
    json_from,
    object_from,
    parsed,
    records_from,
)
from semsearch.api.request_context import log_fields
from semsearch.api.request_kinds import NDJSON
from semsearch.errors import InvalidArticleError
from semsearch.index import Index
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.formats.envelopes import held_in
from semsearch.model.article import ArticleView
from semsearch.model.status import Note, Written

router = APIRouter(tags=["articles"], route_class=StrictRoute)

_MAX_LOGGED_IDS = 20
_LINES = ".jsonl"
_VALUES_PER_ARTICLE = 100  # of which a body may hold so many on average
_ARTICLE = {"type": "object", "description": "An article, as in JSON Lines."}
_ONE = ("text/html", "text/markdown", "text/plain")  # of which a body is one article
_MANY = tuple(kind for kind in FORMATS if kind not in NDJSON)
_ARTICLES = {
    "anyOf": [
        {"type": "object", "description": "One article."},
        {"type": "array", "items": {"type": "object"}},
    ]
}


@router.get(
    "/articles/{article_id:path}",
    summary="One article",
    response_model=ArticleView,
    responses=IN_FORMS,
)
def read(
    article_id: ArticleId, index: IndexDependency, request: Request, form: FormDependency
) -> Any:
    """Everything that is held of an article."""
    return in_form(request, index.get(article_id), form)


@router.put(
    "/articles/{article_id:path}",
    summary="Write one article",
    responses={201: {"model": Written, "description": "The article is new."}},
    openapi_extra=body_schema(_ARTICLE, formats=_ONE),
)
async def write_one(
    article_id: ArticleId, request: Request, response: Response, index: IndexDependency
) -> Written:
    """Write an article under an id, replacing what was there: a JSON object, a page, or a text.

    Answers when the write is durable and searchable: 201 for a new article, else 200.
    """
    if not article_id.strip():
        raise HTTPException(HTTPStatus.NOT_FOUND, "The address holds no article id.")
    ending, charset = format_sent(request), charset_of(request)
    body = await request.body()

    def read() -> list[Read]:
        notes: list[str] = []
        fields = fields_from(BytesIO(body), ending, charset, notes) if ending else object_from(body)
        record = _record(fields, article_id, index.names, notes)
        return [*(Note(text, "", 1) for text in notes), record]

    written = await run_in_threadpool(index.add, await parsed(request, len(body), read))
    response.status_code = HTTPStatus.CREATED if written.added else HTTPStatus.OK
    return _acknowledge(request, written)


@router.post(
    "/articles",
    summary="Write many articles",
    openapi_extra=body_schema(_ARTICLES, "One article a line.", _MANY),
)
async def write_many(
    request: Request, index: IndexDependency, settings: SettingsDependency
) -> Written:
    """Write articles from a JSON object, list or envelope, or from any other format of files.

    The type of the body says its format: JSON Lines, CSV, a feed, an HTML page and so on. Answers
    when all that could be read is durable and searchable. Of a JSON body everything is refused
    when one article cannot be read; unreadable records of other formats are listed.
    """
    ending = format_sent(request)
    if ending == _LINES:
        with await body_file(request) as stream:
            await run_in_threadpool(check_lines, stream, settings.max_batch)
            lines = records_from(stream, ending, charset=charset_of(request), names=index.names)
            written = await run_in_threadpool(_write_all, index, lines)
            return _acknowledge(request, written)
    body = await request.body()

    def read() -> list[Read]:
        if not ending:
            return _records(body, settings.max_batch, index.names)
        found = records_from(BytesIO(body), ending, charset=charset_of(request), names=index.names)
        records: list[Read] = []
        number = 0
        for one in found:
            records.append(one)
            number += not isinstance(one, Note)
            check_batch(number, settings.max_batch)
        return records

    records = await parsed(request, len(body), read)
    if ending:
        return _acknowledge(request, await run_in_threadpool(_write_all, index, records))
    return _acknowledge(request, await run_in_threadpool(index.add, records))


@router.delete("/articles/{article_id:path}", summary="Remove one article")
def remove(article_id: ArticleId, request: Request, index: IndexDependency) -> Written:
    """Remove an article; answers when the removal is durable and visible."""
    return _acknowledge(request, index.delete([article_id]))


def _record(
    fields: dict[str, object], article_id: str, names: FieldNames, notes: list[str]
) -> Record:
    given = fields.get("id", article_id)
    if given != article_id:
        raise InvalidArticleError(
            "The id in the body is not the one in the address.", "Leave the body's out."
        )
    return article_from({**fields, "id": article_id}, article_id, names, notes)


def _records(body: bytes, limit: int, names: FieldNames) -> list[Read]:
    value = json_from(body, max_values=_VALUES_PER_ARTICLE * limit)
    held = held_in(value) if isinstance(value, dict) else None
    items = value if held is None else held.records
    items = items if isinstance(items, list) else [items]
    check_batch(len(items), limit)
    if not items:
        raise InvalidArticleError("There is no article in the request.")
    read: list[Read] = [Note(held.note, "", None)] if held and held.note else []
    for place, item in enumerate(items):
        notes: list[str] = []
        record = article_from(item, f"request:{place}", names, notes)
        read += (*(Note(text, "", place + 1) for text in notes), record)
    return read


def _write_all(index: Index, records: Iterable[Read]) -> Written:
    written = index.add(records)
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
