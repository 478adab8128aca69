"""Status: what is in the index, and what is not."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.web.page import IndexDependency, page

router = APIRouter()

_OUTLETS = 25
_TOPICS = 24
_SKIPPED = 200


@router.get("/status")
def status(request: Request, index: IndexDependency) -> HTMLResponse:
    """Counts, sizes, the model, and what was skipped."""
    context = {
        "status": index.status(),
        "published": index.published_at(),
        "span": index.span(),
        "providers": index.providers().providers,
        "topics": index.topics().topics,
        "skipped": index.last_skipped(),
        "shown": {"outlets": _OUTLETS, "topics": _TOPICS, "skipped": _SKIPPED},
        "folder": index.name,
    }
    return page(request, "status.html.jinja", context)
