"""What an input format must be able to do, and the records it gives."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from semsearch.errors import UnreadableError
from semsearch.ingest.formats.encodings import beginning, declared_in, decoded, of_lines

MAX_FILE_BYTES = 64 * 2**20
"""Largest file that is held in memory as a whole."""
HEAD_BYTES = 2**16
"""How much of a file is looked at to find its format."""
TEXT_ENDINGS = (".md", ".markdown", ".mdx", ".txt", ".text", ".org")
"""Of files that are one text, with or without front matter."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as its format gives it.

    Attributes:
        fields: Its fields by name, or why it could not be read.
        line: Its 1-based line; None where the file is one record.
        place: Its place among the records of one line, or of a file that has no lines, where they
            are several.
        notes: What is to be said about how it was read.
    """

    fields: dict[str, object] | UnreadableError
    line: int | None = None
    place: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """How a file begins, by which its format is found.

    Attributes:
        data: Its first 64 KiB at most.
        text: The same as characters.
        name: Its name in lower case, without the ending of its compression.
    """

    data: bytes
    text: str
    name: str

    @property
    def start(self) -> str:
        """Its characters without what is blank at their beginning."""
        return self.text.lstrip()


@dataclass(slots=True)
class Source:
    """A file, or a member of an archive, that is being read.

    Attributes:
        name: Its name without folders and without the ending of its compression.
        stream: Its bytes, decompressed; reading it raises ``compression.DAMAGE``.
        encoding: What the user names for texts that are not UTF-8; empty: nothing.
        declared: The encoding that who sent it declares; empty: none.
        notes: What is to be said about how it was read; its reader adds to them.
    """

    name: str
    stream: io.BufferedReader
    encoding: str = ""
    declared: str = ""
    notes: list[str] = field(default_factory=list)

    def head(self) -> Head:
        """How it begins; that stays in the stream."""
        data = self.stream.peek(HEAD_BYTES)[:HEAD_BYTES]
        return Head(data, beginning(data), self.name.lower())

    def encoding_of_lines(self) -> str:
        """The encoding of its lines that are not UTF-8; empty: nothing says it."""
        return of_lines(self.encoding, self.declared)

    def data(self) -> bytes:
        """All its bytes.

        Raises:
            UnreadableError: They are more than 64 MiB.
        """
        data = self.stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise UnreadableError(f"larger than {MAX_FILE_BYTES // 2**20} MiB")
        return data

    def text(self) -> str:
        """All its characters.

        Raises:
            UnreadableError: They are more than 64 MiB, or of no encoding that is likely.
        """
        data = self.data()
        found = decoded(data, self.encoding, self.declared or declared_in(data[:HEAD_BYTES]))
        if found.note:
            self.notes.append(found.note)
        return found.text


class Reader:
    """One input format; here one whose files are texts that are read as a whole.

    A file is read in two steps, so that the second can be done on another machine: it is cut into
    blocks, which can be pickled, and each block is parsed into records.
    """

    endings: tuple[str, ...] = ()
    """Of names of files, in lower case, each with its dot."""

    def recognises(self, head: Head) -> bool:
        """Whether a file is of this format whatever its ending, from how it begins."""
        del head
        return False

    def blocks(self, source: Source) -> Iterator[Any]:
        """The blocks of a file, at least one, unparsed; here the whole text.

        Raises:
            UnreadableError: The file is too large or not a text.
        """
        yield source.text()

    def size(self, block: Any) -> int:
        """Bytes or characters of a block, about."""
        return len(block)

    def records(self, block: Any) -> Iterator[RawRecord]:
        """The records of a block, in order.

        Raises:
            UnreadableError: Nothing more of it can be read.
        """
        raise NotImplementedError
