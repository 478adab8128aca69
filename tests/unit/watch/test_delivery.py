"""Alerts reach their places at least once, over real HTTP, from receivers that misbehave."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from semsearch.config import WatchSettings
from semsearch.errors import InvalidWatchError
from semsearch.model.article import Provider
from semsearch.model.search import Confidence
from semsearch.model.watch import Alert, Delivery, DeliveryState, WatchSpec
from semsearch.store.catalog.catalog import Catalog
from semsearch.store.catalog.watch_rows import StoredWatch
from semsearch.store.catalog.watches import JudgedBatch, WatchStore
from semsearch.watch.delivery import Deliverer
from semsearch.watch.places import check_places, shown
from semsearch.watch.sending import SIGNATURE, Sender, SendError, mail_of, signature
from tests.support.feeds import Answer, Clock, FeedServer, Request, feed_server

START = datetime(2024, 3, 5, 12, tzinfo=UTC)
SECRET = "invented"  # noqa: S105  # pragma: allowlist secret
OPEN = WatchSettings(allow_private=True)
IMPATIENT = WatchSettings(allow_private=True, timeout=0.5)


@dataclass
class Receiver:
    """A server that answers as it is told."""

    server: FeedServer
    status: int = 200
    delay: float = 0.0
    drip: bool = False
    location: str = ""
    retry_after: str = ""

    def __post_init__(self) -> None:
        self.place = "webhook:" + self.server.serve("/in?token=abc", self.behave)

    def behave(self, _: Request) -> Answer:
        time.sleep(self.delay)
        headers = {"Location": self.location, "Retry-After": self.retry_after}
        return Answer(b"", f"{self.status} Told", headers, _dripped if self.drip else None)

    @property
    def got(self) -> list[tuple[bytes, str]]:
        """Bodies with their signatures."""
        return [(one.body, one.headers[SIGNATURE.lower()]) for one in self.server.requests]


def _dripped(write: Callable[[bytes], object]) -> None:
    for _ in range(40):
        write(b"H")
        time.sleep(0.1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with feed_server() as server:
        yield Receiver(server)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


def alert(number: int = 1, at: datetime = START) -> Alert:
    return Alert(
        id=f"alert{number}",
        watch="w",
        watch_name="ferry",
        article=f"a{number}",
        title="Ferry\r\nBcc: everybody@news.example",
        url="https://gazette.example/a1",
        provider=Provider("Lisk Gazette"),
        published=None,
        story=None,
        at=at,
        score=1.0,
        score_parts={"lead": 1.0},
        confidence=Confidence.HIGH,
        passage=None,
        new=(),
        reports=(),
    )


def kept(catalog: Catalog, place: str, alerts: int = 1) -> WatchStore:
    store = WatchStore(catalog.database)
    spec = WatchSpec(name="ferry", question="Ferry?", to=(place,))
    store.add(StoredWatch("w", spec, START, secret=SECRET))
    made = [(alert(number), (place,)) for number in range(1, alerts + 1)]
    store.write(JudgedBatch(1, made))
    return store


def states(store: WatchStore) -> list[DeliveryState]:
    return [one.state for one in reversed(store.deliveries.listed(None, None))]


def test_an_alert_is_posted_once_and_signed(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    store = kept(catalog, receiver.place)
    deliverer = Deliverer(store, OPEN, clock)
    deliverer.deliver()
    deliverer.deliver()
    ((body, signed),) = receiver.got
    assert signed == f"sha256={signature(SECRET, body)}"
    document = json.loads(body)
    assert (document["id"], document["watch_name"]) == ("alert1", "ferry")
    assert states(store) == [DeliveryState.SENT]
    assert SECRET.encode() not in body


@pytest.mark.parametrize("status", [500, 404, 429])
def test_what_fails_for_an_hour_arrives_then(
    catalog: Catalog, receiver: Receiver, clock: Clock, status: int
) -> None:
    store, receiver.status = kept(catalog, receiver.place), status
    deliverer = Deliverer(store, OPEN, clock)
    attempts = 0
    while clock.at < START + timedelta(hours=1):
        attempts += len(deliverer.deliver())
        clock.forward(seconds=10)
    assert 5 <= attempts <= 10  # it backs off
    assert states(store) == [DeliveryState.WAITING]
    receiver.status = 204
    clock.forward(hours=1)
    deliverer.deliver()
    assert states(store) == [DeliveryState.SENT]
    assert len({json.loads(body)["id"] for body, _ in receiver.got}) == 1


def test_after_a_day_it_is_given_up_and_listed(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    store, receiver.status = kept(catalog, receiver.place), 500
    deliverer = Deliverer(store, OPEN, clock)
    for _ in range(30):
        deliverer.deliver()
        clock.forward(hours=1)
    (dead,) = store.deliveries.listed("w", DeliveryState.DEAD)
    assert (dead.error, dead.next_at) == ("it answered 500", None)
    assert store.shown(store.all())[0].dead == 1
    before = len(receiver.got)
    deliverer.deliver()
    assert len(receiver.got) == before


def test_a_place_that_is_gone_gets_no_more_until_a_test_arrives_or_the_watch_is_changed(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    store, receiver.status = kept(catalog, receiver.place, alerts=2), 410
    deliverer = Deliverer(store, OPEN, clock)
    (tried,) = deliverer.deliver()
    assert (tried.state, tried.error) == (DeliveryState.GONE, "it is gone for good (410)")
    assert states(store) == [DeliveryState.GONE] * 2
    store.write(JudgedBatch(2, [(alert(3), (receiver.place,))]))
    (ended,) = deliverer.deliver()
    assert ended.state is DeliveryState.GONE
    assert len(receiver.got) == 1
    (watch,) = store.shown(store.all())
    assert (watch.gone, watch.dead, watch.waiting) == ((receiver.place,), 3, 0)
    (stored,) = store.all()
    assert not deliverer.test(stored)[0].ok
    assert store.shown([stored])[0].gone == (receiver.place,)
    receiver.status = 200
    assert deliverer.test(stored)[0].ok
    assert store.shown([stored])[0].gone == ()
    store.write(JudgedBatch(3, [(alert(4), (receiver.place,))]))
    deliverer.deliver()
    assert states(store) == [*[DeliveryState.DEAD] * 3, DeliveryState.SENT]
    receiver.status = 410
    store.write(JudgedBatch(4, [(alert(5), (receiver.place,))]))
    deliverer.deliver()
    store.update(stored)
    assert store.shown([stored])[0].gone == ()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("5", 10),  # no sooner than by itself
        ("1800", 1_800),
        ("Tue, 05 Mar 2024 13:00:00 GMT", 3_600),
        ("999999", 86_400),  # then it is tried for the last time
        ("soon", 10),
    ],
)
def test_a_place_that_asks_for_time_is_given_it(
    catalog: Catalog, receiver: Receiver, clock: Clock, status: int, asked: str, waits: int
) -> None:
    store, receiver.status = kept(catalog, receiver.place, alerts=2), status
    receiver.retry_after = asked
    deliverer = Deliverer(store, OPEN, clock)
    deliverer.deliver()
    waiting = store.deliveries.listed(None, DeliveryState.WAITING)
    assert {one.next_at for one in waiting} == {START + timedelta(seconds=waits)}
    assert len(waiting) == 2
    clock.forward(seconds=waits - 1)
    assert deliverer.deliver() == ()


def test_other_failures_ask_for_no_time(catalog: Catalog, receiver: Receiver, clock: Clock) -> None:
    store, receiver.status, receiver.retry_after = kept(catalog, receiver.place), 500, "7200"
    (tried,) = Deliverer(store, OPEN, clock).deliver()
    assert tried.next_at == START + timedelta(seconds=10)


def test_a_redirect_is_not_followed(catalog: Catalog, receiver: Receiver, clock: Clock) -> None:
    receiver.status, receiver.location = 307, receiver.place.partition(":")[2]
    store = kept(catalog, receiver.place)
    (tried,) = Deliverer(store, OPEN, clock).deliver()
    assert "redirects" in tried.error
    assert len(receiver.got) == 1


@pytest.mark.parametrize("drip", [False, True])
def test_a_slow_receiver_is_cut_off_in_time(
    catalog: Catalog, receiver: Receiver, clock: Clock, *, drip: bool
) -> None:
    receiver.delay, receiver.drip = (0.0 if drip else 2.0), drip
    store = kept(catalog, receiver.place)
    started = time.monotonic()
    (tried,) = Deliverer(store, IMPATIENT, clock).deliver()
    assert tried.error == "it took longer than 0.5 seconds"
    assert time.monotonic() - started < 2


def test_a_receiver_that_does_not_speak_http_is_a_failed_attempt(
    catalog: Catalog, clock: Clock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(2**16)
                connection.sendall(b"garbage, not HTTP\r\n\r\n")

        thread = Thread(target=answer)
        thread.start()
        store = kept(catalog, f"webhook:http://127.0.0.1:{listener.getsockname()[1]}/in")
        (tried,) = Deliverer(store, OPEN, clock).deliver()
        thread.join()
    assert "does not speak HTTP as it should" in tried.error


def test_letters_of_other_languages_in_an_address_are_escaped(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    receiver.server.serve("/h%C3%B6he?q=%C3%BC&k=%20", receiver.behave)
    store = kept(catalog, f"webhook:{receiver.server.url('/höhe?q=ü&k=%20')}")
    Deliverer(store, OPEN, clock).deliver()
    assert states(store) == [DeliveryState.SENT]


def test_what_another_process_sent_meanwhile_stays_sent(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = kept(catalog, "webhook:http://127.0.0.1:9/in", alerts=2)
    (_, _), (key, second) = store.deliveries.due(clock(), 10)
    deliverer = Deliverer(store, OPEN, clock)
    attempt = deliverer._attempt

    def meanwhile(*given: Any) -> Delivery:
        store.deliveries.write(key, replace(second, state=DeliveryState.SENT, next_at=None))
        return attempt(*given)

    monkeypatch.setattr(deliverer, "_attempt", meanwhile)
    deliverer.deliver()
    assert states(store) == [DeliveryState.WAITING, DeliveryState.SENT]


def test_where_a_place_is_down_the_rest_waits_with_it(catalog: Catalog, clock: Clock) -> None:
    store = kept(catalog, "webhook:http://127.0.0.1:9/in", alerts=3)
    tried = Deliverer(store, OPEN, clock).deliver()
    assert len(tried) == 1
    waiting = store.deliveries.listed(None, DeliveryState.WAITING)
    assert len({one.next_at for one in waiting}) == 1
    assert all(one.error for one in waiting)


def test_an_alert_that_a_place_refuses_does_not_hold_up_the_others(
    catalog: Catalog, clock: Clock
) -> None:
    def picky(request: Request) -> Answer:
        refused = json.loads(request.body)["id"] == "alert1"
        return Answer(b"", "400 No" if refused else "200 Yes")

    with feed_server() as server:
        store = kept(catalog, "webhook:" + server.serve("/in", picky), alerts=3)
        deliverer = Deliverer(store, OPEN, clock)
        for _ in range(2):
            deliverer.deliver()
            clock.forward(minutes=1)
    assert states(store) == [DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.SENT]


def test_an_alert_of_the_end_of_an_outage_is_not_given_up_with_those_of_its_beginning(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    store, receiver.status = kept(catalog, receiver.place), 500
    deliverer = Deliverer(store, OPEN, clock)
    for _ in range(23):
        deliverer.deliver()
        clock.forward(hours=1)
    store.write(JudgedBatch(2, [(alert(2, clock()), (receiver.place,))]))
    for _ in range(3):
        deliverer.deliver()
        clock.forward(hours=1)
    assert states(store) == [DeliveryState.DEAD, DeliveryState.WAITING]
    receiver.status = 200
    deliverer.deliver()
    assert states(store) == [DeliveryState.DEAD, DeliveryState.SENT]


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"]
)
def test_private_addresses_are_refused_after_the_look_up(address: str) -> None:
    async def resolve(_: str, __: int) -> list[str]:
        return [address]

    sender = Sender(WatchSettings(), resolve)
    with pytest.raises(SendError, match="no public address"):
        sender.send("webhook:https://desk.example/in", alert())


def test_of_two_processes_one_sends(catalog: Catalog, receiver: Receiver, clock: Clock) -> None:
    store = kept(catalog, receiver.place)
    ((key, due),) = store.deliveries.due(clock(), 10)
    assert store.deliveries.claim(key, due, clock() + timedelta(minutes=1))
    assert not store.deliveries.claim(key, due, clock() + timedelta(minutes=1))
    assert Deliverer(store, OPEN, clock).deliver() == ()
    clock.forward(minutes=2)  # the other died
    Deliverer(store, OPEN, clock).deliver()
    assert states(store) == [DeliveryState.SENT]


def test_a_file_gets_a_line_and_nothing_outside_its_folder(tmp_path: Path) -> None:
    settings = WatchSettings(files=tmp_path / "out")
    sender = Sender(settings)
    for number in (1, 2):
        sender.send("file:news/alerts.jsonl", alert(number))
    lines = (tmp_path / "out" / "news" / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["alert1", "alert2"]
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    with pytest.raises(SendError):
        sender.send("file:link/alerts.jsonl", alert())
    for place in ("file:/etc/passwd", "file:../x", "file:a/../../x", "file:."):
        with pytest.raises(InvalidWatchError):
            check_places([place], settings)


def test_a_line_that_was_cut_off_costs_no_other_alert(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Sender(WatchSettings(files=tmp_path))
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:20]))
        with pytest.raises(SendError, match="disk may be full"):
            sender.send("file:alerts.jsonl", alert(1))
    for number in (1, 2):
        sender.send("file:alerts.jsonl", alert(number))
    _, *lines = (tmp_path / "alerts.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["alert1", "alert2"]


def test_nothing_more_goes_to_a_place_that_the_watch_no_longer_names(
    catalog: Catalog, receiver: Receiver, clock: Clock
) -> None:
    store = kept(catalog, receiver.place)
    (watch,) = store.all()
    store.update(replace(watch, spec=replace(watch.spec, to=())))
    assert Deliverer(store, OPEN, clock).deliver() == ()
    (given_up,) = store.deliveries.listed("w", DeliveryState.DEAD)
    assert given_up.error == "the watch sends there no longer"
    assert receiver.got == []


def test_a_place_that_a_watch_names_no_longer_while_an_attempt_fails_is_not_tried_again(
    catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = kept(catalog, "webhook:http://127.0.0.1:9/in")
    (watch,) = store.all()
    deliverer = Deliverer(store, OPEN, clock)
    attempt = deliverer._attempt

    def meanwhile(*given: Any) -> Delivery:
        store.update(replace(watch, spec=replace(watch.spec, to=())))
        return attempt(*given)

    monkeypatch.setattr(deliverer, "_attempt", meanwhile)
    deliverer.deliver()
    clock.forward(hours=1)
    assert (states(store), deliverer.deliver()) == ([DeliveryState.DEAD], ())


def test_a_command_gets_the_alert_on_stdin(tmp_path: Path) -> None:
    target = tmp_path / "got"
    write = f"import sys; open({str(target)!r}, 'w').write(sys.stdin.read())"
    fails = "raise SystemExit(3)"
    commands: dict[str, tuple[str, ...]] = {
        "write": (sys.executable, "-c", write),
        "fail": (sys.executable, "-c", fails),
    }
    sender = Sender(WatchSettings(commands=commands))
    sender.send("command:write", alert())
    assert json.loads(target.read_text())["id"] == "alert1"
    with pytest.raises(SendError, match="ended with 3"):
        sender.send("command:fail", alert())


def test_a_mail_has_no_headers_of_a_headline() -> None:
    mail = mail_of(alert(), "desk@news.example", WatchSettings(base_url="https://in.example/"))
    assert mail["To"] == "desk@news.example"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == "<alert1@semsearch.invalid>"
    assert "https://in.example/watches/w" in mail.get_content()


@pytest.mark.parametrize(
    "place",
    [
        "webhook:ftp://desk.example",
        "webhook:http://",
        "webhook:http://localhost:9/in",
        "webhook:https://192.168.0.7/in",
        "webhook:http://[::1]/in",
        "webhook:https://name:word@desk.example/",
        "mail:desk@news.example",
        "command:sh",
        "file:alerts.jsonl",
        "pigeon:home",
        "webhook:",
        "mail:a@b.example\r\nBcc: c@d.example",
    ],
)
def test_places_that_settings_do_not_allow_are_refused(place: str) -> None:
    with pytest.raises(InvalidWatchError):
        check_places([place], WatchSettings())


def test_webhooks_may_be_of_this_network_where_that_is_allowed() -> None:
    check_places(["webhook:http://localhost:9/in", "webhook:https://192.168.0.7/in"], OPEN)


def test_of_a_webhook_only_the_host_is_shown() -> None:
    assert shown("webhook:https://hooks.example:8443/T0/B0/x?k=y") == (
        "webhook:https://hooks.example:8443/…"
    )
    assert shown("mail:desk@news.example") == "mail:desk@news.example"


@contextmanager
def running(deliverer: Deliverer) -> Iterator[None]:
    deliverer.start()
    yield
    deliverer.stop()


def test_a_service_sends_by_itself(catalog: Catalog, receiver: Receiver, clock: Clock) -> None:
    store = kept(catalog, receiver.place)
    with running(Deliverer(store, OPEN, clock, every=0.02)):
        until = time.monotonic() + 10
        while not receiver.got and time.monotonic() < until:
            time.sleep(0.02)
    assert states(store) == [DeliveryState.SENT]
