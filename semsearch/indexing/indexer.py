"""Index: from files or records to a published generation.

a run (``indexing.run``) -> publish -> relate -> publish what was related -> report
"""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from itertools import chain, islice
from pathlib import Path

from semsearch.errors import ConflictError, EngineUnavailableError, NoSuchArticleError, StorageError
from semsearch.indexing.files import remember_skipped
from semsearch.indexing.run import SETTLED, IndexingRun, Watch
from semsearch.indexing.together import Sent, WriteTogether
from semsearch.ingest.parsing import ParseBlocks, parse_ahead
from semsearch.ingest.reading import ReadOptions
from semsearch.ingest.records import Removed
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.status import IndexReport, Written
from semsearch.relate import update
from semsearch.relate.update import RelateProgress
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.generations import Manifest

_FEW = 64  # records that are written with those of others


class Indexer:
    """Brings articles into an index.

    Args:
        library: The index.
        when_published: Called, with the writer's lock held, when what is new can be searched and
            is related.
    """

    def __init__(self, library: Library, when_published: Callable[[], None] = lambda: None) -> None:
        self._library = library
        self._catalog = library.catalog
        self._when_published = when_published
        self._finish_later: Callable[[], None] | None = None
        self._together = WriteTogether(self._put_together)

    def finish_later(self, tell: Callable[[], None] | None) -> None:
        """From now on leave relating and judging what is put to somebody who publishes.

        ``tell`` is called after each write that leaves something; None: leave nothing any more.
        """
        self._finish_later = tell

    def index(
        self,
        paths: Sequence[Path],
        options: ReadOptions = ReadOptions(),
        *,
        prune: bool = False,
        dry_run: bool = False,
        parse: ParseBlocks = parse_ahead,
        watch: Watch = lambda _: None,
    ) -> IndexReport:
        """Make the index reflect files and folders.

        Unchanged files are not parsed, unchanged articles not written, known passages not
        encoded. Each batch is durable when it is written, so a run that was interrupted goes on
        where it stopped; articles become searchable when the run ends.

        See ``Index.add_files``.
        """
        run = IndexingRun(self._library, options, dry_run=dry_run, watch=watch)
        started = time.perf_counter()
        relating = 0.0
        with nullcontext() if dry_run else self._library.writing():
            if not dry_run:
                self._library.remember_encoder()
            run.read(paths, parse, prune=prune)
            if not dry_run:
                remember_skipped(self._catalog, run.skipped)
                read = time.perf_counter()
                self.publish(lambda tracked: watch(run.progress(tracked)))
                relating = time.perf_counter() - read
        return run.report(time.perf_counter() - started, relating)

    def publish(self, watch: Callable[[RelateProgress], None] = lambda _: None) -> Manifest:
        """Make everything in the catalog searchable, then relate what is new.

        What was written is searchable while it is being related. Where an engine beside the
        catalog does not answer, what is durable waits for the next time.

        Raises:
            IndexLockedError: Another process writes to the index.
        """
        return self._published(watch)

    def rebuild(self, watch: Callable[[RelateProgress], None] = lambda _: None) -> None:
        """Derive everything but the catalog anew, and give back room that is free in its file."""
        with self._library.writing(mending=True):
            self._library.rebuild()
            self.publish(watch)
            with suppress(StorageError):
                self._catalog.database.give_back_room()

    def _published(
        self, watch: Callable[[RelateProgress], None] = lambda _: None, *, quick: bool = False
    ) -> Manifest:
        """As ``publish``; ``quick``: little is new, and is made durable with its relations."""
        with self._library.writing():
            manifest = self._library.publish(durable=not quick)
            if manifest.sequence < self._catalog.sequence:
                return manifest
            try:
                changed = update.catch_up(self._library, watch)
            except EngineUnavailableError:  # relating asks it for neighbours
                return manifest
            if changed or quick:
                manifest = self._library.publish()
            self._when_published()
            return manifest

    def _publish_written(self, what: str) -> Manifest:
        """Publish what is durable, and relate it, now or later.

        Raises:
            StorageError: That was refused; the message says that the write stays.
        """
        later = self._finish_later
        state = "not shown yet"
        try:
            manifest = self._library.publish(durable=False)
            state = "shown, and not related to other articles yet"
            if later is None:
                return self._published(quick=True)
        except StorageError as error:
            message = error.message.rstrip(".")
            raise StorageError(
                f"{what} is kept, and {state}: {message}.",
                f"{error.hint} That is done with the next write, or after: semsearch rebuild.",
            ) from error
        later()
        return manifest

    def behind(self) -> bool:
        """Whether something durable cannot be searched yet, or is not related."""
        number = self._library.generations.current_number()
        published = 0 if number is None else self._library.generations.manifest(number).sequence
        return min(published, self._library.coverage.related_until) < self._catalog.sequence

    def put(self, records: Iterable[Article | Removed], *, stubs: bool = True) -> Written:
        """Write articles that come without a file; an article with the same id is replaced.

        Returns after everything is durable and, unless an engine beside the catalog did not answer,
        searchable.

        Raises:
            IndexLockedError, ModelUnavailableError, StorageError: Nothing was acknowledged; whether
                it is kept all the same, the message says.
        """
        waiting = iter(records)
        first = list(islice(waiting, _FEW))
        # Who holds the lock must not wait for a turn: who has it may wait for the lock.
        if len(first) < _FEW and not self._library.is_writing:
            return self._together.put(Sent(first, stubs))
        with self._library.writing():
            run = self._run(stubs=stubs)
            for some in chain([first], iter(lambda: list(islice(waiting, SETTLED)), [])):
                run.settle(some)
            return self._finished(run)

    def _put_together(self, sent: Sequence[Sent]) -> list[Written]:
        """Write what some callers sent, with one commit and one publication."""
        with self._library.writing():
            run = self._run(stubs=sent[0].stubs)
            mine = [run.settle(one.records) for one in sent]
            if sum(map(len, mine)) > len(set().union(*mine)):
                raise ConflictError("Two callers write the same article.")
            written = self._finished(run)
        return [written.of(ids) for ids in mine]

    def _run(self, *, stubs: bool) -> "IndexingRun":
        self._library.remember_encoder()
        return IndexingRun(self._library, ReadOptions(stubs=stubs))

    def _finished(self, run: "IndexingRun") -> Written:
        run.flush()
        run.delete_orphans()
        manifest = self._publish_written("What was sent")
        return Written(
            added=tuple(run.added),
            updated=tuple(run.updated),
            unchanged=tuple(run.unchanged),
            removed=tuple(run.removed),
            sequence=self._catalog.sequence,
            generation=manifest.generation,
        )

    def delete(self, ids: Sequence[str]) -> Written:
        """Remove articles; mentions in other articles do not bring them back as stubs."""
        ids = tuple(dict.fromkeys(ids))
        with self._library.writing():
            known = self._catalog.known(ids)
            for identity in ids:
                if identity not in known:
                    raise NoSuchArticleError(f"There is no article {identity}.")
            self._catalog.write(WriteBatch(delete=ids, block_records=True))
            IndexingRun(self._library, ReadOptions()).delete_orphans()
            manifest = self._publish_written("The removal")
        return Written((), (), (), ids, self._catalog.sequence, manifest.generation)
