"""What kind of request this is: who may send it, and how much it may take."""

import re
from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import Scope as Connection

from semsearch.store.keys import Scope

NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
QUESTIONS = frozenset({"/search", "/similar", "/duplicates", "/relations", "/compare"})
"""What is sent with POST and only asks; everything else that is not a GET writes."""

_PROBES = frozenset({"/livez", "/readyz"})
# What reads whole texts and may take seconds must not keep questions waiting.
_COMPARING = re.compile(
    r"/(?:compare|relations|duplicates|difference|add|stories/.+|articles/.+/duplicates)"
)
_PREFIX = re.compile(r"^/v1(?=/|$)")


class Kind(StrEnum):
    """How requests are treated; each kind has a queue of its own."""

    PROBE = "probe"
    QUESTION = "question"
    COMPARISON = "comparison"
    WRITE = "write"


def is_for_programs(path: str) -> bool:
    """Whether a path belongs to the interface and not to the pages."""
    return _PREFIX.match(path) is not None or path == "/metrics"


def kind_of(connection: Connection) -> Kind:
    """The kind of a request."""
    path = connection["path"]
    if path in _PROBES or path == "/metrics":
        return Kind.PROBE
    rest, for_programs = _PREFIX.subn("", path)
    if connection["method"] in SAFE or not for_programs or rest in QUESTIONS:
        return Kind.COMPARISON if _COMPARING.fullmatch(rest) else Kind.QUESTION
    return Kind.WRITE


def scope_of(connection: Connection) -> Scope | None:
    """What a key must open for a request; None where none is needed."""
    if connection["path"] in _PROBES:
        return None
    if connection["path"] == "/metrics":
        return Scope.ADMIN
    return Scope.WRITE if kind_of(connection) is Kind.WRITE else Scope.READ


def media_type(headers: Headers) -> str:
    """The type of a body, JSON where none is given."""
    return headers.get("content-type", "application/json").partition(";")[0].strip().lower()


def is_bulk(connection: Connection) -> bool:
    """Whether a request may be large and take long: it writes, or sends JSON Lines."""
    return kind_of(connection) is Kind.WRITE or (
        connection["method"] not in SAFE and media_type(Headers(scope=connection)) in NDJSON
    )
