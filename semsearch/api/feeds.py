"""Endpoints for feeds. All need a key that may write: an address may hold a secret."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from semsearch.api.access import key_of
from semsearch.api.logs import AUDIT_LOG
from semsearch.api.parameters import IndexDependency, WholeText
from semsearch.api.parsing import StrictRoute
from semsearch.api.request_context import log_fields
from semsearch.model.feeds import Feed, FeedList, FeedsImported

router = APIRouter(tags=["feeds"], route_class=StrictRoute)
opml = APIRouter(tags=["feeds"], include_in_schema=False)

FeedId = Annotated[str, Path(description="The id of a feed.", max_length=100)]
_Address = Annotated[WholeText, StringConstraints(min_length=1, max_length=3_000)]
_Interval = Annotated[
    str | int,
    Field(description="How often it is polled: 15m, 2h, 1d, or seconds.", examples=["15m"]),
]
_Outlet = Annotated[WholeText, StringConstraints(max_length=200)]


class NewFeed(BaseModel):
    """A feed to add."""

    model_config = ConfigDict(extra="forbid")

    url: _Address = Field(description="Its address, with http or https.")
    every: _Interval = "15m"
    provider: _Outlet = Field(
        default="", description="The outlet of its entries, unless they name their source."
    )
    full_text: bool = Field(default=False, description="Fetch the page of each new entry, too.")


class ChangedFeed(BaseModel):
    """What of a feed is to be changed; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: _Address | None = Field(default=None, description="Its new address.")
    every: _Interval | None = Field(default=None, description="How often it is polled.")
    provider: _Outlet | None = Field(default=None, description="The outlet of its entries.")
    full_text: bool | None = Field(
        default=None, description="Fetch the page of each new entry, too."
    )


@router.get("/feeds", summary="Every feed")
def read_all(index: IndexDependency) -> FeedList:
    """Every feed, how it is, and what is wrong with those that fail. Needs a key that may write."""
    return index.feeds()


@router.post(
    "/feeds",
    summary="Add a feed",
    responses={201: {"model": Feed, "description": "The feed was added."}},
)
def add(new: NewFeed, request: Request, response: Response, index: IndexDependency) -> Feed:
    """Add a feed: 201. The service reads it within seconds; its state says what came of it."""
    response.status_code = HTTPStatus.CREATED
    feed = index.add_feed(
        new.url,
        every=new.every,
        provider=new.provider,
        full_text=new.full_text,
        added_by=key_of(request),
    )
    _log(request, "feed added", [feed.id])
    return feed


@router.get("/feeds/{feed_id}", summary="One feed")
def read(feed_id: FeedId, index: IndexDependency) -> Feed:
    """How a feed is. Needs a key that may write."""
    return index.feed(feed_id)


@router.put("/feeds/{feed_id}", summary="Change a feed")
def change(feed_id: FeedId, new: ChangedFeed, request: Request, index: IndexDependency) -> Feed:
    """Change a feed; it is read within seconds, also where it was stopped."""
    feed = index.change_feed(
        feed_id, url=new.url, every=new.every, provider=new.provider, full_text=new.full_text
    )
    _log(request, "feed changed", [feed.id])
    return feed


@router.delete("/feeds/{feed_id}", summary="Remove a feed")
def remove(feed_id: FeedId, request: Request, index: IndexDependency) -> Feed:
    """Remove a feed; the articles that it brought in stay."""
    feed = index.remove_feed(feed_id)
    _log(request, "feed removed", [feed.id])
    return feed


@router.post("/feeds/{feed_id}/poll", summary="Read a feed now")
def poll(feed_id: FeedId, index: IndexDependency) -> FeedList:
    """Let the service read a feed now, whether it is due or not."""
    return index.make_feeds_due(feed_id)


@opml.get("/v1/feeds.opml")
def export(index: IndexDependency) -> Response:
    """Every feed as OPML, as feed readers exchange them; needs a key that may write."""
    return Response(
        index.export_feeds(),
        media_type="text/x-opml",
        headers={"Content-Disposition": 'attachment; filename="feeds.opml"'},
    )


@opml.post("/v1/feeds.opml")
async def import_feeds(request: Request, index: IndexDependency) -> FeedsImported:
    """Add all feeds of an OPML file that are not there yet; the body is the file."""
    data = await request.body()
    done = await run_in_threadpool(index.import_feeds, data, added_by=key_of(request))
    _log(request, "feeds imported", [feed.id for feed in done.added])
    return done


def _log(request: Request, what: str, ids: list[str]) -> None:
    AUDIT_LOG.info(what, extra={"fields": {**log_fields(request.scope), "feeds": ids[:20]}})
