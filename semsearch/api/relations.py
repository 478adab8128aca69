"""Endpoints that relate: what two articles are to each other, and which have one text."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Request
from fastapi import Query as Parameters
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, TypeAdapter

from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.parameters import (
    ArticleId,
    IndexDependency,
    ListParameters,
    SettingsDependency,
    WholeText,
)
from semsearch.api.parsing import (
    StrictRoute,
    articles_from,
    body_file,
    body_schema,
    check_lines,
    object_from,
    parsed,
    sends_json_lines,
    text_from,
)
from semsearch.api.request_kinds import NDJSON
from semsearch.errors import BatchTooLargeError
from semsearch.index import Index
from semsearch.model.article import Article
from semsearch.model.clusters import DuplicateGroups, DuplicatesFound
from semsearch.model.relation import Relations
from semsearch.model.status import Skipped

router = APIRouter(tags=["coverage"], route_class=StrictRoute)

MAX_PAIRS = 1_000
_BATCH = 16  # articles of JSON Lines that are compared before the first is answered
_LINE_BREAKS = "\u0085\u2028\u2029"  # for some who read lines, though not in JSON Lines
_DUPLICATES = TypeAdapter(DuplicatesFound)
_SKIPPED = TypeAdapter(Skipped)
_TEXT = {"type": "object", "description": "A text, or the fields of an article."}
_MinProbability = Annotated[float, Parameters(ge=0, le=1, description="The least p_duplicate.")]


def _check_number(pairs: object) -> object:
    """The pairs, before each of them is looked at.

    Raises:
        BatchTooLargeError: They are more than any service takes.
    """
    if isinstance(pairs, list) and len(pairs) > MAX_PAIRS:
        raise BatchTooLargeError(f"At most {MAX_PAIRS:,} pairs at once, not {len(pairs):,}.")
    return pairs


class RelationsBody(BaseModel):
    """Pairs of articles, each side an id or an article."""

    model_config = ConfigDict(extra="forbid")

    pairs: Annotated[
        list[tuple[WholeText | dict[str, Any], WholeText | dict[str, Any]]],
        FailFast(),
        BeforeValidator(_check_number),
    ] = Field(
        json_schema_extra={"maxItems": MAX_PAIRS},
        description="Each side: the id of an article, or an article itself.",
    )


@router.post(
    "/relations",
    summary="What articles are to each other",
    response_model=Relations,
    responses=IN_FORMS,
)
def relations(
    body: RelationsBody, index: IndexDependency, request: Request, form: FormDependency
) -> Any:
    """The relation of each pair, with its evidence, in the order of the pairs."""
    found = index.relate_pairs([(_side(a), _side(b)) for a, b in body.pairs])
    return in_form(request, found, form)


def _side(given: str | dict[str, Any]) -> str | Article:
    return given if isinstance(given, str) else text_from(given, "text")


@router.get(
    "/duplicates",
    summary="Every duplicate group",
    response_model=DuplicateGroups,
    responses=IN_FORMS,
)
def groups(
    parameters: Annotated[ListParameters, Parameters()], index: IndexDependency, request: Request
) -> Any:
    """Groups of articles with the same text, each with its original."""
    return in_form(request, index.groups(parameters.query()), parameters.format)


@router.get(
    "/articles/{article_id:path}/duplicates",
    summary="Duplicates of an article in the index",
    response_model=DuplicatesFound,
    responses=IN_FORMS,
)
def duplicates_of_article(
    article_id: ArticleId,
    index: IndexDependency,
    request: Request,
    form: FormDependency,
    min_probability: _MinProbability = 0.5,
) -> Any:
    """Articles with its text, most probable first, with the evidence."""
    found = index.duplicates(article_id, min_probability=min_probability)
    return in_form(request, found, form)


@router.post(
    "/duplicates",
    summary="Have we got this already?",
    response_model=DuplicatesFound,
    openapi_extra=body_schema(_TEXT, "One text or article a line."),
)
async def duplicates_of_text(
    request: Request,
    index: IndexDependency,
    settings: SettingsDependency,
    min_probability: _MinProbability = 0.5,
) -> Response | DuplicatesFound:
    """Articles of the index with the text that is sent.

    JSON Lines are answered line by line: each line of the answer is that of the line sent, or
    says why that one could not be read.
    """
    if sends_json_lines(request):
        stream = await body_file(request)
        await run_in_threadpool(check_lines, stream, settings.max_batch)
        lines = _answer_lines(stream, index, min_probability)
        # What forbids any answer, such as an empty index, is told before the first one is sent.
        first = await run_in_threadpool(next, lines, b"")
        return StreamingResponse(chain([first], lines), media_type=NDJSON[0])
    body = await request.body()
    article = await parsed(request, len(body), lambda: text_from(object_from(body), "text"))
    return await run_in_threadpool(
        lambda: index.duplicates(article, min_probability=min_probability)
    )


def _answer_lines(stream: BinaryIO, index: Index, min_probability: float) -> Iterator[bytes]:
    with stream:
        batch: list[Article | Skipped] = []
        for article in articles_from(stream):
            batch.append(article)
            if len(batch) >= _BATCH:
                yield from _answer_batch(batch, index, min_probability)
                batch = []
        yield from _answer_batch(batch, index, min_probability)


def _answer_batch(
    batch: list[Article | Skipped], index: Index, min_probability: float
) -> Iterator[bytes]:
    articles = [each for each in batch if isinstance(each, Article)]
    answers = index.duplicates_of_each(articles, min_probability)
    for each in batch:
        line = (
            _SKIPPED.dump_json(each)
            if isinstance(each, Skipped)
            else _DUPLICATES.dump_json(next(answers))
        )
        for character in _LINE_BREAKS:
            line = line.replace(character.encode(), json.dumps(character)[1:-1].encode())
        yield line + b"\n"
