"""Readers in other processes see each write at once, whole, whatever is removed meanwhile."""

import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from semsearch.library import Repair
from semsearch.model.search import Mode
from semsearch.store.generations import Keep
from semsearch.store.local.generations import LocalGenerations
from tests.support.articles import WORDS, make_article
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, open_index
from tests.support.processes import context

READERS = 3
WRITES = 12
PAUSE = 0.02  # readers that ask without end would leave the writer no time


def read(folder: Path, done: Event, pipe: Connection) -> None:
    """Ask until told to stop and once more; tell what each answer showed, and when it was asked."""
    repairs: list[Repair] = []
    index = open_index(folder, HashingEncoder(), repairs.append)
    seen: list[tuple[float, str]] = []
    generations: list[int] = []
    pipe.send("reading")
    ended = False
    while not ended:
        ended = done.is_set()
        asked = time.monotonic()
        results = ask(index, "notice", Mode.HYBRID)
        titles = {hit.article.title for hit in results.hits}
        passages = {f"Notice {hit.passage.text}" for hit in results.hits}
        if len(results.hits) != 2 or len(titles) != 1 or passages != titles:
            pipe.send(f"a mixture: {titles} {passages}")
            return
        seen.append((asked, titles.pop()))
        generations.append(results.generation)
        time.sleep(PAUSE)
    pipe.send((seen, generations == sorted(generations), len(repairs)))


@pytest.fixture
def readers(folder: Path) -> Iterator[tuple[list[Connection], Event]]:
    done = context().Event()
    pipes: list[Connection] = []
    processes: list[ForkServerProcess] = []
    for _ in range(READERS):
        here, there = context().Pipe(duplex=False)
        process = context().Process(target=read, args=(folder, done, there))
        process.start()
        there.close()
        pipes.append(here)
        processes.append(process)
    yield pipes, done
    done.set()
    for process in processes:
        process.join(20)
        process.kill()
        process.join()
        process.close()


def write(folder: Path, word: str) -> float:
    """Make both articles say one word, keeping no generation that is not read; when it was done."""
    index = open_index(folder, HashingEncoder())
    index.library.generations = LocalGenerations(folder, keep=Keep(newest=1, seconds=0))
    index.add(
        make_article(key, f"Notice {word}", body=word, url=f"https://{key}.example/")
        for key in ("a", "b")
    )
    index.close()
    return time.monotonic()


@pytest.fixture
def written(folder: Path) -> Path:
    write(folder, "salt")
    return folder


def test_processes_see_each_write_with_their_next_answer_and_never_a_mixture(
    written: Path, readers: tuple[list[Connection], Event]
) -> None:
    pipes, done = readers
    assert [pipe.recv() for pipe in pipes] == ["reading"] * READERS
    acknowledged = {"Notice salt": 0.0}
    for number in range(WRITES):
        word = f"{WORDS[number % len(WORDS)]}{number}"
        acknowledged[f"Notice {word}"] = write(written, word)
    done.set()
    order = list(acknowledged)
    for pipe in pipes:
        seen, ascending, repairs = pipe.recv()
        assert ascending
        assert repairs == 0
        assert len(seen) > WRITES
        assert seen[-1][1] == order[-1]
        for asked, title in seen:
            written_by_then = sum(done_at <= asked for done_at in acknowledged.values())
            assert order.index(title) >= written_by_then - 1


def test_what_nobody_reads_is_removed_and_what_is_read_stays(
    written: Path, readers: tuple[list[Connection], Event]
) -> None:
    pipes, done = readers
    assert [pipe.recv() for pipe in pipes] == ["reading"] * READERS
    for word in WORDS[:8]:
        write(written, word)
    assert len(LocalGenerations(written).numbers()) < 8 + 1
    done.set()
    for pipe in pipes:
        assert pipe.recv()[2] == 0
    time.sleep(0.5)
    write(written, "cod")
    # Both articles are copies: the write publishes, relates them, and publishes again.
    assert len(LocalGenerations(written).numbers()) == 2
