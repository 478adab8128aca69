"""Limits: what is beyond one is refused with a problem type of its own, and holds up nobody."""

import errno
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from semsearch.api.app import create_app
from semsearch.config import ServiceSettings, Settings
from semsearch.index import Index
from semsearch.model.search import Query
from semsearch.web import site
from tests.service.conftest import notices
from tests.service.test_articles import STRIKE, problem
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.server import serving

NDJSON = {"Content-Type": "application/x-ndjson"}
LIMITS = ServiceSettings(max_question_chars=50, max_k=20, max_depth=20, max_pairs=3)
SETTINGS = ServiceSettings(
    max_body_bytes=50_000,
    max_text_bytes=10_000,
    max_url_bytes=2_000,
    max_batch=4,
    request_seconds=2.0,
    body_seconds=1.0,
    concurrent=2,
    queue=2,
    queue_seconds=0.4,
)


class SlowEncoder(HashingEncoder):
    """Takes its time for whatever holds the word slow, and counts what it has begun."""

    def encode_documents(self, texts: Any) -> Any:
        time.sleep(0.1 * sum("slow" in text for text in texts))
        return super().encode_documents(texts)

    def encode_query(self, text: str) -> Any:
        time.sleep(2.5 if "slow" in text else 0.0)
        return super().encode_query(text)


@pytest.fixture(scope="module")
def encoder() -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture(scope="module")
def limited(
    tmp_path_factory: pytest.TempPathFactory, encoder: SlowEncoder
) -> Iterator[httpx.Client]:
    """A client of sixty articles, behind limits that are easily met."""
    folder = tmp_path_factory.mktemp("limited") / "index"
    with serving(create_app(open_index(folder, encoder))) as client:
        assert client.post("/v1/articles", json=list(notices())).status_code == 200
    opened = open_index(folder, encoder, limits=LIMITS)
    opened.search(Query("xxxx harbour"))  # what is loaded once takes its time
    server = Settings(service=ServiceSettings(head_seconds=1))
    with serving(create_app(opened, settings=SETTINGS), server) as client:
        yield client


def address(client: httpx.Client) -> tuple[str, int]:
    return str(client.base_url.host), int(client.base_url.port or 0)


def test_a_question_may_be_so_long(limited: httpx.Client) -> None:
    assert limited.get("/v1/search", params={"q": "x" * 50}).status_code == 200
    long = limited.get("/v1/search", params={"q": "x" * 51})
    problem(long, 422, "question-too-long")
    problem(limited.post("/v1/search", json={"q": "x" * 51}), 422, "question-too-long")
    problem(limited.post("/v1/compare", json={"question": "x" * 51}), 422, "question-too-long")


@pytest.mark.parametrize(
    "path", ["/v1/search?q=a", "/v1/stories?", "/v1/duplicates?", "/v1/articles/n00/similar?"]
)
def test_a_page_may_be_so_large(limited: httpx.Client, path: str) -> None:
    assert limited.get(f"{path}&k=20").status_code == 200
    problem(limited.get(f"{path}&k=21"), 422, "too-many-hits")


def test_a_list_ends_at_the_deepest_page_and_says_so(limited: httpx.Client) -> None:
    page = limited.get("/v1/search?q=harbour").json()
    for _ in range(2):
        params = {"q": "harbour", "page_token": page["next_page_token"]}
        page = limited.get("/v1/search", params=params).json()
        assert len(page["hits"]) == 10
    assert (page["next_page_token"], page["truncated"]) == (None, True)


def test_a_request_may_hold_so_many_articles(limited: httpx.Client) -> None:
    many = [STRIKE | {"id": f"m{number}"} for number in range(5)]
    before = limited.get("/v1/status").json()["sequence"]
    problem(limited.post("/v1/articles", json=many), 413, "batch-too-large")
    lines = "".join(json.dumps(one) + "\n" for one in many)
    for path in ("/v1/articles", "/v1/duplicates"):
        for content in (lines, lines.rstrip()):
            refused = limited.post(path, content=content, headers=NDJSON)
            problem(refused, 413, "batch-too-large")
    assert limited.get("/v1/status").json()["sequence"] == before
    pairs = {"pairs": [["n00", "n01"]] * 4}
    problem(limited.post("/v1/relations", json=pairs), 413, "batch-too-large")


def test_a_body_may_be_so_large(limited: httpx.Client) -> None:
    text = limited.post("/v1/similar", json={"text": "harbour " * 2_000})
    problem(text, 413, "body-too-large")
    article = limited.put("/v1/articles/x", json=STRIKE | {"body": "a " * 30_000})
    problem(article, 413, "body-too-large")

    def parts() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(100):
            yield b"harbour " * 100
        yield b'"}'

    streamed = limited.post(
        "/v1/similar", content=parts(), headers={"Content-Type": "application/json"}
    )
    problem(streamed, 413, "body-too-large")


@pytest.mark.parametrize("length", [3_000, 60_000])
def test_an_address_may_be_so_long(limited: httpx.Client, length: int) -> None:
    answer = limited.get("/v1/search", params={"q": "x" * length})
    problem(answer, 414, "url-too-long")


def test_a_header_may_be_so_long(limited: httpx.Client) -> None:
    answer = limited.get("/livez", headers={"X-Long": "x" * 3_000})
    problem(answer, 431, "header-too-long")


@pytest.mark.parametrize(
    "request_line", ["\0\0\0", "GET / HTTP/x.y", "A" * 100, f"GET /{'x' * 100_000} HTTP/1.1"]
)
def test_what_the_server_cannot_parse_is_refused(limited: httpx.Client, request_line: str) -> None:
    with socket.create_connection(address(limited), timeout=10) as connection:
        connection.sendall(f"{request_line}\r\nHost: a\r\n\r\n".encode())
        assert b" 400 " in connection.recv(4096)


def test_an_answer_may_take_so_long_and_then_nothing_goes_on(
    limited: httpx.Client, encoder: SlowEncoder
) -> None:
    sides = [[{"title": f"slow {n} {s}", "id": f"{n}{s}"} for s in "ab"] for n in range(3)]
    text = "It is slow. " * 12
    pairs = [
        [side | {"body": " ".join(f"{text}{n}." for n in range(30))} for side in pair]
        for pair in sides
    ]
    started = time.monotonic()
    answer = limited.post("/v1/relations", json={"pairs": pairs[:1]})
    problem(answer, 504, "time-limit")
    assert time.monotonic() - started < 9
    begun = encoder.encoded
    time.sleep(0.5)
    assert encoder.encoded == begun


def test_a_question_that_is_over_time_ends_before_its_next_stage(limited: httpx.Client) -> None:
    problem(limited.get("/v1/search?q=slow+harbour"), 504, "time-limit")


def test_who_finds_no_room_is_told_to_come_back(limited: httpx.Client) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(
            pool.map(lambda _: httpx.get(limited.base_url.join("/v1/search?q=slow")), range(12))
        )
        statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) == {503, 504}
    assert statuses.count(503) >= 8  # two at work, and nobody waits for longer than 0.4 s
    for answer in answers:
        if answer.status_code == 503:
            problem(answer, 503, "overloaded")
            assert int(answer.headers["retry-after"]) >= 1
    assert limited.get("/v1/search?q=harbour").status_code == 200


def test_streams_take_no_turn_from_comparisons(limited: httpx.Client) -> None:
    text = " ".join(f"It is slow {number}. {'Crews left at dawn. ' * 60}" for number in range(12))
    lines = "".join(json.dumps({"title": f"slow {n}", "body": text}) + "\n" for n in range(2))
    pair = {"pairs": [["n00", "n01"]]}
    with ThreadPoolExecutor(4) as pool:
        url = limited.base_url.join("/v1/duplicates")
        streams = [
            pool.submit(httpx.post, url, content=lines, headers=NDJSON, timeout=60)
            for _ in range(4)
        ]
        time.sleep(0.3)
        for _ in range(3):
            assert limited.post("/v1/relations", json=pair).status_code == 200
            assert not all(stream.done() for stream in streams)
        statuses = [stream.result().status_code for stream in streams]
    assert 200 in statuses
    assert set(statuses) <= {200, 503}


def test_probes_are_answered_while_everything_else_is_busy(limited: httpx.Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        busy = [
            pool.submit(httpx.get, limited.base_url.join("/v1/search?q=slow")) for _ in range(4)
        ]
        time.sleep(0.1)
        started = time.monotonic()
        assert limited.get("/livez").status_code == 200
        assert limited.get("/readyz").status_code == 200
        assert time.monotonic() - started < 0.5
        for one in busy:
            one.result()


def test_clients_that_send_slowly_hold_up_nobody_and_are_let_go(
    limited: httpx.Client,
) -> None:
    request = (
        b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{"
    )
    slow = [socket.create_connection(address(limited), timeout=10) for _ in range(60)]
    try:
        for connection in slow:
            connection.sendall(request)
        ended = threading.Event()

        def drip() -> None:
            while not ended.wait(0.2):
                for connection in slow:
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        continue

        dripping = threading.Thread(target=drip)
        dripping.start()
        started = time.monotonic()
        for _ in range(20):
            assert limited.get("/v1/search?q=harbour").status_code == 200
        assert time.monotonic() - started < 2
        said = [connection.recv(4096) for connection in slow]
        ended.set()
        dripping.join()
        assert all(b" 408 " in answer for answer in said), said
        assert time.monotonic() - started < 8
    finally:
        for connection in slow:
            connection.close()


def test_a_connection_without_another_request_is_closed(limited: httpx.Client) -> None:
    with socket.create_connection(address(limited), timeout=10) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b" 200 " in connection.recv(4096)
        started = time.monotonic()
        while connection.recv(4096):
            pass
        assert 0.5 < time.monotonic() - started < 3


def test_a_connection_is_used_again_while_it_is_in_use(limited: httpx.Client) -> None:
    with socket.create_connection(address(limited), timeout=10) as connection:
        for _ in range(4):
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += connection.recv(4096)
            assert b" 200 " in answer
            time.sleep(0.4)


@pytest.mark.parametrize(
    "path", ["/v1/search?q=harbour", "/v1/articles/n00", "/docs", "/livez", "/v1/articles/none"]
)
def test_head_answers_as_get_does_without_the_body(limited: httpx.Client, path: str) -> None:
    got, head = limited.get(path), limited.head(path)
    assert head.status_code == got.status_code
    assert head.headers["content-type"] == got.headers["content-type"]
    assert head.content == b""
    if path != "/v1/search?q=harbour":  # took_ms differs
        assert head.headers["content-length"] == str(len(got.content))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"q": "a", "q": "b"}', "'q' stands twice"),
        (b'{"q": NaN}', "body.q"),
        (b"[" * 100_00, "nested too deep"),
        (b'{"q": "a", "filter": ' + b"[" * 900 + b"]" * 900 + b"}", ""),
        (b'{"q": "\xff"}', "UTF-8"),
        (b"{", "not JSON"),
    ],
)
def test_json_is_read_strictly(limited: httpx.Client, content: bytes, says: str) -> None:
    headers = {"Content-Type": "application/json"}
    document = problem(
        limited.post("/v1/search", content=content, headers=headers), 422, "invalid-request"
    )
    assert says in document["detail"]


def test_the_limits_of_an_index_hold_for_every_way_to_ask(tmp_path: Path) -> None:
    opened: Index = open_index(tmp_path / "index", HashingEncoder(), limits=LIMITS)
    assert opened.library.limits == LIMITS
    opened.close()


LARGE = json.dumps(STRIKE | {"body": "Crews left. " + "x" * 110_000}).encode()


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a service whose temporary files are soon too many."""
    settings = ServiceSettings(max_spooled_bytes=300_000, body_seconds=2)
    opened = open_index(tmp_path / "index", HashingEncoder())
    with serving(create_app(opened, settings=settings, pages=[site.router])) as client:
        assert client.put("/v1/articles/first", json=STRIKE).status_code == 201
        yield client


@pytest.mark.parametrize(
    "path", ["/v1/articles/b", "/v1/similar", "/add", "/add/read?name=a.jsonl"]
)
def test_bodies_that_are_received_take_so_much_of_the_temporary_folder(
    crowded: httpx.Client, path: str
) -> None:
    head = (
        b"PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 250000\r\n\r\n"
    )
    method = "PUT" if path.startswith("/v1/articles") else "POST"
    headers = {"Content-Type": "application/json"}
    with socket.create_connection(address(crowded), timeout=10) as connection:
        connection.sendall(head + b"x" * 240_000)
        time.sleep(0.2)
        refused = crowded.request(method, path, content=LARGE, headers=headers)
        problem(refused, 503, "overloaded")
        assert int(refused.headers["retry-after"]) > 0
        assert crowded.put("/v1/articles/b", json=STRIKE).status_code == 201  # a short one
        assert b" 408 " in connection.recv(4096)
    assert crowded.put("/v1/articles/c", content=LARGE).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/articles/b"),
        ("POST", "/v1/articles"),
        ("POST", "/v1/similar"),
        ("POST", "/add"),
        ("POST", "/add/read?name=a.jsonl"),
    ],
)
def test_a_full_temporary_folder_is_told(
    crowded: httpx.Client, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    headers = {"Content-Type": "application/json"}
    with monkeypatch.context() as full:
        full.setattr(tempfile, "TemporaryFile", lambda **_: open("/dev/full", "w+b"))  # noqa: PTH123, SIM115
        refused = crowded.request(method, path, content=LARGE, headers=headers)
        document = problem(refused, 507, "storage")
        assert "No space left" in document["detail"]
        assert "TMPDIR" in document["hint"]
        assert crowded.put("/v1/articles/b", json=STRIKE).status_code == 201  # a short one
    assert crowded.put("/v1/articles/c", content=LARGE).status_code == 201


def test_a_folder_that_is_full_within_a_request_is_told(
    crowded: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr("semsearch.web.add.read_upload", full)
    refused = crowded.post("/add/read?name=a.jsonl", content=b"{}")
    assert "TMPDIR" in problem(refused, 507, "storage")["hint"]
