"""How far a job is, on a terminal and in a pipe."""

from io import StringIO

import pytest
from rich.console import Console

from semsearch.cli import progress
from semsearch.cli.progress import Step, relating, steps, watching
from semsearch.model.status import IndexProgress
from semsearch.relate.update import RelateProgress


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(progress, "time", made)
    return made


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> StringIO:
    """What goes to stderr, which is a terminal where the test asks for one."""
    written = StringIO()
    console = Console(file=written, width=100, force_terminal=getattr(request, "param", False))
    monkeypatch.setattr(progress, "stderr", lambda: console)
    return written


def test_in_a_pipe_a_line_comes_every_few_seconds_with_rate_and_time(
    told: StringIO, clock: Clock
) -> None:
    with steps(silent=False) as watch:
        for done in range(0, 401, 40):
            watch(Step("Asking", done, 400, "questions"))
            clock.now += 2
    assert told.getvalue().splitlines() == [
        "Asking: 120 of 400 questions (20 questions/s, 14 s left)",
        "Asking: 240 of 400 questions (20 questions/s, 8 s left)",
        "Asking: 360 of 400 questions (20 questions/s, 2 s left)",
        "Asking: 400 of 400 questions",
    ]


def test_a_long_job_is_told_in_minutes_and_hours(told: StringIO, clock: Clock) -> None:
    with watching(silent=False) as watch:
        watch(IndexProgress(0, 9_000, 0, 0, 0))
        clock.now += 100
        watch(IndexProgress(100, 9_000, 90, 300, 0))
        clock.now += 100
        watch(IndexProgress(8_900, 9_000, 900, 3_000, 0))
        watch(IndexProgress(9_000, 9_000, 900, 3_000, 0, 5, 900))
        clock.now += 100
        watch(IndexProgress(9_000, 9_000, 900, 3_000, 0, 10, 900))
    early = "Indexing: 100 of 9000 files, 90 articles, 300 passages encoded"
    late = "Indexing: 8900 of 9000 files, 900 articles, 3000 passages encoded"
    assert told.getvalue().splitlines() == [
        f"{early} (0.9 articles/s, 2.5 h left)",
        f"{late} (4.5 articles/s, 2 s left)",
        late,
        "Relating: 10 of 900 articles (0.1 articles/s, 2.5 h left)",
        "Relating: 10 of 900 articles",
    ]


def test_one_large_file_has_a_rate_though_nobody_knows_its_end(
    told: StringIO, clock: Clock
) -> None:
    with watching(silent=False) as watch:
        watch(IndexProgress(0, 1, 0, 0, 0))
        clock.now += 10
        watch(IndexProgress(0, 1, 120, 300, 0))
        watch(IndexProgress(1, 1, 130, 310, 0))
    assert told.getvalue().splitlines() == [
        "Indexing: 0 of 1 files, 120 articles, 300 passages encoded (12 articles/s)",
        "Indexing: 1 of 1 files, 130 articles, 310 passages encoded",
    ]


def test_nothing_is_told_of_nothing(told: StringIO) -> None:
    with relating(silent=False):
        pass
    with steps(silent=True) as watch:
        watch(Step("Asking", 1, 2, "questions"))
    assert told.getvalue() == ""


@pytest.mark.parametrize("told", [True], indirect=True)
def test_on_a_terminal_there_is_a_bar_with_its_rate(told: StringIO, clock: Clock) -> None:
    with watching(silent=False) as watch:
        watch(IndexProgress(1, 2, 1, 3, 0))
        clock.now += 2
        watch(IndexProgress(2, 2, 2, 5, 0))
        watch(IndexProgress(2, 2, 2, 5, 0, 1, 2))
    with relating(silent=False) as follow:
        follow(RelateProgress(3, 3))
    shown = told.getvalue()
    for part in ("Indexing files", "2/2", "1.0 articles/s", "Relating articles", "3/3"):
        assert part in shown
