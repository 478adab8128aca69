"""Engines in processes of their own: memory and threads of one are no other's."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from pkgutil import resolve_name
from types import TracebackType
from typing import Any, Self


class Apart:
    """An object in a process of its own.

    Args:
        name: Its class, as ``module:class``; imported there only.
        arguments: What it is made of.
    """

    def __init__(self, name: str, *arguments: object) -> None:
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_make, initargs=(name, arguments)
        )

    def call(self, method: str, *arguments: object) -> Any:
        """What a method returns."""
        return self._pool.submit(_call, method, arguments).result()

    def spending(self, method: str, *arguments: object) -> tuple[Any, float]:
        """What a method returns, and the seconds of the processor that all threads used for it."""
        returned, spent = self._pool.submit(_call_spending, method, arguments).result()
        return returned, float(spent)

    def memory(self) -> float:
        """What the process holds, in MiB."""
        return self._pool.submit(resident).result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def interleaved(
    engines: Mapping[str, Apart],
    rounds: int,
    method: str,
    given: Mapping[str, Sequence[object]],
    call: Callable[..., Any] = Apart.call,
) -> dict[str, list[Any]]:
    """What a method of each engine returns in each round; one works at a time.

    Each round has the order of the one before turned round, so that none is always first.

    Args:
        engines: By label.
        rounds: How many.
        method: Its name.
        given: Its arguments for each engine.
        call: How it is called.
    """
    returned: dict[str, list[Any]] = {label: [] for label in engines}
    order = list(engines)
    for _ in range(rounds):
        for label in order:
            returned[label].append(call(engines[label], method, *given[label]))
        order.reverse()
    return returned


def resident(process: int | str = "self") -> float:
    """Resident memory of a process in MiB."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def proportional(process: int) -> float:
    """Memory of a process in MiB; of what several share each has its part (PSS)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def processor_seconds(process: int) -> float:
    """Seconds of the processor that a process has used, in all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / os.sysconf("SC_CLK_TCK")


def family(process: int) -> list[int]:
    """A process and those that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text("utf-8")
        except OSError:  # it has ended
            continue
        parent = int(text.rpartition(")")[2].split()[_PARENT])
        children.setdefault(parent, []).append(int(path.parent.name))
    found = [process]
    for each in found:
        found += children.get(each, [])
    return found


_PARENT, _USER, _SYSTEM = 1, 11, 12  # fields of /proc/PID/stat behind the name


_made: Any = None


def _make(name: str, arguments: tuple[object, ...]) -> None:
    global _made  # noqa: PLW0603 - the process exists for this object
    _made = resolve_name(name)(*arguments)


def _call(method: str, arguments: tuple[object, ...]) -> Any:
    return getattr(_made, method)(*arguments)


def _call_spending(method: str, arguments: tuple[object, ...]) -> tuple[Any, float]:
    started = time.process_time()
    return _call(method, arguments), time.process_time() - started
