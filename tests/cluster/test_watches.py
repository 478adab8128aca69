"""Watches over one PostgreSQL and one Milvus that several processes write to: each alert once."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

import httpx
import pytest

from semsearch.assembly import open_index
from semsearch.config import Settings, WatchSettings
from semsearch.index import Index
from semsearch.library import Library
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, AlertQuery, WatchSpec
from semsearch.relate import update
from semsearch.store.catalog.watches import JudgedBatch, WatchStore
from semsearch.watch.judging import Judge
from tests.cluster.serving import server
from tests.contract.backends import SERVER
from tests.support.encoder import HashingEncoder
from tests.support.indexes import held
from tests.support.postgres import Postgres
from tests.support.processes import context
from tests.support.watching import QUESTION, collision, quiet

pytestmark = pytest.mark.skipif(
    SERVER not in os.environ, reason="no Milvus server: scripts/test_cluster.py"
)
FILE = ("file:alerts.jsonl",)
EVERY_ARTICLE = WatchSpec(
    name="ferry",
    question=QUESTION,
    min_confidence=Confidence.LOW,
    new_only=False,
    to=FILE,
)
POINTS = (
    "written, not published",
    "published, not related",
    "related, not judged",
    "judged, not committed",
    "committed",
)
_WRITERS = 2
_ARTICLES = 6  # of each of them
_DEATHS = 3
_LONGEST = 8.0  # seconds until the next of them
_SECONDS = 240.0  # a busy machine with a cluster on it takes minutes


@pytest.fixture
def settings(postgres: Postgres, tmp_path: Path) -> Settings:
    return Settings(
        index=os.environ[SERVER],
        catalog=postgres.new_catalog(),
        watch=WatchSettings(files=tmp_path / "alerts"),
    )


def opened(settings: Settings, *, create: bool = False) -> Index:
    return open_index(settings, create=create, encoder=HashingEncoder())


def every_alert(index: Index) -> tuple[Alert, ...]:
    return index.alerts(AlertQuery(limit=1_000)).alerts


def sent(settings: Settings) -> Counter[str]:
    """How often each article was written to the file that alerts go to."""
    assert settings.watch.files is not None
    lines = (settings.watch.files / "alerts.jsonl").read_text("utf-8").splitlines()
    return Counter(json.loads(line)["article"] for line in lines)


def until(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + _SECONDS
    while not done():
        assert time.monotonic() < end, what
        time.sleep(0.1)


# --- one writer that dies, another process that goes on -------------------------------------------


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _write_and_die(settings: Settings, point: str) -> None:
    commit = WatchStore.write

    def committed(store: WatchStore, batch: JudgedBatch) -> None:
        if point == "committed":
            commit(store, batch)
        _die()

    with opened(settings) as index:
        place: tuple[object, str, Callable[..., None]] = {
            POINTS[0]: (Library, "publish", _die),
            POINTS[1]: (update, "catch_up", _die),
            POINTS[2]: (Judge, "catch_up", _die),
            POINTS[3]: (WatchStore, "write", committed),
            POINTS[4]: (WatchStore, "write", committed),
        }[point]
        setattr(*place)
        index.add([collision("c1"), collision("c2")])


@pytest.mark.parametrize("point", POINTS)
def test_another_process_reports_once_what_a_killed_writer_left(
    settings: Settings, point: str
) -> None:
    with opened(settings, create=True) as index:
        index.add([quiet(number) for number in range(3)])
        index.add_watch(EVERY_ARTICLE)
        process = context().Process(target=_write_and_die, args=(settings, point))
        process.start()
        process.join(_SECONDS)
        assert process.exitcode == -signal.SIGKILL
        assert len(every_alert(index)) == (2 if point == "committed" else 0)
        assert index.behind()
        index.keep_published()  # as a service does that runs beside
        until(lambda: not index.behind(), "it did not go on")
        found = every_alert(index)
        assert sorted(alert.article for alert in found) == ["c1", "c2"]
        index.add([collision("c3")])
        until(lambda: not index.behind(), "it did not go on")
        assert {alert.id for alert in found} < {alert.id for alert in every_alert(index)}
        index.deliver_alerts()
        index.deliver_alerts()
    assert sent(settings) == {"c1": 1, "c2": 1, "c3": 1}


# --- several writers at once ----------------------------------------------------------------------


def _write_some(settings: Settings, names: tuple[str, ...], begun: Event) -> None:
    """Write each article in a step of its own, as a service does, those that are there again."""
    with opened(settings) as index:
        index.keep_published()
        begun.set()
        for name in names:
            index.add([collision(name)])
            index.deliver_alerts()
        until(lambda: not index.behind(), "it stayed behind")
        index.deliver_alerts()


def test_processes_that_write_at_once_and_are_killed_report_each_article_once(
    settings: Settings,
) -> None:
    rng = Random(19)
    with opened(settings, create=True) as index:
        index.add([quiet(number) for number in range(3)])
        index.add_watch(EVERY_ARTICLE)
        names = [tuple(f"w{w}a{a}" for a in range(_ARTICLES)) for w in range(_WRITERS)]

        def start(mine: tuple[str, ...]) -> tuple[BaseProcess, Event]:
            begun = context().Event()
            process = context().Process(target=_write_some, args=(settings, mine, begun))
            process.start()
            return process, begun

        for _ in range(_DEATHS):
            (killed, begun), (other, _) = map(start, names)
            assert begun.wait(_SECONDS)
            time.sleep(_LONGEST * rng.random())
            killed.kill()  # the other goes on meanwhile
            for process in (killed, other):
                process.join(_SECONDS)
            assert other.exitcode == 0
        last, _ = start(names[0])
        last.join(_SECONDS)
        assert last.exitcode == 0
        index.publish()
        assert not index.behind()
        written = set(names[0]) | set(names[1])
        assert written < set(held(index))
        alerts = every_alert(index)
        assert Counter(alert.article for alert in alerts) == dict.fromkeys(written, 1)

    def later() -> datetime:
        return datetime.now(UTC) + timedelta(minutes=10)

    with open_index(
        settings, encoder=HashingEncoder(), now=later
    ) as index:  # by then a claim of a killed sender has run out
        index.deliver_alerts()
    received = sent(settings)
    assert set(received) == written
    assert received.total() <= len(written) + _DEATHS  # a killed sender may have sent one


# --- services -------------------------------------------------------------------------------------


@pytest.mark.model
def test_services_over_one_store_report_what_any_of_them_acknowledged(
    settings: Settings, tmp_path: Path
) -> None:
    told = {
        "catalog": settings.catalog,
        "index": str(settings.index),
        "watch": {"files": str(settings.watch.files)},
    }
    with ExitStack() as stack:

        def start(name: str, *options: str) -> tuple[subprocess.Popen[bytes], httpx.Client]:
            folder = tmp_path / name
            folder.mkdir()
            (folder / "semsearch.yaml").write_text(json.dumps(told), "utf-8")  # JSON is YAML
            return stack.enter_context(server(folder, *options))

        _, first = start("one", "--create")
        killed, second = start("two")
        asked = {"name": "ferry", "question": QUESTION, "new_only": False, "to": list(FILE)}
        made = first.post("/v1/watches", json=asked)
        assert made.status_code == 201, made.text

        def put(client: httpx.Client, name: str) -> None:
            article = collision(name)
            body = {"title": article.title, "body": article.body}
            assert client.put(f"/v1/articles/{name}", json=body).is_success

        def reported(client: httpx.Client, *names: str) -> bool:
            found = client.get("/v1/alerts", params={"watch": "ferry"}).json()["alerts"]
            return sorted(alert["article"] for alert in found) == sorted(names)

        put(second, "a")
        until(lambda: reported(first, "a") and reported(second, "a"), "no alert")
        put(second, "b")  # acknowledged when it is found, before it is judged
        killed.send_signal(signal.SIGKILL)
        killed.wait(30)
        until(lambda: reported(first, "a", "b"), "what the killed service took has no alert")
        put(first, "c")
        _, third = start("three")
        put(third, "d")
        until(lambda: reported(third, "a", "b", "c", "d"), "no alert")
        until(lambda: sent(settings) == dict.fromkeys("abcd", 1), "they were not sent")
