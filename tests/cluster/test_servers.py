"""Several servers over one catalog and one Milvus: each shows what any of them wrote."""

import json
import os
import signal
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.cluster.serving import server
from tests.contract.backends import SERVER
from tests.support.postgres import Postgres

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        SERVER not in os.environ, reason="no Milvus server: scripts/test_cluster.py"
    ),
]
_VISIBLE_SECONDS = 15.0


def asked(client: httpx.Client, question: str) -> list[str]:
    """The ids of the hits."""
    answer = client.get("/v1/search", params={"q": question})
    return [hit["article"]["id"] for hit in answer.json().get("hits", [])]


def shown(client: httpx.Client, word: str, identity: str, *, there: bool) -> float:
    """Seconds until an article is, or is not, among the hits of a word."""
    started = time.monotonic()
    while time.monotonic() < started + _VISIBLE_SECONDS:
        if (identity in asked(client, word)) is there:
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"{identity}: {'not ' if there else ''}there")


def test_what_one_server_wrote_every_server_shows(postgres: Postgres, tmp_path: Path) -> None:
    settings = {"catalog": postgres.new_catalog(), "index": os.environ[SERVER]}
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for folder in folders:
        folder.mkdir()
        (folder / "semsearch.yaml").write_text(json.dumps(settings), "utf-8")  # JSON is YAML
    with ExitStack() as stack:
        process, first = stack.enter_context(server(folders[0], "--create"))
        _, second = stack.enter_context(server(folders[1]))
        put = first.put("/v1/articles/a", json={"title": "Otters return to the harbour"})
        assert put.is_success, put.text
        shown(second, "otters", "a", there=True)
        assert second.put("/v1/articles/b", json={"title": "Tram line closed"}).is_success
        shown(first, "tram", "b", there=True)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert second.put("/v1/articles/c", json={"title": "Glacier retreats"}).is_success
        assert second.delete("/v1/articles/a").is_success
        shown(second, "otters", "a", there=False)
        _, third = stack.enter_context(server(folders[2]))
        shown(third, "glacier", "c", there=True)
        answers = [asked(one, "harbour") for one in (second, third)]
        assert answers[0] == answers[1]
        assert "a" not in answers[0]
