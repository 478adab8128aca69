"""Keep the access keys of an index: who may ask, who may write.

They stand in ``keys.json`` beside the catalog, not in it: a restored snapshot must not bring
revoked keys back, and a copy of the catalog for somebody else must not carry them. Of a key only a
hash is kept; a key holds 256 bits of chance, so no salt or slow hash could add anything.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Lock

from filelock import FileLock

from semsearch.config import Settings, place_of
from semsearch.errors import ConfigurationError, KeyExistsError, NoSuchKeyError, StorageError
from semsearch.store.files import dump_json, make_folder, replace_file

PREFIX = "semsearch"
_FILE = "keys.json"
_FORMAT = 1
_ID_BYTES = 4
_SECRET_BYTES = 32
_NO_HASH = "0" * 64


class Scope(StrEnum):
    """What a key opens; none includes another."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as it is kept.

    Attributes:
        id: The part of the key that may be shown, in logs for instance.
        sha256: Of the whole key, in hexadecimal.
        created: When it was made, ISO 8601 in UTC; ``expires`` and ``revoked`` likewise.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    sha256: str
    created: str
    expires: str | None = None
    revoked: str | None = None

    def active(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.revoked is None and (
            self.expires is None or now < datetime.fromisoformat(self.expires)
        )


class KeyRing:
    """The keys in a file; changes by other processes are seen at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._state: tuple[int, int, int] | None = None
        self._keys: tuple[AccessKey, ...] | None = None

    def keys(self) -> tuple[AccessKey, ...] | None:
        """All keys, revoked ones too; None where none was ever made.

        Raises:
            ConfigurationError: The file holds something else.
            StorageError: It cannot be read.
        """
        with self._lock:
            try:
                stat = self._path.stat()
                state = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
                if state != self._state:
                    self._keys = _read(self._path)
                    self._state = state
            except FileNotFoundError:
                self._keys = self._state = None
            except OSError as error:
                raise StorageError(f"{self._path}: {error.strerror}.") from error
            return self._keys

    def find(self, token: str, now: datetime) -> AccessKey | None:
        """The active key that a client has sent.

        How long this takes does not depend on how much of the key is right.
        """
        identity = token.split("_")[1] if token.count("_") >= 2 else ""  # noqa: PLR2004
        key = {key.id: key for key in self.keys() or ()}.get(identity)
        same = hmac.compare_digest(_hash(token), _NO_HASH if key is None else key.sha256)
        return key if same and key is not None and key.active(now) else None

    def create(
        self, name: str, scopes: Sequence[Scope], now: datetime, expires: datetime | None = None
    ) -> tuple[AccessKey, str]:
        """Make a key.

        Returns:
            What is kept of it, and the key itself, which nobody can show again.

        Raises:
            KeyExistsError: One in use has the name.
            ConfigurationError, StorageError: The keys cannot be read or written.
        """
        make_folder(self._path.parent)
        with self._file_lock():
            keys = self.keys() or ()
            if any(key.name == name and key.active(now) for key in keys):
                raise KeyExistsError(f"There is a key called {name}.")
            identity = secrets.token_hex(_ID_BYTES)
            token = f"{PREFIX}_{identity}_{secrets.token_urlsafe(_SECRET_BYTES)}"
            key = AccessKey(
                id=identity,
                name=name,
                scopes=tuple(dict.fromkeys(scopes)),
                sha256=_hash(token),
                created=_iso(now),
                expires=None if expires is None else _iso(expires),
            )
            self._write((*keys, key))
        return key, token

    def revoke(self, name: str, now: datetime) -> AccessKey:
        """End a key for good, by its id or its name.

        Raises:
            NoSuchKeyError: No key in use has it.
            ConfigurationError, StorageError: The keys cannot be read or written.
        """
        with self._file_lock():
            keys = self.keys() or ()
            named = [key for key in keys if name in (key.id, key.name) and key.revoked is None]
            if not named:
                raise NoSuchKeyError(f"No key in use is called {name}.")
            revoked = replace(named[-1], revoked=_iso(now))
            self._write(tuple(revoked if key.id == revoked.id else key for key in keys))
        return revoked

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        lock = FileLock(self._path.with_suffix(".lock"), timeout=10)
        try:
            lock.acquire()
        except OSError as error:  # a Timeout is one
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror or 'another process holds it'}."
            ) from error
        try:
            yield
        finally:
            lock.release()

    def _write(self, keys: tuple[AccessKey, ...]) -> None:
        document = {"format": _FORMAT, "keys": [asdict(key) for key in keys]}
        replace_file(self._path, dump_json(document))


def _read(path: Path) -> tuple[AccessKey, ...]:
    try:
        document = json.loads(path.read_text("utf-8"))
        if document["format"] != _FORMAT:
            raise ConfigurationError(f"{path} has a format that this version does not read.")
        return tuple(
            AccessKey(**{**values, "scopes": tuple(Scope(scope) for scope in values["scopes"])})
            for values in document["keys"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path} holds no keys of semsearch.", "Restore it, or delete it and make new keys."
        ) from error


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def key_ring(settings: Settings) -> KeyRing:
    """The keys of the configured index; servers on several machines share ``service.keys``."""
    if settings.service.keys is not None:
        return KeyRing(settings.service.keys)
    return KeyRing(place_of(settings).folder / _FILE)
