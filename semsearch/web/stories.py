"""The page stories: which events are reported, and when they began."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from semsearch.errors import InvalidRequestError
from semsearch.model.clusters import DayOfStories, Stories
from semsearch.model.search import DayCount
from semsearch.web import plots
from semsearch.web.addresses import SORTS, ListFiltersDependency
from semsearch.web.page import WIDTHS, IndexDependency, Width, page, picture
from semsearch.web.plots import Histogram, histogram

router = APIRouter()

_PATH = "/stories"


@router.get(_PATH)
def stories(
    request: Request, filters: ListFiltersDependency, index: IndexDependency
) -> HTMLResponse:
    """Stories, a page at a time, and how many began when."""
    found: Stories | None = None
    days: tuple[DayOfStories, ...] = ()
    problem, status = "", HTTPStatus.OK
    try:
        query = filters.query()
        found = index.stories(query)
        days = index.story_days(query)
    except InvalidRequestError as error:
        problem, status = f"{error.message} {error.hint}".strip(), HTTPStatus.UNPROCESSABLE_ENTITY
    context: dict[str, object] = {
        "filters": filters,
        "sorts": SORTS,
        "link": filters.link_to(_PATH),
        "picture": filters.link_to(f"{_PATH}/beginnings.svg"),
        "found": found,
        "periods": _periods(days),
        "problem": problem,
    }
    return page(request, "stories.html.jinja", context, status)


@router.get(f"{_PATH}/beginnings.svg")
def beginnings(
    filters: ListFiltersDependency, index: IndexDependency, width: Width = Width.MEDIUM
) -> Response:
    """How many stories began when, as a picture."""
    periods = _periods(index.story_days(filters.query()))
    counts = [(one.name, one.articles) for one in periods.periods] if periods else []
    return picture(plots.beginnings(counts, WIDTHS[width]) if counts else "")


def _periods(days: tuple[DayOfStories, ...]) -> Histogram | None:
    """The beginnings in at most 60 days, months or years."""
    return histogram([DayCount(one.day, one.stories) for one in days])
