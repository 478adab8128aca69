#!/usr/bin/env python3
"""Tests against real servers: scripts/test_cluster.py standalone|cluster [COMMAND...].

Starts Milvus on this machine, runs COMMAND (without one: the tests of contracts and faults) where
it can be reached, and stops everything. ``standalone`` is one process, ``cluster`` a coordinator,
an index node, a data node, two query nodes and a proxy, with etcd, a stand-in for S3 and one for
Kafka, both in memory: for functional tests only. COMMAND finds the address in SEMSEARCH_TEST_MILVUS
and processes by role in the JSON file that SEMSEARCH_TEST_ROLES names. It may kill them; SIGUSR1 to
the process in SEMSEARCH_TEST_STARTER starts again what has ended.

Needs Linux, root, python3 with venv, ip, xz and, for a cluster, apt-get. The server comes from the
Python package milvus 2.3.5, etcd from Debian; nothing is installed outside the working folder
(SEMSEARCH_CLUSTER, or semsearch-cluster in the folder for temporary files). Milvus listens on every
address and cannot be told otherwise, so it runs in a network namespace that has nothing but
loopback.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(os.environ.get("SEMSEARCH_CLUSTER", Path(gettempdir()) / "semsearch-cluster"))
NAMESPACE = f"semsearch-{os.getpid()}"
SERVER, STAND_INS = "milvus==2.3.5", ("moto[server]==5.2.5", "confluent-kafka==2.16.1", "pyyaml")
PORT, METRICS, ETCD, S3 = 29530, 29091, 22379, 29000
STARTING_SECONDS, STOPPING_SECONDS = 180, 5
CLUSTER = {
    "coordinator": ["mixture", "-rootcoord=true", "-querycoord=true", "-datacoord=true",
                    "-indexcoord=true"],
    "index": ["indexnode"],
    "data": ["datanode"],
    "query1": ["querynode"],
    "query2": ["querynode"],
    "proxy": ["proxy"],
}  # fmt: skip
BROKER = """
import sys, time
from confluent_kafka import Producer
producer = Producer({"test.mock.num.brokers": "1"})
brokers = producer.list_topics(timeout=10).brokers.values()
with open(sys.argv[1], "w") as file:
    file.write(",".join(f"{one.host}:{one.port}" for one in brokers))
while True:
    producer.poll(1)
"""


@dataclass
class Machine:
    """The processes that were started, by role."""

    folder: Path
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _commands: dict[str, tuple[list[str | Path], dict[str, str]]] = field(default_factory=dict)

    def start(self, name: str, *command: str | Path, **environment: str) -> None:
        """Run something in the background, inside the namespace."""
        self._commands[name] = [*inside(), *command], {**os.environ, **environment}
        self._run(name)

    def start_again(self) -> None:
        """Start what has ended."""
        for name, process in list(self.processes.items()):
            if process.poll() is not None:
                self._run(name)

    def _run(self, name: str) -> None:
        command, environment = self._commands[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        fresh = self.roles.with_suffix(".new")
        fresh.write_text(json.dumps({role: one.pid for role, one in self.processes.items()}))
        fresh.replace(self.roles)

    @property
    def roles(self) -> Path:
        """The file that tells the process of each role."""
        return self.folder / "roles.json"

    def stop(self) -> None:
        """Ask, then insist: a server with loaded collections may not answer."""
        for process in reversed(self.processes.values()):
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOPPING_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()


def inside() -> list[str]:
    return ["ip", "netns", "exec", NAMESPACE]


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in {"standalone", "cluster"}:
        print(__doc__)
        return 2
    if os.getuid() != 0 or not all(map(shutil.which, ("ip", "xz"))):
        print("This needs root, ip (iproute2) and xz.", file=sys.stderr)
        return 2
    kind, command = arguments[0], arguments[1:]
    python = ROOT / ".venv" / "bin" / "python"
    command = command or [str(python), "-m", "pytest", "-q", "tests/contract", "tests/cluster"]
    install(kind)
    shutil.rmtree(WORK / "state", ignore_errors=True)
    (WORK / "state").mkdir()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what runs is stopped
    with ExitStack() as stack:
        stack.enter_context(namespace())
        machine = Machine(WORK / "state")
        stack.callback(machine.stop)
        start(machine, kind)
        signal.signal(signal.SIGUSR1, lambda *_: machine.start_again())
        replicas = "2" if kind == "cluster" else "1"
        environment = {
            **os.environ,
            "SEMSEARCH_TEST_MILVUS": f"milvus+http://127.0.0.1:{PORT}",
            "SEMSEARCH_TEST_ROLES": str(machine.roles),
            "SEMSEARCH_TEST_STARTER": str(os.getpid()),
            "SEMSEARCH_MILVUS__SHARDS": replicas,
            "SEMSEARCH_MILVUS__REPLICAS": replicas,
        }
        names = ", ".join(machine.processes)
        print(f"Milvus runs as {names}; its logs are in {machine.folder}", flush=True)
        return subprocess.call([*inside(), *command], env=environment, cwd=ROOT)


def install(kind: str) -> None:
    """The server's binary and what stands in for its neighbours."""
    WORK.mkdir(parents=True, exist_ok=True)
    pip = WORK / "venv" / "bin" / "pip"
    if not pip.exists():
        venv.create(WORK / "venv", with_pip=True)
    if not (WORK / "bin" / "milvus").exists():
        subprocess.run([pip, "install", "-q", "--no-deps", SERVER], check=True)
        unpack()
    if not (WORK / "stand-ins").exists():
        subprocess.run([pip, "install", "-q", *STAND_INS], check=True)
        (WORK / "stand-ins").touch()
    if kind == "cluster" and not (WORK / "etcd").exists():
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "download", "-qq", "etcd-server"], check=True, cwd=WORK)
        (package,) = WORK.glob("etcd-server_*.deb")
        subprocess.run(["dpkg", "-x", package, WORK / "etcd"], check=True)


def unpack() -> None:
    """Binaries and libraries, compressed in the package, into one folder."""
    (WORK / "bin").mkdir(exist_ok=True)
    for packed in package_data().glob("bin/*.lzma"):
        target = WORK / "bin" / packed.stem
        with target.open("wb") as stream:
            subprocess.run(["xz", "-dc"], stdin=packed.open("rb"), stdout=stream, check=True)
        target.chmod(0o755)


def package_data() -> Path:
    return next((WORK / "venv").glob("lib/python3*/site-packages/milvus/data"))


@contextmanager
def namespace() -> Iterator[None]:
    """A network of its own, with loopback alone."""
    subprocess.run(["ip", "netns", "add", NAMESPACE], check=True)
    try:
        subprocess.run([*inside(), "ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        subprocess.run(["ip", "netns", "del", NAMESPACE], check=False)


def start(machine: Machine, kind: str) -> None:
    if kind == "standalone":
        start_role(machine, "standalone", ["standalone"], 0, "")
    else:
        broker = start_neighbours(machine)
        for number, (name, arguments) in enumerate(CLUSTER.items()):
            start_role(machine, name, arguments, number, broker)
    names = [name for name in machine.processes if name in {"standalone", *CLUSTER}]
    until = time.monotonic() + STARTING_SECONDS
    while not all(healthy(number) for number in range(len(names))):
        if time.monotonic() > until:
            raise SystemExit(f"Milvus does not start; see {machine.folder}")
        time.sleep(1)


def healthy(number: int) -> bool:
    url = f"http://127.0.0.1:{METRICS + number}/healthz"
    asked = subprocess.run(
        [*inside(), sys.executable, __file__, "--get", url], capture_output=True, check=False
    )
    return asked.stdout.strip() == b"OK"


def start_neighbours(machine: Machine) -> str:
    """etcd, and what stands in for S3 and Kafka; the address of the last."""
    urls = {"client": f"http://127.0.0.1:{ETCD}", "peer": f"http://127.0.0.1:{ETCD + 1}"}
    machine.start(
        "etcd",
        WORK / "etcd/usr/bin/etcd",
        *("--data-dir", machine.folder / "etcd"),
        *("--listen-client-urls", urls["client"], "--advertise-client-urls", urls["client"]),
        *("--listen-peer-urls", urls["peer"], "--initial-advertise-peer-urls", urls["peer"]),
        *("--initial-cluster", f"default={urls['peer']}"),
    )
    binaries, address = WORK / "venv" / "bin", machine.folder / "broker"
    machine.start("s3", binaries / "moto_server", "-H", "127.0.0.1", "-p", str(S3))
    machine.start("broker", binaries / "python", "-c", BROKER, address)
    until = time.monotonic() + STARTING_SECONDS
    while not (address.exists() and address.read_text()):
        if time.monotonic() > until:
            raise SystemExit(f"The broker does not start; see {machine.folder}")
        time.sleep(0.2)
    time.sleep(2)
    return address.read_text()


def start_role(machine: Machine, name: str, arguments: list[str], number: int, broker: str) -> None:
    folder = machine.folder / name
    folder.mkdir()
    shutil.copy(package_data() / "glog.conf", folder)
    (folder / "milvus.yaml").write_text(json.dumps(settings(folder, number, broker)))
    machine.start(
        name,
        WORK / "bin" / "milvus",
        "run",
        *arguments,
        "-alias",
        name,
        LD_LIBRARY_PATH=str(WORK / "bin"),
        MILVUSCONF=str(folder),
        MILVUS_RUN_DIR=str(folder),
        METRICS_PORT=str(METRICS + number),
        DEPLOY_MODE="DISTRIBUTED" if broker else "STANDALONE",
    )


def settings(folder: Path, number: int, broker: str) -> dict[str, Any]:
    """The package's own settings with ports and folders of ours; JSON is YAML, too."""
    template = (package_data() / "config.yaml.template").read_text()
    filled = re.sub(r"\{\{\s*\w+(?:\(\w+\))?\s*(?::\s*([^}]*?))?\s*\}\}", _default, template)
    reader = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)"
    read = subprocess.run(
        [WORK / "venv" / "bin" / "python", "-c", reader],
        input=filled.encode(), capture_output=True, check=True,
    )  # fmt: skip
    held: dict[str, Any] = json.loads(read.stdout)
    held["localStorage"]["path"] = str(folder / "data")
    held["rocksmq"]["path"] = str(folder / "rocksmq")
    held["log"]["level"], held["log"]["file"]["rootPath"] = "warn", ""
    held["etcd"]["data"]["dir"], held["etcd"]["log"]["path"] = str(folder / "etcd"), "stdout"
    held["common"]["gracefulStopTimeout"] = STOPPING_SECONDS
    roles = ("rootCoord", "queryCoord", "queryNode", "indexNode", "dataCoord", "dataNode")
    for place, role in enumerate(roles):
        held[role]["port"] = PORT + 10 + 10 * number + place
    held["proxy"]["port"], held["proxy"]["internalPort"] = PORT, PORT - 1
    if broker:
        held["etcd"]["endpoints"], held["etcd"]["use"]["embed"] = f"127.0.0.1:{ETCD}", False
        held["common"]["storageType"] = "remote"
        held["minio"] |= {"address": "127.0.0.1", "port": S3}
        held["mq"]["type"] = "kafka"
        held.pop("pulsar", None)
        nothing = dict.fromkeys(("saslUsername", "saslPassword"), "")
        plain = {"saslMechanisms": "PLAIN", "securityProtocol": "PLAINTEXT"}
        held["kafka"] = {"brokerList": broker, "readTimeout": 10, **nothing, **plain}
    else:
        held["etcd"]["endpoints"] = "localhost:2379"
    return held


def _default(match: "re.Match[str]") -> str:
    return match[1] or '""'


def get(url: str) -> None:
    """Print what an address answers; run inside the namespace."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - loopback
            print(answer.read().decode())
    except OSError:
        print("no answer")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--get"]:
        get(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
