"""Add: have we got this already, and new articles from files.

Nothing is written here: a file is read and shown as records, and the page's script sends those to
the interface for programs, which asks for a key that may write.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote_to_bytes

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from semsearch.deadline import go_on
from semsearch.errors import InvalidArticleError, InvalidRequestError
from semsearch.export.highlights import bars
from semsearch.index import Index
from semsearch.ingest.aliases import FieldNames
from semsearch.ingest.files import SourceFile
from semsearch.ingest.formats import ENDINGS, can_read
from semsearch.ingest.formats.archives import ENDINGS as ARCHIVES
from semsearch.ingest.formats.compression import DAMAGE, expanded
from semsearch.ingest.formats.compression import ENDINGS as PACKED
from semsearch.ingest.reading import ReadOptions, read_file
from semsearch.ingest.records import Removed
from semsearch.model.article import Article, export_record
from semsearch.model.status import Skipped
from semsearch.temporary import temporary_folder
from semsearch.web.page import HEADERS, IndexDependency, page

router = APIRouter()

_NEAREST = 5
_SHOWN = 10
_FIELDS = ("title", "text")


_MAX_RECORDS = 5_000
_MAX_FIELDS = 10
_MAX_FORM_BYTES = 2 * 2**20
_CHUNK = 2**18
_ENDINGS = (*ENDINGS, *ARCHIVES, *PACKED)
_ENDING = re.compile(r"[.a-z0-9]{0,20}\Z")
_PIECE = re.compile(rb"(?:%[0-9A-Fa-f]{2}|.){1,16384}", re.DOTALL)
_BRING_IN = "Bring it in with: semsearch index FILE"


@router.get("/add")
def add(request: Request) -> HTMLResponse:
    """A box for a text, and one for files."""
    return page(request, "add.html.jinja", _form({}))


@router.post("/add")
async def check(request: Request, index: IndexDependency) -> HTMLResponse:
    """What the index holds of a text that was pasted."""
    return await run_in_threadpool(_checked, request, index, await form_of(request))


@router.post("/add/read")
async def read(
    request: Request, index: IndexDependency, name: Annotated[str, Parameter(max_length=300)]
) -> Response:
    """The records of a file that is sent as the body, as the interface for programs takes them."""
    data = await request.body()
    max_bytes = request.app.state.settings.max_text_bytes

    def read() -> bytes:
        return _FILE_READ.dump_json(read_upload(name, data, max_bytes, index.names))

    return Response(await run_in_threadpool(read), media_type="application/json", headers=HEADERS)


def _checked(request: Request, index: Index, values: dict[str, str]) -> HTMLResponse:
    # A form's lines end with CR LF, whatever was pasted.
    given = {name: values.get(name, "").replace("\r\n", "\n").strip() for name in _FIELDS}
    context = _form(given)
    if any(given.values()):
        context |= _compared(index, given)
    return page(request, "add.html.jinja", context)


async def form_of(request: Request) -> dict[str, str]:
    """What ``read_form`` reads; of forms, as of all large bodies, one is parsed at a time."""
    data = await request.body()
    return await run_sync(read_form, data, limiter=request.app.state.parse_limiter)


def read_form(data: bytes) -> dict[str, str]:
    """The fields of a form (application/x-www-form-urlencoded), the first of each name.

    Raises:
        InvalidRequestError: There are more than 10, or they are longer than 2 MiB.
    """
    if len(data) > _MAX_FORM_BYTES:
        raise InvalidRequestError(
            f"The form is longer than {_MAX_FORM_BYTES:,} bytes.", "Send the text as a file."
        )
    fields = data.split(b"&", _MAX_FIELDS)
    if len(fields) > _MAX_FIELDS:
        raise InvalidRequestError(f"The form has more than {_MAX_FIELDS} fields.")
    values: dict[str, str] = {}
    for field in fields:
        name, _, value = field.partition(b"=")
        values.setdefault(_decoded(name), _decoded(value))
    return values


def _decoded(value: bytes) -> str:
    """A text of a form, a piece at a time: decoding takes 80 times the room."""
    pieces = (unquote_to_bytes(each.group()) for each in _PIECE.finditer(value.replace(b"+", b" ")))
    return b"".join(pieces).decode("utf-8", "replace")


def _form(given: dict[str, str]) -> dict[str, object]:
    return {
        "given": {name: given.get(name, "") for name in _FIELDS},
        "checked": bool(given),
        "endings": ",".join(_ENDINGS),
        "found": None,
        "shown": _SHOWN,
        "similar": [],
    }


def _compared(index: Index, given: dict[str, str]) -> dict[str, object]:
    article = {"title": given["title"], "body": given["text"]}
    found = index.duplicates(article)
    near = () if found.duplicates else index.similar(article, k=_NEAREST).hits
    return {"found": found, "similar": list(zip(near, bars(near), strict=True))}


@dataclass(frozen=True, slots=True)
class FileRead:
    """The records of a file, as the interface for programs takes them, and what was skipped."""

    records: tuple[dict[str, object], ...]
    skipped: tuple[Skipped, ...]


_FILE_READ = TypeAdapter(FileRead)


def read_upload(name: str, data: bytes, max_bytes: int, names: FieldNames = ()) -> FileRead:
    """The records of a file.

    Raises:
        InvalidArticleError: Its ending is unknown, it expands to more, or it holds more than 5,000
            records.
        TimeLimitError, StoppingError: It is not read in time.
    """
    if not can_read(name):
        raise InvalidArticleError(
            f"The file {name} has an unknown ending.",
            f"Files may end in {', '.join(_ENDINGS)}.",
        )
    records: list[dict[str, object]] = []
    skipped: list[Skipped] = []
    with temporary_folder() as folder:
        path = folder / ("upload" + _ENDING.findall(name.lower())[0])
        path.write_bytes(data)
        _check_expanded(path, name, max_bytes)
        left = max_bytes
        for record in read_file(SourceFile(path, name), ReadOptions(names=names), name):
            go_on()
            if isinstance(record, Article):
                left -= sum(map(_bytes, (record.title, record.excerpt, record.body)))
            if left < 0:
                raise _too_large(name, max_bytes)
            match record:
                case Skipped():
                    skipped.append(record)
                case Removed():
                    records.append({"id": record.id, "removed": True})
                case _:
                    records.append(export_record(record))
            if len(records) + len(skipped) > _MAX_RECORDS:
                raise InvalidArticleError(
                    f"The file {name} holds more than {_MAX_RECORDS:,} records.", _BRING_IN
                )
    return FileRead(tuple(records), tuple(skipped))


def _bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _check_expanded(path: Path, name: str, max_bytes: int) -> None:
    """Return if a file, decompressed, holds so many bytes; damage is said by who reads it.

    Raises:
        InvalidArticleError: It holds more.
    """
    size = 0
    with suppress(*DAMAGE), path.open("rb") as packed:
        stream = expanded(packed, path.stat().st_size)
        while chunk := stream.read(_CHUNK):
            go_on()
            size += len(chunk)
            if size > max_bytes:
                raise _too_large(name, max_bytes)


def _too_large(name: str, max_bytes: int) -> InvalidArticleError:
    return InvalidArticleError(
        f"The file {name} expands to more than {max_bytes:,} bytes.", _BRING_IN
    )
