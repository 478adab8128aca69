"""Index: from files to a published generation.

read -> clean -> diff against the catalog -> split -> encode what is new -> commit -> publish ->
relate -> publish what was related -> report
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from semsearch.errors import EngineUnavailableError, NoSuchArticleError
from semsearch.indexing.run import IndexingRun, Progress
from semsearch.indexing.skips import remember
from semsearch.ingest.reading import ParseBlocks, ReadOptions, parse_here
from semsearch.ingest.records import Removed
from semsearch.library.library import Library
from semsearch.model.article import Article
from semsearch.model.report import IndexReport, Skipped
from semsearch.relate.tracking import Tracked, Tracker
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Written:
    """What became of articles sent for writing: durable, and searchable from now on.

    Attributes:
        added: Ids that were new or stubs before; ``updated`` and ``unchanged`` likewise.
        removed: Ids that were sent with ``removed: true``.
        sequence: Of the last write of the catalog that holds them.
        generation: The newest when it was answered. It shows them, unless an engine beside the
            catalog did not answer; then a later one will.
        skipped: Records that could not be read.
    """

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    sequence: int
    generation: int
    skipped: tuple[Skipped, ...] = ()


class Indexer:
    """Brings articles into an index."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._catalog = library.catalog
        self._tracker = Tracker(library)

    def index(
        self,
        paths: Sequence[Path],
        options: ReadOptions = ReadOptions(),
        *,
        prune: bool = False,
        dry_run: bool = False,
        reader: ParseBlocks = parse_here,
        watch: Callable[[Progress], None] = lambda _: None,
    ) -> IndexReport:
        """Make the index reflect files and folders.

        Unchanged files are not parsed, unchanged articles not written, known passages not
        encoded. Each batch is durable when it is written, so a run that was interrupted goes on
        where it stopped; articles become searchable when the run ends.

        Args:
            paths: Files and folders.
            options: How records become articles.
            prune: Remove articles of these paths whose file or record is gone.
            dry_run: Read, compare and count only.
            reader: What turns files into records.
            watch: Told how far the run is.

        Raises:
            IndexLockedError: Another process writes to the index.
            ModelUnavailableError: The encoder cannot be loaded.
            StorageError: The disk refused; what was written before stays.
        """
        run = IndexingRun(self._library, options, reader=reader, dry_run=dry_run)
        started = time.perf_counter()
        if dry_run:
            run.read(paths, prune=prune, watch=watch)
        else:
            with self._library.writing():
                self._library.remember_encoder()
                run.read(paths, prune=prune, watch=watch)
                remember(self._catalog, run.skipped)
                related = time.perf_counter()
                self.publish(lambda tracked: watch(run.progress(tracked)))
                run.relating_seconds = time.perf_counter() - related
        return run.report(time.perf_counter() - started)

    def publish(self, watch: Callable[[Tracked], None] = lambda _: None) -> Manifest:
        """Make everything in the catalog searchable, then relate what is new.

        What was written is searchable while it is being related. Where an engine beside the
        catalog does not answer, what is durable waits for the next time.

        Raises:
            IndexLockedError: Another process writes to the index.
        """
        with self._library.writing():
            manifest = self._library.publish()
            if manifest.sequence < self._catalog.sequence:
                return manifest
            try:
                changed = self._tracker.catch_up(watch)
            except EngineUnavailableError:  # relating asks it for neighbours
                return manifest
            return self._library.publish() if changed else manifest

    def behind(self) -> bool:
        """Whether something durable cannot be searched yet, or is not related."""
        number = self._library.generations.current_number()
        shown = 0 if number is None else self._library.generations.manifest(number).sequence
        return min(shown, self._library.coverage.related_until) < self._catalog.sequence

    def put(self, records: Iterable[Article | Removed], *, stubs: bool = True) -> Written:
        """Write articles that come without a file; an article with the same id is replaced.

        Returns after everything is durable and, unless an engine beside the catalog did not answer,
        searchable.

        Raises:
            IndexLockedError, ModelUnavailableError, StorageError: Nothing was acknowledged.
        """
        with self._library.writing():
            self._library.remember_encoder()
            run = IndexingRun(self._library, ReadOptions(stubs=stubs))
            for record in records:
                run.take(record, None)
            run.flush()
            run.drop_orphans()
            manifest = self.publish()
        return Written(
            added=tuple(run.outcome["added"]),
            updated=tuple(run.outcome["updated"]),
            unchanged=tuple(run.outcome["unchanged"]),
            removed=tuple(run.outcome["removed"]),
            sequence=self._catalog.sequence,
            generation=manifest.generation,
        )

    def delete(self, ids: Sequence[str]) -> Written:
        """Remove articles; mentions in other articles do not bring them back as stubs.

        Raises:
            NoSuchArticleError: One of them is not there; none was removed.
        """
        ids = tuple(dict.fromkeys(ids))
        with self._library.writing():
            known = self._catalog.known(ids)
            for identity in ids:
                if identity not in known:
                    raise NoSuchArticleError(f"There is no article {identity}.")
            self._catalog.write(WriteBatch(delete=ids, bury_records=True))
            IndexingRun(self._library, ReadOptions()).drop_orphans()
            manifest = self.publish()
        return Written((), (), (), ids, self._catalog.sequence, manifest.generation)
