"""Kill a writer, open what it left, and compare with what it had acknowledged."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

import numpy as np

from semsearch.index import Index
from semsearch.ingest.identity import content_hash
from semsearch.library import Repair
from semsearch.model.filters import EVERYTHING
from semsearch.store.catalog.rows import text_hash
from semsearch.store.local.generations import LocalGenerations
from tests.support.encoder import HashingEncoder
from tests.support.indexes import ask, held, ids, open_index
from tests.support.processes import context
from tests.support.workload import KINDS, Plan, write

_START = 30.0  # seconds a writer may take to open the index
_MOST_STEPS = 400
_FIRST_GUESS = 1.0  # seconds an operation takes, until one has been seen

State = dict[str, str]


@dataclass(slots=True)
class Log:
    """What a writer said."""

    state: State
    pending: Mapping[str, str | None] | None = None
    sequence: int = 0
    kind: str = ""
    stage: str = "start"
    errors: list[str] = field(default_factory=list)
    done: int = 0
    ended: bool = False
    began: float = 0.0
    took: dict[str, float] = field(default_factory=dict)

    def take(self, message: list[object]) -> None:
        """One message."""
        match message:
            case ["op", str(kind)]:
                self.kind, self.stage, self.began = kind, "start", time.monotonic()
            case ["stage", str(stage)]:
                self.stage = stage
            case ["writing", dict(changes)]:
                self.pending = changes
            case ["written", int()]:
                self.state = applied(self.state, self.pending or {})
                self.pending = None
            case ["done", int(sequence)]:
                self.sequence, self.stage = sequence, "done"
                self.done += 1
                self.took[self.kind] = time.monotonic() - self.began
            case ["error", str(name)]:
                self.errors.append(name)

    def allowed(self) -> list[State]:
        """What may be found: what was acknowledged, or that and all of what was under way."""
        return [self.state, applied(self.state, self.pending or {})]


def applied(state: State, changes: Mapping[str, str | None]) -> State:
    """A state after a write."""
    after = {**state, **{one: digest for one, digest in changes.items() if digest is not None}}
    return {one: digest for one, digest in after.items() if changes.get(one, digest) is not None}


class CrashTest:
    """One index that is written to, killed and opened again and again.

    Args:
        folder: Where the index and its archive are made.
        seed: Of the operations and of the moments of death.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder / "index"
        (folder / "archive").mkdir(parents=True)
        self.rng = Random(seed)
        self.log = Log({})
        self.survived: Counter[tuple[str, str]] = Counter()
        self.mended = 0
        open_index(self.folder, HashingEncoder()).close()
        self._finish(("bulk", "update"))  # something to lose

    def point(self, kind: str) -> bool:
        """Kill the writer somewhere in an operation and check what it left.

        Returns:
            Whether it was still at work when it was killed.
        """
        at_a_file = self.rng.random() < 0.5
        # More often early: an operation touches between 20 and some hundred files.
        step = int(1 + self.rng.random() ** 2 * _MOST_STEPS) if at_a_file else 0
        moment = self.rng.random() * self.log.took.get(kind, _FIRST_GUESS)
        with self._writer(Plan(self.rng.getrandbits(32), (kind,), step)) as (process, pipe, go):
            go.set()
            if not at_a_file:
                self._listen(pipe, time.monotonic() + moment)
                process.kill()
            self._listen(pipe, None)
            process.join(_START)
            assert process.exitcode in (0, -signal.SIGKILL)
            killed = process.exitcode != 0 and self.log.stage != "done"
        self.check()
        if killed:
            self.survived[kind, self.log.stage] += 1
        return killed

    def run(self, points: int) -> Iterator[int]:
        """Many points, every kind of operation as often; yields how many are done."""
        for number in range(points):
            while not self.point(KINDS[number % len(KINDS)]):
                pass
            yield number + 1

    def _finish(self, kinds: tuple[str, ...]) -> None:
        with self._writer(Plan(self.rng.getrandbits(32), kinds)) as (process, pipe, go):
            go.set()
            self._listen(pipe, None)
            process.join(_START)
        assert (process.exitcode, self.log.done) == (0, len(kinds))

    @contextmanager
    def _writer(self, plan: Plan) -> Iterator[tuple[ForkServerProcess, Connection, Event]]:
        here, there = context().Pipe(duplex=False)
        opened, go = context().Event(), context().Event()
        process = context().Process(target=_write, args=(self.folder, plan, there, opened, go))
        process.start()
        there.close()
        try:
            assert opened.wait(_START)
            self.log.stage = "start"
            yield process, here, go
        finally:
            process.kill()
            process.join()
            here.close()

    def _listen(self, pipe: Connection, until: float | None) -> None:
        """Take messages until a moment, or until there are no more."""
        while True:
            left = None if until is None else until - time.monotonic()
            if left is not None and (left <= 0 or not pipe.poll(left)):
                return
            try:
                self.log.take(json.loads(pipe.recv_bytes()))
            except (EOFError, OSError):
                return

    def check(self) -> None:
        """Nothing acknowledged is lost, nothing is half there, every generation can be read."""
        generations = LocalGenerations(self.folder)
        current = generations.current_number()
        assert current is not None
        for number in generations.numbers():
            generations.open(number)
        repairs: list[Repair] = []
        index = open_index(self.folder, HashingEncoder(), repairs.append)
        try:
            self._check_catalog(index)
            assert generations.manifest(current).sequence >= self.log.sequence
            self._check_answers(index)
            assert repairs == []
        finally:
            index.close()
        self.log.pending = None

    def _check_catalog(self, index: Index) -> None:
        articles = held(index)
        found = {one: _digest(index, one) for one in articles}
        assert found in self.log.allowed()
        self.log.state = found
        catalog = index.library.catalog
        pks = {known.pk: one for one, known in catalog.known(articles).items()}
        encoder = HashingEncoder()
        for row in catalog.segment_rows(sorted(pks), 64):
            article = articles[pks[row.pk]]
            assert content_hash(article) == found[article.id] or article.language
            pieces = index.library.split(article)
            assert row.passages == tuple(piece.passage for piece in pieces)
            expected = encoder.encode_documents([piece.text for piece in pieces])
            assert np.array_equal(row.vectors, expected.astype(np.float16))
            assert catalog.stored_vectors(text_hash(piece.text) for piece in pieces)

    def _check_answers(self, index: Index) -> None:
        """What is in the catalog can be found, at the latest when it has been published."""
        before = index.library.snapshot()
        pks = index.library.catalog.pks_added(0, before.sequence)
        assert before.vectors.satisfying(pks, EVERYTHING) == set(pks)
        assert len(before) == len(pks)
        index.publish()
        assert set(ids(ask(index, "harbour ferry tunnel"))) == set(self.log.state)
        self.log.sequence = index.library.catalog.sequence


def _digest(index: Index, identity: str) -> str:
    return index.library.catalog.known([identity])[identity].content_hash


def _write(folder: Path, plan: Plan, pipe: Connection, opened: Event, go: Event) -> None:
    def ready() -> None:
        opened.set()
        go.wait()

    write(folder, plan, pipe, ready)
