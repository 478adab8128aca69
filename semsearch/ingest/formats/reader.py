"""What an input format must be able to do, and the records it gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from semsearch.errors import UnreadableError

MAX_FILE_BYTES = 64 * 2**20
"""Largest file that is held in memory as a whole."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as its format gives it.

    Attributes:
        fields: Its fields by name, or why it could not be read.
        line: Its 1-based line; None where the file is one record.
    """

    fields: dict[str, object] | UnreadableError
    line: int | None = None


class Reader:
    """One input format; here one whose files are texts that are read as a whole.

    A file is read in two steps, so that the second can be done on another machine: it is cut into
    blocks, which can be pickled, and each block is parsed into records. Formats that share an
    ending cut files alike.
    """

    endings: tuple[str, ...] = ()
    """Of names of files, in lower case, each with its dot."""

    def blocks(self, path: Path) -> Iterator[Any]:
        """The blocks of a file, at least one, unparsed; here the whole text.

        Raises:
            UnreadableError: The file cannot be opened, is too large or not a text.
        """
        yield read_text(path)

    def size(self, block: Any) -> int:
        """Bytes or characters of a block, about."""
        return len(block)

    def recognises(self, block: Any) -> bool:
        """Whether a block of a file with one of the endings is of this format."""
        del block
        return True

    def records(self, block: Any) -> Iterator[RawRecord]:
        """The records of a block, in order.

        Raises:
            UnreadableError: Nothing more of it can be read.
        """
        raise NotImplementedError


def read_text(path: Path) -> str:
    """A text file's characters. Byte order marks of UTF-8 and UTF-16 are honoured.

    Raises:
        UnreadableError: Not readable, larger than 64 MiB, or not valid in its encoding.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise UnreadableError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableError(f"not valid {encoding.upper()[:6].strip('-')}", line) from None
