"""How far a job is: a bar on a terminal, lines in a pipe, nothing with ``--json``."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.table import Column

from semsearch.cli.common import stderr
from semsearch.model.status import IndexProgress

if TYPE_CHECKING:
    from semsearch.relate.update import RelateProgress

_LINE_SECONDS = 5.0
_SOON = 0.5  # seconds before which a rate says nothing
_MINUTE = 60
_HOUR = 3600
_ROOMY = 120  # columns of a terminal


@dataclass(frozen=True, slots=True)
class Step:
    """How far one step of a job is.

    Attributes:
        name: Of the step; the next one begins with another name.
        done: How many of ``total``.
        unit: What is counted.
        detail: More that is worth saying.
        rated: What the rate counts, and its unit, where ``done`` moves in leaps: one file may hold
            a million articles.
    """

    name: str
    done: int
    total: int
    unit: str
    detail: str = ""
    rated: tuple[int, str] | None = None

    def rate(self, seconds: float) -> str:
        """How many a second after so many seconds; empty before the first."""
        number, unit = self.rated or (self.done, self.unit)
        return f"{_number(number / seconds)} {unit}/s" if number and seconds >= _SOON else ""


Watch = Callable[[Step], None]


@contextmanager
def steps(*, silent: bool) -> Iterator[Watch]:
    """A callback for any long job."""
    if silent:
        yield lambda _: None
    elif stderr().is_terminal:
        with _bar() as bar:
            yield _Bars(bar)
    else:
        lines = _Lines()
        yield lines
        lines.end()


@contextmanager
def watching(*, silent: bool) -> Iterator[Callable[[IndexProgress], None]]:
    """A callback for ``Indexer.index``."""
    with steps(silent=silent) as watch:
        yield lambda now: watch(_step(now))


@contextmanager
def relating(*, silent: bool) -> Iterator["Callable[[RelateProgress], None]"]:
    """A callback for ``Indexer.publish``."""
    with steps(silent=silent) as watch:
        yield lambda now: watch(Step("Relating", now.done, now.total, "articles"))


def _step(now: IndexProgress) -> Step:
    if now.to_relate:
        return Step("Relating", now.related, now.to_relate, "articles")
    detail = f"{now.articles} articles, {now.encoded} passages encoded"
    rated = (now.articles, "articles")
    return Step("Indexing", now.done, now.total, "files", detail, rated)


def _bar() -> Bar:
    """Everything but the bar keeps its width; the detail is told where there is room."""
    fixed: list[ProgressColumn] = [
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        _fixed("{task.fields[rate]}"),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
    ]
    if stderr().width >= _ROOMY:
        fixed.append(_fixed("{task.fields[detail]}"))
    bar = BarColumn(bar_width=None, table_column=Column(ratio=1))
    return Bar(_fixed("{task.description}"), bar, *fixed, console=stderr(), expand=True)


def _fixed(text: str) -> TextColumn:
    return TextColumn(text, table_column=Column(no_wrap=True))


class _Bars:
    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self._began = 0.0

    def __call__(self, now: Step) -> None:
        """Move the bar of the step."""
        if now.name not in self._tasks:
            self._tasks[now.name] = self._bar.add_task(f"{now.name} {now.unit}", rate="", detail="")
            self._began = time.monotonic()
        self._bar.update(
            self._tasks[now.name],
            completed=now.done,
            total=now.total,
            rate=now.rate(time.monotonic() - self._began),
            detail=now.detail,
        )


class _Lines:
    """A plain line every few seconds, and one at the end of each step."""

    def __init__(self) -> None:
        self._now: Step | None = None
        self._began = self._printed = time.monotonic()

    def __call__(self, now: Step) -> None:
        """Print when it is time, and when a step is done."""
        moment = time.monotonic()
        if self._now is None or now.name != self._now.name:
            self.end()
            self._began = self._printed = moment
        self._now = now
        if now.done < now.total and moment - self._printed >= _LINE_SECONDS:
            self._printed = moment
            stderr().print(f"{_line(now)}{_pace(now, moment - self._began)}")

    def end(self) -> None:
        """Print how far the step got."""
        if self._now is not None:
            stderr().print(_line(self._now))


def _line(now: Step) -> str:
    detail = f", {now.detail}" if now.detail else ""
    return f"{now.name}: {now.done} of {now.total} {now.unit}{detail}"


def _pace(now: Step, seconds: float) -> str:
    """The rate and the time that remains, as far as they can be told."""
    left = (now.total - now.done) * seconds / now.done if now.done else None
    parts = [now.rate(seconds), "" if left is None else f"{_duration(left)} left"]
    text = ", ".join(part for part in parts if part)
    return f" ({text})" if text else ""


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"  # noqa: PLR2004


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
