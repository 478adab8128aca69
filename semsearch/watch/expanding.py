"""Expand what a server has compressed, a piece at a time and within a limit."""

import zlib

_GZIP = b"\x1f\x8b"
_ANY = zlib.MAX_WBITS | 32  # gzip or zlib, as its head says


class TooLargeError(Exception):
    """More than the limit comes out."""


class DamagedError(Exception):
    """It is not what it is said to be, or breaks off."""


class Expander:
    """Bytes as they were before they were compressed.

    What is said to be compressed and is not stays as it is, and what is compressed and not said to
    be is expanded: servers are often wrong about it.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._head = b""
        self._begun = False
        self._gzip = False
        self._stream: zlib._Decompress | None = None
        self.body = bytearray()

    def take(self, data: bytes, encoding: str) -> None:
        """Take the next piece.

        Raises:
            TooLargeError, DamagedError: See there.
        """
        if not self._begun:
            self._head += data
            if len(self._head) < len(_GZIP):
                return
            self._begin(encoding)
            data, self._head = self._head, b""
        self._add(data)

    def end(self, encoding: str) -> bytes:
        """All that came out."""
        if not self._begun:
            self._begin(encoding)
            self._add(self._head)
        if self._stream is not None and not self._stream.eof:
            raise DamagedError("it is compressed and breaks off")
        return bytes(self.body)

    def _begin(self, encoding: str) -> None:
        self._begun = True
        self._gzip = self._head.startswith(_GZIP)
        if self._gzip or (encoding == "deflate" and _is_zlib(self._head)):
            self._stream = zlib.decompressobj(_ANY)
        elif encoding == "deflate" and not self._head.lstrip().startswith((b"<", b"{", b"\xef")):
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)  # as some servers understood it

    def _add(self, data: bytes) -> None:
        while data:
            if self._stream is None:
                self.body += data
                data = b""
            else:
                room = self._limit + 1 - len(self.body)
                try:
                    self.body += self._stream.decompress(data, room)
                except zlib.error as error:
                    raise DamagedError(f"it is compressed and damaged ({error})") from None
                data = self._rest()
            if len(self.body) > self._limit:
                raise TooLargeError

    def _rest(self) -> bytes:
        """What is left to expand: more of this stream, or another one behind it."""
        stream = self._stream
        if stream is None or not stream.eof:
            return b"" if stream is None else stream.unconsumed_tail
        if self._gzip and stream.unused_data.startswith(_GZIP):
            self._stream = zlib.decompressobj(_ANY)
            return stream.unused_data
        return b""  # what stands behind the end counts for nothing


def _is_zlib(head: bytes) -> bool:
    return len(head) > 1 and head[0] & 15 == 8 and int.from_bytes(head[:2]) % 31 == 0  # noqa: PLR2004
