"""How far a run is: a bar on a terminal, lines in a pipe, nothing with ``--json``."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from semsearch.cli.common import stderr
from semsearch.engine.run import Progress

_LINE_SECONDS = 5.0


@contextmanager
def watching(*, silent: bool) -> Iterator[Callable[[Progress], None]]:
    """A callback for ``Indexer.index``."""
    if silent:
        yield lambda _: None
    elif stderr().is_terminal:
        with Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(
                "files, {task.fields[articles]} articles, {task.fields[encoded]} passages encoded"
            ),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=stderr(),
        ) as bar:
            task = bar.add_task("Indexing", total=None, articles=0, encoded=0)
            relating = bar.add_task("Relating", total=None, visible=False, articles=0, encoded=0)

            def show(now: Progress) -> None:
                bar.update(
                    task,
                    completed=now.done,
                    total=now.total,
                    articles=now.articles,
                    encoded=now.encoded,
                )
                bar.update(
                    relating,
                    completed=now.related,
                    total=now.to_relate,
                    visible=bool(now.to_relate),
                )

            yield show
    else:
        lines = _Lines()
        yield lines
        lines.end()


class _Lines:
    """A plain line every few seconds, and one at the end."""

    def __init__(self) -> None:
        self._printed = time.monotonic()
        self._now = Progress(0, 0, 0, 0, 0)

    def __call__(self, now: Progress) -> None:
        """Print when it is time, and when reading is done."""
        if now.to_relate and not self._now.to_relate:
            self.end()
        self._now = now
        if time.monotonic() - self._printed >= _LINE_SECONDS:
            self._printed = time.monotonic()
            self.end()

    def end(self) -> None:
        """Print how far it got."""
        now = self._now
        if now.to_relate:
            stderr().print(f"Relating: {now.related} of {now.to_relate} articles")
            return
        stderr().print(
            f"Indexing: {now.done} of {now.total} files, {now.articles} articles, "
            f"{now.encoded} passages encoded"
        )
