"""One run of indexing: records are read, compared with the catalog, encoded where new, counted.

read -> clean -> diff against the catalog -> split -> encode what is new -> commit
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from semsearch.errors import StorageError
from semsearch.indexing.diff import Batch, diff
from semsearch.indexing.encoding import split_and_encode
from semsearch.indexing.files import gone_articles
from semsearch.indexing.findings import KEPT, Findings
from semsearch.indexing.identities import settled
from semsearch.ingest.files import SourceFile, find_files
from semsearch.ingest.identity import address_id, has_derived_id, record_key
from semsearch.ingest.parsing import ParseBlocks
from semsearch.ingest.reading import ReadOptions, Record, blocks_of, fingerprint
from semsearch.ingest.records import Placed, Removed
from semsearch.library import Library
from semsearch.model.article import Article
from semsearch.model.status import IndexProgress, IndexReport, Note, PassedOver, Skipped
from semsearch.relate.update import RelateProgress
from semsearch.store.catalog.catalog import WriteBatch
from semsearch.store.catalog.rows import FileState
from semsearch.text.language import with_language

Watch = Callable[[IndexProgress], None]
SETTLED = 1_000  # records whose ids are looked up at a time


class IndexingRun:
    """One run: collects records into batches, compares, encodes and writes them, counts.

    Attributes:
        added, updated, unchanged, removed: Ids of the records, each in one of them.
        skipped: What could not be read.
    """

    def __init__(
        self,
        library: Library,
        options: ReadOptions,
        *,
        dry_run: bool = False,
        watch: Watch = lambda _: None,
    ) -> None:
        self.added: list[str] = []
        self.updated: list[str] = []
        self.unchanged: list[str] = []
        self.removed: list[str] = []
        self.skipped: list[Skipped] = []
        self._library = library
        self._catalog = library.catalog
        self._options = options
        self._dry_run = dry_run
        self._watch = watch
        self._batch = Batch()
        self._counts: Counter[str] = Counter()
        self._encoding_seconds = 0.0
        self._files = 0
        self._seen_stubs: set[str] = set()
        self._findings = Findings()
        self._read_before: set[SourceFile] = set()  # of the files that are read, those that were

    def read(self, paths: Sequence[Path], parse: ParseBlocks, *, prune: bool) -> None:
        """Read everything under the paths, write what changed, prune."""
        files: list[SourceFile] = []
        for found in find_files(paths):
            if isinstance(found, SourceFile):
                files.append(found)
            else:
                self._say([found])
        self._files = len(files)
        fingerprints: dict[SourceFile, str] = {}
        changed = self._changed(files, fingerprints)
        blocks = (block for file in changed for block in blocks_of(file, self._options))
        ids_by_path: dict[str, set[str]] = {}
        for file, parsed in groupby(parse(blocks, self._options), key=itemgetter(0)):
            path, ids, keys, records, faulty = str(file.path), set[str](), set[str](), 0, False
            for _, block in parsed:
                faulty |= self._say(block)
                placed = (record for record in block if isinstance(record, Placed))
                for each in settled(placed, self.holders):
                    self._findings.take(each, file.shown)
                    ids.add(each.record.id)
                    if isinstance(each.record, Article):
                        keys.add(record_key(each.record))
                    records += 1
                    self.take(each.record, path)
            self._findings.file_ended(file.shown, is_empty=not records and not faulty)
            mark = fingerprints.pop(file)
            if not faulty:  # else it is read again, and what could not be read may still be there
                self._batch.files.append(FileState(path, mark, records))
                ids_by_path[path] = ids
            if file in self._read_before:
                self._batch.earlier |= self._earlier_versions(path, ids, keys)
            self._counts["files"] += 1
        self.flush()
        if prune:
            self._prune(paths, files, ids_by_path)
        self.delete_orphans()
        self._watch(self.progress())

    def _prune(
        self,
        paths: Sequence[Path],
        files: Sequence[SourceFile],
        ids_by_path: Mapping[str, set[str]],
    ) -> None:
        """Remove articles of some paths that are no longer there."""
        present = {str(file.path) for file in files}
        gone, lost_files = gone_articles(
            self._catalog.sources(), paths, present, ids_by_path, self.skipped
        )
        self._counts["pruned"] += len(gone)
        if gone and not self._dry_run:
            self._catalog.write(WriteBatch(delete=sorted(gone), forget_files=lost_files))

    def _changed(
        self, files: Sequence[SourceFile], fingerprints: dict[SourceFile, str]
    ) -> Iterator[SourceFile]:
        """Files that are not as they were; ``fingerprints`` takes what each is now."""
        states = self._catalog.file_states()
        for file in files:
            self._watch(self.progress())
            try:
                mark = fingerprint(file, self._options)
            except StorageError as error:
                self.skipped.append(Skipped(file.shown, None, error.message))
                self._counts["files"] += 1
                continue
            state = states.get(str(file.path))
            if state is None or state.fingerprint != mark:
                fingerprints[file] = mark
                if state is not None:
                    self._read_before.add(file)
                yield file
                continue
            self._counts["unchanged"] += state.records
            self._counts["files_unchanged"] += 1
            self._counts["files"] += 1

    def _say(self, block: Sequence[Record]) -> bool:
        """Take what is to be said about a block; whether something of it could not be read."""
        faulty = False
        for one in block:
            match one:
                case Skipped():
                    self.skipped.append(one)
                    faulty = True
                case Note():
                    self._findings.note(one.text, one.path, one.line)
                case PassedOver():
                    self._findings.passed_over(one.path)
        return faulty

    def holders(self, ids: Iterable[str]) -> dict[str, Article]:
        """What has some ids now, of the index and of this run."""
        ids = set(ids)
        pending = {
            identity: self._batch.articles[identity][0]
            for identity in ids & self._batch.articles.keys()
        }
        return self._catalog.by_id(ids - pending.keys()) | pending

    def _earlier_versions(self, path: str, ids: set[str], keys: set[str]) -> set[str]:
        """Ids of earlier versions of a file's records, which their text or address has changed."""
        lost = self._catalog.by_id(self._catalog.ids_from(path) - ids)
        return {
            identity
            for identity, article in lost.items()
            if has_derived_id(article) and record_key(article) in keys - {""}
        }

    def settle(self, records: Iterable[Article | Removed]) -> set[str]:
        """Take records that come without a file; the ids that they go by."""
        ids = set()
        for placed in settled(map(Placed, records), self.holders, numbers=False):
            self.take(placed.record, None)
            ids.add(placed.record.id)
        return ids

    def take(self, record: Article | Removed, source: str | None) -> None:
        """Add a record to the batch; a full batch is written."""
        if record.id in self._batch.articles or record.id in self._batch.removed:
            self.flush()  # the later record is compared with the earlier one, not lost in it
        self._batch.add(record, source, stubs=self._options.stubs)
        if self._batch.full:
            self.flush()

    def flush(self) -> None:
        """Write the batch: diff, split, encode what is new, commit."""
        batch, self._batch = self._batch, Batch()
        changes = diff(batch, self._catalog, self._seen_stubs)
        self.added += changes.added
        self.updated += changes.updated
        self.unchanged += changes.unchanged
        self.removed += sorted(batch.removed)
        for path in changes.kept.values():
            self._findings.note(KEPT, path, None)
        for name in ("stubs_added", "stubs_updated", "stubs_replaced"):
            self._counts[name] += getattr(changes, name)

        changed = [
            replace(change, article=with_language(change.article)) for change in changes.changed
        ]
        encoded = split_and_encode(self._library, changed, dry_run=self._dry_run)
        for name in ("passages", "encoded", "tokens"):
            self._counts[name] += getattr(encoded, name)
        self._encoding_seconds += encoded.seconds

        # Ids to end or, where a later mention must not bring them in as stubs, to block.
        gone = sorted(
            self._catalog.known(batch.removed).keys()
            | batch.removed - set(self._catalog.tombstones(batch.removed))
        )
        if self._dry_run:  # nothing is written, so what was counted must be remembered
            self._seen_stubs |= changes.stubs
            return
        if not (changed or changes.moved or gone or batch.files or batch.earlier):
            return
        self._catalog.write(
            WriteBatch(
                articles=encoded.articles,
                moved=changes.moved,
                vectors=encoded.vectors,
                delete=gone,
                block_mentions=True,
                files=batch.files,
            )
        )
        stubs = self._replaced_stubs([change.article for change in changed])
        earlier = self._catalog.known(batch.earlier).keys()
        if stubs or earlier:
            self._catalog.write(WriteBatch(delete=[*stubs, *sorted(earlier)]))
        self._counts["stubs_replaced"] += len(stubs)
        self._counts["replaced"] += len(earlier)
        self._watch(self.progress())

    def _replaced_stubs(self, articles: Sequence[Article]) -> list[str]:
        """Stubs of articles that now came under ids of their own."""
        addresses = {
            address_id(article.url): article.id
            for article in articles
            if not article.stub and article.url
        }
        own = {address for address, identity in addresses.items() if address != identity}
        return sorted(identity for identity, row in self._catalog.known(own).items() if row.stub)

    def delete_orphans(self) -> None:
        """Remove stubs that no article mentions any more."""
        orphans = [] if self._dry_run else self._catalog.orphan_stubs()
        if orphans:
            self._catalog.write(WriteBatch(delete=orphans))

    def progress(self, tracked: RelateProgress = RelateProgress(0, 0)) -> IndexProgress:
        """How far the run is."""
        return IndexProgress(
            self._counts["files"],
            self._files,
            len(self.added) + len(self.updated),
            self._counts["encoded"],
            self._counts["tokens"],
            tracked.done,
            tracked.total,
        )

    def report(self, seconds: float, relating_seconds: float) -> IndexReport:
        """The run's figures."""
        totals = self._catalog.counts()
        counts: dict[str, Any] = self._counts + Counter(unchanged=len(self.unchanged))
        report = IndexReport(
            **counts,
            added=len(self.added),
            updated=len(self.updated),
            removed=len(self.removed),
            skipped=tuple(self.skipped),
            seconds=round(seconds, 3),
            encoding_seconds=round(self._encoding_seconds, 3),
            relating_seconds=round(relating_seconds, 3),
            articles_total=totals[False],
            stubs_total=totals[True],
            generation=self._library.generations.current_number() or 0,
            sequence=self._catalog.sequence,
            dry_run=self._dry_run,
        )
        return self._findings.added_to(report)
