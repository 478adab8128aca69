"""Feeds of an index: what is new is written once, whatever servers do; full texts; OPML; limits."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from semsearch.assembly import open_index
from semsearch.config import FeedsSettings, Settings
from semsearch.errors import FeedExistsError, IndexLockedError, InvalidFeedError, NoSuchFeedError
from semsearch.index import Index
from semsearch.model.feeds import FeedPoll, FeedState, PollOutcome, interval_of, seconds_of
from semsearch.model.search import Confidence
from semsearch.model.watch import WatchSpec
from semsearch.store.catalog.feeds import FeedStore
from semsearch.store.lock import writer_lock
from tests.support.encoder import HashingEncoder
from tests.support.feeds import Answer, Clock, FeedServer, Request, feed_server, item, rss
from tests.support.indexes import fast_folder, held, tree
from tests.support.watching import QUESTION, collision, quiet

Open = Callable[..., Index]


@pytest.fixture
def folder() -> Iterator[Path]:
    with fast_folder() as made:
        yield made


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_with(folder: Path, clock: Clock) -> Open:
    def opened(**given: object) -> Index:
        feeds = FeedsSettings.model_validate({"allow_private": True, "host_seconds": 0, **given})
        settings = Settings(index=folder / "index", feeds=feeds)
        return open_index(settings, create=True, encoder=HashingEncoder(), now=clock)

    return opened


@pytest.fixture
def index(open_with: Open) -> Iterator[Index]:
    with open_with() as opened:
        yield opened


def poll(index: Index, feed: str) -> FeedPoll:
    (done,) = index.poll_feeds(feed).polls
    return done


def titles(index: Index) -> list[str]:
    return sorted(article.title for article in held(index).values())


def different(number: int) -> str:
    """An item that has no word in common with another one, so that relating them is quick."""
    words = hashlib.sha256(str(number).encode()).hexdigest()
    return item(number, title=f"{words[:9]} {words[9:18]}", text=words[18:])


# --- what is new ------------------------------------------------------------------------------


def test_a_feed_of_1000_entries_polled_again_writes_nothing(
    index: Index, server: FeedServer, folder: Path, clock: Clock
) -> None:
    entries = [different(number) for number in range(1_000)]
    url = server.serve("/feed", rss(*entries))
    feed = index.add_feed(url)
    assert len(poll(index, feed.id).added) == 1_000
    sequence = index.library.catalog.sequence
    generations = tree(folder / "index" / "generations")
    # Another head, so that neither the validators nor the bytes say that it is the same.
    server.serve("/feed", rss(*entries, head="<ttl>60</ttl>"))
    clock.forward(minutes=15)
    done = poll(index, feed.id)
    assert (done.outcome, done.entries) == (PollOutcome.UNCHANGED, 1_000)
    assert not done.added + done.updated
    assert index.library.catalog.sequence == sequence
    assert tree(folder / "index" / "generations") == generations
    assert index.feed(feed.id).articles == 1_000


def test_it_asks_whether_anything_has_changed(index: Index, server: FeedServer) -> None:
    data = rss(item(1))

    def behave(request: Request) -> Answer:
        if request.headers.get("if-none-match") == '"v1"':
            return Answer(b"", "304 Not Modified")
        given = {"ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026 07:30:00 GMT"}
        return Answer(data, headers=given)

    feed = index.add_feed(server.serve("/feed", behave))
    poll(index, feed.id)
    for _ in range(2):  # a 304 without an ETag does not forget the one before
        assert poll(index, feed.id).outcome is PollOutcome.UNCHANGED
    asked = [request.headers for request in server.requests]
    assert [one.get("if-none-match") for one in asked] == [None, '"v1"', '"v1"']
    assert asked[1]["if-modified-since"] == "Mon, 02 Mar 2026 07:30:00 GMT"
    assert asked[0]["user-agent"].startswith("semsearch/")
    assert "cookie" not in asked[1]


def test_what_is_edited_is_updated_and_what_is_new_is_added(
    index: Index, server: FeedServer
) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1), item(2))))
    poll(index, feed.id)
    server.serve("/feed", rss(item(3), item(1, title="Report number 1, corrected"), item(2)))
    done = poll(index, feed.id)
    assert (len(done.added), len(done.updated)) == (1, 1)
    assert "Report number 1, corrected" in titles(index)


def test_new_guids_with_every_answer_bring_nothing_twice(index: Index, server: FeedServer) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1), item(2, link="", guid="a"))))
    assert len(poll(index, feed.id).added) == 2
    for number in range(3):
        more = f"<slash:comments>{number}</slash:comments>"
        items = (
            item(1, guid=f"new-{number}", more=more),
            item(2, link="", guid=f"other-{number}"),
        )
        server.serve("/feed", rss(*items))
        assert poll(index, feed.id).outcome is PollOutcome.UNCHANGED
    assert len(held(index)) == 2


def test_tracking_in_links_brings_nothing_twice(index: Index, server: FeedServer) -> None:
    address = "https://harbourledger.example/news/1"
    feed = index.add_feed(server.serve("/feed", rss(item(1, link=address))))
    poll(index, feed.id)
    server.serve("/feed", rss(item(1, link=address + "?utm_source=rss&amp;utm_campaign=7")))
    assert poll(index, feed.id).outcome is PollOutcome.UNCHANGED


def test_the_same_entry_twice_is_one(index: Index, server: FeedServer) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1), item(1), item(1, guid=""))))
    assert len(poll(index, feed.id).added) == 1
    for number in range(3):
        twice = (item(1, guid=f"a-{number}"), item(1, guid=f"b-{number}"))
        server.serve("/feed", rss(*twice, item(1, title="Edited", guid=f"c-{number}")))
        assert len(poll(index, feed.id).added) == (number == 0)
    assert len(held(index)) == 2


def test_entries_that_share_a_link_stay_apart_and_keep_their_articles(
    index: Index, server: FeedServer
) -> None:
    home = "https://harbourledger.example/live"
    first = [item(n, link=home, guid=f"live-{n}") for n in range(3)]
    feed = index.add_feed(server.serve("/feed", rss(*first)))
    assert len(poll(index, feed.id).added) == 3
    before = {article.title: article.id for article in held(index).values()}
    server.serve("/feed", rss(item(3, link=home, guid="live-3"), *first))
    done = poll(index, feed.id)
    assert (len(done.added), len(done.updated)) == (1, 0)
    server.serve("/feed", rss(item(4, link=home, guid="live-4"), item(3, link=home, guid="live-3")))
    done = poll(index, feed.id)
    assert (len(done.added), len(done.updated)) == (1, 0)
    now = {article.title: article.id for article in held(index).values()}
    assert before.items() <= now.items()
    assert len(now) == 5


def test_two_feeds_with_one_article_do_not_take_it_from_each_other(
    index: Index, server: FeedServer
) -> None:
    one = index.add_feed(server.serve("/one", rss(item(1), title="Ledger: news")))
    two = index.add_feed(server.serve("/two", rss(item(1), title="Ledger: ports")))
    poll(index, one.id)
    poll(index, two.id)
    sequence = index.library.catalog.sequence
    for number in range(3):
        head = f"<ttl>{number}</ttl>"
        server.serve("/one", rss(item(1), title="Ledger: news", head=head))
        server.serve("/two", rss(item(1), title="Ledger: ports", head=head))
        index.poll_feeds(one.id, two.id)
    assert index.library.catalog.sequence == sequence
    assert len(held(index)) == 1


def test_an_entry_does_not_replace_an_article_that_says_more(
    index: Index, server: FeedServer
) -> None:
    body = "The whole text, which came from a file and is long. " * 20
    url = "https://harbourledger.example/news/1"
    index.add([{"title": "From a file", "body": body, "url": url, "provider": "Harbour Ledger"}])
    feed = index.add_feed(server.serve("/feed", rss(item(1), item(2))))
    done = poll(index, feed.id)
    assert (done.kept, len(done.added), len(done.updated)) == (1, 1, 0)
    assert "From a file" in titles(index)


def test_a_deleted_article_is_not_brought_back(index: Index, server: FeedServer) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1))))
    (identity,) = poll(index, feed.id).added
    index.delete([identity])
    server.serve("/feed", rss(item(1, title="Edited since"), item(2)))
    done = poll(index, feed.id)
    assert (done.kept, len(done.added)) == (1, 1)
    assert identity not in index.ids()


def test_sources_authors_categories_and_enclosures_are_kept(
    index: Index, server: FeedServer
) -> None:
    more = (
        '<source url="https://coastwire.example/rss">Coast Wire</source><category>Ports</category>'
        '<enclosure url="https://x.example/a.mp3" type="audio/mpeg" length="3"/>'
        "<author>reed@ledger.example (A. Reed)</author>"
    )
    feed = index.add_feed(
        server.serve("/feed", rss(item(1, more=more), item(2))), provider="The Ledger"
    )
    poll(index, feed.id)
    first, second = sorted(held(index).values(), key=lambda article: article.title)
    assert first.provider.name == "Coast Wire"
    assert first.topics == ("Ports",)
    assert first.extra["enclosures"] == [
        {"href": "https://x.example/a.mp3", "type": "audio/mpeg", "length": "3"}
    ]
    assert second.provider.name == "The Ledger"
    assert second.provider.domain == "harbourledger.example"


def test_entries_that_left_are_forgotten_after_a_month(
    index: Index, server: FeedServer, clock: Clock
) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1), item(2))))
    poll(index, feed.id)
    store = index._components.feeds._store
    for days, number in ((1, 2), (20, 2), (40, 1)):
        clock.forward(days=days)
        server.serve("/feed", rss(item(1), head=f"<ttl>{days}</ttl>"))
        poll(index, feed.id)
        assert len(store.entries(feed.id)) == number
    assert len(held(index)) == 2


def test_too_many_entries_are_cut_and_said(open_with: Open, server: FeedServer) -> None:
    with open_with(max_entries=10) as index:
        feed = index.add_feed(server.serve("/feed", rss(*(item(n) for n in range(12)))))
        done = poll(index, feed.id)
        assert len(done.added) == 10
        assert done.note == "It has 12 entries; the first 10 are read."


def test_a_process_that_dies_before_it_noted_what_it_wrote_brings_nothing_twice(
    open_with: Open, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    url = server.serve("/feed", rss(*(different(n) for n in range(20))))
    with open_with() as index:
        feed = index.add_feed(url)
        with monkeypatch.context() as patched:
            patched.setattr(FeedStore, "save_poll", die)
            with pytest.raises(Killed):
                index.poll_feeds(feed.id)
    with open_with() as index:
        assert len(held(index)) == 20
        sequence = index.library.catalog.sequence
        done = poll(index, feed.id)
        assert not done.added + done.updated
        assert index.library.catalog.sequence == sequence
        assert len(index._components.feeds._store.entries(feed.id)) == 20


def test_what_feeds_bring_in_raises_one_alert(index: Index, server: FeedServer) -> None:
    index.add(quiet(number) for number in range(4))
    spec = WatchSpec(name="ferry", question=QUESTION, min_confidence=Confidence.LOW)
    index.add_watch(spec)
    report = collision()
    entry = item(1, title=report.title, text=report.excerpt or report.body)
    one = index.add_feed(server.serve("/one", rss(entry, item(2))))
    copied = item(3, title=report.title, text=report.excerpt or report.body)
    two = index.add_feed(server.serve("/two", rss(copied)))
    index.poll_feeds(one.id)
    index.poll_feeds(two.id)
    (alert,) = index.alerts().alerts
    assert len(alert.reports) == 2  # the copy joins
    server.serve("/one", rss(entry, item(2), head="<ttl>5</ttl>"))
    index.poll_feeds(one.id)
    assert len(index.alerts().alerts) == 1


# --- full texts -------------------------------------------------------------------------------


PAGE = """<!doctype html><html lang="en"><head><title>Page {0}</title></head><body><article>
<h1>Report number {0} from the harbour</h1>
<p>The crane at berth {0} stood still for nine hours on Monday, the harbour office said.</p>
<p>Two ships left for the roads and came back at noon, when the wind had gone down.</p>
<p>Nobody was hurt, and the berth opened again before the evening tide came in.</p>
</article></body></html>"""


def pages(server: FeedServer, numbers: range) -> bytes:
    for number in numbers:
        page = PAGE.format(number).encode()
        server.serve(f"/news/{number}", Answer(page, headers={"Content-Type": "text/html"}))
    return rss(*(item(n, link=server.url(f"/news/{n}")) for n in numbers))


def test_full_texts_are_taken_from_pages_once(index: Index, server: FeedServer) -> None:
    data = pages(server, range(3))
    feed = index.add_feed(server.serve("/feed", data), full_text=True)
    done = poll(index, feed.id)
    assert len(done.added) == 3
    articles = held(index).values()
    assert all("stood still for nine hours" in article.body for article in articles)
    assert all(article.excerpt for article in articles)
    server.serve("/feed", data.replace(b"</channel>", b"<ttl>5</ttl></channel>"))
    assert poll(index, feed.id).outcome is PollOutcome.UNCHANGED
    assert server.paths().count("/news/1") == 1
    assert server.paths().count("/robots.txt") == 1


def test_robots_are_asked_about_pages(index: Index, server: FeedServer) -> None:
    robots = "User-agent: *\nDisallow: /news/1\n\nUser-agent: other\nDisallow: /\n"
    server.serve("/robots.txt", Answer(robots.encode(), headers={"Content-Type": "text/plain"}))
    feed = index.add_feed(server.serve("/feed", pages(server, range(3))), full_text=True)
    done = poll(index, feed.id)
    assert "/news/1" not in server.paths()
    assert sorted(bool(article.body) for article in held(index).values()) == [False, True, True]
    assert done.note == (
        "1 page has no full text here, what the feed says is kept; the first: robots.txt of its "
        "host forbids it."
    )


def test_pages_are_not_fetched_where_robots_cannot_be_asked(
    index: Index, server: FeedServer
) -> None:
    server.serve("/robots.txt", Answer(b"", "500 Internal Server Error"))
    feed = index.add_feed(server.serve("/feed", pages(server, range(1))), full_text=True)
    poll(index, feed.id)
    assert "/news/0" not in server.paths()
    server.serve("/robots.txt", Answer(b"", "404 Not Found"))
    assert len(poll(index, feed.id).updated) == 1
    assert all(article.body for article in held(index).values())


def test_a_page_that_fails_is_tried_three_times(index: Index, server: FeedServer) -> None:
    data = pages(server, range(1))
    server.serve("/news/0", Answer(b"", "503 Service Unavailable"))
    feed = index.add_feed(server.serve("/feed", data), full_text=True)
    assert len(poll(index, feed.id).added) == 1  # what the feed says is there at once
    for _ in range(5):
        poll(index, feed.id)
    assert server.paths().count("/news/0") == 3


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"", "404 Not Found"),
        Answer(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}),
        Answer(b"<html><body></body></html>", headers={"Content-Type": "text/html"}),
        Answer(b"", "302 Found", {"Location": "file:///etc/passwd"}),
    ],
)
def test_a_page_that_is_none_costs_nothing_else(
    index: Index, server: FeedServer, answer: Answer
) -> None:
    data = pages(server, range(2))
    server.serve("/news/0", answer)
    feed = index.add_feed(server.serve("/feed", data), full_text=True)
    done = poll(index, feed.id)
    assert len(done.added) == 2
    assert "1 page has no full text here" in done.note
    poll(index, feed.id)
    assert server.paths().count("/news/0") == 1


def test_many_pages_follow_one_poll_after_another(
    open_with: Open, server: FeedServer, clock: Clock
) -> None:
    with open_with(pages=4) as index:
        data = pages(server, range(10))
        feed = index.add_feed(server.serve("/feed", data), full_text=True)
        done = poll(index, feed.id)
        assert len(done.added) == 4
        assert done.note == "6 entries wait for their pages."
        next_poll = index.feed(feed.id).next
        assert next_poll is not None
        assert (next_poll - clock()).total_seconds() == 60
        assert [len(poll(index, feed.id).added) for _ in range(3)] == [4, 2, 0]
        assert server.paths().count("/news/7") == 1


# --- the book of feeds ------------------------------------------------------------------------


def test_a_feed_is_added_once_changed_and_removed(index: Index, server: FeedServer) -> None:
    url = server.serve("/feed", rss(item(1)))
    feed = index.add_feed(f" {url}#top ", every="2h", provider=" Ledger ")
    assert (feed.url, feed.every, feed.provider, feed.state) == (url, 7200, "Ledger", FeedState.NEW)
    with pytest.raises(FeedExistsError):
        index.add_feed(url)
    poll(index, feed.id)
    changed = index.change_feed(url, every=3600, full_text=True)
    assert (changed.id, changed.every, changed.full_text) == (feed.id, 3600, True)
    assert changed.provider == "Ledger"
    assert index.feeds().feeds == (index.feed(feed.id),)
    assert index.remove_feed(feed.id).id == feed.id
    assert not index.feeds().feeds
    assert len(held(index)) == 1
    with pytest.raises(NoSuchFeedError):
        index.feed(feed.id)


def test_an_address_that_a_feed_once_had_is_known(index: Index, server: FeedServer) -> None:
    old, new = server.serve("/old", Answer(b"")), server.serve("/new", Answer(b""))
    feed = index.add_feed(old)
    index.change_feed(feed.id, url=new)
    with pytest.raises(FeedExistsError, match="/new"):
        index.add_feed(old)
    opml = f'<opml version="2.0"><body><outline type="rss" xmlUrl="{old}"/></body></opml>'
    assert index.import_feeds(opml.encode()).added == ()


@pytest.mark.parametrize("every", ["", "soon", "30s", "59", "8d", "-15m", "1.5h", "15 minutes"])
def test_an_interval_that_is_none_is_refused(index: Index, every: str) -> None:
    with pytest.raises(InvalidFeedError):
        index.add_feed("https://harbourledger.example/rss", every=every)


@pytest.mark.parametrize(
    ("text", "seconds"), [("60", 60), ("90s", 90), ("15m", 900), ("2 H", 7200), ("7d", 604800)]
)
def test_intervals_are_read_and_written(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds
    assert seconds_of(interval_of(seconds)) == seconds


@pytest.mark.parametrize(
    "url",
    ["http://localhost/feed", "http://127.0.0.1/feed", "http://[::1]/", "http://10.0.0.1/", "news"],
)
def test_private_addresses_are_refused_when_they_are_added(open_with: Open, url: str) -> None:
    with open_with(allow_private=False) as index, pytest.raises(InvalidFeedError):
        index.add_feed(url)


def test_the_number_of_feeds_is_limited_by_index_and_key(open_with: Open) -> None:
    with open_with(most=5, most_per_key=2) as index:
        for number in range(2):
            index.add_feed(f"https://a.example/{number}", added_by="k1")
        with pytest.raises(InvalidFeedError, match="One key may add 2 feeds"):
            index.add_feed("https://a.example/2", added_by="k1")
        for number in range(3):
            index.add_feed(f"https://b.example/{number}")
        with pytest.raises(InvalidFeedError, match="An index takes 5 feeds"):
            index.add_feed("https://b.example/3", added_by="k2")


def test_what_people_change_while_a_feed_is_polled_stays(index: Index, server: FeedServer) -> None:
    def behave(_: Request) -> Answer:
        index.change_feed(feed.id, every="3h", provider="Renamed")
        return Answer(rss(item(1)))

    feed = index.add_feed(server.serve("/feed", behave))
    poll(index, feed.id)
    now = index.feed(feed.id)
    assert (now.every, now.provider, now.articles) == (10_800, "Renamed", 1)


def test_a_feed_that_is_removed_while_it_is_polled_stays_removed(
    index: Index, server: FeedServer
) -> None:
    def behave(_: Request) -> Answer:
        index.remove_feed(feed.id)
        return Answer(rss(item(1)))

    feed = index.add_feed(server.serve("/feed", behave))
    poll(index, feed.id)
    assert not index.feeds().feeds


def test_a_feed_waits_while_another_process_writes(
    index: Index, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = index.add_feed(server.serve("/feed", rss(item(1))))

    def locked(*_: object, **__: object) -> None:
        raise IndexLockedError("Another process writes.")

    with monkeypatch.context() as patched:
        patched.setattr("semsearch.library.writer_lock", locked)
        done = poll(index, feed.id)
    assert (done.outcome, done.note) == (PollOutcome.WAITING, "Another process writes.")
    assert index.feed(feed.id).state is FeedState.NEW
    assert len(poll(index, feed.id).added) == 1
    with writer_lock(index.library.folder):
        pass


def test_only_what_is_due_is_polled(index: Index, server: FeedServer, clock: Clock) -> None:
    often = index.add_feed(server.serve("/often", rss(item(1))), every="10m")
    seldom = index.add_feed(server.serve("/seldom", rss(item(2))), every="1d")
    assert {one.feed for one in index.poll_feeds().polls} == {often.id, seldom.id}
    assert index.poll_feeds().polls == ()
    clock.forward(minutes=12)
    assert [one.feed for one in index.poll_feeds().polls] == [often.id]
    index.make_feeds_due()
    assert len(index.poll_feeds().polls) == 2


def test_status_counts_feeds(index: Index, server: FeedServer) -> None:
    index.add([{"title": "One"}])
    index.add_feed(server.serve("/a", rss(item(1))))
    bad = index.add_feed(server.url("/nothing"))
    index.poll_feeds()
    counts = index.status().feeds
    assert counts.total == 2
    assert counts.by_state == {"new": 0, "ok": 1, "failing": 1, "stopped": 0}
    assert counts.failing == {bad.id: 1}


# --- OPML -------------------------------------------------------------------------------------


OPML = """<?xml version="1.0"?><opml version="1.0"><head><title>Mine</title></head><body>
<outline text="Ports"><outline text="Ledger &amp; Co" type="rss" xmlUrl="https://a.example/rss"/>
<outline text="Twice" xmlUrl="https://a.example/rss"/>
<outline title="Wire" XMLURL="http://b.example/atom?x=1&amp;y=2"/></outline>
<outline text="Old" xmlUrl="feed://c.example/rss"/>
<outline text="A folder"/><outline text="Bad" xmlUrl="ftp://d.example/"/>
<outline text="Private" xmlUrl="http://192.168.0.1/rss"/></body></opml>"""


def test_opml_is_brought_in(open_with: Open) -> None:
    with open_with(allow_private=False) as index:
        done = index.import_feeds(OPML.encode())
        assert [feed.url for feed in done.added] == [
            "https://a.example/rss",
            "http://b.example/atom?x=1&y=2",
            "https://c.example/rss",
        ]
        assert [feed.title for feed in done.added] == ["Ledger & Co", "Wire", "Old"]
        assert done.known == ("https://a.example/rss",)
        assert [(one.line, one.path) for one in done.skipped] == [
            (6, "ftp://d.example/"),
            (7, "http://192.168.0.1/rss"),
        ]
        again = index.import_feeds(OPML.encode())
        assert (len(again.added), len(again.known)) == (0, 4)


def test_opml_as_others_write_it(index: Index) -> None:
    opml = (
        '<opml version="2.0"><body>\n<outline text="A&B" xmlUrl="https://a.example/rss?x=1&y=2"/>\n'
        '<outline text="caf&eacute; &#233; &amp;" xmlUrl="https://b.example/rss?x=1&amp;y=2"/>\n'
        '<outline text="Only a page" type="rss" htmlUrl="https://c.example/"/>\n'
        '<outline text="A link" type="link" url="https://d.example/"/></body></opml>'
    )
    done = index.import_feeds(opml.encode())
    assert [(feed.url, feed.title) for feed in done.added] == [
        ("https://a.example/rss?x=1&y=2", "A&B"),
        ("https://b.example/rss?x=1&y=2", "caf&eacute; é &"),
    ]
    assert [(one.line, one.path, one.reason) for one in done.skipped] == [
        (4, "Only a page", "it names no address of a feed (xmlUrl)")
    ]


def test_opml_goes_out_and_comes_back_as_it_was(open_with: Open, tmp_path: Path) -> None:
    with open_with() as index:
        index.add_feed("https://a.example/rss?x=1&y=2", every="45m", provider='A "B" <C>')
        index.add_feed("https://b.example/rss", full_text=True)
        written = index.export_feeds()
        before = {one.url: (one.every, one.provider, one.full_text) for one in index.feeds().feeds}
    settings = Settings(index=tmp_path / "other")
    with open_index(settings, create=True, encoder=HashingEncoder()) as other:
        other.import_feeds(written.encode())
        after = {one.url: (one.every, one.provider, one.full_text) for one in other.feeds().feeds}
        assert after == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no list",
        "<html></html>",
        '<opml><body><outline xmlUrl="https://a.example/"',
        '<!DOCTYPE opml [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><opml><body/></opml>',
        '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
    ],
)
def test_what_is_no_opml_is_refused(index: Index, text: str) -> None:
    with pytest.raises(InvalidFeedError):
        index.import_feeds(text.encode())
    assert not index.feeds().feeds
