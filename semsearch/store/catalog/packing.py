"""Pack large values of SQLite: bodies, and JSON of articles; PostgreSQL packs what is large itself.

They are packed by the standard library's deflate, JSON with a preset dictionary of what records of
articles hold. Values that were written plainly are read, too.
"""

import json
import zlib
from typing import Any

from sqlalchemy import JSON, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_LEAST_BYTES = 64  # what is shorter becomes no shorter
_LEVEL = 9
_RAW = -zlib.MAX_WBITS  # neither head nor checksum: each version has one (``checksums``)

# What stands nearer to the end costs less to name. Never changed: what was written needs it.
_JSON_DICTIONARY = (
    b'"description": "", "author": "", "tags": [", "ampWebUrl": "https://", "cdnAmpWebUrl": '
    b'"https://", "originalUrl": "https://", "published": false, "published": true, "images": '
    b'[{"url": "https://", "width": 1200, "height": 630, "isCached": true, "title": "", '
    b'"attribution": ".png.jpeg.jpg"}]}"type": "article", "provider": ["", ".com"], "quality": '
    b'null} the of and to in for that is with T00:00:00+00:00", "excerpt": "{"id": "", "title": '
    b'"", "url": "https://www.'
)


class UnpackError(ValueError):
    """A value is no longer what was packed."""


class PackedText(TypeDecorator[str]):
    """Text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """As it is kept."""
        return value if value is None or dialect.name != "sqlite" else _packed(value, b"")

    def process_result_value(self, value: Any, _dialect: Dialect) -> str | None:
        """As it was given."""
        return _unpacked(value, b"") if isinstance(value, bytes) else value


class PackedJSON(TypeDecorator[Any]):
    """What can be written as JSON, but for None."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite, which knows no JSON."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else JSON())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """As it is kept."""
        if dialect.name != "sqlite":
            return value
        return _packed(json.dumps(value), _JSON_DICTIONARY)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """As it was given."""
        if dialect.name != "sqlite":
            return value
        if isinstance(value, bytes):
            value = _unpacked(value, _JSON_DICTIONARY)
        return json.loads(value)


def _packed(text: str, dictionary: bytes) -> str | bytes:
    """The shorter of a text and its packed form."""
    plain = text.encode()
    if len(plain) < _LEAST_BYTES:
        return text
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=dictionary)
    packed = packer.compress(plain) + packer.flush()
    return packed if len(packed) < len(plain) else text


def _unpacked(packed: bytes, dictionary: bytes) -> str:
    unpacker = zlib.decompressobj(_RAW, zdict=dictionary)
    try:
        plain = (unpacker.decompress(packed) + unpacker.flush()).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise UnpackError(str(error)) from error
    if not unpacker.eof:
        raise UnpackError("it is cut off")
    return plain
