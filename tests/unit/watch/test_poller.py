"""Of all that serve an index one polls what is due, over SQLite and PostgreSQL."""

import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from semsearch.assembly import open_index
from semsearch.config import FeedsSettings, Settings
from semsearch.index import Index
from semsearch.model.feeds import FeedState
from semsearch.store.catalog.migration import copy_history
from tests.recorded.test_old_index import MADE_BY_0_1_0
from tests.support.encoder import HashingEncoder
from tests.support.feeds import Answer, FeedServer, feed_server, item, rss
from tests.support.indexes import fast_folder, held
from tests.support.indexes import open_index as open_sqlite
from tests.support.postgres import Postgres
from tests.support.workers import workers

FEEDS = FeedsSettings(allow_private=True, host_seconds=0)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def open_twice(request: pytest.FixtureRequest) -> Iterator[Callable[[], Index]]:
    """Opens one index, as two machines would where its catalog is in a server."""
    opened: list[Index] = []
    with fast_folder() as folder:
        url = ""
        if request.param == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            url = server.new_catalog()

        def open_it() -> Index:
            place = folder / f"machine-{len(opened)}" if url else folder / "index"
            settings = Settings(index=place, catalog=url, feeds=FEEDS)
            opened.append(open_index(settings, create=True, encoder=HashingEncoder()))
            return opened[-1]

        yield open_it
        for index in opened:
            index.close()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_one_polls_and_another_takes_over(
    open_twice: Callable[[], Index], server: FeedServer
) -> None:
    first, second = open_twice(), open_twice()
    for index in (first, second):
        index.keep_polling()
    feed = first.add_feed(server.serve("/feed", rss(item(1))))
    until(lambda: second.feed(feed.id).state is FeedState.OK)
    assert server.paths() == ["/feed"]
    assert len(held(second)) == 1
    # It is told to poll, whoever is asked.
    third = open_twice()
    assert third.poll_feeds(feed.id).elsewhere
    until(lambda: server.paths() == ["/feed"] * 2)
    first.close()
    second.make_feeds_due(feed.id)
    until(lambda: server.paths() == ["/feed"] * 3)
    second.close()
    assert len(third.poll_feeds(feed.id).polls) == 1


def test_a_feed_that_takes_long_does_not_hold_up_others(
    open_twice: Callable[[], Index], server: FeedServer
) -> None:
    index = open_twice()

    def slow(write: Callable[[bytes], object]) -> None:
        time.sleep(3)
        write(b"")

    long = index.add_feed(server.serve("/slow", Answer(raw=slow)))
    quick = index.add_feed(server.serve("/quick", rss(item(1))).replace("127.0.0.1", "localhost"))
    index.keep_polling()
    until(lambda: index.feed(quick.id).state is FeedState.OK, 3)
    assert index.feed(long.id).state is FeedState.NEW


def test_several_processes_poll_a_feed_once(
    tmp_path: Path, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEMSEARCH_FEEDS__ALLOW_PRIVATE", "true")
    monkeypatch.setenv("SEMSEARCH_FEEDS__HOST_SECONDS", "0")
    folder = tmp_path / "index"
    with open_sqlite(folder, HashingEncoder()) as index:
        index.publish_first()
    with workers(folder, 2) as address:
        for number in range(3):
            url = server.serve(f"/{number}", rss(item(number)))
            added = httpx.post(f"{address}/v1/feeds", json={"url": url}, timeout=60)
            assert added.status_code == 201

        def read() -> bool:
            feeds = httpx.get(f"{address}/v1/feeds", timeout=60).json()["feeds"]
            return all(feed["state"] == "ok" for feed in feeds)

        until(read, 60)
        assert httpx.get(f"{address}/v1/status", timeout=60).json()["articles"] == 3
    assert sorted(server.paths()) == ["/0", "/1", "/2"]


def test_an_index_of_0_1_0_takes_feeds(tmp_path: Path, server: FeedServer) -> None:
    with tarfile.open(MADE_BY_0_1_0) as files:
        files.extractall(tmp_path / "old", filter="data")
    settings = Settings(index=tmp_path / "old", feeds=FEEDS)
    with open_index(settings, encoder=HashingEncoder()) as index:
        assert not index.feeds().feeds
        assert index.status().feeds.total == 0
        assert index.poll_feeds().polls == ()
        feed = index.add_feed(server.serve("/feed", rss(item(1))))
        assert len(index.poll_feeds().polls[0].added) == 1
        assert index.feed(feed.id).state is FeedState.OK
        assert index.status().articles == 13
        assert not index.diagnose().findings


def test_feeds_go_along_when_a_new_catalog_takes_the_place(
    tmp_path: Path, server: FeedServer
) -> None:
    url = server.serve("/feed", rss(item(1), item(2)))
    opened = [
        open_index(
            Settings(index=tmp_path / name, feeds=FEEDS), create=True, encoder=HashingEncoder()
        )
        for name in ("old", "new")
    ]
    old, new = opened
    feed = old.add_feed(url, every="2h")
    old.poll_feeds()
    copy_history(old.library.catalog.database, new.library.catalog.database)
    assert new.feeds() == old.feeds()
    assert new._components.feeds._store.entries(feed.id) == old._components.feeds._store.entries(
        feed.id
    )
    assert new._components.feeds._store.validators(
        feed.id
    ) == old._components.feeds._store.validators(feed.id)
    for index in opened:
        index.close()
