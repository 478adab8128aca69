"""A write through one worker of the service is seen by all of them from then on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import open_index
from tests.support.workers import WORKER, workers

PROCESSES = 2
WRITES = 6
QUESTIONS = 8  # at once, so that no worker can answer all


def ask(address: str) -> tuple[str, set[str]]:
    """A question over a connection of its own: which worker answered, and the titles."""
    answer = httpx.get(f"{address}/v1/search", params={"q": "notice"}, timeout=60, verify=False)  # noqa: S501 - loopback
    assert answer.status_code == 200
    hits = answer.json()["hits"]
    assert len(hits) == 2
    return answer.headers[WORKER], {hit["article"]["title"] for hit in hits}


def test_every_worker_sees_an_acknowledged_write_with_its_next_answer(folder: Path) -> None:
    index = open_index(folder, HashingEncoder())
    index.add(make_article(key, "Notice salt") for key in ("a", "b"))
    index.close()
    seen = set[str]()
    with workers(folder, PROCESSES) as address:
        for number in range(WRITES):
            title = f"Notice {WORDS[number]} {number}"
            body = [
                {"id": key, "title": title, "url": f"https://{key}.example/"} for key in ("a", "b")
            ]
            written = httpx.post(f"{address}/v1/articles", json=body, timeout=60)
            assert written.status_code == 200
            with ThreadPoolExecutor(QUESTIONS) as pool:
                for worker, titles in pool.map(ask, [address] * QUESTIONS):
                    assert titles == {title}
                    seen.add(worker)
    assert len(seen) == PROCESSES
