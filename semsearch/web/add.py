"""Add: have we got this already, and new articles from files.

Nothing is written here: a file is read and shown as records, and the page's script sends those to
the interface for programs, which asks for a key that may write.
"""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.concurrency import run_in_threadpool
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse

from semsearch.errors import InvalidArticleError, UnreadableError
from semsearch.index import Index
from semsearch.ingest.formats import ENDINGS
from semsearch.ingest.records import Removed, article_from_fields
from semsearch.model.article import Article
from semsearch.web import uploads
from semsearch.web.dependencies import IndexDependency
from semsearch.web.page import HEADERS, page
from semsearch.web.scores import bars

router = APIRouter()

_NEAREST = 5
_SHOWN = 10
_FIELDS = ("title", "text")


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
    found = await run_in_threadpool(uploads.read, name, data)
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
    article = _article(given)
    found = index.duplicates(article)
    near = () if found.duplicates else index.similar(article, k=_NEAREST).hits
    return {"found": found, "similar": list(zip(near, bars(near), strict=True))}


def _article(given: dict[str, str]) -> Article:
    try:
        record = article_from_fields(
            {"title": given["title"], "body": given["text"]}, fallback_id="text"
        )
    except UnreadableError as error:
        raise InvalidArticleError(f"The text cannot be read: {error.reason}.") from None
    assert not isinstance(record, Removed)  # noqa: S101 - only a field "removed" makes one
    return record
