"""What a connection may cost: heads, unread answers, requests sent ahead, silence."""

import gc
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse, StreamingResponse

from semsearch.api.app import create_app
from semsearch.api.connections import Connection
from semsearch.config import ServiceSettings, Settings
from tests.service.conftest import empty_index
from tests.support.server import serving

MIB = 2**20
LIMITS = ServiceSettings(
    max_head_bytes=40_000,
    max_unread_bytes=24 * MIB,
    head_seconds=1,
    body_seconds=1.0,
    connections=40,
    concurrent=2,
    queue_seconds=1.5,
    request_seconds=20,
)
made: list[str] = []


def routes() -> APIRouter:
    """Answers of ten megabytes: at once, or as a stream of a comparison."""
    router = APIRouter()

    @router.get("/large")
    def large(name: str = "") -> PlainTextResponse:
        made.append(name)
        return PlainTextResponse(b"x" * (10 * MIB))

    @router.get("/stories/stream")
    def stream() -> StreamingResponse:
        return StreamingResponse(b"y" * 2**16 for _ in range(160))

    @router.get("/stories/work")
    def work() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            for _ in range(12):
                time.sleep(0.3)
                yield b"z"

        return StreamingResponse(parts())

    @router.post("/compare")
    def compare() -> dict[str, bool]:
        return {"compared": True}

    return router


def app(folder: Path) -> FastAPI:
    return create_app(empty_index(folder / "index"), settings=LIMITS, pages=[routes()])


@pytest.fixture(scope="module")
def bounded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a service whose connections are soon at their limits."""
    with serving(app(tmp_path_factory.mktemp("bounded")), Settings(service=LIMITS)) as client:
        yield client


@contextmanager
def connected(client: httpx.Client, *, receive_bytes: int = 0) -> Iterator[socket.socket]:
    with closing(socket.socket()) as connection:
        if receive_bytes:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        connection.settimeout(10)
        connection.connect((str(client.base_url.host), int(client.base_url.port or 0)))
        yield connection


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def everything(connection: socket.socket) -> bytes:
    """What comes until the server closes."""
    received = b""
    try:
        while part := connection.recv(2**18):
            received += part
    except ConnectionResetError:
        pass
    return received


def refused(received: bytes) -> dict[str, Any]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    document: dict[str, Any] = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {document['status']} ".encode())
    assert document["hint"]
    return document


@pytest.mark.parametrize(
    "head",
    [
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * 60_000,
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\n" + b"X-Many: x\r\n" * 6_000,
        b"\r\n" * 30_000,
    ],
)
def test_a_head_that_never_ends_is_refused(bounded: httpx.Client, head: bytes) -> None:
    with connected(bounded) as connection:
        connection.sendall(head[:50_000])
        document = refused(everything(connection))
    assert document["status"] == 431
    assert document["type"] == "urn:semsearch:problem:header-too-long"


def test_a_head_that_is_almost_too_long_is_read(bounded: httpx.Client) -> None:
    headers = {f"X-{number}": "x" * 5_000 for number in range(7)}
    for _ in range(3):
        assert bounded.get("/livez", headers=headers).status_code == 200


def test_trailers_that_never_end_are_refused(bounded: httpx.Client) -> None:
    head = b"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connected(bounded) as connection:
        try:
            connection.sendall(head + b"1\r\n{\r\n0\r\n")
            for _ in range(100):
                connection.sendall(b"X-Trailer: x\r\n" * 100)
                time.sleep(0.001)
        except OSError:
            pass
        assert everything(connection) == b""


@pytest.mark.parametrize("before", [b"", get("/livez")])
def test_a_head_that_comes_slowly_is_refused_in_time(bounded: httpx.Client, before: bytes) -> None:
    with connected(bounded) as connection:
        if before:
            connection.sendall(before)
            assert b" 200 " in connection.recv(4096)
        ended = threading.Event()

        def drip() -> None:
            for letter in get("/livez"):
                if ended.wait(0.2):
                    return
                connection.sendall(bytes([letter]))

        started = time.monotonic()
        dripping = threading.Thread(target=drip)
        dripping.start()
        received = everything(connection)
        ended.set()
        dripping.join()
        assert refused(received)["type"] == "urn:semsearch:problem:head-too-slow"
        assert 0.9 < time.monotonic() - started < 3


def test_a_connection_that_says_nothing_is_closed(bounded: httpx.Client) -> None:
    with connected(bounded) as connection:
        started = time.monotonic()
        assert everything(connection) == b""
        assert 0.9 < time.monotonic() - started < 3


def test_what_is_left_of_a_body_that_was_refused_is_not_waited_for(bounded: httpx.Client) -> None:
    with connected(bounded) as connection:
        connection.sendall(
            b"PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n\r\n"
        )
        time.sleep(0.2)
        connection.sendall(b"a")
        started = time.monotonic()
        received = everything(connection)
        assert received.startswith(b"HTTP/1.1 413 ")
        assert time.monotonic() - started < 5


def test_the_longest_silent_connections_make_room_for_others(bounded: httpx.Client) -> None:
    with ExitStack() as stack:
        half = b"PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
        for number in range(120):
            connection = stack.enter_context(connected(bounded))
            if number % 2:
                connection.sendall(half)
            if number > 40:
                assert bounded.get("/livez").status_code == 200
        waits = []
        for _ in range(10):
            started = time.monotonic()
            assert httpx.get(bounded.base_url.join("/livez")).status_code == 200
            waits.append(time.monotonic() - started)
        assert min(waits) < 0.3  # and not as long as a silent one may stay


def test_an_answer_that_is_not_read_is_given_up(bounded: httpx.Client) -> None:
    with ExitStack() as stack:
        idle, slow = (
            stack.enter_context(connected(bounded, receive_bytes=2**16)) for _ in range(2)
        )
        for connection in (idle, slow):
            connection.sendall(get("/large"))
        taken, started = 0, time.monotonic()
        while time.monotonic() - started < 2.5:  # who takes some of it is waited for
            time.sleep(0.02)
            taken += len(slow.recv(2**16))
        assert taken < 9 * MIB
        assert taken + len(everything(slow)) > 10 * MIB
        assert len(everything(idle)) < 10 * MIB


def test_all_that_is_unread_is_bounded(bounded: httpx.Client) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(connected(bounded, receive_bytes=4096)) for _ in range(8)]
        for reader in readers:
            reader.sendall(get("/large"))
            time.sleep(0.05)
        time.sleep(0.2)
        ended = 0
        for reader in readers:
            try:
                reader.sendall(b"G")
                time.sleep(0.02)
                reader.sendall(b"G")
            except OSError:
                ended += 1
        assert 3 <= ended <= 7


def test_a_request_begins_when_the_answer_before_was_read(
    bounded: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    made.clear()
    with connected(bounded, receive_bytes=4096) as connection:
        connection.sendall(b"".join(get(f"/large?name={number}") for number in range(20)))
        time.sleep(0.5)
        assert made == ["0"]
        taken = 0
        while taken < 11 * MIB:
            taken += len(connection.recv(2**18))
        time.sleep(0.2)
        assert made[:2] == ["0", "1"]
        assert len(made) <= 3
    time.sleep(0.2)
    assert len(made) <= 4  # nothing goes on for who went away
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_connection_that_is_over_leaves_no_memory(bounded: httpx.Client) -> None:
    def connections() -> int:
        return sum(type(each) is Connection for each in gc.get_objects())

    time.sleep(1.5)
    gc.collect()
    gc.disable()
    try:
        before = connections()
        for content in (
            get("/livez") * 50,
            get("/large") * 5,
            get("/livez")[:-4] + b"\r\nX-Long: " + b"x" * 60_000,
            b"PUT /v1/articles/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
        ):
            for _ in range(5):
                with connected(bounded) as connection, suppress(OSError):
                    connection.sendall(content)
                    time.sleep(0.05)
        time.sleep(0.5)
        assert connections() <= before + 1
    finally:
        gc.enable()


def test_so_many_requests_may_be_sent_ahead(
    bounded: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(bounded) as connection:
        connection.sendall(get("/livez") * 90)
        received = b""
        while received.count(b" 200 OK") < 90:
            received += connection.recv(2**16)
    with connected(bounded) as connection:
        connection.sendall(get("/livez") * 5_000)
        assert everything(connection).count(b" 200 OK") < 300
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_slow_readers_of_streams_hold_no_turn(bounded: httpx.Client) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(connected(bounded, receive_bytes=4096)) for _ in range(6)]
        for reader in readers:
            reader.sendall(get("/stories/stream"))
        time.sleep(0.4)
        waits = []
        for _ in range(10):
            started = time.monotonic()
            assert bounded.post("/compare").status_code == 200
            waits.append(time.monotonic() - started)
        assert min(waits) < 0.5  # and not as long as one waits for a turn
        assert len(everything(readers[-1])) > 0
    assert len(bounded.get("/stories/stream").content) == 160 * 2**16


def test_streams_let_others_have_their_turn(bounded: httpx.Client) -> None:
    with ExitStack() as stack:
        readers = [stack.enter_context(connected(bounded)) for _ in range(2)]
        for reader in readers:
            reader.sendall(get("/stories/work"))
        time.sleep(1.2)  # both turns are taken
        answers = [bounded.post("/compare").status_code for _ in range(3)]
        assert answers == [200, 200, 200]
        for reader in readers:
            received = b""
            while not received.endswith(b"0\r\n\r\n"):
                received += reader.recv(2**16)
            assert received.count(b"z") == 12


def test_a_stream_that_waited_takes_its_turn_again(bounded: httpx.Client) -> None:
    with connected(bounded, receive_bytes=4096) as reader:
        reader.sendall(get("/stories/stream"))
        time.sleep(0.5)
        received = 0
        while received < 160 * 2**16:
            received += len(reader.recv(2**18))
    metrics = bounded.get("/metrics").text
    assert 'in_progress{kind="comparison"} 0.0' in metrics
