"""Limit pages, and make their tokens: opaque, pinned to a generation and a question."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, replace

from semsearch.config import ServiceSettings
from semsearch.errors import (
    InvalidPageTokenError,
    InvalidQueryError,
    PageTooDeepError,
    TooManyHitsError,
)
from semsearch.model.clusters import CoverageQuery
from semsearch.model.search import Query

_CHECK = 12

Paged = Query | CoverageQuery


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page starts.

    Attributes:
        generation: The generation that the first page was answered from.
        offset: Hits before this page.
        pool: Candidates that were ranked; the same for all pages, so the order never shifts.
    """

    generation: int
    offset: int
    pool: int


def check_page(limits: ServiceSettings, k: int, offset: int = 0) -> None:
    """Return if a page may have ``k`` hits and lie behind ``offset``.

    Raises:
        InvalidQueryError: It has no hits.
        TooManyHitsError, PageTooDeepError: It may not.
    """
    if k < 1:
        raise InvalidQueryError(f"k must be at least 1, not {k}.")
    if k > limits.max_k:
        raise TooManyHitsError(f"k may be {limits.max_k:,} at most, not {k:,}.")
    if offset > limits.max_depth:
        raise PageTooDeepError(
            f"The page lies behind {offset:,} hits; {limits.max_depth:,} are the limit."
        )


def page_token(page: Page, query: Paged, kind: str = "") -> str:
    """The token of a page of an answer; ``kind`` says of what, where the query does not."""
    body = json.dumps([page.generation, page.offset, page.pool]).encode()
    return base64.urlsafe_b64encode(_check(body, query, kind) + body).decode().rstrip("=")


def read_page_token(token: str, query: Paged, kind: str = "") -> Page:
    """The page that a token stands for.

    Raises:
        InvalidPageTokenError: The token was altered or belongs to another question.
    """
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        check, body = data[:_CHECK], data[_CHECK:]
        generation, offset, pool = json.loads(body)
        if check != _check(body, query, kind):
            raise InvalidPageTokenError("The page token belongs to another question.")
        return Page(int(generation), int(offset), int(pool))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidPageTokenError("The page token is broken.") from None


def _check(body: bytes, query: Paged, kind: str) -> bytes:
    question = replace(query, page_token=None)
    if isinstance(question, Query):
        question = replace(question, explain=False, facets=False)
    return hashlib.blake2b(body + f"{kind}{question!r}".encode(), digest_size=_CHECK).digest()
