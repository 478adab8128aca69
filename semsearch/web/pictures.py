"""Plots as resources of their own, so that no page waits for one."""

from enum import StrEnum
from http import HTTPStatus

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from semsearch.web import plots

_HEADERS = {
    # Their addresses name the generation they are of, so they never change.
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


class Width(StrEnum):
    """For which screens a plot is drawn: letters cannot reflow, so each has a plot of its own."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


WIDTHS = {Width.SMALL: plots.NARROW, Width.MEDIUM: plots.WIDE, Width.LARGE: 940}


def picture(svg: str) -> Response:
    """A plot as a response.

    Raises:
        HTTPException: There is nothing to draw.
    """
    if not svg:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is nothing to draw.")
    shown = plots.in_either_light(svg)
    return Response(shown, media_type="image/svg+xml", headers=_HEADERS)
