"""What every page shares: the index, templates in one frame, headers, and plots as pictures.

A page runs no script and takes no style but ours: a headline that holds HTML stays text, and
were one to slip through, the browser would still refuse to run it.
"""

from enum import StrEnum
from functools import cache
from http import HTTPStatus
from typing import Annotated, cast
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment
from starlette.exceptions import HTTPException

from semsearch import __version__
from semsearch.export import formatting
from semsearch.export.formatting import environment
from semsearch.export.forms import FILE_TYPES, forms_of
from semsearch.index import Index
from semsearch.model.address import host_of
from semsearch.model.article import ArticleView
from semsearch.model.check import DraftCheck
from semsearch.model.clusters import DuplicateGroups, GroupView, Stories
from semsearch.model.relation import Relation
from semsearch.model.search import SearchResults
from semsearch.model.watch import Alerts
from semsearch.web import assets, plots

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    # Nobody else is told; with no-referrer our own forms would come from nowhere, too, and be
    # refused as foreign.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}

_PICTURE_HEADERS = {
    # Their addresses name the generation they are of, so they never change.
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}

_SAVED = {
    "answer": SearchResults,
    "stories": Stories,
    "duplicates": DuplicateGroups,
    "group": GroupView,
    "article": ArticleView,
    "alerts": Alerts,
    "relation": Relation,
    "check": DraftCheck,
}
"""What is saved under which name; see ``web.save``."""


class Width(StrEnum):
    """For which screens a plot is drawn: letters cannot reflow, so each has a plot of its own."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


WIDTHS = {Width.SMALL: plots.NARROW, Width.MEDIUM: plots.WIDE, Width.LARGE: 940}


async def _index(request: Request) -> Index:
    return cast("Index", request.app.state.index)


IndexDependency = Annotated[Index, Depends(_index)]


def page(
    request: Request,
    template: str,
    context: dict[str, object],
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    """A template as a response."""
    return HTMLResponse(rendered(template, request.url.path, context), int(status), HEADERS)


def rendered(template: str, path: str, context: dict[str, object]) -> str:
    """A template as text."""
    return templates().get_template(template).render(path=path, **context)


def key_of(request: Request) -> str:
    """The id of the key that a request was let in with; empty where there are no keys."""
    return str(getattr(request.scope.get("semsearch.access_key"), "id", ""))


def segment(identity: str) -> str:
    """An id as part of a path; slashes stay, for ids may hold them."""
    return quote(identity, safe="/")


def sentence(text: str) -> str:
    """A text that begins with a capital."""
    return text[:1].upper() + text[1:]


def prepare() -> None:
    """Read every template, so that no reader waits for it."""
    for name in templates().list_templates():
        templates().get_template(name)


@cache
def templates() -> Environment:
    """The templates of the pages with the functions and filters that they use."""
    pages = environment("semsearch.web", "templates")
    pages.globals |= {
        "asset": assets.address,
        "host_of": host_of,
        "formatting": formatting,
        "file_types": FILE_TYPES,
        "forms": {name: forms_of(kind) for name, kind in _SAVED.items()},
        "version": __version__,
    }
    pages.filters |= {"segment": segment, "sentence": sentence}
    return pages


def picture(svg: str) -> Response:
    """A plot as a response."""
    if not svg:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is nothing to draw.")
    shown = plots.in_either_light(svg)
    return Response(shown, media_type="image/svg+xml", headers=_PICTURE_HEADERS)
