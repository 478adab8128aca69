"""What a page shows, saved as a file of another kind: a table, citations, Markdown."""

from typing import Annotated

from fastapi import APIRouter
from fastapi import Query as Parameter
from fastapi.responses import Response

from semsearch.export.forms import FILE_TYPES, Form, exported
from semsearch.model.watch import AlertQuery
from semsearch.web.addresses import ListFiltersDependency
from semsearch.web.ask import QuestionForm
from semsearch.web.page import HEADERS, IndexDependency

router = APIRouter()

_SHORT = 60
_MOST_ALERTS = 1_000


@router.get("/save/answer/{form}")
def answer(
    form: Form, question: Annotated[QuestionForm, Parameter()], index: IndexDependency
) -> Response:
    """The answer to a question, the page of it that is shown."""
    return saved(index.search(question.query), form, "answer")


@router.get("/save/stories/{form}")
def stories(form: Form, filters: ListFiltersDependency, index: IndexDependency) -> Response:
    """A list of stories, the page of it that is shown."""
    return saved(index.stories(filters.query()), form, "stories")


@router.get("/save/duplicates/{form}")
def duplicates(form: Form, filters: ListFiltersDependency, index: IndexDependency) -> Response:
    """A list of groups with one text, the page of it that is shown."""
    return saved(index.groups(filters.query()), form, "duplicates")


@router.get("/save/group/{form}/{group_id}")
def group(form: Form, group_id: str, index: IndexDependency) -> Response:
    """The articles of a group with one text."""
    return saved(index.group(group_id), form, f"group-{group_id}")


@router.get("/save/article/{form}/{identity:path}")
def article(form: Form, identity: str, index: IndexDependency) -> Response:
    """One article."""
    return saved(index.get(identity), form, f"article-{identity}")


@router.get("/save/relation/{form}")
def relation(form: Form, a: str, b: str, index: IndexDependency) -> Response:
    """What two articles are to each other, with the evidence."""
    return saved(index.relate(a.strip(), b.strip()), form, "relation")


@router.get("/save/alerts/{form}")
def alerts(
    form: Form,
    index: IndexDependency,
    watch: Annotated[str, Parameter(max_length=200)] = "",
    *,
    unread: bool = False,
) -> Response:
    """The newest alerts, of one watch or of all, those that nobody has read or all."""
    found = index.alerts(AlertQuery(watch=watch, unread=unread, limit=_MOST_ALERTS))
    return saved(found, form, "alerts")


def saved(result: object, form: Form, name: str) -> Response:
    """A result as a file to keep."""
    kind = FILE_TYPES[form]
    shown = "".join(one for one in name if (one.isascii() and one.isalnum()) or one == "-")
    disposition = f'attachment; filename="{shown[:_SHORT]}.{kind.ending}"'
    headers = HEADERS | {"Content-Disposition": disposition}
    return Response(exported(result, form), media_type=kind.media_type, headers=headers)
