"""Parse articles from request bodies: a JSON value, or a stream of JSON Lines."""

import json
from collections.abc import Callable, Coroutine, Iterator
from http import HTTPStatus
from typing import Any, BinaryIO, TypeVar, cast

from anyio.to_thread import run_sync
from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from semsearch.api.limits import BODY
from semsearch.api.request_kinds import NDJSON, media_type
from semsearch.errors import (
    BatchTooLargeError,
    InvalidArticleError,
    InvalidRequestError,
    UnreadableError,
)
from semsearch.ingest.formats.jsonlines import read_json_lines
from semsearch.ingest.formats.jsonvalues import MAX_VALUES, parse_json
from semsearch.ingest.formats.reader import RawRecord
from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.article import Article
from semsearch.model.status import Skipped

_CHUNK = 2**20
_LARGE = 2**16
_MAX_NAMES = 100  # each that no operation has would be an error of its own

Record = Article | Removed
T = TypeVar("T")


def body_schema(schema: dict[str, Any], lines: str = "") -> dict[str, Any]:
    """The ``openapi_extra`` of an operation that parses its body itself.

    Args:
        schema: Of the body as JSON.
        lines: What a line holds where JSON Lines are taken, too.
    """
    content = {"application/json": {"schema": schema}}
    if lines:
        content[NDJSON[0]] = {"schema": {"type": "string", "description": lines}}
    return {"requestBody": {"required": True, "content": content}}


def sends_json_lines(request: Request) -> bool:
    """Whether the body of a request is JSON Lines; else it is JSON.

    Raises:
        HTTPException: It is neither (415).
    """
    kind = media_type(request.headers)
    if kind not in (*NDJSON, "application/json"):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send application/json or {NDJSON[0]}."
        )
    return kind in NDJSON


async def parsed(request: Request, size: int, parse: Callable[[], T]) -> T:
    """What a function makes of a body, in a thread; of large bodies one is parsed at a time.

    So the event loop, which needs the interpreter's lock for a moment, waits for one thread only.

    Args:
        request: The request.
        size: Bytes of the body.
        parse: Parses it.
    """
    limiter = request.app.state.parse_limiter if size > _LARGE else None
    return await run_sync(parse, limiter=limiter)


async def body_file(request: Request) -> BinaryIO:
    """The body as a file at its beginning; it is closed when the request was answered."""
    async for _ in request.stream():
        pass  # who waits for the client to go away must not move the file meanwhile
    body = cast("BinaryIO", request.scope[BODY])
    body.seek(0)
    return body


def check_batch(number: int, limit: int) -> None:
    """Return if a request may hold so many articles.

    Raises:
        BatchTooLargeError: It may not.
    """
    if number > limit:
        raise BatchTooLargeError(f"At most {limit:,} articles in one request, not {number:,}.")


def check_lines(stream: BinaryIO, limit: int) -> None:
    """Return, with the stream at its beginning, if a request may have so many lines.

    Raises:
        BatchTooLargeError: It may not, and the stream is closed.
    """
    number, last = 0, b"\n"
    while chunk := stream.read(_CHUNK):
        number, last = number + chunk.count(b"\n"), chunk
    number += not last.endswith(b"\n")
    stream.seek(0)
    try:
        check_batch(number, limit)
    except BatchTooLargeError:
        stream.close()
        raise


def records_from(stream: BinaryIO) -> Iterator[Record | Skipped]:
    """The articles of JSON Lines; lines that cannot be read are ``Skipped``."""
    for line in read_json_lines(stream):
        yield _record(line)


def articles_from(stream: BinaryIO) -> Iterator[Article | Skipped]:
    """The articles of JSON Lines; lines without one that can be compared are ``Skipped``."""
    for line in read_json_lines(stream):
        record = _record(line)
        yield (
            Skipped("request", line.line, "it is marked as removed")
            if isinstance(record, Removed)
            else record
        )


def _record(line: RawRecord) -> Record | Skipped:
    try:
        if isinstance(line.fields, UnreadableError):
            raise line.fields
        return article_from_fields(_with_body(line.fields), fallback_id=json.dumps(line.fields))
    except UnreadableError as error:
        return Skipped("request", line.line, error.reason)


def article_from(fields: object, fallback: str) -> Record:
    """The article in a JSON value.

    Raises:
        InvalidArticleError: It cannot be read.
    """
    if not isinstance(fields, dict):
        raise InvalidArticleError("An article must be a JSON object.")
    try:
        return article_from_fields(_with_body(fields), fallback_id=fallback)
    except UnreadableError as error:
        raise InvalidArticleError(f"The article cannot be read: {error.reason}.") from None


def text_from(fields: object, fallback: str) -> Article:
    """The article in a JSON value that is to be compared with others.

    Raises:
        InvalidArticleError: It cannot be read, or is marked as removed.
    """
    record = article_from(fields, fallback)
    if isinstance(record, Removed):
        raise InvalidArticleError("A removed article cannot be compared.")
    return record


def _with_body(given: dict[str, object]) -> dict[str, object]:
    """The fields, with a bare ``text`` as the body."""
    if "body" in given or not isinstance(given.get("text"), str):
        return given
    return {
        **{name: value for name, value in given.items() if name != "text"},
        "body": given["text"],
    }


def object_from(data: bytes) -> dict[str, object]:
    """The JSON object of a body.

    Raises:
        InvalidArticleError: It cannot be read.
    """
    value = json_from(data)
    if not isinstance(value, dict):
        raise InvalidArticleError("An article must be a JSON object.")
    return value


def json_from(
    data: bytes,
    refusal: type[InvalidRequestError] = InvalidArticleError,
    max_values: int = MAX_VALUES,
) -> object:
    """The JSON value of a body.

    Raises:
        InvalidRequestError: It cannot be read; of the class that was given.
    """
    try:
        return parse_json(data, max_values)
    except UnreadableError as error:
        raise refusal(f"The body cannot be read: {error.reason}.") from None


class StrictRoute(APIRoute):
    """A route that parses JSON bodies strictly, as files are, and not on the event loop."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers, given a request."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def strict(request: Request) -> Response:
            strictly = _ParsedRequest(request.scope, request.receive)
            data = await strictly.body()
            if data and media_type(request.headers).endswith("json"):
                value = await parsed(
                    request, len(data), lambda: json_from(data, InvalidRequestError)
                )
                if isinstance(value, dict) and len(value) > _MAX_NAMES:
                    raise InvalidRequestError(f"A body has at most {_MAX_NAMES} names.")
                strictly.value = value
            return await handle(strictly)

        return strict


class _ParsedRequest(Request):
    """A request whose JSON was parsed before."""

    value: object = None

    async def json(self) -> object:
        return self.value
