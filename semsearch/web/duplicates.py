"""The pages about articles with the same text: every group, and one group with its lineage."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.errors import InvalidRequestError
from semsearch.web.addresses import SORTS, ListFiltersDependency
from semsearch.web.lineage import tree
from semsearch.web.page import IndexDependency, page

if TYPE_CHECKING:
    from semsearch.model.clusters import DuplicateGroups

router = APIRouter()

_PATH = "/duplicates"


@router.get(_PATH)
def duplicates(
    request: Request, filters: ListFiltersDependency, index: IndexDependency
) -> HTMLResponse:
    """Groups of articles with the same text, a page at a time."""
    found: DuplicateGroups | None = None
    problem, status = "", HTTPStatus.OK
    try:
        found = index.groups(filters.query(), members=False)
    except InvalidRequestError as error:
        problem = f"{error.message} {error.hint}".strip()
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context: dict[str, object] = {
        "filters": filters,
        "sorts": {name: words for name, words in SORTS.items() if name != "origins"},
        "link": filters.link_to(_PATH),
        "found": found,
        "problem": problem,
    }
    return page(request, "duplicates.html.jinja", context, status)


@router.get(f"{_PATH}/{{group_id}}")
def group(request: Request, group_id: str, index: IndexDependency) -> HTMLResponse:
    """One group: where the text came from."""
    view = index.group(group_id)
    context: dict[str, object] = {"view": view, "tree": tree(view)}
    return page(request, "group.html.jinja", context)
