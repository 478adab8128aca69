"""Answer errors with ``application/problem+json`` (RFC 9457)."""

import errno
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from semsearch import errors

_MAX_SHOWN = 10  # errors of a request
_MAX_CHARS = 1_000  # of a message

STATUS: dict[type[errors.SemsearchError], HTTPStatus] = {
    errors.InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.BatchTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.DraftTooLongError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.ConfigurationError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.NoSuchIndexError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.IndexLockedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TooManyChangesError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.StaleGenerationError: HTTPStatus.GONE,
    errors.ClosedIndexError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ModelChangedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DamagedIndexError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.StorageError: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.EngineUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ModelUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.InterruptedWorkError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.TimeLimitError: HTTPStatus.GATEWAY_TIMEOUT,
}
"""The status of a class holds for its subclasses unless they have their own."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:semsearch:problem:no-such-article"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, in one line."},
        "hint": {"type": "string", "description": "What to do about it."},
        "errors": {
            "type": "array",
            "items": {"type": "object"},
            "description": "Which parameters are wrong.",
        },
    },
}


class Problem(JSONResponse):
    """One problem document."""

    media_type = "application/problem+json"

    def __init__(
        self,
        status: HTTPStatus,
        kind: str,
        detail: str,
        hint: str = "",
        invalid: list[dict[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        document: dict[str, Any] = {
            "type": f"urn:semsearch:problem:{kind}",
            "title": kind.replace("-", " ").capitalize(),
            "status": int(status),
            "detail": detail,
        }
        if hint:
            document["hint"] = hint
        if invalid:
            document["errors"] = invalid
        if headers is None and status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers = {"Retry-After": "1"}
        super().__init__(document, status_code=int(status), headers=headers)


def status_of(error: type[errors.SemsearchError]) -> HTTPStatus:
    """The status of an error class: its own or that of its nearest ancestor.

    Raises:
        KeyError: Neither is mapped.
    """
    return next(STATUS[ancestor] for ancestor in error.__mro__ if ancestor in STATUS)


def problem_type(error: type[errors.SemsearchError]) -> str:
    """``NoSuchArticleError`` -> ``no-such-article``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__.removesuffix("Error")).lower()


def install_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(errors.SemsearchError, _semsearch_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OSError, _system_error)


def problem_of(error: errors.SemsearchError) -> Problem:
    """An error as a problem document."""
    return Problem(
        status_of(type(error)), problem_type(type(error)), _plain(error.message), _plain(error.hint)
    )


def _semsearch_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, errors.SemsearchError)  # noqa: S101 - by registration
    return problem_of(error)


def disk_full(error: OSError) -> errors.StorageError:
    """A temporary file that the operating system refuses, as an error that says what to do."""
    return errors.StorageError(
        f"What was sent cannot be kept: {error.strerror}.",
        "Make room in the service's temporary folder (TMPDIR), or send less at once.",
    )


def _system_error(_request: Request, error: Exception) -> Problem:
    """Answer that the disk is full; what else the system refuses nobody expected."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return problem_of(disk_full(error))
    raise error


def _validation_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - by registration
    every = error.errors()
    shown = [
        {"at": ".".join(str(part) for part in each["loc"]), "message": each["msg"]}
        for each in every[:_MAX_SHOWN]
    ]
    detail = f"{shown[0]['at']}: {shown[0]['message']}"
    if len(every) > _MAX_SHOWN:
        detail += f" (the first of {len(every):,} errors, of which {_MAX_SHOWN} are shown)"
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-request",
        _plain(detail),
        "See /docs for every parameter.",
        [{name: _plain(text) for name, text in each.items()} for each in shown],
    )


def _http_error(_request: Request, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)  # noqa: S101 - by registration
    status = HTTPStatus(error.status_code)
    detail = str(error.detail)
    if status is HTTPStatus.NOT_FOUND and detail == status.phrase:  # no route leads there
        detail = "There is nothing at this address."
    problem = Problem(status, status.phrase.lower().replace(" ", "-"), detail)
    problem.headers.update(error.headers or {})
    return problem


def unexpected() -> Problem:
    """What is answered when nobody knows what happened."""
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        "Something went wrong inside semsearch.",
        "The log of the service says more.",
    )


def _plain(text: str) -> str:
    """Text that can be encoded and read: half a surrogate pair becomes a question mark."""
    return _shorten(text).encode("utf-8", "replace").decode()


def _shorten(text: str) -> str:
    """The beginning and the end of a text that repeats too much of what was sent."""
    if len(text) <= _MAX_CHARS:
        return text
    return f"{text[: _MAX_CHARS // 2]} ... {text[-_MAX_CHARS // 2 :]}"
