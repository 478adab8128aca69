"""Publication is retried beside everything else, and ends when the index is closed."""

import threading
import time

import pytest

from semsearch.deadline import go_on
from semsearch.index import Index
from semsearch.indexing.background import BackgroundPublication
from semsearch.indexing.indexer import Indexer
from semsearch.store.generations import Manifest
from tests.support.articles import make_article
from tests.support.indexes import ask, ids


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
    retry = BackgroundPublication(index._components.indexer, index.behind, every=0.001)
    retry.start()
    assert begun.wait(10)
    ended = threading.Thread(target=retry.stop, daemon=True)
    ended.start()
    ended.join(10)
    assert not ended.is_alive()
    assert running() == []


def test_a_fault_is_logged_and_does_not_end_it(
    index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    again, tried = threading.Event(), []

    def publish(_: Indexer) -> None:
        tried.append(1)
        if len(tried) > 1:
            again.set()
        raise ValueError("a fault")

    monkeypatch.setattr(Indexer, "publish", publish)
    background = BackgroundPublication(index._components.indexer, lambda: True, every=0.001)
    background.start()
    try:
        assert again.wait(10)
    finally:
        background.stop()
    assert "not related yet" in caplog.text


def test_a_write_answers_before_it_is_related_and_is_related_soon(index: Index) -> None:
    text = "The ferry left the harbour at noon with forty on board and came back at dusk."
    index.add([make_article("first", "Tram")])
    index.keep_published()
    with index.library.writing():  # the thread that relates waits for this one
        index.add([make_article("a", "Notice", body=text), make_article("b", "Other", body=text)])
        assert {"a", "b"} <= set(ids(ask(index, "ferry")))
        assert index.status().lag.unrelated > 0
        assert index.status().lag.writes == 0
        assert not index.library.generations.is_durable()
    until = time.monotonic() + 30  # two seconds, on a machine that has time
    while index.status().lag.unrelated and time.monotonic() < until:
        time.sleep(0.05)
    assert index.status().lag.unrelated == 0
    index.close()  # it ends what is under way
    assert index.library.generations.is_durable()
