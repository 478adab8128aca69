"""Style, script and picture of the pages, each under an address that holds its content's hash.

So a browser keeps them for a year, and a new version is another address.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

router = APIRouter()

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_DIGEST = 12
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    name: str
    content: bytes
    media_type: str

    @property
    def address(self) -> str:
        """Where it is served."""
        digest = hashlib.blake2b(self.content).hexdigest()[:_DIGEST]
        return f"/static/{digest}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Every file by its name."""
    return {
        file.name: Asset(file.name, file.read_bytes(), kind)
        for file in (files("semsearch.web") / "static").iterdir()
        if (kind := _TYPES.get(f".{file.name.rpartition('.')[2]}")) is not None
    }


@cache
def address(name: str) -> str:
    """Where a file is served."""
    return assets()[name].address


@router.get("/static/{digest}/{name}")
def static(digest: str, name: str) -> Response:
    """A file, if it is what the address says."""
    found = assets().get(name)
    if found is None or found.address != f"/static/{digest}/{name}":
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such file.")
    return Response(found.content, media_type=found.media_type, headers=_HEADERS)
