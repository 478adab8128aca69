"""Expand what a server has compressed, within a limit."""

import zlib

_GZIP = b"\x1f\x8b"
_ANY = zlib.MAX_WBITS | 32  # gzip or zlib, as its head says
_PIECE = 4_096  # bytes: what stands behind the end of a stream is copied with each


class TooLargeError(Exception):
    """More than the limit comes out."""


class DamagedError(Exception):
    """It is not what it is said to be, or breaks off."""


def expanded(data: bytes, encoding: str, limit: int) -> bytes:
    """Bytes as they were before they were compressed.

    What is said to be compressed and is not stays as it is, and what is compressed and not said to
    be is expanded: servers are often wrong about it.

    Raises:
        TooLargeError, DamagedError: See there.
    """
    kind = _kind(data, encoding)
    if kind is None:
        if len(data) > limit:
            raise TooLargeError
        return data
    body, place, stream = bytearray(), 0, zlib.decompressobj(kind)
    while place < len(data):
        piece = data[place : place + _PIECE]
        try:
            body += stream.decompress(piece, limit + 1 - len(body))
        except zlib.error as error:
            raise DamagedError(f"it is compressed and damaged ({error})") from None
        if len(body) > limit:
            raise TooLargeError
        place += len(piece) - len(stream.unused_data)
        if stream.eof:
            # Another stream may stand behind; anything else behind the end counts for nothing.
            if not data.startswith(_GZIP, place):
                return bytes(body)
            stream = zlib.decompressobj(_ANY)
    raise DamagedError("it is compressed and breaks off")


def _kind(data: bytes, encoding: str) -> int | None:
    """How data is compressed, as zlib says it; None: it is not."""
    if data.startswith(_GZIP):
        return _ANY
    if not data or encoding != "deflate" or data.lstrip().startswith((b"<", b"{", b"\xef")):
        return None
    is_zlib = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2]) % 31 == 0  # noqa: PLR2004
    return _ANY if is_zlib else -zlib.MAX_WBITS  # bare, as some servers understood it
