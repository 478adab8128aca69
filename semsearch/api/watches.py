"""Endpoints for standing questions and what they report."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from semsearch.api.access import key_of
from semsearch.api.forms import IN_FORMS, FormDependency, in_form
from semsearch.api.logs import AUDIT_LOG
from semsearch.api.parameters import IndexDependency, WholeText
from semsearch.api.parsing import StrictRoute
from semsearch.api.request_context import log_fields
from semsearch.model.filter_tree import moment_of
from semsearch.model.search import Confidence
from semsearch.model.watch import (
    Alert,
    AlertQuery,
    Alerts,
    Delivery,
    MadeWatch,
    Tested,
    Watch,
    WatchSpec,
)

router = APIRouter(tags=["watches"], route_class=StrictRoute)

WatchName = Annotated[str, Path(description="The id or name of a watch.", max_length=200)]
AlertId = Annotated[str, Path(description="The id of an alert.", max_length=100)]
_Short = Annotated[WholeText, StringConstraints(max_length=200)]
_Text = Annotated[WholeText, StringConstraints(max_length=4_000)]


class WatchBody(BaseModel):
    """What is watched: one of question, similar and story."""

    model_config = ConfigDict(extra="forbid")

    name: _Short = Field(default="", description="A short name; the question by default.")
    question: _Text = Field(default="", description="In any words, read as a search.")
    similar: _Text = Field(default="", description="The id of an article: report those like it.")
    story: _Short = Field(default="", description="The id of a story: report news of it.")
    provider: Annotated[list[_Short], Field(max_length=100)] = Field(
        default=[], description="Only articles by these outlets, by domain or name."
    )
    filter: dict[str, Any] | None = Field(
        default=None, description="A filter tree, as POST /search takes it."
    )
    min_confidence: Confidence = Field(
        default=Confidence.HIGH, description="low: report what may answer, too."
    )
    new_only: bool = Field(
        default=True, description="Report an event once, and again for new facts only."
    )
    to: Annotated[list[_Text], Field(max_length=10)] = Field(
        default=[],
        description="Where alerts are sent: webhook:URL, mail:ADDRESS, file:PATH, command:NAME.",
        examples=[["webhook:https://desk.example/alerts"]],
    )

    def spec(self) -> WatchSpec:
        """The watch as an index takes it."""
        values = self.model_dump(exclude={"provider", "to"})
        return WatchSpec(**values, provider=tuple(self.provider), to=tuple(self.to))


class ReadBody(BaseModel):
    """Which alerts are marked."""

    model_config = ConfigDict(extra="forbid")

    ids: Annotated[list[_Short], Field(max_length=1_000)] = Field(description="Ids of alerts.")
    read: bool = Field(default=True, description="false: as unread again.")


class Marked(BaseModel):
    """How many alerts were marked."""

    marked: int


@router.get("/watches", summary="Every watch")
def read_all(index: IndexDependency) -> list[Watch]:
    """Every watch in order of its making; of a webhook only the host is shown."""
    return list(index.watches())


@router.post(
    "/watches",
    summary="Make a watch",
    responses={201: {"model": MadeWatch, "description": "The watch was made."}},
)
def add(new: WatchBody, request: Request, response: Response, index: IndexDependency) -> MadeWatch:
    """Make a watch: 201. Every article that is written from now on is judged.

    What its webhooks are signed with is shown in this answer only.
    """
    made = index.add_watch(new.spec(), owner=key_of(request))
    response.status_code = HTTPStatus.CREATED
    _log(request, "watch made", made.watch.id)
    return made


@router.get("/watches/{name}", summary="One watch")
def read(name: WatchName, index: IndexDependency) -> Watch:
    """A watch, with counts of its alerts and of what is still to be sent."""
    return index.watch(name)


@router.put("/watches/{name}", summary="Change a watch")
def change(name: WatchName, new: WatchBody, request: Request, index: IndexDependency) -> MadeWatch:
    """Let a watch wait for something else, or report elsewhere; its alerts stay."""
    made = index.change_watch(name, new.spec(), owner=key_of(request))
    _log(request, "watch changed", made.watch.id)
    return made


@router.delete("/watches/{name}", summary="Remove a watch")
def remove(name: WatchName, request: Request, index: IndexDependency) -> Watch:
    """Remove a watch with its alerts and what is still to be sent of them."""
    gone = index.remove_watch(name)
    _log(request, "watch removed", gone.id)
    return gone


@router.post("/watches/{name}/test", summary="Try the places of a watch")
def test(name: WatchName, request: Request, index: IndexDependency) -> list[Tested]:
    """Send an invented alert to the places of a watch, and say what came of it."""
    return list(index.test_watch(name, owner=key_of(request)))


@router.get("/watches/{name}/deliveries", summary="What was sent of a watch")
def deliveries(name: WatchName, index: IndexDependency) -> list[Delivery]:
    """What was or is to be sent, newest first, at most 1,000; ``dead`` or ``gone``: given up."""
    return list(index.deliveries(name))


@router.get("/alerts", summary="What watches reported", response_model=Alerts, responses=IN_FORMS)
def read_alerts(
    index: IndexDependency,
    request: Request,
    form: FormDependency,
    watch: Annotated[
        str, Query(max_length=200, description="Only of this watch, by id or name.")
    ] = "",
    since: Annotated[str | None, Query(description="Made on this day or later.")] = None,
    unread: Annotated[  # noqa: FBT002 - a parameter of the address
        bool, Query(description="Only those that nobody has marked as read.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=1_000, description="At most so many.")] = 100,
    before: Annotated[
        str, Query(max_length=100, description="next_before of the last answer.")
    ] = "",
) -> Any:
    """Alerts, newest first: one for each event, again for new facts only."""
    found = index.alerts(AlertQuery(watch, moment_of(since), unread, limit, before))
    return in_form(request, found, form)


@router.get("/alerts/{alert_id}", summary="One alert")
def read_alert(alert_id: AlertId, index: IndexDependency) -> Alert:
    """One alert, with all articles that joined it."""
    return index.alert(alert_id)


@router.post("/alerts/read", summary="Mark alerts as read")
def mark(new: ReadBody, index: IndexDependency) -> Marked:
    """Mark alerts as read, or as unread again."""
    return Marked(marked=index.mark_read(new.ids, read=new.read))


def _log(request: Request, what: str, identity: str) -> None:
    AUDIT_LOG.info(what, extra={"fields": {**log_fields(request.scope), "watch": identity}})
