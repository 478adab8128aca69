"""Tell requests apart: which scope a key needs for one, and how much it may take."""

import re
from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import Scope as Connection

from semsearch.api.keys import Scope

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Sent with POST and only read the index; everything else that is not a GET writes.
_READS_BY_POST = frozenset(
    {"/search", "/similar", "/duplicates", "/relations", "/compare", "/check"}
)
_TAKES_JSON_LINES = frozenset({"/duplicates"})
_PROBES = frozenset({"/livez", "/readyz"})
# What reads whole texts and may take seconds must not keep questions waiting.
_COMPARISONS = re.compile(
    r"/(?:check|compare(?:/.+)?|relations|duplicates|similar|difference|add(?:/read)?|stories/.+"
    r"|articles/.+/duplicates)"
)
# Whoever sees a feed's address may read it: some hold the key of a subscription.
_FOR_WRITERS = re.compile(r"/feeds(?:[./].*)?")
_PREFIX = re.compile(r"^/v1(?=/|$)")
_FOR_PROGRAMS = frozenset({"/metrics", "/mcp"})
_SHORT_LIST = 100  # articles
_DIGITS = 9  # of a number; of more the first so many are as telling
_LARGE_QUESTION = 2**16  # bytes
_HOW_MANY = re.compile(rb"(?:^|&)k=(\d+)|\"(?:k|\\u006[bB])\"\s*:\s*(\d+)")


class RequestKind(StrEnum):
    """How a request is treated; each kind but probes has a queue of its own."""

    PROBE = "probe"
    QUESTION = "question"
    LONG_LIST = "long_list"
    COMPARISON = "comparison"
    STREAM = "stream"
    WRITE = "write"


def is_for_programs(path: str) -> bool:
    """Whether a path belongs to the interface for programs and not to the pages."""
    return _PREFIX.match(path) is not None or path in _FOR_PROGRAMS


def request_kind(connection: Connection) -> RequestKind:
    """The kind of a request, from its path and method."""
    path = connection["path"]
    if path in _PROBES or path == "/metrics":
        return RequestKind.PROBE
    rest, for_programs = _PREFIX.subn("", path)
    if connection["method"] not in SAFE_METHODS and _FOR_WRITERS.fullmatch(rest):
        return RequestKind.WRITE
    if connection["method"] in SAFE_METHODS or not for_programs or rest in _READS_BY_POST:
        if not _COMPARISONS.fullmatch(rest):
            return RequestKind.QUESTION
        if (
            for_programs
            and rest in _TAKES_JSON_LINES
            and connection["method"] not in SAFE_METHODS
            and media_type(Headers(scope=connection)) in NDJSON
        ):
            return RequestKind.STREAM
        return RequestKind.COMPARISON
    return RequestKind.WRITE


def asks_for_many(connection: Connection, body: bytes) -> bool:
    """Whether a question asks for more than 100 articles, or is itself long.

    Such an answer takes tens of times as long as one of ten articles.
    """
    if len(body) > _LARGE_QUESTION:
        return True
    asked = _HOW_MANY.findall(connection["query_string"]) + _HOW_MANY.findall(body)
    digits = [b"".join(each).lstrip(b"0")[:_DIGITS] for each in asked]
    return any(int(number or b"0") > _SHORT_LIST for number in digits)


def scope_needed(connection: Connection) -> Scope | None:
    """The scope that a key must have for a request; None where no key is needed."""
    if connection["path"] in _PROBES:
        return None
    if connection["path"] == "/metrics":
        return Scope.ADMIN
    writes = request_kind(connection) is RequestKind.WRITE
    secret = _FOR_WRITERS.fullmatch(_PREFIX.sub("", connection["path"]))
    return Scope.WRITE if writes or secret else Scope.READ


def media_type(headers: Headers) -> str:
    """The type of a body, JSON where none is given."""
    return headers.get("content-type", "application/json").partition(";")[0].strip().lower()


def is_bulk(connection: Connection) -> bool:
    """Whether a request may be large and take long: it writes articles, or sends JSON Lines.

    What a body says of itself makes none larger where JSON Lines are not taken.
    """
    kind = request_kind(connection)
    path = _PREFIX.sub("", connection["path"])
    writes = kind is RequestKind.WRITE and (path == "/articles" or path.startswith("/articles/"))
    return writes or kind is RequestKind.STREAM
