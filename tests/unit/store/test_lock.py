"""One process writes at a time, and a dead one does not block."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from semsearch.errors import IndexLockedError, StorageError
from semsearch.store.lock import is_locked, recorded_writer, writer_lock

HOLDER = """
import sys, time
from pathlib import Path
from semsearch.store.lock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def other_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def test_a_second_process_is_refused_and_told_who_writes(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        started = time.monotonic()
        with (
            pytest.raises(IndexLockedError, match=f"process {process.pid} on "),
            writer_lock(tmp_path, timeout=0.2),
        ):
            pytest.fail("two writers")
        assert time.monotonic() - started < 5


def test_the_lock_is_free_after_kill_9(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with writer_lock(tmp_path, timeout=1):
            assert str(os.getpid()) in (tmp_path / "writer.json").read_text()
    with writer_lock(tmp_path, timeout=0) as killed:
        assert killed is None


def test_a_lock_that_a_killed_writer_left_is_recognised(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        assert is_locked(tmp_path)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not is_locked(tmp_path)
    left = recorded_writer(tmp_path)
    assert left is not None
    assert left.pid == process.pid
    with writer_lock(tmp_path, timeout=1) as killed:
        assert killed == left
        mine = recorded_writer(tmp_path)
        assert mine is not None
        assert mine.pid == os.getpid()
    assert recorded_writer(tmp_path) is None


def test_who_holds_the_lock_is_told_with_command_and_time(tmp_path: Path) -> None:
    with writer_lock(tmp_path):
        who = str(recorded_writer(tmp_path))
    assert socket.gethostname() in who
    assert f"process {os.getpid()} on" in who
    assert re.search(r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$", who)


def test_a_writer_waits_its_turn(tmp_path: Path) -> None:
    with other_process(tmp_path) as process:
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGKILL)
        with writer_lock(tmp_path, timeout=10):
            pass


def test_the_lock_can_be_taken_again_and_again(tmp_path: Path) -> None:
    for _ in range(3):
        with writer_lock(tmp_path, timeout=0):
            pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="inside"), writer_lock(tmp_path):
        raise RuntimeError("inside")
    with writer_lock(tmp_path, timeout=0):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_broken_note_of_the_holder_does_not_hide_the_lock(tmp_path: Path, content: str) -> None:
    with other_process(tmp_path):
        (tmp_path / "writer.json").write_text(content)
        with (
            pytest.raises(IndexLockedError, match="another process"),
            writer_lock(tmp_path, timeout=0),
        ):
            pytest.fail("two writers")


def test_a_folder_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError), writer_lock(tmp_path / "file"):
        pytest.fail("locked a file")
