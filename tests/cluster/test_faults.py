"""What a cluster loses, it loses without a wrong answer."""

import signal
import threading
import time
from collections.abc import Callable

import pytest

from semsearch.model.filters import EVERYTHING
from semsearch.store.catalog.catalog import Catalog
from tests.cluster.roles import roles, start_again, tell
from tests.contract.backends import in_milvus, server_milvus
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.postgres import Postgres
from tests.support.store import write

ENCODER = HashingEncoder()
_THREADS = 2
_BEFORE, _AFTER = 5.0, 25.0  # seconds of questions around the loss


@pytest.mark.skipif("query2" not in roles(), reason="no cluster: scripts/test_cluster.py cluster")
def test_a_killed_query_node_costs_no_answer(
    postgres: Postgres, record_property: Callable[[str, object], None]
) -> None:
    catalog = Catalog(postgres.new_catalog())
    catalog.create()
    titles = [f"{one} {two}" for one in WORDS for two in WORDS]
    write(catalog, ENCODER, [make_article(f"a{n}", title) for n, title in enumerate(titles)])
    with in_milvus(catalog, server_milvus()) as backend:
        snapshot = backend.publish()
        queries = [ENCODER.encode_query(title) for title in titles[::7]]
        expected = [snapshot.vectors.nearest(query, 10, EVERYTHING) for query in queries]
        time.sleep(12)  # after that reads are not strong any more
        stop = time.monotonic() + _BEFORE + _AFTER
        failed: list[object] = []
        slowest = [0.0]
        answered = [0]

        def ask(offset: int) -> None:
            place = offset
            while time.monotonic() < stop:
                started = time.monotonic()
                place = (place + 1) % len(queries)
                try:
                    if snapshot.vectors.nearest(queries[place], 10, EVERYTHING) != expected[place]:
                        failed.append(place)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
                    failed.append(error)
                slowest[0] = max(slowest[0], time.monotonic() - started)
                answered[0] += 1

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(_THREADS)]
        for thread in threads:
            thread.start()
        time.sleep(_BEFORE)
        tell("query1", signal.SIGKILL)
        for thread in threads:
            thread.join()
        start_again()
        record_property("answers", answered[0])
        record_property("slowest_seconds", slowest[0])
        assert failed == []
        assert answered[0] > 0
