"""Publication is retried beside everything else, and ends when the index is closed."""

import threading
import time

import pytest

from semsearch.deadline import go_on
from semsearch.index import Index
from semsearch.indexing.background import BackgroundPublication
from semsearch.indexing.indexer import Indexer
from semsearch.store.generations import Manifest


def running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "background" in thread.name]


def test_a_publication_that_takes_long_does_not_hold_up_the_end(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def publish(_: Indexer) -> Manifest:
        begun.set()
        while True:
            go_on()
            time.sleep(0.005)

    monkeypatch.setattr(Indexer, "behind", lambda _: True)
    monkeypatch.setattr(Indexer, "publish", publish)
    retry = BackgroundPublication(index._indexer, every=0.001)
    retry.start()
    assert begun.wait(10)
    ended = threading.Thread(target=retry.stop, daemon=True)
    ended.start()
    ended.join(10)
    assert not ended.is_alive()
    assert running() == []
