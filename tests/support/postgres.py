"""A PostgreSQL server for tests: on loopback, in a folder of its own, gone with the tests."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import create_engine, text

MISSING = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
_STARTING_SECONDS = 60
_NOBODY = "nobody"


@dataclass
class Postgres:
    """A running server."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    _numbers: "count[int]" = field(default_factory=count)

    def url(self, schema: str = "public") -> str:
        base = f"postgresql+psycopg://tester@127.0.0.1:{self.port}/postgres"
        return f"{base}?options=-csearch_path%3D{schema}"

    def new_catalog(self) -> str:
        """The URL of a schema of its own, with nothing in it."""
        name = f"test{next(self._numbers)}"
        engine = create_engine(self.url())
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {name}"))
        engine.dispose()
        return self.url(name)

    def stop(self) -> None:
        """Ask it to stop at once, as a machine that is shut down does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(_STARTING_SECONDS)

    def start(self) -> None:
        """Start it again on the same data and port."""
        self.process = _start(self.folder, self.port)


def binaries() -> Path | None:
    """The folder of the server's programs; None where there is none."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    if found:
        folders.append(Path(found).resolve().parent)
    return next((path for path in reversed(folders) if (path / "postgres").exists()), None)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server with an empty cluster."""
    programs = binaries()
    assert programs is not None, MISSING
    folder = Path(mkdtemp(prefix="semsearch-postgres-"))
    _give_away(folder)
    _run([programs / "initdb", "-D", folder / "data", "-U", "tester", "-A", "trust", "--no-sync"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Postgres(folder, port, _start(folder, port))
    try:
        yield server
    finally:
        with suppress(ProcessLookupError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    programs = binaries()
    assert programs is not None, MISSING
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",  # the tests pull no plugs
        "max_connections": 200,
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            user=_owner(),
        )
    until = time.monotonic() + _STARTING_SECONDS
    while time.monotonic() < until:
        ready = subprocess.run(
            [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        if ready.returncode == 0:
            return process
        time.sleep(0.05)
    process.kill()
    raise TimeoutError((folder / "log").read_text("utf-8"))


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", user=_owner())


def _owner() -> str | None:
    """The server refuses to run as root."""
    return _NOBODY if os.getuid() == 0 else None


def _give_away(folder: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(folder, _NOBODY)
