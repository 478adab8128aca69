"""Write the log: one JSON object a line, on stderr."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

ACCESS_LOG = logging.getLogger("semsearch.access")
AUDIT_LOG = logging.getLogger("semsearch.audit")
ERROR_LOG = logging.getLogger("semsearch.errors")

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


def configure(level: str) -> None:
    """Send the log of this process to stderr as JSON Lines, from this level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level="WARNING", handlers=[handler], force=True)
    for name in ("semsearch", "uvicorn.error"):
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(capture=True)
