"""The log: lines of JSON that nobody can forge, without secrets."""

import json
import logging
import sys

import pytest

from semsearch.api.logs import JsonFormatter, OnceAMinute, redacted


def line(message: str, **fields: object) -> str:
    record = logging.LogRecord("semsearch.x", logging.INFO, "", 0, message, (), None)
    record.fields = fields
    return JsonFormatter().format(record)


@pytest.mark.parametrize("text", ["a\r\nb", "\x1b[31mred", "\u202egnp", "\0", "\ud800", '"}{"'])
def test_whatever_a_client_sends_stays_in_its_field(text: str) -> None:
    written = line("answered", path=text)
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["path"] == text


def test_a_line_says_when_and_how_bad() -> None:
    held = json.loads(line("answered"))
    assert held["time"].endswith("+00:00")
    assert (held["level"], held["logger"], held["message"]) == ("info", "semsearch.x", "answered")


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key semsearch_0123abcd_" + "A-b_9" * 8, "A-b_9"),
        ("postgresql+psycopg://news:hunter2@db.example/catalog", "hunter2"),
        ("Authorization: Bearer abc.def-ghi", "abc.def"),
        ("authorization: basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ],
)
def test_keys_and_passwords_are_left_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redacted(text)
    assert secret not in line(text)


def test_a_traceback_is_one_field_of_one_line_and_holds_no_secret() -> None:
    try:
        raise ValueError("postgresql://news:hunter2@db.example refused")  # noqa: TRY301
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "broke", (), sys.exc_info())
    written = JsonFormatter().format(record)
    assert "\n" not in written
    assert "ValueError" in json.loads(written)["traceback"]
    assert "hunter2" not in written


def test_what_clients_can_repeat_is_logged_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("semsearch.api.logs.time.monotonic", lambda: now)
    once = OnceAMinute()

    def passes(message: str) -> bool:
        record = logging.LogRecord("asyncio", logging.ERROR, "", 0, message, (), None)
        return once.filter(record)

    accepting = "socket.accept() out of system resource\nsocket: <fd=6>"
    assert [passes(accepting) for _ in range(3)] == [True, False, False]
    assert passes("all connections are taken; those that rest are ended")
    assert passes("answered")
    assert passes("answered")
    now += 61
    assert [passes(accepting) for _ in range(2)] == [True, False]
