"""The page that checks a draft: paste it, and read it back with what the archive holds of it."""

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, Response

from semsearch.export.forms import Form
from semsearch.index import Index
from semsearch.model.search import ArticleSummary
from semsearch.web import checked
from semsearch.web.add import form_of
from semsearch.web.page import IndexDependency, page, segment
from semsearch.web.save import saved

router = APIRouter()


@router.get("/check")
def form(request: Request) -> HTMLResponse:
    """A box for a draft."""
    return page(request, "check.html.jinja", {"draft": "", "found": None})


@router.post("/check")
async def check(request: Request, index: IndexDependency) -> HTMLResponse:
    """The draft that was pasted, marked, with the evidence beside it."""
    return await run_in_threadpool(_checked, request, index, await _draft(request))


@router.post("/save/check/{form}")
async def save(form: Form, request: Request, index: IndexDependency) -> Response:
    """What the archive holds of the draft that was pasted, as a file."""
    draft = await _draft(request)
    return await run_in_threadpool(lambda: saved(index.check(draft), form, "check"))


async def _draft(request: Request) -> str:
    values = await form_of(request)
    # A form's lines end with CR LF, whatever was pasted.
    return values.get("draft", "").replace("\r\n", "\n")


def _checked(request: Request, index: Index, draft: str) -> HTMLResponse:
    context: dict[str, object] = {"draft": draft, "found": None}
    if draft.strip():
        found = index.check(draft)
        context |= checked.view(found)
        context |= {
            "pieces": checked.marked(draft, found),
            "address": _address,
            "beyond": max(0, len(draft) - checked.MOST_MARKED),
        }
    return page(request, "check.html.jinja", context)


def _address(article: ArticleSummary) -> str:
    return f"/articles/{segment(article.id)}"
