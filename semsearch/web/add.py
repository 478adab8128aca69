"""Add: have we got this already, and new articles from files.

Nothing is written here: a file is read and shown as records, and the page's script sends those to
the interface for programs, which asks for a key that may write.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse

from semsearch.errors import InvalidArticleError
from semsearch.index import Index
from semsearch.ingest.formats import ENDINGS
from semsearch.ingest.reading import ReadOptions, SourceFile, read_file
from semsearch.ingest.records import Removed
from semsearch.model.article import export_record
from semsearch.model.status import Skipped
from semsearch.temporary import temporary_folder
from semsearch.web.highlights import bars
from semsearch.web.page import HEADERS, IndexDependency, page

router = APIRouter()

_NEAREST = 5
_SHOWN = 10
_FIELDS = ("title", "text")


_MOST = 5_000


@router.get("/add")
def add(request: Request) -> HTMLResponse:
    """A box for a text, and one for files."""
    return page(request, "add.html.jinja", _form({}))


@router.post("/add")
async def check(request: Request, index: IndexDependency) -> HTMLResponse:
    """What the index holds of a text that was pasted."""
    values = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    # A form's lines end with CR LF, whatever was pasted.
    given = {name: values.get(name, [""])[0].replace("\r\n", "\n").strip() for name in _FIELDS}
    context = _form(given)
    if any(given.values()):
        context |= await run_in_threadpool(_compared, index, given)
    return page(request, "add.html.jinja", context)


@router.post("/add/read")
async def read(request: Request, name: Annotated[str, Parameter(max_length=300)]) -> JSONResponse:
    """The records of a file that is sent as the body, as the interface for programs takes them."""
    data = await request.body()
    found = await run_in_threadpool(read_upload, name, data)
    return JSONResponse(jsonable_encoder(found), headers=HEADERS)


def _form(given: dict[str, str]) -> dict[str, object]:
    return {
        "given": {name: given.get(name, "") for name in _FIELDS},
        "checked": bool(given),
        "endings": ",".join(ENDINGS),
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


def read_upload(name: str, data: bytes) -> FileRead:
    """The records of a file.

    Raises:
        InvalidArticleError: Its ending is unknown, or it holds more than 5,000 records.
    """
    ending = next((end for end in ENDINGS if name.lower().endswith(end)), None)
    if ending is None:
        raise InvalidArticleError(
            f"The file {name} has an unknown ending.",
            f"Files may end in {', '.join(ENDINGS)}.",
        )
    records: list[dict[str, object]] = []
    skipped: list[Skipped] = []
    with temporary_folder() as folder:
        path = folder / f"upload{ending}"
        path.write_bytes(data)
        for record in read_file(SourceFile(path, name), ReadOptions(), name):
            match record:
                case Skipped():
                    skipped.append(record)
                case Removed():
                    records.append({"id": record.id, "removed": True})
                case _:
                    records.append(export_record(record))
            if len(records) + len(skipped) > _MOST:
                raise InvalidArticleError(
                    f"The file {name} holds more than {_MOST:,} records.",
                    "Bring it in with: semsearch index FILE",
                )
    return FileRead(tuple(records), tuple(skipped))
