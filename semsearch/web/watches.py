"""Watches and alerts as pages, and as Atom feeds that any feed reader follows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request
from fastapi import Query as Parameter
from fastapi.responses import HTMLResponse, Response

from semsearch.index import Index
from semsearch.model.search import Collapse, Query, Sort
from semsearch.model.watch import Alert, AlertQuery, Report
from semsearch.web.page import IndexDependency, page, segment

router = APIRouter()

_SHOWN = 50
_SHOWN_REPORTS = 20
_RELATIONS = {
    "copy": "the same text",
    "edited": "the same text, edited",
    "story": "another report of this event",
    "related": "of the same affair",
    "update": "a newer version",
}
_ATOM = "http://www.w3.org/2005/Atom"
_ATOM_HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}


@router.get("/watches")
def watches(
    request: Request,
    index: IndexDependency,
    question: Annotated[str, Parameter(max_length=4_000)] = "",
) -> HTMLResponse:
    """Every watch, and what nobody has read yet; the form for a new one holds the question."""
    unread = index.alerts(AlertQuery(unread=True, limit=_SHOWN))
    return page(
        request,
        "watches.html.jinja",
        {
            "watches": index.watches(),
            "unread": unread,
            "watch": None,
            "read": (),
            "question": question,
            **_articles_of(index, unread.alerts),
        },
    )


@router.get("/watches/{identity}.atom")
def watch_feed(identity: str, request: Request, index: IndexDependency) -> Response:
    """The alerts of a watch as an Atom feed."""
    watch = index.watch(identity)
    alerts = index.alerts(AlertQuery(watch=watch.id, limit=_SHOWN)).alerts
    base = str(request.base_url).rstrip("/")
    feed = _feed(f"urn:semsearch:watch:{watch.id}", f"semsearch: {watch.name}", str(request.url))
    newest = max((one.at for one in alerts), default=watch.created)
    SubElement(feed, "updated").text = _moment(newest)
    for alert in alerts:
        _entry(
            feed,
            f"urn:semsearch:alert:{alert.id}",
            alert.title or "(no headline)",
            f"{base}/articles/{segment(alert.article)}",
            alert.at,
            alert.provider.name or alert.provider.domain,
            _told(alert),
        )
    return _atom(feed)


@router.get("/watches/{identity}")
def watch(identity: str, request: Request, index: IndexDependency) -> HTMLResponse:
    """A watch with its alerts, those that nobody has read first."""
    shown = index.watch(identity)
    every = index.alerts(AlertQuery(watch=shown.id, limit=_SHOWN))
    unread = index.alerts(AlertQuery(watch=shown.id, unread=True, limit=_SHOWN))
    read = [one for one in every.alerts if one.read is not None]
    return page(
        request,
        "watches.html.jinja",
        {
            "watches": (),
            "watch": shown,
            "unread": unread,
            "question": "",
            "read": read,
            **_articles_of(index, [*unread.alerts, *read]),
        },
    )


def _articles_of(index: Index, alerts: Sequence[Alert]) -> dict[str, object]:
    """What a page of alerts shows: their articles that are still there, and names of relations."""
    reports = [one.article for alert in alerts for one in _later(alert)[:_SHOWN_REPORTS]]
    reports += [alert.article for alert in alerts]
    return {
        "joined": index.summaries(reports),
        "relations": _RELATIONS,
        "later_reports": _later,
        "shown_reports": _SHOWN_REPORTS,
    }


def _later(alert: Alert) -> list[Report]:
    return [one for one in alert.reports if one.article != alert.article]


@router.get("/search.atom")
def search_feed(
    request: Request,
    index: IndexDependency,
    q: Annotated[str, Parameter(max_length=4_000)],
) -> Response:
    """The newest answers to a question as an Atom feed."""
    found = index.search(Query(q, k=_SHOWN, collapse=Collapse.STORY, sort=Sort.NEWEST))
    base = str(request.base_url).rstrip("/")
    feed = _feed(str(request.url), f"semsearch: {q}", str(request.url))
    dates = [hit.article.published for hit in found.hits if hit.article.published is not None]
    SubElement(feed, "updated").text = _moment(max(dates, default=datetime(1970, 1, 1, tzinfo=UTC)))
    for hit in found.hits:
        _entry(
            feed,
            f"urn:semsearch:article:{segment(hit.article.id)}",
            hit.article.title or "(no headline)",
            f"{base}/articles/{segment(hit.article.id)}",
            hit.article.published or datetime(1970, 1, 1, tzinfo=UTC),
            hit.article.provider.name or hit.article.provider.domain,
            hit.passage.text,
        )
    return _atom(feed)


def _told(alert: Alert) -> str:
    lines = [" ".join(sentence.text.split()) for sentence in alert.new]
    more = len(alert.reports) - 1
    if more > 0:
        lines.append(f"{more} more {'report' if more == 1 else 'reports'} of this event.")
    return "\n\n".join(lines)


def _feed(identity: str, title: str, own: str) -> Element:
    feed = Element("feed", xmlns=_ATOM)
    SubElement(feed, "id").text = _xml(identity)
    SubElement(feed, "title").text = _xml(title)
    SubElement(feed, "link", rel="self", href=_xml(own))
    return feed


def _entry(
    feed: Element, identity: str, title: str, link: str, at: datetime, outlet: str, text: str
) -> None:
    entry = SubElement(feed, "entry")
    SubElement(entry, "id").text = _xml(identity)
    SubElement(entry, "title").text = _xml(title)
    SubElement(entry, "link", href=_xml(link))
    SubElement(entry, "updated").text = _moment(at)
    SubElement(SubElement(entry, "author"), "name").text = _xml(outlet or "unknown outlet")
    SubElement(entry, "summary").text = _xml(text)


def _atom(feed: Element) -> Response:
    body = tostring(feed, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml", headers=_ATOM_HEADERS)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _xml(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return (
        "".join(
            sign
            for sign in text
            if sign in "\t\n\r" or "\x20" <= sign <= "\ud7ff" or sign >= "\ue000"
        )
        .replace("\ufffe", "")
        .replace("\uffff", "")
    )
