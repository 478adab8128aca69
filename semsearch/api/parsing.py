"""Parse articles from request bodies: a JSON value, or any format that files have."""

import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from email.message import Message
from http import HTTPStatus
from itertools import islice
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
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.formats.jsonlines import read_json_lines
from semsearch.ingest.formats.jsonvalues import MAX_VALUES, parse_json
from semsearch.ingest.formats.reader import RawRecord
from semsearch.ingest.reading import raw_records
from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.article import Article
from semsearch.model.status import Note, Skipped

_CHUNK = 2**20
_LARGE = 2**16
_MAX_NAMES = 100  # each that no operation has would be an error of its own

JSON = ("application/json", "application/feed+json", "application/ld+json")
FORMATS: Mapping[str, str] = {
    **dict.fromkeys(NDJSON, ".jsonl"),
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/rdf+xml": ".rdf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.file": ".arrow",
    "application/vnd.apache.arrow.stream": ".arrows",
}
"""Types of bodies besides JSON, and the endings of such files."""

Record = Article | Removed
Read = Record | Skipped | Note
"""What a body gives: records, what could not be read, and what is to be said of others."""
T = TypeVar("T")


def body_schema(
    schema: dict[str, Any], lines: str = "", formats: Iterable[str] = ()
) -> dict[str, Any]:
    """The ``openapi_extra`` of an operation that parses its body itself.

    Args:
        schema: Of the body as JSON.
        lines: What a line holds where JSON Lines are taken, too.
        formats: Other types of bodies that are taken.
    """
    content = {"application/json": {"schema": schema}}
    if lines:
        content[NDJSON[0]] = {"schema": {"type": "string", "description": lines}}
    for kind in formats:
        content[kind] = {"schema": {"type": "string", "description": "See the page on formats."}}
    return {"requestBody": {"required": True, "content": content}}


def format_sent(request: Request) -> str:
    """The ending of files of the type of a body; empty for JSON.

    Raises:
        HTTPException: It is of no type that is read, or compressed (415).
    """
    packed = request.headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity"):
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Send the body as it is, not compressed (Content-Encoding: {packed[:40]}).",
        )
    kind = media_type(request.headers)
    if kind in JSON:
        return ""
    ending = FORMATS.get(kind)
    if ending is None:
        raise HTTPException(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Send application/json or one of {', '.join(FORMATS)}.",
        )
    return ending


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


def records_from(
    stream: BinaryIO, ending: str, *, charset: str = "", names: FieldNames
) -> Iterator[Read]:
    """The articles of a body in any format, with what is to be said of how they were read."""
    of_source: list[str] = []
    try:
        for raw in raw_records(stream, f"body{ending}", declared=charset, notes=of_source):
            notes = list(raw.notes)
            record = _record(raw, names, notes)
            yield from (Note(text, "", raw.line) for text in notes)
            yield record
    except UnreadableError as error:
        yield Skipped("request", error.line, error.reason)
    yield from (Note(text, "", None) for text in of_source)


def fields_from(stream: BinaryIO, ending: str, charset: str, notes: list[str]) -> dict[str, object]:
    """The fields of the one article in a body; notes take what is to be said of how it was read.

    Raises:
        InvalidArticleError: It cannot be read, or is not one.
    """
    try:
        every = raw_records(stream, f"body{ending}", declared=charset, notes=notes)
        found = list(islice(every, 2))
        if len(found) == 1 and isinstance(found[0].fields, UnreadableError):
            raise found[0].fields
    except UnreadableError as error:
        raise InvalidArticleError(f"The body cannot be read: {error.reason}.") from None
    if len(found) != 1 or isinstance(found[0].fields, UnreadableError):
        raise InvalidArticleError("The body must hold one article.")
    notes += found[0].notes
    return found[0].fields


def charset_of(request: Request) -> str:
    """The encoding that a request declares for its body; empty where it does not."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "")
    return str(message.get_content_charset() or "")


def articles_from(stream: BinaryIO) -> Iterator[Article | Skipped]:
    """The articles of JSON Lines; lines without one that can be compared are ``Skipped``."""
    for line in read_json_lines(stream):
        record = _record(line)
        yield (
            Skipped("request", line.line, "it is marked as removed")
            if isinstance(record, Removed)
            else record
        )


def _record(
    raw: RawRecord, names: FieldNames = (), notes: list[str] | None = None
) -> Record | Skipped:
    try:
        if isinstance(raw.fields, UnreadableError):
            raise raw.fields
        return article_from_fields(
            raw.fields,
            fallback_id=json.dumps(raw.fields, default=str),
            names=names,
            notes=notes,
        )
    except UnreadableError as error:
        return Skipped("request", raw.line or error.line, error.reason)


def article_from(
    fields: object, fallback: str, names: FieldNames = (), notes: list[str] | None = None
) -> Record:
    """The article in a JSON value; notes take what was read otherwise than it stands.

    Raises:
        InvalidArticleError: It cannot be read.
    """
    if not isinstance(fields, dict):
        raise InvalidArticleError("An article must be a JSON object.")
    try:
        return article_from_fields(fields, fallback_id=fallback, names=names, notes=notes)
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
            named = "content-type" in request.headers
            if data and not (named and media_type(request.headers).endswith("json")):
                raise HTTPException(
                    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                    "Send JSON with the header Content-Type: application/json.",
                )
            if data:
                value = await parsed(
                    request, len(data), lambda: json_from(data, InvalidRequestError)
                )
                if isinstance(value, dict) and len(value) > _MAX_NAMES:
                    raise InvalidRequestError(f"A body has at most {_MAX_NAMES} names.")
                strictly.value = value
            return await handle(strictly)

        return strict


class _ParsedRequest(Request):
    value: object = None

    async def json(self) -> object:
        return self.value
