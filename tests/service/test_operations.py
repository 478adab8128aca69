"""What an operator sees: probes, metrics, request ids, log lines."""

import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from semsearch.api.app import create_app
from semsearch.store.generations import Manifest
from tests.service.conftest import empty_index, notices
from tests.service.test_articles import STRIKE, problem
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

broken = APIRouter()


@broken.get("/broken")
def break_down() -> None:
    raise RuntimeError("postgresql://news:hunter2@db.example is down")


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    opened = empty_index(tmp_path_factory.mktemp("observed") / "index")
    with serving(create_app(opened, pages=[broken])) as client:
        assert client.post("/v1/articles", json=list(notices())).status_code == 200
        yield client


def samples(client: httpx.Client) -> dict[str, float]:
    """Every sample of /metrics by its name and labels."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def told(caplog: pytest.LogCaptureFixture, logger: str) -> list[dict[str, Any]]:
    return [vars(record)["fields"] for record in caplog.records if record.name == logger]


def test_a_process_that_lives_says_so(observed: httpx.Client) -> None:
    assert observed.get("/livez").json() == {"status": "ok"}


def test_a_process_that_can_answer_says_from_what(observed: httpx.Client) -> None:
    ready = observed.get("/readyz").json()
    status = observed.get("/v1/status").json()
    assert ready == {
        "status": "ok",
        "generation": status["generation"],
        "sequence": status["sequence"],
        "unpublished_writes": 0,
        "model": "hashing",
    }


def test_a_process_without_an_index_lives_but_is_not_ready(tmp_path: Path) -> None:
    with serving(create_app(open_index(tmp_path / "index", HashingEncoder()))) as client:
        assert client.get("/livez").status_code == 200
        problem(client.get("/readyz"), 503, "no-such-index")
        assert samples(client)["semsearch_index_up"] == 0


def test_what_the_application_began_ends_with_it(tmp_path: Path) -> None:
    def retrying() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == "background-publication"]

    before = len(retrying())
    with serving(create_app(empty_index(tmp_path / "index"), catch_up=True)) as client:
        assert client.get("/livez").status_code == 200
        assert len(retrying()) == before + 1
    assert len(retrying()) == before


def test_metrics_count_requests_by_operation_and_not_by_address(observed: httpx.Client) -> None:
    before = samples(observed)
    for number in range(3):
        observed.get(f"/v1/articles/n0{number}")
    observed.get("/v1/articles/none")
    observed.get("/wp-admin.php")
    after = samples(observed)

    def more(method: str, handler: str, status: int) -> float:
        name = (
            f'semsearch_http_requests_total{{handler="{handler}",'
            f'method="{method}",status="{status}"}}'
        )
        return after.get(name, 0) - before.get(name, 0)

    assert more("GET", "/v1/articles/{article_id}", 200) == 3
    assert more("GET", "/v1/articles/{article_id}", 404) == 1
    assert more("GET", "none", 404) == 1
    name = 'semsearch_http_request_duration_seconds_count{handler="/v1/articles/{article_id}"}'
    assert after[name] - before.get(name, 0) == 4


def test_metrics_time_the_stages_of_a_question(observed: httpx.Client) -> None:
    observed.get("/v1/search?q=harbour+storm")
    found = samples(observed)
    for stage in ("encode", "vector", "lexical", "hydrate"):
        assert found[f'semsearch_stage_duration_seconds_count{{stage="{stage}"}}'] >= 1, stage


def test_metrics_say_what_the_index_holds(observed: httpx.Client) -> None:
    found = samples(observed)
    status = observed.get("/v1/status").json()
    assert found["semsearch_index_up"] == 1
    assert found["semsearch_index_articles"] == status["articles"]
    assert found["semsearch_index_generation"] == status["generation"]
    assert found["semsearch_index_unpublished_writes"] == 0
    assert found['semsearch_index_bytes{part="catalog"}'] > 0
    assert found["process_resident_memory_bytes"] > 0
    (info,) = (name for name in found if name.startswith("semsearch_index_info"))
    assert 'model="hashing"' in info


def test_metrics_count_what_was_written(observed: httpx.Client) -> None:
    name = 'semsearch_articles_written_total{outcome="added"}'
    before = samples(observed).get(name, 0)
    observed.put("/v1/articles/counted", json=STRIKE)
    assert samples(observed)[name] == before + 1
    observed.delete("/v1/articles/counted")


def test_metrics_are_in_base_units(observed: httpx.Client) -> None:
    text = observed.get("/metrics").text
    names = re.findall(r"^# TYPE (semsearch_\S+)", text, re.MULTILINE)
    assert len(names) > 15
    assert not [name for name in names if re.search(r"_(ms|milliseconds|kb|mb|percent)\b", name)]


@pytest.mark.parametrize("given", ["a", "trace-1:2.3_X", "f" * 64])
def test_a_request_keeps_the_id_it_comes_with(observed: httpx.Client, given: str) -> None:
    answer = observed.get("/v1/status", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, '"}{', "a\tb", "<b>"])
def test_an_id_that_could_do_harm_is_replaced(observed: httpx.Client, given: str) -> None:
    answer = observed.get("/v1/status", headers={"X-Request-Id": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_every_request_is_a_line_of_the_log_without_what_was_asked(
    observed: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "semsearch.access")
    observed.get("/v1/search?q=very+private", headers={"X-Request-Id": "r-1"})
    observed.head("/v1/status")
    observed.get("/livez")
    lines = told(caplog, "semsearch.access")
    assert [line["path"] for line in lines] == ["/v1/search", "/v1/status"]
    line, head = lines
    assert (line["request_id"], line["status"], line["path"]) == ("r-1", 200, "/v1/search")
    assert line["handler"] == "/v1/search"
    assert set(line["stages"]) >= {"encode", "vector", "lexical", "hydrate"}
    assert line["seconds"] >= sum(line["stages"].values()) > 0
    assert line["bytes"] > 100
    assert "private" not in json.dumps(line)
    assert (head["handler"], head["status"]) == ("/v1/status", 200)


def test_what_nobody_expected_is_logged_and_said_without_detail(
    observed: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    answer = observed.get("/broken", headers={"X-Request-Id": "r-2"})
    document = problem(answer, 500, "internal-error")
    assert "hunter2" not in answer.text
    assert document["hint"] == "The log of the service says more."
    assert answer.headers["x-request-id"] == "r-2"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (record,) = (record for record in caplog.records if record.name == "semsearch.errors")
    assert vars(record)["fields"]["request_id"] == "r-2"
    assert record.exc_info
    name = 'semsearch_http_requests_total{handler="/broken",method="GET",status="500"}'
    assert samples(observed)[name] == 1


def test_a_reader_does_not_wait_while_a_damaged_index_is_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    made = open_index(folder, HashingEncoder())
    made.add([make_article("a"), make_article("b")])
    newest = made.generations()[-1]
    made.close()
    (folder / "generations" / str(newest) / "removed.npy").write_bytes(b"")
    index = open_index(folder, HashingEncoder())
    rebuild, may_rebuild = index.library.rebuild, Event()

    def waiting() -> Manifest:
        assert may_rebuild.wait(20)
        return rebuild()

    monkeypatch.setattr(index.library, "rebuild", waiting)
    with serving(create_app(index)) as client:
        for path in ("/v1/search?q=notice", "/v1/status", "/readyz"):
            refused = client.get(path, timeout=5)
            assert refused.status_code == 503
            assert refused.headers["Retry-After"]
            assert refused.json()["type"].endswith("damaged-index")
            assert "removed.npy" in refused.json()["detail"]
            assert "is being rebuilt" in refused.json()["hint"]
        may_rebuild.set()
        deadline = time.monotonic() + 10
        while (answer := client.get("/v1/search?q=notice")).status_code == 503:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert answer.json()["generation"] == newest + 1
        assert len(answer.json()["hits"]) == 2
