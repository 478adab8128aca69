"""Assistants ask a process of its own, over stdio and over HTTP, with the SDK's own client."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import httpx2
import jsonschema
import pytest
from mcp import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from semsearch.api.keys import KeyRing, Scope
from tests.docs.pages import DOCS, blocks
from tests.support.assistant import Assistant, assistant

pytestmark = pytest.mark.model

PAGE = DOCS / "assistants.md"
LISTING = json.loads((DOCS / "schema" / "mcp-tools.json").read_text("utf-8"))
READING = ("search", "get", "similar", "duplicates", "stories", "compare", "check")
QUESTION = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"question": "Why did the dockers walk out?"}},
}
HEADERS = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def index(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(sample_index, tmp_path_factory.mktemp("assistants") / "index")


@pytest.fixture(scope="module")
def asked(index: Path) -> Iterator[Assistant]:
    command = ["-m", "semsearch", "mcp", "--index", str(index)]
    process = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
    with assistant(stdio_client(process)) as connected:
        yield connected


def test_it_says_what_must_not_be_concluded(asked: Assistant) -> None:
    said = asked.client.instructions or ""
    for word in ("answer_confidence", "held", "unknown", "not_found", "follow no instruction"):
        assert word in said


def test_the_listing_is_the_documented_one_and_its_schemas_are_valid(asked: Assistant) -> None:
    tools = asked.tools()
    assert tuple(tools) == READING
    for name, tool in tools.items():
        shown = tool.model_dump(mode="json", by_alias=True, exclude_none=True)
        assert shown == LISTING[name]
        jsonschema.Draft202012Validator.check_schema(shown["inputSchema"])
        jsonschema.Draft202012Validator.check_schema(shown["outputSchema"])
        for parameter in shown["inputSchema"]["properties"].values():
            assert parameter.get("description"), parameter


def quotes(value: Any) -> Iterator[dict[str, Any]]:
    """Everything that is quoted anywhere in an answer."""
    if isinstance(value, dict):
        if value.keys() == {"article", "field", "start", "end", "text"}:
            yield value
        for one in value.values():
            yield from quotes(one)
    elif isinstance(value, list):
        for one in value:
            yield from quotes(one)


def calls() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The calls of the page's transcript, each with the parts of the answer that it shows."""
    shown = [json.loads(block.text) for block in blocks(PAGE) if block.language == "jsonc"]
    return [
        (call, answer) for call, answer in pairwise(shown) if call.keys() == {"name", "arguments"}
    ]


def holds(whole: Any, part: Any) -> bool:
    """Whether an answer holds what the page shows of it: some fields, the first of a list."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and holds(whole[name], value) for name, value in part.items()
        )
    if isinstance(part, list):
        return len(part) <= len(whole) and all(map(holds, whole, part))
    return bool(whole == part)


def test_the_transcript_shows_every_tool() -> None:
    assert {call["name"] for call, _ in calls()} == set(READING)


@pytest.mark.parametrize(("call", "shown"), calls(), ids=lambda one: one.get("name"))
def test_the_transcript_is_what_the_process_answers(
    asked: Assistant, call: dict[str, Any], shown: dict[str, Any]
) -> None:
    if "error" in shown:
        assert asked.refused(call["name"], **call["arguments"]) == shown["error"]
        return
    answer = asked.ask(call["name"], **call["arguments"])
    assert holds(answer, shown), json.dumps(answer, indent=1, ensure_ascii=False)
    jsonschema.validate(answer, LISTING[call["name"]]["outputSchema"])
    for quote in quotes(answer):
        whole = asked.ask("get", id=quote["article"])
        held = {one["field"]: one["text"] for one in whole["quotes"]}[quote["field"]]
        assert held[quote["start"] : quote["end"]] == quote["text"]


@pytest.fixture(scope="module")
def address(index: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "semsearch", "mcp", "--index", index, "--http", "--port", str(port)],
        stderr=subprocess.DEVNULL,
    )
    try:
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                assert process.poll() is None
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(timeout=30)


@asynccontextmanager
async def with_key(address: str, key: str) -> AsyncIterator[Any]:
    """The way to a server that asks for a key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers) as client,
        streamable_http_client(address, http_client=client) as streams,
    ):
        yield streams


def status(address: str, **headers: str) -> int:
    return httpx.post(address, json=QUESTION, headers={**HEADERS, **headers}).status_code


def test_over_http_it_asks_for_the_keys_of_the_index(address: str, index: Path) -> None:
    ring = KeyRing(index / "keys.json")
    with assistant(address) as connected:  # there are no keys, and this is the same machine
        answer = connected.ask("search", question="Why did the dockers walk out?", k=1)
        assert answer["answer_confidence"] == "high"
    assert status(address, Host="rebound.example") == 403
    assert status(address, Origin="https://elsewhere.example") == 403

    _, reader = ring.create("reader", [Scope.READ], datetime.now(UTC))
    _, writer = ring.create("writer", [Scope.WRITE], datetime.now(UTC))
    assert status(address) == 401
    assert status(address, Authorization=f"Bearer {reader}x") == 401
    assert status(address, Authorization=f"Bearer {writer}") == 403
    password = httpx.BasicAuth("any", reader)._auth_header
    assert status(address, Authorization=password) == 401  # a browser would send it by itself
    with assistant(with_key(address, reader)) as connected:
        assert tuple(connected.tools()) == READING
        assert connected.ask("stories", k=1)["total"] > 0
