"""Feeds over HTTP and on their page: who may, what is answered, what is shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.api.keys import KeyRing, Scope
from semsearch.assembly import open_index
from semsearch.config import FeedsSettings, Settings
from semsearch.web import site
from tests.service.test_access import NOW, Guarded, basic, guarded
from tests.service.test_articles import problem
from tests.support.encoder import HashingEncoder
from tests.support.feeds import Answer, FeedServer, feed_server, item, rss
from tests.support.server import serving

__all__ = ["guarded"]

URL = "https://harbourledger.example/rss"


@pytest.fixture
def feeds(tmp_path: Path) -> Iterator[httpx.Client]:
    settings = Settings(
        index=tmp_path / "index", feeds=FeedsSettings(allow_private=True, host_seconds=0)
    )
    index = open_index(settings, create=True, encoder=HashingEncoder())
    index.publish_first()
    with serving(create_app(index, pages=[site.router])) as client:
        yield client


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


def test_a_feed_is_added_read_changed_and_removed(feeds: httpx.Client) -> None:
    added = feeds.post("/v1/feeds", json={"url": URL, "every": "30m", "full_text": True})
    assert added.status_code == 201
    feed = added.json()
    assert (feed["url"], feed["every"], feed["state"]) == (URL, 1800, "new")
    assert feeds.get("/v1/feeds").json() == {"feeds": [feed]}
    assert feeds.get(f"/v1/feeds/{feed['id']}").json() == feed
    changed = feeds.put(f"/v1/feeds/{feed['id']}", json={"every": 7200}).json()
    assert (changed["every"], changed["full_text"]) == (7200, True)
    assert feeds.post(f"/v1/feeds/{feed['id']}/poll").json()["feeds"][0]["id"] == feed["id"]
    assert feeds.delete(f"/v1/feeds/{feed['id']}").status_code == 200
    problem(feeds.get(f"/v1/feeds/{feed['id']}"), 404, "no-such-feed")
    problem(feeds.delete(f"/v1/feeds/{feed['id']}"), 404, "no-such-feed")


def test_what_cannot_be_added_is_refused(feeds: httpx.Client) -> None:
    feeds.post("/v1/feeds", json={"url": URL})
    problem(feeds.post("/v1/feeds", json={"url": URL}), 409, "feed-exists")
    for body in (
        {},
        {"url": ""},
        {"url": "ftp://a.example/"},
        {"url": URL + "2", "every": "1s"},
        {"url": URL + "2", "every": None},
        {"url": URL + "2", "what": 1},
        {"url": "https://user:hidden@a.example/"},
    ):
        refused = feeds.post("/v1/feeds", json=body)
        assert refused.status_code == 422, body
        assert "hidden" not in refused.text


def test_lists_go_in_and_out(feeds: httpx.Client) -> None:
    opml = f'<opml><body><outline xmlUrl="{URL}"/><outline xmlUrl="ftp://x"/></body></opml>'
    done = feeds.post("/v1/feeds.opml", content=opml, headers={"Content-Type": "text/x-opml"})
    assert [len(done.json()[name]) for name in ("added", "known", "skipped")] == [1, 0, 1]
    out = feeds.get("/v1/feeds.opml")
    assert out.headers["content-type"].startswith("text/x-opml")
    assert f'xmlUrl="{URL}"' in out.text
    problem(feeds.post("/v1/feeds.opml", content="<p>"), 422, "invalid-feed")


OPERATIONS = [
    ("GET", "/v1/feeds"),
    ("GET", "/v1/feeds/x"),
    ("GET", "/v1/feeds.opml"),
    ("POST", "/v1/feeds"),
    ("POST", "/v1/feeds.opml"),
    ("PUT", "/v1/feeds/x"),
    ("DELETE", "/v1/feeds/x"),
    ("POST", "/v1/feeds/x/poll"),
    ("HEAD", "/v1/feeds"),
]
PAGES = [("GET", "/feeds"), ("GET", "/feeds.opml"), ("POST", "/feeds"), ("POST", "/feeds/import"),
         ("POST", "/feeds/x/remove")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_key_that_reads_does_not_even_see_feeds(guarded: Guarded, method: str, path: str) -> None:
    reader, writer = guarded.key(Scope.READ), guarded.key(Scope.WRITE)
    assert guarded.client.request(method, path, headers=reader).status_code == 403
    assert guarded.client.request(method, path).status_code == 401
    allowed = guarded.client.request(method, path, headers=writer, json={"url": URL})
    assert allowed.status_code not in (401, 403)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_the_page_asks_for_a_key_that_writes(guarded: Guarded, method: str, path: str) -> None:
    reading = basic(guarded.ring.create("r", [Scope.READ], NOW)[1])
    writing = basic(guarded.ring.create("w", [Scope.READ, Scope.WRITE], NOW)[1])
    refused = guarded.client.request(method, path, headers=reading)
    assert refused.status_code == 401  # so that the browser asks for another one
    assert "Basic" in refused.headers["www-authenticate"]
    assert guarded.client.request(method, path, headers=writing).status_code not in (401, 403)


def test_a_form_of_somebody_elses_page_is_refused(guarded: Guarded) -> None:
    writing = basic(guarded.ring.create("w", [Scope.READ, Scope.WRITE], NOW)[1])
    form = {"url": URL}
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        sent = guarded.client.post("/feeds", data=form, headers={**writing, **foreign})
        assert sent.status_code == 403
    own = {"Origin": str(guarded.client.base_url), "Sec-Fetch-Site": "same-origin"}
    assert guarded.client.post("/feeds", data=form, headers={**writing, **own}).status_code == 303
    listed = guarded.client.get("/v1/feeds", headers=guarded.key(Scope.WRITE)).json()["feeds"]
    assert [feed["url"] for feed in listed] == [URL]


def test_feeds_are_counted_by_the_key_that_added_them(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index", feeds=FeedsSettings(most_per_key=1))
    index = open_index(settings, create=True, encoder=HashingEncoder())
    ring = KeyRing(tmp_path / "index" / "keys.json")
    with serving(create_app(index, ring=ring)) as client:
        guard = Guarded(client, ring)
        one, two = guard.key(Scope.WRITE), guard.key(Scope.WRITE)
        assert client.post("/v1/feeds", json={"url": URL}, headers=one).status_code == 201
        refused = client.post("/v1/feeds", json={"url": URL + "2"}, headers=one)
        assert "One key may add 1 feeds" in problem(refused, 422, "invalid-feed")["detail"]
        assert client.post("/v1/feeds", json={"url": URL + "2"}, headers=two).status_code == 201


def test_what_fails_is_in_the_metrics_and_the_status(
    feeds: httpx.Client, server: FeedServer
) -> None:
    feeds.post("/v1/articles", json=[{"title": "One"}])
    bad = feeds.post("/v1/feeds", json={"url": server.url("/nothing")}).json()["id"]
    feeds.post("/v1/feeds", json={"url": server.serve("/good", rss(item(1)))})
    text = feeds.get("/metrics").text
    assert 'semsearch_feeds{state="new"} 2.0' in text
    assert "semsearch_feeds_overdue 0.0" in text
    assert bad not in text
    assert feeds.get("/v1/status").json()["feeds"]["by_state"]["new"] == 2


# --- the page ---------------------------------------------------------------------------------


def test_the_page_adds_changes_and_removes(feeds: httpx.Client) -> None:
    assert "There are no feeds yet" in feeds.get("/feeds").text
    form = {"url": URL, "every": "1h", "provider": "<b>Ledger</b>", "full_text": "1"}
    answer = feeds.post("/feeds", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "&lt;b&gt;Ledger&lt;/b&gt; was added. It is read within seconds" in answer.text
    assert "<b>Ledger" not in answer.text
    (feed,) = feeds.get("/v1/feeds").json()["feeds"]
    assert (feed["every"], feed["full_text"]) == (3600, True)
    change = {"every": "1d", "provider": ""}
    answer = feeds.post(f"/feeds/{feed['id']}/change", data=change, follow_redirects=True)
    assert "was changed" in answer.text
    (feed,) = feeds.get("/v1/feeds").json()["feeds"]
    assert (feed["every"], feed["provider"], feed["full_text"]) == (86_400, "", False)
    answer = feeds.post(f"/feeds/{feed['id']}/poll", follow_redirects=True)
    assert "is read now" in answer.text
    answer = feeds.post(f"/feeds/{feed['id']}/remove", follow_redirects=True)
    assert "The feed was removed. Its articles stay." in answer.text
    assert feeds.get("/v1/feeds").json() == {"feeds": []}


def test_the_page_says_why_it_refuses_and_keeps_what_was_typed(feeds: httpx.Client) -> None:
    answer = feeds.post("/feeds", data={"url": "harbourledger.example", "provider": "Ledger"})
    assert answer.status_code == 422
    assert "harbourledger.example is no web address." in answer.text
    assert 'value="harbourledger.example"' in answer.text
    assert feeds.post("/feeds/x/remove", data={}).status_code == 422
    assert feeds.post("/feeds/x/explode", data={}).status_code == 422
    assert feeds.post("/feeds/import", data={"opml": "no list"}).status_code == 422


def test_the_page_takes_and_gives_lists(feeds: httpx.Client) -> None:
    opml = f'<opml><body><outline xmlUrl="{URL}"/>\n<outline xmlUrl="ftp://x"/></body></opml>'
    answer = feeds.post("/feeds/import", data={"opml": opml})
    assert "1 feed was added, 0 were there before, 1 could not be taken." in answer.text
    assert "Line 2: ftp://x: ftp://x is no web address." in answer.text
    assert feeds.get("/feeds.opml").text == feeds.get("/v1/feeds.opml").text


def test_feeds_that_a_page_names_can_be_added_from_the_page(
    tmp_path: Path, server: FeedServer
) -> None:
    html = '<!doctype html><link rel="alternate" type="application/rss+xml" href="/rss">'
    url = server.serve("/", Answer(html.encode(), headers={"Content-Type": "text/html"}))
    settings = Settings(
        index=tmp_path / "index", feeds=FeedsSettings(allow_private=True, host_seconds=0)
    )
    index = open_index(settings, create=True, encoder=HashingEncoder())
    index.add_feed(url)
    index.poll_feeds()
    with serving(create_app(index, pages=[site.router])) as client:
        text = client.get("/feeds").text
        assert "it is a web page, not a feed" in text.lower()
        assert re.search(rf'type="hidden" name="url" value="{server.url("/rss")}"', text)
        text = client.get("/metrics").text
        assert 'semsearch_feeds{state="failing"} 1.0' in text or "index_up 0" in text
