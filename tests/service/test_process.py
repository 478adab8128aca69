"""The service as it runs: a process of its own, told to stop, with several workers, with keys."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from tests.service.test_articles import problem
from tests.support.commands import run

pytestmark = pytest.mark.model

CORPUS = Path(str(files("semsearch.sample") / "articles"))
STOP_SECONDS = 10


def command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "semsearch", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ | environment,
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a few articles, made by the command."""
    folder = tmp_path_factory.mktemp("process")
    few = folder / "few"
    few.mkdir()
    for path in sorted(CORPUS.glob("*.md"))[:5]:
        (few / path.name).write_bytes(path.read_bytes())
    done = run("index", few, "--index", folder / "index")
    assert done.returncode == 0, done.stderr
    return folder / "index"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    index: Path, *options: str, environment: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The service in a process of its own, stopped at the end if it still runs."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "semsearch",
            "serve",
            "--index",
            str(index),
            "--port",
            str(port),
            *options,
        ],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            give_up = time.monotonic() + 120
            while time.monotonic() < give_up:
                try:
                    if client.get("/readyz").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
            yield process, client
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        if process.stderr:
            process.stderr.close()


def until_busy(client: httpx.Client, requests: int) -> None:
    """Return when so many comparisons are being worked on."""
    name = f'semsearch_http_requests_in_progress{{kind="comparison"}} {requests}.0'
    give_up = time.monotonic() + 20
    while name not in client.get("/metrics").text:
        assert time.monotonic() < give_up
        time.sleep(0.02)


def stopped(process: subprocess.Popen[str]) -> tuple[float, str]:
    """How long the process takes to stop, and what it had to say."""
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM), said
    return time.monotonic() - started, said


def test_a_request_in_flight_ends_before_the_process_does(index: Path) -> None:
    pair = [{"title": f"Harbour {s}", "body": f"The crews {s} left at dawn. " * 400} for s in "ab"]
    with running(index) as (process, client), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            httpx.post, client.base_url.join("/v1/relations"), json={"pairs": [pair]}, timeout=60
        )
        until_busy(client, 1)
        seconds, said = stopped(process)
        assert seconds < STOP_SECONDS
        assert asked.result().status_code == 200
        assert "Traceback" not in said


def test_a_request_that_would_take_too_long_does_not_keep_the_process(index: Path) -> None:
    pair = [
        {"title": f"Harbour {side}", "body": f"The crews {side} left at dawn number. " * 40_000}
        for side in "ab"
    ]
    with running(index) as (process, client), ThreadPoolExecutor(1) as pool:
        asked = pool.submit(
            httpx.post, client.base_url.join("/v1/relations"), json={"pairs": [pair]}, timeout=60
        )
        until_busy(client, 1)
        seconds, _ = stopped(process)
        assert seconds < STOP_SECONDS
        problem(asked.result(), 503, "stopping")


def test_the_log_is_json_and_names_every_request(index: Path) -> None:
    with running(index) as (process, client):
        client.get("/v1/search?q=secret+plans", headers={"X-Request-Id": "mine"})
        _, said = stopped(process)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert any(line.get("request_id") == "mine" for line in lines)
    assert "secret" not in said


def test_several_processes_answer_with_one_set_of_figures(index: Path) -> None:
    with running(index, "--workers", "2") as (process, client):
        for _ in range(20):
            with httpx.Client(base_url=client.base_url) as other:
                assert other.get("/v1/search?q=harbour").status_code == 200
        name = 'semsearch_http_requests_total{handler="/v1/search",method="GET",status="200"}'
        for _ in range(4):
            with httpx.Client(base_url=client.base_url) as other:
                text = other.get("/metrics").text
                (value,) = re.findall(re.escape(name) + r" (\S+)", text)
                assert float(value) == 20
        seconds, _ = stopped(process)
        assert seconds < STOP_SECONDS


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGKILL])
def test_a_start_of_several_processes_that_is_broken_off_says_so_in_one_line_at_most(
    index: Path, told: signal.Signals
) -> None:
    arguments = ["serve", "--workers", "2", "--index", index, "--port", free_port()]
    process = subprocess.Popen(
        [sys.executable, "-m", "semsearch", *map(str, arguments)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    try:
        while not (started := [pid for pid in children.read_text().split() if is_checking(pid)]):
            time.sleep(0.01)
        if told is signal.SIGINT:  # as a terminal does, to all of them
            os.killpg(process.pid, told)
        else:
            os.kill(int(started[0]), told)
        _, said = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    assert process.returncode == (130 if told is signal.SIGINT else 9)
    killed = "The check of the index was killed by signal 9.\n"
    assert said == ("" if told is signal.SIGINT else killed)


def is_checking(pid: str) -> bool:
    return "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()


def test_what_a_killed_process_left_is_cleared_at_the_start(index: Path, tmp_path: Path) -> None:
    left = [tmp_path / "semsearch-temporary-abcdefgh", index / "snapshots" / ".killed.tmp"]
    environment = {"TMPDIR": str(tmp_path)}
    for starts in ("index", "serve"):
        for folder in left:
            folder.mkdir(parents=True)
            (folder / "upload.md").write_text("secured: blob")
        if starts == "serve":
            with running(index, environment=environment):
                assert not any(folder.exists() for folder in left)
        else:
            few = index.parent / "few"
            assert command("index", few, "--index", index, **environment).returncode == 0
            assert not any(folder.exists() for folder in left)


def test_without_keys_only_this_machine_is_served(index: Path) -> None:
    everywhere = "0.0.0.0"  # noqa: S104 - it is refused
    refused = command("serve", "--index", index, "--host", everywhere)
    assert refused.returncode == 2
    assert "semsearch keys create" in refused.stderr
    assert "--insecure" in refused.stderr


def test_keys_are_made_listed_and_revoked_while_the_service_runs(index: Path) -> None:
    folder = index.with_name("keyed")
    assert run("index", index.with_name("few"), "--index", folder).returncode == 0
    with running(folder) as (_, client):
        assert client.get("/v1/status").status_code == 200
        made = run("keys", "create", "reader", "--index", folder)
        assert made.returncode == 0, made.stderr
        token = made.stdout.strip()
        assert token.startswith("semsearch_")
        assert client.get("/v1/status").status_code == 401
        key = {"Authorization": f"Bearer {token}"}
        assert client.get("/v1/status", headers=key).status_code == 200
        listed = run("keys", "list", "--index", folder, "--json")
        (shown,) = json.loads(listed.stdout)
        assert (shown["name"], shown["scopes"], shown["state"]) == ("reader", ["read"], "active")
        assert token not in listed.stdout
        assert "reader" in run("keys", "list", "--index", folder).stdout
        assert run("keys", "revoke", "reader", "--index", folder).returncode == 0
        assert client.get("/v1/status", headers=key).status_code == 401
    assert run("keys", "revoke", "reader", "--index", folder).returncode == 3
    assert run("keys", "create", "x", "--scope", "root", "--index", folder).returncode == 2


def test_traces_need_their_library(index: Path) -> None:
    pytest.importorskip("opentelemetry.sdk")
    environment = {
        "SEMSEARCH_SERVICE__TRACES": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "OTEL_BSP_SCHEDULE_DELAY": "100000",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    with running(index, environment=environment) as (process, client):
        assert client.get("/v1/search?q=harbour").status_code == 200
        seconds, _ = stopped(process)
        assert seconds < STOP_SECONDS
