"""Compressed files: read as if they were not, and no further than a text can have been packed."""

import bz2
import gzip
import io
import lzma
import zlib
from typing import Any, BinaryIO, cast

from semsearch.ingest.formats.reader import MAX_FILE_BYTES

ENDINGS = (".gz", ".xz", ".zst", ".bz2")
MAX_EXPANSION = 200
"""Texts rarely shrink to less than a fiftieth; a bomb to less than a thousandth."""
DAMAGE = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What reading a damaged compressed file raises."""
BUFFER = 2**16

_MAGIC = {b"\x1f\x8b": "gz", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zst", b"BZh": "bz2"}


def compression_of(head: bytes) -> str:
    """How a file is compressed, from how it begins; empty where it is not."""
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), "")


def without_ending(name: str) -> str:
    """A file's name without the ending of its compression."""
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), "")
    return name[: len(name) - len(ending)] if ending else name


def expanded(packed: BinaryIO, size: int) -> io.BufferedReader:
    """A stream, decompressed as it is read where it is compressed.

    What it may expand to is reckoned from its ``size``.

    Returns:
        A stream whose reading raises ``DAMAGE``, an ``OSError`` also where it turns out to be a
        bomb.
    """
    stream: io.BufferedReader = (
        packed
        if isinstance(packed, io.BufferedReader)
        else io.BufferedReader(cast("io.RawIOBase", packed), BUFFER)
    )
    kind = compression_of(stream.peek(8))
    if not kind:
        return stream
    return io.BufferedReader(
        cast(
            "io.RawIOBase",
            _Bounded(_opened(stream, kind), max(MAX_FILE_BYTES, size * MAX_EXPANSION)),
        ),
        BUFFER,
    )


def _opened(stream: io.BufferedReader, kind: str) -> BinaryIO:
    match kind:
        case "gz":
            return cast("BinaryIO", gzip.GzipFile(fileobj=stream, mode="rb"))
        case "xz":
            return cast("BinaryIO", lzma.LZMAFile(stream))
        case "bz2":
            return cast("BinaryIO", bz2.BZ2File(stream))
    from semsearch.ingest.formats.tables import zstandard_stream  # noqa: PLC0415 - pyarrow has it

    return zstandard_stream(stream)


class StreamOver(io.RawIOBase):
    """A stream over another one, which stays open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, but for the last one."""
        view = memoryview(buffer)
        data = self.next_bytes(len(view))
        view[: len(data)] = data
        return len(data)

    def next_bytes(self, most: int) -> bytes:
        """The next bytes; none at the end."""
        return self._stream.read(most)


class _Bounded(StreamOver):
    """A decompressed stream that ends with an error where it turns out to be a bomb."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        super().__init__(stream)
        self._read = getattr(stream, "read1", stream.read)
        self._left = limit
        self._damage: Exception | None = None

    def close(self) -> None:
        """Close what lies below."""
        self._stream.close()
        super().close()

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, but for the last one before the end or the damage.

        Raises:
            OSError: There is more than a text of this size can have been, or the file is damaged.
        """
        if self._damage is not None:
            raise self._damage
        view, filled = memoryview(buffer), 0
        while filled < len(view):
            try:
                data = self._read(len(view) - filled)
            except DAMAGE as error:
                self._damage = error
                break
            if not data:
                break
            view[filled : filled + len(data)] = data
            filled += len(data)
        self._left -= filled
        if self._left < 0:
            raise OSError(f"it expands to more than {MAX_EXPANSION} times its size")
        if self._damage is not None and not filled:
            raise self._damage
        return filled
