"""Write the log: one JSON object a line, on stderr."""

import json
import logging
import re
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

ACCESS_LOG = logging.getLogger("semsearch.access")
AUDIT_LOG = logging.getLogger("semsearch.audit")
ERROR_LOG = logging.getLogger("semsearch.errors")
CONNECTIONS_LOG = logging.getLogger("semsearch.connections")

_REPEATED = (
    "socket.accept() out of system resource",  # of asyncio: too many open files
    "Exceeded concurrency limit",
    "Invalid HTTP request received",
    "all connections are taken",
)
"""Beginnings of messages that clients may cause as often as they like."""
_REPEAT_SECONDS = 60.0

_SECRETS = (
    (re.compile(r"(semsearch_[0-9a-f]{8})_[\w-]+"), r"\1_***"),  # our keys
    (re.compile(r"(\w+://[^\s:/@]*):[^\s@]+@"), r"\1:***@"),  # passwords of databases
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 ***"),
)


def redacted(text: str) -> str:
    """The text without keys and passwords."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class JsonFormatter(logging.Formatter):
    """Time, level, logger, message, and whatever a record was given in ``extra={"fields": ...}``.

    Everything is one line of ASCII, so nothing that a client sends can forge a line or reach a
    terminal; keys and passwords are left out.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["traceback"] = "".join(traceback.format_exception(record.exc_info[1]))
        return redacted(json.dumps(line, default=str))


class OnceAMinute(logging.Filter):
    """Pass a message that clients may repeat at will once a minute, and all others."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be logged."""
        repeated = next((text for text in _REPEATED if str(record.msg).startswith(text)), None)
        if repeated is None:
            return True
        now = time.monotonic()
        passes = now - self._last.get(repeated, -_REPEAT_SECONDS) >= _REPEAT_SECONDS
        if passes:
            self._last[repeated] = now
        return passes


def configure(level: str) -> None:
    """Send the log of this process to stderr as JSON Lines, from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(OnceAMinute())
    logging.basicConfig(level="WARNING", handlers=[handler], force=True)
    for name in ("semsearch", "uvicorn.error"):
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(capture=True)
