"""Status: what is in the index, and what is not."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.maintain import status as describing
from semsearch.model.filters import from_timestamp
from semsearch.web.page import page
from semsearch.web.services import ServicesDependency

router = APIRouter()

_OUTLETS = 25
_TOPICS = 24
_SKIPPED = 200


@router.get("/status")
def status(request: Request, services: ServicesDependency) -> HTMLResponse:
    """Counts, sizes, the model, and what was skipped."""
    library = services.library
    span = library.snapshot().span()
    context = {
        "status": describing.status(library),
        "published": describing.published(library),
        "span": None if span is None else [from_timestamp(each) for each in span],
        "providers": describing.providers(library).providers,
        "topics": describing.topics(library).topics,
        "skipped": describing.skipped(library),
        "shown": {"outlets": _OUTLETS, "topics": _TOPICS, "skipped": _SKIPPED},
        "folder": library.folder.name,
    }
    return page(request, "status.html.jinja", context)
