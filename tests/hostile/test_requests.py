"""Hostile requests: each is answered as its entry says, never with a 500."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from semsearch.api.app import create_app
from semsearch.web import site
from tests.service.conftest import empty_index, notices
from tests.support.server import serving

ENTRIES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("requests.yaml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    opened = empty_index(tmp_path_factory.mktemp("hostile") / "index")
    with serving(create_app(opened, pages=[site.router])) as client:
        assert client.post("/v1/articles", json=list(notices())).status_code == 200
        yield client


def raw(entry: dict[str, Any]) -> bytes:
    """The request as bytes."""
    line = entry.get("send") or repeated(entry["send_repeat"])
    body = json.dumps(entry["json"]) if "json" in entry else entry.get("body", "")
    if "repeat" in entry:
        body = repeated(entry["repeat"])
        body += entry.get("close", "") * entry["repeat"][2] + entry.get("last", "")
    headers = {"Host": "localhost", "Connection": "close"}
    if line.startswith(("POST", "PUT")):
        length = len(body.encode())
        headers |= {"Content-Type": "application/json"}
        headers |= {"Content-Length": entry.get("raw_length", str(length))}
    headers |= entry.get("headers", {})
    if "header_repeat" in entry:
        name, what, times = entry["header_repeat"]
        headers[name] = what * times
    if "Transfer-Encoding" in headers:
        body = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{line} HTTP/1.1\r\n{head}\r\n{body}".encode()


def repeated(parts: list[Any]) -> str:
    before, what, times, after = parts
    return str(before + what * times + after)


def sent(client: httpx.Client, data: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to these bytes."""
    where = (str(client.base_url.host), int(client.base_url.port or 0))
    received = b""
    with socket.create_connection(where, timeout=30) as connection:
        connection.sendall(data)
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_hostile_request_is_answered_as_it_should(
    entry: dict[str, Any], served: httpx.Client
) -> None:
    status, headers, body = sent(served, raw(entry))
    right = entry["status"] if isinstance(entry["status"], list) else [entry["status"]]
    assert status in right, body[:500]
    assert status != 500
    assert "set-cookie" not in headers
    if status >= 400 and not entry.get("server"):
        assert headers["content-type"] == "application/problem+json"
        kind = json.loads(body)["type"].removeprefix("urn:semsearch:problem:")
        assert entry.get("type") in (None, kind)
        assert b"Traceback" not in body
    assert served.get("/livez").status_code == 200


def test_what_was_written_is_shown_as_text(served: httpx.Client) -> None:
    served.put("/v1/articles/s", json={"title": "<script>alert(1)</script> Harbour", "body": "B."})
    for path in ("/articles/s", "/?q=harbour", "/?q=<script>alert(2)</script>"):
        page = served.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
