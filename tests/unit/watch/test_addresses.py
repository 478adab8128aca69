"""Nothing is fetched that is not public: checked after the look-up, and at every redirect."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator

import pytest

from semsearch.config import FeedsSettings
from semsearch.errors import InvalidFeedError
from semsearch.watch import addresses
from semsearch.watch.addresses import is_public, target_of
from semsearch.watch.fetched import Fetched, FetchError
from semsearch.watch.fetching import Fetcher
from tests.support.feeds import Answer, Clock, FeedServer, feed_server, item, redirect, rss

PRIVATE = """127.0.0.1 127.8.9.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1
169.254.169.254 100.64.0.1 100.100.100.200 192.0.0.192 198.18.0.1 224.0.0.1 255.255.255.255
240.0.0.1 168.63.129.16 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
64:ff9b:1::7f00:1 ::127.0.0.1 ::ffff:0:7f00:1 fec0::1 2002:a9fe:a9fe:: 2001:db8::1
localhost nonsense
"""
PUBLIC = """93.184.215.14 1.1.1.1 172.32.0.1 11.0.0.1 2606:4700::1111 ::ffff:1.1.1.1
64:ff9b::101:101"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_only_this_network_reaches_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_what_everybody_reaches_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "news",
            "file:///etc/passwd",
            "ftp://a.example/",
            "javascript:alert(1)",
            "//a.example",
        ),
        *(
            "http://",
            "http:///feed",
            "http://[::1",
            "http://a.example:99999/",
            "data:text/xml,<rss>",
        ),
        *("http://user@a.example/", "https://user:secret@a.example/feed", "http://a.example/a b"),
        *(
            "http://a.example/\r\nHost: b.example",
            "http://a.example/\x00",
            f"http://a.example/{'x' * 3000}",
        ),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidFeedError) as refused:
        target_of(url)
    assert "secret" not in refused.value.message + refused.value.hint


def test_names_are_looked_up_as_they_are_registered() -> None:
    target = target_of("https://bücher.example/feed?x=1#top")
    assert (target.host, target.port) == ("xn--bcher-kva.example", 443)
    assert target_of("HTTP://[2606:4700::1111]:8080/").host == "2606:4700::1111"


class Names:
    """Looks names up as it is told, and counts."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        del port
        self.asked.append(host)
        found = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not found:
            raise OSError("no such name")
        return found


def fetch(
    url: str, names: Callable[[str, int], Awaitable[list[str]]], *, private: bool = False
) -> Fetched:
    async def run() -> Fetched:
        settings = FeedsSettings(allow_private=private, host_seconds=0, seconds=10)
        async with Fetcher(settings, Clock(), names) as fetcher:
            return await fetcher.fetch(url)

    return asyncio.run(run())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """A server on loopback that counts as public, so that nothing else needs to be reached."""
    with feed_server() as running:
        monkeypatch.setattr(
            "semsearch.watch.fetching.is_public", lambda it: it == "127.0.0.1" or is_public(it)
        )
        yield running


@pytest.mark.parametrize(
    "host",
    "127.0.0.1 localhost 127.1 2130706433 0x7f.1 017700000001 [::1] [::ffff:127.0.0.1]".split(),
)
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with feed_server() as server:
        server.serve("/feed", rss(item(1)))
        with pytest.raises(FetchError) as refused:
            fetch(server.url("/feed", host), addresses.look_up)
        assert "public address" in refused.value.reason or "no host" in refused.value.reason
        assert not server.requests


def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    with pytest.raises(FetchError, match=r"inside\.example is no public address \(10\.0\.0\.5\)"):
        fetch("http://inside.example/feed", Names(["10.0.0.5"]))


def test_a_redirect_to_a_private_address_is_refused(server: FeedServer) -> None:
    server.serve("/feed", redirect("http://metadata.example/latest/meta-data"))

    async def names(host: str, port: int) -> list[str]:
        del port
        return ["169.254.169.254"] if host == "metadata.example" else ["127.0.0.1"]

    with pytest.raises(FetchError, match=r"no public address \(169\.254\.169\.254\)"):
        fetch(server.url("/feed", "feeds.example"), names)
    assert server.paths() == ["/feed"]


def test_the_address_that_was_checked_is_connected_to(server: FeedServer) -> None:
    """A name that leads elsewhere when it is looked up again cannot lead a request there."""
    server.serve("/feed", rss(item(1)))
    names = Names(["127.0.0.1"], ["10.0.0.5"])
    fetched = fetch(server.url("/feed", "rebinding.example"), names)
    assert fetched.body == rss(item(1))
    assert names.asked == ["rebinding.example"]
    assert server.requests[0].headers["host"] == f"rebinding.example:{server.port}"


def test_each_request_looks_names_up_anew(server: FeedServer) -> None:
    server.serve("/feed", redirect("/again"))
    server.serve("/again", rss(item(1)))
    with pytest.raises(FetchError, match=r"no public address \(10\.0\.0\.5\)"):
        fetch(server.url("/feed", "rebinding.example"), Names(["127.0.0.1"], ["10.0.0.5"]))
    assert server.paths() == ["/feed"]


def test_of_several_addresses_only_public_ones_are_tried(server: FeedServer) -> None:
    server.serve("/feed", rss(item(1)))
    names = Names(["10.0.0.5", "127.0.0.1", "192.168.0.1"])
    assert fetch(server.url("/feed", "two.example"), names).body == rss(item(1))


def test_an_address_that_does_not_answer_is_followed_by_the_next() -> None:
    with feed_server() as server:
        server.serve("/feed", rss(item(1)))
        names = Names(["127.0.0.77", "127.0.0.1"])
        got = fetch(server.url("/feed", "two.example"), names, private=True)
        assert got.body == rss(item(1))


def test_private_addresses_are_fetched_where_that_is_allowed() -> None:
    with feed_server() as server:
        server.serve("/feed", rss(item(1)))
        assert fetch(server.url("/feed"), addresses.look_up, private=True).body == rss(item(1))


def test_a_name_that_does_not_exist_is_said() -> None:
    with pytest.raises(FetchError, match=r"there is no host nowhere\.example"):
        fetch("http://nowhere.example/feed", Names([]))


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with feed_server() as server:
        monkeypatch.setenv("HTTP_PROXY", server.url("/"))
        monkeypatch.setenv("ALL_PROXY", server.url("/"))
        with pytest.raises(FetchError, match="cannot be reached"):
            fetch("http://far.example/feed", Names(["127.0.0.77"]), private=True)
        assert not server.requests


def test_of_one_host_one_thing_is_fetched_at_a_time_with_a_pause() -> None:
    with feed_server() as server:
        for number in range(4):
            server.serve(f"/{number}", rss(item(number)))

        async def run() -> None:
            settings = FeedsSettings(allow_private=True, host_seconds=0.05)
            async with Fetcher(settings, Clock()) as fetcher:
                await asyncio.gather(*(fetcher.fetch(server.url(f"/{n}")) for n in range(4)))

        asyncio.run(run())
        assert server.most_at_once == 1
        gaps = [b - a for a, b in zip(server.started, server.started[1:], strict=False)]
        assert min(gaps) >= 0.05


def test_different_hosts_are_fetched_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=10)
    with feed_server() as server:

        def together(_: object) -> Answer:
            meeting.wait()
            return Answer(rss(item(1)))

        for number in range(3):
            server.serve(f"/{number}", together)

        async def run() -> None:
            settings = FeedsSettings(allow_private=True, host_seconds=0)
            async with Fetcher(settings, Clock(), Names(["127.0.0.1"])) as fetcher:
                await asyncio.gather(
                    *(fetcher.fetch(server.url(f"/{n}", f"h{n}.example")) for n in range(3))
                )

        asyncio.run(run())
        assert server.most_at_once == 3
