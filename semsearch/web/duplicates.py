"""The pages about articles with one text: every group, and one group with its lineage."""

from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from semsearch.errors import InvalidRequestError
from semsearch.model.clusters import Descent, DuplicateGroups, GroupMember, GroupView
from semsearch.web.addresses import SORTS, ListFiltersDependency
from semsearch.web.page import IndexDependency, page

router = APIRouter()

_PATH = "/duplicates"
_DEEPEST = 6  # nested lists beyond this would leave no room on a phone


@dataclass(frozen=True, slots=True)
class Branch:
    """An article, how it came by its text, and those that have it from this one."""

    member: GroupMember
    descent: Descent | None
    agencies: tuple[str, ...]
    below: tuple["Branch", ...]


@router.get(_PATH)
def duplicates(
    request: Request, filters: ListFiltersDependency, index: IndexDependency
) -> HTMLResponse:
    """Groups of articles with one text, a page at a time."""
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
    """One group: who has the text from whom."""
    view = index.group(group_id)
    context: dict[str, object] = {"view": view, "tree": tree(view)}
    return page(request, "group.html.jinja", context)


def tree(view: GroupView) -> Branch:
    """The lineage of a group, from its original down; what lies too deep hangs higher up."""
    members = {one.article.id: one for one in view.group.members}
    below: dict[str, list[Descent]] = {}
    for one in view.descent:
        below.setdefault(one.parent, []).append(one)

    def grown(descent: Descent, depth: int) -> tuple[Branch, ...]:
        deeper = [each for one in below.get(descent.article, ()) for each in grown(one, depth + 1)]
        flat = depth >= _DEEPEST
        own = Branch(
            members[descent.article], descent, descent.agencies, () if flat else tuple(deeper)
        )
        return (own, *deeper) if flat else (own,)

    return Branch(
        member=view.group.members[0],
        descent=None,
        agencies=view.agencies,
        below=tuple(each for one in below.get(view.group.original, ()) for each in grown(one, 1)),
    )
