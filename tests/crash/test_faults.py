"""The disk refuses: full, broken, read-only. Nothing acknowledged is lost, and it goes on after."""

import errno
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from semsearch.errors import DamagedIndexError, StorageError
from semsearch.index import Index
from semsearch.store.generations import Keep
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, fast_folder, held, ids, open_index
from tests.support.processes import context


@contextmanager
def opened(folder: Path) -> Iterator[Index]:
    index = open_index(folder, HashingEncoder())
    index.library.generations = LocalGenerations(folder, keep=Keep(newest=1, seconds=0))
    yield index
    index.close()


def check(folder: Path, acknowledged: set[str], tried: set[str]) -> None:
    """Everything acknowledged is there and can be found; of what was refused, all or nothing."""
    generations = LocalGenerations(folder)
    for number in generations.numbers():
        generations.open(number)
    with opened(folder) as index:
        there = set(held(index))
        assert acknowledged <= there <= acknowledged | tried
        index.publish()
        assert set(ids(ask(index, "notice"))) == there
        assert not list((folder / "generations").glob(".*"))
        assert not list(folder.glob(".*"))


def put(index: Index, *names: str) -> None:
    """Write articles that have little in common."""
    index.add(
        make_article(name, f"Notice {name}", body=" ".join(f"{name}{n}" for n in range(200)))
        for name in names
    )


class Faults:
    """Calls that fail once, the n-th time that any of them is made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        self.left = 0
        self.code = code
        for holder, name in (
            (os, "fsync"),
            (os, "link"),
            (Path, "rename"),
            (Path, "replace"),
            (Path, "mkdir"),
        ):
            monkeypatch.setattr(holder, name, self._failing(getattr(holder, name)))

    def _failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                raise OSError(self.code, os.strerror(self.code))
            return real(*arguments, **named)

        return call


def refused_in_turn(code: int, first: int, every: int) -> int:
    """Let every n-th sync, link, rename and new folder of a write fail; how many it refused.

    A link that fails is a copy, so not every failure refuses the write.
    """
    refused = 0
    with fast_folder() as base:
        folder = base / "index"
        with opened(folder) as index:
            put(index, "a", "b")
        acknowledged, tried = {"a", "b"}, set[str]()
        with pytest.MonkeyPatch.context() as patch:
            faults = Faults(patch, code)
            for step in count(first, every):
                name = f"n{step}"
                with opened(folder) as index:
                    faults.left = step
                    try:
                        put(index, name)
                        acknowledged.add(name)
                    except StorageError:
                        tried.add(name)
                        refused += 1
                    survived = faults.left > 0  # it ended before so many calls
                    faults.left = 0
                check(folder, acknowledged, tried)
                if survived:
                    return refused
    raise AssertionError


@pytest.mark.parametrize(("code", "first"), [(errno.ENOSPC, 1), (errno.EIO, 4), (errno.EROFS, 7)])
def test_each_call_that_makes_a_write_durable_may_fail(code: int, first: int) -> None:
    assert refused_in_turn(code, first, every=6) > 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_room(small_disk: Path) -> None:
    folder = small_disk / "index"
    with opened(folder) as index:
        put(index, "a", "b")
    acknowledged, tried = {"a", "b"}, set[str]()
    refused = 0
    ballast = small_disk / "ballast"
    for kilobytes in (0, 4, 12, 24, 40, 64, 100, 150, 220, 300, 400, 600):
        room = os.statvfs(small_disk)
        ballast.write_bytes(b"\0" * max(0, room.f_bavail * room.f_frsize - kilobytes * 1024))
        name = f"n{kilobytes}"
        try:
            with opened(folder) as index:
                put(index, name)
            acknowledged.add(name)
        except StorageError:
            refused += 1
            tried.add(name)
        ballast.unlink()
        check(folder, acknowledged, tried)
    assert refused > 3
    assert len(acknowledged) > 2


def test_a_disk_that_can_only_be_read_is_refused_and_nothing_is_lost(small_disk: Path) -> None:
    folder = small_disk / "index"
    with opened(folder) as index:
        put(index, "a", "b")
    for options in ("remount,ro", "remount,rw"):
        subprocess.run(["mount", "-o", options, str(small_disk)], check=True)
        if options == "remount,ro":
            with pytest.raises(StorageError), opened(folder) as index:
                put(index, "c")
    check(folder, {"a", "b"}, set())


def _limited(folder: Path, limit: int, pipe: Connection) -> None:
    """Write articles while no file may grow beyond a limit."""
    with opened(folder) as index:
        put(index, f"l{limit}")  # what is loaded at the first write is loaded
        pipe.send(f"l{limit}")
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        for number in range(4):
            name = f"l{limit}-{number}"
            try:
                put(index, name)
                pipe.send(name)
            except (StorageError, DamagedIndexError):
                pipe.send(None)


def test_files_that_may_not_grow_lose_nothing(folder: Path) -> None:
    """As a quota does, the limit also strikes the database and the word index, in any write."""
    with opened(folder) as index:
        put(index, "a", "b")
    acknowledged, tried = {"a", "b"}, set[str]()
    refused = 0
    for limit in (1_000, 3_000, 8_000, 20_000, 50_000, 100_000, 200_000, 400_000):
        here, there = context().Pipe(duplex=False)
        process = context().Process(target=_limited, args=(folder, limit, there))
        process.start()
        there.close()
        answers = []
        while True:
            try:
                answers.append(here.recv())
            except EOFError:
                break
        process.join(30)
        assert process.exitcode == 0
        here.close()
        acknowledged |= {name for name in answers if name}
        tried |= {f"l{limit}-{number}" for number in range(4)} - acknowledged
        refused += answers.count(None)
        check(folder, acknowledged, tried)
    assert refused > 4
    assert len(acknowledged) > 2
