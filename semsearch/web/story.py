"""The page of a story: how its providers tell it, and the same as files."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter

from semsearch.errors import InvalidQueryError
from semsearch.export.comparison import FIRST_FACTS
from semsearch.export.formatting import names_of
from semsearch.export.forms import FILE_TYPES, Form, exported
from semsearch.export.highlights import phrases
from semsearch.export.markdown import markdown
from semsearch.model.clusters import StoryMember, StoryView
from semsearch.model.comparison import ClaimEvidence, Comparison
from semsearch.web import plots
from semsearch.web.addresses import Link
from semsearch.web.comparison_table import Layout, lay_out
from semsearch.web.exports import csv_table, html
from semsearch.web.page import HEADERS, WIDTHS, IndexDependency, Width, page, picture, segment
from semsearch.web.save import saved

router = APIRouter()

_STATEMENTS = {
    "story": "all articles report one event",
    "shared": "two sentences report the same",
    "not_found": "not found in a full text, only here",
    "missing": "reported by others, not found here",
    "frames": "frame of a sentence",
    "quotes": "quoted text",
    "sourcing": "named source",
    "upstream": "source that several name",
}
_ALIGNED = "sentences aligned by vectors, words, numbers and neighbouring sentences"


@dataclass(frozen=True, slots=True)
class Most:
    """How much of each part stands on the page before "everything" is asked for."""

    open_facts: int = 3
    facts: int = FIRST_FACTS
    cells: int = 2
    open_unreported: int = 1
    unreported: int = 8
    open_columns: int = 4
    columns: int = 24
    sentences: int = 4
    wordings: int = 1
    members: int = 60

    @classmethod
    def of(cls, *, everything: bool) -> "Most":
        """The limits of a page."""
        return cls(*[10**6] * len(fields(cls))) if everything else cls()


@dataclass(frozen=True, slots=True)
class Carried:
    """Articles of a story with one text, in order of time; one alone where nobody else has it."""

    group: str | None
    members: tuple[StoryMember, ...]


Everything = Annotated[bool, Parameter(alias="all")]


@router.get("/stories/{story_id}")
def story(
    request: Request, story_id: str, index: IndexDependency, *, everything: Everything = False
) -> HTMLResponse:
    """A story: its comparison, or where there is none its articles."""
    view = index.story(story_id)
    found: Comparison | None = None
    reason = ""
    try:
        found = index.compare(story=story_id)
    except InvalidQueryError as error:  # too few sentences, or too many articles
        reason = error.message
    place = Link(f"/stories/{segment(story_id)}")
    context = comparison_context(found, place, view.generation, everything=everything)
    context |= {"view": view, "reason": reason, "carried": _carried(view)}
    return page(request, "story.html.jinja", context)


def comparison_context(
    found: Comparison | None, place: Link, generation: int, *, everything: bool
) -> dict[str, object]:
    """What ``comparison.html.jinja`` shows."""
    layout = Layout((), (), ()) if found is None else lay_out(found)
    return {
        "found": found,
        "place": place,
        "generation": generation,
        "layout": layout,
        "names": {} if found is None else names_of(found),
        "when": "" if found is None else plots.timeline_caption(found),
        "framed": "" if found is None else plots.frames_caption(found),
        "methods": () if found is None else methods(found),
        "most": Most.of(everything=everything),
        "everything": everything,
        "phrases": phrases,
        "exports": tuple(EXPORTS),
        "cited": CITED,
    }


@router.get("/stories/{story_id}/timeline.svg")
def timeline(story_id: str, index: IndexDependency, width: Width = Width.MEDIUM) -> Response:
    """Who reported when, as a picture."""
    found = index.compare(story=story_id)
    return picture(plots.timeline(found, WIDTHS[width]))


@router.get("/stories/{story_id}/frames.svg")
def frames(story_id: str, index: IndexDependency, width: Width = Width.MEDIUM) -> Response:
    """Sentences per frame, as a picture."""
    found = index.compare(story=story_id)
    return picture(plots.frames(found, WIDTHS[width]))


@router.get("/stories/{story_id}/cited.{form}")
def cited(story_id: str, form: Form, index: IndexDependency) -> Response:
    """Citations of all articles of a story."""
    return saved(index.story(story_id), form, f"story-{story_id}")


def _json(found: Comparison) -> str:
    return TypeAdapter(Comparison).dump_json(found, indent=1).decode() + "\n"


EXPORTS: dict[str, tuple[str, Callable[[Comparison], str | bytes]]] = {
    "html": ("text/html", html),
    "md": ("text/markdown", markdown),
    "csv": ("text/csv", csv_table),
    "bom.csv": ("text/csv", partial(csv_table, bom=True)),
    "parquet": (FILE_TYPES[Form.PARQUET].media_type, partial(exported, form=Form.PARQUET)),
    "json": ("application/json", _json),
}
CITED = (Form.RIS, Form.BIBTEX, Form.CSL_JSON)


def report(found: Comparison, form: str, name: str) -> Response:
    """A comparison as a file to keep, called ``name``."""
    media_type, written = EXPORTS[form]
    # The report has its style within, so it is saved, not shown under the pages' policy.
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(written(found), media_type=media_type, headers=headers)


def _export(form: str) -> Callable[[str, IndexDependency], Response]:
    def export(story_id: str, index: IndexDependency) -> Response:
        """The comparison as a file to keep."""
        name = "".join(letter for letter in story_id if letter.isascii() and letter.isalnum())
        return report(index.compare(story=story_id), form, f"story-{name}")

    return export


for _form in EXPORTS:
    router.get(f"/stories/{{story_id}}/report.{_form}")(_export(_form))


def _carried(view: StoryView) -> tuple[Carried, ...]:
    """The story's articles, copies folded, in order of the first of each."""
    found: dict[str, list[StoryMember]] = {}
    for member in view.members:
        found.setdefault(member.group or f"alone {member.article.id}", []).append(member)
    return tuple(Carried(some[0].group, tuple(some)) for some in found.values())


def methods(found: Comparison) -> tuple[tuple[str, str, ClaimEvidence], ...]:
    """Each kind of statement that is made: what it says, how it is made, how often it was right."""
    view = found.providers[0]
    how = {
        "story": "articles grouped by how likely each two report one event",
        "frames": view.frames.method,
        "quotes": view.sourcing.method,
        "sourcing": view.sourcing.method,
        "upstream": view.sourcing.method,
    }
    return tuple(
        (_STATEMENTS[kind], how.get(kind, _ALIGNED), evidence)
        for kind, evidence in found.evidence.items()
        if kind in _STATEMENTS
    )
