"""Reading and encoding on a cluster give what they give here."""

import os
import signal
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from semsearch.assembly import read_on
from semsearch.encode.ray_cluster import IN_FLIGHT, RayCluster, RayEncoder
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.parsing import grouped, parse_here
from semsearch.ingest.reading import ReadOptions, blocks_of
from tests.support.articles import record, write_json_lines, write_markdown
from tests.support.encoder import HashingEncoder

ray = pytest.importorskip("ray", reason="Ray is not installed: semsearch[ray]")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, many


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield RayCluster("local")
    ray.shutdown()


@pytest.fixture(scope="module")
def encoder(cluster: RayCluster) -> RayEncoder:
    return RayEncoder(cluster, HashingEncoder(), HashingEncoder)


def test_passages_come_back_in_their_order(encoder: RayEncoder) -> None:
    texts = [f"the otter {'crossed ' * (n % 7)}the bank {n}" for n in range(1_000)]
    assert np.array_equal(encoder.encode_documents(texts), HashingEncoder().encode_documents(texts))
    assert encoder.encode_documents([]).shape == (0, encoder.spec.dimension)
    assert encoder.spec == HashingEncoder().spec
    assert np.array_equal(encoder.encode_query("cod"), HashingEncoder().encode_query("cod"))


def test_a_killed_worker_is_replaced(encoder: RayEncoder) -> None:
    texts = [f"notice {n}" for n in range(500)]
    pids = [actor["pid"] for actor in _actors() if actor["state"] == "ALIVE"]
    assert len(pids) == 2
    os.kill(pids[0], signal.SIGKILL)
    assert np.array_equal(encoder.encode_documents(texts), HashingEncoder().encode_documents(texts))


def test_files_are_read_in_their_order(cluster: RayCluster, tmp_path: Path) -> None:
    for number in range(300):
        write_markdown(tmp_path / f"{number:03}.md", record(number, body="The ferry. " * 100))
    write_json_lines(tmp_path / "more.jsonl", (record(n, body="Cod. " * 50) for n in range(900)))
    with (tmp_path / "more.jsonl").open("ab") as lines:
        lines.write(b"no JSON\n")
    (tmp_path / "none.jsonl").touch()
    (tmp_path / "broken.md").write_bytes(b"\xff\xfe\xff")
    files = [one for one in find_files([tmp_path]) if isinstance(one, SourceFile)]
    unread = [piece for file in files for piece in blocks_of(file)]
    here = list(parse_here(unread, ReadOptions()))
    assert sum(len(records) for _, records in here) == 300 + 900 + 2
    assert len(list(grouped(unread))) > 2  # several calls
    assert list(read_on(cluster, unread, ReadOptions())) == here


def test_no_more_is_drawn_than_the_processors_have_room_for(cluster: RayCluster) -> None:
    drawn = count()
    results = cluster.mapped(str, drawn)
    assert [next(results) for _ in range(10)] == [str(number) for number in range(10)]
    assert next(drawn) <= 10 + 2 * IN_FLIGHT


def _actors() -> list[dict[str, Any]]:
    from ray._private.state import actors  # noqa: PLC0415

    return [
        {"pid": one["Address"].get("Pid") or one["Pid"], "state": one["State"]}
        for one in actors().values()
    ]
