"""A server that misbehaves, over real HTTP: the feed says what is wrong, nothing else breaks."""

import asyncio
import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from socket import create_server
from time import process_time

import pytest

from semsearch.assembly import open_index
from semsearch.config import FeedsSettings, Settings
from semsearch.index import Index
from semsearch.model.feeds import Feed, FeedPoll, FeedState, PollOutcome
from semsearch.watch.expanding import expanded
from semsearch.watch.fetched import FetchError
from semsearch.watch.fetching import Fetcher
from tests.support.certificates import self_signed
from tests.support.encoder import HashingEncoder
from tests.support.feeds import (
    RSS,
    START,
    Answer,
    Behaviour,
    Clock,
    FeedServer,
    feed_server,
    gzipped,
    item,
    redirect,
    rss,
)
from tests.support.indexes import fast_folder

MAX_BYTES = 2**20
MAX_EXPANDED = 2 * 2**20
GOOD = rss(item(1), item(2))


@dataclass
class Desk:
    """An index that polls feeds of a server."""

    index: Index
    server: FeedServer
    clock: Clock
    number: int = 0

    def poll(self, behaviour: Behaviour | Answer | bytes | str, every: str = "15m") -> FeedPoll:
        self.number += 1
        return self.poll_at(self.server.serve(f"/case-{self.number}", behaviour), every)

    def poll_at(self, url: str, every: str = "15m") -> FeedPoll:
        return self.again(self.index.add_feed(url, every=every).id)

    def again(self, feed: str) -> FeedPoll:
        (done,) = self.index.poll_feeds(feed).polls
        return done

    def feed(self, poll: FeedPoll) -> Feed:
        return self.index.feed(poll.feed)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    settings = FeedsSettings(
        allow_private=True,
        host_seconds=0,
        max_bytes=MAX_BYTES,
        max_expanded_bytes=MAX_EXPANDED,
    )
    clock = Clock()
    with (
        fast_folder() as folder,
        feed_server() as server,
        open_index(
            Settings(index=folder, feeds=settings),
            create=True,
            encoder=HashingEncoder(),
            now=clock,
        ) as index,
    ):
        yield Desk(index, server, clock)


def raw(*parts: bytes, wait: float = 0.0, forever: bool = False) -> Answer:
    """Bytes as they stand, with a pause behind each part."""
    stop = threading.Event()

    def send(write: Callable[[bytes], object]) -> None:
        for part in parts:
            write(part)
            stop.wait(wait)
        while forever:
            write(parts[-1])
            stop.wait(wait)

    return Answer(raw=send)


def head(length: int | None = None, *, kind: str = RSS, more: str = "") -> bytes:
    told = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{told}{more}\r\n".encode()


def bomb() -> str:
    """Entities that stand for ten others each, nine levels deep."""
    entities = '<!ENTITY l0 "lol">'
    for level in range(1, 10):
        entities += f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">'
    channel = "<rss><channel><title>&l9;</title></channel></rss>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{entities}]>{channel}'


TOO_SLOW = {
    "slow to begin": raw(b"", wait=3),
    "a byte at a time": raw(head(), b"<", wait=0.02, forever=True),
    "a head that never ends": raw(b"HTTP/1.1 200 OK\r\n", b"X-A: a\r\n", wait=0.01, forever=True),
}


@pytest.mark.parametrize("case", TOO_SLOW)
def test_the_time_for_everything_together_is_limited(desk: Desk, case: str) -> None:
    url = desk.server.serve(f"/{case.replace(' ', '-')}", TOO_SLOW[case])
    settings = FeedsSettings(allow_private=True, seconds=0.3, host_seconds=0)

    async def fetch() -> None:
        async with Fetcher(settings, desk.clock) as fetcher:
            await fetcher.fetch(url)

    started = time.monotonic()
    with pytest.raises(FetchError, match=r"it took longer than 0\.3 seconds") as refused:
        asyncio.run(fetch())
    assert refused.value.passing
    assert time.monotonic() - started < 2.5


FAILING: dict[str, tuple[Behaviour | Answer | bytes | str, str]] = {
    "a long head": (
        raw(b"HTTP/1.1 200 OK\r\n" + b"X-More: " + b"m" * 200_000 + b"\r\n\r\n"),
        "does not speak HTTP as it should",
    ),
    "endless": (raw(head(), b"<rss>" + b" " * 2**16, forever=True), "larger than 1,048,576 bytes"),
    "50 MB, and it says so": (raw(head(50 * 2**20)), "larger than 1,048,576 bytes"),
    "expands to 50 MB": (gzipped(GOOD + b" " * 50 * 2**20), "larger than 2,097,152 bytes"),
    "breaks off": (raw(head(10_000) + GOOD), "It breaks off."),
    "compressed and breaks off": (
        Answer(gzip.compress(GOOD)[:-20], headers={"Content-Encoding": "gzip"}),
        "it is compressed and breaks off",
    ),
    "compressed and damaged": (
        Answer(gzip.compress(GOOD)[:20] + b"\xff" * 50, headers={"Content-Encoding": "gzip"}),
        "compressed and damaged",
    ),
    "an encoding that was not asked for": (
        Answer(GOOD, headers={"Content-Encoding": "br"}),
        "sent as br, which was not asked for",
    ),
    "401": (Answer(b"", "401 Unauthorized"), "asks for a password (401)"),
    "403": (Answer(b"", "403 Forbidden"), "refuses to answer (403)"),
    "404": (Answer(b"", "404 Not Found"), "nothing at its address (404)"),
    "500": (Answer(b"oh", "500 Internal Server Error"), "internal server error (500)"),
    "999": (Answer(b"", "999 Request denied"), "its answer has no meaning (999)".capitalize()),
    "204": (Answer(b"", "204 No Content"), "no content (204)"),
    "304 that nobody asked for": (
        Answer(b"", "304 Not Modified"),
        "without being asked (304)",
    ),
    "empty": (b"", "Its answer is empty."),
    "blank": (b" \r\n ", "Its answer is empty."),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP as it should"),
    "hangs up": (raw(), "does not speak HTTP as it should"),
    "a redirect to nowhere": (Answer(b"", "302 Found"), "without saying where to"),
    "a redirect to a file": (redirect("file:///etc/passwd"), "redirects to what is no web"),
    "a redirect to another protocol": (
        redirect("gopher://127.0.0.1/1"),
        "redirects to what is no web",
    ),
    "a redirect to what is no address": (redirect("http://[::1"), "no web address"),
    "an XML bomb": (bomb(), "XML entities that stand for others"),
    "entities of files": (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><title>&x;</title></rss>',
        "XML entities that stand for others or for files",
    ),
    "a page": (
        Answer(
            b"<!doctype html><title>News</title><p>Hello", headers={"Content-Type": "text/html"}
        ),
        "web page, not a feed, and names none",
    ),
    "a picture": (
        Answer(b"\x89PNG\r\n\x1a\n" + bytes(500), headers={"Content-Type": "image/png"}),
        "there is no feed at its address, but something else (image/png)".capitalize(),
    ),
    "a text": (
        Answer(b"Nothing here yet.", headers={"Content-Type": "text/plain"}),
        "something else (text/plain)",
    ),
    "broken JSON": (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{', "not JSON"),
}


@pytest.mark.parametrize("case", FAILING)
def test_it_says_what_is_wrong_and_waits_longer_each_time(desk: Desk, case: str) -> None:
    behaviour, said = FAILING[case]
    done = desk.poll(behaviour)
    assert (done.outcome, done.added) == (PollOutcome.FAILED, ())
    assert said.lower() in done.note.lower()
    assert done.note.endswith(".")
    feed = desk.feed(done)
    assert (feed.state, feed.note, feed.failures) == (FeedState.FAILING, done.note, 1)
    assert feed.read is None
    assert feed.next is not None
    assert feed.next > START


def test_a_loop_of_redirects_ends(desk: Desk) -> None:
    there = desk.server.url("/loop-b")
    desk.server.serve("/loop-b", redirect("/loop-a"))
    desk.server.serve("/loop-a", redirect(there))
    assert "in a circle" in desk.poll_at(desk.server.url("/loop-a")).note


def test_a_chain_of_redirects_ends(desk: Desk) -> None:
    for place in range(20):
        desk.server.serve(f"/chain-{place}", redirect(f"/chain-{place + 1}"))
    assert "more than 8 times" in desk.poll_at(desk.server.url("/chain-0")).note
    assert "/chain-10" not in desk.server.paths()


def test_a_feed_that_is_gone_is_not_polled_any_more(desk: Desk) -> None:
    done = desk.poll(Answer(b"", "410 Gone"))
    feed = desk.feed(done)
    assert (feed.state, feed.next) == (FeedState.STOPPED, None)
    assert feed.note == "It is gone for good (410). It is not polled any more."
    desk.clock.forward(days=30)
    asked = len(desk.server.requests)
    assert feed.id not in [one.id for one in desk.index._components.feeds.due()]
    assert len(desk.server.requests) == asked
    changed = desk.index.change_feed(feed.id, every="1h")
    assert changed.state is FeedState.NEW
    assert feed.id in [one.id for one in desk.index._components.feeds.due()]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("3600", 3600), ("Wed, 01 Apr 2026 12:00:00 GMT", 0), ("soon", 0), ("-5", 0), ("9" * 40, 0),
     (f"Wed, 01 Apr {'9' * 20} 12:00:00 GMT", 0)],
)  # fmt: skip
def test_too_many_requests_are_answered_by_waiting(desk: Desk, value: str, seconds: int) -> None:
    def busy(_: object) -> Answer:
        return Answer(b"", "429 Too Many Requests", {"Retry-After": value})

    done = desk.poll(busy, every="1m")
    feed = desk.feed(done)
    assert "asked too often (429)" in feed.note
    assert feed.next is not None
    assert (feed.next - desk.clock()).total_seconds() >= max(seconds, 60)


def test_a_host_that_asks_for_rest_is_left_alone_by_all_its_feeds(desk: Desk) -> None:
    busy = Answer(b"", "429 Too Many Requests", {"Retry-After": "600"})
    first = desk.index.add_feed(desk.server.serve("/busy", busy))
    others = [desk.index.add_feed(desk.server.serve(f"/calm-{n}", GOOD)) for n in range(3)]
    done = desk.index.poll_feeds(first.id, *(one.id for one in others)).polls
    paths = desk.server.paths()
    assert paths.count("/busy") == 1
    before = [path for path in paths[: paths.index("/busy")] if path.startswith("/calm")]
    assert not any(path.startswith("/calm") for path in paths[paths.index("/busy") :])
    assert sum("left alone until" in each.note for each in done) == len(others) - len(before)


def test_a_feed_that_works_again_is_as_before(desk: Desk) -> None:
    answers = iter([Answer(b"", "502 Bad Gateway")] * 3 + [Answer(GOOD)])
    done = desk.poll(lambda _: next(answers), every="10m")
    waits = []
    for _ in range(2):
        desk.again(done.feed)
        feed = desk.feed(done)
        assert feed.next is not None
        waits.append((feed.next - desk.clock()).total_seconds())
    assert 1200 <= waits[0] <= 1320
    assert 2400 <= waits[1] <= 2640
    desk.again(done.feed)
    feed = desk.feed(done)
    assert (feed.state, feed.note, feed.failures) == (FeedState.OK, "", 0)


def test_back_off_ends_at_a_day(desk: Desk) -> None:
    done = desk.poll(Answer(b"", "503 Service Unavailable"), every="6h")
    for _ in range(6):
        desk.again(done.feed)
    feed = desk.feed(done)
    assert feed.next is not None
    assert 86_400 <= (feed.next - desk.clock()).total_seconds() <= 86_400 * 1.1


def test_a_permanent_redirect_is_remembered(desk: Desk) -> None:
    new = desk.server.serve("/moved-here", GOOD)
    desk.server.serve("/moved-b", redirect("/moved-here", "308 Permanent Redirect"))
    done = desk.poll_at(
        desk.server.serve("/moved-a", redirect("/moved-b", "301 Moved Permanently"))
    )
    assert desk.feed(done).url == new
    desk.again(done.feed)
    assert desk.server.paths().count("/moved-a") == 1


def test_a_permanent_redirect_behind_a_passing_one_is_not(desk: Desk) -> None:
    desk.server.serve("/there", GOOD)
    desk.server.serve("/then", redirect("/there", "301 Moved Permanently"))
    done = desk.poll_at(desk.server.serve("/passing", redirect("/then", "307 Temporary Redirect")))
    assert done.outcome is not PollOutcome.FAILED
    assert desk.feed(done).url == desk.server.url("/passing")


def test_a_permanent_redirect_to_what_fails_is_not(desk: Desk) -> None:
    done = desk.poll(redirect("/nothing-there", "301 Moved Permanently"))
    assert done.outcome is PollOutcome.FAILED
    assert "/case-" in desk.feed(done).url


def test_a_feed_that_moves_to_another_one_is_stopped(desk: Desk) -> None:
    other = desk.poll_at(desk.server.serve("/the-other", rss(item(900))))
    done = desk.poll(redirect("/the-other", "301 Moved Permanently"))
    feed = desk.feed(done)
    assert feed.state is FeedState.STOPPED
    assert feed.note == f"It has moved to {other.url}, which is the feed {other.feed} already."


def test_a_page_that_names_its_feeds_says_them(desk: Desk) -> None:
    page = (
        '<!doctype html><html><head><base href="/news/"><title>Ledger</title>'
        '<link rel="alternate" type="application/rss+xml" href="rss.xml">'
        "<link rel='ALTERNATE nofollow' type='application/atom+xml; charset=utf-8' href='/atom'>"
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel="alternate" type="text/html" hreflang="de" href="/de">'
        '<link rel="stylesheet" href="/s.css"></head>'
    )
    done = desk.poll(Answer(page.encode(), headers={"Content-Type": "text/html"}))
    feed = desk.feed(done)
    assert feed.found == (desk.server.url("/news/rss.xml"), desk.server.url("/atom"))
    assert "it names these feeds" in feed.note
    assert not done.added


# --- what is read in spite of its server ------------------------------------------------------


def fresh(first: int) -> bytes:
    return rss(item(first), item(first + 1))


def test_the_wrong_type_does_not_matter(desk: Desk) -> None:
    done = desk.poll(Answer(fresh(100), headers={"Content-Type": "text/html; charset=utf-8"}))
    assert len(done.added) == 2


def test_a_length_that_lies_does_not_matter_where_it_is_too_short(desk: Desk) -> None:
    data = fresh(110)
    done = desk.poll(raw(head(len(data) - 60) + data))
    assert len(done.added) >= 1
    assert "XML is broken, so entries may be missing" in done.note


@pytest.mark.parametrize("kind", ["gzip", "deflate", "raw deflate", "twice", "no gzip", "unsaid"])
def test_compression_and_what_is_said_of_it(desk: Desk, kind: str) -> None:
    data = fresh(120 + 2 * len(kind) + ord(kind[0]))
    bare = zlib.compressobj(wbits=-15)
    body, said = {
        "gzip": (gzip.compress(data), "gzip"),
        "deflate": (zlib.compress(data), "deflate"),
        "raw deflate": (bare.compress(data) + bare.flush(), "deflate"),
        "twice": (gzip.compress(data[:300]) + gzip.compress(data[300:]), "x-gzip"),
        "no gzip": (data, "gzip"),
        "unsaid": (gzip.compress(data), ""),
    }[kind]
    done = desk.poll(Answer(body, headers={"Content-Encoding": said}))
    assert len(done.added) == 2, done.note


def test_very_many_compressed_pieces_take_no_time_of_their_square() -> None:
    def seconds(pieces: int) -> float:
        data = gzip.compress(b"") * pieces
        started = process_time()
        assert expanded(data, "gzip", 1024) == b""
        return process_time() - started

    assert seconds(160_000) < 20 * seconds(20_000)


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("cp1252", "", "windows-1252"),
        ("cp1251", "", "windows-1251"),
        ("utf-8", "", "iso-8859-1"),
        ("utf-8", "utf-8", "windows-1251"),
        ("iso-8859-15", "iso-8859-15", "utf-8"),
        ("utf-16", "utf-16", ""),
        ("utf-8", "", "no-such-charset"),
        ("utf-8", "no-such-charset", ""),
    ],
)
def test_the_wrong_charset_does_not_spoil_the_text(
    desk: Desk, encoding: str, declared: str, charset: str
) -> None:
    title = "Забастовка в порту" if encoding == "cp1251" else "Grève à Brackwater: 5 % de plus"
    said = f' encoding="{declared}"' if declared else ""
    link = f"https://port.example/{encoding}/{declared}/{charset}"
    text = f'<?xml version="1.0"{said}?><rss><channel><title>Le Port</title>'
    text += f"<item><title>{title}</title><link>{link}</link></item></channel></rss>"
    kind = f"text/xml; charset={charset}" if charset else "text/xml"
    done = desk.poll(Answer(text.encode(encoding), headers={"Content-Type": kind}))
    assert [desk.index.get(one).title for one in done.added] == [title]


def test_broken_xml_is_read_as_far_as_it_goes_and_said(desk: Desk) -> None:
    data = rss(item(200), item(201, title="Bread &amp butter"), item(202)).replace(
        b"</rss>", b"<a>"
    )
    done = desk.poll(data)
    assert len(done.added) == 3
    assert done.note.startswith("Its XML is broken, so entries may be missing: ")
    assert desk.feed(done).state is FeedState.OK


def test_a_feed_without_entries_is_no_failure(desk: Desk) -> None:
    done = desk.poll(rss())
    assert (done.outcome, done.note) == (PollOutcome.UNCHANGED, "It has no entries now.")
    assert desk.feed(done).state is FeedState.OK


def test_dates_in_the_future_are_not_believed(desk: Desk) -> None:
    tomorrow = "Thu, 02 Apr 2026 07:00:00 GMT"
    data = rss(item(210, date="Fri, 02 Mar 2035 07:00:00 GMT"), item(211, date=tomorrow))
    done = desk.poll(data)
    assert "1 entry is dated in the future" in done.note
    late = [desk.index.get(one) for one in done.added]
    assert [one.published for one in late if one.url.endswith("/210")] == [None]
    assert "2035-03-02T07:00:00+00:00" in [one.extra.get("published_unread") for one in late]


def test_relative_links_count_from_where_the_feed_lies(desk: Desk) -> None:
    data = b"<rss><channel><title>T</title><item><title>One</title><link>../a/b?x=1</link></item>"
    data += b"</channel></rss>"
    desk.server.serve("/deep/er/feed", data)
    done = desk.poll(redirect("/deep/er/feed"))
    assert [desk.index.get(one).url for one in done.added] == [desk.server.url("/deep/a/b?x=1")]


def test_an_entry_that_cannot_be_read_does_not_cost_the_others(desk: Desk) -> None:
    empty = "<item><link>https://harbourledger.example/empty</link></item>"
    done = desk.poll(rss(item(220), empty, item(221)))
    assert len(done.added) == 2
    (skipped,) = done.skipped
    assert skipped.reason.startswith("entry 2: no title and no text")
    assert f"1 entry is left out; the first: {skipped.reason}." in done.note


def test_atom_rdf_and_json_feeds_are_read(desk: Desk) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Coast Wire</title>'
        "<entry><title>Gale closes the harbour</title><id>tag:coast.example,2026:1</id>"
        '<link href="/gale"/><updated>2026-03-02T06:00:00Z</updated>'
        "<content type='html'>&lt;p&gt;All berths are shut.&lt;/p&gt;</content></entry></feed>"
    )
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>Port Notes</title><link>https://notes.example/</link></channel>"
        "<item><title>Crane inspected</title><link>https://notes.example/crane</link>"
        "<dc:creator>A. Reed</dc:creator></item></rdf:RDF>"
    )
    jsonfeed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Quay Talk",
        "home_page_url": "https://quay.example/",
        "items": [
            {
                "id": "77",
                "url": "https://quay.example/talk/77",
                "title": "Ferry timetable changes",
                "content_text": "From Monday the ferry leaves at seven.",
                "date_published": "2026-03-02T05:00:00Z",
            },
            {"id": "78", "content_text": "A note that has no address."},
        ],
    }
    made = [desk.poll(one) for one in (atom, rdf, json.dumps(jsonfeed, indent=1))]
    titles = [sorted(desk.index.get(one).title for one in each.added) for each in made]
    assert titles == [
        ["Gale closes the harbour"],
        ["Crane inspected"],
        ["", "Ferry timetable changes"],
    ]
    assert [desk.feed(each).title for each in made] == ["Coast Wire", "Port Notes", "Quay Talk"]
    gale = desk.index.get(made[0].added[0])
    assert (gale.body, gale.url) == ("All berths are shut.", desk.server.url("/gale"))


# --- TLS --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with a certificate that nobody trusts."""
    context = self_signed(tmp_path_factory.mktemp("tls"))
    with create_server(("127.0.0.1", 0)) as listening:
        closing = threading.Event()

        def serve() -> None:
            while not closing.is_set():
                try:
                    connection, _ = listening.accept()
                    with context.wrap_socket(connection, server_side=True) as tls:
                        tls.recv(2**16)
                except OSError:
                    continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        closing.set()
        listening.close()


def test_a_certificate_that_nobody_trusts_is_refused(desk: Desk, tls_port: int) -> None:
    done = desk.poll_at(f"https://127.0.0.1:{tls_port}/feed")
    assert done.outcome is PollOutcome.FAILED
    assert done.note.startswith("The certificate of 127.0.0.1 is not valid: ")


def test_what_does_not_speak_tls_is_said(desk: Desk) -> None:
    done = desk.poll_at(desk.server.url("/plain").replace("http:", "https:"))
    assert "does not speak TLS as it should" in done.note
