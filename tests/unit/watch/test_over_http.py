"""Watches over HTTP, as pages and as Atom: who may write, what is never shown, what is listed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import pytest
from starlette.testclient import TestClient

from semsearch.api.app import create_app
from semsearch.api.keys import KeyRing, Scope
from semsearch.assembly import open_index
from semsearch.config import Settings, WatchSettings
from semsearch.index import Index
from semsearch.web import site, watches
from tests.support.encoder import HashingEncoder
from tests.support.watching import FACT, FURTHER, QUESTION, collision, quiet

BODY = {"name": "ferry", "question": QUESTION, "min_confidence": "low"}
HOOK = "webhook:https://desk.example/in/secret-path"


@pytest.fixture
def news(tmp_path: Path) -> Index:
    settings = Settings(index=tmp_path / "index", watch=WatchSettings(changes_per_minute=3))
    index = open_index(settings, create=True, encoder=HashingEncoder())
    index.add([quiet(1), quiet(2)])
    return index


@pytest.fixture
def client(news: Index) -> Iterator[TestClient]:
    app = create_app(news, pages=[site.router])
    with TestClient(app, base_url="http://localhost") as opened:
        yield opened


def test_a_watch_is_made_read_changed_and_removed(client: TestClient) -> None:
    made = client.post("/v1/watches", json=BODY)
    assert made.status_code == 201
    identity = made.json()["watch"]["id"]
    assert client.get("/v1/watches").json()[0]["name"] == "ferry"
    assert client.get(f"/v1/watches/{identity}").json()["question"] == QUESTION
    changed = client.put(f"/v1/watches/{identity}", json={**BODY, "name": "boats"})
    assert changed.json()["watch"]["name"] == "boats"
    assert client.delete("/v1/watches/boats").status_code == 200
    assert client.get(f"/v1/watches/{identity}").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"question": "a", "story": "b"}, 422),
        ({"question": "a", "price": 1}, 422),
        ({"question": "a", "filter": {"field": "price"}}, 422),
        ({"question": "a", "to": ["mail:desk@news.example"]}, 422),
        ({"similar": "nothing"}, 404),
        ({"question": "x" * 5_000}, 422),
    ],
)
def test_what_cannot_be_watched_is_refused(
    client: TestClient, body: dict[str, object], status: int
) -> None:
    answer = client.post("/v1/watches", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_secret_is_shown_once_and_the_path_of_a_webhook_never(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    made = client.post("/v1/watches", json={**BODY, "to": [HOOK]})
    secret = made.json()["secret"]
    assert len(secret) > 30
    later = "".join(
        client.get(path).text
        for path in ("/v1/watches", "/v1/watches/ferry", "/watches", "/v1/watches/ferry/deliveries")
    )
    assert "desk.example/…" in later
    for hidden in (secret, "secret-path"):
        assert hidden not in later
        assert hidden not in caplog.text


def test_a_watch_that_is_given_back_as_it_is_shown_sends_where_it_did(
    client: TestClient, news: Index
) -> None:
    hooks = [HOOK, "webhook:https://desk.example/in/another-path", "webhook:https://radio.example"]
    client.post("/v1/watches", json={**BODY, "to": hooks})
    shown = client.get("/v1/watches/ferry").json()["to"]
    assert shown[:2] == ["webhook:https://desk.example/…"] * 2

    def changed(to: list[str]) -> list[str] | int:
        answer = client.put("/v1/watches/ferry", json={**BODY, "to": to})
        (watch,) = news.library.watches.all()
        return list(watch.spec.to) if answer.is_success else answer.status_code

    assert changed(shown) == hooks
    assert changed([shown[2], shown[0]]) == [hooks[2], hooks[0]]


def test_an_address_as_it_is_shown_is_no_new_place(client: TestClient, news: Index) -> None:
    masked = "webhook:https://desk.example/…"
    refused = client.post("/v1/watches", json={**BODY, "to": [masked]})
    assert refused.status_code == 422
    assert "as it is shown" in refused.json()["detail"]
    client.post("/v1/watches", json={**BODY, "to": [HOOK]})
    twice = client.put("/v1/watches/ferry", json={**BODY, "to": [masked, masked]})
    assert twice.status_code == 422
    assert news.library.watches.all()[0].spec.to == (HOOK,)


def test_a_secret_is_replaced_where_its_webhook_is_taken_and_given_again(
    client: TestClient,
) -> None:
    first = client.post("/v1/watches", json={**BODY, "to": [HOOK]}).json()["secret"]
    assert client.put("/v1/watches/ferry", json=BODY).json()["secret"] == ""
    again = client.put("/v1/watches/ferry", json={**BODY, "to": [HOOK]}).json()["secret"]
    assert len(again) > 30
    assert again != first


def test_alerts_are_listed_and_marked_as_read(client: TestClient) -> None:
    client.post("/v1/watches", json=BODY)
    article = {"title": collision().title, "body": collision().body}
    assert client.put("/v1/articles/c1", json=article).status_code == 201
    (alert,) = client.get("/v1/alerts", params={"watch": "ferry"}).json()["alerts"]
    assert alert["reports"] == [{"article": "c1", "relation": "first"}]
    assert round(sum(alert["score_parts"].values()), 6) == alert["score"]
    assert client.get(f"/v1/alerts/{alert['id']}").json() == alert
    page = client.get(f"/watches/{alert['watch']}").text
    assert collision().title in page.partition('id="read-before"')[0]
    assert client.post("/v1/alerts/read", json={"ids": [alert["id"]]}).json() == {"marked": 1}
    assert client.get("/v1/alerts", params={"unread": True}).json()["alerts"] == []
    page = client.get(f"/watches/{alert['watch']}").text
    assert collision().title in page.partition('id="read-before"')[2]


def test_the_page_shows_the_day_of_an_alert_and_what_joined_it(client: TestClient) -> None:
    identity = client.post("/v1/watches", json=BODY).json()["watch"]["id"]
    body = {"title": collision().title, "body": collision().body}
    outlet = {"name": "Harbour <Gazette>"}
    client.put("/v1/articles/c1", json={**body, "published": "2026-03-05"})
    client.put("/v1/articles/c2", json={**body, "provider": outlet})
    for path in ("/watches", f"/watches/{identity}"):
        page = client.get(path).text
        assert '<time datetime="2026-03-05">' in page
        listed = page.partition("<summary>2 reports</summary>")[2].partition("</details>")[0]
        assert 'href="/articles/c2"' in listed
        assert "Harbour &lt;Gazette&gt;, the same text" in listed
        assert 'href="/articles/c1"' not in listed
    first = client.get("/v1/alerts").json()["alerts"][0]["id"]
    client.put("/v1/articles/c3", json={"title": "Captain held", "body": FURTHER + FACT})
    page = client.get(f"/watches/{identity}").text
    assert f'<a href="/watches/{identity}#{first}">what was reported before</a>' in page
    assert f'<li id="{first}">' in page


def test_the_page_leads_to_no_article_that_was_deleted(client: TestClient) -> None:
    client.post("/v1/watches", json=BODY)
    client.put("/v1/articles/c1", json={"title": collision().title, "body": collision().body})
    assert 'href="/articles/c1"' in client.get("/watches").text
    client.delete("/v1/articles/c1")
    page = client.get("/watches").text
    assert 'href="/articles/c1"' not in page
    assert collision().title in page
    assert "deleted since" in page


def test_the_page_says_how_many_that_joined_an_alert_it_does_not_list(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watches, "_SHOWN_REPORTS", 1)
    client.post("/v1/watches", json=BODY)
    body = {"title": collision().title, "body": collision().body}
    for name in ("c1", "c2"):
        client.put(f"/v1/articles/{name}", json=body)
    assert "Not listed" not in client.get("/watches").text
    client.put("/v1/articles/c3", json=body)
    (alert,) = client.get("/v1/alerts").json()["alerts"]
    listed = client.get("/watches").text.partition("<summary>3 reports</summary>")[2]
    listed = listed.partition("</details>")[0]
    assert listed.count('href="/articles/') == 1
    assert "Not listed here: 1 more." in listed
    assert f'href="/v1/alerts/{alert["id"]}"' in listed


def test_feed_readers_follow_a_watch_and_a_question(client: TestClient) -> None:
    identity = client.post("/v1/watches", json=BODY).json()["watch"]["id"]
    title = 'Ferry & barge <collide> in "Senn" harbour'
    client.put("/v1/articles/c1", json={"title": title, "body": collision().body})
    for path in (f"/watches/{identity}.atom", "/search.atom?q=ferry+collision"):
        answer = client.get(path)
        assert answer.headers["content-type"].startswith("application/atom+xml")
        ET.fromstring(answer.content)  # noqa: S314 - our own
        read = feedparser.parse(answer.content)
        assert not read.bozo
        assert any("barge" in entry.title for entry in read.entries)
        assert all(entry.id and entry.link and entry.updated for entry in read.entries)


def test_a_key_that_reads_makes_no_watch_and_one_that_writes_only_so_many_a_minute(
    news: Index, tmp_path: Path
) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    now = datetime.now(UTC)
    _, reader = ring.create("reader", [Scope.READ], now)
    _, writer = ring.create("writer", [Scope.READ, Scope.WRITE], now)
    with TestClient(create_app(news, ring=ring), base_url="http://localhost") as client:

        def ask(key: str, name: str) -> int:
            headers = {"Authorization": f"Bearer {key}"}
            body = {**BODY, "name": name}
            return client.post("/v1/watches", json=body, headers=headers).status_code

        assert ask(reader, "a") == 403
        assert [ask(writer, name) for name in "abcd"] == [201, 201, 201, 429]
