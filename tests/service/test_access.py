"""Who gets in, and who does not."""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.api.keys import KeyRing, Scope
from semsearch.config import ServiceSettings
from semsearch.web import site
from tests.service.conftest import empty_index
from tests.service.test_articles import STRIKE, problem
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

NOW = datetime.now(UTC)
EVIL = "https://evil.example"


@dataclass
class Guarded:
    """A served index that has a ring for keys."""

    client: httpx.Client
    ring: KeyRing

    def key(self, *scopes: Scope, name: str = "") -> dict[str, str]:
        number = len(self.ring.keys() or ())
        return bearer(self.ring.create(name or f"key {number}", scopes, NOW)[1])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(token: str, user: str = "reader") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{token}".encode()).decode()}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    ring = KeyRing(tmp_path / "index" / "keys.json")
    app = create_app(empty_index(tmp_path / "index"), ring=ring, pages=[site.router])
    with serving(app) as client:
        yield Guarded(client, ring)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A served index with keys, for tests that change nothing."""
    folder = tmp_path_factory.mktemp("closed") / "index"
    ring = KeyRing(folder / "keys.json")
    ring.create("first", [Scope.READ], NOW)
    with serving(create_app(empty_index(folder), ring=ring, pages=[site.router])) as client:
        yield Guarded(client, ring)


READS = [("GET", "/v1/search?q=a"), ("POST", "/v1/search"), ("GET", "/v1/articles/a")]
WRITES = [
    ("PUT", "/v1/articles/a"),
    ("POST", "/v1/articles"),
    ("DELETE", "/v1/articles/a"),
    ("PATCH", "/v1/articles/a"),
    ("POST", "/v1/anything/new"),
]
OTHERS = [
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/"),
    ("GET", "/status"),
    ("GET", "/v1/nowhere"),
    ("GET", "/nowhere"),
    ("GET", "/metrics"),
]


def test_without_keys_who_reaches_the_service_may_use_it(guarded: Guarded) -> None:
    assert guarded.client.put("/v1/articles/a", json=STRIKE).status_code == 201
    assert guarded.client.get("/v1/search?q=a").status_code == 200
    assert guarded.client.get("/metrics").status_code == 200


@pytest.mark.parametrize(("method", "path"), [*READS, *WRITES, *OTHERS])
def test_once_there_is_a_key_nothing_is_open_but_the_probes(
    closed: Guarded, method: str, path: str
) -> None:
    answer = closed.client.request(method, path)
    document = problem(answer, 401, "unauthorized")
    scheme = "Bearer" if path.startswith(("/v1", "/metrics")) else "Basic"
    assert answer.headers["www-authenticate"].startswith(scheme)
    assert "keys create" in document["hint"]
    assert closed.client.get("/livez").status_code == 200
    assert closed.client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_key_for_reading_asks(closed: Guarded, method: str, path: str) -> None:
    body = {"q": "a"} if method == "POST" else None
    answer = closed.client.request(method, path, headers=closed.key(Scope.READ), json=body)
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("scopes", [[Scope.READ], [Scope.ADMIN], [Scope.READ, Scope.ADMIN]])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_only_a_key_for_writing_writes(
    closed: Guarded, method: str, path: str, scopes: list[Scope]
) -> None:
    refused = closed.client.request(method, path, headers=closed.key(*scopes), json=STRIKE)
    assert "write" in problem(refused, 403, "forbidden")["detail"]


def test_a_key_for_writing_writes_and_does_not_read(guarded: Guarded) -> None:
    key = guarded.key(Scope.WRITE)
    assert guarded.client.put("/v1/articles/a", json=STRIKE, headers=key).status_code == 201
    problem(guarded.client.get("/v1/articles/a", headers=key), 403, "forbidden")


def test_only_a_key_for_operators_sees_metrics(guarded: Guarded) -> None:
    both = guarded.key(Scope.READ, Scope.WRITE, name="both")
    problem(guarded.client.get("/metrics", headers=both), 403, "forbidden")
    admin = guarded.key(Scope.ADMIN, name="prometheus")
    assert guarded.client.get("/metrics", headers=admin).status_code == 200


def test_a_browser_gives_a_key_as_a_password_but_only_to_pages(guarded: Guarded) -> None:
    _, token = guarded.ring.create("reader", [Scope.READ, Scope.WRITE], NOW)
    assert guarded.client.get("/docs", headers=basic(token)).status_code == 200
    assert guarded.client.get("/", headers=basic(token)).status_code == 200
    problem(guarded.client.get("/v1/search?q=a", headers=basic(token)), 401, "unauthorized")
    refused = guarded.client.put("/v1/articles/a", json=STRIKE, headers=basic(token))
    problem(refused, 401, "unauthorized")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer semsearch_00000000_x",
        "Basic !!!!",
        "Basic /////w==",
        "Digest a=b",
        "Bearer " + "a" * 5000,
        "bearer\tx",
    ],
)
def test_what_is_no_key_is_refused(closed: Guarded, value: str) -> None:
    for path in ("/v1/search?q=a", "/docs"):
        answer = closed.client.get(path, headers={"Authorization": value})
        problem(answer, 401, "unauthorized")


def test_a_key_is_refused_from_the_moment_it_is_revoked(guarded: Guarded) -> None:
    key = guarded.key(Scope.READ, name="intern")
    assert guarded.client.get("/v1/status", headers=key).status_code == 200
    guarded.ring.revoke("intern", NOW)
    problem(guarded.client.get("/v1/status", headers=key), 401, "unauthorized")


def test_a_key_that_has_expired_is_refused(guarded: Guarded) -> None:
    _, token = guarded.ring.create("old", [Scope.READ], NOW, NOW - timedelta(seconds=1))
    problem(guarded.client.get("/v1/status", headers=bearer(token)), 401, "unauthorized")


def test_the_door_stays_closed_when_the_keys_are_lost_or_broken(
    guarded: Guarded, tmp_path: Path
) -> None:
    key = guarded.key(Scope.READ)
    assert guarded.client.get("/v1/status", headers=key).status_code == 200
    file = tmp_path / "index" / "keys.json"
    file.write_text("{", "utf-8")
    assert guarded.client.get("/v1/status", headers=key).status_code == 500
    file.unlink()
    problem(guarded.client.get("/v1/status", headers=key), 401, "unauthorized")


@pytest.mark.parametrize(
    "host", ["evil.example", "169.254.1.1:8000", "localhost.evil.example", "", "[x"]
)
def test_an_open_service_answers_only_to_names_of_this_machine(guarded: Guarded, host: str) -> None:
    problem(guarded.client.get("/v1/status", headers={"Host": host}), 403, "foreign-host")


def test_an_origin_that_cannot_be_read_is_refused(guarded: Guarded) -> None:
    sent = guarded.client.get("/v1/status", headers={"Origin": "http://["})
    problem(sent, 403, "foreign-host")


def test_a_page_from_elsewhere_cannot_write_to_an_open_service(guarded: Guarded) -> None:
    sent = guarded.client.post(
        "/v1/articles",
        content=json.dumps(STRIKE),
        headers={"Origin": EVIL, "Content-Type": ""},
    )
    problem(sent, 403, "foreign-origin")
    own = str(guarded.client.base_url).rstrip("/")
    sent = guarded.client.post("/v1/articles", json=STRIKE, headers={"Origin": own})
    assert sent.status_code == 200


PICTURE = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "no-cors",
    "Sec-Fetch-Dest": "image",
}
LINK = {
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
}
FRAME = LINK | {"Sec-Fetch-Dest": "iframe"}


@pytest.mark.parametrize("path", ["/v1/search?q=a", "/v1/nowhere", "/", "/?q=a", "/metrics"])
@pytest.mark.parametrize(
    "headers",
    [
        PICTURE,
        PICTURE | {"Sec-Fetch-Site": "same-site"},  # another service of this machine
        FRAME,
        {"Origin": EVIL},
        {"Origin": "null"},
        LINK | {"Origin": EVIL},
    ],
)
def test_a_page_from_elsewhere_cannot_ask_an_open_service(
    guarded: Guarded, path: str, headers: dict[str, str]
) -> None:
    for method in ("GET", "HEAD", "POST"):
        refused = guarded.client.request(method, path, headers=headers)
        assert refused.status_code == 403
    problem(guarded.client.get(path, headers=headers), 403, "foreign-origin")


def test_a_link_from_elsewhere_opens_a_page_but_asks_no_program(guarded: Guarded) -> None:
    for path in ("/", "/stories", "/docs"):
        assert guarded.client.get(path, headers=LINK).status_code == 200
    problem(guarded.client.get("/v1/search?q=a", headers=LINK), 403, "foreign-origin")
    problem(guarded.client.post("/add", headers=LINK), 403, "foreign-origin")


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_and_typed_addresses_are_answered(guarded: Guarded, site: str) -> None:
    for path in ("/v1/status", "/stories"):
        headers = PICTURE | {"Sec-Fetch-Site": site}
        assert guarded.client.get(path, headers=headers).status_code in (200, 404)


def test_a_page_from_elsewhere_cannot_use_a_password_that_the_browser_holds(
    guarded: Guarded,
) -> None:
    _, token = guarded.ring.create("reader", [Scope.READ], NOW)
    for headers in (PICTURE, FRAME):
        refused = guarded.client.get("/", headers=headers | basic(token))
        problem(refused, 403, "foreign-origin")
    assert guarded.client.get("/", headers=LINK | basic(token)).status_code == 200
    assert guarded.client.get("/v1/status", headers=PICTURE | bearer(token)).status_code == 200


def test_an_origin_that_is_configured_may_ask_an_open_service(tmp_path: Path) -> None:
    friend = "https://news.example"
    settings = ServiceSettings(cors_origins=(friend,))
    ring = KeyRing(tmp_path / "keys.json")
    app = create_app(empty_index(tmp_path / "index"), settings=settings, ring=ring)
    with serving(app) as client:
        asked = client.get("/v1/status", headers={"Origin": friend, "Sec-Fetch-Site": "cross-site"})
        assert asked.status_code == 200
        problem(client.get("/v1/status", headers={"Origin": EVIL}), 403, "foreign-origin")


def test_no_address_leads_to_the_host_that_a_request_names(guarded: Guarded) -> None:
    _, token = guarded.ring.create("reader", [Scope.READ], NOW)
    for path in ("/status/", "/stories/", "/docs/"):
        headers = {"Host": "evil.example"} | basic(token)
        answer = guarded.client.get(path, headers=headers, follow_redirects=False)
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_a_key_that_asks_too_often_is_told_how_long_to_wait(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    settings = ServiceSettings(rate=0.5, burst=3)
    with serving(create_app(empty_index(tmp_path / "i"), settings=settings, ring=ring)) as client:
        one, other = (bearer(ring.create(name, [Scope.READ], NOW)[1]) for name in "ab")
        answers = [client.get("/v1/status", headers=one).status_code for _ in range(3)]
        assert answers == [200, 200, 200]
        refused = client.get("/v1/status", headers=one)
        problem(refused, 429, "rate-limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 2
        assert client.get("/v1/status", headers=other).status_code == 200


def test_pages_from_elsewhere_may_ask_only_where_that_is_configured(tmp_path: Path) -> None:
    friend = "https://news.example"
    preflight = {"Origin": friend, "Access-Control-Request-Method": "GET"}
    with serving(create_app(empty_index(tmp_path / "a"))) as client:
        assert (
            "access-control-allow-origin"
            not in client.options("/v1/status", headers=preflight).headers
        )
        answer = client.get("/v1/status", headers={"Origin": friend})
        assert "access-control-allow-origin" not in answer.headers
    ring = KeyRing(tmp_path / "keys.json")
    _, token = ring.create("a", [Scope.READ], NOW)
    settings = ServiceSettings(cors_origins=(friend,))
    app = create_app(empty_index(tmp_path / "b"), settings=settings, ring=ring)
    with serving(app) as client:
        asked = client.options("/v1/status", headers=preflight)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, friend)
        answer = client.get("/v1/status", headers={"Origin": friend, **bearer(token)})
        assert answer.headers["access-control-allow-origin"] == friend
        assert "access-control-allow-credentials" not in answer.headers
        stranger = client.get("/v1/status", headers={"Origin": EVIL, **bearer(token)})
        assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.parametrize("path", ["/v1/status", "/v1/nowhere", "/docs", "/", "/livez", "/metrics"])
def test_every_answer_protects_itself(closed: Guarded, path: str) -> None:
    headers = closed.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_every_write_is_logged_with_who_and_what(
    guarded: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "semsearch.audit")
    key = guarded.key(Scope.WRITE, name="importer")
    headers = {**key, "X-Request-Id": "import-17"}
    guarded.client.put("/v1/articles/a", json=STRIKE, headers=headers)
    lines = [json.dumps(STRIKE | {"id": f"b{number}"}) for number in range(30)]
    guarded.client.post(
        "/v1/articles",
        content="\n".join(lines),
        headers={**headers, "Content-Type": "application/x-ndjson"},
    )
    guarded.client.delete("/v1/articles/a", headers=headers)
    guarded.client.delete("/v1/articles/a", headers=headers)  # not there: nothing was written
    told: list[dict[str, Any]] = [
        vars(one)["fields"] for one in caplog.records if one.name == "semsearch.audit"
    ]
    assert [one["counts"] for one in told] == [
        {"added": 1, "updated": 0, "unchanged": 0, "removed": 0},
        {"added": 30, "updated": 0, "unchanged": 0, "removed": 0},
        {"added": 0, "updated": 0, "unchanged": 0, "removed": 1},
    ]
    assert told[0]["ids"] == {"added": ["a"]}
    assert len(told[1]["ids"]["added"]) == 20
    assert {one["name"] for one in told} == {"importer"}
    assert {one["request_id"] for one in told} == {"import-17"}
    sequences = [one["sequence"] for one in told]
    assert sequences == sorted(set(sequences))


def test_no_key_is_ever_logged(guarded: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = guarded.key(Scope.READ)
    token = key["Authorization"].partition(" ")[2]
    for path in ("/v1/status", "/v1/nowhere", "/metrics"):
        guarded.client.get(path, headers=key)
    assert caplog.records
    assert all(
        token not in str(vars(record))
        for record in caplog.records
        if record.name.startswith("semsearch")
    )


def test_an_index_served_without_a_ring_is_open(tmp_path: Path) -> None:
    with serving(create_app(open_index(tmp_path / "i", HashingEncoder()))) as client:
        assert client.get("/livez", headers={"Host": "anything.example"}).status_code == 200
