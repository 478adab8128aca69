"""Two machines of a Ray cluster, as processes with one processor each.

Ray listens on every address, so they run in a network that has nothing but loopback, which needs
root; what is to reach them runs there, too.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

_STARTING_SECONDS = 60
_PORT = 26_100
_OPEN = {"RAY_AUTH_MODE": "disabled"}  # nobody else is there
_COMMON = (
    "--num-cpus=1",
    "--object-store-memory=200000000",
    "--disable-usage-stats",
    "--block",
)


@dataclass
class RayNodes:
    """A running cluster.

    Attributes:
        inside: What a command begins with that is to reach it.
        address: Of its first node.
        nodes: The process that each node was started with.
        started: These and others.
    """

    inside: tuple[str, ...]
    address: str = f"127.0.0.1:{_PORT}"
    nodes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    started: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, *command: str | Path) -> "subprocess.Popen[bytes]":
        """Run something where the cluster can be reached."""
        process = subprocess.Popen(
            [*self.inside, *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_OPEN},
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def stop(self) -> None:
        """Stop all that was started, and what that has started."""
        for process in self.started:
            _kill(process)

    def workers(self, node: int) -> list[int]:
        """The processes of a node that hold a model."""
        return [
            pid
            for pid in _session(self.nodes[node].pid)
            if "_Worker" in Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
        ]

    def kill(self, node: int) -> None:
        """Let a machine go, with all that runs on it."""
        _kill(self.nodes[node])


def can_run() -> bool:
    """Whether this machine lets a network of its own be made."""
    return sys.platform == "linux" and os.getuid() == 0 and shutil.which("ip") is not None


@contextmanager
def ray_nodes() -> Iterator[RayNodes]:
    """Two nodes, stopped with all that they started."""
    name = f"semsearch-ray-{os.getpid()}"
    cluster = RayNodes(("ip", "netns", "exec", name))
    _run("ip", "netns", "add", name)
    try:
        _run(*cluster.inside, "ip", "link", "set", "lo", "up")
        with TemporaryDirectory(prefix="ray-") as folder:
            head = ("--head", f"--port={_PORT}", "--include-dashboard=false")
            _add(cluster, *head, f"--temp-dir={folder}")
            _add(cluster, f"--address={cluster.address}")
            yield cluster
    finally:
        cluster.stop()
        _run("ip", "netns", "del", name)


def _add(cluster: RayNodes, *options: str) -> None:
    """Start a node, and wait until it is there."""
    ray = Path(sys.executable).with_name("ray")
    cluster.nodes.append(cluster.start(ray, "start", *options, *_COMMON))
    script = f"""
import ray
ray.init(address={cluster.address!r}, logging_level="ERROR", log_to_driver=False)
raise SystemExit(ray.cluster_resources().get("CPU") != {len(cluster.nodes)})
"""
    until = time.monotonic() + _STARTING_SECONDS
    while cluster.start(sys.executable, "-c", script).wait():
        if time.monotonic() > until:
            raise TimeoutError("Ray does not start.")


def _kill(leader: "subprocess.Popen[bytes]") -> None:
    for pid in _session(leader.pid):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    leader.wait()


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _session(leader: int) -> list[int]:
    """The processes that a process and its children started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(fields[3]) == leader:
                found.append(int(stat.parent.name))
    return found
