"""The service in a process of its own, over engines that run elsewhere."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.service.test_process import free_port

_PATIENCE = 120.0


@contextmanager
def server(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """The command in a process of its own; its folder holds settings and nothing else."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "semsearch", "serve", "--config", folder / "semsearch.yaml"),
            *("--port", str(port), *options),
        ],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            until = time.monotonic() + _PATIENCE
            while True:
                assert process.poll() is None, "the server stopped"
                try:
                    if client.get("/readyz").is_success:
                        break
                except httpx.TransportError:
                    pass
                assert time.monotonic() < until, "the server did not start"
                time.sleep(0.2)
            yield process, client
    finally:
        process.kill()
        process.wait(30)
