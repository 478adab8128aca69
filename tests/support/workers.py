"""A service of several processes over a deterministic encoder, each of which says which it is."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response

from semsearch.api.app import create_app
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index

_INDEX = "TEST_WORKERS_INDEX"
WORKER = "x-worker"


def app() -> FastAPI:
    """The application of one process."""
    index = open_index(Path(os.environ[_INDEX]), HashingEncoder())
    application = create_app(index, poll_feeds=True)

    @application.middleware("http")
    async def name(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        response.headers[WORKER] = str(os.getpid())
        return response

    return application


@contextmanager
def workers(folder: Path, number: int) -> Iterator[str]:
    """The address of a service of several processes over an index."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "tests.support.workers:app"]
    options = ["--port", str(port), "--workers", str(number), "--log-level", "warning"]
    environment = {**os.environ, _INDEX: str(folder), "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([*command, *options], env=environment) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            give_up = time.monotonic() + 120
            while True:
                try:
                    httpx.get(f"{address}/livez", timeout=5)
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    assert time.monotonic() < give_up
                    time.sleep(0.1)
            yield address
        finally:
            process.terminate()
