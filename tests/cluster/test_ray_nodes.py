"""The command over two machines of a Ray cluster: the same vectors, whatever is lost on the way."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from tests.support.ray_nodes import RayNodes, can_run, ray_nodes

pytest.importorskip("ray", reason="Ray is not installed: semsearch[ray]")
pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not can_run(), reason="needs Linux, root and ip (iproute2)"),
]
ARTICLES = Path(str(files("semsearch.sample") / "articles"))
_PATIENCE = 240.0


@pytest.fixture
def cluster() -> Iterator[RayNodes]:
    with ray_nodes() as running:
        yield running


def command(folder: Path, *options: str) -> list[str | Path]:
    """The command that makes an index of the sample."""
    return [sys.executable, "-m", "semsearch", "index", ARTICLES, "--index", folder, *options]


def vectors(folder: Path) -> dict[bytes, np.ndarray]:
    """Every vector of a catalog, by its text."""
    with sqlite3.connect(folder / "catalog.db") as catalog:
        rows = catalog.execute("SELECT text_hash, vector FROM vectors").fetchall()
    catalog.close()
    return {key: np.frombuffer(data, np.float16).astype(np.float64) for key, data in rows}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[bytes, np.ndarray]:
    """What encoding here gives."""
    folder = tmp_path_factory.mktemp("local")
    subprocess.run(command(folder), check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)
    return vectors(folder)


def lose_nothing(_cluster: RayNodes) -> None:
    pass


def lose_a_worker(cluster: RayNodes) -> None:
    os.kill(cluster.workers(1)[0], signal.SIGKILL)


def lose_a_node(cluster: RayNodes) -> None:
    cluster.kill(1)


@pytest.mark.parametrize("lose", [lose_nothing, lose_a_worker, lose_a_node])
def test_two_nodes_give_what_one_machine_gives(
    cluster: RayNodes,
    local: dict[bytes, np.ndarray],
    lose: Callable[[RayNodes], None],
    tmp_path: Path,
) -> None:
    process = cluster.start(*command(tmp_path, "--ray", cluster.address))
    until = time.monotonic() + _PATIENCE
    while not (cluster.workers(0) and cluster.workers(1)):  # each machine has its share
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(5)  # it is encoding by now
    assert process.poll() is None, "the run is over before anything could be lost"
    lose(cluster)
    assert process.wait(_PATIENCE) == 0
    found = vectors(tmp_path)
    assert found.keys() == local.keys()
    for key, vector in local.items():
        cosine = vector @ found[key] / np.linalg.norm(vector) / np.linalg.norm(found[key])
        assert cosine > 0.9999  # batches of other sizes round otherwise
