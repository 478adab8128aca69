"""Encoding on a cluster gives what encoding here gives."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from semsearch.embed.ray_encoder import RayEncoder
from tests.support.encoder import HashingEncoder

ray = pytest.importorskip("ray", reason="Ray is not installed: semsearch[ray]")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, many


@pytest.fixture(scope="module")
def encoder() -> Iterator[RayEncoder]:
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield RayEncoder("local", HashingEncoder(), HashingEncoder)
    ray.shutdown()


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


def _actors() -> list[dict[str, Any]]:
    from ray._private.state import actors  # noqa: PLC0415

    return [
        {"pid": one["Address"].get("Pid") or one["Pid"], "state": one["State"]}
        for one in actors().values()
    ]
