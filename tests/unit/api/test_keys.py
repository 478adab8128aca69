"""Access keys: shown once, kept as hashes, ended for good, seen at once by other processes."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from semsearch.api.keys import KeyRing, Scope
from semsearch.errors import ConfigurationError, KeyExistsError, NoSuchKeyError

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "index" / "keys.json")


def test_where_no_key_was_ever_made_there_are_none(ring: KeyRing) -> None:
    assert ring.keys() is None
    assert ring.find("semsearch_00000000_x", NOW) is None


def test_a_key_opens_what_it_was_made_for(ring: KeyRing) -> None:
    made, token = ring.create("newsroom", [Scope.READ, Scope.READ, Scope.WRITE], NOW)
    found = ring.find(token, NOW)
    assert found == made
    assert made.scopes == (Scope.READ, Scope.WRITE)


def test_the_key_itself_is_not_kept(ring: KeyRing, tmp_path: Path) -> None:
    _, token = ring.create("newsroom", [Scope.READ], NOW)
    kept = (tmp_path / "index" / "keys.json").read_text("utf-8")
    assert token not in kept
    assert token.split("_", 2)[2] not in kept


def test_two_keys_are_never_the_same(ring: KeyRing) -> None:
    tokens = {ring.create(f"key {number}", [Scope.READ], NOW)[1] for number in range(20)}
    assert len(tokens) == 20
    assert min(len(token.split("_", 2)[2]) for token in tokens) >= 43  # 256 bits in base 64


@pytest.mark.parametrize(
    "change", [str.upper, lambda t: t[:-1], lambda t: t + "x", lambda t: t[:0]]
)
def test_a_key_that_is_nearly_right_is_wrong(ring: KeyRing, change: object) -> None:
    _, token = ring.create("newsroom", [Scope.READ], NOW)
    assert callable(change)
    assert ring.find(change(token), NOW) is None


@pytest.mark.parametrize("token", ["semsearch__", "_" * 9, "\ud800_\ud800_x", "a" * 10**6, "é_é_é"])
def test_what_is_no_key_opens_nothing(ring: KeyRing, token: str) -> None:
    ring.create("newsroom", [Scope.READ], NOW)
    assert ring.find(token, NOW) is None


def test_a_key_is_valid_until_it_expires(ring: KeyRing) -> None:
    _, token = ring.create("intern", [Scope.READ], NOW, NOW + timedelta(days=1))
    assert ring.find(token, NOW + timedelta(hours=23)) is not None
    assert ring.find(token, NOW + timedelta(hours=25)) is None


def test_a_revoked_key_is_refused_by_other_processes_at_once(tmp_path: Path) -> None:
    mine, theirs = (KeyRing(tmp_path / "keys.json") for _ in range(2))
    made, token = mine.create("newsroom", [Scope.READ], NOW)
    assert theirs.find(token, NOW) is not None
    mine.revoke("newsroom", NOW)
    assert theirs.find(token, NOW) is None
    assert [key.id for key in theirs.keys() or ()] == [made.id]


def test_keys_are_revoked_by_id_or_name_and_only_once(ring: KeyRing) -> None:
    first, _ = ring.create("a", [Scope.READ], NOW)
    ring.create("b", [Scope.READ], NOW)
    assert ring.revoke(first.id, NOW).name == "a"
    assert ring.revoke("b", NOW).name == "b"
    for gone in ("a", "b", first.id, "nobody"):
        with pytest.raises(NoSuchKeyError):
            ring.revoke(gone, NOW)


def test_a_name_is_free_again_when_its_key_is_revoked(ring: KeyRing) -> None:
    ring.create("a", [Scope.READ], NOW)
    with pytest.raises(KeyExistsError):
        ring.create("a", [Scope.READ], NOW)
    ring.revoke("a", NOW)
    ring.create("a", [Scope.READ], NOW)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{"id": "x"}]}', "\0"],
)
def test_a_broken_file_is_no_open_door(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigurationError):
        KeyRing(path).keys()
    with pytest.raises(ConfigurationError):
        KeyRing(path).find("semsearch_00000000_x", NOW)


def test_the_file_can_be_read_by_people(ring: KeyRing, tmp_path: Path) -> None:
    ring.create("newsroom", [Scope.ADMIN], NOW)
    document = json.loads((tmp_path / "index" / "keys.json").read_text("utf-8"))
    (key,) = document["keys"]
    assert (key["name"], key["scopes"], key["created"]) == (
        "newsroom",
        ["admin"],
        "2026-03-05T12:00:00+00:00",
    )
