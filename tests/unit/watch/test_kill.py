"""kill -9 while articles are judged loses no alert and makes none twice."""

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from semsearch.model.search import Confidence
from semsearch.model.watch import AlertQuery, WatchSpec
from semsearch.store.catalog.watches import JudgedBatch, WatchStore
from semsearch.watch.judging import Judge
from tests.support.encoder import HashingEncoder
from tests.support.indexes import fast_folder, open_index
from tests.support.processes import context
from tests.support.watching import QUESTION, collision, quiet

SPEC = WatchSpec(question=QUESTION, min_confidence=Confidence.LOW, new_only=False)
NAMES = ("c1", "c2", "c3")


def _write_and_die(folder: Path, point: str, pipe: Connection) -> None:
    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    write = WatchStore.write
    if point == "before judging":
        vars_of_judge: object = Judge
        setattr(vars_of_judge, "catch_up", die)  # noqa: B010 - a method is not assigned to
    else:

        def killed(store: WatchStore, batch: JudgedBatch) -> None:
            if point == "after the last mark" and not batch.reports:
                write(store, batch)
                die()
            if batch.reports:
                if point == "within the transaction":
                    broken = JudgedBatch(batch.until, batch.alerts, _Dying(batch.reports))  # type: ignore[arg-type]
                    write(store, broken)
                if point == "after the transaction":
                    write(store, batch)
                    die()
                if point == "before the transaction":
                    die()
            write(store, batch)

        vars_of_store: object = WatchStore
        setattr(vars_of_store, "write", killed)  # noqa: B010
    with open_index(folder, HashingEncoder()) as index:
        pipe.send("open")
        index.add(collision(name) for name in NAMES)
        pipe.send("done")


class _Dying:
    """Reports of which the second kills the process."""

    def __init__(self, reports: object) -> None:
        self._reports = reports

    def __iter__(self) -> object:
        yield next(iter(self._reports))  # type: ignore[call-overload]
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(
    "point",
    [
        "before judging",
        "before the transaction",
        "within the transaction",
        "after the transaction",
        "after the last mark",
    ],
)
def test_each_article_is_reported_once_whenever_the_process_is_killed(point: str) -> None:
    with fast_folder() as top:
        folder = top / "index"
        with open_index(folder, HashingEncoder()) as index:
            index.add(quiet(number) for number in range(3))
            index.add_watch(SPEC)
        here, there = context().Pipe(duplex=False)
        process = context().Process(target=_write_and_die, args=(folder, point, there))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        assert here.recv() == "open"
        assert not here.poll()
        with open_index(folder, HashingEncoder()) as index:
            before = {alert.id for alert in index.alerts().alerts}
            assert len(before) == (3 if point.startswith("after") else 0)
            index.publish()
            index.publish()
            alerts = index.alerts(AlertQuery(limit=1_000)).alerts
            assert sorted(alert.article for alert in alerts) == list(NAMES)
            assert before <= {alert.id for alert in alerts}
            assert all(len(alert.reports) == 1 for alert in alerts)
