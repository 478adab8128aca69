"""What an input format must be able to do, and the records it gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from semsearch.errors import UnreadableError

MAX_FILE_BYTES = 64 * 2**20
"""Largest file that is held in memory as a whole."""

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as its format gives it.

    Attributes:
        fields: Its fields by name, or why it could not be read.
        line: Its 1-based line; None where the file is one record.
    """

    fields: dict[str, object] | UnreadableError
    line: int | None = None


class Reader(Protocol[Content]):
    """One input format.

    A file is read in two steps, so that the second can be done on another machine: it is cut into
    blocks, which can be pickled, and each block is parsed into records. Formats that share an
    ending cut files alike.
    """

    endings: tuple[str, ...]
    """Of names of files, in lower case, each with its dot."""

    def blocks(self, path: Path) -> Iterator[Content]:
        """The blocks of a file, at least one, unparsed.

        Raises:
            UnreadableError: The file cannot be opened, is too large or not a text.
        """
        ...

    def size(self, block: Content) -> int:
        """Bytes or characters of a block, about."""
        ...

    def recognises(self, block: Content) -> bool:
        """Whether a block of a file with one of the endings is of this format."""
        ...

    def records(self, block: Content) -> Iterator[RawRecord]:
        """The records of a block, in order.

        Raises:
            UnreadableError: Nothing more of it can be read.
        """
        ...
