"""Write together what several callers send at once: one commit and one publication for all."""

from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from threading import Lock

from semsearch.deadline import go_on
from semsearch.errors import IndexLockedError
from semsearch.ingest.records import Removed
from semsearch.model.article import Article
from semsearch.model.status import Written

_MOST = 256  # records that are written together
_LOOK_SECONDS = 0.2


@dataclass(slots=True, eq=False)
class Sent:
    """What one caller sends.

    Attributes:
        records: In their order.
        stubs: Whether articles that they link to are kept as stubs.
        written: What became of them; None: nothing yet.
        error: Why they could not be written or shown.
    """

    records: Sequence[Article | Removed]
    stubs: bool
    written: Written | None = None
    error: Exception | None = None
    context: Context = field(default_factory=copy_context)


class WriteTogether:
    """Lets callers wait for each other: who comes while one writes is written with the next."""

    def __init__(self, write: Callable[[Sequence[Sent]], Sequence[Written]]) -> None:
        self._write = write
        self._turn = Lock()
        self._adding = Lock()
        self._waiting: list[Sent] = []

    def put(self, sent: Sent) -> Written:
        """Write what a caller sends, with what others have sent meanwhile.

        Raises:
            TimeLimitError, StoppingError: It may wait no longer; nothing of it was written.
            SemsearchError: It could not be written, or not be shown.
        """
        with self._adding:
            self._waiting.append(sent)
        try:
            while not self._turn.acquire(timeout=_LOOK_SECONDS):
                go_on()
        except Exception:
            with self._adding:
                if sent in self._waiting:
                    self._waiting.remove(sent)
                    raise
            self._turn.acquire()  # it is being written: what becomes of it is told
        try:
            while sent.written is None and sent.error is None:
                self._write_some()
        finally:
            self._turn.release()
        if sent.written is None:
            assert sent.error is not None  # noqa: S101 - the loop ended
            raise sent.error
        return sent.written

    def _write_some(self) -> None:
        """Write what waits, or each alone where that fails: an error is of who caused it.

        That another process writes is nobody's fault, and told to all.
        """
        with self._adding:
            some = self._next()
        if len(some) > 1:
            try:
                for one, written in zip(some, self._write(some), strict=True):
                    one.written = written
            except IndexLockedError as error:  # each alone would wait as long, one after the other
                for one in some:
                    one.error = error
                return
            except Exception:  # noqa: BLE001, S110 - it is met again
                pass
            else:
                return
        for one in some:
            try:
                (one.written,) = one.context.run(self._write, [one])
            except Exception as error:  # noqa: BLE001 - its caller raises it
                one.error = error

    def _next(self) -> list[Sent]:
        """Those that have waited longest and can be written together; they wait no longer.

        No id is in two of them: what became of each is told by ids.
        """
        some: list[Sent] = []
        ids: set[str] = set()
        for one in self._waiting:
            mine = {record.id for record in one.records}
            if some and (
                one.stubs is not some[0].stubs
                or ids & mine
                or sum(len(each.records) for each in some) + len(one.records) > _MOST
            ):
                break
            ids |= mine
            some.append(one)
        del self._waiting[: len(some)]
        return some
