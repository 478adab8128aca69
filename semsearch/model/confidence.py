"""Whether the archive seems to hold an answer to a question."""

from enum import StrEnum


class Confidence(StrEnum):
    """How sure that is."""

    HIGH = "high"
    LOW = "low"
    NONE = "none"
