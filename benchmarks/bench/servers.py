"""The HTTP services, in processes of their own, and clients of them."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from benchmarks.bench.apart import family, processor_seconds, proportional
from benchmarks.bench.peers.model import model_folder

_HOST = "127.0.0.1"
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A service that answers."""

    process: int
    port: int
    path: str

    def ask_each(self, questions: list[str]) -> list[float]:
        """Seconds of each question, one after the other on one connection."""
        connection = HTTPConnection(_HOST, self.port, timeout=_PATIENCE)
        taken = []
        for question in questions:
            started = time.perf_counter()
            connection.request("GET", self.path + quote(question))
            answer = connection.getresponse()
            body = answer.read()
            taken.append(time.perf_counter() - started)
            if answer.status != 200:  # noqa: PLR2004
                raise RuntimeError(f"{self.path}: {answer.status} {body[:200]!r}")
        connection.close()
        return taken

    def rate(self, questions: list[str], clients: int) -> float:
        """Questions answered per second when so many clients ask, each one after the other."""
        shares = [questions[first::clients] for first in range(clients)]
        started = time.perf_counter()
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(self.ask_each, shares))
        return len(questions) / (time.perf_counter() - started)

    def memory(self) -> float:
        """What its processes hold together, in MiB: what they share counts once."""
        return sum(proportional(each) for each in family(self.process))

    def processor(self) -> float:
        """Seconds of the processor that its processes have used since they began."""
        return sum(processor_seconds(each) for each in family(self.process))


@contextmanager
def semsearch_server(index: Path, checkout: Path | None = None) -> Iterator[Server]:
    """``semsearch serve`` over an index, of this checkout or of another one."""
    port = free_port()
    command = ["-m", "semsearch", "serve", "--index", str(index), "--port", str(port)]
    variables = {} if checkout is None else {"PYTHONPATH": str(checkout)}
    with _running(command, port, "/v1/search?k=10&q=", variables, checkout) as server:
        yield server


@contextmanager
def txtai_server(index: Path) -> Iterator[Server]:
    """Txtai's API over an index with content, hybrid."""
    port = free_port()
    config = index.with_name(f"{index.name}.json")  # JSON is YAML, too
    embeddings = {"path": model_folder(), "content": True, "hybrid": True}
    config.write_text(json.dumps({"path": str(index), "embeddings": embeddings}), "utf-8")
    command = ["-m", "uvicorn", "txtai.api:app", "--port", str(port), "--log-level", "warning"]
    with _running(command, port, "/search?limit=10&query=", {"CONFIG": str(config)}) as server:
        yield server


@contextmanager
def _running(
    command: list[str], port: int, path: str, variables: dict[str, str], folder: Path | None = None
) -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | variables,
        stderr=subprocess.DEVNULL,
        cwd=folder,  # in which Python looks for modules first
    )
    try:
        give_up = time.monotonic() + _PATIENCE
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"{' '.join(command)} does not serve")
            time.sleep(0.1)
        yield Server(process.pid, port, path)
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((_HOST, port)) == 0


def free_port() -> int:
    with socket.create_server((_HOST, 0)) as server:
        return int(server.getsockname()[1])
