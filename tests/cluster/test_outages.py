"""Engines restart or falter under load: an answer is right and whole, or a 503 that says when."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from tests.cluster.asking import Asked, Heard, asking, content, is_refusal
from tests.cluster.roles import roles, start_again, tell
from tests.cluster.serving import server
from tests.contract.backends import SERVER
from tests.support.postgres import Postgres

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(
        SERVER not in os.environ, reason="no Milvus server: scripts/test_cluster.py"
    ),
]
PROXY = "proxy" if "proxy" in roles() else "standalone"
ARTICLES = sorted(Path(str(files("semsearch.sample") / "articles")).glob("*.md"))[:60]
QUESTIONS = (
    "What happened to the ferry?",
    "Who pays for the tunnel?",
    "storm damage at the harbour",
    "a strike of tram drivers",
    "Why do fishermen protest?",
)
_BEFORE, _AFTER = 3.0, 6.0  # seconds of questions around what happens
_AWAY = 4.0  # seconds without PostgreSQL
_LONGER = 14.0  # seconds without Milvus, or with a node that does nothing: more than it is tried
_RECOVERY = 120.0


@dataclass
class World:
    """A server over PostgreSQL and Milvus, with some articles."""

    client: httpx.Client
    postgres: Postgres

    def questions(self) -> dict[Asked, object]:
        """Questions of all kinds, with the answers while everything is well."""
        asked = [
            Asked("search", {"q": text, "mode": mode})
            for text in QUESTIONS
            for mode in ("hybrid", "dense", "lexical")
        ]
        first = content(asked[0].answer(self.client))["hits"][0]["article"]["id"]
        asked += [Asked(f"articles/{first}"), Asked(f"articles/{first}/similar")]
        return {one: content(one.answer(self.client).raise_for_status()) for one in asked}

    def recover(self, questions: dict[Asked, object]) -> float:
        """Seconds until all is answered as before; then a write is shown, too."""
        started = time.monotonic()
        waiting = list(questions)
        while waiting:
            assert time.monotonic() < started + _RECOVERY, waiting
            waiting = [
                one
                for one in waiting
                if (answer := one.answer(self.client)).is_error or content(answer) != questions[one]
            ]
        seconds = time.monotonic() - started
        self.put_and_see("zeppelin", "A zeppelin over the archipelago")
        return seconds

    def put(self, identity: str, title: str) -> httpx.Response:
        """Write an article."""
        article = {"title": title, "published": "2024-03-05"}
        return self.client.put(f"/v1/articles/{identity}", json=article)

    def put_and_see(self, identity: str, title: str) -> None:
        """Write an article, and wait until it is shown by its vector."""
        until = time.monotonic() + _RECOVERY
        while (answer := self.put(identity, title)).is_error:
            assert time.monotonic() < until, answer.text
        question = Asked("search", {"q": title, "mode": "dense", "k": "1"})
        while (answer := question.answer(self.client)).is_error or not is_first(answer, identity):
            assert time.monotonic() < until, answer.text


def is_first(answer: httpx.Response, identity: str) -> bool:
    return [hit["article"]["id"] for hit in answer.json()["hits"]] == [identity]


@pytest.fixture(scope="module")
def world(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("outages")
    settings = {"catalog": postgres.new_catalog(), "index": os.environ[SERVER]}
    config = folder / "semsearch.yaml"
    config.write_text(json.dumps(settings), "utf-8")  # JSON is YAML
    command: list[str | Path] = [sys.executable, "-m", "semsearch", "index", "--config", config]
    subprocess.run(
        [*command, *ARTICLES], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=300
    )
    with server(folder) as (_, client):
        yield World(client, postgres)


def restart_postgresql(world: World) -> None:
    world.postgres.stop()
    time.sleep(_AWAY)
    world.postgres.start()


def restart_milvus(_world: World) -> None:
    tell(PROXY, signal.SIGKILL)
    time.sleep(_LONGER)
    start_again()


def stop_a_node(_world: World) -> None:
    tell("query2", signal.SIGSTOP)
    time.sleep(_LONGER)
    tell("query2", signal.SIGCONT)


def noted(record: Callable[[str, object], None], heard: Heard, recovery: float) -> None:
    for name in ("answered", "refused", "slowest"):
        record(name, getattr(heard, name))
    record("recovery_seconds", recovery)


@pytest.mark.parametrize(
    ("happening", "refuses"),
    [
        (restart_postgresql, True),
        (restart_milvus, True),
        pytest.param(
            stop_a_node,
            False,  # the other node may answer everything
            marks=pytest.mark.skipif(
                "query2" not in roles(), reason="no cluster: scripts/test_cluster.py cluster"
            ),
        ),
    ],
)
def test_an_outage_is_a_503_at_worst(
    world: World,
    happening: Callable[[World], None],
    *,
    refuses: bool,
    record_property: Callable[[str, object], None],
) -> None:
    questions = world.questions()
    with asking(world.client, questions) as heard:
        time.sleep(_BEFORE)
        happening(world)
        time.sleep(_AFTER)
    recovery = world.recover(questions)
    noted(record_property, heard, recovery)
    assert heard.wrong == []
    assert heard.answered > 0
    assert heard.refused > 0 or not refuses


@pytest.mark.parametrize("restart", [restart_postgresql, restart_milvus])
def test_what_was_acknowledged_outlives_a_restart(
    world: World, restart: Callable[[World], None]
) -> None:
    acknowledged: list[str] = []
    wrong: list[str] = []
    ended = threading.Event()

    def write() -> None:
        for number in itertools.takewhile(lambda _: not ended.is_set(), itertools.count()):
            identity = f"{restart.__name__}-{number}"
            answer = world.put(identity, identity)
            if answer.is_success:
                acknowledged.append(identity)
            elif not is_refusal(answer):
                wrong.append(answer.text)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(_BEFORE)
    restart(world)
    time.sleep(_AFTER)
    ended.set()
    writer.join()
    assert wrong == []
    assert acknowledged
    world.put_and_see("yeti", "Footprints of a yeti")  # what was written before is shown with it
    for identity in acknowledged:
        assert world.client.get(f"/v1/articles/{identity}").is_success
        for mode in ("dense", "lexical"):
            asked = Asked("search", {"q": identity, "mode": mode, "k": "100"})
            hits = content(asked.answer(world.client).raise_for_status())["hits"]
            assert identity in {hit["article"]["id"] for hit in hits}
