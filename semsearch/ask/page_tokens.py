"""Limit pages, and make their tokens: opaque, pinned to a generation and a question, and signed.

A token is a signature and three whole numbers. The signature is HMAC-SHA256 with a secret that only
the index knows, over the numbers and the question; nothing of a token is used before it is checked.
"""

import base64
import binascii
import hmac
import struct
from dataclasses import dataclass, replace
from datetime import date

from semsearch.config import ServiceSettings
from semsearch.errors import (
    InvalidPageTokenError,
    InvalidQueryError,
    PageTooDeepError,
    TooManyHitsError,
)
from semsearch.model.clusters import CoverageQuery
from semsearch.model.search import Query

_SIGNATURE_BYTES = 32
_NUMBERS = struct.Struct(">qqi")  # generation, offset, day
_TOKEN_CHARS = 72  # 52 bytes in base 64

Paged = Query | CoverageQuery


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page starts.

    Attributes:
        generation: The generation that the first page was answered from.
        offset: Hits before this page.
        day: What relative times of the question count from on all pages.
    """

    generation: int
    offset: int
    day: date = date.min


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


def page_token(secret: bytes, page: Page, query: Paged, kind: str = "") -> str:
    """The token of a page of an answer."""
    numbers = _NUMBERS.pack(page.generation, page.offset, page.day.toordinal())
    return base64.urlsafe_b64encode(_signature(secret, numbers, query, kind) + numbers).decode()


def read_page_token(secret: bytes, token: str, query: Paged, kind: str = "") -> Page:
    """The page that a token stands for; see ``page_token``.

    Raises:
        InvalidPageTokenError: The token was altered, or is of another question or index.
    """
    try:
        data = base64.b64decode(token[: _TOKEN_CHARS + 1], altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        data = b""
    signature, numbers = data[:_SIGNATURE_BYTES], data[_SIGNATURE_BYTES:]
    if len(numbers) != _NUMBERS.size:
        raise InvalidPageTokenError("The page token is broken.")
    if not hmac.compare_digest(signature, _signature(secret, numbers, query, kind)):
        raise InvalidPageTokenError("The page token belongs to another question.")
    generation, offset, day = _NUMBERS.unpack(numbers)
    if generation < 0 or offset < 0:
        raise InvalidPageTokenError("The page token is broken.")
    return Page(generation, offset, date.fromordinal(day))


def _signature(secret: bytes, numbers: bytes, query: Paged, kind: str) -> bytes:
    question = replace(query, page_token=None)
    if isinstance(question, Query):
        question = replace(question, explain=False, facets=False)
    return hmac.digest(secret, numbers + f"{kind}{question!r}".encode(errors="replace"), "sha256")
