"""Feeds: what comes in by itself, how each feed is, and forms to add, change and remove them.

Who sees this page may write, as everywhere where addresses of feeds are shown; a form that the page
of somebody else sends is refused (``api.access``).
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from semsearch.errors import FeedExistsError, IndexLockedError, InvalidFeedError, NoSuchFeedError
from semsearch.index import Index
from semsearch.model.feeds import Feed, FeedsImported, FeedState, interval_of
from semsearch.web.add import form_of
from semsearch.web.page import HEADERS, IndexDependency, key_of, page

router = APIRouter()

_EVERY = ("5m", "15m", "30m", "1h", "6h", "1d")
_FIELDS = ("url", "every", "provider", "full_text", "opml")
_REFUSED = (InvalidFeedError, FeedExistsError, NoSuchFeedError, IndexLockedError)

Form = dict[str, str]


@router.get("/feeds")
def feeds(request: Request, index: IndexDependency, done: str = "") -> HTMLResponse:
    """Every feed with its state; what was done is said above."""
    return _shown(request, index, _said(index, done))


@router.get("/feeds.opml")
def export(index: IndexDependency) -> Response:
    """All feeds as a file that feed readers take."""
    headers = {**HEADERS, "Content-Disposition": 'attachment; filename="feeds.opml"'}
    return Response(index.export_feeds(), media_type="text/x-opml", headers=headers)


@router.post("/feeds")
async def add(request: Request, index: IndexDependency) -> Response:
    """Add a feed."""

    def add(form: Form) -> str:
        feed = index.add_feed(
            form.get("url", ""),
            every=form.get("every") or "15m",
            provider=form.get("provider", ""),
            full_text="full_text" in form,
            added_by=key_of(request),
        )
        return f"added {feed.id}"

    return await _done(request, index, add)


@router.post("/feeds/import")
async def import_feeds(request: Request, index: IndexDependency) -> Response:
    """Add the feeds of an OPML file; what of it was not taken is said."""
    form = await form_of(request)

    def bring_in() -> Response:
        try:
            data = form.get("opml", "").strip().encode()
            done = index.import_feeds(data, added_by=key_of(request))
        except _REFUSED as error:
            return _refused(request, index, error, form)
        return _shown(request, index, _in_words(done), skipped=done)

    return await run_in_threadpool(bring_in)


@router.post("/feeds/{feed_id}/{what}")
async def change(request: Request, index: IndexDependency, feed_id: str, what: str) -> Response:
    """Change a feed, read it now, or remove it."""

    def change(form: Form) -> str:
        if what == "remove":
            index.remove_feed(feed_id)
        elif what == "poll":
            index.make_feeds_due(feed_id)
        elif what == "change":
            index.change_feed(
                feed_id,
                every=form.get("every") or None,
                provider=form.get("provider", ""),
                full_text="full_text" in form,
            )
        else:
            raise NoSuchFeedError(f"There is nothing to do that is called {what[:50]}.")
        return f"{what} {feed_id}"

    return await _done(request, index, change)


async def _done(request: Request, index: Index, do: Callable[[Form], str]) -> Response:
    """Do what a form says, and show the page again."""
    form = await form_of(request)

    def answer() -> Response:
        try:
            done = do(form)
        except _REFUSED as error:
            return _refused(request, index, error, form)
        address = f"/feeds?done={quote(done)}"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER, HEADERS)

    return await run_in_threadpool(answer)


def _refused(
    request: Request,
    index: Index,
    error: InvalidFeedError | FeedExistsError | NoSuchFeedError | IndexLockedError,
    form: Form,
) -> HTMLResponse:
    said = f"{error.message} {error.hint}".strip()
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return _shown(request, index, said, given=form, refused=True, status=status)


def _shown(
    request: Request,
    index: Index,
    said: str,
    *,
    given: Form | None = None,
    skipped: FeedsImported | None = None,
    refused: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    every = index.feeds().feeds
    context = {
        "feeds": every,
        "counts": {state: sum(feed.state is state for feed in every) for state in FeedState},
        "said": said,
        "refused": refused,
        "given": {name: (given or {}).get(name, "") for name in _FIELDS},
        "skipped": skipped.skipped if skipped else (),
        "intervals": _EVERY,
        "interval_of": interval_of,
    }
    return page(request, "feeds.html.jinja", context, status)


def _said(index: Index, done: str) -> str:
    """What was done, in words; nothing for what nobody did."""
    what, _, identity = done.partition(" ")
    if what == "remove":
        return "The feed was removed. Its articles stay."
    feed = next((one for one in index.feeds().feeds if one.id == identity), None)
    if feed is None:
        return ""
    name = _name(feed)
    return {
        "added": f"{name} was added. It is read within seconds: look again soon.",
        "poll": f"{name} is read now: look again soon.",
        "change": f"{name} was changed. It is read again within seconds.",
    }.get(what, "")


def _name(feed: Feed) -> str:
    return feed.provider or feed.title or feed.url


def _in_words(done: FeedsImported) -> str:
    number, known = len(done.added), len(done.known)
    added = "1 feed was added" if number == 1 else f"{number:,} feeds were added"
    return f"{added}, {known:,} were there before, {len(done.skipped):,} could not be taken."
