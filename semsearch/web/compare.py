"""The page of articles that a reader ticked in a list: how they tell it, and the same as files."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from semsearch.errors import InvalidQueryError
from semsearch.export.forms import Form
from semsearch.index import Index
from semsearch.model.comparison import Comparison
from semsearch.web import plots
from semsearch.web.addresses import Link
from semsearch.web.page import WIDTHS, IndexDependency, Width, page, picture
from semsearch.web.save import saved
from semsearch.web.story import EXPORTS, Everything, comparison_context, report

router = APIRouter()

_PATH = "/compare"
_FILE = "comparison"

Ids = Annotated[tuple[str, ...], Parameter(alias="article")]


@router.get(_PATH)
def compare(
    request: Request,
    index: IndexDependency,
    ids: Ids = (),
    *,
    everything: Everything = False,
) -> HTMLResponse:
    """The ticked articles compared; of fewer than two, how to tick them."""
    ids = tuple(dict.fromkeys(filter(None, ids)))
    place = Link(_PATH, tuple(("article", one) for one in ids))
    found: Comparison | None = None
    reason = ""
    try:
        found = _compared(index, ids) if len(ids) > 1 else None
    except InvalidQueryError as error:  # too few sentences, or too many articles
        reason = f"{error.message} {error.hint}".strip()
    context = comparison_context(found, place, index.status().generation, everything=everything)
    named = index.summaries(ids)  # without texts: what is held of each, the comparison says
    held = {} if found is None else {one.id: one.basis for one in found.articles}
    context |= {
        "ids": ids,
        "articles": [named[one] for one in ids if one in named],
        "held": held,
        "reason": reason,
    }
    return page(request, "compare.html.jinja", context)


@router.get(f"{_PATH}/timeline.svg")
def timeline(index: IndexDependency, ids: Ids = (), width: Width = Width.MEDIUM) -> Response:
    """Who reported when, as a picture."""
    return picture(plots.timeline(_compared(index, ids), WIDTHS[width]))


@router.get(f"{_PATH}/frames.svg")
def frames(index: IndexDependency, ids: Ids = (), width: Width = Width.MEDIUM) -> Response:
    """Sentences per frame, as a picture."""
    return picture(plots.frames(_compared(index, ids), WIDTHS[width]))


@router.get(f"{_PATH}/cited.{{form}}")
def cited(form: Form, index: IndexDependency, ids: Ids = ()) -> Response:
    """Citations of the articles."""
    return saved(_compared(index, ids), form, _FILE)


@router.get(f"{_PATH}/report.{{form}}")
def export(form: str, index: IndexDependency, ids: Ids = ()) -> Response:
    """The comparison as a file to keep."""
    if form not in EXPORTS:
        raise HTTPException(404, f"There is no {form[:20]} of a comparison.")
    return report(_compared(index, ids), form, _FILE)


def _compared(index: Index, ids: tuple[str, ...]) -> Comparison:
    return index.compare(*dict.fromkeys(ids))
